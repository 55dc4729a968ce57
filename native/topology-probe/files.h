// Files below /sys, /proc and /dev, under a root that tests redirect. Each read has a deadline.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fact.h"
#include "worker.h"

namespace shardplan::probe {

class Files {
 public:
  explicit Files(std::string sysroot);

  // The text without blanks at its ends, or why there is none. A file that is not there is not supported.
  Fact read(const std::string& path);
  std::string text(const std::string& path);  // empty where there is none
  std::optional<int64_t> number(const std::string& path);
  bool exists(const std::string& path);
  std::vector<std::string> list(const std::string& folder);  // sorted
  // Where a link leads, below the root; empty where it leads nowhere.
  std::string resolve(const std::string& path);

  bool is_this_machine() const { return sysroot_.empty(); }
  const std::string& sysroot() const { return sysroot_; }
  const std::set<std::string>& hung() const { return hung_; }

 private:
  Fact ask(char what, const std::string& path);

  std::string sysroot_;
  std::unique_ptr<Worker> worker_;
  std::set<std::string> hung_;
};

}  // namespace shardplan::probe
