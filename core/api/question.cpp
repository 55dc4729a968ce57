#include "api/question.h"

#include <algorithm>

#include "api/fields.h"
#include "base/text.h"
#include "base/units.h"
#include "json/presets.h"
#include "model/parameters.h"

namespace shardplan::api {
namespace {

constexpr const char* kDefaultGpu = "h100-sxm-80";
constexpr const char* kDefaultStack = "megatron-bridge";
constexpr int kDefaultGpus = 8;
constexpr int kDefaultSequence = 8192;
constexpr int kDefaultBatch = 128;
constexpr double kDefaultHeadroomShare = 0.05;

std::string count(double n, const char* thing) { return number_text(n, 9) + " " + thing + (n == 1 ? "" : "s"); }

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
    spec::Cluster& c = out_.problem.cluster;
    const spec::System* system = nullptr;
    if (!q_.system.empty()) {
      const auto found = catalog::find_system(*catalog_, q_.system, "/system");
      if (!found) return note(found.error());
      system = *found;
    }
    if (!accelerator(system, c)) return;
    size(system, c);
    links(system, c);
    memory(c);
    price(system, c);
  }

  bool accelerator(const spec::System* system, spec::Cluster& c) {
    std::string name = q_.gpu;
    if (name.empty()) name = system != nullptr ? system->accelerator : kDefaultGpu;
    const auto found = catalog::find_accelerator(*catalog_, name, "/gpu");
    if (!found) {
      note(found.error());
      return false;
    }
    c.accelerator = **found;
    if (q_.gpu.empty() && system == nullptr) assume("GPU: " + c.accelerator.name + ".");
    if (system != nullptr && system->accelerator != c.accelerator.id)
      problem("/gpu", system->name + " has " + system->accelerator + ", not " + c.accelerator.id + ".",
              "Leave out 'gpu' or 'system'.");
    return true;
  }

  void size(const spec::System* system, spec::Cluster& c) {
    c.system = system != nullptr ? system->id : "";
    const bool rack = c.accelerator.scaleup_domain > 16;
    c.gpus_per_node = q_.gpus_per_node.value_or(system != nullptr ? system->gpus_per_node : rack ? 4 : 8);
    if (q_.gpus) c.gpus = *q_.gpus;
    else if (known_.world_size > 0) c.gpus = known_.world_size;
    else {
      c.gpus = system != nullptr ? system->gpus_per_node : kDefaultGpus;
      assume("GPUs: " + std::to_string(c.gpus) + ".");
    }
    if (c.gpus < c.gpus_per_node) c.gpus_per_node = c.gpus;
    if (c.gpus % c.gpus_per_node != 0)
      problem("/gpus", std::to_string(c.gpus) + " GPUs do not fill nodes of " + std::to_string(c.gpus_per_node) + ".",
              "Use a multiple of " + std::to_string(c.gpus_per_node) + ", or set gpus_per_node.");
  }

  void links(const spec::System* system, spec::Cluster& c) {
    spec::Accelerator& a = c.accelerator;
    int domain = a.scaleup_domain;
    if (system != nullptr && system->scaleup_domain > 0) domain = system->scaleup_domain;
    if (q_.scaleup_domain) domain = *q_.scaleup_domain;
    const bool whole_node = domain >= c.gpus_per_node;
    if (!whole_node && !q_.scaleup_domain) {
      // Bridges join pairs, or there is no link at all: the node's GPUs meet over PCIe.
      if (a.scaleup_gb_per_s > 0 && c.gpus_per_node > 1)
        out_.warnings.push_back(a.scaleup_link + " joins only " + std::to_string(domain) +
                                " GPUs of a node; groups are planned at PCIe rate.");
      a.scaleup_gb_per_s = 0;
      domain = c.gpus_per_node;
    }
    c.scaleup_domain = domain;
    if (c.gpus <= domain) return;
    if (q_.nic_gb_per_s) {
      c.nic_gb_per_s = *q_.nic_gb_per_s;
      c.nic_is_measured = q_.nic_is_measured.value_or(false);
    } else if (!q_.network.empty()) {
      const auto network = catalog::find_network(*catalog_, q_.network, "/network");
      if (!network) return note(network.error());
      const int adapters = (*network)->nics_per_node > 0 ? (*network)->nics_per_node : c.gpus_per_node;
      c.nic_gb_per_s = (*network)->nic_gb_per_s * adapters / c.gpus_per_node;
      if ((*network)->nics_per_node == 0) assume("Network: one " + (*network)->name + " adapter per GPU.");
    } else if (system != nullptr && system->node_nic_gb_per_s > 0) {
      c.nic_gb_per_s = system->node_nic_gb_per_s / system->gpus_per_node;
    } else {
      c.nic_gb_per_s = catalog::best_nic_gb_per_s(*catalog_, a);
      c.nic_is_assumed = true;
      assume("Network: " + number_text(c.nic_gb_per_s) +
             " GB/s per GPU and direction, as in the best-connected system with this GPU.");
    }
  }

  void memory(spec::Cluster& c) {
    spec::Accelerator& a = c.accelerator;
    if (q_.memory_gib) a.memory_gib = *q_.memory_gib;
    else if (q_.memory && *q_.memory != a.memory_gb)
      a.memory_gib = *q_.memory * (a.memory_gb > 0 ? a.memory_gib / a.memory_gb : 1);
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

  void price(const spec::System* system, spec::Cluster& c) {
    if (q_.usd_per_gpu_hour) {
      c.usd_per_gpu_hour = *q_.usd_per_gpu_hour;
      return;
    }
    if (system != nullptr && system->price.usd_per_gpu_hour > 0) {
      c.usd_per_gpu_hour = system->price.usd_per_gpu_hour;
      c.price_source = system->price.source;
      assume("Price: $" + number_text(c.usd_per_gpu_hour) + " per GPU-hour, " + system->name + " on demand" +
             (system->price.date.empty() ? "." : ", " + system->price.date + "."));
      return;
    }
    std::vector<double> prices;
    for (const spec::System& s : catalog_->systems)
      if (s.accelerator == c.accelerator.id && s.price.usd_per_gpu_hour > 0) prices.push_back(s.price.usd_per_gpu_hour);
    if (prices.empty()) return;
    std::sort(prices.begin(), prices.end());
    c.usd_per_gpu_hour = prices[prices.size() / 2];
    assume("Price: $" + number_text(c.usd_per_gpu_hour) + " per GPU-hour, the median of " +
           count(static_cast<double>(prices.size()), "listed price") + " for this GPU.");
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
    t.mtp_layers = q_.mtp_layers.value_or(m.num_nextn_predict_layers);
    if (!q_.mtp_layers && t.mtp_layers > 0)
      assume(count(t.mtp_layers, "multi-token-prediction layer") + " trained beside the model.");
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
    const std::string name = q_.stack.empty() ? kDefaultStack : q_.stack;
    const auto found = catalog::find_stack(*catalog_, name, "/stack");
    if (!found) return note(found.error());
    spec::Stack& s = out_.problem.stack;
    s = **found;
    if (q_.stack.empty()) assume("Software: " + s.name + ".");
    if (q_.cuda_graphs) s.cuda_graphs = *q_.cuda_graphs;
    if (q_.tp_comm_overlap == false) s.tp_overlap = s.tp_overlap_moe = s.tp_overlap_nvfp4 = 0;
    out_.problem.generation = catalog::generation_of(*catalog_, out_.problem.cluster.accelerator);
    out_.problem.intervals =
        catalog::intervals_of(*catalog_, s, model::is_moe(out_.problem.model), out_.problem.generation);
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
