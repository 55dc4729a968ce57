#include "measured/serving/nightly.h"

#include <algorithm>
#include <cmath>

namespace shardplan::measured::serving {
namespace {

using spec::KvFormat;

constexpr double kShort = 1024, kLong = 8192;

bool starts(const std::string& text, const char* part) { return text.rfind(part, 0) == 0; }

// batch_wait_timeout_iters lets a prompt wait for company; attention_dp_config.timeout_iters lets ranks wait for each
// other, on average half of it.
ServerSettings tensorrt(const NightlyRow& r) {
  ServerSettings s;
  if (starts(r.model_family, "llama")) {
    s.kv = KvFormat::kFp8;
    s.chunk_tokens = 16384;
    if (r.input_tokens == kShort && r.output_tokens == kShort && r.layout.tp < 8) s.wait_steps = 20;
  } else if (starts(r.model_family, "gpt-oss")) {
    if (r.gpu_generation == "blackwell") s.kv = KvFormat::kFp8;
    s.chunk_tokens = 20000;
    if (r.layout.dp > 1) s.wait_steps = 25;
  } else if (r.model_family == "deepseek-v3") {
    s.kv = KvFormat::kFp8;
    s.chunk_tokens = std::ceil((r.concurrency + r.input_tokens + 64) / 64) * 64;
    if (r.date >= "2026-01-28") s.chunk_tokens = std::max(s.chunk_tokens, 8192.0);
    if (r.layout.dp > 1) s.wait_steps = 30;
  }
  return s;
}

// --scheduler-recv-interval: new requests are looked at every so many steps.
ServerSettings sglang(const NightlyRow& r) {
  ServerSettings s;
  const bool blackwell = r.gpu_generation == "blackwell";
  if (!blackwell) {
    if (r.model_family == "deepseek-v3") s.chunk_tokens = 32768;
    if (starts(r.model_family, "qwen3.5")) {
      s.kv = KvFormat::kFp8;
      s.chunk_tokens = 16384;
    }
    return s;
  }
  const bool narrow = r.weights != spec::WeightFormat::kBf16;
  if (narrow) s.kv = KvFormat::kFp8;
  s.chunk_tokens = 32768;
  if (r.model_family == "glm-5") return s;
  double interval = r.concurrency >= 16 ? 30 : 10;
  if (r.model_family == "deepseek-v3") {
    if (r.weights == spec::WeightFormat::kNvfp4) s.chunk_tokens = 16384;
    else if (r.layout.tp == 4) {
      s.chunk_tokens = 8192;
      interval = 10;
    }
  }
  s.wait_steps = interval / 2;
  return s;
}

ServerSettings vllm(const NightlyRow& r) {
  ServerSettings s;
  if (starts(r.model_family, "llama")) s.kv = KvFormat::kFp8;
  if (starts(r.model_family, "gpt-oss") && r.gpu_generation == "blackwell" && r.date >= "2026-02")
    s.kv = KvFormat::kFp8;
  s.chunk_tokens = kLong;
  return s;
}

}  // namespace

ServerSettings nightly_settings(const NightlyRow& row) {
  if (row.engine == "trtllm") return tensorrt(row);
  if (row.engine == "sglang") return sglang(row);
  if (row.engine == "vllm") return vllm(row);
  return {};
}

}  // namespace shardplan::measured::serving
