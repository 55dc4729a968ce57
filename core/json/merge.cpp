#include "json/merge.h"

#include "json/node.h"

namespace shardplan::json {

Document merged(const Document& base, const Document& patch) {
  Document out;
  out.node().value = base.node().value;
  out.node().value.merge_patch(patch.node().value);
  return out;
}

}  // namespace shardplan::json
