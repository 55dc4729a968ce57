#include "emit/nccl.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/nccl_fields.h"

namespace shardplan::emit {
namespace {

using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<NcclVariable>& variables() { return api::nccl_releases().variables; }

NcclQuestion question(Fabric fabric, const char* version, int nodes = 4) {
  NcclQuestion q;
  q.fabric = fabric;
  q.version = *nccl_version(version);
  q.num_nodes = nodes;
  return q;
}

constexpr Fabric kFabrics[] = {Fabric::kNvlink, Fabric::kInfiniband, Fabric::kRoce,      Fabric::kEfa,
                               Fabric::kTcpx,   Fabric::kTcpxo,      Fabric::kSlingshot, Fabric::kEthernet};

TEST(NcclVersion, Reads) {
  EXPECT_EQ(nccl_version("2.21.5"), (NcclVersion{2, 21, 5}));
  EXPECT_EQ(nccl_version("v2.21.5-1"), (NcclVersion{2, 21, 5}));
  EXPECT_EQ(nccl_version("2.21.5+cuda12.4"), (NcclVersion{2, 21, 5}));
  EXPECT_EQ(nccl_version("2.21"), (NcclVersion{2, 21, 0}));
  for (const char* wrong : {"", "2", "two", "2.", "2..1", "2.21.5.1", "2.x", "2.99999.1"})
    EXPECT_EQ(nccl_version(wrong), std::nullopt) << wrong;
}

TEST(NcclVariables, KnowTheirReleases) {
  const NcclVersion v{2, 20, 5};
  EXPECT_EQ(reading_of(variables(), "NCCL_ALGO", v), Reading::kRead);
  EXPECT_EQ(reading_of(variables(), "NCCL_TREE_THRESHOLD", v), Reading::kNoLonger);
  EXPECT_EQ(reading_of(variables(), "NCCL_TREE_THRESHOLD", {2, 4, 8}), Reading::kRead);
  EXPECT_EQ(reading_of(variables(), "NCCL_RAS_ENABLE", v), Reading::kNotYet);
  EXPECT_EQ(reading_of(variables(), "NCCL_TIMEOUT", v), Reading::kUnknown);
}

TEST(NcclSettings, NeverNamesWhatTheReleaseDoesNotRead) {
  for (const NcclVersion& version : api::nccl_releases().versions)
    for (const Fabric fabric : kFabrics) {
      NcclQuestion q = question(fabric, "2.30.7");
      q.version = version;
      const NcclSettings s = nccl_settings(q, variables());
      const auto check = [&](const std::string& name) {
        const Reading r = reading_of(variables(), name, version);
        const bool plugin = name.rfind("NCCL_FASTRAK_", 0) == 0 || name.rfind("NCCL_GPUDIRECTTCPX_", 0) == 0;
        if (name.rfind("NCCL_", 0) == 0 && !plugin) {
          EXPECT_EQ(r, Reading::kRead) << name << version_text(version);
        }
      };
      for (const auto& list : {s.settings, s.measure, s.debug})
        for (const Variable& v : list) check(v.name);
      for (const SiteVariable& v : s.site) check(v.name);
    }
}

TEST(NcclSettings, OneNodeNeedsNothing) {
  for (const Fabric fabric : kFabrics) {
    const NcclSettings s = nccl_settings(question(fabric, "2.27.7", 1), variables());
    EXPECT_THAT(s.settings, IsEmpty());
    EXPECT_THAT(s.site, IsEmpty());
    EXPECT_THAT(s.warnings, IsEmpty());
  }
}

TEST(NcclSettings, TellsRoceFromInfiniband) {
  const auto gid = Contains(Field(&SiteVariable::name, "NCCL_IB_GID_INDEX"));
  const auto traffic_class = Contains(Field(&SiteVariable::name, "NCCL_IB_TC"));
  for (const char* version : {"2.18.3", "2.27.7"}) {
    const NcclSettings ib = nccl_settings(question(Fabric::kInfiniband, version), variables());
    EXPECT_THAT(ib.site, Not(gid));
    EXPECT_THAT(ib.site, Not(traffic_class));
    EXPECT_THAT(nccl_settings(question(Fabric::kRoce, version), variables()).site, traffic_class);
  }
  EXPECT_THAT(nccl_settings(question(Fabric::kRoce, "2.18.3"), variables()).site, gid);
  EXPECT_THAT(nccl_settings(question(Fabric::kRoce, "2.27.7"), variables()).site, Not(gid));
}

TEST(NcclSettings, WaitsAsLongAsLaterReleasesDo) {
  const auto timeout = Contains(Field(&Variable::name, "NCCL_IB_TIMEOUT"));
  EXPECT_THAT(nccl_settings(question(Fabric::kInfiniband, "2.22.3"), variables()).settings, timeout);
  EXPECT_THAT(nccl_settings(question(Fabric::kInfiniband, "2.23.4"), variables()).settings, Not(timeout));
}

TEST(NcclSettings, MoreSocketsOnFastEthernetOnly) {
  NcclQuestion q = question(Fabric::kEthernet, "2.27.7");
  const auto threads = Contains(Field(&Variable::name, "NCCL_SOCKET_NTHREADS"));
  EXPECT_THAT(nccl_settings(q, variables()).measure, threads);
  q.nic_gb_per_s = 12.5;
  EXPECT_THAT(nccl_settings(q, variables()).settings, threads);
  q.nic_gb_per_s = 1.25;
  EXPECT_THAT(nccl_settings(q, variables()).settings, Not(threads));
  EXPECT_THAT(nccl_settings(q, variables()).measure, Not(threads));
}

TEST(NcclJudge, SaysWhatIsWrong) {
  const NcclQuestion ib = question(Fabric::kInfiniband, "2.27.7"), efa = question(Fabric::kEfa, "2.27.7");
  const auto verdict = [&](const NcclQuestion& q, const char* name, const char* value) {
    const Judgement j = judge(q, variables(), name, value);
    return (j.is_problem ? "problem: " : "fine: ") + j.verdict;
  };
  EXPECT_THAT(verdict(ib, "NCCL_TREE_THRESHOLD", "0"), HasSubstr("problem: NCCL 2.27.7 does not read it"));
  EXPECT_THAT(verdict(ib, "NCCL_IB_OOO_RQ", "1"), HasSubstr("not read it yet"));
  EXPECT_THAT(verdict(ib, "NCCL_TIMEOUT", "1800"), HasSubstr("Neither NCCL nor PyTorch"));
  EXPECT_THAT(verdict(ib, "NCCL_IB_HCA", "^mlx5"), HasSubstr("every adapter"));
  EXPECT_THAT(verdict(ib, "NCCL_IB_DISABLE", "1"), HasSubstr("Turns the fabric off"));
  EXPECT_THAT(verdict(ib, "NCCL_IB_HCA", "=mlx5_0"), HasSubstr("fine"));
  EXPECT_THAT(verdict(efa, "NCCL_IB_TIMEOUT", "23"), HasSubstr("verbs"));
  EXPECT_THAT(verdict(ib, "NCCL_ALGO", "Ring"), HasSubstr("problem: NCCL chooses"));
  EXPECT_THAT(verdict(ib, "OMP_NUM_THREADS", "1"), HasSubstr("fine"));
}

}  // namespace
}  // namespace shardplan::emit
