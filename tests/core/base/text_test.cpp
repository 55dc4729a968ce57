#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace shardplan {
namespace {

const std::vector<std::string> kKnown = {"seq_length", "gpus", "gpu", "precision", "pp", "vpp", "llama-3.1-70b"};

TEST(Text, NearestNameForgivesATypo) {
  EXPECT_EQ(nearest_name("seq_lenght", kKnown), "seq_length");  // swapped neighbours
  EXPECT_EQ(nearest_name("precison", kKnown), "precision");
  EXPECT_EQ(nearest_name("llama-3.1-70", kKnown), "llama-3.1-70b");
}

TEST(Text, NearestNameIgnoresCaseAndSeparators) {
  EXPECT_EQ(nearest_name("SEQ-LENGTH", kKnown), "seq_length");
  EXPECT_EQ(nearest_name("Llama 3.1 70B", kKnown), "llama-3.1-70b");
}

TEST(Text, NothingIsNearWhatIsFar) {
  EXPECT_EQ(nearest_name("temperature", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name("___", kKnown), "");
  EXPECT_EQ(nearest_name("gpus", {}), "");
}

TEST(Text, AnEndlessNameIsNotCompared) { EXPECT_EQ(nearest_name(std::string(1 << 20, 'g'), kKnown), ""); }

TEST(Text, TheFirstOfEquallyNearNamesWins) { EXPECT_EQ(nearest_name("gpux", kKnown), "gpus"); }

TEST(Text, Join) {
  EXPECT_EQ(join({}, ", "), "");
  EXPECT_EQ(join({"a"}, ", "), "a");
  EXPECT_EQ(join({"a", "b"}, " or "), "a or b");
}

TEST(Text, NumbersHaveNoNoise) {
  EXPECT_EQ(number_text(0.25), "0.25");
  EXPECT_EQ(number_text(17.670000001), "17.67");
  EXPECT_EQ(number_text(1200), "1200");
  EXPECT_EQ(number_text(81920, 9), "81920");
  EXPECT_EQ(number_text(3.0e9), "3000000000");
  EXPECT_EQ(number_text(0), "0");
}

RC_GTEST_PROP(TextProperty, AKnownNameIsNearestToItself, ()) {
  const auto i = *rc::gen::inRange<size_t>(0, kKnown.size());
  RC_ASSERT(nearest_name(kKnown[i], kKnown) == kKnown[i]);
}

RC_GTEST_PROP(TextProperty, OneWrongLetterIsForgiven, ()) {
  std::string name = "num_attention_heads";
  const auto at = *rc::gen::inRange<size_t>(0, name.size());
  name[at] = *rc::gen::inRange<char>('a', 'z');
  RC_ASSERT(nearest_name(name, {"hidden_size", "num_attention_heads", "num_key_value_heads"}) == "num_attention_heads");
}

}  // namespace
}  // namespace shardplan
