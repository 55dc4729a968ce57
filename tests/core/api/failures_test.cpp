// The known failures, as data.
#include "api/failures.h"

#include <gmock/gmock.h>

#include <set>

#include "advise/log_scan.h"
#include "api/nccl_fields.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

using advise::Failure;

TEST(Failures, AreThere) { EXPECT_GE(failures().size(), 30U); }

TEST(Failures, HaveNamesOfTheirOwn) {
  std::set<std::string> names;
  for (const Failure& f : failures()) {
    EXPECT_TRUE(names.insert(f.id).second) << f.id;
    for (const std::string& alias : f.aliases) EXPECT_TRUE(names.insert(alias).second) << f.id << ": " << alias;
  }
  for (const char* topic : {"cuda_oom", "nccl_timeout", "nccl_init_failed", "tp_mismatch", "pp_imbalance",
                            "low_gpu_util", "gradient_overflow", "checkpoint_oom", "oom"})
    EXPECT_GE(find_failure(topic), 0) << topic;
  EXPECT_EQ(find_failure("OOM"), find_failure("cuda-oom"));
  EXPECT_EQ(find_failure("inf"), -1);
}

TEST(Failures, FollowOnlyKnownOnes) {
  for (const Failure& f : failures())
    for (const std::string& other : f.follows)
      EXPECT_TRUE(other == "*" || find_failure(other) >= 0) << f.id << ": " << other;
}

TEST(Failures, SayWhatToDoAndWhereItIsFrom) {
  for (const Failure& f : failures()) {
    EXPECT_FALSE(f.symptoms.empty()) << f.id;
    EXPECT_FALSE(f.causes.empty()) << f.id;
    EXPECT_FALSE(f.checks.empty()) << f.id;
    EXPECT_FALSE(f.fixes.empty()) << f.id;
    ASSERT_FALSE(f.sources.empty()) << f.id;
    for (const advise::Source& s : f.sources) EXPECT_THAT(s.url, testing::StartsWith("https://")) << f.id;
  }
}

TEST(Failures, AreShownByTheirOwnPhrases) {
  for (const Failure& f : failures())
    for (const advise::Sign& sign : f.signs) {
      const advise::Scan scan = advise::scan_log("x " + join(sign.all, " x "), failures());
      const bool found = std::any_of(scan.findings.begin(), scan.findings.end(), [&](const advise::Finding& finding) {
        return failures()[static_cast<size_t>(finding.failure)].id == f.id;
      });
      EXPECT_TRUE(found) << f.id << ": " << join(sign.all, ", ");
    }
}

TEST(Failures, SetVariablesThatNcclReads) {
  for (const Failure& f : failures())
    for (const advise::Setting& s : f.settings)
      if (s.name.substr(0, 5) == "NCCL_")
        EXPECT_EQ(emit::reading_of(nccl_releases().variables, s.name, nccl_releases().versions.back()),
                  emit::Reading::kRead)
            << s.name;
}

}  // namespace
}  // namespace shardplan::api
