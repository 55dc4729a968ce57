// The steady state of a load: how many sequences decode at once, and what each request waits for. Below: engine.h,
// memory.h. Above: search/serving compares layouts by it.
#pragma once

#include "estimate/serving/engine.h"
#include "estimate/serving/memory.h"

namespace shardplan::estimate::serving {

// One way to serve: a layout, its number formats, and how many copies of it share the load.
struct Way {
  spec::ServingLayout layout;
  spec::ServingPrecision precision;
  int replicas = 1;
};

struct Steady {
  Profile profile;
  Latency latency;
  double concurrency = 0;  // requests on one attention group that have memory
  double wait = 0;         // share of a request's life that it waits for memory
  double added_s = 0;      // that one prompt adds to a busy engine
};

// `concurrency` requests on each attention group of a replica, a new one as soon as one ends.
Steady closed_loop_state(const Deployment& deployment, const Way& way, const spec::RequestShape& shape,
                         const Constants& constants, double concurrency);

// Sequences that one attention group's memory holds in the middle of their lives, at least 1.
double held_sequences(const Deployment& deployment, const Way& way, const spec::RequestShape& shape);

}  // namespace shardplan::estimate::serving
