#include "api/best_plan.h"

namespace shardplan::api {

Result<BestPlan> best_plan(const RecommendRequest& request) {
  auto prepared = prepare(request);
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  prepared->options.top = 1;
  prepared->options.cells = false;
  const estimate::Context context(prepared->resolved.problem);
  const search::Space space(context, prepared->limits);
  const search::Partial found = search::evaluate_range(context, space, 0, space.size(), prepared->options);
  if (found.top.empty() && !found.nearest.found)
    return fail("/gpus", "No strategy is legal for this model on these GPUs.",
                "Ask 'recommend' with the same fields: it counts the rules that are broken.");
  BestPlan best;
  best.strategy = space.at(found.top.empty() ? found.nearest.index : found.top.front().index);
  best.question = std::move(prepared->resolved);
  best.question.problem.cluster.gpus = spec::world_size(best.strategy);
  best.plan = make_plan(estimate::Context(best.question.problem), best.strategy, best.question.usable_bytes);
  return best;
}

RecommendRequest search_for(const StatedPlan& stated) {
  RecommendRequest search;
  search.question = stated.question;
  search.limits.tp_across_domains = stated.tp_across_domains;
  return search;
}

Result<BestPlan> stated_or_best_plan(const StatedPlan& stated) {
  if (!names_strategy(stated)) {
    auto best = best_plan(search_for(stated));
    if (best) best->question.assumptions.push_back("Plan: the best that the search finds, " + best->plan.summary + ".");
    return best;
  }
  auto resolved = resolve(stated);
  if (!resolved) return tl::unexpected<Diagnostics>(std::move(resolved.error()));
  const estimate::Context context(resolved->question.problem);
  Plan plan = make_plan(context, resolved->strategy, resolved->question.usable_bytes);
  return BestPlan{std::move(resolved->question), resolved->strategy, std::move(plan)};
}

}  // namespace shardplan::api
