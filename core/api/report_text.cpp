#include "api/report_text.h"

#include <algorithm>

#include "api/fields.h"
#include "api/handle.h"
#include "api/markdown.h"
#include "api/reasons.h"
#include "api/sentences.h"
#include "base/decimal.h"
#include "base/text.h"
#include "json/enum_name.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

constexpr double kLeastShare = 5e-4;  // parts of a step that are not worth a line

std::string number(double x) { return number_text(x, 4); }

std::string range_text(const std::vector<double>& range, const char* unit) {
  return range.size() == 2 ? number(range[0]) + " to " + number(range[1]) + " " + unit : "";
}

class Writer {
 public:
  explicit Writer(const Report& report)
      : r_(report), plan_(report.best.plan), problem_(report.context.problem), cluster_(problem_.cluster) {}

  std::string run() {
    const std::string title =
        plain(problem_.model.name) + " on " + std::to_string(plan_.gpus) + " x " + plain(cluster_.accelerator.name);
    m_.heading(1, r_.title.empty() ? "Training plan: " + title : plain(r_.title));
    summary();
    question();
    plan();
    why_it_is();
    memory();
    time();
    confidence();
    m_.heading(2, "Risks");
    m_.bullets(escaped(risks_of(r_)));
    whole_run();
    launch();
    m_.heading(2, "Taken as given");
    m_.bullets(escaped(r_.assumptions));
    m_.paragraph("Made by shardplan " + std::string(version()) +
                 ". Every figure is an estimate unless it is called measured.");
    return m_.text();
  }

 private:
  const Report& r_;
  const Plan& plan_;
  const estimate::Problem& problem_;
  const spec::Cluster& cluster_;
  Markdown m_;

  static std::vector<std::string> escaped(std::vector<std::string> list) {
    for (std::string& text : list) text = plain(text);
    return list;
  }

  void summary() {
    std::string text = "**" + plan_.summary + ".** One step of " + grouped(problem_.training.gbs) + " sequences of " +
                       grouped(problem_.training.seq_length) + " tokens takes " + seconds_text(plan_.time.step_time_s) +
                       " (" + range_text(plan_.confidence.step_time_s, "s") + "): " + grouped(plan_.tokens_per_s) +
                       " tokens/s, " + grouped(plan_.tokens_per_s_per_gpu) + " per GPU, MFU " +
                       percent_text(plan_.mfu) + ". The worst rank needs " + gib_text(plan_.memory.peak_gib) + " of " +
                       gib_text(plan_.memory.capacity_gib);
    text += plan_.fits ? ": it fits."
                       : ": **it does not fit, by " + gib_text(plan_.over_gib) + "** beyond what may be used.";
    if (plan_.usd_per_million_tokens)
      text += " A million tokens costs $" + number(*plan_.usd_per_million_tokens) + ", an hour $" +
              number(*plan_.usd_per_hour) + ".";
    m_.paragraph(text);
  }

  void question() {
    const spec::Training& t = problem_.training;
    std::vector<std::vector<std::string>> rows;
    const auto row = [&](const char* name, const std::string& value) { rows.push_back({name, plain(value)}); };
    row("Model", problem_.model.name + ", " + number_text(model::total_parameters(problem_.model).total / 1e9, 4) +
                     " billion parameters");
    row("GPUs", std::to_string(cluster_.gpus) + " x " + cluster_.accelerator.name + ", " +
                    std::to_string(cluster_.gpus_per_node) + " a node, scale-up domain " +
                    std::to_string(cluster_.scaleup_domain));
    if (cluster_.gpus > cluster_.scaleup_domain)
      row("Network", number(cluster_.nic_gb_per_s) + " GB/s per GPU and direction" +
                         (cluster_.nic_is_measured  ? ", measured"
                          : cluster_.nic_is_assumed ? ", assumed"
                                                    : ""));
    row("Batch", grouped(t.gbs) + " sequences of " + grouped(t.seq_length) + " tokens a step");
    row("Numbers",
        std::string(json::enum_name(*plan_.strategy.precision)) + ", optimizer " + json::enum_name(t.optimizer));
    row("Software", problem_.stack.name);
    m_.heading(2, "What is asked");
    m_.table({"", ""}, rows, 2);
  }

  void plan() {
    const StrategyFields& s = plan_.strategy;
    std::vector<std::vector<std::string>> rows;
    const auto row = [&](const char* name, const std::string& value) { rows.push_back({name, value}); };
    const auto degree = [&](const char* name, const std::optional<int>& value) {
      if (value && *value > 1) row(name, std::to_string(*value));
    };
    degree("Tensor parallelism", s.tp);
    if (s.tp.value_or(1) > 1) row("Sequence parallelism", s.sp.value_or(false) ? "on" : "off");
    degree("Pipeline stages", s.pp);
    degree("Virtual stages per stage", s.vpp);
    degree("Context parallelism", s.cp);
    degree("Expert parallelism", s.ep);
    degree("Expert-tensor parallelism", s.etp);
    row("Data parallelism", std::to_string(s.dp.value_or(1)));
    row("Sharding", s.fsdp ? "FSDP over " + std::to_string(s.fsdp->shard_size)
                           : "ZeRO-" + std::to_string(s.zero_stage.value_or(0)));
    row("Micro-batch",
        std::to_string(s.mbs.value_or(1)) + ", " + std::to_string(s.num_microbatches.value_or(1)) + " of them a step");
    if (s.pp.value_or(1) > 1) row("Schedule", json::enum_name(*s.schedule));
    std::string recompute = json::enum_name(*s.recompute);
    if (!s.recompute_modules.empty()) recompute += ": " + join(s.recompute_modules, ", ");
    if (s.recompute_layer_share.value_or(1) < 1)
      recompute += ", " + percent_text(*s.recompute_layer_share) + " of the layers";
    row("Recomputation", plain(recompute));
    if (s.offload_optimizer.value_or(false)) row("Optimizer states", "on the host");
    if (s.offload_activations.value_or(0) > 0)
      row("Activations on the host", percent_text(*s.offload_activations) + " of the layers");
    m_.heading(2, "Plan");
    m_.table({"", ""}, rows, 2);
  }

