#include "estimate/stages.h"

#include <algorithm>

#include "base/integers.h"
#include "model/parameters.h"

namespace shardplan::estimate {

std::vector<int> default_stages(int num_layers, int pp, int vpp) {
  const int slots = pp * vpp;
  if (num_layers % slots == 0) return std::vector<int>(pp, num_layers / pp);
  if (slots > num_layers + 2) return {};
  if (pp > 2 && (num_layers + 2) % slots == 0) {
    std::vector<int> layers(pp, (num_layers + 2) / pp);
    --layers.front();
    --layers.back();
    return layers;
  }
  if (pp > 1 && (num_layers + 1) % slots == 0) {
    std::vector<int> layers(pp, (num_layers + 1) / pp);
    --layers.back();
    return layers;
  }
  if (vpp > 1 || pp > num_layers) return {};
  // From the second stage on: the first holds the most micro-batches, the last the head.
  std::vector<int> layers(pp, num_layers / pp);
  for (int i = 0; i < num_layers % pp; ++i) ++layers[i + 1];
  return layers;
}

Stages stages_by_cumulative_work(int num_layers, int pp, double head_in_layers) {
  Stages out;
  out.layers.assign(pp, 0);
  const double share = (num_layers + head_in_layers) / pp;
  int stage = 0;
  for (int block = 1; block <= num_layers; ++block) {
    ++out.layers[stage];
    if (block > share * (stage + 1) && stage + 1 < pp) ++stage;
  }
  out.head = stage;
  return out;
}

Stages stages_of(const Context& context, const spec::Strategy& s) {
  const spec::Model& m = context.model();
  if (!s.layers_per_stage.empty()) return {s.layers_per_stage, s.pp - 1};
  if (context.stack().stages_by_cumulative_work) {
    const double width = m.hidden_size;
    const double layer = 4 * width * m.num_attention_heads * m.head_dim + 3 * width * m.intermediate_size;
    return stages_by_cumulative_work(m.num_hidden_layers, s.pp, m.vocab_size * width / layer);
  }
  Stages out{default_stages(m.num_hidden_layers, s.pp, s.vpp), s.pp - 1};
  if (!out.layers.empty()) return out;
  out.layers.assign(s.pp, m.num_hidden_layers / s.pp);
  for (int i = 0; i < m.num_hidden_layers % s.pp; ++i) ++out.layers[i];
  return out;
}

StageLayout stage_layout(const Context& context, const spec::Strategy& s) {
  const int layers = context.model().num_hidden_layers + context.training().mtp_layers;
  const double average = static_cast<double>(layers) / s.pp;
  if (s.pp == 1) return {average, average, average};
  if (!s.layers_per_stage.empty() || context.stack().stages_by_cumulative_work) {
    const Stages own = stages_of(context, s);
    const double last = own.layers[own.head] + context.training().mtp_layers;
    const double longest = std::max<double>(*std::max_element(own.layers.begin(), own.layers.end()), last);
    return {longest, last, average, false, true};
  }
  const int slots = s.pp * s.vpp;
  if (layers % slots == 0) return {average, average, average};
  const bool tuned = model::is_moe(context.model());
  if ((layers + 2) % slots == 0 || (layers + 1) % slots == 0) {
    const double longest = static_cast<double>(ceil_div(layers, s.pp));
    return {longest, longest - 1, average, tuned};
  }
  const double longest = s.vpp == 1 || tuned ? static_cast<double>(ceil_div(layers, s.pp)) : average;
  return {longest, longest - 1, average, tuned};
}

double slowest_stage_s(const StageLayout& layout, int pp, double longest_s, double head_s) {
  const double per_layer_s = longest_s / layout.longest;
  const double with_head_s =
      layout.balanced ? per_layer_s * layout.average + head_s / pp : per_layer_s * layout.last + head_s;
  return std::max(longest_s, with_head_s);
}

}  // namespace shardplan::estimate
