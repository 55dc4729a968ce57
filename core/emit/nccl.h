// NCCL settings for a fabric: the few that its version does not choose well by itself, each with its reason, those that
// only the site knows, and what NCCL does already. Which variables a version reads is data (presets/nccl), given by the
// caller. emit/environment.h puts them into a job's environment.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emit/artefact.h"

namespace shardplan::emit {

// What joins the nodes; kNvlink where nothing else is known.
enum class Fabric { kNvlink, kInfiniband, kRoce, kEfa, kTcpx, kTcpxo, kSlingshot, kEthernet };

struct NcclVersion {
  int major = 0, minor = 0, patch = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison for one with a pointer
  auto operator<=>(const NcclVersion&) const = default;
};
// "2.21.5", "v2.21.5-1", "2.21.5+cuda12.4", "2.21" (its first release).
std::optional<NcclVersion> nccl_version(std::string_view text);
std::string version_text(const NcclVersion& version);

// A variable of NCCL itself, and the releases that read it.
struct NcclVariable {
  std::string name;
  NcclVersion since;
  std::optional<NcclVersion> until;  // the last one; absent: the newest still does
};
enum class Reading { kRead, kNotYet, kNoLonger, kUnknown };
Reading reading_of(const std::vector<NcclVariable>& variables, std::string_view name, const NcclVersion& version);

// A variable whose value only the site knows.
struct SiteVariable {
  std::string name;
  std::string example;
  std::string when;  // it is needed
  std::string how;   // to find the value
};

struct Default {
  std::string what;
  std::string reason;  // why it need not be set
};

struct NcclQuestion {
  Fabric fabric = Fabric::kNvlink;
  int num_nodes = 1;
  int gpus_per_node = 8;
  NcclVersion version;
  bool nvlink_spans_nodes = false;  // a rack whose NVLink domain is larger than a node
  bool has_nvlink = true;
  double nic_gb_per_s = 0;  // per GPU; 0: unknown
};

struct NcclSettings {
  std::vector<Variable> settings;
  std::vector<SiteVariable> site;
  std::vector<Variable> measure;  // may help: compare nccl-tests with and without
  std::vector<Default> defaults;
  std::vector<Variable> debug;
  std::vector<std::string> verify;
  std::vector<std::string> warnings;
};

// Only variables that the version reads (those of plugins and PyTorch aside).
NcclSettings nccl_settings(const NcclQuestion& question, const std::vector<NcclVariable>& variables);

// What to say of one of the user's own settings; `is_problem` where it does harm or nothing.
struct Judgement {
  std::string name;
  std::string verdict;
  bool is_problem = false;
};
Judgement judge(const NcclQuestion& question, const std::vector<NcclVariable>& variables, const std::string& name,
                const std::string& value);

}  // namespace shardplan::emit
