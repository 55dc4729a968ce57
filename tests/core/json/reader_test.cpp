#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/json/sample.h"

namespace shardplan::json {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

Diagnostics problems(std::string_view text) {
  const Result<Sample> sample = read_sample(text);
  return sample ? Diagnostics{} : sample.error();
}

auto at(const char* path) { return Field(&Diagnostic::path, path); }
auto says(const char* part) { return Field(&Diagnostic::message, HasSubstr(part)); }
auto hints(const char* part) { return Field(&Diagnostic::hint, HasSubstr(part)); }

TEST(Reader, ReadsEveryKind) {
  const Result<Sample> s = read_sample(R"({
    "whole": 3, "number": 2.5, "flag": true, "text": "hi", "colour": "blue", "maybe": 4, "maybe_number": 0,
    "list": [1, 2], "points": [{"x": 1}, {"x": 2, "y": 3}], "map": {"b": 1, "a": 2}, "named": {"x": 9},
    "raw": {"any": [1]}, "depth": 7})");
  ASSERT_TRUE(s) << s.error()[0].message;
  const Sample expected{3,
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
  EXPECT_EQ(*s, expected);
}

TEST(Reader, AbsentAndNullLeaveTheDefault) {
  EXPECT_EQ(*read_sample("{}"), Sample{});
  EXPECT_EQ(*read_sample(R"({"whole": null, "maybe": null, "list": null, "named": null})"), Sample{});
}

TEST(Reader, ANameOrTheThingItself) {
  EXPECT_EQ(read_sample(R"({"named": "a"})")->named, (Named{"a", std::nullopt}));
  EXPECT_EQ(read_sample(R"({"named": {"x": 1}})")->named, (Named{"", Point{1, 0}}));
  EXPECT_THAT(problems(R"({"named": 3})"), ElementsAre(AllOf(at("/named"), says("a name or an object, got 3"))));
}

TEST(Reader, AliasesMeanTheSame) {
  EXPECT_EQ(read_sample(R"({"count": 5})")->whole, 5);
  EXPECT_EQ(read_sample(R"({"n": 5})")->whole, 5);
  EXPECT_THAT(problems(R"({"count": 5, "whole": 6})"), ElementsAre(AllOf(at("/count"), says("say the same thing"))));
  EXPECT_EQ(read_sample(R"({"count": null, "whole": 6})")->whole, 6);
}

TEST(Reader, TwoAliasesOfOneFieldAreRefusedAsWell) {
  EXPECT_THAT(problems(R"({"count": 5, "n": 6})"), ElementsAre(AllOf(at("/n"), says("say the same thing"))));
}

TEST(Reader, AllProblemsAtOnce) {
  EXPECT_THAT(
      problems(R"({"whole": "x", "number": -1, "colour": "bleu", "points": [{"x": 1}, {"y": "z"}], "quux": 1})"),
      ElementsAre(AllOf(at("/whole"), says("a whole number, got \"x\"")), AllOf(at("/number"), says("at least 0")),
                  AllOf(at("/colour"), says("one of red, blue"), hints("'blue'")),
                  AllOf(at("/points/1/y"), says("whole number")), AllOf(at("/points/1/x"), says("missing")),
                  AllOf(at("/quux"), says("Unknown field"), hints("Known fields: whole, count"))));
}

TEST(Reader, AnUnknownFieldNamesTheNearest) {
  EXPECT_THAT(problems(R"({"nubmer": 1})"), ElementsAre(hints("Did you mean 'number'?")));
  EXPECT_THAT(problems(R"({"points": [{"x": 1, "size": 1}]})"),
              ElementsAre(AllOf(at("/points/0/size"), hints("Known fields"))));
}

TEST(Reader, PathsAreJsonPointers) {
  EXPECT_THAT(problems(R"({"a/b~c": 1})"), ElementsAre(at("/a~1b~0c")));
  EXPECT_THAT(problems(R"({"map": {"a/b": "x"}})"), ElementsAre(at("/map/a~1b")));
}

TEST(Reader, NumbersMayComeAsText) {
  EXPECT_EQ(read_sample(R"({"whole": "8"})")->whole, 8);
  EXPECT_EQ(read_sample(R"({"number": "1.5e1"})")->number, 15);
  EXPECT_EQ(read_sample(R"({"flag": "true"})")->flag, true);
  for (const char* text : {"", " ", "8 ", "0x10", "inf", "nan", "1e", "--1", "1_000", "8GB"})
    EXPECT_THAT(problems(std::string(R"({"number": ")") + text + "\"}"), ElementsAre(at("/number"))) << text;
}

TEST(Reader, WholeNumbersAreWholeAndFit) {
  EXPECT_EQ(read_sample(R"({"whole": 8.0})")->whole, 8);
  EXPECT_THAT(problems(R"({"whole": 8.5})"), ElementsAre(says("a whole number")));
  EXPECT_THAT(problems(R"({"depth": 3000000000})"), ElementsAre(says("a smaller whole number")));
  EXPECT_THAT(problems(R"({"depth": 1e300})"), ElementsAre(at("/depth")));
  EXPECT_THAT(problems(R"({"depth": -9223372036854775809})"), ElementsAre(at("/depth")));
}

TEST(Reader, RangesNameTheirEnds) {
  EXPECT_THAT(problems(R"({"whole": 1001})"),
              ElementsAre(AllOf(says("from -10 to 1000, got 1001"), hints("A whole number."))));
  EXPECT_THAT(problems(R"({"maybe": 0})"), ElementsAre(says("from 1 to 8")));
  EXPECT_THAT(problems(R"({"list": [3, 10]})"), ElementsAre(AllOf(at("/list/1"), says("from 0 to 9"))));
}

TEST(Reader, AListMayBeItsOnlyElement) {
  EXPECT_THAT(read_sample(R"({"list": 4})")->list, ElementsAre(4));
  EXPECT_THAT(problems(R"({"points": {"x": 1}})"), ElementsAre(AllOf(at("/points"), says("a list"))));
}

TEST(Reader, EnumsKnowTheirAliasesAndNoCase) {
  EXPECT_EQ(read_sample(R"({"colour": "azure"})")->colour, Colour::kBlue);
  EXPECT_EQ(read_sample(R"({"colour": "BLUE"})")->colour, Colour::kBlue);
  EXPECT_THAT(problems(R"({"colour": 1})"), ElementsAre(says("one of red, blue, got 1")));
}

TEST(Reader, RawKeepsTextAsItIsAndAnythingElseAsJson) {
  EXPECT_EQ(read_sample(R"({"raw": "GPU0 GPU1"})")->raw.text, "GPU0 GPU1");
  EXPECT_EQ(read_sample(R"({"raw": [1, {"a": null}]})")->raw.text, R"([1,{"a":null}])");
}

TEST(Reader, StopsAfterFiftyProblems) {
  std::string text = "{";
  for (int i = 0; i < 1000; ++i) text += (i ? "," : "") + std::string("\"unknown") + std::to_string(i) + "\": 1";
  EXPECT_EQ(problems(text + "}").size(), 50u);
  EXPECT_EQ(problems(R"({"points": [)" +
                     std::string(100000, '1')
                         .replace(1, 99999,
                                  [] {
                                    std::string rest;
                                    for (int i = 0; i < 999; ++i) rest += ",1";
                                    return rest;
                                  }()) +
                     "]}")
                .size(),
            50u);
}

TEST(Reader, LongValuesAreCutInMessages) {
  const Diagnostics found = problems(R"({"whole": ")" + std::string(5000, 'x') + "\"}");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_LT(found[0].message.size(), 200u);
}

TEST(Reader, TheWholeMustBeAnObject) {
  EXPECT_THAT(problems("[]"), ElementsAre(AllOf(at(""), says("an object"))));
  EXPECT_THAT(problems("null"), ElementsAre(at("")));
}

// Whatever the document, the reader ends with a value or with problems that say where.
RC_GTEST_PROP(ReaderProperty, AnyValueInAnyFieldIsReadOrRefusedWithItsPath, ()) {
  const std::string name = *rc::gen::element<std::string>("whole", "number", "flag", "text", "colour", "maybe", "list",
                                                          "points", "map", "named");
  const std::string value =
      *rc::gen::element<std::string>("1", "-1", "1.5", "\"8\"", "\"red\"", "true", "[]", "[1]", "[[1]]", "{}",
                                     "{\"x\": 1}", "{\"x\": {}}", "1e18", "\"\"", "[null]");
  const Diagnostics found = problems("{\"" + name + "\": " + value + "}");
  for (const Diagnostic& d : found) {
    RC_ASSERT(d.path.rfind("/" + name, 0) == 0);
    RC_ASSERT(!d.message.empty());
  }
}

}  // namespace
}  // namespace shardplan::json
