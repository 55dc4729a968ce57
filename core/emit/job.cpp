#include "emit/job.h"

#include "base/text.h"

namespace shardplan::emit {

std::string degrees_text(const spec::Strategy& s) {
  std::vector<std::string> parts;
  const auto add = [&](const char* name, int degree) {
    if (degree > 1) parts.push_back(std::string(name) + " " + std::to_string(degree));
  };
  add("TP", s.tp);
  add("PP", s.pp);
  add("VPP", s.vpp);
  add("CP", s.cp);
  add("EP", s.ep);
  add("ETP", s.etp);
  parts.push_back("DP " + std::to_string(s.dp));
  return join(parts, ", ");
}

int zero_stage(spec::Sharding sharding) {
  switch (sharding) {
    case spec::Sharding::kZero0: return 0;
    case spec::Sharding::kZero1: return 1;
    case spec::Sharding::kZero2: return 2;
    case spec::Sharding::kZero3:
    case spec::Sharding::kFsdp:
    case spec::Sharding::kHsdp: return 3;
  }
  return 0;
}

const char* sharding_text(spec::Sharding sharding) {
  switch (sharding) {
    case spec::Sharding::kZero0: return "no sharding";
    case spec::Sharding::kZero1: return "ZeRO-1";
    case spec::Sharding::kZero2: return "ZeRO-2";
    case spec::Sharding::kZero3: return "ZeRO-3";
    case spec::Sharding::kFsdp: return "FSDP";
    case spec::Sharding::kHsdp: return "HSDP";
  }
  return "";
}

}  // namespace shardplan::emit
