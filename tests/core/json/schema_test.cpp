#include <gtest/gtest.h>

#include "core/json/sample.h"
#include "json/view.h"

namespace shardplan::json {
namespace {

class Schema : public testing::Test {
 protected:
  const Document request_ = schema_of(type_of<Sample>(), "sample request", Side::kRequest);
  const Document response_ = schema_of(type_of<Sample>(), "sample response", Side::kResponse);

  static View body(const Document& schema) { return View(schema)["$defs"]["sample"]; }
  View property(const char* name) const { return body(request_)["properties"][name]; }
};

TEST_F(Schema, NamesItsDraftAndItsTitle) {
  EXPECT_EQ(View(request_)["$schema"].text(), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(View(request_)["title"].text(), "sample request");
  EXPECT_EQ(View(request_)["$ref"].text(), "#/$defs/sample");
}

TEST_F(Schema, CarriesRangesAndHelp) {
  EXPECT_EQ(property("whole").text(),
            R"({"type":"integer","minimum":-10,"maximum":1000,"description":"A whole number."})");
}

TEST_F(Schema, NumbersThatMayComeAsText) { EXPECT_EQ(property("maybe")["type"].text(), R"(["integer","string"])"); }

TEST_F(Schema, ListsThatMayBeTheirOnlyElement) { EXPECT_EQ(property("list")["anyOf"].size(), 2u); }

TEST_F(Schema, AliasesAreRequestsDeprecatedNames) {
  EXPECT_TRUE(property("count")["deprecated"].boolean());
  EXPECT_EQ(property("count")["maximum"].number(), 1000);
  EXPECT_FALSE(body(response_)["properties"]["count"]);
}

TEST_F(Schema, EnumsListNamesWithoutAliases) {
  EXPECT_EQ(View(request_)["$defs"]["colour"]["enum"].text(), R"(["red","blue"])");
}

TEST_F(Schema, NothingElseIsAllowed) { EXPECT_EQ(body(request_)["additionalProperties"].text(), "false"); }

TEST_F(Schema, IncludedFieldsAreOwnFields) {
  EXPECT_TRUE(property("depth"));
  EXPECT_FALSE(View(request_)["$defs"]["part"]);
}

TEST_F(Schema, ResponsesSayWhatIsAlwaysThere) {
  EXPECT_EQ(body(response_)["required"].text(), R"(["whole","number","flag","colour"])");
  EXPECT_FALSE(body(request_)["required"]);
  EXPECT_EQ(View(request_)["$defs"]["point"]["required"].text(), R"(["x"])");
}

}  // namespace
}  // namespace shardplan::json
