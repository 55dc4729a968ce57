#include "document.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "json.h"

namespace shardplan::probe {
namespace {

constexpr double kGib = 1024.0 * 1024 * 1024;

double rounded(double value) { return std::round(value * 1e4) / 1e4; }

Json to_json(const Fact& fact) {
  Json out = Json::object();
  if (fact.known()) {
    std::visit([&](const auto& value) { out["value"] = value; }, fact.value);
    if (const auto* real = std::get_if<double>(&fact.value)) out["value"] = rounded(*real);
    return out;
  }
  out["status"] = name_of(fact.status);
  if (fact.code != 0) out["code"] = fact.code;
  if (!fact.text.empty()) out["text"] = fact.text;
  return out;
}

void put(Json& out, const Facts& facts) {
  for (const auto& [name, fact] : facts) out[name] = to_json(fact);
}

Json to_json(const Facts& facts) {
  Json out = Json::object();
  put(out, facts);
  return out;
}

// --- What a plan reads
// --------------------------------------------------------------------------------------------------

void put_number(Json& out, const Facts& facts, const char* name, bool whole = false) {
  const auto value = facts.number(name);
  if (!value) return;
  if (whole) out[name] = static_cast<int64_t>(*value);
  else out[name] = rounded(*value);
}

Json gpu_of_plan(const Gpu& gpu) {
  Json out{{"index", gpu.index}, {"name", gpu.facts.text("name")}};
  if (const auto bytes = gpu.facts.number("memory_bytes")) out["memory_gib"] = std::round(*bytes / kGib * 100) / 100;
  out["numa_node"] = static_cast<int>(gpu.facts.number("numa_node").value_or(-1));
  if (!gpu.pci.empty()) out["pci"] = gpu.pci;
  for (const char* name : {"uuid", "compute_capability"})
    if (const std::string text = gpu.facts.text(name); !text.empty()) out[name] = text;
  for (const char* name : {"pcie_gen", "pcie_gen_max", "pcie_width", "pcie_width_max"})
    put_number(out, gpu.facts, name, true);
  for (const char* name : {"power_limit_w", "power_limit_default_w"}) put_number(out, gpu.facts, name);
  if (gpu.facts.flag("mig").value_or(false)) out["mig"] = true;
  return out;
}

Json link_of_plan(const Link& link) {
  Json out{{"a", link.a}, {"b", link.b}, {"kind", link.kind}};
  if (!link.path.empty()) out["class"] = link.path;
  if (link.count > 0) out["count"] = link.count;
  if (link.gb_per_s > 0) out["gb_per_s"] = rounded(link.gb_per_s);
  return out;
}

Json nic_of_plan(const Nic& nic) {
  Json out{{"name", nic.name}, {"kind", nic.kind}};
  // 0 is said only of a port that is down; where no rate is known there is none.
  if (nic.gb_per_s > 0 || !nic.is_up) out["gb_per_s"] = rounded(nic.gb_per_s);
  out["numa_node"] = nic.numa_node;
  out["nearest_gpus"] = nic.nearest_gpus;
  const auto is_known = [](const std::string& path) { return !path.empty(); };
  if (!nic.paths.empty() && std::all_of(nic.paths.begin(), nic.paths.end(), is_known)) out["paths"] = nic.paths;
  return out;
}

Json numa_of_plan(const Host& host) {
  std::map<int, std::vector<int>> gpus;
  for (const NumaNode& n : host.numa)
    if (n.has_cpu) gpus[n.node];
  for (const Gpu& g : host.gpus)
    if (const auto node = g.facts.number("numa_node")) gpus[static_cast<int>(*node)].push_back(g.index);
  Json out = Json::array();
  for (const auto& [node, indices] : gpus) out.push_back({{"node", node}, {"gpus", indices}});
  return out;
}

// By the names of request fields.
Json missing(const Host& host) {
  Json out = Json::array();
  const auto unnamed = [](const Gpu& g) { return g.facts.text("name").empty(); };
  const auto unlinked = [](const Link& l) { return l.kind == "unknown"; };
  if (std::any_of(host.gpus.begin(), host.gpus.end(), unnamed)) out.push_back("gpu");
  if (std::any_of(host.links.begin(), host.links.end(), unlinked)) out.push_back("links");
  return out;
}

// --- Everything
// ---------------------------------------------------------------------------------------------------------

Json details(const Gpu& gpu) {
  Json out{{"index", gpu.index}, {"vendor", gpu.vendor}};
  out["pci"] = gpu.pci.empty() ? to_json(unknown(Status::kNotSupported)) : to_json(known(Value(gpu.pci)));
  put(out, gpu.facts);
  Json links = Json::array();
  for (const NvLink& l : gpu.nvlinks) {
    Json link{{"link", l.index}, {"state", to_json(l.state)}};
    if (!l.remote.empty()) link["remote"] = l.remote;
    if (!l.remote_pci.empty()) link["remote_pci"] = l.remote_pci;
    if (l.gb_per_s > 0) link["gb_per_s"] = rounded(l.gb_per_s);
    links.push_back(std::move(link));
  }
  out["nvlinks"] = std::move(links);
  out["fabric"] = to_json(gpu.fabric);
  out["instances"] = Json::array();
  for (const Facts& instance : gpu.instances) out["instances"].push_back(to_json(instance));
  return out;
}

Json details(const Link& link) {
  Json out{{"a", link.a}, {"b", link.b}, {"kind", link.kind}};
  if (!link.source.empty()) out["source"] = link.source;
  if (!link.pcie_path.empty()) out["pcie_class"] = link.pcie_path;
  put(out, link.peer);
  return out;
}

Json details(const Nic& nic) {
  Json out{{"name", nic.name}, {"is_up", nic.is_up}};
  out["pci"] = nic.pci.empty() ? to_json(unknown(Status::kNotSupported)) : to_json(known(Value(nic.pci)));
  put(out, nic.facts);
  return out;
}

Json details(const NumaNode& n) {
  Json out{{"node", n.node}, {"has_cpu", n.has_cpu}, {"cpus", n.cpus}};
  if (n.memory_gib > 0) out["memory_gib"] = rounded(n.memory_gib);
  if (!n.distances.empty()) out["distances"] = n.distances;
  return out;
}

Json details(const Warning& w) { return {{"code", w.code}, {"subject", w.subject}, {"text", w.text}}; }
Json details(const Problem& p) { return {{"source", p.source}, {"text", p.text}}; }
Json details(const Measurement& m) {
  Json out{{"what", m.what}};
  put(out, m.facts);
  return out;
}

template <class T>
Json all(const std::vector<T>& list) {
  Json out = Json::array();
  for (const T& each : list) out.push_back(details(each));
  return out;
}

Json probe(const Host& host, const DocumentOptions& options) {
  Json out{{"version", SHARDPLAN_VERSION}, {"redacted", options.redacted}};
  out["system"] = to_json(host.system);
  out["cpu"] = to_json(host.cpu);
  out["limits"] = to_json(host.limits);
  out["drivers"] = to_json(host.drivers);
  out["gpudirect"] = to_json(host.gpudirect);
  out["gpus"] = all(host.gpus);
  out["links"] = all(host.links);
  out["nvswitches"] = host.nvswitches;
  out["nics"] = all(host.nics);
  out["numa"] = all(host.numa);
  out["measurements"] = all(host.measurements);
  out["warnings"] = all(host.warnings);
  out["problems"] = all(host.problems);
  return out;
}

}  // namespace

std::string document(const Host& host, const DocumentOptions& options) {
  Json out{{"format", "shardplan-topology/1"}};
  if (const std::string name = host.system.text("host"); !name.empty()) out["host"] = name;
  out["source"] = "topology-probe";
  if (const std::string cpu = host.cpu.text("model"); !cpu.empty()) out["cpu"] = cpu;
  put_number(out, host.cpu, "socket_gb_per_s");
  for (const char* list : {"gpus", "links", "nics"}) out[list] = Json::array();
  for (const Gpu& g : host.gpus) out["gpus"].push_back(gpu_of_plan(g));
  for (const Link& l : host.links) out["links"].push_back(link_of_plan(l));
  for (const Nic& n : host.nics) out["nics"].push_back(nic_of_plan(n));
  out["numa"] = numa_of_plan(host);
  if (Json names = missing(host); !names.empty()) out["missing"] = std::move(names);
  out["warnings"] = Json::array();
  for (const Warning& w : host.warnings) out["warnings"].push_back(w.text);
  if (host.gpus.empty()) out["warnings"].push_back("No GPU was found.");
  out["probe"] = probe(host, options);
  return out.dump(options.pretty ? 2 : -1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace shardplan::probe
