// Columns that line up.
#pragma once

#include <ostream>
#include <string>
#include <vector>

namespace shardplan::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> titles);
  void row(std::vector<std::string> cells);
  void left(const std::vector<size_t>& columns);  // flush left; the others are flush right
  // Columns without any content are left out.
  void print(std::ostream& out) const;

 private:
  std::vector<std::vector<std::string>> rows_;  // titles first
  std::vector<bool> is_left_;
};

// 1234567 -> "1,234,567"
std::string grouped(double x);
std::string upper(std::string text);

}  // namespace shardplan::cli
