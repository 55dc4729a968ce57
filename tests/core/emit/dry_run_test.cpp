#include "emit/dry_run.h"

#include <gtest/gtest.h>

#include "base/units.h"
#include "core/emit/jobs.h"
#include "model/parameters.h"

namespace shardplan::emit {
namespace {

// Products of the forward pass, 2 m n k each.
double flops(const DryRun& run, const std::string& pass) {
  double sum = 0;
  for (const Gemm& g : run.gemms)
    if (g.pass == pass)
      sum += 2.0 * static_cast<double>(g.m) * static_cast<double>(g.n) * static_cast<double>(g.k) * g.groups *
             static_cast<double>(g.count);
  return sum;
}

TEST(DryRun, HoldsTheMemoryOfTheWorstRank) {
  const auto job = resolved_job("llama-3.1-70b", 64, strategy(4, 8, 2));
  const DryRun run = dry_run(job.job);
  const RankMemory& m = run.memory;
  const int64_t sum = m.parameters_bytes + m.gradients_bytes + m.optimizer_bytes + m.activations_bytes +
                      m.buffers_bytes + m.overhead_bytes;
  EXPECT_NEAR(static_cast<double>(sum), job.plan->memory.peak_gib * kGib, 8);
  EXPECT_EQ(run.stage, job.plan->memory.worst_stage);
}

TEST(DryRun, CountsTheProductsOfTheWholeModelWithoutAPipeline) {
  for (const char* model : {"llama-3.1-8b", "mixtral-8x7b", "deepseek-v2-lite"}) {
    const auto job = resolved_job(model, 8, strategy(2, 1, 4));
    const DryRun run = dry_run(job.job);
    const estimate::Context& c = *job.context;
    const double tokens = static_cast<double>(c.training().gbs) * c.training().seq_length;
    const spec::Model& m = c.model();
    const double attention = 6.0 * c.training().seq_length * m.num_attention_heads *
                             (model::query_head_dim(m) + model::value_head_dim(m)) / 2 * m.num_hidden_layers;
    // A rank's products: two ranks cut the layers, four the batch; attention's scores are not among them.
    const double expected = (model::flops_per_token(m, c.training().seq_length) - attention) * tokens / 8;
    const double all = flops(run, "forward") + flops(run, "data_gradient") + flops(run, "weight_gradient");
    EXPECT_NEAR(all / expected, 1, 0.02) << model;
    EXPECT_EQ(flops(run, "forward"), flops(run, "weight_gradient")) << model;
  }
}

TEST(DryRun, RunsForwardProductsAgainWhereTheyAreRecomputed) {
  spec::Strategy s = strategy(2, 1, 4);
  const double once = flops(dry_run(resolved_job("llama-3.1-8b", 8, s).job), "forward");
  s.recompute.mode = spec::RecomputeMode::kFull;
  const DryRun again = dry_run(resolved_job("llama-3.1-8b", 8, s).job);
  EXPECT_GT(flops(again, "forward"), 1.8 * once);
  EXPECT_EQ(again.gemms.back().layer, "head");  // which is not
}

}  // namespace
}  // namespace shardplan::emit
