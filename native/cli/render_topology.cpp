#include "render_topology.h"

#include <cstdio>
#include <ostream>
#include <vector>

#include "table.h"

namespace shardplan::cli {
namespace {

using json::View;
using Kind = View::Kind;

std::string number(View v) {
  if (!v.is(Kind::kNumber)) return "";
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%.6g", v.number());
  return buffer;
}

std::string text(View v) { return v.is(Kind::kText) ? v.text() : ""; }

std::string seconds(double s) {
  char buffer[48];
  std::snprintf(buffer, sizeof buffer, "%.3g s", s);
  return buffer;
}

void gpus(View list, std::ostream& out) {
  Table t({"GPU", "model", "preset", "GiB", "NUMA", "PCI", "lanes"});
  for (size_t i = 0; i < list.size(); ++i) {
    View g = list.at(i);
    std::string lanes = number(g["pcie_width"]);
    if (!lanes.empty() && g["pcie_width_max"]) lanes += " of " + number(g["pcie_width_max"]);
    t.row({number(g["index"]), text(g["name"]), text(g["accelerator"]), number(g["memory_gib"]),
           g["numa_node"].number() < 0 ? "" : number(g["numa_node"]), text(g["pci"]), lanes});
  }
  t.left({1, 2, 5});
  t.print(out);
}

std::string cell(View link) {
  if (!link["class"]) return link["kind"].text() == "unknown" ? "?" : number(link["gb_per_s"]);
  return link["class"].text();
}

// As nvidia-smi prints it, with the rates of the classes below.
void links(View list, size_t n, std::ostream& out) {
  if (n < 2 || list.size() == 0) return;
  std::vector<std::string> cells(n * n, ".");
  for (size_t i = 0; i < list.size(); ++i) {
    const auto a = static_cast<size_t>(list.at(i)["a"].number()), b = static_cast<size_t>(list.at(i)["b"].number());
    if (a < n && b < n) cells[a * n + b] = cells[b * n + a] = cell(list.at(i));
  }
  std::vector<std::string> titles = {""};
  for (size_t i = 0; i < n; ++i) titles.push_back("GPU" + std::to_string(i));
  Table t(titles);
  for (size_t a = 0; a < n; ++a) {
    std::vector<std::string> row = {"GPU" + std::to_string(a)};
    for (size_t b = 0; b < n; ++b) row.push_back(cells[a * n + b]);
    t.row(std::move(row));
  }
  out << "\n";
  t.print(out);
  std::vector<std::string> said;
  for (size_t i = 0; i < list.size(); ++i) {
    View l = list.at(i);
    if (!l["gb_per_s"] || !l["class"]) continue;
    const std::string line = l["class"].text() + " " + number(l["gb_per_s"]) + " GB/s";
    bool known = false;
    for (const std::string& s : said) known = known || s == line;
    if (!known) said.push_back(line);
  }
  for (size_t i = 0; i < said.size(); ++i) out << (i == 0 ? "  each direction: " : ", ") << said[i];
  if (!said.empty()) out << "\n";
}

void nics(View list, std::ostream& out) {
  if (list.size() == 0) return;
  Table t({"adapter", "GB/s", "NUMA", "nearest GPUs", "ways to GPUs"});
  for (size_t i = 0; i < list.size(); ++i) {
    View n = list.at(i);
    std::string nearest, ways;
    for (size_t k = 0; k < n["nearest_gpus"].size(); ++k)
      nearest += (k == 0 ? "" : " ") + number(n["nearest_gpus"].at(k));
    for (size_t k = 0; k < n["paths"].size(); ++k) ways += (k == 0 ? "" : " ") + n["paths"].at(k).text();
    t.row({text(n["name"]), number(n["gb_per_s"]), n["numa_node"].number() < 0 ? "" : number(n["numa_node"]), nearest,
           ways});
  }
  t.left({0, 3, 4});
  out << "\n";
  t.print(out);
}

}  // namespace

void render_topology(View r, std::ostream& out) {
  if (r["source"]) out << "From " << r["source"].text() << (r["host"] ? ", host " + r["host"].text() : "") << "\n";
  if (r["cpu"])
    out << "Processor " << r["cpu"].text() << ", " << number(r["socket_gb_per_s"]) << " GB/s between sockets\n";
  gpus(r["gpus"], out);
  links(r["links"], r["gpus"].size(), out);
  nics(r["nics"], out);
  for (size_t i = 0; i < r["groups"].size(); ++i) {
    View g = r["groups"].at(i);
    out << (i == 0 ? "\nHosts\n" : "") << "  " << g["hosts"].size()
        << (g["hosts"].size() == 1 ? " host: " : " equal hosts: ");
    for (size_t k = 0; k < g["hosts"].size(); ++k) out << (k == 0 ? "" : ", ") << g["hosts"].at(k).text();
    out << "\n";
    for (size_t k = 0; k < g["differences"].size(); ++k) out << "    " << g["differences"].at(k).text() << "\n";
  }
  for (size_t i = 0; i < r["missing"].size(); ++i)
    out << (i == 0 ? "\nA plan needs beside: " : ", ") << r["missing"].at(i).text()
        << (i + 1 == r["missing"].size() ? "\n" : "");
}

void render_topology_use(View use, std::ostream& out) {
  if (!use) return;
  out << "\nTopology, from " << use["source"].text() << "\n";
  for (size_t i = 0; i < use["changes"].size(); ++i) out << "  " << use["changes"].at(i).text() << "\n";
  const double cost = use["cost_s"].number();
  if (cost != 0)
    out << "  This plan takes " << seconds(cost < 0 ? -cost : cost) << (cost < 0 ? " less" : " more")
        << " a step than with the data sheet's links.\n";
  for (size_t i = 0; i < use["repairs"].size(); ++i) {
    View repair = use["repairs"].at(i);
    out << "  " << repair["repair"].text() << " would save " << seconds(repair["saved_s"].number()) << " a step.\n";
  }
  out << "  CUDA_VISIBLE_DEVICES=" << use["visible_devices"].text() << "\n";
}

}  // namespace shardplan::cli
