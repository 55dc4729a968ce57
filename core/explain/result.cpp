#include <algorithm>

#include "base/units.h"
#include "estimate/confidence.h"
#include "estimate/fine_tuning.h"
#include "estimate/memory.h"
#include "estimate/step.h"
#include "explain/explanation.h"
#include "model/parameters.h"

namespace shardplan::explain {
namespace {

using estimate::Context;
using spec::Strategy;

void intervals(const Context& c, const Strategy& s, double step_s, double reserved, Explanation& out) {
  const spec::IntervalClass& i = c.problem.intervals;
  const estimate::Interval time = estimate::step_time_interval(c, s, step_s);
  const auto end = [&](const char* id, const char* title, double value, double of, const char* of_id,
                       const char* unit) {
    out.push_back(
        {id,
         title,
         unit,
         value,
         "t * x",
         {{"t", of, unit, "the estimate", of_id},
          {"x", value / of, "", "ratio of measured to predicted that 10 % of comparable runs lie beyond", ""}},
         i.basis});
  };
  end("step_time_low_s", "Step time, low end of 80 %", time.low, step_s, "step_time_s", "s");
  end("step_time_high_s", "Step time, high end of 80 %", time.high, step_s, "step_time_s", "s");
  out.push_back({"oom_probability",
                 "Probability of running out of memory",
                 "",
                 estimate::oom_probability(c, reserved),
                 "1 / (1 + exp(-k * ln(M / (x * C))))",
                 {{"M", reserved, "B", "peak of the worst rank", "peak_bytes"},
                  {"C", estimate::capacity_bytes(c.problem.cluster), "B", "memory of the accelerator", ""},
                  {"x", i.oom_middle, "", "share of it at which half of the measured runs failed", ""},
                  {"k", i.oom_slope, "", "how sharply", ""}},
                 "logistic fit to runs of which some failed: presets/calibration/intervals.json"});
}

}  // namespace

void explain_result(const Context& c, const Strategy& s, Explanation& out) {
  const double step_s = estimate::step_time(c, s).step_time_s;
  const double gpus = spec::world_size(s), seq = c.training().seq_length;
  const double tokens_per_s = s.gbs * seq / step_s, per_gpu = tokens_per_s / gpus;
  const double flops = estimate::model_flops_per_token(c);
  const double peak = hardware::peak_flops(c.problem.cluster.accelerator, s.precision);
  const Term step{"t", step_s, "s", "step time", "step_time_s"};
  out.push_back({"tokens_per_s",
                 "Throughput",
                 "tokens/s",
                 tokens_per_s,
                 "gbs * s / t",
                 {{"gbs", 1.0 * s.gbs, "", "global batch, sequences", ""}, {"s", seq, "", "sequence length", ""}, step},
                 ""});
  out.push_back({"tokens_per_s_per_gpu",
                 "Throughput of a GPU",
                 "tokens/s",
                 per_gpu,
                 "x / n",
                 {{"x", tokens_per_s, "tokens/s", "throughput", "tokens_per_s"}, {"n", gpus, "", "GPUs", ""}},
                 ""});
  out.push_back(
      {"mfu",
       "Model FLOPs utilisation",
       "",
       per_gpu * flops / peak,
       "x * f / P",
       {{"x", per_gpu, "tokens/s", "throughput of a GPU", "tokens_per_s_per_gpu"},
        {"f", flops, "FLOP",
         "per token: 6 per parameter it meets, without the input embedding, and 6 s a d L for causal attention", ""},
        {"P", peak, "FLOP/s", "dense peak of the precision", ""}},
       "Chowdhery et al. 2022, arXiv 2204.02311, appendix B; causal attention counted half"});
  if (const double price = c.problem.cluster.usd_per_gpu_hour; price > 0) {
    out.push_back({"usd_per_million_tokens",
                   "Cost of a million tokens",
                   "USD",
                   price * gpus / kSecondsPerHour / tokens_per_s * 1e6,
                   "p * n / 3600 / x * 1000000",
                   {{"p", price, "USD/h", "one GPU", ""},
                    {"n", gpus, "", "GPUs", ""},
                    {"x", tokens_per_s, "tokens/s", "throughput", "tokens_per_s"}},
                   ""});
  }
  const auto stages = estimate::stage_memories(c, s);
  intervals(c, s, step_s, stages[estimate::worst_stage(stages)].reserved, out);
}

}  // namespace shardplan::explain
