#include "advise/log_scan.h"

#include <gmock/gmock.h>

namespace shardplan::advise {
namespace {

Failure failure(const char* id, std::vector<Sign> signs, std::vector<int> xids = {}) {
  Failure f;
  f.id = id;
  f.signs = std::move(signs);
  f.xids = std::move(xids);
  return f;
}

const std::vector<Failure> kFailures = {
    failure("oom", {{{"out of memory"}, {}}}),
    failure("disk", {{{"No space left"}, {"shm"}}}),
    failure("heads", {{{"divisible", "heads"}, {}}}),
    failure("lost", {}, {79}),
};

TEST(ScanLog, FindsFailuresByTheirFirstLine) {
  const Scan scan = scan_log("a\nheads are not divisible\nCUDA out of memory\nCUDA Out Of Memory!\n", kFailures);
  EXPECT_EQ(scan.lines, 4);
  ASSERT_EQ(scan.findings.size(), 2U);
  EXPECT_EQ(scan.findings[0].failure, 2);
  EXPECT_EQ(scan.findings[1].failure, 0);
  EXPECT_EQ(scan.findings[1].lines, 2);
  EXPECT_EQ(scan.findings[1].evidence[0].line, 3);
  EXPECT_EQ(scan.findings[1].evidence[0].text, "CUDA out of memory");
}

TEST(ScanLog, WantsAllPhrasesOfASignInOneLine) {
  EXPECT_TRUE(scan_log("heads\ndivisible\nNo space left on /dev/shm", kFailures).findings.empty());
  EXPECT_EQ(scan_log("No space left on /data", kFailures).findings.size(), 1U);
}

TEST(ScanLog, TakesInformationForNoError) {
  const Scan scan = scan_log("h:1:2 [0] NCCL INFO out of memory\nh:1:2 [0] NCCL INFO heads divisible", kFailures);
  EXPECT_TRUE(scan.findings.empty());
  EXPECT_EQ(scan.information_lines, 2);
}

TEST(ScanLog, ReadsXids) {
  EXPECT_EQ(xid_of("kernel: NVRM: Xid (PCI:0000:10:1c): 63, pid=1896, Row Remapper"), 63);
  EXPECT_EQ(xid_of("Xid without a number"), 0);
  const Scan scan =
      scan_log("NVRM: Xid (PCI:0000:c6:00): 79, pid=1\nNVRM: Xid (PCI:0000:c6:00): 779, pid=1", kFailures);
  ASSERT_EQ(scan.findings.size(), 1U);
  EXPECT_EQ(scan.findings[0].failure, 3);
  EXPECT_EQ(scan.findings[0].lines, 1);
}

TEST(ScanLog, KeepsFewLinesAsEvidence) {
  std::string log;
  for (int i = 0; i < 1000; ++i) log += "rank " + std::to_string(i) + " out of memory\n";
  const Scan scan = scan_log(log, kFailures);
  EXPECT_EQ(scan.findings[0].lines, 1000);
  EXPECT_EQ(scan.findings[0].evidence.size(), 3U);
}

TEST(Excerpt, CutsBetweenCharacters) {
  EXPECT_EQ(excerpt("short", 2, 10), "short");
  const std::string line = "äöüäöüäöüäöüäöü out of memory äöüäöüäöüäöüäöü";
  const std::string cut = excerpt(line, line.find("out"), 31);
  EXPECT_THAT(cut, testing::HasSubstr("out of memory"));
  EXPECT_THAT(cut, testing::StartsWith("..."));
  EXPECT_THAT(cut, testing::EndsWith("..."));
  for (size_t i = 3; i + 1 < cut.size(); ++i)
    if (static_cast<unsigned char>(cut[i]) == 0xC3) EXPECT_EQ(static_cast<unsigned char>(cut[i + 1]) & 0xC0, 0x80);
}

}  // namespace
}  // namespace shardplan::advise
