// What machines print, byte by byte as it comes, to the importers and on to the links of each process group.
#include <algorithm>
#include <cstdlib>

#include "captures/capture.h"
#include "topology/link_graph.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  constexpr size_t kMostGpus = 64;
  auto t = shardplan::captures::read({reinterpret_cast<const char*>(data), size});
  if (!t || t->gpus.empty() || t->gpus.size() > kMostGpus) return 0;
  const auto host = shardplan::topology::host_links(*t);
  if (host.order.size() != t->gpus.size()) std::abort();
  for (const auto& r : host.rates)
    if (!(r.gb_per_s >= 0 && r.gb_per_s < 1e9)) std::abort();
  return 0;
}
