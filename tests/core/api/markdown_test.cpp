#include "api/markdown.h"

#include <gmock/gmock.h>

namespace shardplan::api {
namespace {

TEST(Markdown, PutsBlocksApart) {
  Markdown m;
  m.heading(1, "Plan");
  m.paragraph("Text.");
  m.bullets({"a", "b"});
  m.bullets({});
  m.table({"", "GiB"}, {{"x", "1.0"}}, 1);
  EXPECT_EQ(m.text(), "# Plan\n\nText.\n\n- a\n- b\n\n|  | GiB |\n| --- | --: |\n| x | 1.0 |\n");
}

TEST(Markdown, FencesWhatHoldsFences) {
  Markdown m;
  m.code("sh", "echo '```'");
  EXPECT_EQ(m.text(), "````sh\necho '```'\n````\n");
}

TEST(Plain, EscapesMarks) { EXPECT_EQ(plain("a|b\n*c* <d>"), "a\\|b \\*c\\* \\<d\\>"); }

TEST(Grouped, HasThousands) {
  EXPECT_EQ(grouped(1234567.8), "1,234,568");
  EXPECT_EQ(grouped(-1000), "-1,000");
  EXPECT_EQ(grouped(999), "999");
}

}  // namespace
}  // namespace shardplan::api
