// Ways of sharding states over data-parallel ranks, side by side: memory by part, traffic and time, on one set of
// degrees and one software stack, so that nothing but the sharding differs.
#include <algorithm>

#include "api/fields.h"
#include "api/reasons.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/sharding_settings.h"
#include "api/smallest_change.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "base/units.h"
#include "estimate/confidence.h"
#include "search/one_mesh.h"
#include "search/violations.h"

namespace shardplan::api {

struct ShardingRequest {
  StatedPlan plan;
};

// One way of sharding, by rank.
struct ShardingOption {
  spec::Sharding sharding = spec::Sharding::kZero0;
  int shard_size = 0;
  bool fits = false;
  double over_gib = 0;
  double peak_gib = 0, saves_gib = 0;
  double parameters_gib = 0, gradients_gib = 0, optimizer_gib = 0, activations_gib = 0, buffers_gib = 0,
         overhead_gib = 0;
  double step_time_s = 0, tokens_per_s = 0;
  double dp_total_s = 0, dp_exposed_s = 0;
  double all_gather_gb = 0, reduce_scatter_gb = 0, all_reduce_gb = 0;
  bool offered = false;
  std::vector<std::string> stacks;
  std::string note;
};

struct ShardingResponse {
  std::vector<ShardingOption> options;
  spec::Sharding recommended = spec::Sharding::kZero0;
  std::string reason;
  std::optional<DeepSpeedSettings> deepspeed;
  std::optional<FsdpSettings> fsdp;
  Plan plan;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using estimate::Context;
using spec::Sharding;
using spec::Strategy;

std::string name_of(const Strategy& s) {
  switch (s.sharding) {
    case Sharding::kZero0: return "ZeRO-0";
    case Sharding::kZero1: return "ZeRO-1";
    case Sharding::kZero2: return "ZeRO-2";
    case Sharding::kZero3: return "ZeRO-3";
    case Sharding::kFsdp: return "FSDP";
    case Sharding::kHsdp: return "HSDP over " + std::to_string(s.shard_size);
  }
  return "";
}

bool contains(const std::vector<Sharding>& all, Sharding one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::vector<std::string> stacks_with(Sharding sharding) {
  std::vector<std::string> out;
  for (const spec::Stack& stack : presets().stacks)
    if (!stack.framework.empty() && contains(stack.shardings, sharding)) out.push_back(stack.id);
  return out;
}

// The problem with a stack that has every sharding and combines it with everything.
estimate::Problem with_every_sharding(estimate::Problem problem) {
  problem.stack.shardings = {Sharding::kZero0, Sharding::kZero1, Sharding::kZero2,
                             Sharding::kZero3, Sharding::kFsdp,  Sharding::kHsdp};
  return problem;
}

// The stated strategy with each sharding that its data-parallel ranks can have.
std::vector<Strategy> variants(const Context& c, const Strategy& stated) {
  const search::Space space(c, search::one_mesh(stated));
  std::vector<Strategy> out;
  if (space.blocks().empty()) return {stated};
  for (const search::ShardingChoice& choice : space.blocks().front().shardings) {
    Strategy s = stated;
    s.sharding = choice.sharding;
    s.shard_size = choice.shard_size;
    out.push_back(s);
  }
  return out;
}

// A strategy with its estimate; `plan` is absent where a rule forbids it.
struct Variant {
  Strategy strategy;
  std::optional<Plan> plan;
  ShardingOption option;
  double expected_s = 0;  // what the ranking goes by: step time over the probability that it runs
};

void fill(const Context& c, const Plan& p, Variant& v) {
  ShardingOption& o = v.option;
  const StageFields& worst = p.memory.stages[p.memory.worst_stage];
  o.fits = p.fits;
  o.over_gib = p.over_gib;
  o.peak_gib = p.memory.peak_gib;
  o.parameters_gib = worst.parameters_gib;
  o.gradients_gib = worst.gradients_gib;
  o.optimizer_gib = worst.optimizer_gib;
  o.activations_gib = worst.activations_gib;
  o.buffers_gib = worst.buffers_gib;
  o.overhead_gib = worst.overhead_gib;
  o.step_time_s = p.time.step_time_s;
  o.tokens_per_s = p.tokens_per_s;
  o.dp_total_s = p.time.dp.total_s;
  o.dp_exposed_s = p.time.dp.exposed_s;
  const estimate::DataParallelVolume sent = estimate::data_parallel_volume(c, v.strategy);
  o.all_gather_gb = sent.all_gather / kGiga;
  o.reduce_scatter_gb = sent.reduce_scatter / kGiga;
  o.all_reduce_gb = sent.all_reduce / kGiga;
  v.expected_s = p.time.step_time_s * estimate::StartsNeeded(c).of(p.memory.peak_gib * kGib);
}

std::vector<Variant> evaluated(const Context& c, const spec::Stack& stack, const Strategy& stated,
                               double usable_bytes) {
  std::vector<Variant> out;
  for (const Strategy& s : variants(c, stated)) {
    Variant v{s, {}, {}, 0};
    v.option.sharding = s.sharding;
    v.option.shard_size = s.shard_size;
    v.option.offered = contains(stack.shardings, s.sharding);
    v.option.stacks = stacks_with(s.sharding);
    const auto broken = search::violations(c, s, true);
    if (broken.empty()) {
      v.plan = make_plan(c, s, usable_bytes);
      fill(c, *v.plan, v);
      v.option.saves_gib = (out.empty() ? v : out.front()).option.peak_gib - v.option.peak_gib;
      if (!v.option.offered) v.option.note = stack.name + " does not have it; estimated as if it had.";
    } else {
      v.option.note = broken.front().message;
    }
    out.push_back(std::move(v));
  }
  return out;
}

// Fits first, then what may be expected to be done soonest; where nothing fits, the smallest. Of equals, what the stack
// has.
bool better(const Variant& a, const Variant& b) {
  const bool a_fits = a.option.fits, b_fits = b.option.fits;
  if (a_fits != b_fits) return a_fits;
  const double x = a_fits ? a.expected_s : a.option.peak_gib, y = a_fits ? b.expected_s : b.option.peak_gib;
  return x != y ? x < y : a.option.offered && !b.option.offered;
}

const Variant* best_of(const std::vector<Variant>& all, bool stack_is_stated) {
  const Variant* best = nullptr;
  for (const Variant& v : all) {
    if (!v.plan || (stack_is_stated && !v.option.offered)) continue;
    if (best == nullptr || better(v, *best)) best = &v;
  }
  return best;
}

// Why this one: what the others that fit lose, and how far those with less sharding are from fitting.
std::string reason_for(const Context& c, const Variant& best, const std::vector<Variant>& all) {
  const std::string name = name_of(best.strategy);
  if (!best.option.fits)
    return "None fits on these degrees; " + name + " comes nearest, " + gib_text(best.option.over_gib) + " over.";
  std::vector<std::string> tied, over;
  const Variant* next = nullptr;
  for (const Variant& v : all) {
    if (!v.plan || &v == &best) continue;
    if (!v.option.fits) {
      over.push_back(name_of(v.strategy) + " by " + gib_text(v.option.over_gib));
      continue;
    }
    if (ties(c, *best.plan, *v.plan)) tied.push_back(name_of(v.strategy));
    else if (next == nullptr || v.expected_s < next->expected_s) next = &v;
  }
  std::string text = name + " is the fastest that fits, with " +
                     gib_text(best.plan->memory.usable_gib - best.option.peak_gib) + " to spare.";
  if (!tied.empty()) text += " Too close to tell apart: " + join(tied, ", ") + ".";
  if (next != nullptr)
    text += " Next is " + name_of(next->strategy) + ", " + difference_text(*best.plan, *next->plan) + ".";
  if (!over.empty()) text += " Too large: " + join(over, ", ") + ".";
  return text;
}

Result<ShardingResponse> sharding(const ShardingRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const Context c(with_every_sharding(resolved->question.problem));
  const spec::Stack& stack = resolved->question.problem.stack;
  const auto all = evaluated(c, stack, resolved->strategy, resolved->question.usable_bytes);
  const Variant* best = best_of(all, !request.plan.question.stack.empty());
  if (best == nullptr) return fail("/sharding", "No sharding is legal with these degrees.", all.front().option.note);
  ShardingResponse r;
  for (const Variant& v : all) r.options.push_back(v.option);
  r.recommended = best->strategy.sharding;
  r.reason = reason_for(c, *best, all);
  r.plan = *best->plan;
  if (r.plan.strategy.zero_stage) r.deepspeed = deepspeed_settings(best->strategy, *r.plan.strategy.zero_stage);
  else r.fsdp = fsdp_settings(c, best->strategy);
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
  if (all.size() == 1) r.warnings.push_back("One data-parallel rank: there is nothing to shard over.");
  if (!best->option.offered)
    r.warnings.push_back(stack.name + " does not have the recommended sharding. Stacks that do: " +
                         join(best->option.stacks, ", ") + ".");
  if (!r.plan.fits) {
    r.smallest_change = smallest_changes_of(request.plan, *resolved);
    r.warnings.push_back("No sharding fits on these degrees: see smallest_change.");
  }
  return r;
}

}  // namespace

Operation sharding_operation() {
  return make_operation<&sharding>(
      "sharding", "ZeRO stages, FSDP and HSDP compared by memory, traffic and time.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "dp": 16, "mbs": 1, "gbs": 64, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ShardingRequest, "sharding_request");
SHARDPLAN_DESCRIBE(api::ShardingOption, "sharding_option");
SHARDPLAN_DESCRIBE(api::ShardingResponse, "sharding_response");

Fields Describe<api::ShardingRequest>::fields() {
  static const FieldList table = FieldList().include<&api::ShardingRequest::plan>();
  return table;
}

Fields Describe<api::ShardingOption>::fields() {
  using O = api::ShardingOption;
  static constexpr Field table[] = {
      field<&O::sharding>("sharding"),
      field<&O::shard_size>("shard_size", "HSDP: ranks that share one copy.").omit_default(),
      field<&O::fits>("fits"),
      field<&O::over_gib>("over_gib", "Beyond the usable memory.").omit_default(),
      field<&O::peak_gib>("peak_gib", "Worst rank, reserved: the sum of the parts below.").omit_default(),
      field<&O::saves_gib>("saves_gib", "Against replicated states.").omit_default(),
      field<&O::parameters_gib>("parameters_gib").omit_default(),
      field<&O::gradients_gib>("gradients_gib").omit_default(),
      field<&O::optimizer_gib>("optimizer_gib").omit_default(),
      field<&O::activations_gib>("activations_gib").omit_default(),
      field<&O::buffers_gib>("buffers_gib", "Logits, backward temporaries, gathered parameters.").omit_default(),
      field<&O::overhead_gib>("overhead_gib").omit_default(),
      field<&O::step_time_s>("step_time_s").omit_default(),
      field<&O::tokens_per_s>("tokens_per_s").omit_default(),
      field<&O::dp_total_s>("dp_total_s", "Data-parallel traffic of a step.").omit_default(),
      field<&O::dp_exposed_s>("dp_exposed_s", "What of it compute does not hide.").omit_default(),
      field<&O::all_gather_gb>("all_gather_gb", "Sent by one GPU in a step, 10^9 bytes.").omit_default(),
      field<&O::reduce_scatter_gb>("reduce_scatter_gb").omit_default(),
      field<&O::all_reduce_gb>("all_reduce_gb").omit_default(),
      field<&O::offered>("offered", "The question's software stack has it."),
      field<&O::stacks>("stacks", "Software stacks that have it."),
      field<&O::note>("note", "Where these degrees forbid it: why.").omit_default(),
  };
  return table;
}

Fields Describe<api::ShardingResponse>::fields() {
  using R = api::ShardingResponse;
  static constexpr Field table[] = {
      field<&R::options>("options", "From the least sharded on."),
      field<&R::recommended>("recommended"),
      field<&R::reason>("reason"),
      field<&R::deepspeed>("deepspeed", "Keys of DeepSpeed's configuration for it."),
      field<&R::fsdp>("fsdp", "Arguments of torch.distributed.fsdp.fully_shard for it."),
      field<&R::plan>("plan", "The recommended one in full."),
      field<&R::smallest_change>("smallest_change",
                                 "Where none fits: changes after which 'recommend' finds a plan that does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
