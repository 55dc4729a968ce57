#include "json/view.h"

#include <gtest/gtest.h>

namespace shardplan::json {
namespace {

TEST(View, WalksADocument) {
  const Document document = *parse(R"({"a": 1.5, "b": [true, "x", {"c": null}], "d": {}})");
  const View v(document);
  EXPECT_EQ(v.size(), 3u);
  EXPECT_EQ(v.key(1), "b");
  EXPECT_EQ(v["a"].number(), 1.5);
  EXPECT_TRUE(v["b"].at(0).boolean());
  EXPECT_EQ(v["b"].at(1).text(), "x");
  EXPECT_EQ(v["b"].at(2).text(), R"({"c":null})");
  EXPECT_TRUE(v["d"].is(View::Kind::kObject));
}

TEST(View, WhatIsNotThereIsAbsent) {
  const Document document = *parse(R"({"a": [1], "b": null})");
  const View v(document);
  EXPECT_FALSE(v["x"]);
  EXPECT_FALSE(v["b"]);
  EXPECT_FALSE(v["a"].at(1));
  EXPECT_FALSE(v["a"]["x"]);
  EXPECT_FALSE(v["x"]["y"].at(3)["z"]);
  EXPECT_EQ(v["x"].number(), 0);
  EXPECT_EQ(v["x"].size(), 0u);
  EXPECT_EQ(v["a"].key(0), "");
  EXPECT_FALSE(View());
}

TEST(View, QuotedTextIsAJsonString) { EXPECT_EQ(quoted("a\"b\n"), R"("a\"b\n")"); }

}  // namespace
}  // namespace shardplan::json
