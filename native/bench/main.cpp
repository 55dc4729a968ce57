// Measures one request: shardplan-bench NAME [REPETITIONS] prints one JSON object; without arguments, the names.
// Built natively and for WebAssembly; report.js runs both and prints the table.
#ifndef __EMSCRIPTEN__
#include <sys/resource.h>
#endif

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "api/handle.h"
#include "api/operations/recommend.h"
#include "json/document.h"

namespace shardplan::api {
namespace {

struct Case {
  const char* name;
  const char* question;  // fields of a request
  const char* strategy;  // fields of one plan for it
};

constexpr Case kCases[] = {
    {"llama-3.1-70b-on-64-h100",
     R"("model": "llama-3.1-70b", "gpu": "h100", "gpus": 64, "seq_length": 8192, "gbs": 128)",
     R"("tp": 4, "pp": 4, "vpp": 5, "dp": 4)"},
    {"llama-3.1-405b-on-16384-h100",
     R"("model": "llama-3.1-405b", "gpu": "h100", "gpus": 16384, "seq_length": 8192, "gbs": 2048)",
     R"("tp": 8, "pp": 16, "dp": 128)"},
    {"deepseek-v3-on-2048-h800",
     R"("model": "deepseek-v3", "system": "h800-deepseek", "gpus": 2048, "seq_length": 4096, "gbs": 15360, "precision": "fp8_blockwise")",
     R"("tp": 1, "pp": 16, "dp": 128, "ep": 64)"},
};

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double peak_mib() {
#ifdef __EMSCRIPTEN__
  return static_cast<double>(__builtin_wasm_memory_size(0)) * 65536 / (1 << 20);
#else
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
#endif
}

template <class F>
double median_s(int repetitions, F&& run) {
  std::vector<double> times;
  for (int i = 0; i < repetitions; ++i) {
    const double start = now_s();
    run();
    times.push_back(now_s() - start);
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

int measure(const Case& c, int repetitions) {
  const std::string question = std::string("{") + c.question + "}";
  const std::string evaluation = std::string("{") + c.question + ", " + c.strategy + "}";
  const auto request = json::read<RecommendRequest>(*json::parse(question));
  auto prepared = prepare(*request);
  if (!prepared || handle("evaluate", evaluation).kind != Reply::Kind::kOk) return 1;
  const estimate::Context context(prepared->resolved.problem);
  const search::Space space(context, prepared->limits);

  // A plan is the memory and the time of one legal strategy, whether it fits or not.
  prepared->options.time_everything = true;
  search::Partial all;
  const double search_s =
      median_s(repetitions, [&] { all = search::evaluate_range(context, space, 0, space.size(), prepared->options); });
  const double recommend_s = median_s(repetitions, [&] { handle("recommend", question); });
  const double peak = peak_mib();

  const spec::Strategy strategy = space.at(all.top.empty() ? all.nearest.index : all.top.front().index);
  const int many = 200 * repetitions;
  const double evaluate_s = median_s(many, [&] { handle("evaluate", evaluation); });
  const double plan_s = median_s(many, [&] { make_plan(context, strategy, prepared->options.usable_bytes); });

  std::printf(
      "{\"name\": \"%s\", \"candidates\": %.0f, \"plans\": %.0f, \"fit\": %.0f, \"search_s\": %.6f, "
      "\"plans_per_s\": %.0f, \"recommend_s\": %.6f, \"evaluate_s\": %.9f, \"make_plan_s\": %.9f, \"peak_mib\": "
      "%.1f}\n",
      c.name, static_cast<double>(all.candidates), static_cast<double>(all.evaluated), static_cast<double>(all.fits),
      search_s, static_cast<double>(all.evaluated) / search_s, recommend_s, evaluate_s, plan_s, peak);
  return 0;
}

}  // namespace
}  // namespace shardplan::api

int main(int argc, char** argv) {
  using namespace shardplan::api;
  for (const Case& c : kCases) {
    if (argc < 2) std::printf("%s\n", c.name);
    else if (argv[1] == std::string(c.name))
      return measure(c, argc > 2 ? static_cast<int>(std::strtol(argv[2], nullptr, 10)) : 5);
  }
  return argc < 2 ? 0 : 1;
}
