#include "hardware/tile_wave.h"

#include <gtest/gtest.h>

namespace shardplan::hardware {
namespace {

// 100 multiprocessors, nothing but tiles: 128 x 128 is as good as any other.
TileWaveTime only_tiles() {
  TileWaveTime t;
  t.fit = {.overhead_us = 1e-9, .tensor_reach = 1, .memory_reach = 1, .overlap_power = 8};
  t.peak_flops = 1e15;
  t.bandwidth_bytes_per_s = 1e18;
  t.multiprocessors = 128;
  return t;
}

TEST(TileWave, AFullWaveRunsAtThePeak) {
  const double m = 128 * 16, n = 128 * 8, k = 4096;  // 128 tiles of 128 x 128
  EXPECT_NEAR(only_tiles().seconds(2, m, n, k) * 1e15 / (2 * m * n * k), 1, 1e-6);
}

TEST(TileWave, OneTileMoreThanAWaveTakesLonger) {
  const TileWaveTime t = only_tiles();
  EXPECT_GT(t.seconds(2, 128 * 16 + 1, 128 * 8, 4096), 1.05 * t.seconds(2, 128 * 16, 128 * 8, 4096));
}

TEST(TileWave, ThinProductsAreBoundByMemory) {
  TileWaveTime t = only_tiles();
  t.bandwidth_bytes_per_s = 1e12;
  const double bytes = 2 * (16.0 * 8192 + 8192.0 * 8192) + 2 * 16.0 * 8192;
  EXPECT_NEAR(t.seconds(2, 16, 8192, 8192) / (bytes / 1e12), 1, 0.02);
}

}  // namespace
}  // namespace shardplan::hardware
