// Every number with its formula and the values put in, from the step time and the peak memory down to kernels, links
// and tensors. Below: estimate/ computes the same numbers without explaining them; tests/explain evaluates each formula
// with its values and expects the estimate.
#pragma once

#include <string>
#include <vector>

#include "estimate/problem.h"

namespace shardplan::explain {

// A symbol of a formula. `id`: the quantity that explains it further; empty where it is given.
struct Term {
  std::string symbol;
  double value = 0;
  std::string unit;
  std::string meaning;
  std::string id;
};

// Formulas are written with + - * / ( ), the terms' symbols, and min, max, exp, ln and
// smooth_max(x, y) = (x^6 + y^6)^(1/6).
struct Quantity {
  std::string id;
  std::string title;
  std::string unit;
  double value = 0;
  std::string formula;
  std::vector<Term> terms;
  std::string source;  // paper and equation, or where the fitted numbers come from
};

using Explanation = std::vector<Quantity>;

// From the step time down. The parts are those before a user's own calibration scales the step.
void explain_step(const estimate::Context& context, const spec::Strategy& s, Explanation& out);
// One pass over one layer, forward and backward.
void explain_layer(const estimate::Context& context, const spec::Strategy& s, Explanation& out);
// What data-parallel ranks send each other, and the optimizer's step.
void explain_data_parallel(const estimate::Context& context, const spec::Strategy& s, Explanation& out);
// Peak memory of the worst stage, in bytes.
void explain_memory(const estimate::Context& context, const spec::Strategy& s, Explanation& out);
// Throughput, utilisation, cost, intervals.
void explain_result(const estimate::Context& context, const spec::Strategy& s, Explanation& out);

// All of them, the results first.
Explanation explain(const estimate::Context& context, const spec::Strategy& s);

}  // namespace shardplan::explain
