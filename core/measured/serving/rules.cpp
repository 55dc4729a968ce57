#include "measured/serving/rules.h"

#include <algorithm>
#include <array>

#include "base/decimal.h"
#include "base/text.h"
#include "model/parameters.h"

namespace shardplan::measured::serving {
namespace {

using spec::KvFormat;
using spec::WeightFormat;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }
bool starts(std::string_view text, std::string_view part) { return text.substr(0, part.size()) == part; }

std::string first_word(const std::string& text) { return lower_case(text.substr(0, text.find(' '))); }

// TensorRT-LLM before 0.15 compiled engines ahead of time; later ones run PyTorch.
bool is_compiled_engine(const std::string& framework) {
  const size_t digit = framework.find_first_of("0123456789");
  if (digit == std::string::npos) return false;
  const std::string_view version = std::string_view(framework).substr(digit);
  if (version.substr(0, 2) != "0.") return false;
  return leading_number(version.substr(2)).value < 15;
}

bool has_native_fp4(const spec::Accelerator& a) { return a.peak_dense_tflops.fp4 > 0; }

// Models whose published fp8 checkpoints have blocks of 128.
bool is_block_scaled(const std::string& id, Mode mode) {
  constexpr std::array kAlways = {"deepseek-r1", "deepseek-v3", "deepseek-v3.2", "glm-5", "qwen3.5-397b-a17b"};
  if (std::find(kAlways.begin(), kAlways.end(), id) != kAlways.end()) return true;
  return id == "qwen3-235b-a22b" && mode == Mode::kServing;
}

WeightFormat format_of(const std::string& p, const std::string& id, Mode mode, const std::string& engine) {
  if (starts(p, "nvfp4") || p == "fp4") return WeightFormat::kNvfp4;
  if (starts(p, "fp8") || starts(p, "mxfp4")) {
    const bool serves = engine == "trtllm" || engine == "trtllm-bench" || engine == "vllm" || engine == "sglang";
    const bool blocks = contains(p, "block") || (serves && is_block_scaled(id, mode));
    return blocks ? WeightFormat::kFp8Block : WeightFormat::kFp8;
  }
  if (p == "int4" || p == "uint4" || p == "int4_wo" || p == "awq" || p == "gptq") return WeightFormat::kInt4;
  if (p == "int8") return WeightFormat::kInt8;
  return WeightFormat::kBf16;
}

KvFormat kv_of(const spec::InferenceRow& row, const std::string& engine, WeightFormat weights, const std::string& id) {
  const std::string kv = lower_case(row.kv_precision);
  if (kv == "fp8") return KvFormat::kFp8;
  if (!kv.empty() || starts(id, "gpt-oss")) return KvFormat::kBf16;
  const bool narrow = weights == WeightFormat::kFp8 || weights == WeightFormat::kNvfp4;
  const bool trt = engine == "trtllm" || engine == "trtllm-bench" || starts(engine, "mlperf");
  if (trt && (narrow || weights == WeightFormat::kFp8Block)) {
    const bool deepseek = id == "deepseek-r1" || id == "deepseek-v3";
    return !deepseek || weights == WeightFormat::kNvfp4 ? KvFormat::kFp8 : KvFormat::kBf16;
  }
  return engine == "vllm" && narrow && starts(id, "llama") ? KvFormat::kFp8 : KvFormat::kBf16;
}

}  // namespace

const char* name_of(Mode mode) {
  switch (mode) {
    case Mode::kServing: return "serving";
    case Mode::kOffline: return "offline throughput";
    case Mode::kStaticBatch: return "static batch";
    case Mode::kPrefill: return "one prompt";
    case Mode::kDecodePool: return "disaggregated decode";
    case Mode::kMlperfOffline: return "MLPerf offline";
    case Mode::kMlperfServer: return "MLPerf server";
    case Mode::kMlperfInteractive: return "MLPerf interactive";
  }
  return "";
}