  void why_it_is() {
    const std::vector<std::string> reasons = why(r_.context, r_.best.strategy, plan_, r_.best.question.usable_bytes);
    if (reasons.empty()) return;
    m_.heading(2, "Why");
    m_.bullets(reasons);
  }

  // Neighbouring stages that hold the same are one row.
  void memory() {
    m_.heading(2, "Memory by stage");
    std::vector<std::vector<std::string>> rows;
    int first = 0;
    for (const StageFields& s : plan_.memory.stages) {
      std::vector<std::string> row = {std::to_string(s.stage), std::to_string(s.layers)};
      for (double x : {s.reserved_gib, s.parameters_gib, s.gradients_gib, s.optimizer_gib, s.activations_gib,
                       s.buffers_gib, s.overhead_gib})
        row.push_back(fixed_text(x, 1));
      const bool same = !rows.empty() && std::equal(row.begin() + 1, row.end(), rows.back().begin() + 1);
      if (!same) {
        first = s.stage;
        rows.push_back(row);
      } else {
        rows.back()[0] = std::to_string(first) + "-" + std::to_string(s.stage);
      }
    }
    m_.table({"stage", "layers", "all, GiB", "weights", "gradients", "optimizer", "activations", "buffers", "overhead"},
             rows, 1);
  }

  void time() {
    const TimeFields& t = plan_.time;
    std::vector<std::vector<std::string>> rows;
    const auto add = [&](const std::string& name, double seconds, double total) {
      if (seconds < kLeastShare * t.step_time_s && total < kLeastShare * t.step_time_s) return;
      rows.push_back({name, number_text(seconds, 3), percent_text(seconds / t.step_time_s),
                      total > 0 ? number_text(total, 3) : ""});
    };
    add("forward", t.forward_s, 0);
    add("backward", t.backward_s, 0);
    add("recomputation", t.recompute_s, 0);
    add("LM head and loss", t.head_s, 0);
    add("TP traffic", t.tp.exposed_s, t.tp.total_s);
    add("CP traffic", t.cp.exposed_s, t.cp.total_s);
    add("EP traffic", t.ep.exposed_s, t.ep.total_s);
    add("PP traffic", t.pp.exposed_s, t.pp.total_s);
    add("DP traffic", t.dp.exposed_s, t.dp.total_s);
    add("bubble", t.bubble_s, 0);
    add("waiting for the stage with the head", t.wait_for_head_s, 0);
    add("transfers to the host", t.offload_s, 0);
    add("launching and synchronisation", t.host_s, 0);
    add("optimizer", t.optimizer_s, 0);
    add("data, clipping, logging", t.other_s, 0);
    add("stragglers", t.stragglers_s, 0);
    rows.push_back({"**step**", number_text(t.step_time_s, 4), "100 %", ""});
    m_.heading(2, "Step time");
    m_.table({"part", "s", "share", "with what is hidden, s"}, rows, 1);
  }

  void confidence() {
    const Confidence& c = plan_.confidence;
    m_.heading(2, "How sure");
    m_.paragraph(number(c.coverage_pct) + " % of comparable runs lie inside: step " + range_text(c.step_time_s, "s") +
                 ", memory " + range_text(c.peak_gib, "GiB") + ". Confidence: " + c.level + ", from " + plain(c.basis) +
                 " (" + grouped(c.runs) + " runs, median error of the step time " + number(c.median_error_pct) +
                 " %).");
  }

  void whole_run() {
    if (!r_.tokens || !r_.run) return;
    const RunOutcome& o = *r_.run;
    std::vector<std::vector<std::string>> rows;
    const auto row = [&](const char* name, const std::string& value) { rows.push_back({name, value}); };
    row("Tokens", grouped(*r_.tokens));
    row("Time", number(o.time.days) + " days, " + grouped(o.time.gpu_hours) + " GPU-hours (" +
                    range_text(o.confidence.gpu_hours, "GPU-hours") + ")");
    row("Of it training", percent_text(o.goodput.effective_training_time_ratio));
    row("Checkpoints",
        number(o.checkpoints.size_gb) + " GB each, every " + number(o.checkpoints.interval_s / 60) + " minutes");
    row("Interruptions", number(o.failures.expected) + ", one every " + number(o.failures.mean_time_h) + " h");
    if (o.cost) row("Cost", "$" + grouped(o.cost->usd));
    if (o.energy && o.energy->mwh) row("Energy", number(*o.energy->mwh) + " MWh");
    m_.heading(2, "Whole training");
    m_.table({"", ""}, rows, 2);
  }

  void launch() {
    if (r_.launch == nullptr) return;
    const emit::Artefact& a = *r_.launch;
    m_.heading(2, "Launch with " + plain(a.framework));
    std::string text;
    for (const emit::Variable& v : a.environment) text += "export " + v.name + "=" + v.value + "\n";
    if (!a.command.empty()) text += a.command + "\n";
    else
      for (const std::string& command : a.node_commands) text += command + "\n";
    m_.code("sh", text);
    for (const emit::File& file : a.files) {
      m_.paragraph("`" + file.name + "`:");
      m_.code(file.language, file.text);
    }
    m_.bullets(escaped(a.notes));
    m_.bullets(escaped(a.problems));
  }
};

}  // namespace

std::string report_text(const Report& report) { return Writer(report).run(); }

}  // namespace shardplan::api
