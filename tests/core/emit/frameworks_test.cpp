// What each framework says of plans that it does not run. That its options exist: tests/options.
#include "emit/frameworks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/emit/jobs.h"
#include "emit/slurm.h"

namespace shardplan::emit {
namespace {

using spec::Sharding;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(DeepSpeed, RefusesShardedGradientsInAPipeline) {
  for (const Sharding s : {Sharding::kZero2, Sharding::kZero3, Sharding::kFsdp})
    EXPECT_THAT(deepspeed(job_of(strategy(1, 2, 4, s))).problems,
                Contains(HasSubstr("incompatible with its pipeline")));
  EXPECT_THAT(deepspeed(job_of(strategy(1, 2, 4, Sharding::kZero1))).problems, IsEmpty());
  EXPECT_THAT(deepspeed(job_of(strategy(2, 1, 4, Sharding::kZero3))).problems, IsEmpty());
}

TEST(DeepSpeed, BatchesMultiply) {
  const std::string config = deepspeed_config(job_of(strategy(1, 1, 8, Sharding::kZero3)));
  EXPECT_THAT(config, HasSubstr("\"train_batch_size\": 32"));
  EXPECT_THAT(config, HasSubstr("\"gradient_accumulation_steps\": 4"));
}

TEST(DeepSpeed, NamesEveryNodeInTheHostfile) {
  const Artefact a = deepspeed(job_of(strategy(1, 1, 16, Sharding::kZero3), 2));
  EXPECT_EQ(a.files.at(1).text, "node-0 slots=8\nnode-1 slots=8\n");
}

TEST(Accelerate, TakesTheEngineThatCanDoIt) {
  const auto type = [](const spec::Strategy& s) { return accelerate(job_of(s)).files.at(0).text; };
  EXPECT_THAT(type(strategy(1, 1, 8, Sharding::kZero3)), HasSubstr("distributed_type: DEEPSPEED"));
  EXPECT_THAT(type(strategy(1, 1, 8, Sharding::kFsdp)), HasSubstr("distributed_type: FSDP"));
  EXPECT_THAT(type(strategy(2, 1, 4, Sharding::kFsdp)), HasSubstr("parallelism_config_tp_size: 2"));
  EXPECT_THAT(type(strategy(2, 2, 2)), HasSubstr("distributed_type: MEGATRON_LM"));
  EXPECT_THAT(type(strategy(1, 1, 8, Sharding::kZero0)), HasSubstr("distributed_type: MULTI_GPU"));
  EXPECT_THAT(accelerate(job_of(strategy(2, 2, 2, Sharding::kZero3))).problems,
              Contains(HasSubstr("is not to be had")));
}

TEST(Megatron, SetsTheConnectionsItInsistsOn) {
  const auto has_it = Contains(testing::Field(&Variable::name, "CUDA_DEVICE_MAX_CONNECTIONS"));
  EXPECT_THAT(megatron(job_of(strategy(2, 1, 4))).environment, has_it);
  EXPECT_THAT(megatron(job_of(strategy(1, 2, 4))).environment, Not(has_it));
  EXPECT_THAT(megatron(job_of(strategy(2, 1, 4, Sharding::kFsdp))).environment, Not(has_it));
}

TEST(Megatron, SaysWhatItsSchedulesAre) {
  spec::Strategy s = strategy(1, 4, 2);
  s.schedule = spec::Schedule::kZeroBubbleH1;
  EXPECT_THAT(megatron(job_of(s)).problems, Contains(HasSubstr("runs 1f1b")));
}

TEST(Torchrun, NumbersNodesAndKeepsTheScriptsArguments) {
  Job job = job_of(strategy(1, 1, 16), 2);
  job.script_args = {"--data", "my data"};
  const Artefact a = torchrun(job);
  ASSERT_EQ(a.node_commands.size(), 2u);
  EXPECT_THAT(a.node_commands.at(1),
              HasSubstr("--node-rank 1 --master-addr node-0 --master-port 29500 train.py --data 'my data'"));
  EXPECT_THAT(torchrun(job_of(strategy(1, 1, 8))).command, HasSubstr("--standalone"));
}

TEST(Torchtitan, KnowsItsModelsOnly) {
  EXPECT_THAT(torchtitan(job_of(strategy(1, 1, 8))).problems, Contains(HasSubstr("No model is named")));
  const auto mixtral = resolved_job("mixtral-8x7b", 8, strategy(2, 1, 4));
  EXPECT_THAT(torchtitan(mixtral.job).problems, Contains(HasSubstr("does not bring")));
}

TEST(Vllm, PutsWholeReplicasOnNodes) {
  const auto spread = resolved_job("llama-3.1-8b", 16, strategy(4, 1, 4));
  const Artefact a = vllm(spread.job);
  ASSERT_EQ(a.node_commands.size(), 2u);
  EXPECT_THAT(a.node_commands.at(0), HasSubstr("--data-parallel-size-local 2"));
  EXPECT_THAT(a.node_commands.at(1), HasSubstr("--data-parallel-start-rank 2 --headless"));
  const auto one = resolved_job("llama-3.1-8b", 16, strategy(8, 2, 1));
  EXPECT_THAT(vllm(one.job).node_commands.at(1), HasSubstr("--nnodes 2 --node-rank 1"));
}

TEST(Slurm, StartsOneLauncherOnEachNode) {
  Job job = job_of(strategy(1, 1, 16, Sharding::kZero3), 2);
  const std::string text = slurm_script(job, deepspeed(job), {}).text;
  EXPECT_THAT(text, HasSubstr("#SBATCH --nodes=2\n#SBATCH --ntasks-per-node=1\n#SBATCH --gpus-per-node=8\n"));
  EXPECT_THAT(text, HasSubstr("torchrun"));  // DeepSpeed's own launcher would start the nodes by ssh
  EXPECT_THAT(text, Not(HasSubstr("node-0")));
  EXPECT_THAT(slurm_script(job, accelerate(job), {}).text,
              HasSubstr("bash -c 'export NODE_RANK=$SLURM_NODEID; exec accelerate"));
}

}  // namespace
}  // namespace shardplan::emit
