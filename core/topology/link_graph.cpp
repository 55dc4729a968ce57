#include "topology/link_graph.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "topology/rings.h"

namespace shardplan::topology {
namespace {

using spec::LinkKind;
using Group = std::vector<int>;

constexpr size_t kMostMatched = 8;  // units whose pairings are all tried

bool is_fabric(const spec::TopologyLink& l) {
  return (l.kind == LinkKind::kNvlink || l.kind == LinkKind::kNvswitch || l.kind == LinkKind::kXgmi) && l.gb_per_s > 0;
}

// How a ring crosses from GPU to GPU without a link of their own.
enum class Way { kUnder, kOverHost, kOverSockets };

class Graph {
 public:
  explicit Graph(const spec::Topology& t) : n_(t.gpus.size()), of_(n_ * n_, nullptr), switch_group_(n_) {
    for (const spec::TopologyLink& l : t.links) {
      if (l.a == l.b) continue;
      at(l.a, l.b) = at(l.b, l.a) = &l;
      if (is_fabric(l)) continue;
      const double rate = l.gb_per_s;
      if (way(l) == Way::kOverSockets) socket_rate_ = std::max(socket_rate_, rate);
    }
    // GPUs below one PCIe switch share its way up.
    std::iota(switch_group_.begin(), switch_group_.end(), 0);
    for (const spec::TopologyLink& l : t.links)
      if (!is_fabric(l) && l.a != l.b && way(l) == Way::kUnder) join(l.a, l.b);
    for (const spec::TopologyGpu& g : t.gpus) numa_.push_back(g.numa_node);
  }

  int size() const { return static_cast<int>(n_); }

  // One group, as if it were alone; `rate` 0 where nothing is known.
  const spec::GroupRate& alone(Group g) const {
    std::sort(g.begin(), g.end());
    const auto [known, is_new] = known_.try_emplace(std::move(g));
    spec::GroupRate& r = known->second;
    if (!is_new) return r;
    r.ranks = static_cast<int>(known->first.size());
    if (!fabric(known->first, r)) r.gb_per_s = slowest_hop(best_ring(known->first));
    return r;
  }

  // All groups of a shape at once: what they share of PCIe and of the way between sockets is divided.
  spec::GroupRate together(const std::vector<Group>& groups) const {
    spec::GroupRate worst;
    worst.gb_per_s = 1e300;
    worst.linked = worst.switched = true;
    std::vector<Group> over_pcie;
    for (const Group& g : groups) {
      const spec::GroupRate& r = alone(g);
      worst.ranks = r.ranks;
      worst.gb_per_s = std::min(worst.gb_per_s, r.gb_per_s);
      worst.linked = worst.linked && r.linked;
      worst.switched = worst.switched && r.switched;
      if (!r.linked) over_pcie.push_back(g);
    }
    if (!over_pcie.empty()) worst.gb_per_s = std::min(worst.gb_per_s, shared(over_pcie));
    return worst;
  }

 private:
  size_t n_;
  std::vector<const spec::TopologyLink*> of_;
  std::vector<int> switch_group_, numa_;
  double socket_rate_ = 0;
  mutable std::map<Group, spec::GroupRate> known_;  // groups come again at every level of the order

  const spec::TopologyLink*& at(int a, int b) { return of_[static_cast<size_t>(a) * n_ + static_cast<size_t>(b)]; }
  const spec::TopologyLink* between(int a, int b) const {
    return of_[static_cast<size_t>(a) * n_ + static_cast<size_t>(b)];
  }
  static Way way(const spec::TopologyLink& l) {
    if (l.path == "PIX" || l.path == "PXB") return Way::kUnder;
    return l.path == "SYS" ? Way::kOverSockets : Way::kOverHost;
  }
  void join(int a, int b) {
    const int from = switch_group_[static_cast<size_t>(b)], to = switch_group_[static_cast<size_t>(a)];
    for (int& s : switch_group_)
      if (s == from) s = to;
  }
  double rate(int a, int b) const {
    const spec::TopologyLink* l = between(a, b);
    return l != nullptr ? l->gb_per_s : 0;
  }

