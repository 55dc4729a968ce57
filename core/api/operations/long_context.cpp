// Long sequences on a cluster: the best plan, context parallelism by ring, all-gather and all-to-all beside each other,
// and how far each reaches. Every figure is an estimate of its own.
#include <algorithm>

#include "advise/long_context.h"
#include "advise/neighbours.h"
#include "api/alternative.h"
#include "api/answered.h"
#include "api/fields.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "base/text.h"
#include "base/units.h"
#include "search/violations.h"

namespace shardplan::api {

struct LongContextRequest {
  Question question;
  LimitFields limits;
};

struct SequencePoint {
  int seq_length = 0;
  bool fits = false;
  double over_gib = 0, peak_gib = 0, step_time_s = 0, tokens_per_s = 0;
};

struct ContextWayFields {
  int cp = 0;
  std::optional<spec::ContextParallel> cp_comm;
  bool legal = false;
  std::string reason;
  int longest_seq_length = 0;
  std::string summary;
  Communication communication;
  std::optional<Alternative> plan;
  std::vector<SequencePoint> curve;
};

struct BestAtSequence {
  SequencePoint point;
  int cp = 0;
  std::optional<spec::ContextParallel> cp_comm;
  std::string summary;
};

struct LongContextResponse {
  std::vector<std::string> findings;
  SearchAnswer answer;
  int longest_seq_length = 0;
  std::vector<ContextWayFields> ways;
  std::vector<BestAtSequence> curve;
  std::vector<Alternative> memory_savers;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using advise::ContextWay;
using advise::WayAt;
using estimate::Context;
using spec::Strategy;

constexpr int kDefaultSequence = 32768;

std::string way_text(int cp, const std::optional<spec::ContextParallel>& comm) {
  if (cp == 1 || !comm) return "without context parallelism";
  const char* how = *comm == spec::ContextParallel::kRing        ? "a ring"
                    : *comm == spec::ContextParallel::kAllGather ? "all-gather"
                                                                 : "all-to-all";
  return "CP " + std::to_string(cp) + " by " + how;
}

SequencePoint point_of(const WayAt& at) {
  SequencePoint p;
  p.seq_length = at.seq_length;
  if (!at.found) return p;
  const advise::Outcome& o = at.found->outcome;
  p.fits = o.fits();
  p.over_gib = o.over_bytes / kGib;
  p.peak_gib = o.reserved_bytes / kGib;
  p.step_time_s = o.time.step_time_s;
  p.tokens_per_s = static_cast<double>(at.found->strategy.gbs) * at.seq_length / p.step_time_s;
  return p;
}

class LongContextAdvice {
 public:
  LongContextAdvice(const LongContextRequest& request, const Prepared& prepared)
      : request_(request),
        prepared_(prepared),
        context_(prepared.resolved.problem),
        usable_bytes_(prepared.resolved.usable_bytes),
        ladder_(advise::sequence_ladder()),
        best_(ladder_.size()) {}

  LongContextResponse run() {
    search();
    for (const ContextWay& way : advise::context_ways(context_, prepared_.limits)) add(way);
    curve();
    if (plan_ != nullptr) memory_savers();
    findings();
    return std::move(r_);
  }

 private:
  const LongContextRequest& request_;
  const Prepared& prepared_;
  const Context context_;
  const double usable_bytes_;
  const std::vector<int> ladder_;
  std::vector<std::optional<WayAt>> best_;  // at each sequence of the ladder
  LongContextResponse r_;
  Strategy s_;
  const Plan* plan_ = nullptr;  // the best, or the nearest

  int seq() const { return context_.training().seq_length; }

  void search() {
    Answered found =
        answered({request_.question, request_.limits, spec::Objective::kThroughput, 1, false}, prepared_, context_);
    r_.answer = std::move(found.answer);
    r_.assumptions = std::move(found.assumptions);
    r_.warnings = std::move(found.warnings);
    s_ = found.strategy;
    plan_ = r_.answer.plan();
  }

  WayAt at(const ContextWay& way, int seq_length) const {
    return advise::way_at(context_, prepared_.limits, usable_bytes_, way, seq_length);
  }

