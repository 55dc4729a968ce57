#include "render.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "render_accuracy.h"
#include "render_launch.h"
#include "render_serving.h"
#include "render_topology.h"
#include "render_troubleshoot.h"
#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;
using Kind = View::Kind;

constexpr double kLeastShare = 5e-5;  // parts of a step that are not worth a line

std::string fixed(double x, int decimals) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%.*f", decimals, x);
  return buffer;
}

// As many digits as a reader needs to tell two values apart.
std::string number(double x) {
  const double size = x < 0 ? -x : x;
  if (size >= 1e5 || x == static_cast<double>(static_cast<int64_t>(x))) return grouped(x);
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, size >= 100 ? "%.1f" : size >= 1 ? "%.2f" : "%.3g", x);
  return buffer;
}

std::string scalar(View v) {
  switch (v.kind()) {
    case Kind::kNumber: return number(v.number());
    case Kind::kBool: return v.boolean() ? "yes" : "no";
    case Kind::kText: return v.text();
    default: return "";
  }
}

std::string integer(View v) { return v ? fixed(v.number(), 0) : ""; }

// "tokens_per_s_per_gpu" -> "tokens per s per gpu"
std::string label(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

bool is_scalar(View v) { return !v.is(Kind::kList) && !v.is(Kind::kObject); }

std::string sharding(View strategy) {
  if (View fsdp = strategy["fsdp"]) return "FSDP " + integer(fsdp["shard_size"]);
  return "ZeRO-" + integer(strategy["zero_stage"]);
}

std::string recompute(View strategy) {
  std::string text = strategy["recompute"].text();
  View modules = strategy["recompute_modules"];
  for (size_t i = 0; i < modules.size(); ++i) text += (i == 0 ? " " : "+") + modules.at(i).text();
  if (View share = strategy["recompute_layer_share"]; share && share.number() < 1)
    text += " " + fixed(100 * share.number(), 0) + "%";
  return text;
}

void plan_table(View plans, std::ostream& out) {
  Table t({"#", "GPUs", "TP", "PP", "VPP", "CP", "EP", "DP", "sharding", "mbs", "recompute", "schedule", "peak GiB",
           "step s", "tok/s/GPU", "MFU %", "$/M tok", "against the first"});
  for (size_t i = 0; i < plans.size(); ++i) {
    View p = plans.at(i), s = p["strategy"];
    t.row({integer(p["rank"]), integer(p["gpus"]), integer(s["tp"]), integer(s["pp"]), integer(s["vpp"]),
           integer(s["cp"]), integer(s["ep"]), integer(s["dp"]), sharding(s), integer(s["mbs"]), recompute(s),
           s["schedule"].text(), fixed(p["memory"]["peak_gib"].number(), 1), number(p["time"]["step_time_s"].number()),
           fixed(p["tokens_per_s_per_gpu"].number(), 0), fixed(100 * p["mfu"].number(), 1),
           p["usd_per_million_tokens"] ? number(p["usd_per_million_tokens"].number()) : "",
           p["difference"] ? p["difference"].text() : ""});
  }
  t.left({8, 10, 11, 17});
  t.print(out);
}

void interval(const char* name, View value, View range, const char* unit, std::ostream& out) {
  out << "  " << name << "  " << number(value.number()) << " " << unit;
  if (range.size() == 2) out << "  (" << number(range.at(0).number()) << " to " << number(range.at(1).number()) << ")";
  out << "\n";
}

void stage_table(View stages, std::ostream& out) {
  Table t({"stage", "layers", "reserved", "weights", "gradients", "optimizer", "activations", "buffers", "overhead"});
  for (size_t i = 0; i < stages.size(); ++i) {
    View s = stages.at(i);
    std::vector<std::string> cells = {integer(s["stage"]), integer(s["layers"])};
    for (const char* part : {"reserved_gib", "parameters_gib", "gradients_gib", "optimizer_gib", "activations_gib",
                             "buffers_gib", "overhead_gib"})
      cells.push_back(fixed(s[part].number(), 1));
    t.row(cells);
  }
  out << "Memory by stage, GiB\n";
  t.print(out);
}

void time_table(View time, std::ostream& out) {
  const double step = time["step_time_s"].number();
  Table t({"part", "exposed s", "share %", "total s"});
  for (size_t i = 0; i < time.size(); ++i) {
    View part = time.at(i);
    std::string name = time.key(i);
    if (name == "step_time_s") continue;
    const bool traffic = part.is(Kind::kObject);
    const double seconds = traffic ? part["exposed_s"].number() : part.number();
    const double total = traffic ? part["total_s"].number() : 0;
    if (seconds < kLeastShare * step && total < kLeastShare * step) continue;
    if (name.size() > 2 && name.compare(name.size() - 2, 2, "_s") == 0) name.resize(name.size() - 2);
    t.row({traffic ? upper(name) + " traffic" : label(name), number(seconds), fixed(100 * seconds / step, 1),
           traffic ? number(total) : ""});
  }
  t.left({0});
  out << "Step time\n";
  t.print(out);
}

void plan(View p, std::ostream& out) {
  View s = p["strategy"], c = p["confidence"];
  out << p["summary"].text() << "  = " << integer(p["gpus"]) << " GPUs\n"
      << "  " << sharding(s) << ", " << integer(s["num_microbatches"]) << " micro-batches, " << s["schedule"].text()
      << ", recompute " << recompute(s) << ", " << s["precision"].text() << "\n";
  out << (p["fits"].boolean() ? "  fits\n" : "  does not fit: " + number(p["over_gib"].number()) + " GiB over\n");
  interval("step  ", p["time"]["step_time_s"], c["step_time_s"], "s", out);
  interval("memory", p["memory"]["peak_gib"], c["peak_gib"], "GiB, worst rank", out);
  out << "  speed   " << grouped(p["tokens_per_s"].number()) << " tokens/s, "
      << fixed(p["tokens_per_s_per_gpu"].number(), 0) << " per GPU, MFU " << fixed(100 * p["mfu"].number(), 1)
      << " %\n";
  if (View usd = p["usd_per_million_tokens"])
    out << "  cost    $" << number(usd.number()) << " per million tokens, $" << number(p["usd_per_hour"].number())
        << " per hour\n";
  out << "  sure    " << c["level"].text() << ": " << fixed(c["coverage_pct"].number(), 0) << " % interval from "
      << c["basis"].text() << " (" << integer(c["runs"]) << " runs, median error "
      << number(c["median_error_pct"].number()) << " %); out of memory with "
      << fixed(100 * c["oom_probability"].number(), 1) << " %\n\n";
  stage_table(p["memory"]["stages"], out);
  out << "\n";
  time_table(p["time"], out);
}

void sentences(const char* title, View list, std::ostream& out) {
  if (list.size() == 0) return;
  out << "\n" << title << "\n";
  for (size_t i = 0; i < list.size(); ++i) out << "  " << list.at(i).text() << "\n";
}

void search_summary(View search, std::ostream& out) {
  out << "\n"
      << grouped(search["candidates"].number()) << " combinations, " << grouped(search["evaluated"].number())
      << " legal, " << grouped(search["fits"].number()) << " fit\n";
  Table t({"rejected", "because"});
  View rejected = search["rejected"];
  for (size_t i = 0; i < rejected.size(); ++i)
    t.row({grouped(rejected.at(i).number()), search["reasons"][rejected.key(i)].text()});
  t.left({1});
  t.print(out);
}

void recommendation(View r, std::ostream& out) {
  if (View best = r["best"]) {
    plan(best, out);
    sentences("Why", r["why"], out);
    out << "\nPlans\n";
    plan_table(r["plans"], out);
  } else {
    out << "Nothing fits.\n";
    if (View nearest = r["nearest"]) {
      out << "\nNearest plan\n";
      plan(nearest, out);
    }
    View changes = r["smallest_change"];
    if (changes.size() > 0) {
      out << "\nWhat would fit\n";
      Table t({"change", "peak GiB", "step s", "plan"});
      for (size_t i = 0; i < changes.size(); ++i) {
        View c = changes.at(i);
        t.row({c["change"].text(), fixed(c["peak_gib"].number(), 1), number(c["step_time_s"].number()),
               c["summary"].text()});
      }
      t.left({0, 3});
      t.print(out);
    }
  }
  search_summary(r["search"], out);
}

void checks(View list, std::ostream& out) {
  Table t({"check", "", "message"});
  for (size_t i = 0; i < list.size(); ++i) {
    View c = list.at(i);
    std::string message = c["message"] ? c["message"].text() : "";
    if (c["hint"]) message += " " + c["hint"].text();
    t.row({label(c["check"].text()), c["passed"].boolean() ? "ok" : "FAILS", message});
  }
  t.left({0, 1, 2});
  t.print(out);
}

// Objects of one shape as a table of their scalar members.
void object_table(View list, std::ostream& out) {
  std::vector<std::string> columns;
  for (size_t i = 0; i < list.size(); ++i)
    for (size_t k = 0; k < list.at(i).size(); ++k)
      if (is_scalar(list.at(i).at(k)) && std::find(columns.begin(), columns.end(), list.at(i).key(k)) == columns.end())
        columns.push_back(list.at(i).key(k));
  std::erase_if(columns, [](const std::string& c) { return c == "source" || c == "notes" || c == "host"; });
  std::vector<std::string> titles;
  std::vector<size_t> texts;
  for (const std::string& c : columns) {
    if (list.at(0)[c].is(Kind::kText)) texts.push_back(titles.size());
    titles.push_back(label(c));
  }
  Table t(titles);
  for (size_t i = 0; i < list.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::string& c : columns) cells.push_back(scalar(list.at(i)[c]));
    t.row(cells);
  }
  t.left(texts);
  t.print(out);
}

