// What is trained: lengths, batch, numbers and optimizer.
#pragma once

#include <string>

#include "spec/fine_tuning.h"

namespace shardplan::spec {

// Type of the linear layers' matrix products. kFp8 is per-tensor scaling, kFp8Blockwise 128-wide blocks (Hopper),
// kMxfp8 and kNvfp4 Blackwell's block formats.
enum class Precision { kFp32, kBf16, kFp16, kFp8, kFp8Blockwise, kMxfp8, kNvfp4 };

// Names are those of the papers; what each keeps is in estimate/optimizer.h.
enum class Optimizer {
  kAdamW,
  kAdamWBf16,
  kAdamW8Bit,
  kLion,
  kSgdMomentum,
  kAdafactor,
  kMuon,
  kAdamW4Bit,
  kPagedAdamW,
  kPagedAdamW8Bit,
  kLion8Bit,
  kPagedLion,
  kPagedLion8Bit,
  kSgd,
  kCame,
  kAdamMini,
  kGalore,
  kGalore8Bit,
  kApollo,
  kApolloMini,
  kSophia,
  kAdemamix,
  kAdemamix8Bit,
  kGrokAdamW,
  kScheduleFreeAdamW,
  kScheduleFreeSgd,
  kLomo,
  kAdaLomo,
};

enum class Objective { kThroughput, kCost, kMemory, kLatency, kEfficiency };

struct Training {
  int seq_length = 0;
  int gbs = 0;
  Precision precision = Precision::kBf16;
  Optimizer optimizer = Optimizer::kAdamW;
  // Bytes of a gradient in the accumulation buffer; 0: what the software stack does.
  int gradient_bytes = 0;
  FineTuning fine_tuning;
  bool optimizer_in_backward = false;  // a gradient is applied and freed as soon as it is there
  int mtp_layers = 0;                  // multi-token-prediction layers that are trained
  double expert_imbalance = 1;         // tokens of the busiest rank's experts against the mean

  bool operator==(const Training&) const = default;
};

}  // namespace shardplan::spec
