// A mixture of experts on a cluster: the best plan, the ways to fold expert and tensor parallelism, and what routing
// costs. Every figure is an estimate of its own.
#include <algorithm>
#include <cmath>

#include "advise/moe.h"
#include "api/alternative.h"
#include "api/answered.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "base/text.h"
#include "base/units.h"
#include "model/parameters.h"

namespace shardplan::api {

struct MoeRequest {
  Question question;
  LimitFields limits;
  std::optional<int> num_experts;
  std::optional<int> experts_per_token;
  std::optional<double> capacity_factor;
};

struct ExpertFields {
  int num_experts = 0, experts_per_token = 0, moe_layers = 0, dense_layers = 0;
  int shared_expert_width = 0, groups = 0, groups_per_token = 0;
  double parameters_b = 0, active_parameters_b = 0, expert_share_pct = 0;
};

struct FoldingFields {
  int tp = 0, ep = 0, etp = 0;
  double experts_per_rank = 0;
  bool across_domains = false;
  Communication all_to_all;
  double all_to_all_share_pct = 0;
  std::string summary;
  Alternative plan;
};

struct ImbalanceFields {
  double expert_imbalance = 0;
  bool fits = false;
  double over_gib = 0, peak_gib = 0, step_time_s = 0, change_pct = 0;
  Communication all_to_all;
  std::string best_change;
  std::optional<double> best_step_time_s;
};

struct CapacityFields {
  double capacity_factor = 0;
  std::string meaning;
  bool fits = false;
  double peak_gib = 0, step_time_s = 0;
};

struct ExpertCost {
  double step_time_s = 0, difference_s = 0, peak_gib_difference = 0;
  std::string meaning;
};

struct MoeResponse {
  std::vector<std::string> findings;
  ExpertFields experts;
  SearchAnswer answer;
  std::vector<FoldingFields> foldings;
  std::vector<ImbalanceFields> imbalance;
  std::vector<CapacityFields> capacity;
  std::optional<ExpertCost> shared_experts, group_limit;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::Outcome;
using estimate::Context;
using spec::Strategy;

constexpr size_t kMostFoldings = 40;
constexpr double kImbalances[] = {1, 1.2, 1.5, 2};

// What the request says of the experts against what the model has.
Diagnostics contradictions(const MoeRequest& r, const spec::Model& m) {
  if (!model::is_moe(m))
    return {{"/model", m.name + " has no experts.",
             "Name a mixture of experts such as mixtral-8x7b; 'presets' lists them."}};
  Diagnostics problems;
  const auto check = [&](const char* field, const std::optional<int>& said, int is, const char* what) {
    if (said && *said != is)
      problems.push_back({std::string("/") + field,
                          m.name + " has " + std::to_string(is) + " " + what + ", not " + std::to_string(*said) + ".",
                          "Leave it out, or give the changed model's config.json as 'model'."});
  };
  check("num_experts", r.num_experts, m.num_experts, "experts");
  check("experts_per_token", r.experts_per_token, m.num_experts_per_tok, "experts for each token");
  return problems;
}

ExpertFields expert_fields(const spec::Model& m) {
  const model::ParameterTotals totals = model::total_parameters(m);
  const model::LayerCount layers = model::all_layers(m);
  ExpertFields f;
  f.num_experts = m.num_experts;
  f.experts_per_token = m.num_experts_per_tok;
  f.moe_layers = static_cast<int>(layers.moe);
  f.dense_layers = static_cast<int>(layers.dense);
  f.shared_expert_width = m.shared_expert_intermediate_size;
  f.groups = m.n_group;
  f.groups_per_token = m.topk_group;
  f.parameters_b = totals.total / kGiga;
  f.active_parameters_b = totals.active / kGiga;
  f.expert_share_pct = 100 * layers.moe * model::layer_parameters(m, 1, 1, 1).experts / totals.total;
  return f;
}

Communication all_to_all(const Outcome& o) { return {o.time.ep_total_s, o.time.ep_s}; }

FoldingFields folding_fields(const Context& c, const advise::Folding& f, const Strategy& base, const Plan& plan) {
  FoldingFields out;
  out.tp = f.tp;
  out.ep = f.ep;
  out.etp = f.etp;
  out.experts_per_rank = static_cast<double>(c.model().num_experts) / f.ep;
  out.across_domains = f.ep * f.etp > c.links.domain;
  out.all_to_all = all_to_all(f.found.outcome);
  out.all_to_all_share_pct = 100 * out.all_to_all.exposed_s / f.found.outcome.time.step_time_s;
  out.summary = strategy_text(f.found.strategy);
  out.plan = alternative(c, base, f.found.strategy, f.found.outcome, baseline_of(plan));
  return out;
}

ImbalanceFields imbalance_fields(const Context& c, const advise::Imbalanced& i, const Strategy& s, double even_s) {
  ImbalanceFields f;
  f.expert_imbalance = i.imbalance;
  f.fits = i.same.fits();
  f.over_gib = i.same.over_bytes / kGib;
  f.peak_gib = i.same.reserved_bytes / kGib;
  f.step_time_s = i.same.time.step_time_s;
  f.change_pct = 100 * (f.step_time_s / even_s - 1);
  f.all_to_all = all_to_all(i.same);
  if (i.best && i.best->outcome.fits()) {
    f.best_change = change_text(c, s, i.best->strategy);
    f.best_step_time_s = i.best->outcome.time.step_time_s;
  }
  return f;
}

class MoeAdvice {
 public:
  MoeAdvice(const MoeRequest& request, const Prepared& prepared)
      : request_(request),
        prepared_(prepared),
        context_(prepared.resolved.problem),
        usable_bytes_(prepared.resolved.usable_bytes) {}

