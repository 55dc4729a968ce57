#include "advise/collective_message.h"

#include <gmock/gmock.h>

namespace shardplan::advise {
namespace {

using testing::ElementsAre;

std::string line(int rank, const char* work) {
  const std::string r = std::to_string(rank);
  return "[rank" + r + "]:[E321 02:07:08 ProcessGroupNCCL.cpp:607] [Rank " + r +
         "] Watchdog caught collective operation timeout: " + work +
         " ran for 600060 milliseconds before timing out.\n";
}

TEST(StuckCollectives, AreGatheredOverRanks) {
  const char* work =
      "WorkNCCL(SeqNum=1580, OpType=ALLREDUCE, NumelIn=466119168, NumelOut=466119168, Timeout(ms)=600000)";
  const auto stuck =
      read_stuck_collectives(line(4, work) + line(0, work) + line(4, work) + "[rank1]: something else\n");
  ASSERT_EQ(stuck.collectives.size(), 1U);
  const StuckCollective& c = stuck.collectives[0];
  EXPECT_EQ(c.operation, "ALLREDUCE");
  EXPECT_EQ(c.sequence, 1580);
  EXPECT_DOUBLE_EQ(c.elements(), 466119168);
  EXPECT_DOUBLE_EQ(c.timeout_s, 600);
  EXPECT_THAT(c.ranks, ElementsAre(0, 4));
}

TEST(StuckCollectives, AreToldApart) {
  const auto stuck = read_stuck_collectives(line(0, "WorkNCCL(SeqNum=5, OpType=ALLREDUCE, Timeout(ms)=1800000)") +
                                            line(1, "WorkNCCL(SeqNum=6, OpType=BROADCAST, Timeout(ms)=1800000)"));
  EXPECT_EQ(stuck.collectives.size(), 2U);
  EXPECT_THAT(stuck.ranks, ElementsAre(0, 1));
  EXPECT_DOUBLE_EQ(stuck.collectives[0].elements(), 0);
}

TEST(StuckCollectives, AreReadFromNewerPrefixes) {
  const auto stuck = read_stuck_collectives(
      "[PG ID 2 PG GUID 5(TENSOR_MODEL_PARALLEL_GROUP) Rank 17] Watchdog caught collective operation timeout: "
      "WorkNCCL(SeqNum=64214, OpType=ALLGATHER, NumelIn=1, NumelOut=32, Timeout(ms)=600000)");
  EXPECT_THAT(stuck.ranks, ElementsAre(17));
  EXPECT_DOUBLE_EQ(stuck.collectives.at(0).elements(), 32);
}

TEST(RangesText, JoinsNeighbours) {
  EXPECT_EQ(ranges_text({}), "");
  EXPECT_EQ(ranges_text({3}), "3");
  EXPECT_EQ(ranges_text({0, 1, 2, 3, 5, 7, 8}), "0-3, 5, 7, 8");
}

}  // namespace
}  // namespace shardplan::advise
