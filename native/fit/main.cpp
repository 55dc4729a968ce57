// Refits the calibration's constants to measured runs and prints the error tables: in-sample, families held out,
// sources held out cold and after one scalar from three of their runs. A tool of the developers.
//
//   fit tables FILE.csv            error tables with the constants as they are
//   fit refit FILE.csv             refit, then the tables; prints the constants as JSON
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "json/presets.h"
#include "measured/accuracy.h"
#include "measured/csv.h"
#include "measured/fit.h"

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
    for (const json::PresetFile& f : json::built_in_presets())
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
  const catalog::Catalog catalog = *json::read_catalog(json::built_in_presets());
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

void families_held_out(const Data& data, const std::vector<catalog::Constant>& constants, int draws) {
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
  table("Families held out", data.fit, errors);
}

std::string source_of(const Run& r) { return r.row.family == "papers" ? r.kind : r.row.family; }

void sources_held_out(const Data& data, const std::vector<catalog::Constant>& constants) {
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

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "fit (tables | refit | heldout | all) FILE.csv\n";
    return 2;
  }
  const std::string verb = argv[1];
  const Data data = load(argv[2]);
  std::vector<catalog::Constant> constants = catalog_with({}).constants;
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
  if (verb == "rows") {
    for (const auto& [run, e] : errors_of(catalog_with(named(constants, x)), all_of(data)))
      std::printf("%s\t%s\t%d\t%.4f\t%.5g\n", run->row.id.c_str(), run->kind.c_str(), int(run->trains_constants),
                  e.front(), run->step_time_s);
  }
  if (verb == "heldout" || verb == "all") families_held_out(data, constants, 8);
  if (verb == "all") sources_held_out(data, constants);
  return 0;
}