  // Of two ways at one sequence: what fits, then what is faster.
  void take(std::optional<WayAt>& best, const WayAt& other) {
    if (!other.found) return;
    if (!best || advise::better(other.found->outcome, best->found->outcome)) best = other;
  }

  void add(const ContextWay& way) {
    ContextWayFields f;
    f.cp = way.cp;
    if (way.cp > 1) f.cp_comm = way.comm;
    std::vector<WayAt> ladder;
    for (size_t i = 0; i < ladder_.size(); ++i) {
      ladder.push_back(at(way, ladder_[i]));
      f.curve.push_back(point_of(ladder.back()));
      take(best_[i], ladder.back());
    }
    f.longest_seq_length = advise::longest_sequence(context_, prepared_.limits, usable_bytes_, way, ladder);
    r_.longest_seq_length = std::max(r_.longest_seq_length, f.longest_seq_length);
    const WayAt here = at(way, seq());
    f.legal = here.found.has_value();
    if (!f.legal) f.reason = search::rejection_text(here.rejected_by);
    if (here.found && plan_ != nullptr) {
      const estimate::StepTime& t = here.found->outcome.time;
      f.summary = strategy_text(here.found->strategy);
      f.communication = {t.cp_total_s, t.cp_s};
      f.plan = alternative(context_, s_, here.found->strategy, here.found->outcome, baseline_of(*plan_));
    }
    r_.ways.push_back(std::move(f));
  }

  void curve() {
    for (const std::optional<WayAt>& at : best_) {
      if (!at) continue;
      const Strategy& s = at->found->strategy;
      BestAtSequence b{point_of(*at), s.cp, std::nullopt, strategy_text(s)};
      if (s.cp > 1) b.cp_comm = s.cp_comm;
      r_.curve.push_back(std::move(b));
    }
  }

  // What recomputing or offloading does to the plan.
  void memory_savers() {
    using advise::Axis;
    for (const advise::Neighbour& n : advise::neighbours(context_, s_, prepared_.limits.tp_across_domains)) {
      if (n.axis != Axis::kRecompute && n.axis != Axis::kOffloadActivations && n.axis != Axis::kOffloadOptimizer)
        continue;
      r_.memory_savers.push_back(alternative(
          context_, s_, n.strategy, advise::outcome_of(context_, n.strategy, usable_bytes_), baseline_of(*plan_)));
    }
    std::stable_sort(r_.memory_savers.begin(), r_.memory_savers.end(),
                     [](const Alternative& a, const Alternative& b) { return a.peak_gib < b.peak_gib; });
  }

  void say(std::string sentence) { r_.findings.push_back(std::move(sentence)); }

