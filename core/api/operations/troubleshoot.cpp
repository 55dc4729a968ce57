// An error message or a log -> what failed, why, how to look into it and what mends it.
#include <algorithm>

#include "advise/log_scan.h"
#include "api/diagnosis.h"
#include "api/failures.h"
#include "api/fields.h"
#include "api/registry.h"
#include "base/text.h"

namespace shardplan::api {

struct TroubleshootRequest {
  std::string error_message;
  json::RawJson log;
  std::string topic;
  std::optional<StatedPlan> plan;
};

struct Topic {
  std::string topic;
  std::string title;
  advise::Category category = advise::Category::kFramework;
  advise::Severity severity = advise::Severity::kHigh;
};

struct TroubleshootResponse {
  std::string verdict;
  std::vector<Diagnosis> diagnoses;
  std::vector<Topic> topics;
  int lines = 0;
  int information_lines = 0;
  std::optional<Plan> plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

std::vector<Topic> all_topics() {
  std::vector<Topic> out;
  for (const advise::Failure& f : failures()) out.push_back({f.id, f.title, f.category, f.severity});
  return out;
}

tl::unexpected<Diagnostics> unknown_topic(const std::string& topic) {
  std::vector<std::string> names, ids;
  for (const advise::Failure& f : failures()) {
    ids.push_back(f.id);
    names.push_back(f.id);
    names.insert(names.end(), f.aliases.begin(), f.aliases.end());
  }
  const std::string near = nearest_name(topic, names);
  return fail("/topic", "Unknown topic '" + topic.substr(0, 80) + "'.",
              near.empty() ? "Known topics: " + join(ids, ", ") + "." : "Did you mean '" + near + "'?");
}

std::string nothing_found(const advise::Scan& scan) {
  const std::string lines = std::to_string(scan.lines) + (scan.lines == 1 ? " line" : " lines");
  if (scan.information_lines == scan.lines)
    return "Nothing is wrong here: all of the " + lines + " are NCCL INFO, which says what NCCL does.";
  return "No known failure shows in " + lines +
         "; paste the log of the rank that failed first, from its first error on.";
}

TroubleshootResponse answer(const TroubleshootRequest& request, const KnownPlan* plan) {
  TroubleshootResponse r;
  const bool has_log = !request.error_message.empty() || !request.log.text.empty();
  if (has_log) {
    const std::string& log = request.log.text.empty() ? request.error_message : request.log.text;
    const advise::Scan scan = advise::scan_log(log, failures());
    r.lines = scan.lines;
    r.information_lines = scan.information_lines;
    r.diagnoses = diagnoses_of(log, scan, plan);
    r.verdict = r.diagnoses.empty() ? nothing_found(scan) : r.diagnoses.front().summary;
  }
  if (!request.topic.empty()) {
    const advise::Failure& failure = failures()[static_cast<size_t>(find_failure(request.topic))];
    const auto is_it = [&](const Diagnosis& d) { return d.topic == failure.id; };
    if (std::none_of(r.diagnoses.begin(), r.diagnoses.end(), is_it)) r.diagnoses.push_back(diagnosis_of(failure, plan));
    if (!has_log) r.verdict = r.diagnoses.front().summary;
  } else if (!has_log) {
    r.topics = all_topics();
    r.verdict = "Give an error_message or a log, or one of the topics.";
  }
  return r;
}

Result<TroubleshootResponse> troubleshoot(const TroubleshootRequest& request) {
  Diagnostics problems;
  const auto note = [&](const Diagnostics& more) { problems.insert(problems.end(), more.begin(), more.end()); };
  if (!request.error_message.empty() && !request.log.text.empty())
    problems.push_back({"/log", "'error_message' and 'log' are both the text to look at; give one of them.", ""});
  if (!request.topic.empty() && find_failure(request.topic) < 0) note(unknown_topic(request.topic).value());
  std::optional<ResolvedPlan> resolved;
  if (request.plan) {
    auto plan = resolve(*request.plan, "/plan");
    if (plan) resolved = *std::move(plan);
    else note(plan.error());
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  if (!resolved) return answer(request, nullptr);
  const estimate::Context context(resolved->question.problem);
  Plan plan = make_plan(context, resolved->strategy, resolved->question.usable_bytes);
  const KnownPlan known{*resolved, context, plan, request.plan->tp_across_domains};
  TroubleshootResponse r = answer(request, &known);
  r.plan = std::move(plan);
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
  return r;
}

}  // namespace

Operation troubleshoot_operation() {
  Operation op = make_operation<&troubleshoot>(
      "troubleshoot", "Diagnose an error message or a log, against the plan if one is stated.",
      R"({"error_message": "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 3.91 GiB. GPU 3 has a total capacity of 79.11 GiB of which 1.94 GiB is free. Including non-PyTorch memory, this process has 77.16 GiB memory in use. Of the allocated memory 71.86 GiB is allocated by PyTorch, and 2.71 GiB is reserved by PyTorch but unallocated.", "plan": {"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 4}})");
  op.document_field = "log";
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::TroubleshootRequest, "troubleshoot_request");
SHARDPLAN_DESCRIBE(api::Topic, "topic");
SHARDPLAN_DESCRIBE(advise::Evidence, "evidence");
SHARDPLAN_DESCRIBE(api::Reading, "reading");
SHARDPLAN_DESCRIBE(api::Cause, "cause");
SHARDPLAN_DESCRIBE(api::Fix, "fix");
SHARDPLAN_DESCRIBE(api::Diagnosis, "diagnosis");
SHARDPLAN_DESCRIBE(api::TroubleshootResponse, "troubleshoot_response");