  MoeResponse run() {
    r_.experts = expert_fields(context_.model());
    search();
    if (plan_ != nullptr) {
      foldings();
      imbalance();
      capacity();
      routing();
    }
    findings();
    return std::move(r_);
  }

 private:
  const MoeRequest& request_;
  const Prepared& prepared_;
  const Context context_;
  const double usable_bytes_;
  MoeResponse r_;
  Strategy s_;
  const Plan* plan_ = nullptr;  // the best, or the nearest
  std::vector<advise::Folding> foldings_;

  void search() {
    Answered found =
        answered({request_.question, request_.limits, spec::Objective::kThroughput, 1, false}, prepared_, context_);
    r_.answer = std::move(found.answer);
    r_.assumptions = std::move(found.assumptions);
    r_.warnings = std::move(found.warnings);
    s_ = found.strategy;
    plan_ = r_.answer.plan();
  }

  void foldings() {
    foldings_ = advise::foldings(context_, prepared_.limits, usable_bytes_);
    for (const advise::Folding& f : foldings_)
      if (r_.foldings.size() < kMostFoldings) r_.foldings.push_back(folding_fields(context_, f, s_, *plan_));
  }

  void imbalance() {
    const auto at = [&](double imbalance, const std::vector<advise::Folding>& among) {
      return advise::with_imbalance(context_, s_, prepared_.limits, usable_bytes_, imbalance, among);
    };
    const double even_s = at(1, {}).same.time.step_time_s;
    for (double imbalance : kImbalances)
      r_.imbalance.push_back(imbalance_fields(context_, at(imbalance, foldings_), s_, even_s));
  }

  void add_capacity(double rows, std::string meaning) {
    estimate::Problem p = context_.problem;
    p.training.expert_imbalance = rows;
    const Outcome o = advise::outcome_of(Context(std::move(p)), s_, usable_bytes_);
    r_.capacity.push_back(
        {*request_.capacity_factor, std::move(meaning), o.fits(), o.reserved_bytes / kGib, o.time.step_time_s});
  }

  void capacity() {
    if (!request_.capacity_factor) return;
    const double factor = *request_.capacity_factor, imbalance = context_.training().expert_imbalance;
    const std::string rows = number_text(factor, 3) + " times the mean";
    add_capacity(std::max(1.0, std::min(factor, imbalance)),
                 "Tokens beyond " + rows + " are dropped: no expert works on more.");
    if (factor >= 1)
      add_capacity(factor, "Experts are padded to " + rows + ": each works on as much and keeps as much.");
  }

  std::optional<ExpertCost> against(const estimate::Problem& without, std::string meaning) const {
    const Context c(without);
    const Outcome o = advise::outcome_of(c, s_, usable_bytes_);
    return ExpertCost{o.time.step_time_s, plan_->time.step_time_s - o.time.step_time_s,
                      plan_->memory.peak_gib - o.reserved_bytes / kGib, std::move(meaning)};
  }

