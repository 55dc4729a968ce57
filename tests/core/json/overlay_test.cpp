#include "json/overlay.h"

#include <gtest/gtest.h>

#include "core/json/sample.h"

namespace shardplan::json {
namespace {

Sample sample(std::string_view text) { return *read_sample(text); }

TEST(Overlay, TakesWhatIsStatedAndKeepsTheRest) {
  const Sample base = sample(R"({"n": 3, "text": "base", "maybe": 2, "list": [1, 2], "named": "a", "depth": 4})");
  const Sample over = sample(R"({"text": "over", "list": [7], "colour": "blue", "flag": true})");
  EXPECT_EQ(overlaid(base, over), sample(R"({"n": 3, "text": "over", "maybe": 2, "list": [7], "named": "a",
                                             "colour": "blue", "flag": true, "depth": 4})"));
}

TEST(Overlay, OfNothingChangesNothing) {
  const Sample base =
      sample(R"({"number": 2.5, "points": [{"x": 1}], "map": {"a": 1}, "raw": {"b": 2}, "flag": true})");
  EXPECT_EQ(overlaid(base, {}), base);
}

TEST(Overlay, ReplacesANameByAnObjectAndFieldsOfIncludedStructs) {
  const Sample over = sample(R"({"named": {"x": 1, "y": 2}, "depth": 9})");
  EXPECT_EQ(overlaid(sample(R"({"named": "a"})"), over), over);
}

TEST(Overlay, OnItselfIsItself) {
  const Sample s = sample(R"({"n": 3, "number": 0.1, "text": "t", "points": [{"x": 1, "y": 2}], "map": {"a": 1}})");
  EXPECT_EQ(overlaid(s, s), s);
}

}  // namespace
}  // namespace shardplan::json