std::optional<Mode> mode_of(const std::string& mode) {
  constexpr std::pair<const char*, Mode> kModes[] = {{"agg", Mode::kServing},
                                                     {"serving", Mode::kServing},
                                                     {"", Mode::kServing},
                                                     {"offline-throughput", Mode::kOffline},
                                                     {"static-batch", Mode::kStaticBatch},
                                                     {"prefill-latency", Mode::kPrefill},
                                                     {"disagg", Mode::kDecodePool},
                                                     {"mlperf-offline", Mode::kMlperfOffline},
                                                     {"mlperf-server", Mode::kMlperfServer},
                                                     {"mlperf-interactive", Mode::kMlperfInteractive}};
  for (const auto& [name, m] : kModes)
    if (mode == name) return m;
  return std::nullopt;
}

std::optional<double> noted(std::string_view notes, std::string_view key) {
  for (size_t at = notes.find(key); at != std::string_view::npos; at = notes.find(key, at + 1)) {
    size_t i = at + key.size();
    while (i < notes.size() && (notes[i] == '=' || notes[i] == ' ')) ++i;
    const LeadingNumber n = leading_number(notes.substr(i));
    if (n.length > 0) return n.value;
  }
  return std::nullopt;
}

std::string engine_of(const spec::InferenceRow& row, Mode mode) {
  const std::string word = first_word(row.framework);
  if (is_mlperf(mode)) return word == "tensorrt" ? "mlperf-trt" : "mlperf-other";
  if (word == "tensorrt-llm" && is_compiled_engine(row.framework)) return "trtllm-engine";
  if (word == "tensorrt-llm" || starts(word, "trtllm") || word == "trt-llm")
    return mode == Mode::kOffline ? "trtllm-bench" : "trtllm";
  if (starts(word, "vllm")) return "vllm";
  if (starts(word, "sglang")) return "sglang";
  return "";
}

bool draws_lengths(const spec::InferenceRow& row, Mode mode) {
  if (mode != Mode::kServing && mode != Mode::kDecodePool) return false;
  return (contains(row.notes, "measured=") && !contains(row.notes, "dynamo_version")) ||
         contains(row.notes, "gap-analysis");
}

spec::ServingPrecision precision_of(const spec::InferenceRow& row, Mode mode, const std::string& engine,
                                    const spec::Model& model, const spec::Accelerator& accelerator) {
  std::string p = lower_case(row.precision_weights);
  if (p.empty() && is_mlperf(mode)) p = has_native_fp4(accelerator) ? "nvfp4" : "fp8";  // every such row is quantised
  // TensorRT-LLM's tables do not say it, but in 16 bits the short requests would need nine tenths of the dense peak.
  if (p.empty() && mode == Mode::kOffline && model.id == "llama-3.1-8b") p = "fp8";
  spec::ServingPrecision out;
  const WeightFormat all = format_of(p, model.id, mode, engine);
  out.attention = out.mlp = out.experts = all;
  if (starts(model.id, "gpt-oss")) {
    out.attention = out.mlp = WeightFormat::kBf16;
    out.experts = WeightFormat::kMxfp4;
  } else if (all == WeightFormat::kInt4 && model::is_moe(model)) {
    out.attention = out.mlp = WeightFormat::kBf16;
  } else if (all == WeightFormat::kNvfp4 && model::is_mla(model)) {
    out.attention = WeightFormat::kBf16;
  }
  out.kv = kv_of(row, engine, all, model.id);
  return out;
}

std::optional<MlperfTask> mlperf_task(const std::string& id) {
  // Mean lengths of OpenOrca, LongBench and others, CNN/DailyMail and the mix for Mixtral; limits of Inference v4.1 and
  // v5.1.
  constexpr std::pair<const char*, MlperfTask> kTasks[] = {
      {"llama-2-70b", {294.4, 294.4, 0.200, 0.040}}, {"llama-3.1-405b", {9428, 684.7, 0.175, 0.080}},
      {"llama-3.1-8b", {778, 73, 0.100, 0.030}},     {"mixtral-8x7b", {294, 145, 0.200, 0}},
      {"deepseek-r1", {800, 3880, 0.080, 0.015}},    {"gpt-j-6b", {778, 73, 0, 0}}};
  for (const auto& [name, task] : kTasks)
    if (id == name) return task;
  return std::nullopt;
}

}  // namespace shardplan::measured::serving
