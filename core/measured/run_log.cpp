#include "measured/run_log.h"

#include <algorithm>

#include "base/decimal.h"
#include "base/lines.h"
#include "base/units.h"
#include "measured/accuracy.h"

namespace shardplan::measured {
namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr size_t kLongestArgument = 120;

// The number behind a marker: "elapsed time per iteration (ms): 1,234.5", with thousands separators and a letter for
// thousands, millions or billions. Nothing where the marker is not in the line.
std::optional<double> after(std::string_view line, std::string_view marker) {
  const size_t at = line.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  std::string digits;
  size_t i = at + marker.size();
  while (i < line.size() && (line[i] == ' ' || line[i] == ':' || line[i] == '=')) ++i;
  for (; i < line.size() && (line[i] == '.' || line[i] == ',' || line[i] == '-' || (line[i] >= '0' && line[i] <= '9'));
       ++i)
    if (line[i] != ',') digits += line[i];
  if (digits.empty()) return std::nullopt;
  double value = leading_number(digits).value;
  const bool unit_follows = i + 1 < line.size() && line[i + 1] != ' ' && line[i + 1] != '|';
  if (i < line.size() && !unit_follows) {
    if (line[i] == 'K') value *= 1e3;
    if (line[i] == 'M') value *= 1e6;
    if (line[i] == 'B') value *= 1e9;
  }
  return value;
}

class LogReader {
 public:
  std::optional<RunLog> read(std::string_view text) {
    for_each_line(text, [this](std::string_view line) { take(line); });
    if (log_.framework.empty()) return std::nullopt;
    log_.step_time_s = settled(step_times_);
    log_.tokens_per_s_per_gpu = settled(tokens_);
    log_.samples_per_s = settled(samples_);
    log_.steps = static_cast<int>(std::max({step_times_.size(), tokens_.size(), samples_.size()}));
    return std::move(log_);
  }

 private:
  RunLog log_;
  std::vector<double> step_times_, tokens_, samples_;

  // Median without the first tenth, at least one: compilation, allocation, warm-up.
  static double settled(const std::vector<double>& values) {
    if (values.empty()) return 0;
    const size_t warm_up = values.size() > 1 ? std::max<size_t>(1, values.size() / 10) : 0;
    return quantile({values.begin() + static_cast<std::ptrdiff_t>(warm_up), values.end()}, 0.5);
  }

  void memory(double bytes, MemoryKind kind) {
    if (kind < log_.memory_kind) return;
    if (kind > log_.memory_kind) log_.memory_bytes = 0;
    log_.memory_kind = kind;
    log_.memory_bytes = std::max(log_.memory_bytes, bytes);
  }

  void take(std::string_view line) {
    if (!megatron(line) && !nanotron(line) && !torchtitan(line)) deepspeed(line);
  }

  bool megatron(std::string_view line) {
    if (const auto ms = after(line, "elapsed time per iteration (ms):")) {
      log_.framework = "Megatron-LM";
      step_times_.push_back(*ms / 1000);
      if (const auto gbs = after(line, "global batch size:")) log_.gbs = *gbs;
      return true;
    }
    if (line.find("memory (MB)") != std::string_view::npos) {
      if (const auto mib = after(line, "max reserved:")) memory(*mib * kMib, MemoryKind::kReservedWorst);
      return true;
    }
    const size_t dots = line.find(" ....");
    if (dots == std::string_view::npos || line.size() > kLongestArgument) return false;
    std::string_view name = line.substr(0, dots);
    name.remove_prefix(std::min(name.find_first_not_of(' '), name.size()));
    const std::string value(line.substr(line.rfind(' ') + 1));
    const LeadingNumber number = leading_number(value);
    if (number.length > 0 && number.length == value.size())
      log_.arguments.emplace_back(std::string(name), number.value);
    return true;
  }

  bool nanotron(std::string_view line) {
    for (std::string_view marker : {"elapsed_time_per_iteration_ms:", "time_per_iteration_ms:"}) {
      const auto ms = after(line, marker);
      if (!ms) continue;
      log_.framework = "nanotron";
      step_times_.push_back(*ms / 1000);
      return true;
    }
    if (const auto mib = after(line, "Peak reserved:")) {
      memory(*mib * kMib, MemoryKind::kReservedWorst);
      return true;
    }
    return false;
  }

  bool torchtitan(std::string_view line) {
    const auto tokens = after(line, "tps:");
    if (!tokens || line.find("step:") == std::string_view::npos) return false;
    if (line.find("validate step:") != std::string_view::npos) return true;
    log_.framework = "torchtitan";
    tokens_.push_back(*tokens);
    if (const auto gib = after(line, "memory:")) memory(*gib * kGib, MemoryKind::kReservedWorst);
    return true;
  }

  void deepspeed(std::string_view line) {
    if (const auto s = after(line, "iter time (s):")) {
      log_.framework = "DeepSpeed";
      step_times_.push_back(*s);
    } else if (const auto rate = after(line, "CurrSamplesPerSec=")) {
      log_.framework = "DeepSpeed";
      samples_.push_back(*rate);
      if (const auto gib = after(line, "MaxMemAllocated=")) memory(*gib * kGib, MemoryKind::kAllocatedWorst);
    }
  }
};

}  // namespace

double RunLog::argument(std::string_view name) const {
  for (const auto& [key, value] : arguments)
    if (key == name) return value;
  return 0;
}

std::optional<RunLog> read_run_log(std::string_view text) { return LogReader().read(text); }

}  // namespace shardplan::measured
