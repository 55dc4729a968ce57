#include "api/job.h"

#include <algorithm>

#include "api/fields.h"
#include "api/stated_plan.h"
#include "base/text.h"
#include "search/violations.h"

namespace shardplan::api {
namespace {

constexpr const char* kStandIn = "llama-3.1-8b";  // reads degrees where no model is named; nothing of it is shown

// Fabrics that presets of networks and systems stand for, by the beginnings of their ids.
std::optional<emit::Fabric> fabric_of(const Question& q) {
  using emit::Fabric;
  struct Known {
    const char* prefix;
    Fabric fabric;
  };
  constexpr Known kKnown[] = {
      {"ib-", Fabric::kInfiniband},       {"roce-", Fabric::kRoce},          {"efa-", Fabric::kEfa},
      {"eth-", Fabric::kEthernet},        {"gcp-tcpxo-", Fabric::kTcpxo},    {"gcp-tcpx-", Fabric::kTcpx},
      {"slingshot-", Fabric::kSlingshot}, {"aws-p", Fabric::kEfa},           {"azure-nd", Fabric::kInfiniband},
      {"dgx-", Fabric::kInfiniband},      {"gcp-a3-highgpu", Fabric::kTcpx}, {"gcp-a3-megagpu", Fabric::kTcpxo},
      {"gcp-a3-ultragpu", Fabric::kRoce}, {"gcp-a4-highgpu", Fabric::kRoce}, {"oci-bm", Fabric::kRoce}};
  for (const std::string& id : {lower_case(q.network), lower_case(q.system)})
    for (const Known& k : kKnown)
      if (id.rfind(k.prefix, 0) == 0) return k.fabric;
  return std::nullopt;
}

class JobResolver {
 public:
  JobResolver(const JobFields& f, int steps)
      : f_(f), steps_(steps), question_(f.question), fields_(f.strategy ? *f.strategy : f.flat) {}

  Result<ResolvedJob> run() {
    has_model_ = !f_.model.name.empty() || f_.model.definition;
    question_.model = f_.model;
    if (!has_model_) question_.model.name = kStandIn;
    words();
    counts();
    batch();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    if (!strategy()) return tl::unexpected<Diagnostics>(std::move(problems_));
    job();
    nccl();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    return std::move(out_);
  }

 private:
  const JobFields& f_;
  int steps_;
  Question question_;
  StrategyFields fields_;
  bool has_model_ = false;
  Diagnostics problems_;
  ResolvedJob out_;

