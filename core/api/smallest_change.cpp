#include "api/smallest_change.h"

#include <algorithm>

#include "api/alternative.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

struct Attempt {
  std::string change;
  std::string patch;
  RecommendRequest request;
};

std::string json_string(const std::string& text) { return "\"" + text + "\""; }

// Requests that ask for less or bring more, from the least intrusive on.
std::vector<std::vector<Attempt>> attempts(const RecommendRequest& request, const Prepared& prepared) {
  const spec::Cluster& cluster = prepared.resolved.problem.cluster;
  std::vector<std::vector<Attempt>> ladders;
  const auto ladder = [&] { return std::vector<Attempt>(); };
  if (prepared.resolved.problem.training.optimizer == spec::Optimizer::kAdamW) {
    Attempt a{"8-bit AdamW moments", R"({"optimizer": "adamw_8bit"})", request};
    a.request.question.optimizer = spec::Optimizer::kAdamW8Bit;
    ladders.push_back({a});
  }
  if (!request.limits.optimizer_offload) {
    Attempt a{"optimizer states on the host", R"({"optimizer_offload": true})", request};
    a.request.limits.optimizer_offload = true;
    ladders.push_back({a});
  }
  auto shorter = ladder();
  for (int seq = prepared.resolved.problem.training.seq_length / 2; seq >= 512; seq /= 2) {
    Attempt a{"sequences of " + std::to_string(seq) + " tokens", "{\"seq_length\": " + std::to_string(seq) + "}",
              request};
    a.request.question.seq_length = seq;
    shorter.push_back(a);
  }
  ladders.push_back(shorter);
  auto more = ladder();
  for (int factor = 2; factor <= 64; factor *= 2) {
    const int gpus = cluster.gpus * factor;
    Attempt a{std::to_string(gpus) + " GPUs", "{\"gpus\": " + std::to_string(gpus) + "}", request};
    a.request.question.gpus = gpus;
    a.request.limits.gpu_counts = {};
    // Degrees that the user fixed on the old size stay; data parallelism takes what is added.
    more.push_back(a);
  }
  ladders.push_back(more);
  // By memory, those of equal size as the presets list them. Pointers are sorted: an attempt is large, and a sort of
  // them would cost the page's first load kilobytes.
  std::vector<const spec::Accelerator*> others;
  for (const spec::Accelerator& other : presets().accelerators)
    if (other.vendor == cluster.accelerator.vendor && other.memory_gib > cluster.accelerator.memory_gib &&
        other.scaleup_gb_per_s > 0 && other.peak_dense_tflops.bf16 >= cluster.accelerator.peak_dense_tflops.bf16)
      others.insert(std::upper_bound(others.begin(), others.end(), &other,
                                     [](const auto* x, const auto* y) { return x->memory_gib < y->memory_gib; }),
                    &other);
  auto larger = ladder();
  for (const spec::Accelerator* other : others) {
    Attempt a{other->name, "{\"gpu\": " + json_string(other->id) + "}", request};
    a.request.question.gpu = other->id;
    a.request.question.system.clear();
    a.request.question.memory_gib.reset();
    a.request.question.memory.reset();
    larger.push_back(a);
  }
  ladders.push_back(larger);
  return ladders;
}

// A search's best plan that fits.
struct Found {
  estimate::Context context;
  spec::Strategy strategy;
  search::Candidate candidate;
};
std::optional<Found> search_for(const RecommendRequest& request) {
  auto prepared = prepare(request);
  if (!prepared) return std::nullopt;
  estimate::Context context(prepared->resolved.problem);
  const search::Space space(context, prepared->limits);
  prepared->options.top = 1;
  prepared->options.cells = false;
  const search::Partial found = search::evaluate_range(context, space, 0, space.size(), prepared->options);
  if (found.top.empty()) return std::nullopt;
  return Found{std::move(context), space.at(found.top.front().index), found.top.front()};
}

Change change_of(const Found& found, std::string change, std::string patch) {
  return {std::move(change),
          {std::move(patch)},
          found.candidate.reserved_bytes / kGib,
          found.candidate.step_time_s,
          strategy_text(found.strategy)};
}

}  // namespace

std::optional<Change> change_to(const RecommendRequest& request, std::string change, std::string patch) {
  const auto found = search_for(request);
  if (!found) return std::nullopt;
  return change_of(*found, std::move(change), std::move(patch));
}

std::vector<Change> smallest_changes(const RecommendRequest& request, const Prepared& prepared) {
  std::vector<Change> out;
  for (const auto& ladder : attempts(request, prepared)) {
    for (const Attempt& attempt : ladder) {
      const auto change = change_to(attempt.request, attempt.change, attempt.patch);
      if (!change) continue;
      out.push_back(*change);
      break;
    }
  }
  return out;
}

std::vector<Change> smallest_changes_of(const StatedPlan& stated, const ResolvedPlan& resolved) {
  const spec::Strategy& s = resolved.strategy;
  RecommendRequest ask;
  ask.question = stated.question;
  ask.question.gpus = spec::world_size(s);
  ask.question.batch_size.reset();
  ask.question.gbs = s.gbs;
  ask.question.precision = s.precision;
  ask.limits.tp_across_domains = stated.tp_across_domains;
  RecommendRequest here = ask;
  here.limits.tp = {s.tp};
  here.limits.pp = {s.pp};
  here.limits.cp = {s.cp};
  std::vector<Change> out;
  if (const auto found = search_for(here))
    out.push_back(change_of(*found, "the rest of the strategy, on these degrees",
                            change_request(found->context, s, found->strategy).text));
  else if (const auto other = search_for(ask))
    out.push_back(change_of(*other, "other degrees", change_request(other->context, s, other->strategy).text));
  if (const auto prepared = prepare(ask))
    for (Change& change : smallest_changes(ask, *prepared)) out.push_back(std::move(change));
  return out;
}

}  // namespace shardplan::api
