// What each term of the estimate is worth: the estimate without it, to be refitted and compared.
#pragma once

#include <vector>

#include "measured/fit.h"

namespace shardplan::fit {

struct Ablation {
  const char* term;
  measured::Predict predict;  // without the term
};
std::vector<Ablation> ablations();

}  // namespace shardplan::fit
