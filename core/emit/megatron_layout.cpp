#include <algorithm>

#include "emit/megatron_parts.h"
#include "estimate/stages.h"

namespace shardplan::emit {
namespace {

// Layers of chunk `c` of `vpp` where a stage holds `layers` of them: even, the surplus first.
int chunk_layers(int layers, int vpp, int c) { return layers / vpp + (c < layers % vpp ? 1 : 0); }

void repeat(std::string& text, char layer, int times) {
  if (times <= 0) return;
  text += layer;
  if (times > 1) text += "*" + std::to_string(times);
}

// "Et*3|t*4|t*4|t*3L": chunk by chunk over the stages, embedding first, loss last.
std::string layout_text(const Job& job, const std::vector<int>& layers) {
  const spec::Strategy& s = job.strategy;
  std::string text = "E";
  for (int c = 0; c < s.vpp; ++c)
    for (int stage = 0; stage < s.pp; ++stage) {
      if (c + stage > 0) text += "|";
      repeat(text, 't', chunk_layers(layers[static_cast<size_t>(stage)], s.vpp, c));
    }
  repeat(text, 'm', job.context->training().mtp_layers);
  return text + "L";
}

bool is_even(const std::vector<int>& layers, int vpp) {
  for (const int n : layers)
    if (n != layers.front() || n % vpp != 0) return false;
  return true;
}

}  // namespace

void megatron_layout(const Job& job, Arguments& a) {
  const spec::Strategy& s = job.strategy;
  if (s.pp == 1) return;
  if (job.context != nullptr) {
    const int layers = job.context->model().num_hidden_layers, slots = s.pp * s.vpp;
    const std::vector<int> own = estimate::stages_of(*job.context, s).layers;
    if (!is_even(own, s.vpp)) {
      const bool is_default = own == estimate::default_stages(layers, s.pp, s.vpp);
      const bool both = s.pp > 2 && (layers + 2) % slots == 0, loss = (layers + 1) % slots == 0;
      if (!is_default || (!both && !loss)) {
        a.option("--pipeline-model-parallel-layout", layout_text(job, own));
        return;
      }
      if (both) a.flag("--account-for-embedding-in-pipeline-split");
      a.flag("--account-for-loss-in-pipeline-split");
    }
  }
  if (s.vpp > 1) a.option("--num-virtual-stages-per-pipeline-rank", s.vpp);
}

int recomputed_layers(const Job& job) {
  const spec::Strategy& s = job.strategy;
  if (s.recompute.layer_share >= 1 || job.context == nullptr) return 0;
  const int chunk = std::max(1, job.context->model().num_hidden_layers / (s.pp * s.vpp));
  const int layers = static_cast<int>(s.recompute.layer_share * chunk + 0.999999);
  return layers >= chunk ? 0 : std::max(1, layers);
}

double recomputed_share(const Job& job) {
  const spec::Strategy& s = job.strategy;
  const int layers = recomputed_layers(job);
  if (layers == 0) return 1;
  return static_cast<double>(layers) * s.pp * s.vpp / job.context->model().num_hidden_layers;
}

}  // namespace shardplan::emit
