// A plan as a text in Markdown, for people and for print.
#include <algorithm>

#include "api/diagnosis.h"
#include "api/fields.h"
#include "api/job.h"
#include "api/registry.h"
#include "api/report_text.h"

namespace shardplan::api {

struct ReportRequest {
  StatedPlan plan;
  std::string title;
  std::optional<double> tokens;
  RunConditions conditions;
  std::optional<emit::Framework> framework;
};

struct ReportResponse {
  std::string markdown;
  Plan plan;
  std::vector<std::string> risks;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr double kAnyTokens = 1e12;  // a long run, where none is stated
constexpr size_t kMostWaysOut = 2;

emit::Framework framework_of(const spec::Stack& stack) {
  const auto begins = [&](const char* word) { return stack.id.rfind(word, 0) == 0; };
  if (begins("deepspeed")) return emit::Framework::kDeepSpeed;
  if (begins("torchtitan")) return emit::Framework::kTorchtitan;
  if (begins("llm-foundry")) return emit::Framework::kFsdp;
  return emit::Framework::kMegatron;
}

std::optional<emit::Artefact> launch_of(const ReportRequest& request, const BestPlan& best,
                                        std::vector<std::string>& assumptions) {
  JobFields job;
  job.model = request.plan.question.model;
  job.question = request.plan.question;
  job.question.model = {};
  job.question.gpus = best.plan.gpus;
  job.strategy = best.plan.strategy;
  job.tp_across_domains = request.plan.tp_across_domains;
  const auto resolved = resolve(job);
  if (!resolved) return std::nullopt;
  auto artefacts =
      emit::artefacts(resolved->job, request.framework.value_or(framework_of(best.question.problem.stack)));
  if (artefacts.empty()) return std::nullopt;
  for (const std::string& text : resolved->assumptions)
    if (std::find(assumptions.begin(), assumptions.end(), text) == assumptions.end()) assumptions.push_back(text);
  return std::move(artefacts.front());
}

Result<ReportResponse> report(const ReportRequest& request) {
  auto best = stated_or_best_plan(request.plan);
  if (!best) return tl::unexpected<Diagnostics>(std::move(best.error()));
  const estimate::Context context(best->question.problem);
  Report r{*best,
           context,
           request.title,
           request.tokens,
           {},
           {},
           nullptr,
           best->question.assumptions,
           best->question.warnings};
  // What a long run is interrupted by is a risk of any; its length is a section where tokens are stated.
  std::vector<std::string> of_run, warned;
  auto run = outcome_of(request.conditions, run_of(best->plan, request.tokens.value_or(kAnyTokens)), context,
                        best->strategy, of_run, warned);
  if (!run) return tl::unexpected<Diagnostics>(std::move(run.error()));
  r.run = *std::move(run);
  r.assumptions.insert(r.assumptions.end(), of_run.begin(), of_run.end());
  r.warnings.insert(r.warnings.end(), warned.begin(), warned.end());
  const ResolvedPlan resolved{best->question, best->strategy};
  for (const Fix& fix : lighter_plans({resolved, context, best->plan, request.plan.tp_across_domains}))
    if (r.if_out_of_memory.size() < kMostWaysOut && fix.plan && fix.plan->fits) r.if_out_of_memory.push_back(fix.fix);
  const auto launch = launch_of(request, *best, r.assumptions);
  r.launch = launch ? &*launch : nullptr;
  ReportResponse response;
  response.markdown = report_text(r);
  response.risks = risks_of(r);
  response.plan = best->plan;
  response.assumptions = std::move(r.assumptions);
  response.warnings = std::move(r.warnings);
  return response;
}

}  // namespace

Operation report_operation() {
  return make_operation<&report>(
      "report", "A plan as a text in Markdown: why, what it takes, how sure, risks, launch.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 8, "vpp": 5, "dp": 2, "mbs": 1})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::ReportRequest, "report_request");
SHARDPLAN_DESCRIBE(api::ReportResponse, "report_response");

Fields Describe<api::ReportRequest>::fields() {
  using R = api::ReportRequest;
  static constexpr Field own[] = {
      field<&R::title>("title", "Heading of the text.").omit_default(),
      field<&R::tokens>("tokens", "Tokens of the whole training, which then has a section.").range(1, 1e18),
      field<&R::framework>("framework", "Whose launch command is printed; the software's own where absent."),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own).include<&R::conditions>();
  return table;
}

Fields Describe<api::ReportResponse>::fields() {
  using R = api::ReportResponse;
  static constexpr Field table[] = {
      field<&R::markdown>("markdown"),
      field<&R::plan>("plan"),
      field<&R::risks>("risks"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