Fields Describe<api::TroubleshootRequest>::fields() {
  using R = api::TroubleshootRequest;
  static constexpr Field table[] = {
      field<&R::error_message>("error_message", "An error message, or lines of a log.").alias("error").omit_default(),
      field<&R::log>("log", "A log as a document."),
      field<&R::topic>("topic", "A known failure by its name; none of the three lists them.").omit_default(),
      field<&R::plan>("plan", "The plan that was run: what 'evaluate' takes."),
  };
  return table;
}

Fields Describe<api::Topic>::fields() {
  using T = api::Topic;
  static constexpr Field table[] = {
      field<&T::topic>("topic"),
      field<&T::title>("title"),
      field<&T::category>("category"),
      field<&T::severity>("severity"),
  };
  return table;
}

Fields Describe<advise::Evidence>::fields() {
  static constexpr Field table[] = {
      field<&advise::Evidence::line>("line", "From 1."),
      field<&advise::Evidence::text>("text"),
  };
  return table;
}

Fields Describe<api::Reading>::fields() {
  using R = api::Reading;
  static constexpr Field table[] = {
      field<&R::name>("name"),
      field<&R::value>("value"),
      field<&R::unit>("unit").omit_default(),
  };
  return table;
}

Fields Describe<api::Cause>::fields() {
  using C = api::Cause;
  static constexpr Field table[] = {
      field<&C::cause>("cause"),
      field<&C::holds>("holds", "yes, no or possible."),
      field<&C::because>("because").omit_default(),
  };
  return table;
}

Fields Describe<api::Fix>::fields() {
  using F = api::Fix;
  static constexpr Field table[] = {
      field<&F::fix>("fix"),
      field<&F::saves_gib>("saves_gib", "Of the worst rank's memory, by estimate."),
      field<&F::plan>("plan", "The changed plan, estimated."),
  };
  return table;
}

Fields Describe<api::Diagnosis>::fields() {
  using D = api::Diagnosis;
  static constexpr Field table[] = {
      field<&D::topic>("topic"),
      field<&D::title>("title"),
      field<&D::category>("category"),
      field<&D::severity>("severity", "critical: mend a machine; high: the job ends; medium: it suffers; low: a hint."),
      field<&D::summary>("summary"),
      field<&D::follows>("follows", "Topic whose consequence it probably is.").omit_default(),
      field<&D::lines>("lines", "Lines that show it.").omit_default(),
      field<&D::evidence>("evidence", "The first of them."),
      field<&D::readings>("readings", "Numbers read from the message, or estimated."),
      field<&D::symptoms>("symptoms"),
      field<&D::causes>("causes", "Those that hold first."),
      field<&D::checks>("checks"),
      field<&D::fixes>("fixes", "Changed plans with their estimates first."),
      field<&D::settings>("settings", "Environment variables."),
      field<&D::sources>("sources"),
  };
  return table;
}

Fields Describe<api::TroubleshootResponse>::fields() {
  using R = api::TroubleshootResponse;
  static constexpr Field table[] = {
      field<&R::verdict>("verdict"),
      field<&R::diagnoses>("diagnoses", "Causes before their consequences."),
      field<&R::topics>("topics", "All known failures, where none was asked about."),
      field<&R::lines>("lines", "Of the log.").omit_default(),
      field<&R::information_lines>("information_lines", "NCCL INFO among them.").omit_default(),
      field<&R::plan>("plan", "The stated plan with its estimate and confidence."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
