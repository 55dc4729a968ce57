// How much of a plan's communication is hidden, what hiding none or all of it would change, and what switches it on.
#include <algorithm>
#include <cmath>

#include "advise/outcome.h"
#include "advise/overlap.h"
#include "api/alternative.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/stated_plan.h"
#include "base/text.h"

namespace shardplan::api {

struct CommOverlapRequest {
  StatedPlan plan;
};

// The step with something about overlap changed.
struct OverlapCase {
  double step_time_s = 0, gain_s = 0, gain_pct = 0;
};

struct OverlapSettingFields {
  std::string setting, note, source;
};

struct CommunicationOverlap {
  std::string communication;
  double total_s = 0, exposed_s = 0, hidden_pct = 0, exposed_share_pct = 0;
  std::string hidden_by;
  OverlapCase without_overlap, fully_hidden;
  std::optional<Alternative> instead;
  std::vector<OverlapSettingFields> settings;
};

struct CommOverlapResponse {
  std::vector<std::string> findings;
  double step_time_s = 0;
  double total_s = 0, exposed_s = 0, exposed_share_pct = 0;
  OverlapCase without_overlap, fully_hidden;
  std::string worth_most;
  std::vector<CommunicationOverlap> communications;
  Plan plan;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Traffic;
using estimate::Context;
using spec::Strategy;

constexpr double kWorthASentence = 0.005;  // of the step

OverlapCase case_of(double now_s, double then_s) { return {then_s, now_s - then_s, 100 * (now_s / then_s - 1)}; }

const char* long_name(Traffic t) {
  switch (t) {
    case Traffic::kTp: return "Tensor-parallel";
    case Traffic::kCp: return "Context-parallel";
    case Traffic::kEp: return "Expert-parallel";
    case Traffic::kPp: return "Pipeline";
    case Traffic::kDp: return "Data-parallel";
  }
  return "";
}

std::string hidden_by(const Context& c, const Strategy& s, Traffic t) {
  const spec::Stack& stack = c.stack();
  switch (t) {
    case Traffic::kTp: return "The matrix products before and after it.";
    case Traffic::kCp:
      return s.cp_comm == spec::ContextParallel::kRing
                 ? "Attention on the blocks that are there already."
                 : "Nothing: it has to end before attention begins. Only the ring runs beside it.";
    case Traffic::kEp:
      return stack.ep_overlap > 0 ? "Compute of other micro-batches and of the shared experts."
                                  : "Nothing in this software.";
    case Traffic::kPp: return "Compute of the next micro-batch.";
    case Traffic::kDp:
      if (estimate::gathers_per_microbatch(s.sharding))
        return "Compute of the layer before, while the next one is gathered.";
      return "The last backward and the first forward pass of the step" +
             (s.pp > 1 ? ", over " + number_text(estimate::data_parallel_window(s), 3) + " times a micro-batch." : ".");
  }
  return "";
}

// All-to-all and all-gather cannot be hidden; the ring can.
std::optional<Alternative> ring_instead(const Context& c, const Strategy& s, double usable_bytes, const Plan& plan) {
  if (s.cp == 1 || s.cp_comm == spec::ContextParallel::kRing) return std::nullopt;
  Strategy ring = s;
  ring.cp_comm = spec::ContextParallel::kRing;
  return alternative(c, s, ring, advise::outcome_of(c, ring, usable_bytes), baseline_of(plan));
}

CommunicationOverlap fields_of(const Context& c, const Strategy& s, const advise::Overlap& o, double step_s) {
  CommunicationOverlap f;
  f.communication = name_of(o.traffic);
  f.total_s = o.total_s;
  f.exposed_s = o.exposed_s;
  f.hidden_pct = 100 * (1 - o.exposed_s / o.total_s);
  f.exposed_share_pct = 100 * o.exposed_s / step_s;
  f.hidden_by = hidden_by(c, s, o.traffic);
  f.without_overlap = case_of(step_s, o.step_off_s);
  f.fully_hidden = case_of(step_s, o.step_hidden_s);
  for (const advise::OverlapSetting& setting : advise::overlap_settings(o.traffic, c.stack().framework))
    f.settings.push_back({setting.setting, setting.note, setting.source});
  return f;
}

std::vector<std::string> findings(const CommOverlapResponse& r, const advise::OverlapReport& report) {
  if (report.kinds.empty()) return {"The plan has no communication."};
  std::vector<std::string> out;
  out.push_back("Communication takes " + seconds_text(r.total_s) + " of work beside a step of " +
                seconds_text(r.step_time_s) + "; " + seconds_text(r.exposed_s) + " of it (" +
                percent_text(r.exposed_share_pct / 100) + " of the step) is not hidden.");
  if (r.fully_hidden.gain_s > kWorthASentence * r.step_time_s)
    out.push_back("Hiding all that can be hidden would save " + seconds_text(r.fully_hidden.gain_s) + " a step (" +
                  percent_text(r.fully_hidden.gain_s / r.step_time_s) + "); without any overlap it would take " +
                  seconds_text(-r.without_overlap.gain_s) + " longer.");
  else
    out.push_back("Hiding more of it is worth less than " + percent_text(kWorthASentence) +
                  "; without any overlap a step would take " + seconds_text(-r.without_overlap.gain_s) + " longer.");
  for (size_t i = 0; i < report.kinds.size(); ++i) {
    const CommunicationOverlap& f = r.communications[i];
    if (f.fully_hidden.gain_s <= kWorthASentence * r.step_time_s) continue;
    std::string text = std::string(long_name(report.kinds[i].traffic)) + " traffic: " + seconds_text(f.exposed_s) +
                       " of " + seconds_text(f.total_s) + " exposed; hidden it would save " +
                       seconds_text(f.fully_hidden.gain_s) + ".";
    if (!f.settings.empty())
      text += (f.hidden_pct > 0 ? " What is hidden counts on: " : " Try: ") + f.settings.front().setting + ".";
    out.push_back(std::move(text));
  }
  for (const CommunicationOverlap& f : r.communications)
    if (f.instead && f.instead->gain_s > kWorthASentence * r.step_time_s)
      out.push_back("With " + f.instead->change + " it would save " + seconds_text(f.instead->gain_s) + ".");
  return out;
}

Result<CommOverlapResponse> comm_overlap(const CommOverlapRequest& request) {
  auto resolved = resolve(request.plan);
  if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
  const Context context(resolved->question.problem);
  const Strategy& s = resolved->strategy;
  const double usable_bytes = resolved->question.usable_bytes;
  CommOverlapResponse r;
  r.plan = make_plan(context, s, usable_bytes);
  const advise::OverlapReport report = advise::overlaps(context, s);
  r.step_time_s = report.step_s;
  r.without_overlap = case_of(report.step_s, report.step_off_s);
  r.fully_hidden = case_of(report.step_s, report.step_hidden_s);
  double most = 0;
  for (const advise::Overlap& o : report.kinds) {
    r.total_s += o.total_s;
    r.exposed_s += o.exposed_s;
    CommunicationOverlap f = fields_of(context, s, o, report.step_s);
    if (o.traffic == Traffic::kCp) f.instead = ring_instead(context, s, usable_bytes, r.plan);
    if (f.fully_hidden.gain_s > most) {
      most = f.fully_hidden.gain_s;
      r.worth_most = f.communication;
    }
    r.communications.push_back(std::move(f));
  }
  r.exposed_share_pct = 100 * r.exposed_s / r.step_time_s;
  r.findings = findings(r, report);
  r.assumptions = std::move(resolved->question.assumptions);
  r.warnings = std::move(resolved->question.warnings);
  if (!r.plan.fits) r.warnings.push_back("The plan does not fit: see plan.over_gib. Times are as if it did.");
  return r;
}

}  // namespace

Operation comm_overlap_operation() {
  return make_operation<&comm_overlap>(
      "comm-overlap", "How much communication is hidden, and what hiding more would gain.",
      R"({"model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128, "tp": 4, "pp": 2, "vpp": 20, "cp": 2, "dp": 4, "recompute": "selective"})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::CommOverlapRequest, "comm_overlap_request");
