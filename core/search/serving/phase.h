// The fastest ways for a batch of prompts or of decoding sequences alone. Beside: search.h serves users.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "estimate/serving/phase.h"
#include "search/serving/space.h"

namespace shardplan::search::serving {

struct PhaseGoal {
  estimate::serving::PhaseKind kind = estimate::serving::PhaseKind::kDecode;
  spec::RequestShape shape;
  std::vector<double> batches;
};

struct PhasePoint {
  estimate::serving::Way way;
  estimate::serving::Phase phase;
  double batch = 1;
  int gpus = 0;
};

struct PhaseFound {
  std::vector<PhasePoint> points;    // most tokens per second first
  std::vector<PhasePoint> frontier;  // latency against throughput, quickest first
  int too_large = 0;                 // ways whose memory does not hold the batch
};

PhaseFound search_phase(const estimate::serving::Deployment& deployment, const estimate::serving::Constants& constants,
                        const std::vector<estimate::serving::Way>& ways, const PhaseGoal& goal);

// The fewest GPUs that hold the weights and a batch, with the layout that leaves most room.
struct SmallestSystem {
  int gpus = 0;  // 0: more than `most_gpus`
  estimate::serving::Way way;
  std::optional<estimate::serving::Way> too_small;  // the best of the next smaller size
  double too_small_by_bytes = 0;                    // that it lacks on each GPU
};
SmallestSystem smallest_system(const estimate::serving::Deployment& deployment, const spec::RequestShape& shape,
                               const spec::ServingPrecision& precision, double batch, int most_gpus);

// Every pair of TP and PP that cuts heads and layers evenly, on at most so many GPUs.
struct Pair {
  int tp = 1, pp = 1;
};
std::vector<Pair> even_pairs(const spec::Model& model, int gpus);

}  // namespace shardplan::search::serving
