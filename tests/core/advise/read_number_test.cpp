#include "advise/read_number.h"

#include <gmock/gmock.h>

namespace shardplan::advise {
namespace {

using testing::DoubleEq;
using testing::Eq;
using testing::Optional;

TEST(ReadNumber, TakesWhatBeginsTheText) {
  EXPECT_THAT(read_number(" 1,234.5 ms"), Optional(DoubleEq(1234.5)));
  EXPECT_THAT(read_number("12, 13"), Optional(DoubleEq(12)));
  EXPECT_THAT(read_number("-9)"), Optional(DoubleEq(-9)));
  EXPECT_THAT(read_number("x1"), Eq(std::nullopt));
  EXPECT_THAT(number_after("SeqNum=5, OpType", "SeqNum="), Optional(DoubleEq(5)));
  EXPECT_THAT(number_after("SeqNum=", "SeqNum="), Eq(std::nullopt));
}

TEST(ReadSize, KnowsUnits) {
  EXPECT_THAT(read_size("2.5 GiB is"), Optional(DoubleEq(2.5)));
  EXPECT_THAT(read_size("512MiB"), Optional(DoubleEq(0.5)));
  EXPECT_THAT(read_size("1073741824 bytes"), Optional(DoubleEq(1)));
  EXPECT_THAT(read_size("2.5 apples"), Eq(std::nullopt));
  EXPECT_THAT(size_before("of 1.50 GiB free;", " free;"), Optional(DoubleEq(1.5)));
  EXPECT_THAT(size_before(" free;", " free;"), Eq(std::nullopt));
  EXPECT_THAT(size_after("has 3 GiB", "has "), Optional(DoubleEq(3)));
}

}  // namespace
}  // namespace shardplan::advise
