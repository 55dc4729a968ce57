#include "api/failures.h"

#include <algorithm>

#include "api/failures_text.h"
#include "base/text.h"
#include "json/document.h"

namespace shardplan::api {

const std::vector<advise::Failure>& failures() {
  static const std::vector<advise::Failure> list = [] {
    const auto document = json::parse(failures_text());
    if (!document) return std::vector<advise::Failure>();
    auto file = json::read<FailuresFile>(*document);
    return file ? std::move(file->failures) : std::vector<advise::Failure>();
  }();
  return list;
}

int find_failure(std::string_view name) {
  std::string wanted = lower_case(name);
  for (char& c : wanted)
    if (c == '-' || c == ' ') c = '_';
  for (size_t i = 0; i < failures().size(); ++i) {
    const advise::Failure& f = failures()[i];
    if (f.id == wanted || std::count(f.aliases.begin(), f.aliases.end(), wanted) > 0) return static_cast<int>(i);
  }
  return -1;
}

}  // namespace shardplan::api

namespace shardplan::json {

std::span<const EnumEntry> DescribeEnum<advise::Category>::entries() {
  using enum advise::Category;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kMemory), "memory"},
      {static_cast<int>(kCommunication), "communication"},
      {static_cast<int>(kConfiguration), "configuration"},
      {static_cast<int>(kHardware), "hardware"},
      {static_cast<int>(kFramework), "framework"},
      {static_cast<int>(kPerformance), "performance"},
  };
  return table;
}

std::span<const EnumEntry> DescribeEnum<advise::Severity>::entries() {
  using enum advise::Severity;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kCritical), "critical", "A machine is to be mended."},
      {static_cast<int>(kHigh), "high", "The job ends."},
      {static_cast<int>(kMedium), "medium", "The job suffers."},
      {static_cast<int>(kLow), "low", "A hint to something else."},
  };
  return table;
}

Fields Describe<advise::Sign>::fields() {
  static constexpr Field table[] = {
      field<&advise::Sign::all>("all", "Phrases that one line has.").required(),
      field<&advise::Sign::without>("without", "Phrases that it has not.").omit_default(),
  };
  return table;
}

Fields Describe<advise::Check>::fields() {
  static constexpr Field table[] = {
      field<&advise::Check::run>("run", "A command, or where to look.").required(),
      field<&advise::Check::shows>("shows").required(),
  };
  return table;
}

Fields Describe<advise::Setting>::fields() {
  static constexpr Field table[] = {
      field<&advise::Setting::name>("name", "Environment variable.").required(),
      field<&advise::Setting::value>("value").required(),
      field<&advise::Setting::reason>("reason").required(),
  };
  return table;
}

Fields Describe<advise::Source>::fields() {
  static constexpr Field table[] = {
      field<&advise::Source::title>("title").required(),
      field<&advise::Source::url>("url").required(),
  };
  return table;
}

Fields Describe<advise::Failure>::fields() {
  using F = advise::Failure;
  static constexpr Field table[] = {
      field<&F::id>("id").required(),
      field<&F::title>("title").required(),
      field<&F::category>("category").required(),
      field<&F::severity>("severity").required(),
      field<&F::aliases>("aliases"),
      field<&F::signs>("signs", "Any of them shows the failure.").required(),
      field<&F::xids>("xids", "Numbers of NVIDIA's kernel driver that show it."),
      field<&F::follows>("follows", "Failures of which it is often only the consequence; * for any."),
      field<&F::symptoms>("symptoms").required(),
      field<&F::causes>("causes").required(),
      field<&F::checks>("checks").required(),
      field<&F::fixes>("fixes").required(),
      field<&F::settings>("settings"),
      field<&F::sources>("sources").required(),
  };
  return table;
}

Fields Describe<api::FailuresFile>::fields() {
  static constexpr Field table[] = {field<&api::FailuresFile::failures>("failures").required()};
  return table;
}

}  // namespace shardplan::json
