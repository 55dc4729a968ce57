// An out-of-memory message against the memory of the plan.
#include <algorithm>

#include "advise/memory_message.h"
#include "advise/tensor_sizes.h"
#include "api/diagnosis.h"
#include "api/sentences.h"
#include "base/text.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

using advise::MemoryMessage;
using advise::MemoryVerdict;
using advise::TensorKind;

constexpr double kLargeShare = 0.02;  // of the GPU's memory: less held in pieces mends nothing
constexpr double kOtherGpu = 0.03;    // sizes of one GPU that drivers report differ by less

std::string gib(double x) { return x < 1 ? number_text(x * 1024, 4) + " MiB" : number_text(x, 4) + " GiB"; }
std::string gib(const std::optional<double>& x) { return gib(x.value_or(0)); }

const char* yes_or_no(bool yes) { return yes ? "yes" : "no"; }

void add_readings(const MemoryMessage& m, const MemoryVerdict& v, Diagnosis& d) {
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) d.readings.push_back({name, *value, "GiB"});
  };
  if (m.gpu) d.readings.push_back({"GPU", static_cast<double>(*m.gpu), ""});
  add("asked for", m.requested);
  add("memory of the GPU", m.total);
  add("free", m.free);
  add("allowed to this process", m.allowed);
  add("held by this process", m.process);
  add("of it in tensors", m.allocated);
  add("of it held by the allocator in no tensor", m.unallocated);
  add("of it in pools of CUDA graphs", m.private_pools);
  add("of it outside PyTorch", v.outside);
  add("held by other processes", v.others);
}

// Pieces that add up to little would only put the failure off.
bool matters(const MemoryMessage& m) {
  return m.unallocated.value_or(0) >= kLargeShare * m.total.value_or(m.process.value_or(0));
}

Cause fragmentation(const MemoryMessage& m, bool would_do) {
  const std::string pieces = gib(m.unallocated) + " in pieces and " + gib(m.free) + " free ";
  Cause c{"Fragmentation: the allocator holds enough, in pieces.", "no", ""};
  if (!would_do)
    c.because = pieces + "are " + gib(m.requested - *m.unallocated - *m.free) + " short of " + gib(m.requested) + ".";
  else if (matters(m)) c = {c.cause, "yes", pieces + "would hold " + gib(m.requested) + "."};
  else c = {c.cause, "possible", pieces + "would hold " + gib(m.requested) + ", but little more: the GPU is full."};
  return c;
}

// What the message says by itself.
void judge_message(const MemoryMessage& m, const MemoryVerdict& v, Diagnosis& d) {
  d.summary = "Out of GPU memory: " + gib(m.requested) + " asked for";
  if (m.free) d.summary += ", " + gib(m.free) + " of " + gib(m.total) + " free";
  if (m.unallocated) d.summary += ", " + gib(m.unallocated) + " held by the allocator in pieces";
  d.summary += ".";
  if (v.fragmented) d.causes.push_back(fragmentation(m, *v.fragmented));
  if (v.crowded)
    d.causes.push_back({"Another process on the same GPU.", yes_or_no(*v.crowded),
                        *v.others < 0.1
                            ? "This process and what is free are all of the GPU."
                            : "Others hold " + gib(v.others) +
                                  (*v.crowded ? "; without them it would have fit." : ", not enough to matter.")});
  if (m.private_pools && *m.private_pools > m.requested)
    d.causes.push_back({"Memory that CUDA graphs keep to themselves.", "yes",
                        gib(m.private_pools) + " lie in private pools, more than was asked for."});
  if (m.allowed && m.total && *m.allowed < *m.total)
    d.causes.push_back({"The process limits itself.", "yes",
                        gib(m.allowed) + " of " + gib(m.total) + " are allowed (set_per_process_memory_fraction)."});
}

const char* cause_of(TensorKind kind) {
  switch (kind) {
    case TensorKind::kLogits: return "The logits.";
    case TensorKind::kScores: return "Attention that is not fused: it keeps every query's score with every key.";
    case TensorKind::kStates:
      return "Model states: parameters, gradients or the optimizer's, made before or at the first step.";
    case TensorKind::kActivations: return "Activations.";
  }
  return "";
}

// What the tensor that did not fit is, by its size.
void name_request(const KnownPlan& known, const MemoryMessage& m, Diagnosis& d) {
  const auto sizes = advise::tensor_sizes(known.context, known.resolved.strategy);
  const auto near = advise::tensors_of(sizes, m.requested * kGib);
  if (near.empty()) return;
  d.causes.push_back({cause_of(near.front().kind), near.size() == 1 ? "yes" : "possible",
                      gib(m.requested) + " is the size of " + near.front().text +
                          (near.size() > 1 ? ", or of " + near[1].text : "") + "."});
}

