#include "measured/nccl_tests.h"

#include <gtest/gtest.h>

namespace shardplan::measured {
namespace {

constexpr const char* kTwoHosts = R"(# nThread 1 nGpus 1 minBytes 8 maxBytes 8589934592 step: 2(factor)
#
# Using devices
#  Rank  0 Group  0 Pid   1001 on     node-a device  0 [0000:1b:00] NVIDIA H100 80GB HBM3
#  Rank  1 Group  0 Pid   1002 on     node-a device  1 [0000:43:00] NVIDIA H100 80GB HBM3
#  Rank  2 Group  0 Pid   1003 on     node-b device  0 [0000:1b:00] NVIDIA H100 80GB HBM3
#
#                                                              out-of-place                       in-place
#       size         count      type   redop    root     time   algbw   busbw  #wrong     time   algbw   busbw  #wrong
#        (B)    (elements)                               (us)  (GB/s)  (GB/s)             (us)  (GB/s)  (GB/s)
           8             2     float     sum      -1    19.77    0.00  999.00       0    17.84    0.00    0.00       0
  4294967296    1073741824     float     sum      -1    70000   61.30   91.90       0    70100   61.31   92.10       0
  8589934592    2147483648     float     sum      -1   140000   61.36   92.04       0   140100   61.31   91.97     N/A
# Out of bounds values : 0 OK
# Avg bus bandwidth    : 91.01
)";

TEST(NcclTests, BestOfTheLargeMessages) {
  const auto test = read_nccl_test(kTwoHosts);
  ASSERT_TRUE(test);
  EXPECT_EQ(test->ranks, 3);
  EXPECT_EQ(test->ranks_per_host, 2);
  EXPECT_DOUBLE_EQ(test->bus_gb_per_s, 92.10);
  EXPECT_DOUBLE_EQ(test->largest_message_bytes, 8589934592);
}

TEST(NcclTests, TablesWithoutAHeaderAreNotTheirs) {
  EXPECT_FALSE(read_nccl_test("8 2 float sum -1 19.7 0.1 0.2 0\n"));
  EXPECT_FALSE(read_nccl_test("# a comment in some CSV\nmodel,gpu\n"));
}

}  // namespace
}  // namespace shardplan::measured