  void findings() {
    const std::string tokens = std::to_string(seq()) + " tokens";
    if (plan_ == nullptr) return say("No combination of the axes is legal: see the reasons under 'search'.");
    if (r_.answer.best)
      say("Sequences of " + tokens + ": best " + plan_->summary + ", " + seconds_text(plan_->time.step_time_s) +
          " a step, " + gib_text(plan_->memory.peak_gib) + ".");
    else {
      say("Sequences of " + tokens + " do not fit: the nearest plan, " + plan_->summary + ", is " +
          gib_text(plan_->over_gib) + " over.");
      if (!r_.answer.smallest_change.empty()) {
        const Change& c = r_.answer.smallest_change.front();
        say("It would fit with " + c.change + ": " + c.summary + ", " + seconds_text(c.step_time_s) + " a step.");
      }
    }
    if (r_.longest_seq_length == 0)
      say("Not even sequences of " + std::to_string(advise::kShortestSequence) +
          " tokens fit: it is the model's state that does not.");
    for (const ContextWayFields& f : r_.ways)
      if (f.longest_seq_length == r_.longest_seq_length && f.longest_seq_length > 0) {
        say("The longest sequence that fits is " + std::to_string(f.longest_seq_length) +
            (f.longest_seq_length >= advise::kLongestSequence ? " tokens or more, " : " tokens, ") +
            way_text(f.cp, f.cp_comm) + ".");
        break;
      }
  }
};

Result<LongContextResponse> long_context(const LongContextRequest& request) {
  LongContextRequest asked = request;
  const bool is_silent = !asked.question.seq_length;
  if (is_silent) asked.question.seq_length = kDefaultSequence;
  auto prepared = prepare({asked.question, asked.limits, spec::Objective::kThroughput, 1, false});
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  if (is_silent) prepared->resolved.assumptions.push_back("Sequence: " + std::to_string(kDefaultSequence) + " tokens.");
  prepared->resolved.assumptions.emplace_back(
      "The model's range of positions is taken to reach as far as the sequence.");
  return LongContextAdvice(asked, *prepared).run();
}

}  // namespace

Operation long_context_operation() {
  return make_operation<&long_context>(
      "long-context", "Plan long sequences: ways of context parallelism and how far each reaches.",
      R"({"model": "llama-3.1-8b", "gpu": "h100", "gpus": 32, "seq_length": 131072, "gbs": 32})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::LongContextRequest, "long_context_request");
SHARDPLAN_DESCRIBE(api::SequencePoint, "sequence_point");
SHARDPLAN_DESCRIBE(api::ContextWayFields, "context_way");
SHARDPLAN_DESCRIBE(api::BestAtSequence, "best_at_sequence");
SHARDPLAN_DESCRIBE(api::LongContextResponse, "long_context_response");

Fields Describe<api::LongContextRequest>::fields() {
  using R = api::LongContextRequest;
  static const FieldList table = FieldList().include<&R::question>().include<&R::limits>();
  return table;
}

Fields Describe<api::SequencePoint>::fields() {
  using P = api::SequencePoint;
  static constexpr Field table[] = {
      field<&P::seq_length>("seq_length"),
      field<&P::fits>("fits"),
      field<&P::over_gib>("over_gib").omit_default(),
      field<&P::peak_gib>("peak_gib", "0 where no strategy is legal."),
      field<&P::step_time_s>("step_time_s"),
      field<&P::tokens_per_s>("tokens_per_s"),
  };
  return table;
}

Fields Describe<api::ContextWayFields>::fields() {
  using W = api::ContextWayFields;
  static constexpr Field table[] = {
      field<&W::cp>("cp"),
      field<&W::cp_comm>("cp_comm"),
      field<&W::legal>("legal", "At the asked sequence."),
      field<&W::reason>("reason", "Why it is not.").omit_default(),
      field<&W::longest_seq_length>("longest_seq_length", "Longest sequence that fits, to an eighth of a doubling."),
      field<&W::summary>("summary", "Its best plan at the asked sequence.").omit_default(),
      field<&W::communication>("communication", "Of keys and values, per step."),
      field<&W::plan>("plan", "Figures of that plan, against the recommended one."),
      field<&W::curve>("curve", "Its best plan at sequences from 4096 to 2^20 tokens."),
  };
  return table;
}

Fields Describe<api::BestAtSequence>::fields() {
  using B = api::BestAtSequence;
  static constexpr Field own[] = {
      field<&B::cp>("cp"),
      field<&B::cp_comm>("cp_comm"),
      field<&B::summary>("summary"),
  };
  static const FieldList table = FieldList().include<&B::point>().add(own);
  return table;
}

Fields Describe<api::LongContextResponse>::fields() {
  using R = api::LongContextResponse;
  static constexpr Field first[] = {
      field<&R::findings>("findings", "The answer in sentences."),
  };
  static constexpr Field rest[] = {
      field<&R::longest_seq_length>("longest_seq_length", "Longest sequence for which any plan fits."),
      field<&R::ways>("ways", "Context parallelism by degree and way of communication."),
      field<&R::curve>("curve", "The best of all ways at sequences from 4096 to 2^20 tokens."),
      field<&R::memory_savers>("memory_savers", "Recomputation and offloading, least memory first."),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  static const FieldList table = FieldList().add(first).include<&R::answer>().add(rest);
  return table;
}

}  // namespace shardplan::json
