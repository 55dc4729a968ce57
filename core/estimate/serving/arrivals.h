// How requests arrive, and what that does to them: a closed loop of so many users, or Poisson arrivals at a rate with
// their queue and its percentiles. Beside: steady.h is the state that both settle in.
#pragma once

#include "estimate/serving/steady.h"

namespace shardplan::estimate::serving {

// What a deployment of equal replicas does for its users.
struct Operation {
  Steady steady;
  bool stable = true;      // the arrivals can be kept up with
  double concurrency = 0;  // requests in the system, of all replicas
  double requests_per_s = 0;
  double tokens_per_s = 0;                       // output tokens, of all replicas
  double ttft_s = 0, tpot_s = 0, request_s = 0;  // means
  double prompt_utilisation = 0;                 // share of the time that prompts take of an engine
};

// `users` over all replicas, each sending the next request when the last one ended.
Operation closed_loop_of(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                         const Constants& constants, double users);

// Poisson arrivals of `requests_per_s` over all replicas. The engine's prompts queue as in an M/D/1 queue; requests in
// the system follow from Little's law.
Operation poisson_of(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                     const Constants& constants, double requests_per_s);

// The q-quantile of a time in the queue of prompts: exponential above the chance of meeting none, exact in heavy
// traffic.
double ttft_quantile_s(const Operation& o, double q);
// TPOT with as many requests in the system as are exceeded with chance 1 - q: Poisson numbers about the mean.
double tpot_quantile_s(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                       const Constants& constants, const Operation& o, double q);

}  // namespace shardplan::estimate::serving
