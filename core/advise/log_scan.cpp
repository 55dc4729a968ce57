#include "advise/log_scan.h"

#include <algorithm>
#include <utility>

#include "advise/phrases.h"
#include "base/lines.h"

namespace shardplan::advise {
namespace {

constexpr size_t kMostEvidence = 3;
constexpr size_t kLongestEvidence = 300;

// Phrases by number, each once.
class PhraseList {
 public:
  int number_of(const std::string& phrase) {
    const auto it = std::find(phrases_.begin(), phrases_.end(), phrase);
    if (it != phrases_.end()) return static_cast<int>(it - phrases_.begin());
    phrases_.push_back(phrase);
    return static_cast<int>(phrases_.size()) - 1;
  }
  std::vector<int> numbers_of(const std::vector<std::string>& phrases) {
    std::vector<int> out;
    for (const std::string& phrase : phrases) out.push_back(number_of(phrase));
    return out;
  }
  const std::vector<std::string>& phrases() const { return phrases_; }

 private:
  std::vector<std::string> phrases_;
};

class Scanner {
 public:
  explicit Scanner(const std::vector<Failure>& failures)
      : failures_(failures),
        information_(list_.number_of("NCCL INFO")),
        xid_(list_.number_of("Xid")),
        signs_(signs_of(failures)),
        phrases_(list_.phrases()),
        finding_of_(failures.size(), -1),
        last_line_(failures.size(), 0),
        seen_in_(list_.phrases().size(), 0) {
    of_phrase_.resize(list_.phrases().size());
    for (size_t i = 0; i < signs_.size(); ++i)
      of_phrase_[static_cast<size_t>(signs_[i].all.front())].push_back(static_cast<int>(i));
  }

  Scan scan(std::string_view log) {
    for_each_line(log, [this](std::string_view line) { take(line); });
    return std::move(out_);
  }

 private:
  struct SignNumbers {
    int failure = 0;
    std::vector<int> all, without;
  };

  const std::vector<Failure>& failures_;
  PhraseList list_;
  int information_, xid_;
  std::vector<SignNumbers> signs_;
  std::vector<std::vector<int>> of_phrase_;  // signs by their first phrase
  Phrases phrases_;
  Scan out_;
  std::vector<int> finding_of_;  // of each failure; -1: none yet
  std::vector<int> last_line_;   // that showed each failure
  std::vector<int> seen_in_;     // the last line with each phrase
  std::vector<Phrases::Found> found_;

  std::vector<SignNumbers> signs_of(const std::vector<Failure>& failures) {
    std::vector<SignNumbers> out;
    for (size_t f = 0; f < failures.size(); ++f)
      for (const Sign& sign : failures[f].signs)
        if (!sign.all.empty())
          out.push_back({static_cast<int>(f), list_.numbers_of(sign.all), list_.numbers_of(sign.without)});
    return out;
  }

  bool is_here(int phrase) const { return seen_in_[static_cast<size_t>(phrase)] == out_.lines; }

  void take(std::string_view line) {
    ++out_.lines;
    found_.clear();
    phrases_.find(line, found_);
    if (found_.empty()) return;
    for (const Phrases::Found& f : found_) seen_in_[static_cast<size_t>(f.phrase)] = out_.lines;
    if (is_here(information_)) {
      ++out_.information_lines;
      return;
    }
    for (const Phrases::Found& f : found_)
      for (const int sign : of_phrase_[static_cast<size_t>(f.phrase)])
        judge(signs_[static_cast<size_t>(sign)], line, f.at);
    if (is_here(xid_)) judge_xid(line);
  }

  void judge(const SignNumbers& sign, std::string_view line, size_t at) {
    const auto here = [this](int phrase) { return is_here(phrase); };
    if (std::all_of(sign.all.begin(), sign.all.end(), here) &&
        std::none_of(sign.without.begin(), sign.without.end(), here))
      add(sign.failure, line, at);
  }

  void judge_xid(std::string_view line) {
    const int xid = xid_of(line);
    for (size_t f = 0; xid > 0 && f < failures_.size(); ++f)
      if (std::count(failures_[f].xids.begin(), failures_[f].xids.end(), xid) > 0)
        add(static_cast<int>(f), line, line.find("Xid"));
  }

  void add(int failure, std::string_view line, size_t at) {
    int& place = finding_of_[static_cast<size_t>(failure)];
    if (std::exchange(last_line_[static_cast<size_t>(failure)], out_.lines) == out_.lines) return;  // by another sign
    if (place < 0) {
      place = static_cast<int>(out_.findings.size());
      out_.findings.push_back({failure, 0, {}});
    }
    Finding& finding = out_.findings[static_cast<size_t>(place)];
    ++finding.lines;
    if (finding.evidence.size() < kMostEvidence)
      finding.evidence.push_back({out_.lines, excerpt(line, at, kLongestEvidence)});
  }
};

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

Scan scan_log(std::string_view log, const std::vector<Failure>& failures) { return Scanner(failures).scan(log); }

int xid_of(std::string_view line) {
  const size_t word = line.find("Xid");
  if (word == std::string_view::npos) return 0;
  constexpr std::string_view kBeforeNumber = "): ";
  const size_t at = line.find(kBeforeNumber, word);
  if (at == std::string_view::npos) return 0;
  int number = 0;
  for (size_t i = at + kBeforeNumber.size(); i < line.size() && line[i] >= '0' && line[i] <= '9' && number < 10000; ++i)
    number = number * 10 + (line[i] - '0');
  return number;
}

std::string excerpt(std::string_view line, size_t at, size_t length) {
  if (line.size() <= length) return std::string(line);
  size_t begin = at > length / 3 ? at - length / 3 : 0;
  size_t end = std::min(line.size(), begin + length);
  while (begin < end && continues_character(line[begin])) ++begin;
  while (end > begin && end < line.size() && continues_character(line[end])) --end;
  return (begin > 0 ? "..." : "") + std::string(line.substr(begin, end - begin)) + (end < line.size() ? "..." : "");
}

}  // namespace shardplan::advise
