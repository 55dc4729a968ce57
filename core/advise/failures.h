// What is known of the failures that jobs meet: by which words of a log each is recognised, what it comes from, how to
// look into it and what mends it. Data: presets/troubleshooting/failures.json, read by api/. Above: log_scan.h.
#pragma once

#include <string>
#include <vector>

namespace shardplan::advise {

enum class Category { kMemory, kCommunication, kConfiguration, kHardware, kFramework, kPerformance };
enum class Severity { kCritical, kHigh, kMedium, kLow };  // a machine is to be mended; the job ends; it suffers; a hint

// A line that has all of these phrases and none of those.
struct Sign {
  std::vector<std::string> all;
  std::vector<std::string> without;
};

struct Check {
  std::string run;  // a command, or where to look
  std::string shows;
};

struct Setting {
  std::string name;  // environment variable
  std::string value;
  std::string reason;
};

struct Source {
  std::string title;
  std::string url;
};

struct Failure {
  std::string id;
  std::string title;
  std::vector<std::string> aliases;
  Category category = Category::kFramework;
  Severity severity = Severity::kHigh;
  std::vector<Sign> signs;
  std::vector<int> xids;             // of NVIDIA's kernel driver
  std::vector<std::string> follows;  // failures of which this one is often only the consequence
  std::vector<std::string> symptoms;
  std::vector<std::string> causes;
  std::vector<Check> checks;
  std::vector<std::string> fixes;
  std::vector<Setting> settings;
  std::vector<Source> sources;
};

}  // namespace shardplan::advise
