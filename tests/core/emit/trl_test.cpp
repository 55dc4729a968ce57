#include "emit/trl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emit/frameworks.h"

namespace shardplan::emit {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Job job_on(int nodes, spec::Sharding sharding) {
  Job job;
  job.nodes = nodes;
  job.strategy.dp = job.gpus();
  job.strategy.gbs = 4 * job.gpus();
  job.strategy.mbs = 2;
  job.strategy.sharding = sharding;
  job.strategy.recompute.mode = spec::RecomputeMode::kFull;
  return job;
}

TrlJob learner(const char* algorithm) {
  TrlJob t;
  t.algorithm = algorithm;
  t.model = "org/policy";
  t.per_device_batch = 2;
  t.gradient_accumulation = 2;
  t.max_length = 2048;
  t.response_tokens = 1024;
  return t;
}

TEST(Trl, StartsWhatIsInThePackageByItsOwnCommand) {
  for (const char* algorithm : {"dpo", "ipo", "kto", "grpo", "rloo"})
    EXPECT_THAT(trl(job_on(1, spec::Sharding::kFsdp), learner(algorithm))->command, HasSubstr("trl "));
  for (const char* algorithm : {"ppo", "orpo", "simpo"})
    EXPECT_THAT(trl(job_on(1, spec::Sharding::kFsdp), learner(algorithm))->command, HasSubstr("examples/scripts/"));
  EXPECT_FALSE(trl(job_on(1, spec::Sharding::kFsdp), learner("reinforce")));
}

// Transformers refuses recomputation that both its arguments and FSDP's section ask for.
TEST(Trl, RecomputesOnceNotTwice) {
  const auto a = trl(job_on(1, spec::Sharding::kFsdp), learner("dpo"));
  EXPECT_THAT(a->command, HasSubstr("--gradient_checkpointing true"));
  EXPECT_THAT(a->files[0].text, HasSubstr("fsdp_activation_checkpointing: false"));
}

TEST(Trl, DeepSpeedNeedsNoFileOfItsOwn) {
  const auto a = trl(job_on(2, spec::Sharding::kZero3), learner("ppo"));
  ASSERT_EQ(a->files.size(), 1U);
  EXPECT_THAT(a->files[0].text, HasSubstr("zero_stage: 3"));
  EXPECT_THAT(a->files[0].text, Not(HasSubstr("ds_config")));
  EXPECT_THAT(a->command, HasSubstr("--machine_rank"));
}

TEST(Trl, EnginesOfTheirOwnAreServed) {
  TrlJob t = learner("grpo");
  t.engine_gpus = 8;
  t.engine_tp = 2;
  t.colocated = false;
  const auto server = trl_server(t);
  ASSERT_TRUE(server);
  EXPECT_THAT(server->command, HasSubstr("--data_parallel_size 4"));
  EXPECT_THAT(trl(job_on(1, spec::Sharding::kFsdp), t)->command, HasSubstr("--vllm_mode server"));
  t.colocated = true;
  EXPECT_FALSE(trl_server(t));
}

TEST(Trl, SaysWhatItCannotDo) {
  TrlJob t = learner("grpo");
  t.reference = ReferenceCopy::kQuantized;
  EXPECT_EQ(trl(job_on(1, spec::Sharding::kFsdp), t)->problems.size(), 1U);
  t.reference = ReferenceCopy::kNone;
  const auto a = trl(job_on(1, spec::Sharding::kFsdp), t);
  EXPECT_TRUE(a->problems.empty());
  EXPECT_THAT(a->command, HasSubstr("--beta 0"));
}

}  // namespace
}  // namespace shardplan::emit
