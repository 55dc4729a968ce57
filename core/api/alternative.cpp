#include "api/alternative.h"

#include "api/fields.h"
#include "base/text.h"
#include "base/units.h"
#include "json/enum_name.h"
#include "json/view.h"

namespace shardplan::api {
namespace {

using spec::Strategy;

std::string sharding_text(const StrategyFields& f) {
  if (f.fsdp) return "fsdp over " + std::to_string(f.fsdp->shard_size);
  return "zero" + std::to_string(f.zero_stage.value_or(0));
}

std::string recompute_text(const StrategyFields& f) {
  std::string text = json::enum_name(*f.recompute);
  if (!f.recompute_modules.empty()) text += " " + join(f.recompute_modules, "+");
  if (f.recompute_layer_share.value_or(1) < 1)
    text += " of " + number_text(100 * *f.recompute_layer_share, 3) + " % of the layers";
  return text;
}

std::string layers_text(const std::vector<int>& layers) {
  std::vector<std::string> parts;
  for (int n : layers) parts.push_back(std::to_string(n));
  return layers.empty() ? "even" : join(parts, "+");
}

template <auto Degree>
std::string degree(const StrategyFields& f) {
  return std::to_string((f.*Degree).value_or(1));
}
template <auto Choice>
std::string choice(const StrategyFields& f) {
  return f.*Choice ? json::enum_name(*(f.*Choice)) : "";
}
template <auto Switch>
std::string on_or_off(const StrategyFields& f) {
  return (f.*Switch).value_or(false) ? "on" : "off";
}

struct AxisText {
  const char* name;
  std::string (*text)(const StrategyFields&);
};
using F = StrategyFields;
constexpr AxisText kAxes[] = {
    {"tp", degree<&F::tp>},
    {"pp", degree<&F::pp>},
    {"vpp", degree<&F::vpp>},
    {"cp", degree<&F::cp>},
    {"ep", degree<&F::ep>},
    {"etp", degree<&F::etp>},
    {"dp", degree<&F::dp>},
    {"mbs", degree<&F::mbs>},
    {"sp", on_or_off<&F::sp>},
    {"schedule", choice<&F::schedule>},
    {"sharding", sharding_text},
    {"recompute", recompute_text},
    {"precision", choice<&F::precision>},
    {"cp_comm", choice<&F::cp_comm>},
    {"offload_optimizer", on_or_off<&F::offload_optimizer>},
    {"offload_activations",
     [](const F& f) { return number_text(100 * f.offload_activations.value_or(0), 3) + " % of the layers"; }},
};

// Fields that follow from others.
bool is_derived(const std::string& name) {
  return name == "gbs" || name == "num_microbatches" || name == "layers_per_stage";
}

}  // namespace

std::string change_text(const estimate::Context& c, const Strategy& from, const Strategy& to) {
  const StrategyFields a = fields_of(c, from), b = fields_of(c, to);
  std::vector<std::string> changes;
  const auto note = [&](const char* name, const std::string& before, const std::string& after) {
    if (before != after && !before.empty() && !after.empty())
      changes.push_back(std::string(name) + " " + before + " -> " + after);
  };
  for (const AxisText& axis : kAxes) note(axis.name, axis.text(a), axis.text(b));
  note("layers_per_stage", layers_text(from.layers_per_stage), layers_text(to.layers_per_stage));
  return join(changes, ", ");
}

json::RawJson change_request(const estimate::Context& c, const Strategy& from, const Strategy& to) {
  const json::Document before = json::write(fields_of(c, from)), after = json::write(fields_of(c, to));
  const json::View b(before), a(after);
  std::vector<std::string> members;
  const auto set = [&](const std::string& name, const std::string& value) {
    members.push_back(json::quoted(name) + ": " + value);
  };
  const auto text = [](json::View v) { return v.is(json::View::Kind::kText) ? json::quoted(v.text()) : v.text(); };
  for (size_t i = 0; i < a.size(); ++i)
    if (!is_derived(a.key(i)) && text(a.at(i)) != text(b[a.key(i)])) set(a.key(i), text(a.at(i)));
  for (size_t i = 0; i < b.size(); ++i)
    if (!is_derived(b.key(i)) && !a[b.key(i)]) set(b.key(i), "null");
  if (from.layers_per_stage != to.layers_per_stage)
    set("layers_per_stage", to.layers_per_stage.empty() ? "null" : text(a["layers_per_stage"]));
  return {"{" + join(members, ", ") + "}"};
}

Baseline baseline_of(const Plan& plan) { return {plan.time.step_time_s, plan.tokens_per_s_per_gpu}; }

Alternative alternative(const estimate::Context& c, const Strategy& s, const advise::Outcome& o,
                        const Baseline& baseline) {
  Alternative a;
  a.fits = o.fits();
  a.over_gib = o.over_bytes / kGib;
  a.peak_gib = o.reserved_bytes / kGib;
  a.oom_probability = o.oom_probability;
  a.step_time_s = o.time.step_time_s;
  a.tokens_per_s = static_cast<double>(s.gbs) * c.training().seq_length / o.time.step_time_s;
  a.gain_s = baseline.step_time_s - o.time.step_time_s;
  a.gain_pct = 100 * (a.tokens_per_s / spec::world_size(s) / baseline.tokens_per_s_per_gpu - 1);
  return a;
}

Alternative alternative(const estimate::Context& c, const Strategy& from, const Strategy& to, const advise::Outcome& o,
                        const Baseline& baseline) {
  Alternative a = alternative(c, to, o, baseline);
  a.change = change_text(c, from, to);
  a.request = change_request(c, from, to);
  return a;
}

}  // namespace shardplan::api

namespace shardplan::json {

Fields Describe<api::Alternative>::fields() {
  using A = api::Alternative;
  static constexpr Field table[] = {
      field<&A::change>("change", "What differs from the plan that was asked about."),
      field<&A::request>("request", "Fields to set in the request; null for those to leave out."),
      field<&A::fits>("fits"),
      field<&A::over_gib>("over_gib", "Beyond the usable memory.").omit_default(),
      field<&A::peak_gib>("peak_gib", "Worst rank, reserved."),
      field<&A::oom_probability>("oom_probability", "Probability of running out of memory."),
      field<&A::step_time_s>("step_time_s"),
      field<&A::tokens_per_s>("tokens_per_s"),
      field<&A::gain_s>("gain_s", "Step time saved; negative where it is slower."),
      field<&A::gain_pct>("gain_pct", "Throughput per GPU gained."),
  };
  return table;
}

Fields Describe<api::BrokenRule>::fields() {
  using B = api::BrokenRule;
  static constexpr Field table[] = {
      field<&B::rule>("rule").omit_default(),
      field<&B::field>("field"),
      field<&B::message>("message"),
      field<&B::hint>("hint", "The nearest legal values.").omit_default(),
  };
  return table;
}

}  // namespace shardplan::json
