#include "advise/memory_message.h"

#include <gmock/gmock.h>

namespace shardplan::advise {
namespace {

using testing::DoubleNear;
using testing::Optional;

TEST(MemoryMessage, ReadsPyTorchOfToday) {
  const auto m = read_memory_message(
      "[rank3]: torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 22.78 GiB. GPU 3 has a total capacity of "
      "31.47 GiB of which 12.73 GiB is free. Including non-PyTorch memory, this process has 18.73 GiB memory in use. "
      "Of "
      "the allocated memory 9.08 GiB is allocated by PyTorch, with 512.00 MiB allocated in private pools (e.g., CUDA "
      "Graphs), and 9.35 GiB is reserved by PyTorch but unallocated. If reserved but unallocated memory is large ...");
  ASSERT_TRUE(m);
  EXPECT_THAT(m->gpu, Optional(3));
  EXPECT_DOUBLE_EQ(m->requested, 22.78);
  EXPECT_THAT(m->total, Optional(31.47));
  EXPECT_THAT(m->free, Optional(12.73));
  EXPECT_THAT(m->process, Optional(18.73));
  EXPECT_THAT(m->allocated, Optional(9.08));
  EXPECT_THAT(m->private_pools, Optional(0.5));
  EXPECT_THAT(m->unallocated, Optional(9.35));
  EXPECT_TRUE(m->other_processes.empty());
  const MemoryVerdict v = verdict_of(*m);
  EXPECT_THAT(v.fragmented, Optional(false));  // 22.08 of 22.78
  EXPECT_THAT(v.crowded, Optional(false));
  EXPECT_THAT(v.outside, Optional(DoubleNear(0.3, 1e-9)));
}

TEST(MemoryMessage, TellsOtherProcessesFromThisOne) {
  const auto beside = read_memory_message(
      "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.55 GiB of which 1.65 GiB is "
      "free. Process 5906 has 293.38 MiB memory in use. Process 343080 has 9.54 MiB memory in use. Including "
      "non-PyTorch "
      "memory, this process has 21.22 GiB memory in use. Of the allocated memory 20.04 GiB is allocated by PyTorch, "
      "and "
      "903.34 MiB is reserved by PyTorch but unallocated.");
  ASSERT_TRUE(beside);
  EXPECT_THAT(beside->process, Optional(21.22));
  EXPECT_EQ(beside->other_processes.size(), 2U);
  EXPECT_THAT(verdict_of(*beside).crowded, Optional(true));  // 0.68 GiB are not this process's
  // In a container a process does not know its own number.
  const auto contained = read_memory_message(
      "CUDA out of memory. Tried to allocate 30.00 GiB. GPU 0 has a total capacity of 95.22 GiB of which 21.23 GiB is "
      "free. Process 608946 has 14.91 GiB memory in use. Process 734147 has 59.07 GiB memory in use. Of the allocated "
      "memory 55.50 GiB is allocated by PyTorch, and 3.14 GiB is reserved by PyTorch but unallocated.");
  ASSERT_TRUE(contained);
  EXPECT_THAT(contained->process, Optional(59.07));
  EXPECT_THAT(contained->other_processes, testing::ElementsAre(14.91));
  EXPECT_THAT(verdict_of(*contained).crowded, Optional(true));
}

TEST(MemoryMessage, ReadsPyTorchOfOld) {
  const auto m = read_memory_message(
      "RuntimeError: CUDA out of memory. Tried to allocate 2.26 GiB (GPU 0; 6.00 GiB total capacity; 781.59 MiB "
      "already "
      "allocated; 3.03 GiB free; 1.24 GiB reserved in total by PyTorch)");
  ASSERT_TRUE(m);
  EXPECT_THAT(m->total, Optional(6.0));
  EXPECT_THAT(m->free, Optional(3.03));
  EXPECT_THAT(m->allocated, Optional(DoubleNear(0.7633, 1e-4)));
  EXPECT_THAT(m->unallocated, Optional(DoubleNear(0.4767, 1e-4)));
  const auto older = read_memory_message(
      "Tried to allocate 12.50 MiB (GPU 0; 10.92 GiB total capacity; 8.57 MiB already allocated; 9.28 GiB free; 4.68 "
      "MiB "
      "cached)");
  ASSERT_TRUE(older);
  EXPECT_THAT(older->unallocated, Optional(DoubleNear(4.68 / 1024, 1e-9)));
}

TEST(MemoryMessage, ReadsAcrossLinesAndOtherSpellings) {
  const auto m = read_memory_message(
      "HIP out of memory.\nTried to allocate 20.00 MiB.\n  GPU 1 has a total capacty of 63.98 GiB\n of which 0 bytes "
      "is "
      "free. 40.00 GiB allowed; Of the allocated\nmemory 60.00 GiB is allocated by PyTorch");
  ASSERT_TRUE(m);
  EXPECT_THAT(m->total, Optional(63.98));
  EXPECT_THAT(m->free, Optional(0.0));
  EXPECT_THAT(m->allowed, Optional(40.0));
  EXPECT_THAT(m->allocated, Optional(60.0));
  const auto xla = read_memory_message("RESOURCE_EXHAUSTED: Out of memory while trying to allocate 2147483648 bytes.");
  ASSERT_TRUE(xla);
  EXPECT_DOUBLE_EQ(xla->requested, 2);
}

TEST(MemoryMessage, TakesTheFullestOfMany) {
  const auto m = read_memory_message(
      "Tried to allocate 1.00 GiB\nCUDA out of memory. Tried to allocate 2.00 GiB. GPU 5 has a total capacity of 79.11 "
      "GiB "
      "of which 1.00 GiB is free.\nCUDA out of memory. Tried to allocate 3.00 GiB");
  ASSERT_TRUE(m);
  EXPECT_DOUBLE_EQ(m->requested, 2);
  EXPECT_THAT(m->gpu, Optional(5));
}

TEST(MemoryMessage, IsAbsentWhereThereAreNoNumbers) {
  EXPECT_FALSE(read_memory_message(""));
  EXPECT_FALSE(read_memory_message("CUDA out of memory"));
  EXPECT_FALSE(read_memory_message("Tried to allocate some GiB, Tried to allocate "));
}

}  // namespace
}  // namespace shardplan::advise
