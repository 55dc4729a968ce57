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

}  // namespace shardplan::api
