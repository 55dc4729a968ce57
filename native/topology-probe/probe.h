// One look at a host, by all rooms in turn.
#pragma once

#include <memory>
#include <string>

#include "files.h"
#include "host.h"
#include "pci.h"

namespace shardplan::probe {

struct LookOptions {
  std::string sysroot;
  std::string nvml_library;
  std::string record;     // a file for the raw calls of NVML
  double budget_s = 1.2;  // for NVML's answers together
};

struct Look {
  Host host;
  PciTree tree;
};

Look look(const LookOptions& options);

}  // namespace shardplan::probe