// The message against the estimate.
void compare(const KnownPlan& known, const MemoryMessage& m, Diagnosis& d) {
  const Plan& p = known.plan;
  if (m.total &&
      (*m.total < p.memory.capacity_gib * (1 - kOtherGpu) || *m.total > p.memory.capacity_gib * (1 + kOtherGpu)))
    d.causes.push_back(
        {"The plan counts on another GPU.", "yes",
         "The GPU of the message has " + gib(m.total) + ", the plan's " + gib(p.memory.capacity_gib) + "."});
  if (m.process) {
    const double wanted = *m.process + m.requested, high = p.confidence.peak_gib.back();
    if (wanted > high)
      d.causes.push_back({"The job is not the plan: something takes more than the plan has.", "yes",
                          gib(wanted) + " were wanted where the plan peaks at " + gib(p.memory.peak_gib) + ", " +
                              gib(high) + " at most: look at what is sharded, recomputed and how long sequences are."});
  }
  const StageFields& s = p.memory.stages[static_cast<size_t>(p.memory.worst_stage)];
  const double states = s.parameters_gib + s.gradients_gib + s.optimizer_gib;
  if (m.allocated && s.optimizer_gib > 0 &&
      *m.allocated + m.requested<states&& * m.allocated> s.parameters_gib + s.gradients_gib)
    d.causes.push_back({"The optimizer's states, which are made at the first step.", "possible",
                        gib(m.allocated) + " in tensors is more than parameters and gradients (" +
                            gib(s.parameters_gib + s.gradients_gib) + ") and less than with the optimizer (" +
                            gib(states) + ")."});
}

// The estimate by itself.
void judge_plan(const KnownPlan& known, Diagnosis& d) {
  const Plan& p = known.plan;
  const StageFields& s = p.memory.stages[static_cast<size_t>(p.memory.worst_stage)];
  const double risk = p.confidence.oom_probability;
  std::string because = "The estimate is " + gib(p.memory.peak_gib) + " (" + gib(p.confidence.peak_gib.front()) +
                        " to " + gib(p.confidence.peak_gib.back()) + ") of " + gib(p.memory.capacity_gib) +
                        " on stage " + std::to_string(p.memory.worst_stage) + ": parameters, gradients and optimizer " +
                        gib(s.parameters_gib + s.gradients_gib + s.optimizer_gib) + ", activations " +
                        gib(s.activations_gib) + ", buffers " + gib(s.buffers_gib) + ", overhead " +
                        gib(s.overhead_gib) + "; it runs out of memory with a probability of " + number_text(risk, 2) +
                        " %.";
  const bool too_large = p.memory.peak_gib > p.memory.capacity_gib;
  d.causes.push_back({"The plan needs more than the GPU has.",
                      too_large    ? "yes"
                      : risk > 0.1 ? "possible"
                                   : "no",
                      because});
}

}  // namespace

void look_into_memory(std::string_view log, const KnownPlan* plan, Diagnosis& d) {
  const auto message = advise::read_memory_message(log);
  if (!message && plan == nullptr) return;
  d.causes.clear();
  MemoryVerdict verdict;
  if (message) {
    verdict = advise::verdict_of(*message);
    add_readings(*message, verdict, d);
    judge_message(*message, verdict, d);
  }
  if (plan != nullptr) {
    if (message) {
      name_request(*plan, *message, d);
      compare(*plan, *message, d);
    }
    judge_plan(*plan, d);
    std::vector<Fix> fixes = lighter_plans(*plan);
    fixes.insert(fixes.end(), d.fixes.begin(), d.fixes.end());
    d.fixes = std::move(fixes);
  } else {
    d.causes.push_back(
        {"The plan needs more than the GPU has.", "possible", "State the plan, and its estimate is compared."});
  }
  if (verdict.crowded == true)
    d.fixes.insert(d.fixes.begin(), {"End the other processes on the GPU, or give the job GPUs of its own.", {}, {}});
  if (verdict.fragmented == true && matters(*message))
    d.fixes.insert(d.fixes.begin(),
                   {"Set expandable_segments (below), which keeps the allocator from holding pieces.", {}, {}});
  std::stable_sort(d.causes.begin(), d.causes.end(), [](const Cause& a, const Cause& b) {
    const auto rank = [](const Cause& c) { return c.holds == "yes" ? 0 : c.holds == "possible" ? 1 : 2; };
    return rank(a) < rank(b);
  });
}

}  // namespace shardplan::api
