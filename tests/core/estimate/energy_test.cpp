#include "estimate/energy.h"

#include <gmock/gmock.h>

#include "json/operations_presets.h"
#include "json/presets.h"

namespace shardplan::estimate {
namespace {

using ::testing::DoubleNear;

const catalog::Catalog& presets() {
  static const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  return catalog;
}

const spec::Accelerator& gpu(const char* name) { return **catalog::find_accelerator(presets(), name, ""); }

// arXiv:2412.08602: a node with its GPUs 93 % busy draws 7.92 kW.
TEST(Energy, MeasuredNode) {
  const GpuPower p = gpu_power(json::operations_records().power, gpu("h100"), 0.93);
  EXPECT_TRUE(p.measured);
  EXPECT_THAT(p.training_w * 8, DoubleNear(7920, 80));
  EXPECT_LT(p.low_w, p.training_w);
  EXPECT_GT(p.high_w, p.training_w);
  EXPECT_EQ(p.training_w, gpu_power(json::operations_records().power, gpu("h100"), 0).training_w);
}

TEST(Energy, LessBusyDrawsLess) {
  EXPECT_LT(gpu_power(json::operations_records().power, gpu("h100"), 0.5).training_w,
            gpu_power(json::operations_records().power, gpu("h100"), 0.9).training_w);
}

TEST(Energy, OtherNodesHaveBoundsOnly) {
  for (const char* name : {"b200", "a100", "h100-pcie-80"}) {
    const GpuPower p = gpu_power(json::operations_records().power, gpu(name), 0.9);
    EXPECT_FALSE(p.measured) << name;
    EXPECT_EQ(p.training_w, 0) << name;
    EXPECT_GT(p.low_w, 0) << name;
    EXPECT_GT(p.high_w, p.low_w) << name;
  }
}

TEST(Energy, NothingWithoutData) { EXPECT_EQ(gpu_power({}, gpu("h100"), 0.9).record, nullptr); }

}  // namespace
}  // namespace shardplan::estimate
