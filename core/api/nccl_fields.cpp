#include "api/nccl_fields.h"

#include "api/nccl_variables_text.h"
#include "json/document.h"

namespace shardplan::api {
namespace {

// The preset as it is written.
struct VariableEntry {
  std::string name, since, until;
};
struct VariablesFile {
  std::string source;
  std::vector<std::string> versions;
  std::vector<VariableEntry> variables;
};

}  // namespace
}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::VariableEntry, "nccl_variable");
Fields Describe<api::VariableEntry>::fields() {
  using V = api::VariableEntry;
  static constexpr Field table[] = {field<&V::name>("name").required(), field<&V::since>("since").required(),
                                    field<&V::until>("until")};
  return table;
}

SHARDPLAN_DESCRIBE(api::VariablesFile, "nccl_variables");
Fields Describe<api::VariablesFile>::fields() {
  using F = api::VariablesFile;
  static constexpr Field table[] = {field<&F::source>("source").required(), field<&F::versions>("versions").required(),
                                    field<&F::variables>("variables").required()};
  return table;
}

std::span<const EnumEntry> DescribeEnum<emit::Fabric>::entries() {
  using enum emit::Fabric;
  static constexpr EnumEntry table[] = {
      {static_cast<int>(kNvlink), "nvlink", "inside a node or a rack"},
      {static_cast<int>(kInfiniband), "infiniband"},
      {static_cast<int>(kInfiniband), "ib", "", true},
      {static_cast<int>(kRoce), "roce"},
      {static_cast<int>(kRoce), "rocev2", "", true},
      {static_cast<int>(kEfa), "efa", "AWS"},
      {static_cast<int>(kTcpx), "tcpx", "Google A3 High"},
      {static_cast<int>(kTcpxo), "tcpxo", "Google A3 Mega"},
      {static_cast<int>(kSlingshot), "slingshot", "HPE"},
      {static_cast<int>(kEthernet), "ethernet", "TCP sockets"},
      {static_cast<int>(kEthernet), "tcp", "", true},
      {static_cast<int>(kEthernet), "socket", "", true},
  };
  return table;
}

Fields Describe<emit::Variable>::fields() {
  using V = emit::Variable;
  static constexpr Field table[] = {
      field<&V::name>("name"),
      field<&V::value>("value"),
      field<&V::reason>("reason"),
  };
  return table;
}

}  // namespace shardplan::json

namespace shardplan::api {

const NcclReleases& nccl_releases() {
  static const NcclReleases releases = [] {
    NcclReleases r;
    const auto document = json::parse(nccl_variables_text());
    if (!document) return r;
    const auto file = json::read<VariablesFile>(*document);
    if (!file) return r;
    for (const std::string& v : file->versions) r.versions.push_back(*emit::nccl_version(v));
    for (const VariableEntry& v : file->variables)
      r.variables.push_back({v.name, *emit::nccl_version(v.since), emit::nccl_version(v.until)});
    return r;
  }();
  return releases;
}

Result<emit::NcclVersion> asked_version(const std::string& text, const std::string& path,
                                        std::vector<std::string>& assumptions, std::vector<std::string>& warnings) {
  const emit::NcclVersion newest = nccl_releases().versions.back();
  if (text.empty()) {
    assumptions.push_back("NCCL " + emit::version_text(newest) + ", the newest release known here.");
    return newest;
  }
  const auto version = emit::nccl_version(text);
  if (!version || version->major != 2)
    return fail(path, "'" + text + "' is no version of NCCL 2.",
                "Such as " + emit::version_text(newest) + "; NCCL_DEBUG=VERSION prints it.");
  if (newest < *version)
    warnings.push_back("NCCL " + emit::version_text(*version) + " is newer than " + emit::version_text(newest) +
                       ", the newest known here; variables are judged by that one.");
  return std::min(*version, newest);
}

}  // namespace shardplan::api
