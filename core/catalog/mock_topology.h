// A host as its data sheet says it is, for planning before there is a machine to look at.
#pragma once

#include "catalog/catalog.h"
#include "spec/topology.h"

namespace shardplan::catalog {

// `gpus` of the accelerator in one host; `system` may be null. Links: the scale-up fabric where it joins the whole
// host, pairs where it joins two, PCIe elsewhere.
spec::Topology mock_topology(const spec::Accelerator& accelerator, const spec::System* system, int gpus);

}  // namespace shardplan::catalog
