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

StageLayout stage_layout(const Context& context, const spec::Strategy& s) {
  if (!s.layers_per_stage.empty()) {
    const auto& layers = s.layers_per_stage;
    return {static_cast<double>(*std::max_element(layers.begin(), layers.end())), static_cast<double>(layers.back()), 1};
  }
  const int layers = context.model().num_hidden_layers + context.training().mtp_layers;
  const double even = static_cast<double>(layers) / s.pp;
  const int slots = s.pp * s.vpp;
  const bool tuned = model::is_moe(context.model());
  const double spread = 1.0 / s.pp;
  if (s.pp == 1) return {even, even, 1};
  if (context.stack().balanced_stages) return {even, even, spread};
  if (layers % slots == 0) return {even, even, 1};
  if ((layers + 2) % slots == 0 || (layers + 1) % slots == 0) {
    const double longest = (layers + 2.0) / s.pp;
    return tuned ? StageLayout{longest, longest, spread} : StageLayout{longest, longest - 1, 1};
  }
  if (tuned) return {even, even, spread};
  const double longest = s.vpp == 1 ? static_cast<double>(ceil_div(layers, s.pp)) : even;
  return {longest, longest - 1, 1};
}

}  // namespace shardplan::estimate
