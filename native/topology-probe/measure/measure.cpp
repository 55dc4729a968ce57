#include "measure/measure.h"

#include <algorithm>
#include <cstdlib>

#include "measure/all_reduce.h"
#include "measure/copies.h"
#include "text.h"
#include "worker.h"

namespace shardplan::probe {
namespace {

using measure::Product;

constexpr int64_t kSquare = 8192;
constexpr const char* kTypes[] = {"bf16", "fp16", "tf32", "fp8"};

std::vector<const Gpu*> measurable(const Host& host) {
  std::vector<const Gpu*> out;
  for (const Gpu& g : host.gpus)
    if (g.vendor == "nvidia" && !g.pci.empty() && !g.facts.flag("mig").value_or(false)) out.push_back(&g);
  return out;
}

Measurement named(const char* what, const std::vector<std::pair<const char*, Value>>& about, const Facts& results) {
  Measurement m{what, {}};
  for (const auto& [name, value] : about) m.facts.set(name, known(value));
  for (const auto& [name, fact] : results) m.facts.set(name, fact);
  return m;
}

void measure_gpu(const Gpu& gpu, const MeasureOptions& o, Host& host) {
  const std::string cpus = gpu.facts.text("cpu_affinity");
  const Facts copies = measure_in_child([&] { return measure::measure_host_copies(o.cuda, gpu.pci, cpus); }, o.limit_s);
  host.measurements.push_back(named("copies", {{"gpu", Value(static_cast<int64_t>(gpu.index))}}, copies));
  for (const char* type : kTypes) {
    const Product product{kSquare, kSquare, kSquare, 1, type};
    const Facts rate =
        measure_in_child([&] { return measure::measure_product(o.cuda, o.cublaslt, gpu.pci, product); }, o.limit_s);
    host.measurements.push_back(named(
        "product",
        {{"gpu", Value(static_cast<int64_t>(gpu.index))}, {"type", Value(std::string(type))}, {"size", Value(kSquare)}},
        rate));
  }
}

void measure_pair(Link& link, const MeasureOptions& o, Host& host) {
  const std::string a = host.gpus[static_cast<size_t>(link.a)].pci;
  const std::string b = host.gpus[static_cast<size_t>(link.b)].pci;
  const Facts copies = measure_in_child([&] { return measure::measure_peer_copies(o.cuda, a, b); }, o.limit_s);
  host.measurements.push_back(named(
      "peer_copies", {{"a", Value(static_cast<int64_t>(link.a))}, {"b", Value(static_cast<int64_t>(link.b))}}, copies));
  const auto forth = copies.number("gb_per_s_forth");
  const auto back = copies.number("gb_per_s_back");
  if (!forth || !back || *forth <= 0 || *back <= 0) return;
  if (link.gb_per_s > 0) link.peer.set("nominal_gb_per_s", known(Value(link.gb_per_s)));
  link.gb_per_s = std::min(*forth, *back);
  link.source = "measured";
}

}  // namespace

Facts measure_in_child(const std::function<std::string()>& job, double limit_s) {
  Worker worker([&]() -> Worker::Serve {
    ::setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID", 1);
    return [&](const std::string&) -> std::string {
      try {
        return job();
      } catch (const std::exception& e) {
        return std::string("failed ") + e.what();
      }
    };
  });
  const Reply reply = worker.call("", limit_s);
  Facts out;
  if (reply.missed == Missed::kDeadline)
    out.set("result", unknown(Status::kError, 0, "took longer than " + number_text(limit_s) + " s and was ended"));
  else if (reply.missed != Missed::kNothing)
    out.set("result", unknown(Status::kError, 0, "ended the process that measured"));
  else if (reply.bytes.compare(0, 7, "failed ") == 0)
    out.set("result", unknown(Status::kError, 0, printable(reply.bytes.substr(7))));
  if (!out.empty()) return out;
  for (const std::string& line : lines(reply.bytes)) {
    const size_t space = line.find(' ');
    const auto value = space == std::string::npos ? std::nullopt : number_in(std::string_view(line).substr(space));
    if (value) out.set(line.substr(0, space), known(Value(*value)));
  }
  return out;
}

void measure_host(Host& host, const MeasureOptions& options) {
  const std::vector<const Gpu*> gpus = measurable(host);
  if (gpus.empty()) {
    host.problems.push_back({"measure", "there is no NVIDIA GPU to measure"});
    return;
  }
  std::vector<std::string> addresses;
  for (const Gpu* gpu : gpus) {
    measure_gpu(*gpu, options, host);
    addresses.push_back(gpu->pci);
  }
  const auto is_measurable = [&](int index) {
    return std::any_of(gpus.begin(), gpus.end(), [&](const Gpu* g) { return g->index == index; });
  };
  for (Link& link : host.links)
    if (is_measurable(link.a) && is_measurable(link.b)) measure_pair(link, options, host);
  if (gpus.size() < 2) return;
  const Facts reduced = measure_in_child(
      [&] { return measure::measure_all_reduce(options.cuda, options.nccl, addresses); }, options.limit_s);
  host.measurements.push_back(named("all_reduce", {{"gpus", Value(static_cast<int64_t>(gpus.size()))}}, reduced));
}

}  // namespace shardplan::probe