constexpr size_t kMostInline = 20;

std::string numbers(View list) {
  if (list.size() > kMostInline) return grouped(static_cast<double>(list.size())) + " values (--json prints them)";
  std::string text;
  for (size_t i = 0; i < list.size(); ++i) text += (i == 0 ? "" : " ") + scalar(list.at(i));
  return text;
}

// A text of several lines.
void block(const std::string& name, const std::string& text, const std::string& pad, std::ostream& out) {
  out << "\n" << pad << name << "\n" << pad << "  ";
  for (size_t i = 0; i < text.size(); ++i) {
    out << text[i];
    if (text[i] == '\n' && i + 1 < text.size()) out << pad << "  ";
  }
  if (text.back() != '\n') out << "\n";
}

bool is_plan(View v) { return v["strategy"] && v["memory"]["stages"] && v["time"]["step_time_s"]; }

// What programs send back; people read the change in words.
bool is_for_programs(const std::string& name) { return name == "request"; }

// Anything else: names and values, tables for lists of objects. What is said elsewhere is left out.
void generic(View v, std::ostream& out, int indent, const std::vector<std::string>& elsewhere = {}) {
  size_t width = 0;
  for (size_t i = 0; i < v.size(); ++i)
    if (is_scalar(v.at(i))) width = std::max(width, v.key(i).size());
  for (size_t i = 0; i < v.size(); ++i) {
    View child = v.at(i);
    const std::string name = label(v.key(i)), pad(static_cast<size_t>(indent), ' ');
    if (std::find(elsewhere.begin(), elsewhere.end(), v.key(i)) != elsewhere.end() || is_for_programs(v.key(i)))
      continue;
    if (is_plan(child)) {
      out << "\n" << pad << name << "\n";
      plan(child, out);
    } else if (child.is(Kind::kText) && child.text().find('\n') != std::string::npos) {
      block(name, child.text(), pad, out);
    } else if (is_scalar(child)) {
      out << pad << name << std::string(width + 2 - name.size(), ' ') << scalar(child) << "\n";
    } else if (child["strategy"] && child["summary"]) {
      out << "\n" << pad << name << "  " << child["summary"].text() << "\n";
    } else if (child.is(Kind::kObject)) {
      out << pad << name << "\n";
      generic(child, out, indent + 2);
    } else if (child.size() > 0 && child.at(0).is(Kind::kObject)) {
      out << "\n" << pad << name << "\n";
      object_table(child, out);
    } else if (child.size() > 0 && child.at(0).is(Kind::kNumber)) {
      out << pad << name << std::string(width + 2 > name.size() ? width + 2 - name.size() : 2, ' ') << numbers(child)
          << "\n";
    } else if (child.size() > kMostInline) {
      out << pad << name << std::string(width + 2 > name.size() ? width + 2 - name.size() : 2, ' ')
          << grouped(static_cast<double>(child.size())) << " values (--json prints them)\n";
    } else if (child.size() > 0) {
      out << pad << name << "\n";
      for (size_t k = 0; k < child.size(); ++k) out << pad << "  " << scalar(child.at(k)) << "\n";
    }
  }
}

