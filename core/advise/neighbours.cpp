#include "advise/neighbours.h"

#include <algorithm>
#include <array>

#include "advise/mend.h"
#include "base/integers.h"
#include "model/parameters.h"
#include "search/one_mesh.h"
#include "search/violations.h"

namespace shardplan::advise {
namespace {

using estimate::Context;
using spec::Schedule;
using spec::Strategy;

constexpr std::array<const char*, kAxes> kNames = {
    "tp",
    "cp",
    "pp",
    "dp",
    "ep",
    "etp",
    "vpp",
    "mbs",
    "sp",
    "schedule",
    "sharding",
    "recompute",
    "cp_comm",
    "offload_optimizer",
    "offload_activations",
};

struct Degree {
  Axis axis;
  int Strategy::*member;
};
constexpr std::array<Degree, 4> kDegrees = {
    {{Axis::kTp, &Strategy::tp}, {Axis::kCp, &Strategy::cp}, {Axis::kPp, &Strategy::pp}, {Axis::kDp, &Strategy::dp}}};

// The next divisor of n above and below `value`, where there is one.
std::vector<int> next_divisors(int64_t n, int value) {
  std::vector<int> out;
  for (int64_t d : neighbouring_divisors(n, value)) out.push_back(static_cast<int>(d));
  return out;
}

class Walk {
 public:
  Walk(const Context& c, const Strategy& s, bool tp_across_domains)
      : c_(c), s_(s), tp_across_domains_(tp_across_domains) {}

  std::vector<Neighbour> run() {
    degrees();
    experts();
    pipeline();
    batch();
    memory();
    communication();
    return std::move(out_);
  }

 private:
  const Context& c_;
  const Strategy& s_;
  const bool tp_across_domains_;
  std::vector<Neighbour> out_;

  void add(Axis axis, const Strategy& s, bool lowered = false) { add(axis, axis, s, lowered); }
  void add(Axis axis, Axis giver, const Strategy& s, bool lowered = false) {
    const auto same = [&](const Neighbour& n) { return n.strategy == s; };
    if (s == s_ || std::any_of(out_.begin(), out_.end(), same)) return;
    if (search::violations(c_, s, tp_across_domains_).empty()) out_.push_back({axis, lowered, giver, s});
  }

  void degrees() {
    for (const Degree& up : kDegrees) {
      for (const Degree& down : kDegrees) {
        if (up.axis == down.axis || s_.*down.member == 1) continue;
        Strategy s = s_;
        const int factor = smallest_prime(s.*down.member);
        s.*up.member *= factor;
        s.*down.member /= factor;
        add(up.axis, down.axis, mended(c_, s_, s));
      }
    }
  }

  void experts() {
    if (!model::is_moe(c_.model())) return;
    const auto change = [&](Axis axis, int Strategy::*member, int value) {
      Strategy s = s_;
      s.*member = value;
      add(axis, s, value < s_.*member);
    };
    for (int ep : next_divisors(c_.model().num_experts, s_.ep)) change(Axis::kEp, &Strategy::ep, ep);
    for (int etp : next_divisors(s_.tp, s_.etp)) change(Axis::kEtp, &Strategy::etp, etp);
  }

  void pipeline() {
    if (s_.pp == 1) return;
    const auto chunks = [&](int vpp) {
      Strategy s = s_;
      s.vpp = vpp;
      s.schedule = vpp > 1 ? Schedule::kInterleaved : Schedule::kOneForwardOneBackward;
      s.layers_per_stage.clear();
      add(Axis::kVpp, s, vpp < s_.vpp);
    };
    const int most = c_.model().num_hidden_layers + 2;
    int above = s_.vpp + 1, below = s_.vpp - 1;
    while (above * s_.pp <= most && !chunks_run(c_, s_, above)) ++above;
    while (below > 1 && !chunks_run(c_, s_, below)) --below;
    chunks(above);
    if (below >= 1) chunks(below);
    if (below > 1) chunks(1);
    for (Schedule schedule : c_.stack().schedules) {
      if (schedule == Schedule::kInterleaved) continue;
      Strategy s = s_;
      s.schedule = schedule;
      s.vpp = 1;
      add(Axis::kSchedule, s);
    }
  }

  void batch() {
    if (s_.gbs % s_.dp != 0) return;
    for (int mbs : next_divisors(s_.gbs / s_.dp, s_.mbs)) {
      Strategy s = s_;
      s.mbs = mbs;
      add(Axis::kMbs, s, mbs < s_.mbs);
    }
  }

  void memory() {
    // The space of this one mesh knows the recomputations and shardings that the model and the stack have.
    search::Limits here = search::one_mesh(s_);
    here.optimizer_offload = true;
    const search::Space space(c_, here);
    for (const spec::Recompute& recompute : space.recomputes()) {
      Strategy s = s_;
      s.recompute = recompute;
      add(Axis::kRecompute, s);
    }
    if (!space.blocks().empty()) {
      for (const search::ShardingChoice& choice : space.blocks().front().shardings) {
        if (choice.offload_optimizer != s_.offload_optimizer) continue;
        Strategy s = s_;
        s.sharding = choice.sharding;
        s.shard_size = choice.shard_size;
        add(Axis::kSharding, s);
      }
    }
    Strategy s = s_;
    s.offload_optimizer = !s.offload_optimizer;
    add(Axis::kOffloadOptimizer, s);
    s = s_;
    s.offload_activations = s_.offload_activations > 0 ? 0 : 1;
    add(Axis::kOffloadActivations, s);
  }

  void communication() {
    Strategy s = s_;
    s.sp = !s.sp;
    add(Axis::kSequenceParallel, s);
    if (s_.cp == 1) return;
    for (auto comm :
         {spec::ContextParallel::kRing, spec::ContextParallel::kAllGather, spec::ContextParallel::kAllToAll}) {
      s = s_;
      s.cp_comm = comm;
      add(Axis::kCpComm, s);
    }
  }
};

}  // namespace

// cppcheck-suppress CastIntegerToAddressAtReturn ; an array of names
const char* name_of(Axis axis) { return kNames[static_cast<size_t>(axis)]; }

std::vector<Neighbour> neighbours(const Context& context, const Strategy& strategy, bool tp_across_domains) {
  return Walk(context, strategy, tp_across_domains).run();
}

}  // namespace shardplan::advise
