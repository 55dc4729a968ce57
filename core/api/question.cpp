#include "api/question.h"

#include <algorithm>

#include "api/cluster_choice.h"
#include "api/fields.h"
#include "api/fine_tuning.h"
#include "base/text.h"
#include "base/units.h"
#include "json/presets.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

constexpr const char* kDefaultStack = "megatron-bridge";
constexpr const char* kDefaultTuningStack = "hf-trl";
constexpr int kDefaultSequence = 8192;
constexpr int kDefaultBatch = 128;
constexpr double kDefaultHeadroomShare = 0.05;

class Resolver {
 public:
  Resolver(const Question& q, const KnownDegrees& known) : q_(q), known_(known) {}

  Result<Resolved> run() {
    const catalog::Catalog* catalog = &presets();
    if (q_.calibration) {
      note(problems_of(*q_.calibration, "/calibration"));
      if (problems_.empty() && !q_.calibration->constants.empty()) catalog = with_own_constants();
      if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
      assume("Calibration '" + q_.calibration->name + "'.");
    }
    catalog_ = catalog;
    model();
    cluster();
    training();
    stack();
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    return std::move(out_);
  }

 private:
  const Question& q_;
  const KnownDegrees& known_;
  const catalog::Catalog* catalog_ = nullptr;
  catalog::Catalog calibrated_;
  Resolved out_;
  Diagnostics problems_;

  void note(Diagnostics more) { problems_.insert(problems_.end(), more.begin(), more.end()); }
  void problem(std::string path, std::string message, std::string hint = "") {
    problems_.push_back({std::move(path), std::move(message), std::move(hint)});
  }
  void assume(std::string text) { out_.assumptions.push_back(std::move(text)); }

  const catalog::Catalog* with_own_constants() {
    auto catalog = calibrated_presets(*q_.calibration);
    if (!catalog) note(catalog.error());
    else calibrated_ = *std::move(catalog);
    return &calibrated_;
  }

  void model() {
    auto m = resolve_model(*catalog_, q_.model, out_.assumptions);
    if (!m) return note(m.error());
    out_.problem.model = *std::move(m);
    switch (out_.problem.model.mixer) {
      case spec::Mixer::kMambaHybrid:
      case spec::Mixer::kLightningHybrid:
      case spec::Mixer::kDeltaHybrid:
        return problem(
            "/model",
            out_.problem.model.name + " mixes attention with recurrent layers, whose time and memory are not modelled.",
            "The operation 'analyze' gives its parameters and FLOPs.");
      case spec::Mixer::kSparseIndexed:
        out_.warnings.push_back("Sparse indexed attention is costed as full attention: step times are upper bounds.");
        break;
      case spec::Mixer::kAttention: break;
    }
  }

  void cluster() {
    const ClusterChoice choice = cluster_choice(q_);
    ClusterResolver machines(*catalog_, choice, known_.world_size, {out_.assumptions, out_.warnings, problems_});
    spec::Cluster& c = out_.problem.cluster;
    if (!machines.machines(c)) return;
    if (machines.topology() != nullptr) out_.topology = *machines.topology();
    machines.memory(c);
    headroom(c.accelerator);
    machines.price(c);
  }

  void headroom(const spec::Accelerator& a) {
    double headroom = a.memory_gib * kDefaultHeadroomShare;
    if (q_.headroom_gib) headroom = *q_.headroom_gib;
    else
      assume("Memory kept free: " + number_text(headroom, 2) + " GiB, 5 % of " + number_text(a.memory_gib, 4) +
             " GiB.");
    if (headroom >= a.memory_gib)
      problem("/headroom_gib", "Keeping " + number_text(headroom) + " GiB free leaves nothing of " +
                                   number_text(a.memory_gib) + " GiB.");
    out_.usable_bytes = (a.memory_gib - headroom) * kGib;
  }

