#include "hardware/tile_wave.h"

#include <algorithm>
#include <cmath>

#include "base/math.h"

namespace shardplan::hardware {
namespace {

struct Tile {
  double m, n;
};

constexpr Tile kTiles[] = {{128, 256}, {256, 128}, {128, 128}, {64, 128}, {128, 64},
                           {64, 64},   {64, 256},  {32, 64},   {16, 64}};
constexpr double kDroopStartFlop = 1e11;

}  // namespace

double TileWaveTime::seconds(double bytes_per_element, double m, double n, double k) const {
  double compute = 1e300;
  for (const Tile& t : kTiles) {
    const double waves = std::ceil(std::ceil(m / t.m) * std::ceil(n / t.n) / multiprocessors);
    const double intensity = t.m * t.n / (t.m + t.n);
    const double reach = fit.tensor_reach * intensity / (intensity + fit.tile_half);
    const double tile_flop = 2 * t.m * t.n * (k + fit.prologue_k);
    compute = std::min(compute, waves * tile_flop * multiprocessors / (peak_flops * reach));
  }
  compute *= 1 + fit.clock_droop * log2(std::max(1.0, 2 * m * n * k / kDroopStartFlop));
  const double bytes = bytes_per_element * (m * k + n * k) + 2 * m * n;
  const double memory = bytes / (fit.memory_reach * bandwidth_bytes_per_s);
  const double q = fit.overlap_power;
  return fit.overhead_us * 1e-6 + pow(pow(compute, q) + pow(memory, q), 1 / q);
}

}  // namespace shardplan::hardware
