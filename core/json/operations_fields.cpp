#include "json/spec_fields.h"

namespace shardplan::json {

using spec::PowerRecord;
using spec::ReliabilityRecord;
using spec::StorageRecord;

Fields Describe<ReliabilityRecord>::fields() {
  using R = ReliabilityRecord;
  static constexpr Field table[] = {
      field<&R::id>("id").required(),
      field<&R::name>("name").required(),
      field<&R::represents>("represents", "GPU generations whose rate it stands for; 'default': any other.")
          .omit_default(),
      field<&R::gpus>("gpus").at_least(1).required(),
      field<&R::days>("days").at_least(0).omit_default(),
      field<&R::interruptions>("interruptions", "Unexpected ones in those days.").at_least(0).omit_default(),
      field<&R::gpus_per_node>("gpus_per_node").at_least(0).omit_default(),
      field<&R::failures_per_1000_node_days>("failures_per_1000_node_days").at_least(0).omit_default(),
      field<&R::hardware_share>("hardware_share", "Of the interruptions.").range(0, 1).omit_default(),
      field<&R::effective_training_time_ratio>("effective_training_time_ratio").range(0, 1).omit_default(),
      field<&R::recovery_s>("recovery_s", "Detection, diagnosis and restart of a whole job.")
          .at_least(0)
          .omit_default(),
      field<&R::elastic_recovery_s>("elastic_recovery_s", "The same where only the failed replica restarts.")
          .at_least(0)
          .omit_default(),
      field<&R::citation>("citation", "Short, shown beside the numbers.").required(),
      field<&R::source>("source").omit_default(),
      field<&R::notes>("notes").omit_default(),
  };
  return table;
}

Fields Describe<StorageRecord>::fields() {
  using S = StorageRecord;
  static constexpr Field table[] = {
      field<&S::id>("id").required(),
      field<&S::name>("name").required(),
      field<&S::gpus>("gpus").at_least(1).required(),
      field<&S::write_gb_per_s>("write_gb_per_s", "Sustained, of the whole system.").at_least(0).omit_default(),
      field<&S::block_s>("block_s", "Training stands still while one checkpoint is taken.").at_least(0).omit_default(),
      field<&S::save_s>("save_s", "Until it is on storage.").at_least(0).omit_default(),
      field<&S::load_s>("load_s").at_least(0).omit_default(),
      field<&S::citation>("citation", "Short, shown beside the numbers.").required(),
      field<&S::source>("source").omit_default(),
  };
  return table;
}

Fields Describe<PowerRecord>::fields() {
  using P = PowerRecord;
  static constexpr Field table[] = {
      field<&P::id>("id").required(),
      field<&P::name>("name").required(),
      field<&P::generation>("generation", "GPU generation of the node.").required(),
      field<&P::gpus_per_node>("gpus_per_node").at_least(1).required(),
      field<&P::gpu_tdp_w>("gpu_tdp_w").at_least(1).required(),
      field<&P::idle_w>("idle_w", "The whole node, as the others.").at_least(0).required(),
      field<&P::least_training_w>("least_training_w", "Of the trainings measured.").at_least(0).required(),
      field<&P::training_w>("training_w", "Of a language model.").at_least(0).required(),
      field<&P::training_busy_share>("training_busy_share", "Of the time, its GPUs.").range(0, 1).required(),
      field<&P::full_w>("full_w", "Under a burn test.").at_least(0).required(),
      field<&P::rated_w>("rated_w").at_least(0).required(),
      field<&P::mean_error_pct>("mean_error_pct", "Of a model of such nodes by their load.").at_least(0).required(),
      field<&P::citation>("citation", "Short, shown beside the numbers.").required(),
      field<&P::source>("source").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
