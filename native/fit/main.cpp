// Refits the calibration's constants to measured runs and prints the error tables: in-sample, families held out,
// sources held out cold and after one scalar from three of their runs. A tool of the developers.
//
//   fit tables FILE.csv            error tables with the constants as they are
//   fit refit FILE.csv             refit, then the tables; prints the constants as JSON
//   fit heldout FILE.csv           the same, and families of runs held out (heldout-rows: each run of them)
//   fit all FILE.csv               the same, and sources and GPU generations held out
//   fit rows FILE.csv              each run with its error
//   fit ablate FILE.csv            refit without one term after the other
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "ablation.h"
#include "json/presets.h"
#include "measured/accuracy.h"
#include "measured/csv.h"
#include "measured/fit.h"
#include "measured/ranking.h"

namespace {

using namespace shardplan;
using measured::Run;

std::string read_file(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

// Presets that constants reach; parsing these alone keeps a fit quick.
const std::vector<json::PresetFile>& calibration_presets() {
  static const std::vector<json::PresetFile> files = [] {
    std::vector<json::PresetFile> out;
    for (const json::PresetFile& f : json::documented_presets())
      if (f.path.substr(0, 12) == "calibration/" || f.path.substr(0, 12) == "generations/" ||
          f.path.substr(0, 7) == "stacks/" || f.path.substr(0, 8) == "kernels/")
        out.push_back(f);
    return out;
  }();
  return files;
}

catalog::Catalog catalog_with(const std::vector<std::pair<std::string, double>>& values) {
  std::vector<json::ConstantOverride> overrides;
  for (const auto& [name, value] : values) overrides.push_back({name, value});
  return *json::read_catalog(calibration_presets(), overrides);
}

struct Data {
  std::vector<Run> runs;        // all that can be predicted, exact repeats dropped
  std::vector<const Run*> fit;  // those that train the constants
};

std::string key_of(const Run& r) {
  std::ostringstream key;
  const spec::Strategy& s = r.strategy;
  key << r.row.family << r.model.id << r.model.num_hidden_layers << r.model.hidden_size << r.row.gpu << r.cluster.gpus
      << int(s.precision) << '|' << r.training.seq_length << '|' << s.gbs << '|' << s.mbs << '|' << s.tp << '|' << s.pp
      << '|' << s.vpp << '|' << s.cp << '|' << s.ep << '|' << s.etp << int(s.sharding) << int(s.schedule)
      << int(s.recompute.mode) << s.recompute.layer_share << '|' << r.stack_id << '|' << std::round(r.step_time_s * 1e4)
      << '|' << (r.row.family == "mbridge" ? r.row.source : "");
  return key.str();
}

Data load(const char* path) {
  const std::string text = read_file(path);
  const catalog::Catalog catalog = *json::read_catalog(json::documented_presets());
  Data data;
  std::set<std::string> seen;
  const auto rows = measured::read_csv(text, "");
  for (const spec::MeasuredRow& row : *rows) {
    auto run = measured::run_of(catalog, row);
    if (!run || run->step_time_s <= 0) continue;
    if (!seen.insert(key_of(*run)).second) continue;
    data.runs.push_back(*std::move(run));
  }
  for (const Run& r : data.runs)
    if (r.trains_constants) data.fit.push_back(&r);
  return data;
}

std::vector<double> fit_to(const std::vector<const Run*>& runs, const std::vector<catalog::Constant>& start) {
  return measured::fit(catalog_with, start, measured::weighted(runs));
}

std::vector<std::pair<std::string, double>> named(const std::vector<catalog::Constant>& constants,
                                                  const std::vector<double>& x) {
  std::vector<std::pair<std::string, double>> out;
  for (size_t i = 0; i < x.size(); ++i) out.emplace_back(constants[i].name, x[i]);
  return out;
}

using Errors = std::map<const Run*, std::vector<double>>;

void table(const char* title, const std::vector<const Run*>& runs, const Errors& errors) {
  std::map<std::string, std::vector<double>> by_kind;
  for (const Run* r : runs) {
    const auto it = errors.find(r);
    if (it == errors.end()) continue;
    by_kind[r->kind].push_back(measured::quantile(it->second, 0.5));
  }
  std::printf("\n## %s\n%-34s %5s %7s %7s %7s %7s\n", title, "kind", "n", "median", "mean", "p90", "bias");
  for (const auto& [kind, e] : by_kind) {
    const auto s = measured::summarise(e);
    std::printf("%-34s %5d %7.1f %7.1f %7.1f %+7.1f\n", kind.c_str(), s.n, s.median_abs_pct, s.mean_abs_pct,
                s.p90_abs_pct, s.bias_pct);
  }
}

Errors errors_of(const catalog::Catalog& catalog, const std::vector<const Run*>& runs) {
  Errors e;
  for (const Run* r : runs) e[r].push_back(measured::predict_step_time_s(catalog, *r) / r->step_time_s - 1);
  return e;
}

std::vector<const Run*> all_of(const Data& data) {
  std::vector<const Run*> out;
  for (const Run& r : data.runs) out.push_back(&r);
  return out;
}

Errors families_held_out(const Data& data, const std::vector<catalog::Constant>& constants, int draws) {
  std::set<std::string> families;
  for (const Run* r : data.fit) families.insert(r->family);
  Errors errors;
  for (int draw = 0; draw < draws; ++draw) {
    std::mt19937 random(static_cast<unsigned>(draw));
    std::set<std::string> held;
    for (const std::string& f : families)
      if (random() % 100 < 30) held.insert(f);
    std::vector<const Run*> train, test;
    for (const Run* r : data.fit) (held.count(r->family) ? test : train).push_back(r);
    const auto x = fit_to(train, constants);
    for (auto& [run, e] : errors_of(catalog_with(named(constants, x)), test)) errors[run].push_back(e.front());
  }
  return errors;
}

// id, kind, whether it trains constants, predicted / measured - 1 in the median of its draws, measured seconds.
void print_rows(const Errors& errors) {
  for (const auto& [run, e] : errors)
    std::printf("%s\t%s\t%d\t%.4f\t%.5g\n", run->row.id.c_str(), run->kind.c_str(), int(run->trains_constants),
                measured::quantile(e, 0.5), run->step_time_s);
}

// 80 % of measured / predicted, by the class that the planner shows.
void intervals(const char* title, const Errors& errors) {
  std::map<std::string, std::vector<double>> ratios;
  const catalog::Catalog catalog = *json::read_catalog(json::documented_presets());
  for (const auto& [run, e] : errors)
    ratios[measured::problem_of(catalog, *run).intervals.id].push_back(1 / (1 + measured::quantile(e, 0.5)));
  std::printf("\n## 80 %% intervals of measured / predicted: %s\n%-24s %5s %6s %6s %6s\n", title, "class", "n", "10 %",
              "50 %", "90 %");
  for (const auto& [id, r] : ratios)
    std::printf("%-24s %5zu %6.3f %6.3f %6.3f\n", id.c_str(), r.size(), measured::quantile(r, 0.1),
                measured::quantile(r, 0.5), measured::quantile(r, 0.9));
}

// How often the faster of two configurations of one group is predicted to be the faster, by the predicted gap.
void pairs(const char* title, const Errors& errors) {
  std::map<std::string, std::map<std::string, std::vector<const Run*>>> groups;
  for (const auto& [run, e] : errors) groups[run->kind][run->group].push_back(run);
  std::printf("\n## Order of pairs, by predicted gap: %s\n%-34s", title, "kind");
  const double edges[] = {0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 1e9};
  for (int b = 0; b < 8; ++b) std::printf("  >%3.0f%%      ", 100 * edges[b]);
  std::printf("\n");
  for (const auto& [kind, by_group] : groups) {
    std::vector<int> right(8), all(8);
    for (const auto& [name, runs] : by_group)
      for (size_t i = 0; i < runs.size(); ++i)
        for (size_t k = i + 1; k < runs.size(); ++k) {
          const auto per_token = [](const Run* r) { return r->step_time_s / r->strategy.gbs; };
          const auto predicted = [&](const Run* r) {
            return per_token(r) * (1 + measured::quantile(errors.at(r), 0.5));
          };
          const double gap = predicted(runs[i]) / predicted(runs[k]);
          const double size = gap > 1 ? gap - 1 : 1 / gap - 1;
          int bin = 0;
          while (size >= edges[bin + 1]) ++bin;
          ++all[bin];
          right[bin] += (gap > 1) == (per_token(runs[i]) > per_token(runs[k]));
        }
    std::printf("%-34s", kind.c_str());
    for (int b = 0; b < 8; ++b)
      all[b] > 0 ? std::printf(" %4.0f %%/%4d", 100.0 * right[b] / all[b], all[b]) : std::printf("      -     ");
    std::printf("\n");
  }
}

void ranking(const char* title, const Errors& errors) {
  std::map<std::string, std::vector<measured::Candidate>> kinds;
  for (const auto& [run, e] : errors) {
    const double measured = run->step_time_s / run->strategy.gbs;
    kinds[run->kind].push_back({run->group, measured * (1 + measured::quantile(e, 0.5)), measured});
  }
  std::printf("\n## Ranking: %s\n%-34s %6s %6s %6s %6s %7s %7s\n", title, "kind", "groups", "runs", "first", "top 3",
              "regret", "median");
  for (const auto& [kind, candidates] : kinds) {
    const auto s = measured::rank(candidates);
    if (s.groups > 0)
      std::printf("%-34s %6d %6d %6.0f %6.0f %7.1f %7.1f\n", kind.c_str(), s.groups, s.configurations, s.best_first_pct,
                  s.best_in_three_pct, s.mean_regret_pct, s.median_regret_pct);
  }
}

std::string source_of(const Run& r) { return r.row.family == "papers" ? r.kind : r.row.family; }

Errors sources_held_out(const Data& data, const std::vector<catalog::Constant>& constants) {
  std::set<std::string> sources;
  for (const Run* r : data.fit) sources.insert(source_of(*r));
  Errors cold, scaled;
  std::mt19937 random(0);
  std::vector<catalog::Constant> from_prior = constants;
  for (auto& c : from_prior) c.value = c.prior;
  for (const std::string& source : sources) {
    std::vector<const Run*> train, test;
    for (const Run* r : data.fit) (source_of(*r) == source ? test : train).push_back(r);
    const auto x = fit_to(train, from_prior);
    const Errors e = errors_of(catalog_with(named(constants, x)), test);
    for (const auto& [run, v] : e) cold[run] = v;
    std::map<std::string, std::vector<const Run*>> kinds;
    for (const Run* r : test) kinds[r->kind].push_back(r);
    for (auto& [kind, list] : kinds) {
      if (list.size() < 6) continue;
      for (int draw = 0; draw < 30; ++draw) {
        std::shuffle(list.begin(), list.end(), random);
        std::vector<double> logs;
        for (int k = 0; k < 3; ++k) logs.push_back(std::log(1 + e.at(list[k]).front()));
        const double scale = std::exp(measured::quantile(logs, 0.5));
        for (size_t k = 3; k < list.size(); ++k) scaled[list[k]].push_back((1 + e.at(list[k]).front()) / scale - 1);
      }
    }
  }
  table("Source held out, cold", data.fit, cold);
  table("Source held out, one scalar from three of its runs", data.fit, scaled);
  return cold;
}

// A GPU that no run of the fit had: its generation's constants stay at their priors.
Errors generations_held_out(const Data& data, const std::vector<catalog::Constant>& constants) {
  std::vector<catalog::Constant> from_prior = constants;
  for (auto& c : from_prior) c.value = c.prior;
  Errors errors;
  for (const char* generation : {"ampere", "hopper", "blackwell"}) {
    std::vector<const Run*> train, test;
    for (const Run* r : data.fit) (r->cluster.accelerator.generation == generation ? test : train).push_back(r);
    const auto x = fit_to(train, from_prior);
    for (const auto& [run, e] : errors_of(catalog_with(named(constants, x)), test)) errors[run] = e;
  }
  table("GPU generation held out", data.fit, errors);
  return errors;
}

void print_constants(const std::vector<catalog::Constant>& constants, const std::vector<double>& x) {
  std::printf("\n[\n");
  for (size_t i = 0; i < x.size(); ++i) {
    const catalog::Constant& c = constants[i];
    const bool at_bound = x[i] <= c.low + 1e-9 || x[i] >= c.high - 1e-9;
    std::printf(
        "  {\"name\": \"%s\", \"value\": %.4g, \"prior\": %g, \"low\": %g, \"high\": %g, \"absorbs\": \"%s\"}%s%s\n",
        c.name.c_str(), x[i], c.prior, c.low, c.high, c.absorbs.c_str(), i + 1 < x.size() ? "," : "",
        at_bound ? "   <-- at a bound" : "");
  }
  std::printf("]\n");
}

// Median error of every kind, each column after a refit without one term.
void ablate(const Data& data, const std::vector<catalog::Constant>& constants) {
  std::printf("\n## Refitted without a term: median |error| by kind, %%\n");
  std::set<std::string> kinds;
  for (const Run* r : data.fit) kinds.insert(r->kind);
  for (const std::string& kind : kinds) std::printf("%.14s | ", kind.c_str());
  std::printf("\n");
  for (const fit::Ablation& a : fit::ablations()) {
    measured::FitOptions options;
    options.predict = a.predict;
    const auto x = measured::fit(catalog_with, constants, measured::weighted(data.fit), options);
    const catalog::Catalog catalog = catalog_with(named(constants, x));
    std::map<std::string, std::vector<double>> errors;
    for (const Run* r : data.fit) {
      const double predicted = a.predict ? a.predict(measured::problem_of(catalog, *r), r->strategy)
                                         : measured::predict_step_time_s(catalog, *r);
      errors[r->kind].push_back(predicted / r->step_time_s - 1);
    }
    std::printf("%-42s", a.term);
    for (const auto& [kind, e] : errors) std::printf(" %6.1f", measured::summarise(e).median_abs_pct);
    std::printf("\n");
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "fit (tables | refit | heldout | heldout-rows | all | rows | ablate) FILE.csv\n";
    return 2;
  }
  const std::string verb = argv[1];
  const Data data = load(argv[2]);
  std::vector<catalog::Constant> constants = catalog_with({}).constants;
  if (verb == "ablate") {
    ablate(data, constants);
    return 0;
  }
  std::vector<double> x;
  for (const auto& c : constants) x.push_back(c.value);
  if (verb != "tables") {
    x = fit_to(data.fit, constants);
    print_constants(constants, x);
    for (size_t i = 0; i < x.size(); ++i) constants[i].value = x[i];
  }
  table("In-sample", data.fit, errors_of(catalog_with(named(constants, x)), data.fit));
  std::vector<const Run*> rest;
  for (const Run* r : all_of(data))
    if (!r->trains_constants) rest.push_back(r);
  table("Never fitted", rest, errors_of(catalog_with(named(constants, x)), rest));
  if (verb == "rows") print_rows(errors_of(catalog_with(named(constants, x)), all_of(data)));
  if (verb.substr(0, 7) == "heldout" || verb == "all") {
    const Errors errors = families_held_out(data, constants, 8);
    table("Families held out", data.fit, errors);
    if (verb == "heldout-rows") print_rows(errors);
    intervals("families held out", errors);
    ranking("families held out", errors);
    pairs("families held out", errors);
  }
  if (verb == "all") {
    intervals("sources held out", sources_held_out(data, constants));
    intervals("GPU generations held out", generations_held_out(data, constants));
  }
  return 0;
}
