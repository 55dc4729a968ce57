#include "measured/serving/run.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "base/text.h"
#include "catalog/serving_catalog.h"
#include "estimate/serving/memory.h"
#include "measured/serving/nightly.h"
#include "measured/serving/rules.h"
#include "model/parameters.h"

namespace shardplan::measured::serving {
namespace {

using spec::InferenceRow;

constexpr double kDrawnLengths = 0.9;  // mean of 0.8 to 1.0
constexpr double kUnstatedTokens = 128;

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
int degree(double stated) { return stated >= 1 ? static_cast<int>(stated) : 1; }

// What a source itself says against a row.
std::string refusal(const InferenceRow& row) {
  if (row.quality == "C-parallel-suspect") return "The source's parallel layout contradicts itself.";
  if (row.quality == "B-mtp") return "Speculative decoding of unknown acceptance.";
  if (row.quality == "B-production-average") return "An average over a production day, not one configuration.";
  if (row.quality == "B-trace") return "A trace of requests whose arrivals are not stated.";
  return "";
}

Result<spec::Model> model_of(const catalog::Catalog& catalog, const InferenceRow& row) {
  std::string name = row.model_id;
  if (name.empty() && has(row.model, "Qwen3.5-397B")) name = "qwen3.5-397b-a17b";
  if (name.empty()) name = row.model;
  if (name == "mistral-7b") name = "mistral-7b-v0.3";  // published figures at long prompts are those of full attention
  const auto found = catalog::find_model(catalog, name, "/model");
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  return *found->model;
}

void cluster_of(Run& run, const spec::Accelerator& accelerator, double gpus) {
  spec::Cluster& c = run.cluster;
  c.accelerator = accelerator;
  c.gpus = std::max(1, static_cast<int>(gpus));
  const bool rack = accelerator.scaleup_domain > 16;
  c.gpus_per_node = rack ? 4 : 8;
  c.scaleup_domain = std::max(accelerator.scaleup_domain, rack ? 0 : 8);
  if (accelerator.scaleup_domain < 8) c.accelerator.scaleup_gb_per_s = 0;  // bridges join pairs: the rest meets on PCIe
  c.nic_gb_per_s = 50;                                                     // 400 Gb/s per GPU, as such machines have
}

// Experts over tp x dp ranks.
void layout_of(Run& run) {
  const InferenceRow& row = run.row;
  spec::ServingLayout& l = run.layout;
  l.tp = degree(row.tp);
  l.pp = degree(row.pp);
  l.dp = degree(row.dp);
  if (!model::is_moe(run.model)) return;
  const int world = l.tp * l.dp;
  const double ep = noted(row.notes, "moe_ep").value_or(row.ep);
  l.ep = std::clamp(degree(ep), 1, world);
  l.etp = std::max(1, world / l.ep);
}

// MLPerf rows state neither lengths nor, often, a layout: the data set's means, and the least GPUs that hold the model.
Diagnostics take_mlperf(Run& run) {
  const auto task = mlperf_task(run.model.id);
  if (!task) return {{"/model", "No MLPerf data set is known for " + run.model.name + ".", ""}};
  run.shape.input_tokens = task->input_tokens;
  run.shape.output_tokens = noted(run.row.notes, "avg out tok/sample").value_or(task->output_tokens);
  run.most_sequences = noted(run.row.notes, "cfg gpu_batch_size").value_or(0);
  spec::ServingLayout& l = run.layout;
  if (run.row.tp <= 0) {
    const double bytes = estimate::serving::weight_bytes_per_gpu(run.model, {}, run.precision) * 1.12;
    while (bytes / l.tp > 0.86e9 * run.cluster.accelerator.memory_gb) l.tp *= 2;
    if (model::is_moe(run.model)) l.etp = l.tp;
  }
  if (run.model.id == "deepseek-r1") l = {1, l.pp, l.tp, l.tp, 1};  // attention data parallel in those submissions
  run.replicas = std::max(1.0, static_cast<double>(run.cluster.gpus) / gpus_of(l));
  return {};
}

// The public nightly benchmark's rows name the day; its scripts say how the servers were started.
void take_nightly_settings(Run& run) {
  const std::string& notes = run.row.notes;
  const size_t at = notes.find("measured=");
  NightlyRow row;
  row.engine = run.engine;
  row.model_family = run.family;
  row.gpu_generation = run.cluster.accelerator.generation;
  row.layout = run.layout;
  row.weights = run.precision.experts;
  row.input_tokens = run.row.isl;
  row.output_tokens = run.row.osl;
  row.concurrency = run.row.concurrency_or_batch;
  if (at != std::string::npos) row.date = notes.substr(at + 9, 10);
  const ServerSettings s = nightly_settings(row);
  if (s.kv && run.row.kv_precision.empty()) run.precision.kv = *s.kv;
  run.chunk_tokens = s.chunk_tokens;
  run.wait_steps = s.wait_steps;
}

void take_measurements(Run& run) {
  const InferenceRow& r = run.row;
  switch (run.mode) {
    case Mode::kServing:
      run.ttft_s = r.ttft_ms / 1e3;
      run.tpot_s = r.tpot_ms / 1e3;
      break;
    case Mode::kPrefill: run.ttft_s = r.ttft_ms / 1e3; break;
    case Mode::kDecodePool: run.tpot_s = r.tpot_ms / 1e3; break;
    default: run.tokens_per_s_per_gpu = r.tokens_per_s_per_gpu;
  }
}

// Reasons from physics and from the row's own notes.
void note_doubts(Run& run) {
  const InferenceRow& r = run.row;
  const auto doubt = [&](const char* why) { run.doubts.emplace_back(why); };
  if (has(r.notes, "dynamo_version") || has(r.notes, "gtl_") || has(r.notes, "h200_sxm/vllm/0.12.0"))
    doubt("the concurrency is spread over an unknown number of engines");
  if (estimate::serving::weight_bytes_per_gpu(run.model, run.layout, run.precision) >
      1e9 * run.cluster.accelerator.memory_gb)
    doubt("the weights do not fit the stated layout");
  if (run.mode == Mode::kServing) {
    const double life = run.ttft_s + (r.osl - 1) * run.tpot_s;
    const bool queued = (r.osl >= 512 && run.ttft_s > 0.4 * life) || (run.ttft_s > 10 && run.ttft_s > 0.08 * life);
    if (queued) doubt("the server capped the batch: requests queue");
    const bool deepseek = run.family == "deepseek-v3";
    if (deepseek && has(r.framework, "1.2.0rc6.post3")) doubt("speculative decoding is likely");
    if (run.engine == "sglang" && deepseek && run.ttft_s > 5 && run.harness == "sglang/nightly")
      doubt("the time to the first token holds the warm-up");
  }
  if (run.mode == Mode::kOffline && r.ep <= 0 && run.layout.tp > 1 &&
      (run.model.id == "qwen3-235b-a22b" || run.model.id == "qwen3-30b-a3b" || run.model.id == "llama-4-scout"))
    doubt("the experts' layout is not stated");
  if (run.mode == Mode::kStaticBatch && has(r.framework, "0.7.1") && run.layout.tp > 1 &&
      run.cluster.accelerator.generation == "ampere")
    doubt("the throughput looks divided by TP twice");
}

// Decoding workers of a disaggregated deployment: "... decode batch_size=8/num_workers=2/...".
double decode_workers(const std::string& notes) {
  const size_t at = notes.find("decode batch_size=");
  if (at == std::string::npos) return 0;
  return noted(std::string_view(notes).substr(at), "/num_workers").value_or(0);
}

std::string family_of(const spec::Model& m) {
  if (m.id == "deepseek-r1") return "deepseek-v3";
  if (m.id == "mistral-7b-v0.3") return "mistral-7b";
  for (const char* name : {"llama-3-70b", "llama-3.1-70b", "llama-3.3-70b", "llama-2-70b"})
    if (m.id == name) return "llama-70b";
  return m.id;
}

std::string key_of(const Run& r) {
  std::string key = r.cluster.accelerator.id + "|" + r.family + "|" + r.engine + "|" + name_of(r.mode);
  const auto add = [&](double x, int digits) { key += "|" + number_text(x, digits); };
  for (const spec::WeightFormat f : {r.precision.attention, r.precision.experts}) add(static_cast<int>(f), 4);
  for (const double x : {static_cast<double>(r.layout.tp), static_cast<double>(r.layout.pp),
                         static_cast<double>(r.layout.ep), r.row.isl, r.row.osl, r.row.concurrency_or_batch})
    add(x, 9);
  add(std::round(r.row.ttft_ms * 10), 12);
  add(std::round(r.row.tpot_ms * 100), 12);
  add(std::round(r.row.tokens_per_s_total), 12);
  return key;
}

// The same configuration without what was measured: DeepSeek twins of which one is much faster hide speculation.
std::string twin_key(const Run& r) {
  std::string key = r.family + r.cluster.accelerator.id + lower_case(r.row.precision_weights) + r.engine;
  for (const double x : {static_cast<double>(r.layout.tp), static_cast<double>(r.layout.dp),
                         static_cast<double>(r.layout.ep), r.row.isl, r.row.osl, r.row.concurrency_or_batch})
    key += "|" + number_text(x, 9);
  return key;
}

}  // namespace

Result<Run> run_of(const catalog::Catalog& catalog, const InferenceRow& row) {
  if (const std::string why = refusal(row); !why.empty()) return fail("/quality", why);
  const auto mode = mode_of(row.mode);
  if (!mode) return fail("/mode", "Runs of the kind '" + row.mode + "' are not predicted.");
  Run run;
  run.row = row;
  run.mode = *mode;
  auto model = model_of(catalog, row);
  if (!model) return tl::unexpected<Diagnostics>(model.error());
  run.model = *std::move(model);
  const std::string gpu = row.gpu_id.empty() ? row.gpu : row.gpu_id;
  const auto accelerator = catalog::find_accelerator(catalog, gpu, "/gpu");
  if (!accelerator) return tl::unexpected<Diagnostics>(accelerator.error());
  run.engine = engine_of(row, *mode);
  if (run.engine.empty()) return fail("/framework", "The engine '" + row.framework + "' is not modelled.");
  run.family = family_of(run.model);
  layout_of(run);
  cluster_of(run, **accelerator, row.gpus > 0 ? row.gpus : gpus_of(run.layout));
  run.precision = precision_of(row, *mode, run.engine, run.model, **accelerator);
  const double drawn = draws_lengths(row, *mode) ? kDrawnLengths : 1;
  run.harness = run.engine + (drawn < 1 ? "/nightly" : "/fixed");
  run.shape.input_tokens = drawn * (row.isl > 0 ? row.isl : kUnstatedTokens);
  run.shape.output_tokens = std::max(1.0, drawn * (row.osl > 0 ? row.osl : kUnstatedTokens));
  run.concurrency = row.concurrency_or_batch;
  if (drawn < 1) take_nightly_settings(run);
  if (is_mlperf(*mode)) {
    const Diagnostics problems = take_mlperf(run);
    if (!problems.empty()) return tl::unexpected<Diagnostics>(problems);
  }
  if (*mode == Mode::kServing && run.concurrency <= 0)
    return fail("/concurrency_or_batch", "The concurrency is not stated.");
  if (*mode == Mode::kDecodePool) {
    const double workers = decode_workers(row.notes);
    if (workers <= 0) return fail("/notes", "The number of decoding workers is not stated.");
    run.concurrency /= workers;
  }
  take_measurements(run);
  if (run.ttft_s <= 0 && run.tpot_s <= 0 && run.tokens_per_s_per_gpu <= 0)
    return fail("", "The row states no latency and no throughput.");
  note_doubts(run);
  return run;
}

Loaded load(const catalog::Catalog& catalog, const std::vector<InferenceRow>& rows) {
  Loaded out;
  std::set<std::string> seen;
  std::map<std::string, double> slowest;
  for (const InferenceRow& row : rows) {
    const std::string id = row.id.empty() ? "line " + std::to_string(row.line) : row.id;
    auto run = run_of(catalog, row);
    if (!run) {
      std::string why;
      for (const Diagnostic& d : run.error()) why += (why.empty() ? "" : " ") + d.message;
      out.skipped.emplace_back(id, why);
      continue;
    }
    if (!seen.insert(key_of(*run)).second) {
      out.skipped.emplace_back(id, "The same measurement stands in the file already.");
      continue;
    }
    if (run->mode == Mode::kServing) {
      double& slow = slowest[twin_key(*run)];
      slow = std::max(slow, run->tpot_s);
    }
    out.runs.push_back(*std::move(run));
  }
  constexpr double kTooFast = 0.74;  // of the twin
  for (Run& r : out.runs)
    if (r.mode == Mode::kServing && r.family == "deepseek-v3" && r.tpot_s < kTooFast * slowest[twin_key(r)] &&
        !has(r.row.framework, "1.2.0rc6.post3"))
      r.doubts.emplace_back("speculative decoding is likely");
  return out;
}

}  // namespace shardplan::measured::serving
