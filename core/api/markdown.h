// Markdown, a block after the other. What comes from a request is escaped.
#pragma once

#include <string>
#include <vector>

namespace shardplan::api {

class Markdown {
 public:
  void heading(int level, const std::string& text);
  void paragraph(const std::string& text);
  void bullets(const std::vector<std::string>& items);
  // Columns from `first_number` on are flush right.
  void table(const std::vector<std::string>& titles, const std::vector<std::vector<std::string>>& rows,
             size_t first_number);
  void code(const std::string& language, const std::string& text);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
  void block(const std::string& text);
};

// Text that means itself: marks are escaped, line breaks are blanks.
std::string plain(const std::string& text);

// 1234567.8 -> "1,234,568".
std::string grouped(double x);

}  // namespace shardplan::api
