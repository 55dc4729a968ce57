// The space of strategies, indexed: every combination of the axes has a number from 0 to size() - 1, so a search can be
// cut into ranges that share nothing. A combination that a rule forbids has its number too, so that rejections can be
// counted.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "estimate/problem.h"
#include "search/rules.h"

namespace shardplan::search {

// What the user allows. Empty lists: everything that the stack has.
struct Limits {
  std::vector<int> gpus;  // empty: all of the cluster's
  std::vector<int> tp, pp, vpp, dp, cp, ep, etp, mbs;
  std::vector<spec::Sharding> sharding;
  std::vector<int> shard_size;
  std::vector<spec::Schedule> schedule;
  std::vector<spec::RecomputeMode> recompute;
  std::vector<spec::Precision> precision;
  std::vector<spec::ContextParallel> cp_comm;
  std::optional<bool> sp;
  bool tp_across_domains = false;
  bool optimizer_offload = false;

  bool operator==(const Limits&) const = default;
};

// How a mesh may run its pipeline.
struct PipelineChoice {
  spec::Schedule schedule = spec::Schedule::kOneForwardOneBackward;
  int vpp = 1;
};

struct ShardingChoice {
  spec::Sharding sharding = spec::Sharding::kZero1;
  int shard_size = 0;
  bool offload_optimizer = false;
};

// One mesh of degrees with its inner axes. Combination k of it counts, from the slowest axis to the fastest:
// precision, sequence parallelism, cp_comm, mbs, recompute, pipeline, sharding.
struct Block {
  spec::Strategy mesh;  // tp, pp, dp, cp, ep, etp; the rest is filled in by at()
  std::vector<bool> sps;
  std::vector<spec::ContextParallel> cp_comms;
  std::vector<int> mbs;
  std::vector<PipelineChoice> pipelines;
  std::vector<ShardingChoice> shardings;
  uint64_t first = 0;  // number of its first combination
  uint64_t size = 0;
  std::optional<Rejection> rejected;  // the rule that all of its combinations break
};

class Space {
 public:
  Space(const estimate::Context& context, Limits limits);

  uint64_t size() const { return size_; }
  const std::vector<Block>& blocks() const { return blocks_; }
  const std::vector<spec::Recompute>& recomputes() const { return recomputes_; }
  const std::vector<spec::Precision>& precisions() const { return precisions_; }

  // The block that holds combination `index`.
  size_t block_of(uint64_t index) const;
  spec::Strategy at(uint64_t index) const;

 private:
  std::vector<spec::Precision> precisions_;
  std::vector<spec::Recompute> recomputes_;
  std::vector<Block> blocks_;
  uint64_t size_ = 0;
};

}  // namespace shardplan::search
