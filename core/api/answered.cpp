#include "api/answered.h"

namespace shardplan::api {

Answered answered(const RecommendRequest& request, const Prepared& prepared, const estimate::Context& context) {
  const search::Space space(context, prepared.limits);
  const search::Partial partial = search::evaluate_range(context, space, 0, space.size(), prepared.options);
  RecommendResponse found = finish(request, prepared, context, space, partial);
  Answered a;
  if (found.best) a.strategy = space.at(partial.top.front().index);
  else if (found.nearest) a.strategy = space.at(partial.nearest.index);
  a.answer = {std::move(found.best), std::move(found.nearest), std::move(found.smallest_change),
              std::move(found.search)};
  a.assumptions = std::move(found.assumptions);
  a.warnings = std::move(found.warnings);
  return a;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::SearchAnswer>::fields() {
  using A = api::SearchAnswer;
  static constexpr Field table[] = {
      field<&A::best>("best", "The recommended plan."),
      field<&A::nearest>("nearest", "Where nothing fits: the legal plan that comes nearest."),
      field<&A::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&A::search>("search"),
  };
  return table;
}

}  // namespace shardplan::json
