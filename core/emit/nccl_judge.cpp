// What to say of a variable that somebody already sets.
#include "emit/nccl.h"

namespace shardplan::emit {
namespace {

bool is_verbs(Fabric f) { return f == Fabric::kInfiniband || f == Fabric::kRoce; }

// Set by hand more often than it helps.
const char* rarely_helps(std::string_view name) {
  if (name == "NCCL_ALGO" || name == "NCCL_PROTO")
    return "NCCL chooses for each size; pinned, most sizes get the wrong one. Keep it only with a measurement.";
  if (name == "NCCL_NTHREADS" || name == "NCCL_MIN_NCHANNELS" || name == "NCCL_MAX_NCHANNELS" ||
      name == "NCCL_BUFFSIZE")
    return "NCCL derives it from GPU and links; more of it takes SMs or memory from the model. Keep it only with a "
           "measurement.";
  if (name == "NCCL_P2P_LEVEL" || name == "NCCL_NET_GDR_LEVEL")
    return "NCCL finds the distance itself; a wrong level sends traffic through the host.";
  if (name == "NCCL_P2P_DISABLE" || name == "NCCL_SHM_DISABLE")
    return "A diagnosis, not a setting: traffic inside the node goes the long way.";
  return nullptr;
}

// Harm on this fabric.
const char* harm(const NcclQuestion& q, std::string_view name, std::string_view value) {
  if (name == "NCCL_IB_DISABLE" && value == "1" && is_verbs(q.fabric))
    return "Turns the fabric off: all traffic between nodes goes over TCP.";
  if (name == "NCCL_IB_GID_INDEX" && q.fabric == Fabric::kInfiniband)
    return "Belongs to RoCE; InfiniBand does not need it.";
  if (name == "NCCL_IB_TC" && q.fabric == Fabric::kInfiniband)
    return "InfiniBand's classes are service levels (NCCL_IB_SL).";
  if (name == "NCCL_IB_HCA" && value.substr(0, 5) == "^mlx5")
    return "Excludes every adapter whose name begins so: nothing is left.";
  if (name.substr(0, 8) == "NCCL_IB_" && !is_verbs(q.fabric) && q.fabric != Fabric::kNvlink &&
      name != "NCCL_IB_DISABLE")
    return "Read by the verbs transport only, which this fabric does not use.";
  if (name == "NCCL_NVLS_ENABLE" && value == "0") return "Gives up reduction in the NVLink switch.";
  return nullptr;
}

// Of other programs, though the name looks like NCCL's.
const char* not_nccl(std::string_view name) {
  if (name == "NCCL_TIMEOUT")
    return "Neither NCCL nor PyTorch reads it: the timeout is init_process_group's, in Megatron-LM "
           "--distributed-timeout-minutes.";
  if (name == "NCCL_ASYNC_ERROR_HANDLING" || name == "NCCL_BLOCKING_WAIT" || name == "NCCL_DESYNC_DEBUG")
    return "PyTorch's old name; TORCH_ in front of it is the present one.";
  return nullptr;
}

bool is_of_plugin(std::string_view name) {
  return name.substr(0, 13) == "NCCL_FASTRAK_" || name.substr(0, 19) == "NCCL_GPUDIRECTTCPX_";
}

std::string gone(const std::string& name, const std::vector<NcclVariable>& variables, const NcclVersion& version) {
  for (const NcclVariable& v : variables)
    if (v.name == name)
      return "NCCL " + version_text(version) + " does not read it; the last release that did is " +
             version_text(*v.until) + ".";
  return "";
}

std::string not_yet(const std::string& name, const std::vector<NcclVariable>& variables, const NcclVersion& version) {
  for (const NcclVariable& v : variables)
    if (v.name == name)
      return "NCCL " + version_text(version) + " does not read it yet; the first release that does is " +
             version_text(v.since) + ".";
  return "";
}

}  // namespace

Judgement judge(const NcclQuestion& q, const std::vector<NcclVariable>& variables, const std::string& name,
                const std::string& value) {
  switch (reading_of(variables, name, q.version)) {
    case Reading::kNoLonger: return {name, gone(name, variables, q.version), true};
    case Reading::kNotYet: return {name, not_yet(name, variables, q.version), true};
    case Reading::kUnknown:
      if (is_of_plugin(name)) return {name, "Read by Google's network plugin, not by NCCL.", false};
      if (const char* text = not_nccl(name)) return {name, text, true};
      if (std::string_view(name).substr(0, 5) == "NCCL_")
        return {name, "No release of NCCL up to the newest known reads it.", true};
      return {name, "Not a variable of NCCL.", false};
    case Reading::kRead: break;
  }
  if (const char* text = harm(q, name, value)) return {name, text, true};
  if (const char* text = rarely_helps(name)) return {name, text, true};
  return {name, "Read by NCCL " + version_text(q.version) + ".", false};
}

}  // namespace shardplan::emit
