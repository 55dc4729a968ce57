// Measured rates of kernels on one accelerator.
#pragma once

#include <string>
#include <vector>

namespace shardplan::spec {

struct GemmRates {
  double peak_tflops = 0;      // dense peak that the rates are shares of
  std::vector<double> tflops;  // [m][n][k], row-major; empty: the type was not measured

  bool operator==(const GemmRates&) const = default;
};

// C[m,n] = A[m,k] B[k,n] on a grid of ascending sides.
struct GemmTable {
  std::string id;
  std::vector<double> m, n, k;
  GemmRates bf16, fp8, fp4;
  std::string source;

  bool operator==(const GemmTable&) const = default;
};

// Tile-and-wave model of a GEMM on a GPU that has no table: hardware/tile_wave.h.
struct TileWave {
  double overhead_us = 0;     // t0; 0: the generation has no such fit
  double tensor_reach = 1;    // e: share of the dense peak inside a tile
  double prologue_k = 0;      // k0: columns' worth of time before and after a tile's main loop
  double memory_reach = 0.8;  // e_b: share of the memory bandwidth
  double overlap_power = 2;   // q: how well compute and memory traffic overlap
  double tile_half = 0;       // a0: tile intensity at which the rate is halved
  double clock_droop = 0;     // g: slow-down per doubling of the work above 1e11 FLOP

  bool operator==(const TileWave&) const = default;
};

}  // namespace shardplan::spec