SHARDPLAN_DESCRIBE(api::OverlapCase, "overlap_case");
SHARDPLAN_DESCRIBE(api::OverlapSettingFields, "overlap_setting");
SHARDPLAN_DESCRIBE(api::CommunicationOverlap, "communication_overlap");
SHARDPLAN_DESCRIBE(api::CommOverlapResponse, "comm_overlap_response");

Fields Describe<api::CommOverlapRequest>::fields() {
  static const FieldList table = FieldList().include<&api::CommOverlapRequest::plan>();
  return table;
}

Fields Describe<api::OverlapCase>::fields() {
  using C = api::OverlapCase;
  static constexpr Field table[] = {
      field<&C::step_time_s>("step_time_s"),
      field<&C::gain_s>("gain_s", "Step time saved; negative where it takes longer."),
      field<&C::gain_pct>("gain_pct", "Throughput gained."),
  };
  return table;
}

Fields Describe<api::OverlapSettingFields>::fields() {
  using S = api::OverlapSettingFields;
  static constexpr Field table[] = {
      field<&S::setting>("setting"),
      field<&S::note>("note", "What it needs.").omit_default(),
      field<&S::source>("source").omit_default(),
  };
  return table;
}

Fields Describe<api::CommunicationOverlap>::fields() {
  using C = api::CommunicationOverlap;
  static constexpr Field table[] = {
      field<&C::communication>("communication", "tp, cp, ep, pp or dp."),
      field<&C::total_s>("total_s", "All of it."),
      field<&C::exposed_s>("exposed_s", "Not hidden behind compute."),
      field<&C::hidden_pct>("hidden_pct"),
      field<&C::exposed_share_pct>("exposed_share_pct", "Of the step."),
      field<&C::hidden_by>("hidden_by", "What hides it."),
      field<&C::without_overlap>("without_overlap", "The step if none of it were hidden."),
      field<&C::fully_hidden>("fully_hidden", "The step if all of it were hidden that can be."),
      field<&C::instead>("instead", "Another way to communicate, which can be hidden."),
      field<&C::settings>("settings",
                          "What switches its overlap on in this software: what the estimate counts on where some of it "
                          "is hidden, what to try where none is.")
          .omit_default(),
  };
  return table;
}

Fields Describe<api::CommOverlapResponse>::fields() {
  using R = api::CommOverlapResponse;
  static constexpr Field table[] = {
      field<&R::findings>("findings", "The answer in sentences."),
      field<&R::step_time_s>("step_time_s"),
      field<&R::total_s>("total_s", "Communication of all kinds."),
      field<&R::exposed_s>("exposed_s", "Not hidden behind compute."),
      field<&R::exposed_share_pct>("exposed_share_pct", "Of the step."),
      field<&R::without_overlap>("without_overlap", "The step if nothing were hidden."),
      field<&R::fully_hidden>("fully_hidden", "The step if all were hidden that can be."),
      field<&R::worth_most>("worth_most", "The communication whose hiding saves most.").omit_default(),
      field<&R::communications>("communications", "Most exposed first."),
      field<&R::plan>("plan"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
