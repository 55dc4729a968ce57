// Disaggregated serving: a pool of replicas that read prompts, another that decodes, and the keys and values that go
// from one to the other. Beside: arrivals.h has replicas that do both.
#pragma once

#include <vector>

#include "estimate/serving/arrivals.h"

namespace shardplan::estimate::serving {

// One layout that reads prompts, its times per attention group.
struct PromptPool {
  Way way;
  double prompt_s = 0;  // of a stage, for one prompt
  double alone_s = 0;   // one prompt through all stages
};
PromptPool prompt_pool(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                       const Constants& constants);

// One layout that decodes: TPOT by sequences on each attention group, worked out once.
struct DecodePool {
  Way way;
  std::vector<double> sequences, tpot_s;  // ascending
  Profile mid;                            // of the last point

  double most() const { return sequences.back(); }
  double tpot_at(double sequences) const;
  // Sequences whose TPOT is `limit_s`; 0 where one alone is slower.
  double sequences_at(double limit_s) const;
};
DecodePool decode_pool(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                       const Constants& constants);

struct Pools {
  const PromptPool* prompts = nullptr;
  const DecodePool* decode = nullptr;
  int prompt_replicas = 1, decode_replicas = 1;

  int gpus() const {
    return prompt_replicas * gpus_of(prompts->way.layout) + decode_replicas * gpus_of(decode->way.layout);
  }
};

// Seconds until a prompt's keys and values are on the decoding replica: sent once they are complete, over every link
// of the smaller of both replicas.
double transfer_s(const Deployment& deployment, const Pools& pools, const spec::RequestShape& shape);

// Prompts queue as in an M/D/1 queue; decoding sequences follow from Little's law. TTFT counts the transfer.
Operation pools_at_rate(const Deployment& deployment, const Pools& pools, const spec::RequestShape& shape,
                        const Constants& constants, double requests_per_s);

// The most requests per second at which TTFT and TPOT stay below their limits (0: none).
double most_requests_per_s(const Deployment& deployment, const Pools& pools, const spec::RequestShape& shape,
                           const Constants& constants, double ttft_limit_s, double tpot_limit_s);

}  // namespace shardplan::estimate::serving
