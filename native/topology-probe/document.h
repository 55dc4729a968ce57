// The document that the probe prints: "format": "shardplan-topology/1". At its top what a plan reads, by the names that
// the core reads; under "probe" every fact with its status.
#pragma once

#include <string>

#include "host.h"

namespace shardplan::probe {

struct DocumentOptions {
  bool pretty = false;
  bool redacted = false;
};

std::string document(const Host& host, const DocumentOptions& options);

}  // namespace shardplan::probe
