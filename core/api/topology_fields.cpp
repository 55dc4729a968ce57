#include "api/topology_use.h"

namespace shardplan::json {

Fields Describe<api::GroupLinks>::fields() {
  using G = api::GroupLinks;
  static constexpr Field table[] = {
      field<&G::ranks>("ranks"),
      field<&G::stride>("stride", "Ranks between neighbours."),
      field<&G::gb_per_s>("gb_per_s", "Of the slowest such group, each GPU and direction."),
      field<&G::data_sheet_gb_per_s>("data_sheet_gb_per_s"),
      field<&G::links>("links", "NVSwitch, NVLink, xGMI or PCIe."),
  };
  return table;
}

Fields Describe<api::Repair>::fields() {
  using R = api::Repair;
  static constexpr Field table[] = {
      field<&R::repair>("repair"),
      field<&R::step_time_s>("step_time_s", "Of the same plan after it."),
      field<&R::saved_s>("saved_s"),
  };
  return table;
}

Fields Describe<api::TopologyUse>::fields() {
  using U = api::TopologyUse;
  static constexpr Field table[] = {
      field<&U::source>("source"),
      field<&U::gpus_per_node>("gpus_per_node"),
      field<&U::rank_to_gpu>("rank_to_gpu", "Of a node: the GPU of each local rank."),
      field<&U::visible_devices>("visible_devices", "The same as CUDA_VISIBLE_DEVICES."),
      field<&U::groups>("groups", "What the links give each shape of process group."),
      field<&U::changes>("changes", "Against the data sheet."),
      field<&U::data_sheet_step_time_s>("data_sheet_step_time_s", "The same plan with the data sheet's links."),
      field<&U::cost_s>("cost_s", "What this topology costs the plan, each step."),
      field<&U::repairs>("repairs", "What mending each fault would win.").omit_default(),
      field<&U::rank_file>("rank_file"),
  };
  return table;
}

}  // namespace shardplan::json
