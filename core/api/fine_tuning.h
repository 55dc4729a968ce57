// Fine-tuning as a question states it -> how a model is adapted.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "api/question.h"

namespace shardplan::api {

struct TargetName {
  const char* name;  // Hugging Face's
  bool spec::AdapterTargets::*member;
};
inline constexpr std::array<TargetName, 8> kTargets = {{{"q_proj", &spec::AdapterTargets::q},
                                                        {"k_proj", &spec::AdapterTargets::k},
                                                        {"v_proj", &spec::AdapterTargets::v},
                                                        {"o_proj", &spec::AdapterTargets::o},
                                                        {"gate_proj", &spec::AdapterTargets::gate},
                                                        {"up_proj", &spec::AdapterTargets::up},
                                                        {"down_proj", &spec::AdapterTargets::down},
                                                        {"experts", &spec::AdapterTargets::experts}}};

// Names of the linears that have adapters.
std::vector<std::string> target_names(const spec::AdapterTargets& targets);

// All problems of its fields at once; `assumptions` gains what the question left open.
Result<spec::FineTuning> fine_tuning_of(const Question& question, const spec::Model& model, const spec::Stack& stack,
                                        std::vector<std::string>& assumptions);

}  // namespace shardplan::api
