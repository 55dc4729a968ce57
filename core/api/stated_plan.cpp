#include "api/stated_plan.h"

#include "search/violations.h"

namespace shardplan::api {
namespace {

Diagnostics below(const std::string& path, Diagnostics problems) {
  for (Diagnostic& d : problems) d.path = path + d.path;
  return problems;
}

}  // namespace

bool names_strategy(const StatedPlan& stated) { return stated.strategy || is_stated(stated.flat); }

bool is_stated(const StrategyFields& f) {
  return f.tp || f.pp || f.vpp || f.dp || f.cp || f.ep || f.etp || f.mbs || f.sp || f.zero_stage || f.fsdp ||
         f.sharding || f.schedule || f.recompute || f.cp_comm || f.offload_optimizer || f.offload_parameters ||
         f.offload_activations || !f.layers_per_stage.empty();
}

Result<ResolvedPlan> resolve(const StatedPlan& stated, const std::string& path) {
  if (stated.strategy && is_stated(stated.flat))
    return fail(path + "/strategy", "'strategy' and degrees beside it both describe the plan; give one of them.");
  const StrategyFields& fields = stated.strategy ? *stated.strategy : stated.flat;
  Question question = stated.question;
  if (!question.gbs && !question.batch_size && fields.gbs) question.gbs = fields.gbs;
  if (!question.precision) question.precision = fields.precision;
  auto resolved = resolve(question, known_degrees(fields));
  if (!resolved) return tl::unexpected<Diagnostics>(below(path, std::move(resolved.error())));
  const estimate::Context context(resolved->problem);
  const std::string inside = path + (stated.strategy ? "/strategy" : "");
  auto strategy = strategy_of(context, fields, inside);
  if (!strategy) return tl::unexpected<Diagnostics>(std::move(strategy.error()));
  Diagnostics illegal;
  for (const search::Violation& v : search::violations(context, *strategy, stated.tp_across_domains))
    illegal.push_back({inside + "/" + v.field, v.message, v.hint});
  if (!illegal.empty()) return tl::unexpected<Diagnostics>(std::move(illegal));
  return ResolvedPlan{*std::move(resolved), *std::move(strategy)};
}

}  // namespace shardplan::api
