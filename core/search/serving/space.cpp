#include "search/serving/space.h"

#include <algorithm>

#include "base/integers.h"
#include "model/parameters.h"

namespace shardplan::search::serving {
namespace {

using estimate::serving::Deployment;
using estimate::serving::Way;

constexpr int kMostStages = 16;
constexpr int kBlock = 128;  // fp8 weights with scales per block are cut between blocks

class Enumeration {
 public:
  Enumeration(const Deployment& d, const spec::RequestShape& shape, const Limits& limits)
      : d_(d), m_(d.model()), shape_(shape), limits_(limits) {}

  Space run() {
    for (const spec::ServingPrecision& p : limits_.precisions)
      for (int tp : degrees(limits_.tp, domain()))
        for (int dp : degrees(limits_.dp, model::is_moe(m_) ? limits_.gpus : 1))
          for (int pp : degrees(limits_.pp, kMostStages))
            if (static_cast<int64_t>(tp) * dp * pp <= limits_.gpus)
              for (int ep : expert_degrees(tp * dp, dp)) add(p, {tp, pp, dp, ep, tp * dp / ep});
    return std::move(out_);
  }

 private:
  const Deployment& d_;
  const spec::Model& m_;
  const spec::RequestShape& shape_;
  const Limits& limits_;
  Space out_;

  int domain() const { return std::min(limits_.gpus, std::max(1, d_.problem.cluster.scaleup_domain)); }

  static std::vector<int> degrees(std::optional<int> stated, int most) {
    if (stated) return {*stated};
    std::vector<int> out;
    for (int n = 1; n <= most; n *= 2) out.push_back(n);
    return out;
  }

  // Experts cut by width, or dealt out whole; attention data parallelism deals them out.
  std::vector<int> expert_degrees(int world, int dp) const {
    if (!model::is_moe(m_)) return {world};
    if (limits_.ep) return world % *limits_.ep == 0 ? std::vector<int>{*limits_.ep} : std::vector<int>{};
    if (world == 1) return {1};
    if (dp > 1) return {world};
    return {1, world};
  }

  void reject(const char* id, const char* sentence) {
    ++out_.rejected.count[id];
    out_.rejected.sentence[id] = sentence;
  }

  bool divides_heads(const spec::ServingLayout& l) {
    if (m_.num_attention_heads % l.tp != 0) {
      reject("heads", "TP does not divide the attention heads.");
      return false;
    }
    if (!model::is_mla(m_) && m_.num_key_value_heads % l.tp != 0 && l.tp % m_.num_key_value_heads != 0) {
      reject("kv_heads", "TP does not divide the key/value heads, nor they TP.");
      return false;
    }
    return true;
  }

  bool divides_experts(const spec::ServingLayout& l, const spec::ServingPrecision& p) {
    if (!model::is_moe(m_)) return true;
    if (m_.num_experts % l.ep != 0) {
      reject("experts", "EP does not divide the experts.");
      return false;
    }
    const int unit = p.experts == spec::WeightFormat::kFp8Block ? kBlock : 1;
    if (m_.moe_intermediate_size % (l.etp * unit) != 0) {
      reject("expert_width", "Cutting the experts' width would cut blocks of weights that share a scale.");
      return false;
    }
    return true;
  }

  void add(const spec::ServingPrecision& p, spec::ServingLayout l) {
    ++out_.candidates;
    if (!model::is_moe(m_)) l.ep = l.etp = 1;
    if (!divides_heads(l) || !divides_experts(l, p)) return;
    if (l.pp > m_.num_hidden_layers) return reject("layers", "There are more pipeline stages than layers.");
    Way way{l, p, 1};
    const int most = limits_.gpus / gpus_of(l);
    way.replicas = limits_.replicas.value_or(limits_.fill_gpus ? most : 1);
    if (way.replicas > most) return reject("gpus", "The replicas need more GPUs than there are.");
    const estimate::serving::Memory memory = estimate::serving::memory_of(d_, l, p);
    const double sequence = estimate::serving::sequence_bytes(d_, l, p.kv, shape_.input_tokens + shape_.output_tokens);
    if (!memory.fits || memory.kv_room < sequence) {
      note_nearest(way, memory, sequence);
      return reject("memory", "The weights and one sequence do not fit.");
    }
    out_.ways.push_back(way);
  }

  void note_nearest(const Way& way, const estimate::serving::Memory& m, double sequence) {
    const double over = m.weights + m.adapters + m.activations + m.context + sequence - m.capacity;
    Rejections& r = out_.rejected;
    if (!r.nearest || over < r.least_over_bytes) {
      r.nearest = way;
      r.least_over_bytes = std::max(over, 1.0);
    }
  }
};

}  // namespace

Space space(const Deployment& deployment, const spec::RequestShape& shape, const Limits& limits) {
  return Enumeration(deployment, shape, limits).run();
}

}  // namespace shardplan::search::serving
