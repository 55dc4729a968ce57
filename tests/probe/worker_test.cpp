#include "worker.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace shardplan::probe {
namespace {

TEST(Worker, AnswersInOneChildUntilItFails) {
  Worker worker([]() -> Worker::Serve {
    return [calls = 0](const std::string& request) mutable {
      ++calls;
      if (request == "hang") ::pause();
      if (request == "crash") ::_exit(7);
      return request + std::to_string(calls);
    };
  });
  EXPECT_EQ(worker.call("a", 5).bytes, "a1");
  EXPECT_EQ(worker.call("b", 5).bytes, "b2");
  EXPECT_EQ(worker.children(), 1);
  const double begin = seconds_now();
  EXPECT_EQ(worker.call("hang", 0.2).missed, Missed::kDeadline);
  EXPECT_LT(seconds_now() - begin, 2);
  EXPECT_EQ(worker.call("c", 5).bytes, "c1");
  EXPECT_EQ(worker.call("crash", 5).missed, Missed::kCrash);
  EXPECT_EQ(worker.call(std::string(1 << 20, 'x'), 5).bytes.size(), (1u << 20) + 1);
  EXPECT_EQ(worker.children(), 3);
}

TEST(Worker, WhatALibraryPrintsIsNoAnswer) {
  Worker worker([]() -> Worker::Serve {
    return [](const std::string&) {
      std::puts("chatter");
      std::fflush(stdout);
      return std::string("answer");
    };
  });
  testing::internal::CaptureStdout();
  EXPECT_EQ(worker.call("", 5).bytes, "answer");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace shardplan::probe
