#include "measured/user_fit.h"

#include <gtest/gtest.h>

#include "estimate/step.h"
#include "json/presets.h"
#include "measured/csv.h"

namespace shardplan::measured {
namespace {

const catalog::Catalog& presets() {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  return c;
}

// Runs of 8B and 70B at several degrees, "measured" on machines that differ from the presets by `truth`.
std::vector<Observed> runs_on(const spec::Adjustment& truth, size_t most) {
  const auto rows = read_csv(
      "model,gpu,gpus,precision,seq,gbs,mbs,tp,pp,vpp,cp,dp,zero_or_fsdp,stack\n"
      "llama-3.1-8b,h100,8,bf16,8192,128,1,1,1,1,1,8,dist-opt,megatron-core\n"
      "llama-3.1-8b,h100,8,bf16,8192,128,1,4,1,1,1,2,dist-opt,megatron-core\n"
      "llama-3.1-70b,h100,64,bf16,8192,128,1,8,4,1,1,2,dist-opt,megatron-core\n"
      "llama-3.1-70b,h100,64,bf16,8192,128,1,4,4,5,2,2,dist-opt,megatron-core\n"
      "llama-3.1-70b,h100,256,bf16,8192,256,1,4,4,5,1,16,dist-opt,megatron-core\n"
      "llama-3.1-8b,h100,64,bf16,4096,512,2,1,1,1,1,64,FSDP,megatron-core\n"
      "llama-3.1-8b,h100,128,bf16,8192,128,1,2,1,1,1,64,dist-opt,megatron-core\n"
      "llama-3.1-70b,h100,128,bf16,8192,128,1,8,1,1,1,16,FSDP,megatron-core\n"
      "llama-3.2-1b,h100,8,bf16,2048,64,1,1,1,1,1,8,dist-opt,megatron-core\n",
      "");
  std::vector<Observed> out;
  for (const spec::MeasuredRow& row : *rows) {
    if (out.size() == most) break;
    const Run run = *run_of(presets(), row);
    Observed o{"", problem_of(presets(), run), run.strategy, 0, 0, MemoryKind::kNone};
    estimate::Problem real = o.problem;
    real.adjustment = truth;
    o.step_time_s = estimate::step_time(estimate::Context(real), o.strategy).step_time_s;
    out.push_back(std::move(o));
  }
  return out;
}

TEST(UserFit, ThreeRunsRepairACommonFactor) {
  const UserFit fit = fit_adjustment(runs_on({.step_time = 1.25}, 3));
  EXPECT_NEAR(fit.before.median_abs_pct, 20, 0.1);
  EXPECT_LT(fit.after_held_back.median_abs_pct, 2.5);
  EXPECT_NEAR(fit.adjustment.step_time, 1.25, 0.02);
  EXPECT_EQ(fit.adjustment.gemm_rate, 1);
}

TEST(UserFit, MoreRunsTellASlowNetworkFromASlowGpu) {
  const UserFit slow_network = fit_adjustment(runs_on({.network_rate = 0.3}, 9));
  EXPECT_LT(slow_network.adjustment.network_rate, 0.6);
  EXPECT_NEAR(slow_network.adjustment.step_time, 1, 0.06);
  EXPECT_LT(slow_network.after_held_back.mean_abs_pct, 0.5 * slow_network.before.mean_abs_pct);
}

TEST(UserFit, RunsAsPredictedChangeNothing) {
  const UserFit fit = fit_adjustment(runs_on({}, 9));
  EXPECT_NEAR(fit.adjustment.step_time, 1, 1e-3);
  EXPECT_NEAR(fit.adjustment.network_rate, 1, 1e-3);
  EXPECT_LT(fit.after_held_back.median_abs_pct, 0.1);
  EXPECT_GT(fit.high, fit.low);
}

TEST(UserFit, StaysInsideItsBounds) {
  const UserFit fit = fit_adjustment(runs_on({.step_time = 100}, 3));
  EXPECT_EQ(fit.adjustment.step_time, 3);
}

TEST(UserFit, NothingMeasuredFitsNothing) {
  const UserFit fit = fit_adjustment({});
  EXPECT_EQ(fit.adjustment, spec::Adjustment{});
  EXPECT_EQ(fit.folds, 0);
}

TEST(UserFit, MemoryHasItsOwnFactor) {
  std::vector<Observed> runs = runs_on({}, 3);
  for (Observed& o : runs) {
    measured::Run as_run;
    as_run.strategy = o.strategy;
    o.memory_kind = as_run.memory_kind = MemoryKind::kReservedWorst;
    o.memory_bytes = 1.1 * predict(o.problem, as_run).memory_bytes;
  }
  const UserFit fit = fit_adjustment(runs);
  EXPECT_NEAR(fit.adjustment.reserved_memory, 1.1, 0.01);
  EXPECT_LT(fit.memory_after.median_abs_pct, 1);
}

}  // namespace
}  // namespace shardplan::measured
