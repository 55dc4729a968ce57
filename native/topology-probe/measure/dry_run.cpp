#include "measure/dry_run.h"

#include <algorithm>

#include "json.h"
#include "measure/device.h"
#include "text.h"

namespace shardplan::probe {
namespace {

constexpr int64_t kChunk = 1 << 30;  // bytes of one allocation, as a framework makes many
constexpr size_t kMostProducts = 4096;
constexpr int64_t kLargestSide = 1 << 24;

// In a child. Everything but the overhead, which the device and the framework take by themselves.
std::string allocate(const std::string& library, const std::string& gpu, const PlanDocument& plan) {
  const measure::Library cuda = measure::open_cuda(library);
  const measure::Device device(cuda, gpu);
  measure::refuse_if_busy(device);
  const auto total = static_cast<int64_t>(device.total_bytes());
  int64_t wanted = plan.overhead_bytes;
  int64_t missing = 0;
  for (const auto& [name, bytes] : plan.parts) {
    wanted += bytes;
    int64_t left = bytes;
    for (measure::Pointer memory = 0; left > 0 && missing == 0; left -= std::min(left, kChunk))
      if (!device.try_allocate(static_cast<size_t>(std::min(left, kChunk)), memory)) break;
    missing += left;
  }
  const bool fits = missing == 0 && wanted <= total;
  return "total_bytes " + std::to_string(total) + "\nwanted_bytes " + std::to_string(wanted) +
         "\nnot_allocated_bytes " + std::to_string(missing) + "\nfree_bytes_left " +
         std::to_string(device.free_bytes()) + "\nfits " + (fits ? "1" : "0") + "\n";
}

// The plan is of the worst rank: it has to fit into the smallest GPU.
const Gpu* smallest(const Host& host) {
  const Gpu* least = nullptr;
  for (const Gpu& g : host.gpus)
    if (g.vendor == "nvidia" && !g.pci.empty() &&
        (least == nullptr ||
         g.facts.number("memory_bytes").value_or(1e18) < least->facts.number("memory_bytes").value_or(1e18)))
      least = &g;
  return least;
}

struct Sums {
  double expected_s = 0, measured_s = 0;
  int timed = 0, not_timed = 0;
};

void time_product(const PlannedProduct& p, const Gpu& gpu, const MeasureOptions& o, Host& host, Sums& sums) {
  Measurement m{"planned_product", {}};
  m.facts.set("layer", known(Value(p.layer)));
  m.facts.set("pass", known(Value(p.pass)));
  for (const auto& [name, value] :
       {std::pair("m", p.product.m), std::pair("n", p.product.n), std::pair("k", p.product.k),
        std::pair("groups", int64_t{p.product.groups}), std::pair("count", p.count)})
    m.facts.set(name, known(Value(value)));
  m.facts.set("type", known(Value(p.product.type)));
  m.facts.set("expected_ms", known(Value(p.expected_s * 1e3)));
  const Facts result =
      measure_in_child([&] { return measure::measure_product(o.cuda, o.cublaslt, gpu.pci, p.product); }, o.limit_s);
  if (const auto seconds = result.number("seconds")) {
    m.facts.set("measured_ms", known(Value(*seconds * 1e3)));
    if (const auto tflops = result.number("tflops")) m.facts.set("tflops", known(Value(*tflops)));
    sums.expected_s += p.expected_s * static_cast<double>(p.count);
    sums.measured_s += *seconds * static_cast<double>(p.count);
    ++sums.timed;
  } else {
    const Fact* why = result.find("result");
    m.facts.set("measured_ms", why != nullptr ? *why : unknown(Status::kError));
    ++sums.not_timed;
  }
  host.measurements.push_back(std::move(m));
}

int64_t whole(const Json& object, const char* name, int64_t most) {
  const auto value = object.at(name).get<int64_t>();
  if (value < 0 || value > most) throw std::runtime_error(std::string(name) + " is out of range");
  return value;
}

PlannedProduct product_of(const Json& g) {
  PlannedProduct p;
  p.layer = g.value("layer", "");
  p.pass = g.value("pass", "");
  p.product.m = whole(g, "m", kLargestSide);
  p.product.n = whole(g, "n", kLargestSide);
  p.product.k = whole(g, "k", kLargestSide);
  p.product.groups = static_cast<int>(g.value("groups", 1));
  p.product.type = g.at("type").get<std::string>();
  p.count = g.value("count", int64_t{1});
  p.expected_s = g.value("expected_s", 0.0);
  return p;
}

}  // namespace

std::optional<PlanDocument> read_plan(const std::string& text, std::string& problem) {
  try {
    Json whole_text = Json::parse(text);
    const Json& document = whole_text.contains("document") ? whole_text.at("document") : whole_text;
    if (document.value("format", "") != "shardplan-plan/1") {
      problem = "is no document of the format shardplan-plan/1; 'shardplan dry-run ... --json' prints one";
      return std::nullopt;
    }
    PlanDocument plan;
    plan.model = document.value("model", "");
    plan.summary = document.value("summary", "");
    plan.step_time_s = document.value("step_time_s", 0.0);
    const Json& memory = document.at("memory");
    constexpr int64_t kMostBytes = int64_t{1} << 50;
    for (const char* part : {"parameters", "gradients", "optimizer", "activations", "buffers"})
      plan.parts.emplace_back(part, whole(memory, (std::string(part) + "_bytes").c_str(), kMostBytes));
    plan.overhead_bytes = whole(memory, "overhead_bytes", kMostBytes);
    const Json& products = document.at("gemms");
    if (products.size() > kMostProducts) throw std::runtime_error("it has too many products");
    for (const Json& g : products) plan.products.push_back(product_of(g));
    return plan;
  } catch (const std::exception& e) {
    problem = std::string("cannot be read: ") + e.what();
    return std::nullopt;
  }
}

bool dry_run(const PlanDocument& plan, Host& host, const MeasureOptions& options) {
  const Gpu* gpu = smallest(host);
  if (gpu == nullptr) {
    host.problems.push_back({"dry-run", "there is no NVIDIA GPU to try the plan on"});
    return true;
  }
  Measurement m{"dry_run", {}};
  m.facts.set("gpu", known(gpu->index));
  m.facts.set("model", known(Value(plan.model)));
  m.facts.set("plan", known(Value(plan.summary)));
  const Facts memory = measure_in_child([&] { return allocate(options.cuda, gpu->pci, plan); }, options.limit_s);
  for (const auto& [name, fact] : memory) m.facts.set(name, fact);
  const auto fits = memory.number("fits");
  if (fits) m.facts.set("fits", known(Value(*fits > 0)));
  Sums sums;
  for (const PlannedProduct& p : plan.products) time_product(p, *gpu, options, host, sums);
  m.facts.set("products_timed", known(sums.timed));
  m.facts.set("products_not_timed", known(sums.not_timed));
  if (sums.timed > 0) {
    m.facts.set("products_expected_s", known(Value(sums.expected_s)));
    m.facts.set("products_measured_s", known(Value(sums.measured_s)));
  }
  m.facts.set("step_time_expected_s", known(Value(plan.step_time_s)));
  host.measurements.push_back(std::move(m));
  return fits.value_or(1) > 0;
}

}  // namespace shardplan::probe
