#include "emit/tree.h"

#include <gtest/gtest.h>

namespace shardplan::emit {
namespace {

Tree sample() {
  Tree inside;
  inside.boolean("on", true).number("rate", 0.0001);
  Tree t;
  t.integer("n", 500000000).text("name", "a \"b\"").text("no", "no").words("list", {"x", "y"}).child("inside", inside);
  return t;
}

TEST(Tree, PrintsJson) {
  EXPECT_EQ(sample().json(),
            "{\n  \"n\": 500000000,\n  \"name\": \"a \\\"b\\\"\",\n  \"no\": \"no\",\n  \"list\": [\"x\", \"y\"],\n"
            "  \"inside\": {\n    \"on\": true,\n    \"rate\": 0.0001\n  }\n}\n");
}

TEST(Tree, PrintsYamlWhoseTextStaysText) {
  EXPECT_EQ(
      sample().yaml(),
      "n: 500000000\nname: \"a \\\"b\\\"\"\nno: \"no\"\nlist: [\"x\", \"y\"]\ninside:\n  on: true\n  rate: 0.0001\n");
  for (const char* text : {"yes", "Off", "null", "1e3", "-x", ".5", "a: b", "true"})
    EXPECT_EQ(Tree().text("k", text).yaml(), "k: \"" + std::string(text) + "\"\n");
  EXPECT_EQ(Tree().text("k", "MEGATRON_LM").yaml(), "k: MEGATRON_LM\n");
}

TEST(Tree, PrintsToml) {
  Tree t;
  t.child("a", Tree().integer("n", 1)).child("b.c", Tree().text("name", "x"));
  EXPECT_EQ(t.toml(), "[a]\nn = 1\n\n[b.c]\nname = \"x\"\n");
}

}  // namespace
}  // namespace shardplan::emit
