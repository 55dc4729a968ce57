#include "api/laid_over.h"

#include "api/fields.h"
#include "json/overlay.h"

namespace shardplan::api {

Question laid_over(Question base, const Question& own) {
  if (own.gbs || own.batch_size) {
    base.gbs.reset();
    base.batch_size.reset();
  }
  if (!own.gpu.empty()) base.system.clear();
  if (!own.system.empty()) base.gpu.clear();
  if (!own.gpu.empty() || !own.system.empty() || own.memory || own.memory_gib) {
    base.memory.reset();
    base.memory_gib.reset();
  }
  return json::overlaid(base, own);
}

}  // namespace shardplan::api
