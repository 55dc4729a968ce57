// Random questions and strategies for the properties: every kind of model, GPU and software stack, small and odd sizes.
#pragma once

#include <rapidcheck.h>

#include <cmath>

#include "api/question.h"
#include "search/space.h"
#include "search/violations.h"

namespace shardplan::property {

struct AnyQuestion {
  std::vector<std::string> models = {"llama-3.1-8b",     "llama-3.1-70b",    "gemma-2b",     "gpt3-1.3b",
                                     "qwen2.5-0.5b",     "deepseek-v2-lite", "mixtral-8x7b", "deepseek-v3",
                                     "llama-4-maverick", "phi-3.5-moe"};
  std::vector<std::string> stacks = {"megatron-bridge", "megatron-core", "megatron-2021", "torchtitan",
                                     "deepspeed",       "nanotron",      "unknown"};
  std::vector<int> gpus = {1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64};
};

inline api::Question question(const AnyQuestion& any = {}) {
  api::Question q;
  q.model.name = *rc::gen::elementOf(any.models);
  q.gpu = *rc::gen::element<std::string>("a100", "h100", "h200", "b200", "mi300x", "l40s", "v100-sxm2-32");
  const int gpus = *rc::gen::elementOf(any.gpus);
  q.gpus = gpus;
  q.gpus_per_node = gpus % 8 == 0 ? 8 : gpus % 4 == 0 ? 4 : gpus % 2 == 0 ? 2 : 1;
  q.seq_length = *rc::gen::element(1024, 2048, 4096, 6144, 32768);
  q.gbs = *rc::gen::element(12, 32, 64, 96, 128);
  q.stack = *rc::gen::elementOf(any.stacks);
  q.optimizer = *rc::gen::element(spec::Optimizer::kAdamW, spec::Optimizer::kAdamWBf16, spec::Optimizer::kAdamW8Bit,
                                  spec::Optimizer::kLion, spec::Optimizer::kMuon, spec::Optimizer::kSgdMomentum);
  if (*rc::gen::arbitrary<bool>()) q.gradient_bytes = *rc::gen::element(2, 4);
  return q;
}

// A question that the planner takes; others are thrown away.
inline api::Resolved resolved(const api::Question& q) {
  auto r = api::resolve(q);
  RC_PRE(r.has_value());
  return *std::move(r);
}

// A legal strategy of a space, where there is one near a random place.
inline spec::Strategy legal_strategy(const estimate::Context& c, const search::Space& space) {
  RC_PRE(space.size() > 0);
  const auto start = *rc::gen::inRange<uint64_t>(0, space.size());
  for (uint64_t step = 0; step < 3000; ++step) {
    spec::Strategy s = space.at((start + step * 7919) % space.size());
    if (search::violations(c, s, false).empty()) return s;
  }
  RC_DISCARD("no legal strategy near");
}

// Equal up to rounding.
inline bool near(double x, double y, double tolerance = 1e-9) {
  return std::fabs(x - y) <= tolerance * std::max(std::fabs(x), std::fabs(y));
}

}  // namespace shardplan::property