  void routing() {
    const spec::Model& m = context_.model();
    if (m.shared_expert_intermediate_size > 0)
      r_.shared_experts = against(advise::without_shared_experts(context_.problem),
                                  "What the shared experts cost: the same plan of the model without them.");
    if (m.n_group > m.topk_group && m.topk_group > 0)
      r_.group_limit =
          against(advise::without_group_limit(context_.problem),
                  "What keeping a token to " + std::to_string(m.topk_group) + " of " + std::to_string(m.n_group) +
                      " groups of experts saves: the same plan without the limit.");
  }

  void say(std::string sentence) { r_.findings.push_back(std::move(sentence)); }

  void findings() {
    if (plan_ == nullptr) return say("No combination of the axes is legal: see the reasons under 'search'.");
    const TimeFields& t = plan_->time;
    say((r_.answer.best ? "Best: " : "Nothing fits; nearest, " + gib_text(plan_->over_gib) + " over: ") +
        plan_->summary + ", " + seconds_text(t.step_time_s) + " a step, " + gib_text(plan_->memory.peak_gib) + ".");
    if (t.ep.total_s > 0)
      say("Sending tokens to their experts takes " + seconds_text(t.ep.total_s) + " a step, of which " +
          seconds_text(t.ep.exposed_s) + " (" + percent_text(t.ep.exposed_s / t.step_time_s) + ") is not hidden" +
          (s_.ep * s_.etp > context_.links.domain ? "; it crosses the network."
                                                  : "; it stays inside the scale-up domain."));
    else if (s_.etp > 1) say("Experts are cut by tensor parallelism and not spread over ranks.");
    else say("Every rank holds all experts: no token is sent.");
    if (r_.foldings.size() > 1) {
      const FoldingFields& other = r_.foldings[1];
      if (other.plan.fits)
        say("The next best folding: TP " + std::to_string(other.tp) + ", EP " + std::to_string(other.ep) + ", ETP " +
            std::to_string(other.etp) + ", " + seconds_text(other.plan.step_time_s) + " a step.");
    }
    const ImbalanceFields& uneven = r_.imbalance[2];
    say("Where the busiest rank's experts get " + number_text(uneven.expert_imbalance, 2) +
        " times the mean of tokens, the step takes " + percent_text(uneven.change_pct / 100) +
        " longer and peak memory is " + gib_text(uneven.peak_gib) + (uneven.fits ? "." : ", which does not fit."));
    if (r_.shared_experts)
      say("The shared experts take " + seconds_text(r_.shared_experts->difference_s) + " of the step.");
    if (r_.group_limit && std::fabs(r_.group_limit->difference_s) > 1e-3 * t.step_time_s)
      say("Group-limited routing saves " + seconds_text(-r_.group_limit->difference_s) + " a step.");
  }
};

Result<MoeResponse> moe(const MoeRequest& request) {
  auto prepared = prepare({request.question, request.limits, spec::Objective::kThroughput, 1, false});
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  Diagnostics problems = contradictions(request, prepared->resolved.problem.model);
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return MoeAdvice(request, *prepared).run();
}

}  // namespace

Operation moe_operation() {
  return make_operation<&moe>(
      "moe", "Plan a mixture of experts: expert parallelism, folding, uneven loads.",
      R"({"model": "mixtral-8x7b", "gpu": "h100", "gpus": 64, "seq_length": 4096, "gbs": 256, "num_experts": 8, "experts_per_token": 2})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::MoeRequest, "moe_request");
SHARDPLAN_DESCRIBE(api::ExpertFields, "experts");
SHARDPLAN_DESCRIBE(api::FoldingFields, "folding");
SHARDPLAN_DESCRIBE(api::ImbalanceFields, "imbalance");
SHARDPLAN_DESCRIBE(api::CapacityFields, "capacity");
SHARDPLAN_DESCRIBE(api::ExpertCost, "expert_cost");
SHARDPLAN_DESCRIBE(api::MoeResponse, "moe_response");

Fields Describe<api::MoeRequest>::fields() {
  using R = api::MoeRequest;
  static constexpr Field own[] = {
      field<&R::num_experts>("num_experts", "Experts of a layer; checked against the model's.").range(1, 100000),
      field<&R::experts_per_token>("experts_per_token", "Experts of each token; checked against the model's.")
          .alias("num_experts_per_tok")
          .alias("top_k")
          .range(1, 1000),
      field<&R::capacity_factor>("capacity_factor",
                                 "Most tokens of an expert against the mean, where tokens are dropped or padded.")
          .range(0.1, 64),
  };
  static const FieldList table = FieldList().include<&R::question>().include<&R::limits>().add(own);
  return table;
}

Fields Describe<api::ExpertFields>::fields() {
  using E = api::ExpertFields;
  static constexpr Field table[] = {
      field<&E::num_experts>("num_experts"),
      field<&E::experts_per_token>("experts_per_token"),
      field<&E::moe_layers>("moe_layers"),
      field<&E::dense_layers>("dense_layers"),
      field<&E::shared_expert_width>("shared_expert_width", "All shared experts together.").omit_default(),
      field<&E::groups>("groups", "Groups of experts ...").omit_default(),
      field<&E::groups_per_token>("groups_per_token", "... of which a token may use so many.").omit_default(),
      field<&E::parameters_b>("parameters_b", "10^9."),
      field<&E::active_parameters_b>("active_parameters_b", "Of one token, 10^9."),
      field<&E::expert_share_pct>("expert_share_pct", "Of the parameters that lie in routed experts."),
  };
  return table;
}

Fields Describe<api::FoldingFields>::fields() {
  using F = api::FoldingFields;
  static constexpr Field table[] = {
      field<&F::tp>("tp"),
      field<&F::ep>("ep"),
      field<&F::etp>("etp"),
      field<&F::experts_per_rank>("experts_per_rank"),
      field<&F::across_domains>("across_domains", "Whether tokens cross the network."),
      field<&F::all_to_all>("all_to_all", "Dispatch and combine, per step."),
      field<&F::all_to_all_share_pct>("all_to_all_share_pct", "Exposed, of the step."),
      field<&F::summary>("summary", "The best plan that folds so."),
      field<&F::plan>("plan", "Its figures, against the recommended plan."),
  };
  return table;
}

Fields Describe<api::ImbalanceFields>::fields() {
  using I = api::ImbalanceFields;
  static constexpr Field table[] = {
      field<&I::expert_imbalance>("expert_imbalance", "Tokens of the busiest rank's experts against the mean."),
      field<&I::fits>("fits", "The recommended plan."),
      field<&I::over_gib>("over_gib").omit_default(),
      field<&I::peak_gib>("peak_gib"),
      field<&I::step_time_s>("step_time_s"),
      field<&I::change_pct>("change_pct", "Of the step time, against even loads."),
      field<&I::all_to_all>("all_to_all"),
      field<&I::best_change>("best_change", "How the plan that is best then differs; empty where it does not.")
          .omit_default(),
      field<&I::best_step_time_s>("best_step_time_s", "Of the plan that is best then."),
  };
  return table;
}

Fields Describe<api::CapacityFields>::fields() {
  using C = api::CapacityFields;
  static constexpr Field table[] = {
      field<&C::capacity_factor>("capacity_factor"),
      field<&C::meaning>("meaning"),
      field<&C::fits>("fits"),
      field<&C::peak_gib>("peak_gib"),
      field<&C::step_time_s>("step_time_s"),
  };
  return table;
}

Fields Describe<api::ExpertCost>::fields() {
  using E = api::ExpertCost;
  static constexpr Field table[] = {
      field<&E::step_time_s>("step_time_s", "Without."),
      field<&E::difference_s>("difference_s", "Step time with it less step time without."),
      field<&E::peak_gib_difference>("peak_gib_difference", "Peak memory with it less that without."),
      field<&E::meaning>("meaning"),
  };
  return table;
}

Fields Describe<api::MoeResponse>::fields() {
  using R = api::MoeResponse;
  static constexpr Field first[] = {
      field<&R::findings>("findings", "The answer in sentences."),
      field<&R::experts>("experts"),
  };
  static constexpr Field rest[] = {
      field<&R::foldings>("foldings", "The best plan of each way to fold TP, EP and ETP, best first."),
      field<&R::imbalance>("imbalance", "What uneven loads do to the recommended plan."),
      field<&R::capacity>("capacity", "What a capacity factor does to it.").omit_default(),
      field<&R::shared_experts>("shared_experts"),
      field<&R::group_limit>("group_limit"),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  static const FieldList table = FieldList().add(first).include<&R::answer>().add(rest);
  return table;
}

}  // namespace shardplan::json
