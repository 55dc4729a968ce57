// The best ways to serve a load: every limit a constraint, ties broken by the order of the space.
#pragma once

#include <optional>
#include <vector>

#include "estimate/serving/arrivals.h"
#include "search/serving/space.h"

namespace shardplan::search::serving {

enum class Objective { kThroughput, kCost, kLatency, kSmallest };

// What the users ask. Neither users nor a rate: as many users as the limits allow.
struct Goal {
  spec::RequestShape shape;
  std::optional<double> users;                                     // at once, in a closed loop
  std::optional<double> requests_per_s;                            // Poisson arrivals
  double ttft_limit_s = 0, tpot_limit_s = 0, request_limit_s = 0;  // 0: none
  double least_tokens_per_s = 0;
  Objective objective = Objective::kThroughput;
};

struct Point {
  estimate::serving::Way way;
  estimate::serving::Operation operation;
  int gpus = 0;
  double over_limit = 0;    // largest share by which a limit is missed; 0: all are kept
  const char* missed = "";  // which limit
};

struct Found {
  std::vector<Point> points;          // that keep every limit, best first
  std::optional<Point> nearest;       // where none does: the one that misses by least
  std::vector<Point> frontier;        // tokens/s/GPU against tokens/s/user, fastest users first
  std::map<std::string, int> missed;  // ways by the limit that they miss most
};

// `frontier`: whether to look for it; it takes most of the time.
Found search(const estimate::serving::Deployment& deployment, const estimate::serving::Constants& constants,
             const std::vector<estimate::serving::Way>& ways, const Goal& goal, bool frontier = true);

// The limit that an operation misses most.
struct Miss {
  double share = 0;
  const char* limit = "";
};
Miss worst_miss(const Goal& goal, const estimate::serving::Operation& operation);

// One way under the goal's load.
Point evaluate(const estimate::serving::Deployment& deployment, const estimate::serving::Constants& constants,
               const estimate::serving::Way& way, const Goal& goal);

// Output tokens per second and GPU, and per user.
double per_gpu(const Point& p);
double per_user(const Point& p);

}  // namespace shardplan::search::serving
