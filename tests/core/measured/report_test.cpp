#include "measured/report.h"

#include <gtest/gtest.h>

#include "json/presets.h"
#include "measured/csv.h"

namespace shardplan::measured {
namespace {

Report report_of(const std::string& csv) {
  static const catalog::Catalog presets = *json::read_catalog(json::built_in_presets());
  return report(presets, *read_csv(csv, ""), [](estimate::Problem&) {});
}

constexpr const char* kHeader =
    "id,model,layers,hidden,heads,kv_heads,ffn,vocab,gpu,gpus,precision,seq,gbs,mbs,tp,pp,dp,zero_or_fsdp,other_flags,"
    "step_time_s,use_for_step_time,stack,status,source\n";

TEST(Report, EachRowIsPredictedOrHasAReason) {
  const Report r = report_of(std::string(kHeader) +
                             "a,llama-3.1-8b,,,,,,,h100,8,bf16,8192,128,1,1,1,8,dist-opt,,12,1,megatron-bridge,,\n"
                             "b,no-such-model,,,,,,,h100,8,bf16,8192,128,1,1,1,8,dist-opt,,12,1,megatron-bridge,,\n"
                             "c,llama-3.1-8b,,,,,,,h100,,bf16,8192,128,1,1,1,8,dist-opt,,12,1,megatron-bridge,,\n"
                             "d,llama-3.1-8b,,,,,,,h100,8,bf16,8192,128,1,1,1,8,dist-opt,,12,0,megatron-bridge,,\n");
  ASSERT_EQ(r.rows.size(), 2u);
  ASSERT_EQ(r.skipped.size(), 2u);
  EXPECT_EQ(r.skipped[0].id, "b");
  EXPECT_NE(r.skipped[0].reason.find("no-such-model"), std::string::npos);
  EXPECT_TRUE(r.rows[0].step_time_s.counts);
  EXPECT_FALSE(r.rows[1].step_time_s.counts) << "the row says that it is not good for step time";
  EXPECT_NEAR(*r.rows[0].step_time_s.error, r.rows[0].step_time_s.predicted / 12 - 1, 1e-12);
}

TEST(Report, RunsThatFailedTakeTheirShapeFromThoseThatRan) {
  const Report r = report_of(std::string(kHeader) +
                             "ran,Llama-like 8.86B,32,4096,32,8,14336,131072,H100-80GB,8,bf16,4096,256,1,8,1,1,ZeRO-0,"
                             "tied_emb=False,10,1,,Success,HF nanotron ultrascale\n"
                             "oom,Llama-like 8.86B,32,4096,32,,,131072,H100-80GB,8,bf16,4096,256,1,8,1,1,ZeRO-0,"
                             "tied_emb=,,0,,OOM,HF nanotron ultrascale\n");
  ASSERT_EQ(r.rows.size(), 2u);
  EXPECT_DOUBLE_EQ(r.rows[0].reserved_bytes, r.rows[1].reserved_bytes);
  ASSERT_TRUE(r.feasibility);
  EXPECT_EQ(r.feasibility->runs, 2);
  EXPECT_EQ(r.feasibility->out_of_memory, 1);
}

TEST(Report, FeasibilityCountsBothKindsOfMistake) {
  // 70B on one H100 cannot run; 1B with one sequence can.
  const Report r = report_of(std::string(kHeader) +
                             "a,llama-3.1-70b,,,,,,,h100,8,bf16,4096,8,1,1,1,8,dist-opt,,,0,megatron-core,OOM,\n"
                             "b,llama-3.1-70b,,,,,,,h100,8,bf16,4096,8,1,1,1,8,dist-opt,,,0,megatron-core,Success,\n"
                             "c,llama-3.2-1b,,,,,,,h100,8,bf16,4096,8,1,1,1,8,dist-opt,,,0,megatron-core,OOM,\n"
                             "d,llama-3.2-1b,,,,,,,h100,8,bf16,4096,8,1,1,1,8,dist-opt,,,0,megatron-core,Success,\n");
  ASSERT_TRUE(r.feasibility);
  EXPECT_DOUBLE_EQ(r.feasibility->fit_accuracy_pct, 50);
  EXPECT_DOUBLE_EQ(r.feasibility->false_fits_pct, 50);
  EXPECT_DOUBLE_EQ(r.feasibility->false_ooms_pct, 50);
}

}  // namespace
}  // namespace shardplan::measured