// The answer in sentences, then its tables, then the plan.
void advice(View r, std::ostream& out) {
  for (size_t i = 0; i < r["findings"].size(); ++i) out << r["findings"].at(i).text() << "\n";
  out << "\n";
  generic(r, out, 0, {"findings", "assumptions", "warnings", "plan"});
  if (!r["plan"]) return;
  out << "\nPlan\n";
  plan(r["plan"], out);
}

// A plan is the whole answer, and not the last part of a longer one.
bool is_only_a_plan(View r) {
  for (size_t i = 0; i < r.size(); ++i)
    if (r.key(i) != "plan" && r.key(i) != "assumptions" && r.key(i) != "warnings") return false;
  return true;
}

}  // namespace

void render(const std::string& operation, View r, std::ostream& out) {
  if (r["markdown"]) out << r["markdown"].text();
  else if (r["findings"]) advice(r, out);
  else if (is_serving(r)) {
    if (r["artefacts"]) render_launch("launch", r, out);
    render_serving(r, out);
  } else if (render_phases(r, out)) out.flush();
  else if (r["plans"]) recommendation(r, out);
  else if (operation == "accuracy") render_accuracy(r, out);
  else if (operation == "topology") render_topology(r, out);
  else if (operation == "troubleshoot") render_troubleshoot(r, out);
  else if (operation == "describe") return generic(r, out, 0);
  else if (render_launch(operation, r, out)) out.flush();
  else if (r["checks"]) {
    checks(r["checks"], out);
    if (View p = r["plan"]) {
      out << "\n";
      plan(p, out);
    }
  } else if (r["goodput"]) return generic(r, out, 0);  // of a whole run, its plan is the least
  else if (r["plan"] && is_only_a_plan(r)) plan(r["plan"], out);
  else if (r["memory"]["stages"]) {
    out << (r["fits"].boolean() ? "Fits" : "Does not fit: " + number(r["over_gib"].number()) + " GiB over") << ", peak "
        << fixed(r["memory"]["peak_gib"].number(), 1) << " of " << fixed(r["memory"]["usable_gib"].number(), 1)
        << " usable GiB\n\n";
    stage_table(r["memory"]["stages"], out);
  } else return generic(r, out, 0);
  render_topology_use(r["topology"], out);
  if (r["markdown"]) return;  // has them
  sentences("Taken as given", r["assumptions"], out);
  sentences("Warnings", r["warnings"], out);
}

void render_error(View error, std::ostream& out) {
  View problems = error["problems"];
  for (size_t i = 0; i < problems.size(); ++i) {
    View p = problems.at(i);
    out << "shardplan: " << p["error"].text();
    if (p["hint"] && !p["hint"].text().empty()) out << " " << p["hint"].text();
    if (!p["field"].text().empty()) out << " [" << p["field"].text() << "]";
    out << "\n";
  }
}

}  // namespace shardplan::cli
