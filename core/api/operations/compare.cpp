// Models, clusters and plans side by side: for each combination its own best plan, or the one that is stated, and how
// they differ from the first.
#include <algorithm>

#include "api/best_plan.h"
#include "api/compared_sides.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/smallest_change.h"
#include "base/text.h"
#include "json/enum_name.h"

namespace shardplan::api {

struct Entry {
  std::string label;
  std::string model, gpu;
  int gpus = 0;
  bool stated = false;
  bool fits = false;
  bool ties_with_winner = false;
  std::optional<double> tokens_per_s, tokens_per_s_per_gpu, step_time_s, mfu, peak_gib, usd_per_hour,
      usd_per_million_tokens;
  std::optional<Plan> plan;
  std::string why_not;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

// Per cent against the first entry.
struct Difference {
  std::string label;
  double tokens_per_s_pct = 0, tokens_per_s_per_gpu_pct = 0, step_time_s_pct = 0, mfu_pct = 0, peak_gib_pct = 0;
  std::optional<double> usd_per_hour_pct, usd_per_million_tokens_pct;
};

struct CompareResponse {
  std::vector<Entry> entries;
  std::vector<Difference> differences;
  std::optional<int> winner;
  std::string why;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

RecommendRequest search_of(const CompareRequest& request, const Combination& c) {
  RecommendRequest ask;
  ask.question = c.plan.question;
  ask.limits = request.limits;
  ask.limits.tp_across_domains = request.limits.tp_across_domains || c.plan.tp_across_domains;
  ask.objective = request.objective;
  return ask;
}

struct Evaluated {
  Entry entry;
  Resolved question;
};

void fill(Entry& e, const Resolved& question, Plan plan) {
  e.model = question.problem.model.id;
  e.gpu = question.problem.cluster.accelerator.id;
  e.gpus = plan.gpus;
  e.fits = plan.fits;
  if (!plan.fits) e.why_not = "The memory is " + number_text(plan.over_gib, 4) + " GiB too small.";
  e.tokens_per_s = plan.tokens_per_s;
  e.tokens_per_s_per_gpu = plan.tokens_per_s_per_gpu;
  e.step_time_s = plan.time.step_time_s;
  e.mfu = plan.mfu;
  e.peak_gib = plan.memory.peak_gib;
  e.usd_per_hour = plan.usd_per_hour;
  e.usd_per_million_tokens = plan.usd_per_million_tokens;
  e.plan = std::move(plan);
}

Result<Evaluated> stated_entry(const Combination& c) {
  auto resolved = resolve(c.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(located(std::move(resolved.error()), c));
  Evaluated out;
  out.entry.stated = true;
  const estimate::Context context(resolved->question.problem);
  fill(out.entry, resolved->question, make_plan(context, resolved->strategy, resolved->question.usable_bytes));
  if (!out.entry.fits) out.entry.smallest_change = smallest_changes_of(c.plan, *resolved);
  out.question = std::move(resolved->question);
  return out;
}

// A question without a legal plan is an entry without one: it may be the only one of many.
Result<Evaluated> searched_entry(const CompareRequest& request, const Combination& c) {
  const RecommendRequest ask = search_of(request, c);
  auto prepared = prepare(ask);
  if (!prepared) return tl::unexpected<Diagnostics>(located(std::move(prepared.error()), c));
  Evaluated out;
  auto best = best_plan(ask);
  if (best) {
    fill(out.entry, best->question, best->plan);
  } else {
    out.entry.model = prepared->resolved.problem.model.id;
    out.entry.gpu = prepared->resolved.problem.cluster.accelerator.id;
    out.entry.gpus = prepared->resolved.problem.cluster.gpus;
    out.entry.why_not = best.error().front().message;
  }
  if (!out.entry.fits) out.entry.smallest_change = smallest_changes(ask, *prepared);
  out.question = std::move(best ? best->question : prepared->resolved);
  return out;
}

// What the objective reads of a plan: less is better.
double score(const Plan& p, spec::Objective objective) {
  switch (objective) {
    case spec::Objective::kCost:
      return p.usd_per_million_tokens ? *p.usd_per_million_tokens : 1 / p.tokens_per_s_per_gpu;
    case spec::Objective::kMemory: return p.memory.peak_gib;
    case spec::Objective::kLatency: return p.time.step_time_s;
    case spec::Objective::kEfficiency: return -p.mfu;
    case spec::Objective::kThroughput: break;
  }
  return -p.tokens_per_s;
}

// Plans of one model on one kind of machine err alike, and are told apart by a small gap; others by their intervals.
bool cannot_be_told_apart(const Evaluated& a, const Evaluated& b, spec::Objective objective) {
  const Plan &p = *a.entry.plan, &q = *b.entry.plan;
  const auto ratio = [](double x, double y) { return std::max(x, y) / std::min(x, y); };
  const double apart = ratio(score(p, objective), score(q, objective));
  if (objective == spec::Objective::kMemory) {
    const auto &m = p.confidence.peak_gib, &n = q.confidence.peak_gib;
    return m[0] <= n[1] && n[0] <= m[1];
  }
  const auto &x = a.question.problem, &y = b.question.problem;
  const bool alike =
      x.model.id == y.model.id && x.cluster.accelerator.id == y.cluster.accelerator.id && x.stack.id == y.stack.id;
  if (alike) return apart - 1 < x.intervals.tie_gap;
  // Half the width of both intervals of the step time.
  const auto wide = [](const Plan& plan) {
    const auto& i = plan.confidence.step_time_s;
    return i[1] / i[0];
  };
  const double both = wide(p) * wide(q);
  return apart * apart < both;
}

std::vector<Difference> differences(const std::vector<Entry>& entries) {
  std::vector<Difference> out;
  const Entry& first = entries.front();
  for (const Entry& e : entries) {
    if (&e == &first || !e.plan || !first.plan) continue;
    const auto pct = [](double x, double of) { return (x / of - 1) * 100; };
    Difference d{e.label,
                 pct(*e.tokens_per_s, *first.tokens_per_s),
                 pct(*e.tokens_per_s_per_gpu, *first.tokens_per_s_per_gpu),
                 pct(*e.step_time_s, *first.step_time_s),
                 pct(*e.mfu, *first.mfu),
                 pct(*e.peak_gib, *first.peak_gib),
                 std::nullopt,
                 std::nullopt};
    if (e.usd_per_hour && first.usd_per_hour) {
      d.usd_per_hour_pct = pct(*e.usd_per_hour, *first.usd_per_hour);
      d.usd_per_million_tokens_pct = pct(*e.usd_per_million_tokens, *first.usd_per_million_tokens);
    }
    out.push_back(std::move(d));
  }
  return out;
}

void choose(const CompareRequest& request, const std::vector<Evaluated>& all, CompareResponse& r) {
  for (size_t i = 0; i < all.size(); ++i) {
    if (!all[i].entry.fits) continue;
    const bool better = !r.winner || score(*all[i].entry.plan, request.objective) <
                                         score(*all[static_cast<size_t>(*r.winner)].entry.plan, request.objective);
    if (better) r.winner = static_cast<int>(i);
  }
  if (!r.winner) {
    r.why = "None of them fits: see smallest_change of each.";
    return;
  }
  const auto w = static_cast<size_t>(*r.winner);
  std::vector<std::string> tied;
  for (size_t i = 0; i < all.size(); ++i) {
    if (i == w || !all[i].entry.fits || !cannot_be_told_apart(all[w], all[i], request.objective)) continue;
    r.entries[i].ties_with_winner = true;
    tied.push_back(r.entries[i].label);
  }
  const auto fitting = std::count_if(all.begin(), all.end(), [](const Evaluated& e) { return e.entry.fits; });
  r.why =
      "'" + r.entries[w].label + "' is " +
      (fitting == 1 ? "the only one that fits." : "best by " + std::string(json::enum_name(request.objective)) + ".");
  if (!tied.empty()) r.why += " The estimates cannot tell it from: " + join(tied, "; ") + ".";
}

// What tells an entry from the others: the names that its sides have; where one has none, what differs.
void label(const std::vector<Combination>& all, std::vector<Entry>& entries) {
  const auto differ = [&](auto&& of) {
    return std::any_of(entries.begin(), entries.end(), [&](const Entry& e) { return of(e) != of(entries.front()); });
  };
  const auto cluster = [](const Entry& e) { return std::to_string(e.gpus) + " x " + e.gpu; };
  const bool models_differ = differ([](const Entry&e) { return e.model; }), clusters_differ = differ(cluster);
  for (size_t i = 0; i < entries.size(); ++i) {
    std::vector<std::string> parts = spoken(all[i].names);
    if (parts.size() < all[i].names.size()) {
      if (models_differ && parts.empty()) parts.push_back(entries[i].model);
      if (clusters_differ) parts.push_back(cluster(entries[i]));
    }
    entries[i].label = join(parts, ", ");
  }
  for (Entry& e : entries) {
    const bool alone =
        std::count_if(entries.begin(), entries.end(), [&](const Entry& other) { return other.label == e.label; }) == 1;
    if (!alone && e.plan) e.label += (e.label.empty() ? "" : ", ") + e.plan->summary;
  }
}

// What all entries take as given is said once.
void share_assumptions(CompareResponse& r) {
  for (auto list : {&Entry::assumptions, &Entry::warnings}) {
    auto& common = list == &Entry::assumptions ? r.assumptions : r.warnings;
    for (const std::string& text : r.entries.front().*list) {
      const bool shared = std::all_of(r.entries.begin(), r.entries.end(), [&](const Entry& e) {
        return std::find((e.*list).begin(), (e.*list).end(), text) != (e.*list).end();
      });
      if (shared) common.push_back(text);
    }
    for (Entry& e : r.entries)
      std::erase_if(e.*list,
                    [&](const std::string& t) { return std::find(common.begin(), common.end(), t) != common.end(); });
  }
}

Result<CompareResponse> compare(const CompareRequest& request) {
  const auto all = combinations(request);
  if (!all) return tl::unexpected<Diagnostics>(all.error());
  if (all->size() < 2)
    return fail("/models", "There is one combination: nothing to compare.",
                "Give two or more 'models', 'clusters' or 'plans'.");
  std::vector<Evaluated> evaluated;
  Diagnostics problems;
  for (const Combination& c : *all) {
    auto one = names_strategy(c.plan) ? stated_entry(c) : searched_entry(request, c);
    if (one) evaluated.push_back(*std::move(one));
    else
      for (Diagnostic& d : one.error())
        if (std::find(problems.begin(), problems.end(), d) == problems.end()) problems.push_back(std::move(d));
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  CompareResponse r;
  for (size_t i = 0; i < evaluated.size(); ++i) {
    Entry& e = evaluated[i].entry;
    e.assumptions = evaluated[i].question.assumptions;
    e.warnings = evaluated[i].question.warnings;
    r.entries.push_back(e);
  }
  label(*all, r.entries);
  choose(request, evaluated, r);
  r.differences = differences(r.entries);
  share_assumptions(r);
  if (request.models.size() > 1 && request.objective == spec::Objective::kThroughput)
    r.warnings.push_back("Tokens per second of different models are not the same work: smaller models have more.");
  return r;
}

}  // namespace

Operation compare_operation() {
  return make_operation<&compare>(
      "compare", "Models, clusters and plans side by side: the best plan of each, and how they differ.",
      R"({"models": ["llama-3.1-8b", "qwen2.5-7b"], "clusters": [{"gpu": "h100"}, {"gpu": "h200"}], "gpus": 8, "gbs": 64, "seq_length": 8192})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::Entry, "compared");
SHARDPLAN_DESCRIBE(api::Difference, "difference");
SHARDPLAN_DESCRIBE(api::CompareResponse, "compare_response");

Fields Describe<api::Entry>::fields() {
  using E = api::Entry;
  static constexpr Field table[] = {
      field<&E::label>("label"),
      field<&E::model>("model"),
      field<&E::gpu>("gpu"),
      field<&E::gpus>("gpus"),
      field<&E::stated>("stated", "The plan is the request's; else the best of a search."),
      field<&E::fits>("fits"),
      field<&E::ties_with_winner>("ties_with_winner", "The estimates cannot tell it from the winner.").omit_default(),
      field<&E::tokens_per_s>("tokens_per_s"),
      field<&E::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&E::step_time_s>("step_time_s"),
      field<&E::mfu>("mfu"),
      field<&E::peak_gib>("peak_gib"),
      field<&E::usd_per_hour>("usd_per_hour"),
      field<&E::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&E::plan>("plan", "Where none fits: the nearest; absent where none is legal."),
      field<&E::why_not>("why_not").omit_default(),
      field<&E::smallest_change>("smallest_change", "Where it does not fit: changes after which something does.")
          .omit_default(),
      field<&E::assumptions>("assumptions", "Those that not all entries share.").omit_default(),
      field<&E::warnings>("warnings").omit_default(),
  };
  return table;
}

Fields Describe<api::Difference>::fields() {
  using D = api::Difference;
  static constexpr Field table[] = {
      field<&D::label>("label"),
      field<&D::tokens_per_s_pct>("tokens_per_s_pct"),
      field<&D::tokens_per_s_per_gpu_pct>("tokens_per_s_per_gpu_pct"),
      field<&D::step_time_s_pct>("step_time_s_pct"),
      field<&D::mfu_pct>("mfu_pct"),
      field<&D::peak_gib_pct>("peak_gib_pct"),
      field<&D::usd_per_hour_pct>("usd_per_hour_pct"),
      field<&D::usd_per_million_tokens_pct>("usd_per_million_tokens_pct"),
  };
  return table;
}

Fields Describe<api::CompareResponse>::fields() {
  using R = api::CompareResponse;
  static constexpr Field table[] = {
      field<&R::entries>("entries", "Models by clusters by plans, in the order of the request."),
      field<&R::differences>("differences", "Of the others against the first, in per cent of the first."),
      field<&R::winner>("winner", "Index of the entry that fits and is best by the objective."),
      field<&R::why>("why"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
