#include "api/diagnosis.h"

#include <algorithm>

#include "api/failures.h"
#include "base/text.h"

namespace shardplan::api {
namespace {

using advise::Failure;

bool is_one_of(const std::string& id, std::initializer_list<const char*> ids) {
  return std::any_of(ids.begin(), ids.end(), [&](const char* other) { return id == other; });
}

bool may_follow(const Failure& later, const Failure& earlier) {
  if (&later == &earlier) return false;
  const auto& f = later.follows;
  return std::find(f.begin(), f.end(), earlier.id) != f.end() || std::find(f.begin(), f.end(), "*") != f.end();
}

Diagnosis known_of(const Failure& f) {
  Diagnosis d;
  d.topic = f.id;
  d.title = f.title;
  d.category = f.category;
  d.severity = f.severity;
  d.symptoms = f.symptoms;
  for (const std::string& cause : f.causes) d.causes.push_back({cause, "possible", ""});
  d.checks = f.checks;
  for (const std::string& fix : f.fixes) d.fixes.push_back({fix, {}, {}});
  d.settings = f.settings;
  d.sources = f.sources;
  return d;
}

void put_first(std::vector<Fix>& fixes, std::vector<Fix> first) {
  first.insert(first.end(), std::make_move_iterator(fixes.begin()), std::make_move_iterator(fixes.end()));
  fixes = std::move(first);
}

// What the plan says without any message.
void with_plan(const KnownPlan& known, Diagnosis& d) {
  const Plan& p = known.plan;
  const auto reading = [&](const char* name, double value, const char* unit) {
    d.readings.push_back({name, value, unit});
  };
  if (is_one_of(d.topic, {"pp_imbalance", "low_gpu_util"})) {
    reading("step time of the plan", p.time.step_time_s, "s");
    reading("MFU of the plan", 100 * p.mfu, "%");
    reading("bubble", p.time.bubble_s, "s");
    reading("waiting for the stage with the head", p.time.wait_for_head_s, "s");
    reading("launching and synchronisation", p.time.host_s, "s");
    reading("exposed communication",
            p.time.tp.exposed_s + p.time.cp.exposed_s + p.time.ep.exposed_s + p.time.pp.exposed_s + p.time.dp.exposed_s,
            "s");
    put_first(d.fixes, faster_plans(known));
  }
  if (d.topic == "gradient_overflow" && p.strategy.precision != spec::Precision::kFp16)
    d.causes.push_back({"The range of fp16.", "no", "The plan does not train in fp16."});
}

void summarise(const advise::Scan& scan, const advise::Finding& finding, Diagnosis& d) {
  if (!d.summary.empty()) return;
  d.summary = d.title + ": line " + std::to_string(finding.evidence.front().line);
  if (finding.lines > 1) d.summary += " and " + std::to_string(finding.lines - 1) + " more";
  d.summary += " of " + std::to_string(scan.lines) + ".";
}

}  // namespace

Diagnosis diagnosis_of(const Failure& failure, const KnownPlan* plan) {
  Diagnosis d = known_of(failure);
  d.summary = failure.title + ".";
  if (plan == nullptr) return d;
  if (d.topic == "cuda_oom") look_into_memory("", plan, d);
  with_plan(*plan, d);
  return d;
}

std::vector<Diagnosis> diagnoses_of(std::string_view log, const advise::Scan& scan, const KnownPlan* plan) {
  struct Ordered {
    bool is_consequence = false;
    Diagnosis diagnosis;
  };
  std::vector<Ordered> list;
  for (const advise::Finding& finding : scan.findings) {
    const Failure& failure = failures()[static_cast<size_t>(finding.failure)];
    Diagnosis d = known_of(failure);
    d.lines = finding.lines;
    d.evidence = finding.evidence;
    if (d.topic == "cuda_oom") look_into_memory(log, plan, d);
    if (d.topic == "nccl_timeout") look_into_timeouts(log, plan, d);
    look_into_numbers(log, d);
    if (plan != nullptr) with_plan(*plan, d);
    summarise(scan, finding, d);
    // The nearest finding before it, else any, that it may come from.
    for (const advise::Finding& other : scan.findings) {
      const Failure& earlier = failures()[static_cast<size_t>(other.failure)];
      if (may_follow(failure, earlier) && !may_follow(earlier, failure) && d.follows.empty()) d.follows = earlier.id;
    }
    const bool is_consequence = !d.follows.empty();
    list.push_back({is_consequence, std::move(d)});
  }
  std::stable_sort(list.begin(), list.end(),
                   [](const Ordered& a, const Ordered& b) { return a.is_consequence < b.is_consequence; });
  std::vector<Diagnosis> out;
  for (Ordered& o : list) out.push_back(std::move(o.diagnosis));
  return out;
}

}  // namespace shardplan::api
