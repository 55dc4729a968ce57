#include "render_serving.h"

#include <cstdio>

#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;

std::string number(double x) {
  char buffer[48];
  const double size = x < 0 ? -x : x;
  if (size >= 10000) return grouped(x);
  std::snprintf(buffer, sizeof buffer, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.3g", x);
  return buffer;
}
std::string integer(View v) { return v ? grouped(v.number()) : ""; }
std::string value(View v) { return v ? number(v.number()) : ""; }

std::string range(View v) {
  return v.size() == 2 ? "(" + number(v.at(0).number()) + " to " + number(v.at(1).number()) + ")" : "";
}

void plan(View p, std::ostream& out) {
  View c = p["confidence"], m = p["memory"];
  out << p["summary"].text() << "  = " << integer(p["gpus"]) << " GPUs\n";
  Table t({"", "", "80 %", "p90", "p99"});
  t.row({"TTFT ms", value(p["ttft_ms"]), range(c["ttft_ms"]), value(p["ttft_p90_ms"]), value(p["ttft_p99_ms"])});
  t.row({"TPOT ms", value(p["tpot_ms"]), range(c["tpot_ms"]), value(p["tpot_p90_ms"]), value(p["tpot_p99_ms"])});
  t.row({"request s", value(p["request_s"])});
  t.row({"requests at once", value(p["concurrency"])});
  t.row({"requests/s", value(p["requests_per_s"])});
  t.row({"output tokens/s", value(p["tokens_per_s"]), range(c["tokens_per_s"])});
  t.row({"  per GPU", value(p["tokens_per_s_per_gpu"])});
  t.row({"  per user", value(p["tokens_per_s_per_user"])});
  if (p["usd_per_million_tokens"]) t.row({"$ per million", value(p["usd_per_million_tokens"])});
  t.left({0, 2});
  t.print(out);
  out << "  sure    " << c["level"].text() << ": 80 % interval from " << c["basis"].text() << " (" << integer(c["runs"])
      << " runs)\n\nMemory of a GPU, GiB\n";
  Table memory({"weights", "cache", "activations", "overhead", "capacity", "requests it holds"});
  memory.row({value(m["weights_gib"]), value(m["kv_cache_gib"]), value(m["activations_gib"]), value(m["overhead_gib"]),
              value(m["capacity_gib"]), integer(m["max_concurrency"])});
  memory.print(out);
  out << "\nA token's step, ms\n";
  Table step({"linear", "attention", "experts", "traffic", "element-wise", "head", "engine", "prompts"});
  View s = p["step"];
  std::vector<std::string> cells;
  for (const char* part : {"gemm_ms", "attention_ms", "experts_ms", "communication_ms", "elementwise_ms", "head_ms",
                           "engine_ms", "prompts_ms"})
    cells.push_back(s[part].number() > 0 ? value(s[part]) : "");
  step.row(cells);
  step.print(out);
}

void plan_table(View plans, std::ostream& out) {
  Table t({"#", "GPUs", "plan", "TTFT ms", "TPOT ms", "tok/s/GPU", "users", "$/M tok"});
  for (size_t i = 0; i < plans.size(); ++i) {
    View p = plans.at(i);
    t.row({integer(p["rank"]), integer(p["gpus"]), p["summary"].text(), value(p["ttft_ms"]), value(p["tpot_ms"]),
           value(p["tokens_per_s_per_gpu"]), value(p["concurrency"]), value(p["usd_per_million_tokens"])});
  }
  t.left({2});
  t.print(out);
}

void frontier(View list, std::ostream& out) {
  out << "\nTokens/s per user against tokens/s per GPU\n";
  Table t({"per user", "per GPU", "users", "TTFT ms", "plan"});
  for (size_t i = 0; i < list.size(); ++i) {
    View p = list.at(i);
    t.row({value(p["tokens_per_s_per_user"]), value(p["tokens_per_s_per_gpu"]), value(p["users"]), value(p["ttft_ms"]),
           p["summary"].text()});
  }
  t.left({4});
  t.print(out);
}

void disaggregated(View r, std::ostream& out) {
  View p = r["disaggregated"];
  if (!p) return;
  out << "\nPools of their own for prompts and for decoding\n  " << p["summary"].text() << "  = " << integer(p["gpus"])
      << " GPUs\n";
  Table t({"TTFT ms", "TPOT ms", "tok/s/GPU", "users", "transfer ms", "against the best %", "misses"});
  t.row({value(p["ttft_ms"]), value(p["tpot_ms"]), value(p["tokens_per_s_per_gpu"]), value(p["concurrency"]),
         value(p["transfer_ms"]), value(r["disaggregated_gain_pct"]), p["limit_missed"].text()});
  t.print(out);
}

void precisions(View list, std::ostream& out) {
  if (list.size() == 0) return;
  out << "\nOther number formats, changes in %\n";
  Table t({"weights", "cache", "TTFT", "TPOT", "tok/s/GPU", "requests it holds", ""});
  for (size_t i = 0; i < list.size(); ++i) {
    View p = list.at(i);
    const bool fits = p["fits"].boolean();
    t.row({p["precision"].text(), p["kv_cache"].text(), value(p["ttft_change_pct"]), value(p["tpot_change_pct"]),
           value(p["throughput_change_pct"]), value(p["max_concurrency_change_pct"]),
           !fits                          ? "does not fit"
           : p["within_limits"].boolean() ? ""
                                          : "misses a limit"});
  }
  t.left({0, 1, 6});
  t.print(out);
}

void phase_table(View plans, std::ostream& out) {
  Table t({"GPUs", "plan", "batch", "latency ms", "tokens/s", "per GPU", "requests/s", "$/M tok"});
  for (size_t i = 0; i < plans.size(); ++i) {
    View p = plans.at(i);
    t.row({integer(p["gpus"]), p["summary"].text(), integer(p["batch_size"]), value(p["latency_ms"]),
           value(p["tokens_per_s"]), value(p["tokens_per_s_per_gpu"]), value(p["requests_per_s"]),
           value(p["usd_per_million_tokens"])});
  }
  t.left({1});
  t.print(out);
}

void search_summary(View search, std::ostream& out) {
  out << "\n"
      << integer(search["candidates"]) << " combinations, " << integer(search["evaluated"]) << " fit, "
      << integer(search["within_limits"]) << " within the limits\n";
  Table t({"rejected", "because"});
  for (size_t i = 0; i < search["rejected"].size(); ++i)
    t.row({integer(search["rejected"].at(i)), search["reasons"][search["rejected"].key(i)].text()});
  for (size_t i = 0; i < search["missed"].size(); ++i)
    t.row({integer(search["missed"].at(i)), "misses " + search["missed"].key(i)});
  t.left({1});
  t.print(out);
}

}  // namespace

bool is_serving(View r) { return static_cast<bool>(r["search"]["within_limits"]); }

void render_serving(View r, std::ostream& out) {
  if (View best = r["best"]) {
    plan(best, out);
    out << "\nPlans\n";
    plan_table(r["plans"], out);
  } else {
    out << "No plan keeps the limits: " << r["limit_missed"].text();
    if (r["missed_by_pct"]) out << " is missed by " << number(r["missed_by_pct"].number()) << " %";
    out << "\n";
    for (size_t i = 0; i < r["smallest_change"].size(); ++i)
      out << "  would do: " << r["smallest_change"].at(i).text() << "\n";
    if (View nearest = r["nearest"]) {
      out << "\nNearest\n";
      plan(nearest, out);
    }
  }
  disaggregated(r, out);
  precisions(r["precisions"], out);
  if (r["pareto"].size() > 0) frontier(r["pareto"], out);
  search_summary(r["search"], out);
}

bool render_phases(View r, std::ostream& out) {
  for (const char* list : {"plans", "pareto"})
    if (r[list].at(0)["latency_ms"]) {
      phase_table(r[list], out);
      return true;
    }
  return false;
}

}  // namespace shardplan::cli