  void problem(std::string path, std::string message, std::string hint = "") {
    problems_.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  void note(Diagnostics more) { problems_.insert(problems_.end(), more.begin(), more.end()); }
  void assume(std::string text) { out_.assumptions.push_back(std::move(text)); }

  void words() {
    if (!is_plain_word(f_.name))
      problem("/name", "'" + f_.name + "' is no name for a job.", "Letters, digits, '-', '_' and '.'.");
    if (!is_plain_word(f_.master_addr))
      problem("/master_addr", "'" + f_.master_addr + "' is no host name or address.", "Such as node-0 or 10.0.0.1.");
    if (f_.script.find_first_of("\n\r") != std::string::npos || f_.script.empty())
      problem("/script", "A script is named by its path.", "");
    for (const std::string& word : f_.script_args)
      if (word.find_first_of("\n\r") != std::string::npos) problem("/script_args", "An argument is one line.", "");
  }

  // `gpus` of a node where nodes are counted, of the job elsewhere.
  void counts() {
    if (!f_.nodes) return;
    if (question_.gpus && question_.gpus_per_node && *question_.gpus != *question_.gpus_per_node)
      return problem("/gpus",
                     "With 'nodes', 'gpus' counts those of one node, and gpus_per_node says " +
                         std::to_string(*question_.gpus_per_node) + ".",
                     "Leave out one of them.");
    if (question_.gpus && !question_.gpus_per_node) {
      question_.gpus_per_node = question_.gpus;
      assume("gpus " + std::to_string(*question_.gpus) + " is taken per node, since nodes are counted.");
    }
    if (question_.gpus_per_node) question_.gpus = *f_.nodes * *question_.gpus_per_node;
  }

  void batch() {
    if (!f_.grad_accum) return;
    if (question_.gbs && fields_.dp && *question_.gbs != *f_.grad_accum * fields_.mbs.value_or(1) * *fields_.dp)
      return problem(
          "/grad_accum",
          "grad_accum x mbs x dp = " + std::to_string(*f_.grad_accum * fields_.mbs.value_or(1) * *fields_.dp) +
              " is not the global batch of " + std::to_string(*question_.gbs) + ".",
          "Leave out one of them.");
    if (question_.gbs || question_.batch_size) {
      if (!fields_.num_microbatches) fields_.num_microbatches = f_.grad_accum;
      return;
    }
    int dp = fields_.dp.value_or(0);
    const int inner = fields_.tp.value_or(1) * fields_.pp.value_or(1) * fields_.cp.value_or(1);
    if (dp == 0) dp = question_.gpus ? std::max(1, *question_.gpus / inner) : 1;
    question_.gbs = *f_.grad_accum * fields_.mbs.value_or(1) * dp;
    assume("Global batch: " + std::to_string(*question_.gbs) + " sequences, grad_accum x mbs x dp.");
  }

  bool strategy() {
    if (f_.strategy && is_stated(f_.flat)) {
      note({{"/strategy", "'strategy' and degrees beside it both describe the plan; give one of them.", ""}});
      return false;
    }
    if (f_.strategy && !question_.gbs && !question_.batch_size) question_.gbs = fields_.gbs;
    if (!question_.precision) question_.precision = fields_.precision;
    if (!has_model_ && !question_.gbs && !question_.batch_size)
      question_.gbs = fields_.mbs.value_or(1) * fields_.dp.value_or(1);
    auto resolved = api::resolve(question_, known_degrees(fields_));
    if (!resolved) {
      note(resolved.error());
      return false;
    }
    out_.context = std::make_unique<estimate::Context>(resolved->problem);
    const std::string path = f_.strategy ? "/strategy" : "";
    auto s = strategy_of(*out_.context, fields_, path);
    if (!s) {
      note(s.error());
      return false;
    }
    out_.job.strategy = *s;
    check_rules(path);
    if (!problems_.empty()) return false;
    out_.strategy = fields_of(*out_.context, *s);
    if (!has_model_) out_.strategy.layers_per_stage.clear();
    else {
      out_.assumptions.insert(out_.assumptions.end(), resolved->assumptions.begin(), resolved->assumptions.end());
      out_.warnings.insert(out_.warnings.end(), resolved->warnings.begin(), resolved->warnings.end());
      if (combines_) estimate(resolved->usable_bytes);
    }
    return true;
  }

  bool combines_ = true;

  // What no framework starts is an error; what one stack does not combine, each framework says for itself.
  void check_rules(const std::string& path) {
    using search::Rejection;
    for (const search::Violation& v : search::violations(*out_.context, out_.job.strategy, f_.tp_across_domains)) {
      if (v.rule == Rejection::kCombination) {
        combines_ = false;
        if (has_model_)
          out_.warnings.push_back(v.message + " Each framework below says what it makes of it; nothing is predicted.");
      } else if (has_model_ || v.rule == Rejection::kWorldSize || v.rule == Rejection::kBatch) {
        problem(path + "/" + v.field, v.message, v.hint);
      }
    }
  }

  void estimate(double usable_bytes) {
    out_.plan = make_plan(*out_.context, out_.job.strategy, usable_bytes);
    if (!out_.plan->fits)
      out_.warnings.push_back("The plan does not fit: " + number_text(out_.plan->over_gib, 4) + " GiB over.");
  }

  void job() {
    const spec::Cluster& c = out_.context->problem.cluster;
    emit::Job& j = out_.job;
    j.gpus_per_node = c.gpus_per_node;
    j.nodes = c.gpus / c.gpus_per_node;
    j.name = f_.name;
    j.script = f_.script;
    j.script_args = f_.script_args;
    j.master_addr = f_.master_addr;
    j.master_port = f_.master_port;
    j.steps = f_.steps.value_or(steps_);
    j.context = has_model_ ? out_.context.get() : nullptr;
    if (!has_model_) assume("No model named: nothing is predicted, and no shapes are in the arguments.");
    if (!question_.gpus_per_node && c.system.empty()) assume("Nodes of " + std::to_string(c.gpus_per_node) + " GPUs.");
    if (j.nodes > 1 && f_.master_addr == "node-0") assume(kFirstNodeAssumed);
  }

  void nccl() {
    if (out_.job.nodes == 1) return;
    const std::optional<emit::Fabric> fabric = f_.network_type ? f_.network_type : fabric_of(question_);
    if (!fabric) return assume("No network between nodes named: no settings of NCCL. The operation 'nccl' has them.");
    emit::NcclQuestion q;
    q.fabric = *fabric;
    q.num_nodes = out_.job.nodes;
    q.gpus_per_node = out_.job.gpus_per_node;
    q.nic_gb_per_s = question_.nic_gb_per_s.value_or(0);
    const auto version = asked_version(f_.nccl_version, "/nccl_version", out_.assumptions, out_.warnings);
    if (!version) return note(version.error());
    q.version = *version;
    out_.job.nccl = emit::nccl_settings(q, nccl_releases().variables).settings;
  }
};

}  // namespace

bool is_plain_word(std::string_view text) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.:@/+,%";
  return !text.empty() && text.size() <= 200 && text.find_first_not_of(kPlain) == std::string_view::npos;
}

Result<ResolvedJob> resolve(const JobFields& fields, int steps) { return JobResolver(fields, steps).run(); }

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::JobFields>::fields() {
  using J = api::JobFields;
  static constexpr Field own[] = {
      field<&J::model>("model",
                       "A preset's name or alias, or a Hugging Face config.json; without one nothing is predicted."),
      field<&J::nodes>("nodes", "Nodes of the job; gpus then counts those of one node.")
          .alias("num_nodes")
          .range(1, 100000),
      field<&J::grad_accum>("grad_accum", "Micro-batches of a step on each pipeline.")
          .alias("gradient_accumulation_steps")
          .range(1, 100000000),
      field<&J::script>("script", "Training script of frameworks that start the user's own."),
      field<&J::script_args>("script_args", "Its arguments.").scalar_or_list().omit_default(),
      field<&J::name>("name", "Name of the job."),
      field<&J::master_addr>("master_addr", "First node, by a name that all nodes resolve."),
      field<&J::master_port>("master_port", "Port on it.").range(1, 65535),
      field<&J::steps>("steps", "Optimizer steps of the run.").alias("train_iters").range(1, 1000000000),
      field<&J::network_type>("network_type", "What joins the nodes, for NCCL's settings."),
      field<&J::nccl_version>("nccl_version", "Release of NCCL, such as 2.27.7.").omit_default(),
      field<&J::strategy>("strategy", "The strategy as a plan prints it, in place of single degrees."),
      field<&J::tp_across_domains>("tp_across_domains", "Allow tensor parallelism beyond the scale-up domain.")
          .omit_default(),
  };
  static const FieldList table = FieldList().add(own).include<&J::question>().include<&J::flat>();
  return table;
}

Fields Describe<emit::File>::fields() {
  using F = emit::File;
  static constexpr Field table[] = {
      field<&F::name>("name"),
      field<&F::language>("language", "For highlighting."),
      field<&F::text>("text"),
  };
  return table;
}

Fields Describe<emit::Artefact>::fields() {
  using A = emit::Artefact;
  static constexpr Field table[] = {
      field<&A::framework>("framework"),
      field<&A::version>("version", "Whose options these are."),
      field<&A::command>("command", "On every node, unless node_commands or a note say otherwise.").omit_default(),
      field<&A::node_commands>("node_commands", "One for each node, numbered by hand.").omit_default(),
      field<&A::files>("files").omit_default(),
      field<&A::environment>("environment").omit_default(),
      field<&A::notes>("notes").omit_default(),
      field<&A::problems>("problems", "What of the plan this framework does not do, and why.").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
