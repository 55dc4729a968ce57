// Refits the constants of presets/serving to measured serving and prints the error tables. A tool of the developers.
//
//   fit_serving tables FILE.csv     errors with the constants as they are
//   fit_serving refit FILE.csv      refit, then the tables; prints the constants as JSON
//   fit_serving heldout FILE.csv    refit, random splits, whole models, GPUs and engines held out
//   fit_serving rows FILE.csv       each row with its predictions, tab-separated
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "json/presets.h"
#include "json/serving_presets.h"
#include "measured/accuracy.h"
#include "measured/csv.h"
#include "measured/serving/fit.h"
#include "measured/serving/rules.h"

namespace {

using namespace shardplan;
namespace ms = measured::serving;

constexpr int kOuterIterations = 2;  // the batch of a closed loop depends on the constants

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

const json::ServingCatalog& built_in() {
  static const json::ServingCatalog all = *json::read_serving_presets(json::serving_presets());
  return all;
}

// Files that constants reach; the kernels stay as they are.
spec::ServingCalibration calibration_with(const std::vector<std::pair<std::string, double>>& values) {
  static const std::vector<json::PresetFile> small = [] {
    std::vector<json::PresetFile> out;
    for (const json::PresetFile& f : json::serving_presets())
      if (f.path.substr(0, 16) != "serving/kernels/") out.push_back(f);
    return out;
  }();
  std::vector<json::ConstantOverride> overrides;
  for (const auto& [name, value] : values) overrides.push_back({name, value});
  spec::ServingCalibration c = json::read_serving_presets(small, overrides)->calibration;
  c.kernels = built_in().calibration.kernels;
  return c;
}

std::vector<std::pair<std::string, double>> named(const std::vector<double>& x) {
  std::vector<std::pair<std::string, double>> out;
  for (size_t i = 0; i < x.size(); ++i) out.emplace_back(built_in().constants[i].name, x[i]);
  return out;
}

struct Data {
  std::vector<ms::Run> runs;
  std::vector<ms::Prepared> prepared;
};

void prepare(Data& data, const spec::ServingCalibration& c) {
  data.prepared.clear();
  for (const ms::Run& r : data.runs) data.prepared.push_back(ms::prepare(r, c));
}

Data load(const char* path) {
  const std::string text = read_file(path);
  const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
  const auto rows = measured::read_inference_csv(text, "");
  ms::Loaded loaded = ms::load(catalog, *rows);
  std::map<std::string, int> why;
  for (const auto& [id, reason] : loaded.skipped) ++why[reason];
  for (const auto& [reason, n] : why) std::printf("%5d  %s\n", n, reason.c_str());
  Data data{std::move(loaded.runs), {}};
  prepare(data, built_in().calibration);
  return data;
}

using Predictions = std::vector<ms::Prediction>;

Predictions predict_all(const Data& data, const spec::ServingCalibration& c) {
  Predictions out;
  for (size_t i = 0; i < data.runs.size(); ++i)
    out.push_back(ms::predict(data.runs[i], data.prepared[i], ms::constants_of(data.runs[i], c)));
  return out;
}

// Constants that none of the samples knows take the mean of their like, as an engine or GPU that nobody measured would.
void fill_unseen(const Data& data, const std::vector<char>& held, std::vector<double>& x) {
  const auto& constants = built_in().constants;
  std::set<std::string> engines, generations, harnesses;
  for (size_t i = 0; i < data.runs.size(); ++i)
    if (!held[i]) {
      engines.insert(data.runs[i].engine);
      harnesses.insert(data.runs[i].harness);
      generations.insert(ms::constants_of(data.runs[i], built_in().calibration).generation.id);
    }
  const auto token = [](const std::string& s) {
    std::string out;
    for (char c : s)
      if (c == '-' || c == '/') out += '_';
      else out += c;
    return out;
  };
  const auto fill = [&](const std::set<std::string>& seen, std::initializer_list<const char*> all,
                        std::initializer_list<const char*> like, std::initializer_list<const char*> endings) {
    for (const char* id : all) {
      if (seen.count(id)) continue;
      for (const char* ending : endings) {
        double sum = 0;
        int n = 0;
        for (const char* other : like)
          if (seen.count(other))
            for (size_t k = 0; k < x.size(); ++k)
              if (constants[k].name == token(other) + ending && n < 3) sum += x[k], ++n;
        for (size_t k = 0; k < x.size(); ++k)
          if (n > 0 && constants[k].name == token(id) + ending) x[k] = sum / n;
      }
    }
  };
  fill(engines, {"trtllm", "trtllm-bench", "vllm", "sglang", "trtllm-engine", "mlperf-trt", "mlperf-other"},
       {"trtllm", "vllm", "sglang", "trtllm-engine", "trtllm-bench"},
       {"_layer_us", "_step_us", "_sequence_us", "_utilisation"});
  fill(generations, {"hopper", "hopper-pcie", "blackwell", "ampere", "ada", "blackwell-rtx", "cdna3"},
       {"hopper", "blackwell", "ampere"}, {"_decode", "_prefill"});
  fill(harnesses, {"trtllm/fixed", "trtllm/nightly", "vllm/fixed", "vllm/nightly", "sglang/fixed", "sglang/nightly"},
       {"trtllm/nightly", "vllm/nightly", "trtllm/fixed", "vllm/fixed"}, {"_first_token_us", "_met", "_queue_share"});
}

std::vector<double> fit_without(Data& data, const std::vector<char>& held, int iterations = 10) {
  std::vector<ms::Sample> samples;
  for (size_t i = 0; i < data.runs.size(); ++i)
    samples.push_back({&data.runs[i], &data.prepared[i], held[i] ? 0.0 : 1.0});
  ms::FitOptions o;
  o.most_iterations = iterations;
  std::vector<double> x = ms::fit(calibration_with, built_in().constants, samples, o);
  fill_unseen(data, held, x);
  return x;
}

struct Quantity {
  const char* name;
  double ms::Prediction::*predicted;
  double ms::Run::*measured;
  bool ms::Targets::*counts;
};
constexpr Quantity kQuantities[] = {
    {"ttft", &ms::Prediction::ttft_s, &ms::Run::ttft_s, &ms::Targets::ttft},
    {"tpot", &ms::Prediction::tpot_s, &ms::Run::tpot_s, &ms::Targets::tpot},
    {"tok/s", &ms::Prediction::tokens_per_s_per_gpu, &ms::Run::tokens_per_s_per_gpu, &ms::Targets::throughput}};

void table(const char* title, const Data& data, const Predictions& p,
           const std::function<std::string(const ms::Run&)>& by, const std::vector<char>* only = nullptr) {
  std::printf("\n## %s\n%-44s %5s %7s %7s %7s %7s\n", title, "", "n", "median", "mean", "p90", "bias");
  for (const Quantity& q : kQuantities) {
    std::map<std::string, std::vector<double>> errors;
    for (size_t i = 0; i < data.runs.size(); ++i) {
      if (only != nullptr && !(*only)[i]) continue;
      const ms::Run& r = data.runs[i];
      const bool pool = r.mode == ms::Mode::kDecodePool && q.counts == &ms::Targets::tpot;
      if (!(ms::targets_of(r).*q.counts) && !(pool && r.doubts.empty())) continue;
      errors[by(r)].push_back(p[i].*q.predicted / (r.*q.measured) - 1);
    }
    for (const auto& [name, e] : errors) {
      if (e.size() < 5) continue;
      const auto s = measured::summarise(e);
      std::printf("%-6s %-37s %5d %7.1f %7.1f %7.1f %+7.1f\n", q.name, name.c_str(), s.n, s.median_abs_pct,
                  s.mean_abs_pct, s.p90_abs_pct, s.bias_pct);
    }
  }
}

std::string by_mode(const ms::Run& r) { return ms::name_of(r.mode); }
std::string by_mode_and_engine(const ms::Run& r) { return std::string(ms::name_of(r.mode)) + ", " + r.engine; }

// Intervals as presets/serving/intervals.json has them: tenth and ninetieth percentile of measured / predicted.
void print_intervals(const char* basis, const Data& data, const std::vector<std::pair<size_t, ms::Prediction>>& held) {
  std::printf("\n## intervals, %s\n", basis);
  for (const Quantity& q : kQuantities) {
    std::map<std::string, std::pair<std::vector<double>, std::vector<double>>> kinds;  // ratios, errors
    for (const auto& [i, p] : held) {
      const ms::Run& r = data.runs[i];
      const bool pool = r.mode == ms::Mode::kDecodePool && q.counts == &ms::Targets::tpot && r.doubts.empty();
      if (!(ms::targets_of(r).*q.counts) && !pool) continue;
      const double ratio = r.*q.measured / (p.*q.predicted);
      const std::string mode = ms::name_of(r.mode);
      for (const std::string& kind : {mode, mode + (r.model.num_experts > 0 ? ", moe" : ", dense")}) {
        kinds[kind].first.push_back(ratio);
        kinds[kind].second.push_back(1 / ratio - 1);
      }
    }
    for (const auto& [kind, values] : kinds)
      std::printf("%-6s %-24s runs %4zu median_error_pct %5.1f low %.3f high %.3f\n", q.name, kind.c_str(),
                  values.first.size(), measured::summarise(values.second).median_abs_pct,
                  measured::quantile(values.first, 0.1), measured::quantile(values.first, 0.9));
  }
}

std::vector<std::pair<size_t, ms::Prediction>> numbered(const Predictions& p) {
  std::vector<std::pair<size_t, ms::Prediction>> out;
  for (size_t i = 0; i < p.size(); ++i) out.emplace_back(i, p[i]);
  return out;
}

void print_constants(const std::vector<double>& x) {
  const auto& constants = built_in().constants;
  std::printf("\n[\n");
  for (size_t i = 0; i < x.size(); ++i) {
    const catalog::Constant& c = constants[i];
    std::printf(
        "  {\"name\": \"%s\", \"value\": %.4g, \"prior\": %g, \"low\": %g, \"high\": %g, \"absorbs\": \"%s\"}%s\n",
        c.name.c_str(), x[i], c.prior, c.low, c.high, c.absorbs.c_str(), i + 1 < x.size() ? "," : "");
  }
  std::printf("]\n");
}

// Each group's rows predicted by a fit that never saw them.
Predictions held_out(Data& data, const std::function<std::string(const ms::Run&)>& group) {
  Predictions out(data.runs.size());
  std::set<std::string> groups;
  for (const ms::Run& r : data.runs) groups.insert(group(r));
  for (const std::string& g : groups) {
    std::vector<char> held(data.runs.size());
    for (size_t i = 0; i < held.size(); ++i) held[i] = group(data.runs[i]) == g ? 1 : 0;
    const auto x = fit_without(data, held, 8);
    const Predictions p = predict_all(data, calibration_with(named(x)));
    for (size_t i = 0; i < held.size(); ++i)
      if (held[i]) out[i] = p[i];
  }
  return out;
}

// Seven tenths fit, three tenths judge; the mean over five draws of the median errors of each kind.
void random_splits(Data& data) {
  std::vector<std::pair<size_t, ms::Prediction>> all;
  for (int draw = 0; draw < 5; ++draw) {
    std::mt19937 random(static_cast<unsigned>(draw));
    std::vector<char> held(data.runs.size());
    for (char& h : held) h = random() % 10 < 3 ? 1 : 0;
    const auto x = fit_without(data, held, 8);
    const Predictions p = predict_all(data, calibration_with(named(x)));
    table(("random split " + std::to_string(draw)).c_str(), data, p, by_mode, &held);
    for (size_t i = 0; i < held.size(); ++i)
      if (held[i]) all.emplace_back(i, p[i]);
  }
  print_intervals("rows held out", data, all);
}

void print_rows(const Data& data, const Predictions& p) {
  std::printf(
      "id\tmode\tengine\tharness\tgpu\tmodel\ttp\tpp\tdp\tep\tetp\tS\tO\tC\tB\tttft\tp_ttft\ttpot\tp_tpot\ttps\tp_"
      "tps\tdoubts\tD\tP\tX\tlayers\tchunks\tconc\twait\tgen\twait_steps\n");
  for (size_t i = 0; i < data.runs.size(); ++i) {
    const ms::Run& r = data.runs[i];
    const auto& f = data.prepared[i].profile;
    const auto parts = [](const estimate::serving::KernelTimes& t) {
      char b[160];
      std::snprintf(b, sizeof b, "%.5g,%.5g,%.5g,%.5g,%.5g,%.5g", t.gemm_s, t.attention_s, t.experts_s,
                    t.communication_s, t.elementwise_s, t.head_s);
      return std::string(b);
    };
    std::printf(
        "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%d\t%g\t%g\t%g\t%.4g\t%g\t%.5g\t%g\t%.5g\t%g\t%.5g\t%s\t%s\t%s\t%s\t%"
        "g\t%g\t%g\t%g\t%s\t%g\n",
        r.row.id.c_str(), ms::name_of(r.mode), r.engine.c_str(), r.harness.c_str(), r.cluster.accelerator.id.c_str(),
        r.model.id.c_str(), r.layout.tp, r.layout.pp, r.layout.dp, r.layout.ep, r.layout.etp, r.shape.input_tokens,
        r.shape.output_tokens, r.concurrency, f.sequences, r.ttft_s, p[i].ttft_s, r.tpot_s, p[i].tpot_s,
        r.tokens_per_s_per_gpu, p[i].tokens_per_s_per_gpu, r.doubts.empty() ? "" : r.doubts.front().c_str(),
        parts(f.decode).c_str(), parts(f.prompt).c_str(), parts(f.mixed).c_str(), f.layers, f.chunks,
        data.prepared[i].concurrency, data.prepared[i].wait,
        ms::constants_of(r, built_in().calibration).generation.id.c_str(), r.wait_steps);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fit_serving tables|refit|heldout|rows FILE.csv\n");
    return 2;
  }
  const std::string verb = argv[1];
  if (verb == "rows" && std::freopen("/dev/null", "w", stderr) == nullptr) return 2;
  Data data = load(argv[2]);
  if (verb == "rows") {
    print_rows(data, predict_all(data, built_in().calibration));
    return 0;
  }
  table("constants as they are", data, predict_all(data, built_in().calibration), by_mode_and_engine);
  if (verb == "tables") return 0;
  std::vector<double> x;
  for (int i = 0; i < kOuterIterations; ++i) {
    x = fit_without(data, std::vector<char>(data.runs.size()), 25);
    prepare(data, calibration_with(named(x)));
  }
  print_constants(x);
  const Predictions p = predict_all(data, calibration_with(named(x)));
  table("refitted", data, p, by_mode_and_engine);
  table("refitted", data, p, by_mode);
  if (verb == "refit") return 0;
  random_splits(data);
  const auto model = [](const ms::Run& r) { return r.family; };
  const auto gpu = [](const ms::Run& r) { return r.cluster.accelerator.id; };
  const auto engine = [](const ms::Run& r) { return r.engine; };
  const Predictions by_model = held_out(data, model);
  table("whole models held out", data, by_model, by_mode);
  table("whole models held out", data, by_model, model);
  print_intervals("whole models held out", data, numbered(by_model));
  const Predictions by_gpu = held_out(data, gpu);
  table("whole GPUs held out", data, by_gpu, by_mode);
  table("whole GPUs held out", data, by_gpu, gpu);
  print_intervals("whole GPUs held out", data, numbered(by_gpu));
  table("whole engines held out", data, held_out(data, engine), by_mode);
  return 0;
}
