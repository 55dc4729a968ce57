// What the tools of a machine print, read into one topology: nvidia-smi topo -m, nvidia-smi -q -x, NCCL's topology XML,
// hwloc's XML, rocm-smi --showtopo as text and JSON. The kind is recognised by the text. Nothing is guessed: what a
// format does not say is listed as missing, and a damaged line is named.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "spec/topology.h"

namespace shardplan::captures {

enum class Kind {
  kTopologyDocument,  // our own JSON
  kTopoMatrix,        // nvidia-smi topo -m
  kNvidiaSmiXml,      // nvidia-smi -q -x
  kNcclXml,
  kHwlocXml,
  kRocmSmiText,
  kRocmSmiJson,
  kUnknown,
};

inline constexpr size_t kLargestCaptureBytes = 4u << 20;

Kind kind_of(std::string_view text);
const char* name_of(Kind kind);  // "nvidia-smi topo -m"

// Any kind but kTopologyDocument, which api/operations/topology reads by its field table. Errors name the line.
Result<spec::Topology> read(std::string_view text);

// One per file.
Result<spec::Topology> read_topo_matrix(std::string_view text);
Result<spec::Topology> read_nvidia_smi_xml(std::string_view text);
Result<spec::Topology> read_nccl_xml(std::string_view text);
Result<spec::Topology> read_hwloc_xml(std::string_view text);
Result<spec::Topology> read_rocm_smi_text(std::string_view text);
Result<spec::Topology> read_rocm_smi_json(std::string_view text);

}  // namespace shardplan::captures
