#include "json/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shardplan::json {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text, size_t limit = kLargestDocumentBytes) {
  const Result<Document> document = parse(text, limit);
  return document ? "" : document.error()[0].message;
}

std::string nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(Document, SaysWhereTheTextStopsBeingJson) {
  EXPECT_THAT(refusal("{\"a\": 1,}"), HasSubstr("at byte 9"));
  EXPECT_THAT(refusal(""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("{\"a\": 1} {"), HasSubstr("at byte 10"));
  EXPECT_THAT(refusal("\"\xff\""), HasSubstr("not JSON"));
  EXPECT_THAT(refusal("[1e999]"), HasSubstr("out of range"));
}

TEST(Document, RefusesWhatIsTooLargeOrTooDeep) {
  EXPECT_THAT(refusal(std::string((16u << 20) + 1, ' ')), HasSubstr("at most 16 MiB"));
  EXPECT_EQ(refusal(nested(64)), "");
  EXPECT_THAT(refusal(nested(65)), HasSubstr("nested more than 64"));
  EXPECT_THAT(refusal(nested(1000000)), HasSubstr("nested more than 64"));
}

TEST(Document, RefusesANameGivenTwice) {
  EXPECT_THAT(refusal(R"({"a": 1, "a": 2})"), HasSubstr("'a' is given twice"));
  EXPECT_THAT(refusal(R"([{"b": {"a": 1, "a": 1}}])"), HasSubstr("twice"));
  EXPECT_EQ(refusal(R"([{"a": 1}, {"a": 2, "b": {"a": 3}}])"), "");
}

TEST(Document, PrintsWhatItRead) {
  EXPECT_EQ(print(*parse(R"( {"b": 1, "a": [true, null, "x\u00e9"]} )")), "{\"b\":1,\"a\":[true,null,\"x\xc3\xa9\"]}");
}

TEST(Document, UnwrapsARequestWithItsOperation) {
  Document document = *parse(R"({"operation": "memory", "title": "t", "request": {"a": 1}})");
  std::string operation;
  EXPECT_TRUE(unwrap_request(document, operation));
  EXPECT_EQ(operation, "memory");
  EXPECT_EQ(print(document), R"({"a":1})");
}

TEST(Document, LeavesAnyOtherDocumentAlone) {
  for (const char* text :
       {R"({"operation":"memory"})", R"({"request":{}})", R"({"operation":1,"request":{}})", "[]", "1"}) {
    Document document = *parse(text);
    std::string operation;
    EXPECT_FALSE(unwrap_request(document, operation)) << text;
    EXPECT_EQ(print(document), text);
  }
}

TEST(Document, ErrorsShowTheFirstProblemAndListAll) {
  EXPECT_EQ(print_error({{"/a", "A is wrong.", "Be right."}, {"/b", "B too.", ""}}, "InvalidRequest"),
            R"({"error":"A is wrong.","type":"InvalidRequest","field":"/a","hint":"Be right.","problems":[)"
            R"({"error":"A is wrong.","field":"/a","hint":"Be right."},{"error":"B too.","field":"/b"}]})");
}

}  // namespace
}  // namespace shardplan::json
