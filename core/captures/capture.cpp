#include "captures/capture.h"

#include <algorithm>

#include "captures/text.h"

namespace shardplan::captures {
namespace {

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }

std::string_view without_mark(std::string_view text) {
  if (text.substr(0, 3) == "\xEF\xBB\xBF") text.remove_prefix(3);
  return trimmed(text);
}

// What people also paste, and what to paste instead.
struct Stranger {
  std::string_view sign;
  const char* what;
  const char* instead;
};
constexpr size_t kFirstLines = 4096;
constexpr Stranger kStrangers[] = {
    {"<graphs", "This is NCCL's graph, not its topology.", "NCCL_TOPO_DUMP_FILE writes the topology."},
    {"NVSMI LOG", "This is nvidia-smi -q as text.",
     "Give 'nvidia-smi -q -x' for the GPUs, or 'nvidia-smi topo -m' for their links."},
    {"NVIDIA-SMI ", "This is the table that nvidia-smi prints.", "Give 'nvidia-smi topo -m'."},
    {"CA type:", "This is ibstat, which names adapters and no GPU.", "Give 'nvidia-smi topo -m'."},
    {"Infiniband device '", "This is ibstatus, which names adapters and no GPU.", "Give 'nvidia-smi topo -m'."},
    {"NVLink information", "This is nvidia-smi nvlink, which does not say what the links lead to.",
     "Give 'nvidia-smi topo -m'."},
    {"Link 0: ", "This is nvidia-smi nvlink, which does not say what the links lead to.", "Give 'nvidia-smi topo -m'."},
    {"SwitchName=", "This is Slurm's topology.conf, which names no GPU.", "Give 'nvidia-smi topo -m' of a node."},
    {"vendid=", "This is ibnetdiscover, which names no GPU.", "Give 'nvidia-smi topo -m' of a node."},
};

// Name of the first element, comments and declarations left aside.
std::string_view first_element(std::string_view text) {
  for (size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at + 1)) {
    if (text.substr(at, 4) == "<!--") {
      at = text.find("-->", at);
      if (at == std::string_view::npos) return {};
      continue;
    }
    const char next = at + 1 < text.size() ? text[at + 1] : ' ';
    if (next == '!' || next == '?') continue;
    const size_t end = text.find_first_of(" \t\r\n/>", at + 1);
    return text.substr(at + 1, end == std::string_view::npos ? end : end - at - 1);
  }
  return {};
}

Kind kind_of_xml(std::string_view text) {
  const std::string_view root = first_element(text);
  if (root == "nvidia_smi_log") return Kind::kNvidiaSmiXml;
  if (root == "topology") return Kind::kHwlocXml;
  if (root == "system" || root == "cpu" || root == "pci" || root == "gpu") return Kind::kNcclXml;
  return Kind::kUnknown;
}

}  // namespace

Kind kind_of(std::string_view text) {
  text = without_mark(text);
  if (text.substr(0, 1) == "<") return kind_of_xml(text);
  if (text.substr(0, 1) == "{")
    return holds(text, "\"card0\"") || holds(text, "(Topology)") ? Kind::kRocmSmiJson : Kind::kTopologyDocument;
  if (holds(text, "between two GPUs") || holds(text, "(Topology) Numa")) return Kind::kRocmSmiText;
  if (holds(text, "GPU0")) return Kind::kTopoMatrix;
  return Kind::kUnknown;
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::kTopologyDocument: return "topology document";
    case Kind::kTopoMatrix: return "nvidia-smi topo -m";
    case Kind::kNvidiaSmiXml: return "nvidia-smi -q -x";
    case Kind::kNcclXml: return "NCCL topology XML";
    case Kind::kHwlocXml: return "hwloc XML";
    case Kind::kRocmSmiText: return "rocm-smi --showtopo";
    case Kind::kRocmSmiJson: return "rocm-smi --json";
    case Kind::kUnknown: break;
  }
  return "";
}

Result<spec::Topology> read(std::string_view text) {
  if (text.size() > kLargestCaptureBytes)
    return fail("", "The document is larger than " + std::to_string(kLargestCaptureBytes >> 20) + " MiB.",
                "A host's topology takes some kilobytes.");
  text = without_mark(text);
  switch (kind_of(text)) {
    case Kind::kTopoMatrix: return read_topo_matrix(text);
    case Kind::kNvidiaSmiXml: return read_nvidia_smi_xml(text);
    case Kind::kNcclXml: return read_nccl_xml(text);
    case Kind::kHwlocXml: return read_hwloc_xml(text);
    case Kind::kRocmSmiText: return read_rocm_smi_text(text);
    case Kind::kRocmSmiJson: return read_rocm_smi_json(text);
    default: break;
  }
  for (const Stranger& s : kStrangers)
    if (holds(text.substr(0, kFirstLines), s.sign)) return fail("", s.what, s.instead);
  return fail(
      "", "This is no topology that is known here.",
      "Known are: shardplan-topology/1, nvidia-smi topo -m, nvidia-smi -q -x, NCCL's topology XML, hwloc's XML, "
      "rocm-smi --showtopo (text or JSON).");
}

}  // namespace shardplan::captures
