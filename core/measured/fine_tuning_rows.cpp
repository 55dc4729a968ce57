#include "measured/fine_tuning_rows.h"

#include <array>

#include "base/decimal.h"
#include "base/text.h"
#include "measured/source_rules.h"

namespace shardplan::measured {
namespace {

using source::has;
using spec::MeasuredRow;

Diagnostics because(const char* path, std::string why) { return {{path, std::move(why), ""}}; }

// "2x RTX 3090", "A100-40GB (doc says A100 cards)", "A100".
void read_gpu(MeasuredRow& row) {
  const auto [count, length] = leading_number(row.gpu);
  if (length > 0 && row.gpu[length] == 'x') {
    if (row.gpus <= 0) row.gpus = count;
    row.gpu = row.gpu.substr(length + 1);
    row.gpu.erase(0, row.gpu.find_first_not_of(' '));
  }
  if (const size_t at = row.gpu.find(" ("); at != std::string::npos) row.gpu.resize(at);
}

std::string family_of(const std::string& row_source) {
  const std::string source = lower_case(row_source);
  if (has(source, "litgpt") || has(source, "lit-gpt")) return "litgpt";
  if (has(source, "torchtune")) return "torchtune";
  if (has(source, "fsdp_qlora")) return "fsdp_qlora";
  return "fine-tuning";
}

struct Name {
  const char* written;
  double params_b;  // 0: any
  const char* model;
  double longest_in_alpaca;  // tokens; litgpt's tutorials/resource-tables.md
};
constexpr std::array kLitgptModels = {
    Name{"phi", 0, "phi-1.5", 1044},        Name{"StableLM", 0, "stablelm-base-alpha-3b", 1034},
    Name{"Llama 2", 7, "llama-2-7b", 1304}, Name{"Llama 2", 13, "llama-2-13b", 1304},
    Name{"Falcon", 40, "falcon-40b", 1079},
};

// Alpaca with its longest examples in the first micro-batch of a run, when no gradient has been accumulated: as if the
// step had no other. One sequence at a time where nothing is said.
Diagnostics complete_litgpt(MeasuredRow& row) {
  for (const Name& n : kLitgptModels) {
    if (!has(row.model, n.written) || (n.params_b > 0 && row.params_b != n.params_b)) continue;
    row.model = n.model;
    row.seq = n.longest_in_alpaca;
  }
  if (row.mbs <= 0) row.mbs = 1;
  row.gbs = row.mbs * row.gpus;
  if (row.gpu == "A100") row.gpu = "A100-40GB";
  row.time_s = 0;  // 1,000 iterations over examples of whatever length
  return {};
}

Diagnostics complete_torchtune(MeasuredRow& row) {
  if (has(row.other_flags, "Baseline"))
    return because("/seq", "The sequences were not packed, and their lengths are not stated.");
  if (row.gpu == "A6000")
    return because("/recompute",
                   "The table does not state whether activations were checkpointed: the same recipe is listed at half "
                   "the memory on another GPU.");
  if (row.gpu == "A100") row.gpu = "A100-80GB";
  row.gbs = row.mbs * row.gpus;
  return {};
}

// 1,024 samples, one step of each micro-batch.
Diagnostics complete_fsdp_qlora(MeasuredRow& row) {
  if (has(row.notes, "Mistral 7B")) row.model = "mistral-7b";
  row.gbs = row.mbs * row.gpus;
  constexpr double kSamples = 1024;
  if (row.time_s > 0) row.step_time_s = row.time_s * row.gbs / kSamples;
  return {};
}

}  // namespace

bool is_fine_tuning(const MeasuredRow& row) { return !row.method.empty(); }

Diagnostics complete_fine_tuning(MeasuredRow& row) {
  if (has(row.kind, "estimate")) return because("/kind", "The source's figure is its own estimate, not a measurement.");
  const std::string method = lower_case(row.method);
  if (!has(method, "lora") && !has(method, "dora") && method.rfind("full", 0) != 0)
    return because("/method", "Fine-tuning by '" + row.method + "' is not modelled.");
  if (row.notes.rfind("OOM", 0) == 0 && row.status.empty()) row.status = "OOM";
  if (row.peak_mem_gb <= 0 && row.mem_reserved_gib <= 0 && row.status.empty())
    return because("/peak_mem_gb", "The row states neither a memory nor that it ran out of it.");
  read_gpu(row);
  if (row.family.empty()) row.family = family_of(row.source);
  Diagnostics problems;
  if (row.family == "litgpt") problems = complete_litgpt(row);
  if (row.family == "torchtune") problems = complete_torchtune(row);
  if (row.family == "fsdp_qlora") problems = complete_fsdp_qlora(row);
  if (!problems.empty()) return problems;
  if (row.gpus <= 0) row.gpus = 1;
  if (row.gbs <= 0) row.gbs = row.mbs * row.gpus;
  if (row.tokens_per_s > 0) row.tokens_per_s_per_gpu = row.tokens_per_s / row.gpus;
  return {};
}

}  // namespace shardplan::measured
