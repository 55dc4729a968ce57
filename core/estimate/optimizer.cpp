#include "estimate/optimizer.h"

#include <algorithm>

#include "model/adapters.h"

namespace shardplan::estimate {
namespace {

using spec::Optimizer;

constexpr double kFactored = 0.1;  // row and column sums of a second moment: below this for every matrix of a model

constexpr OptimizerTraits full(Optimizer o, double moments, const char* source) {
  return {o, moments, 0, moments, 0, Projection::kNone, false, false, source};
}
constexpr OptimizerTraits narrow(Optimizer o, double bytes, const char* source) {
  return {o, 0, bytes, 0, bytes, Projection::kNone, false, false, source};
}
constexpr OptimizerTraits paged(OptimizerTraits t, Optimizer o) {
  t.optimizer = o;
  t.paged = true;
  return t;
}
constexpr OptimizerTraits projected(Optimizer o, Projection p, OptimizerTraits of, const char* source) {
  of.optimizer = o;
  of.projection = p;
  of.source = source;
  return of;
}
constexpr OptimizerTraits in_backward(OptimizerTraits t) {
  t.in_backward = true;
  return t;
}

constexpr const char* kAdamPaper = "Loshchilov & Hutter 2017, arXiv 1711.05101";
constexpr const char* k8BitPaper = "Dettmers et al. 2021, arXiv 2110.02861";
constexpr const char* kLionPaper = "Chen et al. 2023, arXiv 2302.06675";
constexpr const char* kGalorePaper = "Zhao et al. 2024, arXiv 2403.03507, table 1";
constexpr const char* kApolloPaper = "Zhu et al. 2024, arXiv 2412.05270";
constexpr const char* kAdemamixPaper = "Pagliardini et al. 2024, arXiv 2409.03137";
constexpr const char* kScheduleFreePaper = "Defazio et al. 2024, arXiv 2405.15682: the sequence z beside the weights";

constexpr OptimizerTraits kAdamW = full(Optimizer::kAdamW, 2, kAdamPaper);
constexpr OptimizerTraits kAdamW8Bit = narrow(Optimizer::kAdamW8Bit, 2, k8BitPaper);
constexpr OptimizerTraits kLion = full(Optimizer::kLion, 1, kLionPaper);
constexpr OptimizerTraits kLion8Bit = narrow(Optimizer::kLion8Bit, 1, k8BitPaper);

constexpr OptimizerTraits kTable[] = {
    kAdamW,
    narrow(Optimizer::kAdamWBf16, 4, kAdamPaper),
    kAdamW8Bit,
    narrow(Optimizer::kAdamW4Bit, 1, "Li et al. 2023, arXiv 2309.01507"),
    paged(kAdamW, Optimizer::kPagedAdamW),
    paged(kAdamW8Bit, Optimizer::kPagedAdamW8Bit),
    kLion,
    kLion8Bit,
    paged(kLion, Optimizer::kPagedLion),
    paged(kLion8Bit, Optimizer::kPagedLion8Bit),
    full(Optimizer::kSgd, 0, "no state"),
    full(Optimizer::kSgdMomentum, 1, "Sutskever et al. 2013"),
    narrow(Optimizer::kAdafactor, kFactored, "Shazeer & Stern 2018, arXiv 1804.04235, without a first moment"),
    {Optimizer::kCame, 1, 2 * kFactored, 1, 2 * kFactored, Projection::kNone, false, false,
     "Luo et al. 2023, arXiv 2307.02047: first moment, factored second moment and confidence"},
    {Optimizer::kMuon, 1, 0, 2, 0, Projection::kNone, false, false,
     "Jordan et al. 2024; AdamW for embedding and LM head"},
    {Optimizer::kAdamMini, 1, 0, 1, 0, Projection::kNone, false, false,
     "Zhang et al. 2024, arXiv 2406.16793: one second moment per block"},
    projected(Optimizer::kGalore, Projection::kStored, kAdamW, kGalorePaper),
    projected(Optimizer::kGalore8Bit, Projection::kStored, kAdamW8Bit, kGalorePaper),
    projected(Optimizer::kApollo, Projection::kFromSeed, kAdamW, kApolloPaper),
    projected(Optimizer::kApolloMini, Projection::kRankOne, kAdamW, kApolloPaper),
    full(Optimizer::kSophia, 2, "Liu et al. 2023, arXiv 2305.14342: momentum and diagonal Hessian"),
    full(Optimizer::kAdemamix, 3, kAdemamixPaper),
    narrow(Optimizer::kAdemamix8Bit, 3, kAdemamixPaper),
    full(Optimizer::kGrokAdamW, 3, "cognitivecomputations/grokadamw: a slow average of the gradient beside AdamW's"),
    full(Optimizer::kScheduleFreeAdamW, 2, kScheduleFreePaper),
    full(Optimizer::kScheduleFreeSgd, 1, kScheduleFreePaper),
    in_backward(full(Optimizer::kLomo, 0, "Lv et al. 2023, arXiv 2306.09782")),
    in_backward(narrow(Optimizer::kAdaLomo, kFactored, "Lv et al. 2023, arXiv 2310.10195")),
};

// Values that are kept of an m x n matrix's projected gradient, against m n, for each value per entry of the
// projection, and those of the projection itself.
struct Projected {
  double moment = 1;
  double projection = 0;
};
Projected projected_values(Projection p, double rows, double columns) {
  const double m = std::min(rows, columns), n = std::max(rows, columns), r = kProjectedShare * m;
  switch (p) {
    case Projection::kNone: break;
    case Projection::kStored: return {r * n / (m * n), m * r / (m * n)};
    case Projection::kFromSeed: return {r * n / (m * n), 0};
    case Projection::kRankOne: return {n / (m * n), 0};
  }
  return {};
}

}  // namespace

const OptimizerTraits& traits_of(spec::Optimizer optimizer) {
  for (const OptimizerTraits& t : kTable)
    if (t.optimizer == optimizer) return t;
  return kTable[0];
}

double matrix_moment_bytes(spec::Optimizer optimizer, const spec::StackMemory& memory) {
  const OptimizerTraits& t = traits_of(optimizer);
  return t.moments * memory.moment_bytes + t.bytes;
}

double moment_bytes(spec::Optimizer optimizer, const spec::StackMemory& memory, const spec::Model& m) {
  const OptimizerTraits& t = traits_of(optimizer);
  const double each = matrix_moment_bytes(optimizer, memory);
  const double other = t.other_moments * memory.moment_bytes + t.other_bytes;
  if (t.projection == Projection::kNone && each == other) return each;
  double matrices = 0, bytes = 0;
  const auto add = [&](const std::vector<model::Adapter>& linears, double times) {
    for (const model::Adapter& a : linears) {
      const double size = times * a.linear.in * a.linear.out;
      const Projected p = projected_values(t.projection, a.linear.in, a.linear.out);
      matrices += size;
      bytes += size * (p.moment * each + p.projection * memory.weight_bytes);
    }
  };
  // One by one, as an optimizer sees them.
  constexpr spec::AdapterTargets kEach = {true, true, true, true, true, true, true, false};
  const model::LayerCount layers = model::all_layers(m);
  add(model::attention_adapters(m, kEach, 1), layers.dense + layers.moe);
  add(model::mlp_adapters(m, kEach, m.intermediate_size, 1), layers.dense);
  if (model::is_moe(m)) {
    add(model::mlp_adapters(m, kEach, m.moe_intermediate_size, 1), static_cast<double>(layers.moe) * m.num_experts);
    add(model::mlp_adapters(m, kEach, m.shared_expert_intermediate_size, 1), layers.moe);
  }
  const double rest = model::embedding_parameters(m, 1) * (m.tie_word_embeddings ? 1 : 2);
  return (bytes + rest * other) / (matrices + rest);
}

double master_bytes(const spec::StackMemory& memory) {
  const double adamw_moments = 2 * memory.moment_bytes;
  return std::max(0.0, memory.optimizer_bytes - adamw_moments);
}

}  // namespace shardplan::estimate
