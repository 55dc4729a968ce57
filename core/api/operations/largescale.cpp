// A job on many nodes: the plan, where its groups belong on the network, what failures cost, and how many nodes to keep
// ready.
#include "api/best_plan.h"
#include "api/fields.h"
#include "api/placement.h"
#include "api/registry.h"
#include "api/resilience.h"
#include "api/smallest_change.h"
#include "base/decimal.h"
#include "base/text.h"

namespace shardplan::api {

struct LargescaleRequest {
  StatedPlan plan;
  std::optional<int> num_nodes;
  std::string cluster_type;
  std::optional<double> tokens;
  std::optional<double> repair_h;
  RunConditions conditions;
};

struct ClusterFields {
  int nodes = 0, gpus_per_node = 0, gpus = 0, scaleup_domain = 0;
  std::string gpu, system;
  double nic_gb_per_s = 0;
};

// The best plan with another global batch.
struct BatchFields {
  int gbs = 0;
  bool fits = false;
  std::string summary;
  double tokens_per_s = 0, mfu = 0;
  double faster_pct = 0;  // against the batch of the request
};

struct LargescaleResponse {
  ClusterFields cluster;
  Plan plan;
  std::vector<BatchFields> batches;
  std::vector<GroupPlacement> placement;
  std::vector<NetworkEffect> network;
  double tokens = 0;
  RunOutcome outcome;
  std::vector<SpareFields> spares;
  std::vector<RecoveryFields> recovery;
  std::vector<std::string> advice;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

constexpr double kDefaultTokens = 1e12;
constexpr int kDefaultNodes = 16, kDefaultPerNode = 8;
constexpr int kMostBatches = 3;
constexpr int64_t kMostBatch = 100000000;
constexpr double kWorthSaying = 2, kDear = 10;  // per cent

// The request with its nodes and its kind of cluster as the question's fields.
Result<StatedPlan> as_question(const LargescaleRequest& r) {
  StatedPlan stated = r.plan;
  Question& q = stated.question;
  if (!r.cluster_type.empty()) {
    if (!q.gpu.empty() || !q.system.empty())
      return fail("/cluster_type", "'cluster_type' and 'gpu' or 'system' both name the machines; give one of them.");
    if (catalog::find_system(presets(), r.cluster_type, "")) q.system = r.cluster_type;
    else if (catalog::find_accelerator(presets(), r.cluster_type, "")) q.gpu = r.cluster_type;
    else return tl::unexpected<Diagnostics>(catalog::find_system(presets(), r.cluster_type, "/cluster_type").error());
  }
  if (r.num_nodes && q.gpus) return fail("/num_nodes", "'gpus' and 'num_nodes' both state the size; give one of them.");
  if (q.gpus) return stated;
  if (!q.gpus_per_node && !q.system.empty())
    if (const auto system = catalog::find_system(presets(), q.system, "/system"))
      q.gpus_per_node = (*system)->gpus_per_node;
  q.gpus = r.num_nodes.value_or(kDefaultNodes) * q.gpus_per_node.value_or(kDefaultPerNode);
  return stated;
}

ClusterFields cluster_of(const spec::Cluster& c) {
  return {c.gpus / c.gpus_per_node, c.gpus_per_node, c.gpus,        c.scaleup_domain,
          c.accelerator.name,       c.system,        c.nic_gb_per_s};
}

// Four, 16 and 64 times the batch, each with its own best plan.
std::vector<BatchFields> batches_of(const StatedPlan& stated, const BestPlan& found) {
  std::vector<BatchFields> out;
  RecommendRequest search = search_for(stated);
  search.question.batch_size = std::nullopt;
  for (int i = 1; i <= kMostBatches; ++i) {
    const int64_t gbs = static_cast<int64_t>(found.question.problem.training.gbs) << (2 * i);
    if (gbs > kMostBatch) break;
    search.question.gbs = static_cast<int>(gbs);
    const auto best = best_plan(search);
    if (!best) continue;
    const Plan& p = best->plan;
    out.push_back({*search.question.gbs, p.fits, p.summary, p.tokens_per_s, p.mfu,
                   100 * (p.tokens_per_s / found.plan.tokens_per_s - 1)});
  }
  return out;
}

std::string percent(double pct) { return fixed_text(pct, 1) + " %"; }

std::string about_the_network(double slower_pct) {
  const std::string text = "A network oversubscribed 2:1 would slow this plan by " + percent(slower_pct);
  if (slower_pct < kWorthSaying) return text + ": it need not be non-blocking.";
  if (slower_pct < kDear) return text + ": weigh that against the switches that it saves.";
  return text + ": build it non-blocking, or keep each group that crosses nodes under one leaf switch.";
}

std::vector<std::string> advice_of(const LargescaleResponse& r) {
  std::vector<std::string> out;
  for (const NetworkEffect& e : r.network)
    if (e.rate == 0.5) out.push_back(about_the_network(e.slower_pct));
  if (!r.batches.empty() && r.batches.front().faster_pct > kWorthSaying)
    out.push_back("The batch limits this job: with gbs " + std::to_string(r.batches.front().gbs) + " it would train " +
                  percent(r.batches.front().faster_pct) + " more tokens per second.");
  if (!r.outcome.levers.empty())
    out.push_back("Against interruptions, " + r.outcome.levers.front().change + " would save most: " +
                  percent(100 * r.outcome.levers.front().hours_saved / r.outcome.time.hours) + " of the time.");
  if (r.recovery.size() == 2 && r.recovery[1].possible)
    out.push_back("Restarting only the failed replica would lift the effective training time from " +
                  percent(100 * r.recovery[0].effective_training_time_ratio) + " to " +
                  percent(100 * r.recovery[1].effective_training_time_ratio) +
                  (r.recovery[1].fits ? ", and its states fit." : ", but the states of a whole replica do not fit."));
  return out;
}

Result<LargescaleResponse> largescale(const LargescaleRequest& request) {
  auto stated = as_question(request);
  if (!stated) return tl::unexpected<Diagnostics>(std::move(stated.error()));
  auto found = stated_or_best_plan(*stated);
  if (!found) return tl::unexpected<Diagnostics>(std::move(found.error()));
  const estimate::Context context(found->question.problem);
  LargescaleResponse r;
  r.assumptions = std::move(found->question.assumptions);
  r.warnings = std::move(found->question.warnings);
  r.cluster = cluster_of(context.problem.cluster);
  r.plan = found->plan;
  if (!r.plan.fits) {
    r.warnings.push_back("The plan does not fit: " + number_text(r.plan.over_gib, 4) + " GiB over.");
    if (!names_strategy(*stated))
      r.smallest_change = smallest_changes(search_for(*stated), *prepare(search_for(*stated)));
  }
  const LongRun run = run_of(r.plan, request.tokens.value_or(kDefaultTokens));
  r.tokens = run.tokens;
  if (!request.tokens) r.assumptions.push_back("Tokens: " + number_text(kDefaultTokens) + ".");
  auto outcome = outcome_of(request.conditions, run, context, found->strategy, r.assumptions, r.warnings);
  if (!outcome) return tl::unexpected<Diagnostics>(std::move(outcome.error()));
  r.outcome = *std::move(outcome);
  r.batches = batches_of(*stated, *found);
  r.placement = placement_of(context, found->strategy, r.plan);
  r.network = network_effects(context, found->strategy, r.plan);
  r.spares = spares_of(r.outcome.failures, request.repair_h);
  r.recovery = recovery_of(*found, r.outcome, r.assumptions);
  r.advice = advice_of(r);
  return r;
}

}  // namespace

Operation largescale_operation() {
  return make_operation<&largescale>(
      "largescale", "A job on many nodes: plan, placement, network, failures, spare nodes and recovery.",
      R"({"model": "llama-3.1-405b", "cluster_type": "nvlink_h100", "num_nodes": 128, "seq_length": 8192, "gbs": 1024})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::LargescaleRequest, "largescale_request");
SHARDPLAN_DESCRIBE(api::ClusterFields, "cluster");
SHARDPLAN_DESCRIBE(api::BatchFields, "larger_batch");
SHARDPLAN_DESCRIBE(api::LargescaleResponse, "largescale_response");

Fields Describe<api::LargescaleRequest>::fields() {
  using R = api::LargescaleRequest;
  static constexpr Field own[] = {
      field<&R::num_nodes>("num_nodes", "Nodes of the job; 16 where neither this nor gpus is given.")
          .alias("nodes")
          .range(1, 1e5),
      field<&R::cluster_type>("cluster_type", "Kind of cluster: the name of a system, else of a GPU.").omit_default(),
      field<&R::tokens>("tokens", "Tokens to train on.").range(1, 1e16),
      field<&R::repair_h>("repair_h", "Hours until a failed node is back, for the spare nodes.").range(0, 100000),
  };
  static const FieldList table = FieldList().include<&R::plan>().add(own).include<&R::conditions>();
  return table;
}

Fields Describe<api::ClusterFields>::fields() {
  using C = api::ClusterFields;
  static constexpr Field table[] = {
      field<&C::nodes>("nodes"),
      field<&C::gpus_per_node>("gpus_per_node"),
      field<&C::gpus>("gpus"),
      field<&C::scaleup_domain>("scaleup_domain"),
      field<&C::gpu>("gpu"),
      field<&C::system>("system").omit_default(),
      field<&C::nic_gb_per_s>("nic_gb_per_s", "Network of one GPU, one direction."),
  };
  return table;
}

Fields Describe<api::BatchFields>::fields() {
  using B = api::BatchFields;
  static constexpr Field table[] = {
      field<&B::gbs>("gbs"),
      field<&B::fits>("fits"),
      field<&B::summary>("summary"),
      field<&B::tokens_per_s>("tokens_per_s"),
      field<&B::mfu>("mfu"),
      field<&B::faster_pct>("faster_pct", "Tokens per second against the batch of the request."),
  };
  return table;
}

Fields Describe<api::LargescaleResponse>::fields() {
  using R = api::LargescaleResponse;
  static constexpr Field head[] = {
      field<&R::cluster>("cluster"),
      field<&R::plan>("plan", "As stated, or the best one."),
      field<&R::batches>("batches", "What a larger global batch would bring, each with its own best plan.")
          .omit_default(),
      field<&R::placement>("placement", "Where each kind of group lies."),
      field<&R::network>("network", "The same plan on another network."),
      field<&R::tokens>("tokens"),
  };
  static constexpr Field tail[] = {
      field<&R::spares>("spares", "Nodes to keep ready."),
      field<&R::recovery>("recovery", "Restart of the whole job against restart of one replica."),
      field<&R::advice>("advice"),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  static const FieldList table = FieldList().add(head).include<&R::outcome>().add(tail);
  return table;
}

}  // namespace shardplan::json
