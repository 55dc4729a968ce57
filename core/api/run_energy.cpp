#include "api/run_conditions.h"
#include "base/text.h"
#include "estimate/energy.h"
#include "json/operations_presets.h"

namespace shardplan::api {
namespace {

// Averages over a year: Google's fleet in 2024 (Environmental Report 2025) and the industry (Uptime Institute, Global
// Data Center Survey 2024).
constexpr double kLowPue = 1.09, kHighPue = 1.56;

void add_building(const RunConditions& asked, EnergyFields& e, std::vector<std::string>& assumptions) {
  const double low = asked.pue.value_or(kLowPue), high = asked.pue.value_or(kHighPue);
  e.pue = asked.pue;
  e.facility_mwh_range = {e.mwh_range[0] * low, e.mwh_range[1] * high};
  if (asked.pue && e.mwh) e.facility_mwh = *e.mwh * *asked.pue;
  if (!asked.pue)
    assumptions.push_back("Cooling and conversion: between " + number_text(kLowPue) + " (Google's fleet, 2024) and " +
                          number_text(kHighPue) +
                          " times the nodes (industry average, Uptime Institute 2024); state pue for one number.");
  if (!asked.grams_co2_per_kwh) return;
  const double tonnes_per_mwh = *asked.grams_co2_per_kwh / 1000;
  if (e.facility_mwh) e.tonnes_co2 = *e.facility_mwh * tonnes_per_mwh;
  e.tonnes_co2_range = {e.facility_mwh_range[0] * tonnes_per_mwh, e.facility_mwh_range[1] * tonnes_per_mwh};
}

}  // namespace

std::optional<EnergyFields> energy_of(const RunConditions& asked, const spec::Cluster& cluster, const RunTime& t,
                                      double busy_share, std::vector<std::string>& assumptions) {
  const estimate::GpuPower p = estimate::gpu_power(json::operations_records().power, cluster.accelerator, busy_share);
  if (p.record == nullptr) return std::nullopt;
  const double working_h = t.training_h + t.redone_h, waiting_h = t.hours - working_h;
  const auto mwh = [&](double watts) { return cluster.gpus * (working_h * watts + waiting_h * p.idle_w) / 1e6; };
  EnergyFields e;
  e.mwh_range = {mwh(p.low_w), mwh(p.high_w)};
  e.source = p.record->citation;
  if (p.measured) {
    e.training_w_per_gpu = p.training_w;
    e.mwh = mwh(p.training_w);
    assumptions.push_back(
        "Power: nodes like the " + p.record->name + " (" + p.record->citation + "): " + number_text(p.training_w, 3) +
        " W per GPU with its share of the node while it trains, " + whole_text(p.idle_w) + " W while it waits.");
  } else {
    assumptions.push_back("Power: no such node was measured; bounds from the " + p.record->name +
                          " as multiples of its GPUs' rated power (" + p.record->citation + ").");
  }
  add_building(asked, e, assumptions);
  return e;
}

}  // namespace shardplan::api
