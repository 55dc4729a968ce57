// Messages whose numbers say what to change: sizes that do not divide, shapes of weights, caches that are too small.
#include <algorithm>
#include <cmath>

#include "advise/read_number.h"
#include "api/diagnosis.h"
#include "base/integers.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

constexpr double kLargest = 1e12;

bool is_count(double x) { return x >= 1 && x <= kLargest && x == std::floor(x); }

// The numbers of a text, in order; those inside words ("rank3", "0x1f") are no numbers.
std::vector<double> numbers_of(std::string_view text, size_t most) {
  std::vector<double> out;
  for (size_t i = 0; i < text.size() && out.size() < most; ++i) {
    const auto is_digit = [&](size_t k) { return k < text.size() && text[k] >= '0' && text[k] <= '9'; };
    if (!is_digit(i)) continue;
    const bool starts_word =
        i == 0 || text[i - 1] == ' ' || text[i - 1] == '(' || text[i - 1] == '[' || text[i - 1] == '=';
    size_t end = i;
    while (is_digit(end)) ++end;
    if (starts_word && end - i < 16)
      if (const auto n = advise::read_number(text.substr(i, end - i))) out.push_back(*n);
    i = end;
  }
  return out;
}

std::string divisors_text(int64_t n) {
  std::vector<std::string> list;
  for (int64_t d : divisors(n))
    if (list.size() < 24) list.push_back(std::to_string(d));
  return join(list, ", ");
}

// "Total number of attention heads (52) must be divisible by tensor parallel size (8)."
void divisibility(std::string_view line, Diagnosis& d) {
  const size_t word = line.find("divisible by");
  if (word == std::string_view::npos) return;
  const auto left = numbers_of(line.substr(0, word), 32), right = numbers_of(line.substr(word), 4);
  if (left.empty() || right.empty()) return;
  const double n = left.back();
  double by = 1;
  // "... (4) x pipeline_model_parallel_size (2)": a product.
  for (double x : right) by *= x;
  if (!is_count(n) || !is_count(by) || std::fmod(n, by) == 0) return;
  d.readings.push_back({"number", n, ""});
  d.readings.push_back({"divisor", by, ""});
  d.summary = number_text(n, 12) + " does not divide by " + number_text(by, 12) + ".";
  if (n <= 1e9)
    d.fixes.insert(d.fixes.begin(), {"Choose one that divides " + number_text(n, 12) + ": " +
                                         divisors_text(static_cast<int64_t>(n)) + ".",
                                     {},
                                     {}});
}

// "copying a param with shape torch.Size([6560, 8192]) from checkpoint, the shape in current model is
// torch.Size([13120, 4096])": how often one is the other.
void shapes(std::string_view line, Diagnosis& d) {
  constexpr std::string_view kSize = "torch.Size([";
  const size_t first = line.find(kSize);
  const size_t second = first == std::string_view::npos ? first : line.find(kSize, first + 1);
  if (second == std::string_view::npos) return;
  const auto shape_at = [&](size_t at) {
    const std::string_view rest = line.substr(at + kSize.size());
    return numbers_of(rest.substr(0, std::min(rest.find(']'), size_t{80})), 4);
  };
  const auto saved = shape_at(first), wanted = shape_at(second);
  if (saved.size() != wanted.size() || saved.empty()) return;
  for (size_t i = 0; i < saved.size(); ++i) {
    if (saved[i] == wanted[i] || saved[i] < 1 || wanted[i] < 1) continue;
    const double ratio = std::max(saved[i], wanted[i]) / std::min(saved[i], wanted[i]);
    d.readings.push_back({"size in the checkpoint", saved[i], ""});
    d.readings.push_back({"size in the model", wanted[i], ""});
    if (is_count(ratio))
      d.causes.insert(d.causes.begin(),
                      {saved[i] > wanted[i] ? "The checkpoint was saved with less tensor parallelism."
                                            : "The checkpoint was saved with more tensor parallelism.",
                       "possible",
                       number_text(saved[i], 12) + " in the checkpoint and " + number_text(wanted[i], 12) +
                           " in the model are a factor of " + number_text(ratio, 12) + " apart."});
    return;
  }
}

// vLLM: tokens or GiB that are needed and that there are.
void kv_cache(std::string_view line, Diagnosis& d) {
  const auto length = advise::number_after(line, "max seq len (");
  const auto tokens = advise::number_after(line, "stored in KV cache (");
  const auto needed = advise::size_before(line, " KV cache is needed");
  const auto there = advise::size_after(line, "KV cache memory (");
  const auto longest = [&](double l) {
    d.fixes.insert(
        d.fixes.begin(),
        {"--max-model-len " + number_text(std::floor(l), 12) + " is the longest that fits as it is.", {}, {}});
  };
  if (length) d.readings.push_back({"longest sequence", *length, "tokens"});
  if (tokens && length && *tokens >= 1) {
    d.readings.push_back({"KV cache", *tokens, "tokens"});
    d.summary = "The KV cache holds " + number_text(*tokens, 12) + " tokens, one sequence of " +
                number_text(*length, 12) + " does not fit.";
    longest(*tokens);
  } else if (needed && there && *needed > 0) {
    d.readings.push_back({"KV cache needed by one sequence", *needed, "GiB"});
    d.readings.push_back({"KV cache that there is", *there, "GiB"});
    d.summary = "One sequence needs " + number_text(*needed, 4) + " GiB of KV cache, " + number_text(*there, 4) +
                " GiB are there.";
    if (length && *there > 0) longest(*length * *there / *needed);
  }
}

}  // namespace

void look_into_numbers(std::string_view log, Diagnosis& d) {
  if (d.evidence.empty()) return;
  // The whole line of the first evidence, which may have been shortened.
  size_t begin = 0;
  for (int line = 1; line < d.evidence.front().line; ++line) begin = log.find('\n', begin) + 1;
  const std::string_view line = log.substr(begin, std::min<size_t>(log.find('\n', begin) - begin, 4000));
  if (d.category == advise::Category::kConfiguration || d.topic == "pp_imbalance") divisibility(line, d);
  if (d.topic == "checkpoint_mismatch") shapes(line, d);
  if (d.topic == "vllm_kv_cache") kv_cache(line, d);
}

}  // namespace shardplan::api
