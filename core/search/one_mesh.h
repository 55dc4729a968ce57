// Limits that leave a space one mesh: a strategy's degrees, for callers that want the inner axes beside it.
#pragma once

#include "search/space.h"

namespace shardplan::search {

inline Limits one_mesh(const spec::Strategy& s) {
  Limits here;
  here.tp = {s.tp};
  here.pp = {s.pp};
  here.cp = {s.cp};
  here.dp = {s.dp};
  here.ep = {s.ep};
  here.etp = {s.etp};
  here.tp_across_domains = true;
  return here;
}

}  // namespace shardplan::search