  void training() {
    spec::Training& t = out_.problem.training;
    const spec::Model& m = out_.problem.model;
    const spec::Accelerator& a = out_.problem.cluster.accelerator;
    if (q_.training == false)
      problem("/training", "Plans for serving are not part of this version.",
              "Leave out 'training' or set it to true.");
    if (q_.seq_length) t.seq_length = *q_.seq_length;
    else {
      t.seq_length =
          m.max_position_embeddings > 0 ? std::min(kDefaultSequence, m.max_position_embeddings) : kDefaultSequence;
      assume("Sequence: " + std::to_string(t.seq_length) + " tokens.");
    }
    if (m.max_position_embeddings > 0 && t.seq_length > m.max_position_embeddings)
      out_.warnings.push_back("The sequence of " + std::to_string(t.seq_length) + " tokens is longer than the " +
                              std::to_string(m.max_position_embeddings) + " positions of " + m.name + ".");
    batch(t);
    if (q_.precision) t.precision = *q_.precision;
    else if (a.peak_dense_tflops.bf16 <= 0 && a.peak_dense_tflops.fp16 > 0) t.precision = spec::Precision::kFp16;
    if (q_.optimizer) t.optimizer = *q_.optimizer;
    t.gradient_bytes = q_.gradient_bytes.value_or(0);
    t.optimizer_in_backward = q_.optimizer_in_backward.value_or(false);
    t.mtp_layers = q_.mtp_layers.value_or(m.num_nextn_predict_layers);
    if (!q_.mtp_layers && t.mtp_layers > 0)
      assume(count_text(t.mtp_layers, "multi-token-prediction layer") + " trained beside the model.");
    t.expert_imbalance = q_.expert_imbalance.value_or(1);
    assume(std::string("Sequences are full, attention is causal, dropout is off") +
           (model::is_moe(m) && !q_.expert_imbalance ? ", experts are loaded evenly." : "."));
  }

  void batch(spec::Training& t) {
    if (q_.gbs && q_.batch_size)
      return problem("/batch_size", "'gbs' and 'batch_size' both state the batch; give one of them.");
    if (q_.gbs) {
      t.gbs = *q_.gbs;
    } else if (q_.batch_size) {
      t.gbs = *q_.batch_size;
      if (known_.dp > 1 && t.gbs % known_.dp != 0) {
        t.gbs *= known_.dp;
        assume("batch_size " + std::to_string(*q_.batch_size) +
               " is taken per data-parallel replica, since it does not divide by dp: global batch " +
               std::to_string(t.gbs) + ".");
      } else {
        assume("batch_size " + std::to_string(t.gbs) +
               " is taken as the global batch: sequences per optimizer step of the whole job.");
      }
    } else {
      t.gbs = std::max(kDefaultBatch, out_.problem.cluster.gpus);
      assume("Global batch: " + std::to_string(t.gbs) + " sequences.");
    }
  }

  void stack() {
    const std::string name = !q_.stack.empty() ? q_.stack : q_.method ? kDefaultTuningStack : kDefaultStack;
    const auto found = catalog::find_stack(*catalog_, name, "/stack");
    if (!found) return note(found.error());
    spec::Stack& s = out_.problem.stack;
    s = **found;
    if (q_.stack.empty()) assume("Software: " + s.name + ".");
    auto fine_tuning = fine_tuning_of(q_, out_.problem.model, s, out_.assumptions);
    if (!fine_tuning) return note(fine_tuning.error());
    out_.problem.training.fine_tuning = *fine_tuning;
    if (q_.cuda_graphs) s.cuda_graphs = *q_.cuda_graphs;
    if (q_.tp_comm_overlap == false) s.tp_overlap = s.tp_overlap_moe = s.tp_overlap_nvfp4 = 0;
    out_.problem.generation = catalog::generation_of(*catalog_, out_.problem.cluster.accelerator);
    // No fit has seen adapters: whatever the stack is known for, it is another kind of run.
    spec::Stack kind = s;
    if (spec::is_frozen(*fine_tuning)) kind.interval_class = "finetune";
    out_.problem.intervals =
        catalog::intervals_of(*catalog_, kind, model::is_moe(out_.problem.model), out_.problem.generation);
    if (q_.calibration) calibrate(*q_.calibration, out_.problem);
    if (!out_.problem.generation.calibrated)
      out_.warnings.push_back("No measured training run on " + out_.problem.cluster.accelerator.name +
                              " took part in the calibration: expect errors of a third.");
  }
};

}  // namespace

Result<spec::Model> resolve_model(const catalog::Catalog& catalog, const ModelChoice& choice,
                                  std::vector<std::string>& assumptions) {
  if (choice.definition) {
    const std::string precision = catalog::weight_precision(*choice.definition);
    if (!precision.empty())
      assumptions.push_back("The config.json describes " + precision + " weights; training starts from 16-bit ones.");
    return catalog::model_from_config(*choice.definition, "/model");
  }
  if (choice.name.empty())
    return fail("/model", "'model' is missing.", "Name a preset such as llama-3.1-70b, or give a config.json.");
  const auto named = catalog::find_model(catalog, choice.name, "/model");
  if (!named) return tl::unexpected<Diagnostics>(named.error());
  if (!named->weight_precision.empty())
    assumptions.push_back("The name describes " + named->weight_precision +
                          " weights; training starts from 16-bit ones.");
  return *named->model;
}

Result<Resolved> resolve(const Question& question, const KnownDegrees& known) {
  return Resolver(question, known).run();
}

}  // namespace shardplan::api
