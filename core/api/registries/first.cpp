// What the page needs for its first plan, small enough to load at once; the rest follows in the module with every
// operation.
#include "api/registry.h"
#include "api/topology_reasons.h"

namespace shardplan::api {

TopologyReader topology_reader() { return nullptr; }
const TopologyReasons* topology_reasons() { return nullptr; }

std::span<const Operation> operations() {
  static const Operation first[] = {
      recommend_operation(),      evaluate_operation(),        presets_operation(),
      recommend_size_operation(), recommend_range_operation(), recommend_merge_operation(),
  };
  return first;
}

}  // namespace shardplan::api
