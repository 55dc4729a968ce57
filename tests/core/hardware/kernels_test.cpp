#include "hardware/kernels.h"

#include <gtest/gtest.h>

#include "catalog/catalog.h"
#include "json/presets.h"

namespace shardplan::hardware {
namespace {

using spec::Precision;

const catalog::Catalog& presets() {
  static const catalog::Catalog c = *json::read_catalog(json::built_in_presets());
  return c;
}

// Without what a long run loses, so that the figures are those of single kernels.
Kernels kernels(const char* gpu) {
  const spec::Accelerator& a = **catalog::find_accelerator(presets(), gpu, "/gpu");
  spec::Generation g = catalog::generation_of(presets(), a);
  g.gemm_efficiency_bf16 = g.gemm_efficiency_fp8 = g.gemm_efficiency_nvfp4 = g.gemm_multiplier = 1;
  return {a, g, 1};
}

double bf16_us(const char* gpu, double m, double n, double k) {
  return 1e6 * kernels(gpu).gemm_s(Precision::kBf16, m, n, k);
}

// Medians of ai-dynamo/aiconfigurator: a node of the thinned table, and shapes between its nodes.
TEST(Kernels, MeasuredGemmTimes) {
  EXPECT_NEAR(bf16_us("H100", 8192, 8192, 8192), 1520.89, 0.005 * 1520.89);
  EXPECT_NEAR(bf16_us("A100", 4096, 6144, 12288), 2547.05, 0.06 * 2547.05);
  EXPECT_NEAR(bf16_us("H100", 4096, 6144, 8192), 523.4, 0.06 * 523.4);
}

TEST(Kernels, FromA100ToGb300EachIsFaster) {
  const auto time = [](const char* gpu) { return bf16_us(gpu, 8192, 8192, 8192); };
  EXPECT_GT(time("A100"), time("H100"));
  EXPECT_GT(time("H100"), time("B200"));
  EXPECT_GT(time("B200"), time("GB300"));
}

TEST(Kernels, TilesAndWavesAgreeWithMeasuredRatesWithinATenth) {
  const spec::Accelerator& h100 = **catalog::find_accelerator(presets(), "H100", "/gpu");
  spec::Generation g = catalog::generation_of(presets(), h100);
  const Kernels measured(h100, g, 1);
  g.gemm_table = nullptr;
  const Kernels modelled(h100, g, 1);
  for (double m : {2048, 4096, 16384})
    for (double side : {2048, 4096, 8192}) {
      const double ratio =
          modelled.gemm_s(Precision::kBf16, m, side, side) / measured.gemm_s(Precision::kBf16, m, side, side);
      EXPECT_NEAR(ratio, 1, 0.1) << m << " " << side;
    }
}

// A100: 312 TFLOP/s with tensor cores, 19.5 without.
TEST(Kernels, OddHeadWidthsLeaveTheTensorCores) {
  const Kernels a100 = kernels("A100");
  const double scores = 1e9, traffic = a100.unfused_attention_s(scores, 0);
  EXPECT_NEAR((a100.unfused_attention_s(scores, 108) - traffic) / (a100.unfused_attention_s(scores, 112) - traffic),
              16.0 * 108 / 112, 1e-6);
}

TEST(Kernels, EveryGpuHasAFiniteTimeInEveryType) {
  for (const spec::Accelerator& a : presets().accelerators)
    for (Precision p : {Precision::kFp32, Precision::kBf16, Precision::kFp8, Precision::kMxfp8, Precision::kNvfp4}) {
      const double s = kernels(a.id.c_str()).gemm_s(p, 4096, 4096, 4096);
      EXPECT_GT(s, 1e-6) << a.id;
      EXPECT_LT(s, 1) << a.id;
    }
}

}  // namespace
}  // namespace shardplan::hardware
