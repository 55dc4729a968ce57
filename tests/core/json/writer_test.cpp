#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <limits>

#include "core/json/sample.h"

namespace shardplan::json {
namespace {

std::string written(const Sample& s) { return print(write(s)); }
std::string number(double x) {
  Sample s;
  s.number = x;
  const std::string text = written(s), name = "\"number\":";
  const size_t from = text.find(name) + name.size();
  return text.substr(from, text.find_first_of(",}", from) - from);
}

TEST(Writer, LeavesOutWhatIsAbsentOrDefaultWhereTheTableSaysSo) {
  EXPECT_EQ(written({}), R"({"whole":0,"number":0,"flag":false,"colour":"red"})");
}

TEST(Writer, WritesEveryKindInTheOrderOfTheTable) {
  const Sample s{3,
                 2.5,
                 true,
                 "hi",
                 Colour::kBlue,
                 4,
                 0.0,
                 {1, 2},
                 {{1, 0}, {2, 3}},
                 {{"b", 1}, {"a", 2}},
                 {"", Point{9, 0}},
                 {R"({"any":[1]})"},
                 {7}};
  EXPECT_EQ(
      written(s),
      R"({"whole":3,"number":2.5,"flag":true,"text":"hi","colour":"blue","maybe":4,"maybe_number":0,"list":[1,2],)"
      R"("points":[{"x":1},{"x":2,"y":3}],"map":{"b":1,"a":2},"named":{"x":9},"raw":{"any":[1]},"depth":7})");
}

TEST(Writer, NumbersHaveNineDigits) {
  EXPECT_EQ(number(1.0 / 3), "0.333333333");
  EXPECT_EQ(number(0.1 + 0.2), "0.3");
  EXPECT_EQ(number(123456789.4), "123456789");
  EXPECT_EQ(number(70553706496.0), "70553706500");
  EXPECT_EQ(number(-0.0), "0");
  EXPECT_EQ(number(1e22), "1e+22");
}

TEST(Writer, WholeNumbersHaveNoPoint) {
  EXPECT_EQ(number(80), "80");
  EXPECT_EQ(number(79.9999999999), "80");
}

TEST(Writer, WhatIsNoNumberIsNull) {
  EXPECT_EQ(number(std::numeric_limits<double>::infinity()), "null");
  EXPECT_EQ(number(std::nan("")), "null");
}

TEST(Writer, RawTextThatIsNotJsonIsWrittenAsText) {
  Sample s;
  s.raw.text = "GPU0 \"GPU1\"";
  EXPECT_NE(written(s).find(R"("raw":"GPU0 \"GPU1\"")"), std::string::npos);
}

TEST(Writer, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  Sample s;
  s.text = "a\xff";
  EXPECT_NE(written(s).find("a\xef\xbf\xbd"), std::string::npos);
}

Sample any_sample() {
  Sample s;
  s.whole = *rc::gen::inRange(-10, 1000);
  s.number = *rc::gen::inRange(0, 1 << 20) / 1024.0;
  s.flag = *rc::gen::arbitrary<bool>();
  s.text = *rc::gen::string<std::string>();
  s.colour = *rc::gen::element(Colour::kRed, Colour::kBlue);
  if (*rc::gen::arbitrary<bool>()) s.maybe = *rc::gen::inRange(1, 8);
  s.list = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 9));
  for (int x : *rc::gen::container<std::vector<int>>(rc::gen::arbitrary<int>())) s.points.push_back({x, -(x / 2)});
  for (size_t i = 0; i < s.list.size(); ++i) s.map.emplace_back("k" + std::to_string(i), s.list[i] / 4.0);
  if (*rc::gen::arbitrary<bool>()) s.named.definition = Point{*rc::gen::arbitrary<int>(), 1};
  else s.named.name = "named";
  s.part.depth = *rc::gen::arbitrary<int>();
  return s;
}

RC_GTEST_PROP(WriterProperty, WhatIsWrittenReadsBackTheSame, ()) {
  Sample s = any_sample();
  for (char& c : s.text)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  s.number = std::round(s.number * 100) / 100;
  const Result<Sample> back = read_sample(written(s));
  RC_ASSERT(back.has_value());
  RC_ASSERT(*back == s);
}

RC_GTEST_PROP(WriterProperty, WritingAgainChangesNothing, ()) {
  Sample s;
  s.number =
      *rc::gen::map(rc::gen::arbitrary<double>(), [](double x) { return std::isfinite(x) ? std::fabs(x) : 1.0; });
  const std::string once = written(s);
  RC_ASSERT(written(*read_sample(once)) == once);
}

}  // namespace
}  // namespace shardplan::json
