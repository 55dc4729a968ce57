#include "captures/capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "captures/path_class.h"

namespace shardplan::captures {
namespace {

using testing::HasSubstr;

TEST(PathClass, CellsThatTerminalsGlued) {
  const auto names = [](const char* cell) {
    std::string text;
    for (const PathClass& c : glued_classes(cell)) text += c.name + " ";
    return text;
  };
  EXPECT_EQ(names("PXBNODE"), "PXB NODE ");
  EXPECT_EQ(names("NV12NV12"), "NV12 NV12 ");
  EXPECT_EQ(names("SOC"), "SYS ");
  EXPECT_EQ(names("PH0-115"), "");
  EXPECT_EQ(names("NV"), "");
}

TEST(Captures, LargeOnesAreRefused) {
  const auto t = read(std::string(kLargestCaptureBytes + 1, ' '));
  ASSERT_FALSE(t);
  EXPECT_THAT(t.error().front().message, HasSubstr("4 MiB"));
}

TEST(Captures, DeepXmlIsRefused) {
  std::string text = "<system>";
  for (int i = 0; i < 100000; ++i) text += "<pci>";
  EXPECT_FALSE(read(text));
}

TEST(Captures, ADamagedLineIsNamed) {
  const auto t = read("\tGPU0\tGPU1\nGPU0\t X \tNV4\nGPU1\tN?4\t X \n");
  ASSERT_TRUE(t);
  ASSERT_FALSE(t->warnings.empty());
  EXPECT_THAT(t->warnings.front(), HasSubstr("Line 3"));
  EXPECT_EQ(t->links.front().path, "NV4");
}

TEST(Captures, ACellThatTheEndCutIsNotRead) {
  const auto t = read("\tGPU0\tGPU1\tGPU2\tGPU3\nGPU0\t X \tNV12\tNV1");
  ASSERT_TRUE(t);
  ASSERT_EQ(t->links.size(), 6u);
  EXPECT_EQ(t->links[0].path, "NV12");
  EXPECT_EQ(t->links[1].path, "");
}

TEST(Captures, WhatIsMissingIsAskedFor) {
  const auto t = read("\tGPU0\tGPU1\nGPU0\t X \tPHB\nGPU1\tPHB\t X \n");
  ASSERT_TRUE(t);
  EXPECT_THAT(t->missing, testing::ElementsAre("gpu"));
}

}  // namespace
}  // namespace shardplan::captures