  // A ring over links of the fabric alone.
  bool fabric(const Group& g, spec::GroupRate& r) const {
    bool all = true, switched = true;
    double slowest = 1e300;
    for (size_t i = 0; i < g.size(); ++i)
      for (size_t j = i + 1; j < g.size(); ++j) {
        const spec::TopologyLink* l = between(g[i], g[j]);
        const bool linked = l != nullptr && is_fabric(*l);
        all = all && linked;
        switched = switched && linked && l->kind == LinkKind::kNvswitch;
        if (linked) slowest = std::min(slowest, l->gb_per_s);
      }
    if (all && (switched || g.size() == 2)) {
      r.gb_per_s = slowest;
      r.linked = true;
      r.switched = switched;
      return true;
    }
    RingProblem p;
    p.nodes = static_cast<int>(g.size());
    p.capacity.assign(g.size() * g.size(), 0);
    for (size_t i = 0; i < g.size(); ++i)
      for (size_t j = 0; j < g.size(); ++j) {
        const spec::TopologyLink* l = i == j ? nullptr : between(g[i], g[j]);
        if (l != nullptr && is_fabric(*l)) p.capacity[i * g.size() + j] = l->gb_per_s;
      }
    r.gb_per_s = rings_gb_per_s(p);
    r.linked = r.gb_per_s > 0;
    return r.linked;
  }

  Group best_ring(const Group& g) const {
    RingProblem p;
    p.nodes = static_cast<int>(g.size());
    p.capacity.assign(g.size() * g.size(), 0);
    for (size_t i = 0; i < g.size(); ++i)
      for (size_t j = 0; j < g.size(); ++j)
        if (i != j) p.capacity[i * g.size() + j] = rate(g[i], g[j]);
    Group ring;
    for (int at : widest_ring(p)) ring.push_back(g[static_cast<size_t>(at)]);
    return ring;
  }

  double slowest_hop(const Group& ring) const {
    double slowest = ring.empty() ? 0 : 1e300;
    for (size_t i = 0; i < ring.size(); ++i) slowest = std::min(slowest, rate(ring[i], ring[(i + 1) % ring.size()]));
    return slowest;
  }

  double shared(const std::vector<Group>& groups) const {
    std::vector<double> up(n_, 0);  // hops that leave each PCIe switch
    double crossings = 0, narrowest = 1e300;
    for (const Group& g : groups) {
      const Group ring = best_ring(g);
      for (size_t i = 0; i < ring.size(); ++i) {
        const int a = ring[i], b = ring[(i + 1) % ring.size()];
        const spec::TopologyLink* l = between(a, b);
        if (l == nullptr || is_fabric(*l)) continue;
        const Way w = way(*l);
        if (w == Way::kUnder) continue;
        up[static_cast<size_t>(switch_group_[static_cast<size_t>(a)])] += 1;
        narrowest = std::min(narrowest, l->gb_per_s);
        // One direction of the way between sockets; a ring comes back by the other.
        if (w == Way::kOverSockets) crossings += 0.5;
      }
    }
    const double most = *std::max_element(up.begin(), up.end());
    double least = 1e300;
    if (most > 1) least = host_rate(groups) / most;
    if (crossings > 1 && socket_rate_ > 0) least = std::min(least, socket_rate_ / crossings);
    return least;
  }

  // The fastest hop over the host: what one PCIe link carries.
  double host_rate(const std::vector<Group>& groups) const {
    double fastest = 0;
    for (const Group& g : groups)
      for (int a : g)
        for (int b = 0; b < size(); ++b)
          if (const spec::TopologyLink* l = between(a, b); l != nullptr && !is_fabric(*l))
            fastest = std::max(fastest, l->gb_per_s);
    return fastest;
  }
};

// Ranks come from pairs of pairs: at each level the units are paired so that the slowest group is as fast as can be.
class Order {
 public:
  explicit Order(const Graph& graph) : graph_(graph) {}

  std::vector<int> best() {
    std::vector<Group> units;
    for (int i = 0; i < graph_.size(); ++i) units.push_back({i});
    std::vector<int> out;
    const auto pairs = paired(std::move(units));
    for (const Group& g : pairs.units) out.insert(out.end(), g.begin(), g.end());
    return out;
  }

 private:
  struct Pairing {
    std::vector<Group> units;
    std::vector<double> score;  // slowest group and sum of all, level by level
  };
  const Graph& graph_;

