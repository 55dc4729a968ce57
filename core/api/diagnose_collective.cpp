// Collectives that did not end, against the plan's cluster.
#include <algorithm>

#include "advise/collective_message.h"
#include "api/diagnosis.h"
#include "base/decimal.h"
#include "base/text.h"
#include "base/units.h"

namespace shardplan::api {
namespace {

using advise::StuckCollective;
using advise::StuckCollectives;

constexpr double kLargestElement = 4;  // bytes; the message does not say the type

std::string count_text(double n, const char* thing) { return number_text(n, 12) + " " + thing + (n == 1 ? "" : "s"); }

bool is_point_to_point(const StuckCollective& c) {
  return c.operation.find("SEND") != std::string::npos || c.operation.find("RECV") != std::string::npos ||
         c.operation.find("COALESCED") != std::string::npos;
}

std::string ranks_text(const std::vector<int>& ranks) {
  return (ranks.size() == 1 ? "Rank " : "Ranks ") + advise::ranges_text(ranks);
}

std::string text_of(const StuckCollective& c) {
  std::string text = c.operation + " number " + std::to_string(c.sequence);
  if (c.elements() > 0) text += " of " + count_text(c.elements(), "element");
  return text;
}

void add_readings(const StuckCollectives& stuck, Diagnosis& d) {
  const StuckCollective& c = stuck.collectives.front();
  d.readings.push_back({"sequence number", static_cast<double>(c.sequence), ""});
  if (c.elements() > 0) d.readings.push_back({"elements", c.elements(), ""});
  if (c.timeout_s > 0) d.readings.push_back({"time-out", c.timeout_s, "s"});
  d.readings.push_back({"ranks that report", static_cast<double>(stuck.ranks.size()), ""});
}

// Ranks that wait in different collectives have left the common order.
void judge_order(const StuckCollectives& stuck, Diagnosis& d) {
  if (stuck.collectives.size() < 2) return;
  std::string because;
  for (size_t i = 0; i < stuck.collectives.size() && i < 4; ++i)
    because += (i == 0 ? "" : "; ") + ("ranks " + advise::ranges_text(stuck.collectives[i].ranks)) + " wait in " +
               text_of(stuck.collectives[i]);
  d.causes.push_back({"Ranks wait in different collectives: their order differs, or they belong to different groups.",
                      "possible", because + "."});
}

void judge_missing(const StuckCollectives& stuck, int gpus, Diagnosis& d) {
  std::vector<int> missing;
  for (int rank = 0; rank < gpus; ++rank)
    if (!std::binary_search(stuck.ranks.begin(), stuck.ranks.end(), rank)) missing.push_back(rank);
  if (missing.empty() || stuck.ranks.empty()) return;
  d.causes.push_back({"A rank that is not in this collective is what the others wait for.", "possible",
                      ranks_text(missing) + " (" + std::to_string(missing.size()) + " of " + std::to_string(gpus) +
                          ") without a time-out here: look there first."});
}

// How long the collective may take over the plan's slowest links, however it is laid out.
void judge_speed(const KnownPlan& known, const StuckCollective& c, Diagnosis& d) {
  if (c.elements() <= 0 || c.timeout_s <= 0) return;
  const topology::Links& links = known.context.links;
  const int gpus = known.plan.gpus;
  const double bytes = c.elements() * kLargestElement;
  // An all-reduce is a reduce-scatter and an all-gather; every GPU a node away is the slowest ring there is.
  const double stride = gpus > links.domain ? links.domain : 1;
  const double ranks = gpus > links.domain ? std::max(2.0, static_cast<double>(gpus) / links.domain) : gpus;
  if (ranks < 2) return;
  const double seconds = 2 * topology::ring_s(links, ranks, stride, bytes);
  d.readings.push_back({"longest estimate of this collective", seconds, "s"});
  const bool slow = seconds > 0.1 * c.timeout_s;
  d.causes.push_back({"The collective is only slow.", slow ? "possible" : "no",
                      number_text(bytes / kGiga, 4) + " GB at most take " + number_text(seconds, 2) +
                          " s on this cluster" +
                          (slow ? "."
                                : ", " + number_text(round_to_digits(c.timeout_s / seconds, 2), 12) +
                                      " times less than the time-out of " + number_text(c.timeout_s, 4) + " s.")});
}

void judge_group(const KnownPlan& known, const StuckCollective& c, Diagnosis& d) {
  const spec::Strategy& s = known.resolved.strategy;
  if (is_point_to_point(c) && s.pp > 1)
    d.causes.push_back(
        {"A stage of the pipeline waits for its neighbour.", "yes",
         c.operation +
             " is what stages send each other; the stage before or after the lowest waiting rank is where it stands."});
}

}  // namespace

void look_into_timeouts(std::string_view log, const KnownPlan* plan, Diagnosis& d) {
  const StuckCollectives stuck = advise::read_stuck_collectives(log);
  if (stuck.collectives.empty()) return;
  const StuckCollective& first = stuck.collectives.front();
  add_readings(stuck, d);
  d.summary = (stuck.ranks.empty() ? "Ranks" : ranks_text(stuck.ranks)) + " waited " +
              (first.timeout_s > 0 ? number_text(first.timeout_s, 6) + " s " : "") + "in " + text_of(first) +
              (stuck.collectives.size() > 1 ? " and others" : "") + ".";
  std::vector<Cause> general = std::move(d.causes);
  d.causes.clear();
  judge_order(stuck, d);
  if (plan != nullptr) {
    judge_group(*plan, first, d);
    judge_missing(stuck, plan->plan.gpus, d);
    judge_speed(*plan, first, d);
  }
  d.causes.insert(d.causes.end(), general.begin(), general.end());
}

}  // namespace shardplan::api
