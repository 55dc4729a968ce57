#include "estimate/memory.h"

#include <algorithm>

#include "base/units.h"
#include "estimate/fine_tuning.h"
#include "estimate/pipeline.h"
#include "explain/explanation.h"
#include "model/parameters.h"

namespace shardplan::explain {
namespace {

using estimate::Context;
using estimate::KeptTensors;
using spec::Schedule;
using spec::Sharding;
using spec::Strategy;

constexpr const char* kActivations =
    "Korthikanti et al. 2022, arXiv 2205.05198, section 4; factors fitted, presets/stacks";
constexpr const char* kZero = "Rajbhandari et al. 2020, arXiv 1910.02054";

void parameters(const Context& c, const Strategy& s, const estimate::StageShape& shape, Explanation& out) {
  const model::LayerParameters p = model::layer_parameters(c.model(), s.tp, s.ep, s.etp);
  out.push_back({"stage_parameters",
                 "Parameters of a rank on the worst stage",
                 "",
                 shape.dense_parameters + shape.expert_parameters,
                 "(D + X) * (a + n) + D * m + X * (x + r + e) + v",
                 {{"D", 1.0 * shape.dense_layers, "", "dense layers", ""},
                  {"X", 1.0 * shape.moe_layers, "", "expert layers", ""},
                  {"a", p.attention, "", "attention of a layer", ""},
                  {"n", p.norms, "", "norms", ""},
                  {"m", p.dense_mlp, "", "dense MLP", ""},
                  {"x", p.shared_experts, "", "shared experts", ""},
                  {"r", p.router, "", "router", ""},
                  {"e", p.experts, "", "routed experts of a rank", ""},
                  {"v", shape.embedding_parameters, "", "embedding and head on this stage", ""}},
                 "model shapes over TP, EP and ETP"});
}

// A frozen base, and adapters that train beside it.
void frozen_states(const Context& c, const Strategy& s, const estimate::StageShape& shape,
                   const estimate::StageMemory& m, Explanation& out) {
  const estimate::AdapterBytes each = estimate::adapter_bytes(c);
  const double n = shape.dense_parameters + shape.expert_parameters, adapters = shape.adapters + shape.expert_adapters;
  const Term all{"N", n, "", "frozen parameters of the rank", "stage_parameters"};
  const Term trained{"A", adapters, "", "parameters of its adapters", ""};
  const auto part = [&](const char* id, const char* title, double bytes, std::string formula, std::vector<Term> terms) {
    out.push_back({id, title, "B", bytes, std::move(formula), std::move(terms), "presets/stacks"});
  };
  const auto mean = [](double bytes, double count) { return count > 0 ? bytes / count : 0; };
  const double weights = m.parameters - each.parameter * adapters;
  const bool sharded = estimate::gathers_per_microbatch(s.sharding);
  if (sharded) {
    part("parameters_bytes", "Frozen parameters and adapters", m.parameters, "b * (N + A)",
         {{"b", mean(m.parameters, n + adapters), "B", "of a parameter's share, on average", ""}, all, trained});
  } else {
    part("parameters_bytes", "Frozen parameters and adapters", m.parameters, "b * N + a * A",
         {{"b", mean(weights, n), "B", "of a frozen parameter, on average", ""},
          all,
          {"a", each.parameter, "B", "of an adapter's parameter", ""},
          trained});
  }
  part("gradients_bytes", "Gradients", m.gradients, "g * A",
       {{"g", mean(m.gradients, adapters), "B", "of an adapter's gradient, as it is shared", ""}, trained});
  part("optimizer_bytes", "Optimizer states", m.optimizer, "o * A",
       {{"o", mean(m.optimizer, adapters), "B", "of an adapter's states, as they are shared", ""}, trained});
}

// Which ranks share what: gradients and optimizer states by stage of ZeRO.
void states(const Context& c, const Strategy& s, const estimate::StageShape& shape, const estimate::StageMemory& m,
            Explanation& out) {
  if (spec::is_frozen(c.training().fine_tuning)) return frozen_states(c, s, shape, m, out);
  const double n = shape.dense_parameters + shape.expert_parameters, copies = estimate::parameter_copies(s.schedule);
  const estimate::ShardRanks ranks = estimate::shard_ranks(s);
  const double owned = estimate::owned_parameters(ranks, shape.dense_parameters, shape.expert_parameters);
  const estimate::StateBytes each = estimate::state_bytes(c, s);
  const Term all{"N", n, "", "parameters of the rank", "stage_parameters"};
  const Term shard{"O", owned, "", "of which it owns", "owned_parameters"};
  const bool sharded = estimate::gathers_per_microbatch(s.sharding);
  const auto part = [&](const char* id, const char* title, double bytes, double each_bytes, bool by_owned,
                        const char* what) {
    Quantity q{id,
               title,
               "B",
               bytes,
               by_owned ? "b * O" : "b * N * c",
               {{"b", each_bytes, "B", what, ""}, all, shard, {"c", copies, "", "copies that the schedule needs", ""}},
               kZero};
    if (const double held = each_bytes * (by_owned ? owned : n * copies); held > bytes * (1 + 1e-9) + 1) {
      q.formula += " - f";
      q.terms.push_back({"f", held - bytes, "B", "elsewhere, or not there when the tensors are at their peak", ""});
    }
    out.push_back(std::move(q));
  };
  part("parameters_bytes", "Parameters", m.parameters, each.parameter, sharded,
       sharded ? "of a parameter's own copy" : "of a parameter");
  part("gradients_bytes", "Gradients", m.gradients, each.gradient,
       s.sharding != Sharding::kZero0 && s.sharding != Sharding::kZero1, "of a gradient");
  part("optimizer_bytes", "Optimizer states", m.optimizer, each.optimizer, s.sharding != Sharding::kZero0,
       "of a parameter's states");
  out.push_back({"owned_parameters",
                 "Parameters that a rank owns",
                 "",
                 owned,
                 "d / n + e / x",
                 {{"d", shape.dense_parameters, "", "parameters outside routed experts", ""},
                  {"n", ranks.dense, "", "ranks that share them", ""},
                  {"e", shape.expert_parameters, "", "routed experts", ""},
                  {"x", ranks.experts, "", "ranks that share them", ""}},
                 kZero});
}

// What a layer keeps, tensor by tensor, less what is recomputed.
void layer(const Context& c, const Strategy& s, const char* id, const char* title, double value, bool moe,
           const KeptTensors& k, Explanation& out) {
  const spec::Recompute& r = s.recompute;
  const bool selective = r.mode == spec::RecomputeMode::kSelective;
  Quantity q{id, title, "B", value, "", {}, kActivations};
  const auto add = [&](const char* symbol, double bytes, const char* meaning, bool dropped) {
    if (bytes == 0 || (selective && dropped)) return;
    q.formula += (q.formula.empty() ? "" : " + ") + std::string(symbol);
    q.terms.push_back({symbol, bytes, "B", meaning, ""});
  };
  add("r", k.residual_inputs, "two residual inputs, 4 T h / r", false);
  add("n", k.norm_outputs, "two norm outputs, 4 T h / r", r.layernorm);
  add("a", k.attention,
      model::is_mla(c.model()) ? "latents and attention output"
                               : "queries, keys, values and output, 2 T (2a + 2k) d / tp + 4 T a / tp",
      false);
  add("u", k.mla_up, "MLA's up-projections", r.mla_up_proj);
  add("s", k.scores, "attention scores and dropout masks", r.core_attn);
  if (moe) {
    add("e", k.experts_in, "inputs of the experts, router", false);
    add("x", k.expert_activation, "activation of the experts", r.moe_act);
    add("h", k.shared, "shared experts", false);
  } else {
    add("m", k.mlp, "MLP, 2 T (g + 1) f / tp", r.mlp);
  }
  if (r.mode == spec::RecomputeMode::kFull) {
    const double tokens = estimate::microbatch_tokens(c, estimate::layer_shape(s));
    q.formula = "(1 - y) * (" + q.formula + ") + y * i";
    q.terms.push_back({"y", r.layer_share, "", "share of the layers that are recomputed", ""});
    q.terms.push_back(
        {"i", 2 * tokens * c.model().hidden_size / (s.sp ? s.tp : 1), "B", "input of a layer, 2 T h / r", ""});
  }
  out.push_back(std::move(q));
}

void activations(const Context& c, const Strategy& s, const estimate::StageShape& shape, const estimate::StageMemory& m,
                 Explanation& out) {
  const estimate::LayerShape layer_shape = estimate::layer_shape(s);
  const estimate::LayerActivations a = estimate::layer_activations(c, layer_shape, s.recompute);
  const KeptTensors kept = estimate::kept_tensors(c, layer_shape);
  const bool full = s.recompute.mode == spec::RecomputeMode::kFull;
  const double whole =
      full && !c.stack().memory.eager.separate_transients
          ? std::max(shape.dense_layers > 0 ? a.dense_whole : 0, shape.moe_layers > 0 ? a.moe_whole : 0)
          : 0;
  const double all = (shape.dense_layers * a.dense + shape.moe_layers * a.moe) * m.microbatches_in_flight +
                     (shape.first ? a.embedding_output : 0) + whole;
  const double on_host = s.offload_activations > 0 ? all - m.activations : 0;
  out.push_back({"activations_bytes",
                 "Activations",
                 "B",
                 m.activations,
                 std::string("(D * d + X * x) * q + e + w") + (on_host > 0 ? " - host" : ""),
                 {{"D", 1.0 * shape.dense_layers, "", "dense layers", ""},
                  {"d", a.dense, "B", "kept by one", shape.dense_layers > 0 ? "dense_layer_bytes" : ""},
                  {"X", 1.0 * shape.moe_layers, "", "expert layers", ""},
                  {"x", a.moe, "B", "kept by one", shape.moe_layers > 0 ? "moe_layer_bytes" : ""},
                  {"q", m.microbatches_in_flight, "", "micro-batches in flight", "microbatches_in_flight"},
                  {"e", shape.first ? a.embedding_output : 0, "B", "output of the embedding", ""},
                  {"w", whole, "B", "the layer that is being recomputed", ""},
                  {"host", on_host, "B", "on the host, less two layers on their way", ""}},
                 kActivations});
  if (shape.dense_layers > 0)
    layer(c, s, "dense_layer_bytes", "Kept by a dense layer, per micro-batch", a.dense, false, kept, out);
  if (shape.moe_layers > 0)
    layer(c, s, "moe_layer_bytes", "Kept by an expert layer, per micro-batch", a.moe, true, kept, out);
}

void in_flight(const Strategy& s, int stage, double value, Explanation& out) {
  Quantity q{"microbatches_in_flight",
             "Micro-batches in flight on the worst stage",
             "",
             value,
             "1",
             {{"M", spec::num_microbatches(s), "", "micro-batches", "num_microbatches"},
              {"p", 1.0 * s.pp, "", "stages", ""},
              {"v", 1.0 * s.vpp, "", "virtual stages of each", ""},
              {"i", 1.0 * stage, "", "this stage, from 0", ""}},
             "as bubble_s"};
  if (s.pp > 1) {
    switch (s.schedule) {
      case Schedule::kGpipe: q.formula = "M"; break;
      case Schedule::kOneForwardOneBackward:
      case Schedule::kZeroBubbleH1: q.formula = "min(M, p - i)"; break;
      case Schedule::kInterleaved: q.formula = "min(2 * (p - i - 1) + (v - 1) * p + 1, M * v) / v"; break;
      case Schedule::kZeroBubbleH2: q.formula = "min(M, 2 * p - 1)"; break;
      case Schedule::kZeroBubbleV: q.formula = "min(M, p)"; break;
      case Schedule::kDualPipe:
      case Schedule::kDualPipeV: q.formula = "min(M, p + 1)"; break;
    }
  }
  out.push_back(std::move(q));
}

}  // namespace

void explain_memory(const Context& c, const Strategy& s, Explanation& out) {
  const auto stages = estimate::stage_memories(c, s);
  const int worst = estimate::worst_stage(stages);
  const estimate::StageMemory& m = stages[worst];
  const estimate::StageShape shape = estimate::stage_shapes(c, s)[worst];
  const spec::StackMemory& memory = c.stack().memory;
  Quantity peak = {
      "peak_bytes",
      "Peak memory of the worst rank, reserved",
      "B",
      m.reserved,
      "((W + G + O + A + B + C) * f + X) * k",
      {{"W", m.parameters, "B", "parameters", "parameters_bytes"},
       {"G", m.gradients, "B", "gradients", "gradients_bytes"},
       {"O", m.optimizer, "B", "optimizer states", "optimizer_bytes"},
       {"A", m.activations, "B", "activations", "activations_bytes"},
       {"B", m.buffers, "B", "logits or backward temporaries, gathered parameters, weight-gradient buffers", ""},
       {"C", memory.constant_gib * kGib, "B", "constant of the stack", ""},
       {"f", memory.reserved_over_allocated, "", "reserved over allocated", ""},
       {"X", memory.context_gib * kGib, "B", "device context and communicators", ""},
       {"k", c.problem.adjustment.reserved_memory, "", "your calibration", ""}},
      "presets/stacks"};
  if (m.apart > 0) {
    peak.formula = "((W + G + O + A + B + T + C) * f + X) * k";
    peak.terms.push_back(
        {"T", m.apart, "B", "blocks of the smaller of LM head and layer, which nothing else uses", ""});
  }
  out.push_back(std::move(peak));
  states(c, s, shape, m, out);
  parameters(c, s, shape, out);
  activations(c, s, shape, m, out);
  in_flight(s, worst, m.microbatches_in_flight, out);
}

}  // namespace shardplan::explain
