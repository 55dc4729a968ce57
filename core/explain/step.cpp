#include "estimate/step.h"

#include "estimate/pipeline.h"

#include "explain/explanation.h"

namespace shardplan::explain {
namespace {

using estimate::Context;
using estimate::LayerTime;
using estimate::StageTime;
using spec::Schedule;
using spec::Strategy;

constexpr const char* kSchedules = "Narayanan et al. 2021, arXiv 2104.04473, section 2.2";
constexpr const char* kZeroBubble = "Qi et al. 2023, arXiv 2401.10241, table 1; what is left over: table 4";

struct BubbleFormula {
  const char* formula;
  const char* source;
};

BubbleFormula bubble_formula(Schedule schedule) {
  switch (schedule) {
    case Schedule::kGpipe:
    case Schedule::kOneForwardOneBackward: return {"(p - 1) * (F + B)", kSchedules};
    case Schedule::kInterleaved: return {"(p - 1) * (F + B) / v", kSchedules};
    case Schedule::kZeroBubbleH1: return {"max((p - 1) * (F + B - 2 * W), x * (p - 1) * (F + B))", kZeroBubble};
    case Schedule::kZeroBubbleH2: return {"max((p - 1) * (F + B - 3 * W), x * (p - 1) * (F + B))", kZeroBubble};
    case Schedule::kZeroBubbleV:
      return {"max((p - 1) * (F + B - 3 * W), x * (p - 1) * (F + B))", "Qi et al. 2024, arXiv 2405.15362"};
    case Schedule::kDualPipe:
    case Schedule::kDualPipeV:
      return {"max((p / 2 - 1) * (F + 2 * B - 3 * W), x * (p - 1) * (F + B))",
              "DeepSeek-AI 2024, arXiv 2412.19437, table 2"};
  }
  return {"", ""};
}

void bubble(const Context& c, const Strategy& s, const StageTime& t, double bubble_s, Explanation& out) {
  if (s.pp <= 1) return;
  const double hop_s = t.p2p_exposed_s / 2;
  const BubbleFormula f = bubble_formula(s.schedule);
  out.push_back(
      {"bubble_s",
       "Pipeline bubble",
       "s",
       bubble_s,
       f.formula,
       {{"p", 1.0 * s.pp, "", "pipeline stages", ""},
        {"v", 1.0 * s.vpp, "", "virtual stages of each", ""},
        {"F", t.others * t.forward_s + hop_s, "s", "forward pass of the other stages with its hop", "hop_forward_s"},
        {"B", t.others * t.backward_s + hop_s, "s", "backward pass with its hop", "hop_backward_s"},
        {"W", t.others * t.weight_gradient_s, "s", "weight gradients, which some schedules postpone", ""},
        {"x", estimate::kLeftoverZeroBubble, "", "what zero-bubble schedules leave", ""}},
       f.source});
  const auto hop = [&](const char* id, const char* title, double pass_s, const char* pass_id) {
    out.push_back({id,
                   title,
                   "s",
                   t.others * pass_s + hop_s,
                   "o * t + p2p / 2",
                   {{"o", t.others, "", "mean of the other stages against the longest; 1 where layers divide", ""},
                    {"t", pass_s, "s", "pass of the longest stage", pass_id},
                    {"p2p", t.p2p_exposed_s, "s", "exposed sends and receives", "p2p_exposed_s"}},
                   ""});
  };
  hop("hop_forward_s", "Forward pass of another stage", t.forward_s, "stage_forward_s");
  hop("hop_backward_s", "Backward pass of another stage", t.backward_s, "stage_backward_s");
  out.push_back(
      {"p2p_exposed_s",
       "Exposed point-to-point, per micro-batch",
       "s",
       t.p2p_exposed_s,
       "t * x",
       {{"t", t.p2p_total_s, "s", "activations to the next stage, gradients back, once per virtual stage", ""},
        {"x", c.stack().pp_exposed, "", "exposed share of the stack", ""}},
       "presets/stacks"});
}

// The pass of a stage: layers, and what FSDP gathers beside them.
void pass(const Context& c, const Strategy& s, const char* id, const char* title, double value, double layers,
          double layer_s, const char* layer_id, double recompute_s, double traffic_s, double offload_s,
          Explanation& out) {
  std::vector<Term> terms = {{"L", layers, "", "layers of the longest stage", ""},
                             {"t", layer_s, "s", "one layer", layer_id}};
  std::string compute = "L * t";
  if (recompute_s >= 0) {
    compute += " + R";
    terms.push_back({"R", recompute_s, "s", "recomputation", "recompute_s"});
  }
  const std::string offload = offload_s > 0 ? " + offload" : "";
  terms.push_back({"offload", offload_s, "s", "activations to or from the host, beyond what a layer hides", ""});
  if (!estimate::gathers_per_microbatch(s.sharding)) {
    out.push_back({id, title, "s", value, compute + offload, std::move(terms), ""});
    return;
  }
  terms.push_back({"G", traffic_s, "s", "parameters gathered, gradients scattered",
                   recompute_s >= 0 ? "fsdp_backward_s" : "fsdp_gather_s"});
  if (!c.stack().fsdp_prefetch) {
    out.push_back({id, title, "s", value, compute + " + G" + offload, std::move(terms), ""});
    return;
  }
  terms.push_back({"c", c.stack().fsdp_contention, "", "how much both slow each other down", ""});
  out.push_back({id, title, "s", value, "smooth_max(" + compute + ", G) + c * min(" + compute + ", G)" + offload,
                 std::move(terms), "The longer hides the shorter; contention fitted, presets/stacks"});
}

void recomputation(const Strategy& s, const StageTime& t, const LayerTime& layer, Explanation& out) {
  const spec::Recompute& r = s.recompute;
  Quantity q{"recompute_s",
             "Recomputation per micro-batch",
             "s",
             t.recompute_s,
             "",
             {},
             "Korthikanti et al. 2022, arXiv 2205.05198"};
  if (r.mode == spec::RecomputeMode::kNone) {
    q.formula = "0";
  } else if (r.mode == spec::RecomputeMode::kFull) {
    q.formula = "L * x * (t - u)";
    q.terms = {{"L", t.layout.longest, "", "layers of the longest stage", ""},
               {"x", r.layer_share, "", "share of the layers", ""},
               {"t", layer.forward.total_s, "s", "one layer, forward", "layer_forward_s"},
               {"u", layer.recompute_unneeded_s, "s", "its last product, where the stack stops before it", ""}};
  } else {
    q.terms = {{"L", t.layout.longest, "", "layers of the longest stage", ""}};
    const auto add = [&](bool on, const char* symbol, double value, const char* meaning) {
      if (!on) return;
      q.formula += (q.formula.empty() ? "L * (" : " + ") + std::string(symbol);
      q.terms.push_back({symbol, value, "s", meaning, ""});
    };
    add(r.core_attn, "a", layer.recompute_attention_s, "attention (flash attention does it anyway)");
    add(r.mla_up_proj, "u", layer.recompute_mla_up_s, "MLA's up-projections");
    add(r.mlp, "m", layer.recompute_mlp_s, "dense MLP");
    add(r.moe_act, "e", layer.recompute_moe_act_s, "activation of the experts");
    add(r.layernorm, "n", layer.recompute_layernorm_s, "norms");
    q.formula += ")";
  }
  out.push_back(std::move(q));
}

void stage(const Context& c, const Strategy& s, const LayerTime& layer, const StageTime& t,
           const estimate::DataParallelTime& dp, Explanation& out) {
  const bool balanced = t.layout.balanced && s.pp > 1;
  out.push_back(
      {"stage_s",
       "Slowest stage, per micro-batch",
       "s",
       t.slowest_s,
       std::string("max(t, t / L * l + ") + (balanced ? "H / p" : "H") + ")",
       {{"t", t.mid_s, "s", "longest stage without the head", "mid_s"},
        {"L", t.layout.longest, "", "its layers", ""},
        {"l", balanced ? t.layout.average : t.layout.last, "",
         balanced ? "layers of the average stage: the layout is tuned" : "layers of the stage with the LM head", ""},
        {"H", layer.head_s, "s", "LM head and cross-entropy", "head_s"},
        {"p", 1.0 * s.pp, "", "pipeline stages", ""}},
       ""});
  out.push_back({"mid_s",
                 "Longest stage, per micro-batch",
                 "s",
                 t.mid_s,
                 "F + B + p2p",
                 {{"F", t.forward_s, "s", "forward", "stage_forward_s"},
                  {"B", t.backward_s, "s", "backward", "stage_backward_s"},
                  {"p2p", t.p2p_exposed_s, "s", "exposed sends and receives", s.pp > 1 ? "p2p_exposed_s" : ""}},
                 ""});
  const double layers = t.layout.longest;
  pass(c, s, "stage_forward_s", "Forward pass of the longest stage", t.forward_s, layers, layer.forward.total_s,
       "layer_forward_s", -1, dp.fsdp_gather_s, t.offload_forward_s, out);
  pass(c, s, "stage_backward_s", "Backward pass of the longest stage", t.backward_s, layers, layer.backward.total_s,
       "layer_backward_s", t.recompute_s, dp.fsdp_gather_s + dp.fsdp_scatter_s, t.offload_backward_s, out);
  recomputation(s, t, layer, out);
}

}  // namespace

void explain_step(const Context& with_calibration, const Strategy& s, Explanation& out) {
  estimate::Problem problem = with_calibration.problem;
  const double k = problem.adjustment.step_time;
  problem.adjustment.step_time = 1;
  const Context c(std::move(problem));
  const LayerTime layer = estimate::layer_time(c, estimate::layer_shape(s));
  const estimate::DataParallelTime dp = estimate::data_parallel_time(c, s);
  const StageTime t = estimate::stage_time(c, s, layer, dp);
  const estimate::StepTime step = estimate::step_time(c, s, layer, t, dp);
  const double m = spec::num_microbatches(s), beside = step.dp_s - m * t.fsdp_exposed_s;
  Quantity whole{"step_time_s",
                 "Step time",
                 "s",
                 step.step_time_s * k,
                 "M * t + bubble + dp + opt + other",
                 {{"M", m, "", "micro-batches", "num_microbatches"},
                  {"t", t.slowest_s, "s", "slowest stage, per micro-batch", "stage_s"},
                  {"bubble", step.bubble_s, "s", "filling and draining the pipeline", s.pp > 1 ? "bubble_s" : ""},
                  {"dp", beside, "s", "data-parallel traffic that nothing hides", "dp_beside_s"},
                  {"opt", step.optimizer_s, "s", "optimizer", "optimizer_s"},
                  {"other", step.other_s, "s", "data, clipping, logging; fitted per stack", ""}},
                 "presets/stacks for the last term"};
  if (const double share = estimate::straggler_share(s); share > 0) {
    whole.formula = "(" + whole.formula + ") * (1 + y * ln(n / n0) / ln(2))";
    whole.terms.push_back({"y", estimate::kStragglersPerDoubling, "", "stragglers, per doubling of the GPUs", ""});
    whole.terms.push_back({"n", 1.0 * spec::world_size(s), "", "GPUs", ""});
    whole.terms.push_back({"n0", estimate::kStragglersFrom, "", "GPUs up to which there are none", ""});
  }
  if (k != 1) {
    whole.formula = "k * (" + whole.formula + ")";
    whole.terms.push_back({"k", k, "", "your calibration", ""});
  }
  out.push_back(std::move(whole));
  out.push_back({"num_microbatches",
                 "Micro-batches of a pipeline",
                 "",
                 m,
                 "gbs / (dp * mbs)",
                 {{"gbs", 1.0 * s.gbs, "", "global batch, sequences", ""},
                  {"dp", 1.0 * s.dp, "", "data-parallel replicas", ""},
                  {"mbs", 1.0 * s.mbs, "", "micro-batch, sequences", ""}},
                 ""});
  stage(c, s, layer, t, dp, out);
  bubble(c, s, t, step.bubble_s, out);
  const double window = estimate::data_parallel_window(s);
  out.push_back({"dp_beside_s",
                 "Exposed data-parallel traffic of the step",
                 "s",
                 beside,
                 "n * (R - h * min(R, w * B)) + G - h * min(G, w * F)",
                 {{"n", estimate::gradient_reductions(s), "", "reductions of a step: ZeRO-2 has one a micro-batch", ""},
                  {"R", dp.reduce_gradients_s, "s", "gradients reduced", "reduce_gradients_s"},
                  {"G", dp.gather_parameters_s, "s", "parameters gathered", "gather_parameters_s"},
                  {"h", estimate::data_parallel_overlap(c.stack(), s), "", "share that overlaps; fitted per stack", ""},
                  {"w", window, "", "micro-batches behind which it hides, 1 + (pp - 1) (1 - 1/vpp)", ""},
                  {"F", t.forward_s, "s", "forward pass of the stage", "stage_forward_s"},
                  {"B", t.backward_s, "s", "backward pass of the stage", "stage_backward_s"}},
                 "presets/stacks"});
}

}  // namespace shardplan::explain
