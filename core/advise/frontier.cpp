#include "advise/frontier.h"

#include <algorithm>
#include <numeric>

namespace shardplan::advise {

std::vector<size_t> frontier(const std::vector<Point>& points) {
  std::vector<size_t> order(points.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    const Point &x = points[a], &y = points[b];
    return x.cost != y.cost ? x.cost < y.cost : x.gain > y.gain;
  });
  std::vector<size_t> front;
  for (size_t i : order)
    if (front.empty() || points[i].gain > points[front.back()].gain) front.push_back(i);
  return front;
}

size_t knee(const std::vector<Point>& points, const std::vector<size_t>& front) {
  const Point &low = points[front.front()], &high = points[front.back()];
  const double width = high.cost - low.cost, height = high.gain - low.gain;
  size_t best = front.front();
  double farthest = 0;
  if (front.size() > 2 && width > 0 && height > 0) {
    for (size_t i : front) {
      const double above = (points[i].gain - low.gain) / height - (points[i].cost - low.cost) / width;
      if (above <= farthest) continue;
      farthest = above;
      best = i;
    }
  }
  if (farthest > 0) return best;
  return *std::max_element(front.begin(), front.end(), [&](size_t a, size_t b) {
    return points[a].gain * points[b].cost < points[b].gain * points[a].cost;
  });
}

}  // namespace shardplan::advise
