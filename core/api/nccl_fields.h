// NCCL's variables from their preset, and the field tables of emit/nccl.h that several operations print.
#pragma once

#include "base/result.h"
#include "emit/nccl.h"
#include "json/spec_fields.h"

namespace shardplan::api {

struct NcclReleases {
  std::vector<emit::NcclVersion> versions;  // ascending
  std::vector<emit::NcclVariable> variables;
};
const NcclReleases& nccl_releases();

// The newest known release where `text` is empty; an error where it is no version.
Result<emit::NcclVersion> asked_version(const std::string& text, const std::string& path,
                                        std::vector<std::string>& assumptions, std::vector<std::string>& warnings);

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(emit::Fabric, "fabric");
SHARDPLAN_DESCRIBE(emit::Variable, "variable");

}  // namespace shardplan::json
