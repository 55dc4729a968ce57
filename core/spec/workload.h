// What is trained: lengths, batch, numbers and optimizer.
#pragma once

#include <string>

namespace shardplan::spec {

// Type of the linear layers' matrix products. kFp8 is per-tensor scaling, kFp8Blockwise 128-wide blocks (Hopper),
// kMxfp8 and kNvfp4 Blackwell's block formats.
enum class Precision { kFp32, kBf16, kFp16, kFp8, kFp8Blockwise, kMxfp8, kNvfp4 };

// Names of the states are those of the papers; bytes per parameter are in estimate/optimizer.h.
enum class Optimizer { kAdamW, kAdamWBf16, kAdamW8Bit, kLion, kSgdMomentum, kAdafactor, kMuon };

enum class Objective { kThroughput, kCost, kMemory, kLatency, kEfficiency };

struct Training {
  int seq_length = 0;
  int gbs = 0;
  Precision precision = Precision::kBf16;
  Optimizer optimizer = Optimizer::kAdamW;
  // Bytes of a gradient in the accumulation buffer; 0: what the software stack does.
  int gradient_bytes = 0;
  bool lora = false;            // base weights frozen, gradients for adapters only
  int mtp_layers = 0;           // multi-token-prediction layers that are trained
  double expert_imbalance = 1;  // tokens of the busiest rank's experts against the mean

  bool operator==(const Training&) const = default;
};

}  // namespace shardplan::spec
