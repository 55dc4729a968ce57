// Points of which no other is better in both readings, and the one among them that is a fair deal.
#pragma once

#include <cstddef>
#include <vector>

namespace shardplan::advise {

struct Point {
  double cost = 0;  // less is better
  double gain = 0;  // more is better
};

// Indices of the points that no other beats: at least as good in both, better in one. By cost, and of equal points the
// first.
std::vector<size_t> frontier(const std::vector<Point>& points);

// Where the frontier bends: the point farthest above the straight line between its ends, both readings scaled to 0..1
// (Satopaa et al. 2011, "Finding a kneedle in a haystack"). Of fewer than three points, and of a frontier that is
// nowhere above that line, the one with the most gain per cost. `front` is not empty.
size_t knee(const std::vector<Point>& points, const std::vector<size_t>& front);

}  // namespace shardplan::advise