  Pairing paired(std::vector<Group> units) const {
    if (units.size() < 2 || units.size() % 2 != 0) return {std::move(units), {}};
    if (units.size() > kMostMatched) return greedy(std::move(units));
    Pairing best;
    std::vector<Group> chosen;
    std::vector<bool> used(units.size(), false);
    std::vector<std::pair<std::vector<double>, std::vector<Group>>> ties;
    match(units, used, chosen, ties);
    for (auto& [score, pairs] : ties) {
      Pairing next = paired(pairs);
      next.score.insert(next.score.begin(), score.begin(), score.end());
      if (best.units.empty() || better(next.score, best.score)) best = std::move(next);
    }
    return best;
  }

  static bool better(const std::vector<double>& a, const std::vector<double>& b) {
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      if (std::fabs(a[i] - b[i]) > 1e-9 * (1 + std::fabs(b[i]))) return a[i] > b[i];
    return false;
  }

  // All perfect matchings whose score no other beats.
  void match(const std::vector<Group>& units, std::vector<bool>& used, std::vector<Group>& chosen,
             std::vector<std::pair<std::vector<double>, std::vector<Group>>>& ties) const {
    const auto first = std::find(used.begin(), used.end(), false);
    if (first == used.end()) {
      std::vector<double> score = score_of(chosen);
      if (!ties.empty() && better(ties.front().first, score)) return;
      if (!ties.empty() && better(score, ties.front().first)) ties.clear();
      ties.emplace_back(std::move(score), chosen);
      return;
    }
    const auto i = static_cast<size_t>(first - used.begin());
    used[i] = true;
    for (size_t j = i + 1; j < units.size(); ++j) {
      if (used[j]) continue;
      used[j] = true;
      chosen.push_back(joined(units[i], units[j]));
      match(units, used, chosen, ties);
      chosen.pop_back();
      used[j] = false;
    }
    used[i] = false;
  }

  // The better half first: a job on fewer GPUs takes the first ranks.
  Group joined(Group a, Group b) const {
    if (a.size() > 1 && graph_.alone(b).gb_per_s > graph_.alone(a).gb_per_s * (1 + 1e-9)) std::swap(a, b);
    a.insert(a.end(), b.begin(), b.end());
    return a;
  }

  std::vector<double> score_of(const std::vector<Group>& groups) const {
    double slowest = 1e300, sum = 0;
    for (const Group& g : groups) {
      const double rate = graph_.alone(g).gb_per_s;
      slowest = std::min(slowest, rate);
      sum += rate;
    }
    return {slowest, sum};
  }

  // Each unit with the best of those left.
  Pairing greedy(std::vector<Group> units) const {
    std::vector<Group> pairs;
    while (!units.empty()) {
      size_t best = 1;
      double most = -1;
      for (size_t j = 1; j < units.size(); ++j)
        if (const double rate = graph_.alone(joined(units[0], units[j])).gb_per_s; rate > most) {
          most = rate;
          best = j;
        }
      pairs.push_back(joined(units[0], units[best]));
      units.erase(units.begin() + static_cast<std::ptrdiff_t>(best));
      units.erase(units.begin());
    }
    return paired(std::move(pairs));
  }
};

std::vector<Group> groups_of(const std::vector<int>& order, int ranks, int stride) {
  std::vector<Group> out;
  const int n = static_cast<int>(order.size());
  for (int block = 0; block + ranks * stride <= n; block += ranks * stride)
    for (int first = block; first < block + stride; ++first) {
      Group g;
      for (int k = 0; k < ranks; ++k)
        g.push_back(order[static_cast<size_t>(first) + static_cast<size_t>(k) * static_cast<size_t>(stride)]);
      out.push_back(std::move(g));
    }
  return out;
}

}  // namespace

HostLinks host_links(const spec::Topology& t, std::vector<int> order) {
  const Graph graph(t);
  HostLinks out;
  out.order = order.empty() ? Order(graph).best() : std::move(order);
  const int n = static_cast<int>(out.order.size());
  for (int ranks = 2; ranks <= n; ++ranks)
    for (int stride = 1; ranks * stride <= n; ++stride) {
      if (n % (ranks * stride) != 0) continue;
      spec::GroupRate r = graph.together(groups_of(out.order, ranks, stride));
      r.ranks = ranks;
      r.stride = stride;
      out.rates.push_back(r);
    }
  return out;
}

}  // namespace shardplan::topology
