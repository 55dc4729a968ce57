// Field tables of the structs in spec/.
#pragma once

#include "json/meta.h"
#include "spec/cluster.h"
#include "spec/generation.h"
#include "spec/model.h"
#include "spec/operations.h"
#include "spec/stack.h"
#include "spec/strategy.h"
#include "spec/workload.h"

#define SHARDPLAN_DESCRIBE(T, NAME)            \
  template <>                                  \
  struct Describe<T> {                         \
    static constexpr const char* kName = NAME; \
    static Fields fields();                    \
  }

#define SHARDPLAN_DESCRIBE_ENUM(E, NAME)         \
  template <>                                    \
  struct DescribeEnum<E> {                       \
    static constexpr const char* kName = NAME;   \
    static std::span<const EnumEntry> entries(); \
  }

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(spec::Norm, "norm");
SHARDPLAN_DESCRIBE_ENUM(spec::Position, "position");
SHARDPLAN_DESCRIBE_ENUM(spec::QkNorm, "qk_norm");
SHARDPLAN_DESCRIBE_ENUM(spec::AttentionBias, "attention_bias");
SHARDPLAN_DESCRIBE_ENUM(spec::Mixer, "mixer");
SHARDPLAN_DESCRIBE_ENUM(spec::Precision, "precision");
SHARDPLAN_DESCRIBE_ENUM(spec::Optimizer, "optimizer");
SHARDPLAN_DESCRIBE_ENUM(spec::Objective, "objective");
SHARDPLAN_DESCRIBE_ENUM(spec::BaseWeights, "base_weights");
SHARDPLAN_DESCRIBE_ENUM(spec::Sharding, "sharding");
SHARDPLAN_DESCRIBE_ENUM(spec::Schedule, "schedule");
SHARDPLAN_DESCRIBE_ENUM(spec::ContextParallel, "cp_comm");
SHARDPLAN_DESCRIBE_ENUM(spec::RecomputeMode, "recompute_mode");
SHARDPLAN_DESCRIBE_ENUM(spec::CudaGraphs, "cuda_graphs");

SHARDPLAN_DESCRIBE(spec::PublishedParameters, "published_parameters");
SHARDPLAN_DESCRIBE(spec::Model, "model");
SHARDPLAN_DESCRIBE(spec::PeakTflops, "peak_tflops");
SHARDPLAN_DESCRIBE(spec::Accelerator, "accelerator");
SHARDPLAN_DESCRIBE(spec::Network, "network");
SHARDPLAN_DESCRIBE(spec::Price, "price");
SHARDPLAN_DESCRIBE(spec::System, "system");
SHARDPLAN_DESCRIBE(spec::ReliabilityRecord, "reliability");
SHARDPLAN_DESCRIBE(spec::StorageRecord, "storage");
SHARDPLAN_DESCRIBE(spec::PowerRecord, "power");
SHARDPLAN_DESCRIBE(spec::Recompute, "recompute");
SHARDPLAN_DESCRIBE(spec::ByGeneration, "by_generation");
SHARDPLAN_DESCRIBE(spec::EagerHabits, "eager_habits");
SHARDPLAN_DESCRIBE(spec::StackMemory, "stack_memory");
SHARDPLAN_DESCRIBE(spec::Stack, "stack");
SHARDPLAN_DESCRIBE(spec::Generation, "generation");
SHARDPLAN_DESCRIBE(spec::GemmRates, "gemm_rates");
SHARDPLAN_DESCRIBE(spec::GemmTable, "gemm_table");
SHARDPLAN_DESCRIBE(spec::TileWave, "tile_wave");

}  // namespace shardplan::json
