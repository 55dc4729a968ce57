#include "render_launch.h"

#include <cstdio>
#include <ostream>

#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;

std::string decimals(double x, int n) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%.*f", n, x);
  return buffer;
}

void lines(const char* title, View list, std::ostream& out) {
  for (size_t i = 0; i < list.size(); ++i)
    out << (i == 0 ? title : "") << (i == 0 ? "\n" : "") << "  " << list.at(i).text() << "\n";
}

void file(View f, std::ostream& out) {
  out << "--- " << f["name"].text() << "\n" << f["text"].text();
  if (!f["text"].text().empty() && f["text"].text().back() != '\n') out << "\n";
}

void files(View list, bool whole, std::ostream& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (whole) file(list.at(i), out);
    else out << "  file " << list.at(i)["name"].text() << "\n";
  }
}

void artefact(View a, bool whole, std::ostream& out) {
  out << "== " << a["framework"].text() << "  (" << a["version"].text() << ")\n";
  View environment = a["environment"];
  for (size_t i = 0; i < environment.size(); ++i)
    out << "export " << environment.at(i)["name"].text() << "='" << environment.at(i)["value"].text() << "'  # "
        << environment.at(i)["reason"].text() << "\n";
  out << a["command"].text() << "\n";
  files(a["files"], whole, out);
  lines("notes", a["notes"], out);
  lines("problems", a["problems"], out);
  out << "\n";
}

void prediction(View plan, std::ostream& out) {
  if (!plan) return;
  out << plan["summary"].text() << ": step " << decimals(plan["time"]["step_time_s"].number(), 3) << " s, memory "
      << decimals(plan["memory"]["peak_gib"].number(), 1) << " GiB, "
      << (plan["fits"].boolean() ? "fits" : "does not fit") << "\n\n";
}

void gemm_table(View gemms, std::ostream& out) {
  Table t({"layer", "pass", "m", "n", "k", "groups", "type", "count", "expected ms"});
  for (size_t i = 0; i < gemms.size(); ++i) {
    View g = gemms.at(i);
    t.row({g["layer"].text(), g["pass"].text(), g["m"].text(), g["n"].text(), g["k"].text(), g["groups"].text(),
           g["type"].text(), g["count"].text(), decimals(1e3 * g["expected_s"].number(), 4)});
  }
  t.left({0, 1, 6});
  t.print(out);
}

}  // namespace

bool render_launch(const std::string& operation, View r, std::ostream& out) {
  if (operation == "launch") {
    View list = r["artefacts"];
    for (size_t i = 0; i < list.size(); ++i) artefact(list.at(i), list.size() == 1, out);
    if (list.size() > 1) out << "With --framework NAME the files are printed; 'export' gives all of them.\n\n";
  } else if (operation == "export") {
    for (size_t i = 0; i < r["bundles"].size(); ++i) {
      out << "== " << r["bundles"].at(i)["framework"].text() << "\n";
      files(r["bundles"].at(i)["files"], true, out);
      lines("problems", r["bundles"].at(i)["problems"], out);
    }
  } else if (operation == "slurm") {
    out << r["script"].text() << "\n";
    for (size_t i = 1; i < r["files"].size(); ++i) file(r["files"].at(i), out);
    lines("notes", r["notes"], out);
    lines("problems", r["problems"], out);
  } else if (operation == "dry-run") {
    View memory = r["document"]["memory"];
    out << "Worst rank, stage " << r["document"]["stage"].text() << "\n";
    for (size_t i = 0; i < memory.size(); ++i)
      out << "  " << memory.key(i) << "  " << grouped(memory.at(i).number()) << "\n";
    gemm_table(r["document"]["gemms"], out);
    lines("Steps", r["steps"], out);
    out << "(--json prints the document and the script)\n";
  } else {
    return false;
  }
  prediction(r["plan"], out);
  return true;
}

}  // namespace shardplan::cli
