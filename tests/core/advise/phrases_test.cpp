#include "advise/phrases.h"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "base/text.h"

namespace shardplan::advise {
namespace {

std::vector<int> found_in(const std::vector<std::string>& phrases, const std::string& text) {
  std::vector<Phrases::Found> found;
  Phrases(phrases).find(text, found);
  std::vector<int> out;
  for (const auto& f : found) out.push_back(f.phrase);
  return out;
}

TEST(Phrases, AreFoundWithoutCase) {
  EXPECT_THAT(found_in({"CUDA out of memory", "nccl"}, "cuda OUT of memory on NCCL"), testing::ElementsAre(0, 1));
}

TEST(Phrases, AreWholeWords) {
  EXPECT_THAT(found_in({"inf"}, "NCCL INFO Channel 00, infinity"), testing::IsEmpty());
  EXPECT_THAT(found_in({"inf"}, "loss: inf, 2inf, inf"), testing::ElementsAre(0, 0));
  EXPECT_THAT(found_in({"loss: nan"}, "loss: nanotron"), testing::IsEmpty());
}

TEST(Phrases, MayLieInsideOneAnother) {
  EXPECT_THAT(found_in({"out of memory", "CUDA out of memory", "memory"}, "CUDA out of memory"),
              testing::UnorderedElementsAre(0, 1, 2));
}

TEST(Phrases, SaysWhere) {
  std::vector<Phrases::Found> found;
  Phrases({"b b"}).find("a b b b", found);
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].at, 2U);
  EXPECT_EQ(found[1].at, 4U);
}

// The same as looking for each phrase by itself.
RC_GTEST_PROP(Phrases, AgreeWithSearch, ()) {
  const auto letters = rc::gen::container<std::string>(rc::gen::element('a', 'B', 'b', ' ', '-'));
  auto phrases = *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty(letters));
  const std::string text = *letters;
  std::vector<Phrases::Found> found;
  std::vector<std::string> lower;
  for (const std::string& p : phrases)
    if (std::find(lower.begin(), lower.end(), lower_case(p)) == lower.end()) lower.push_back(lower_case(p));
  Phrases(lower).find(text, found);
  const std::string low = lower_case(text);
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  size_t expected = 0;
  for (const std::string& p : lower)
    for (size_t at = low.find(p); at != std::string::npos; at = low.find(p, at + 1)) {
      const size_t end = at + p.size();
      const bool joined = (at > 0 && is_letter(low[at]) && is_letter(low[at - 1])) ||
                          (end < low.size() && is_letter(low[end - 1]) && is_letter(low[end]));
      if (!joined) ++expected;
    }
  RC_ASSERT(found.size() == expected);
}

}  // namespace
}  // namespace shardplan::advise
