// `recommend` cut into pieces, for callers that show progress, cancel, or use several workers:
// recommend.size says how many combinations there are, recommend.range looks at some of them, recommend.merge answers.
// Any slicing gives the bytes that `recommend` gives.
#include "api/operations/recommend.h"
#include "api/registry.h"
#include "base/decimal.h"

namespace shardplan::api {

struct SizeRequest {
  RecommendRequest request;
};
struct SizeResponse {
  int64_t size = 0;
};

struct RangeRequest {
  RecommendRequest request;
  int64_t begin = 0;
  int64_t end = 0;
};

// Bits of a double survive as text.
struct CandidateFields {
  int64_t index = 0;
  int gpus = 0;
  std::string step_time_s, reserved_bytes, expected_s;
};
struct NearestFields {
  int64_t index = 0;
  std::string over_bytes;
};
struct CellPart {
  int gpus = 0, tp = 0, pp = 0, cp = 0, ep = 0;
  std::optional<CandidateFields> best;
  std::optional<NearestFields> nearest;
};
struct PartialFields {
  int64_t candidates = 0, evaluated = 0, fits = 0;
  std::vector<int64_t> rejected;
  std::vector<CandidateFields> top, front;
  std::optional<NearestFields> nearest;
  std::vector<CellPart> cells;
};

struct MergeRequest {
  RecommendRequest request;
  std::vector<PartialFields> parts;
};

namespace {

using search::Candidate;
using search::Nearest;
using search::Partial;

std::string bits(double x) { return general_text(x, 17); }
double number(const std::string& text) { return leading_number(text).value; }

CandidateFields pack(const Candidate& c) {
  return {static_cast<int64_t>(c.index), c.gpus, bits(c.step_time_s), bits(c.reserved_bytes), bits(c.expected_s)};
}
Candidate unpack(const CandidateFields& f) {
  return {static_cast<uint64_t>(f.index), f.gpus, number(f.step_time_s), number(f.reserved_bytes),
          number(f.expected_s)};
}
std::optional<NearestFields> pack(const Nearest& n) {
  if (!n.found) return std::nullopt;
  return NearestFields{static_cast<int64_t>(n.index), bits(n.over_bytes)};
}
Nearest unpack(const std::optional<NearestFields>& f) {
  if (!f) return {};
  return {true, static_cast<uint64_t>(f->index), number(f->over_bytes)};
}

PartialFields pack(const Partial& p) {
  PartialFields f;
  f.candidates = static_cast<int64_t>(p.candidates);
  f.evaluated = static_cast<int64_t>(p.evaluated);
  f.fits = static_cast<int64_t>(p.fits);
  for (uint64_t n : p.rejected) f.rejected.push_back(static_cast<int64_t>(n));
  for (const Candidate& c : p.top) f.top.push_back(pack(c));
  for (const Candidate& c : p.front) f.front.push_back(pack(c));
  f.nearest = pack(p.nearest);
  for (const search::Cell& c : p.cells) {
    CellPart part{c.gpus, c.tp, c.pp, c.cp, c.ep, std::nullopt, pack(c.nearest)};
    if (c.fits) part.best = pack(c.best);
    f.cells.push_back(part);
  }
  return f;
}

Partial unpack(const PartialFields& f) {
  Partial p;
  p.candidates = static_cast<uint64_t>(f.candidates);
  p.evaluated = static_cast<uint64_t>(f.evaluated);
  p.fits = static_cast<uint64_t>(f.fits);
  for (size_t i = 0; i < f.rejected.size() && i < p.rejected.size(); ++i)
    p.rejected[i] = static_cast<uint64_t>(f.rejected[i]);
  for (const CandidateFields& c : f.top) p.top.push_back(unpack(c));
  for (const CandidateFields& c : f.front) p.front.push_back(unpack(c));
  p.nearest = unpack(f.nearest);
  for (const CellPart& c : f.cells) {
    search::Cell cell{c.gpus, c.tp, c.pp, c.cp, c.ep, c.best.has_value(), {}, unpack(c.nearest)};
    if (c.best) cell.best = unpack(*c.best);
    p.cells.push_back(cell);
  }
  return p;
}

Result<SizeResponse> size(const SizeRequest& request) {
  auto prepared = prepare(request.request);
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  const estimate::Context context(prepared->resolved.problem);
  return SizeResponse{static_cast<int64_t>(search::Space(context, prepared->limits).size())};
}

Result<PartialFields> range(const RangeRequest& request) {
  if (request.begin > request.end) return fail("/begin", "'begin' lies behind 'end'.");
  auto prepared = prepare(request.request);
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  const estimate::Context context(prepared->resolved.problem);
  const search::Space space(context, prepared->limits);
  return pack(search::evaluate_range(context, space, static_cast<uint64_t>(request.begin),
                                     static_cast<uint64_t>(request.end), prepared->options));
}

Result<RecommendResponse> merge_parts(const MergeRequest& request) {
  auto prepared = prepare(request.request);
  if (!prepared) return tl::unexpected<Diagnostics>(prepared.error());
  const estimate::Context context(prepared->resolved.problem);
  const search::Space space(context, prepared->limits);
  Partial all;
  for (const PartialFields& part : request.parts) all = search::merge(std::move(all), unpack(part), prepared->options);
  for (const auto* list : {&all.top, &all.front})
    for (const Candidate& c : *list)
      if (c.index >= space.size()) return fail("/parts", "The parts do not belong to this request.");
  if (all.nearest.found && all.nearest.index >= space.size())
    return fail("/parts", "The parts do not belong to this request.");
  return finish(request.request, *prepared, context, space, all);
}

}  // namespace

Operation recommend_size_operation() {
  Operation op = make_operation<&size>("recommend.size", "How many combinations a search looks at.",
                                       R"({"request": {"model": "llama-3.1-8b", "gpus": 8}})");
  op.is_internal = true;
  return op;
}

Operation recommend_range_operation() {
  Operation op =
      make_operation<&range>("recommend.range", "Part of a search.",
                             R"({"request": {"model": "llama-3.1-8b", "gpus": 8}, "begin": 0, "end": 1000})");
  op.is_internal = true;
  return op;
}

Operation recommend_merge_operation() {
  Operation op = make_operation<&merge_parts>("recommend.merge", "The answer from all parts of a search.",
                                              R"({"request": {"model": "llama-3.1-8b", "gpus": 8}, "parts": []})");
  op.is_internal = true;
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::SizeRequest, "size_request");
SHARDPLAN_DESCRIBE(api::SizeResponse, "size_response");
SHARDPLAN_DESCRIBE(api::RangeRequest, "range_request");
SHARDPLAN_DESCRIBE(api::CandidateFields, "candidate");
SHARDPLAN_DESCRIBE(api::NearestFields, "nearest");
SHARDPLAN_DESCRIBE(api::CellPart, "cell_part");
SHARDPLAN_DESCRIBE(api::PartialFields, "search_part");
SHARDPLAN_DESCRIBE(api::MergeRequest, "merge_request");

Fields Describe<api::SizeRequest>::fields() {
  static constexpr Field table[] = {field<&api::SizeRequest::request>("request").required()};
  return table;
}
Fields Describe<api::SizeResponse>::fields() {
  static constexpr Field table[] = {field<&api::SizeResponse::size>("size")};
  return table;
}
Fields Describe<api::RangeRequest>::fields() {
  using R = api::RangeRequest;
  static constexpr Field table[] = {field<&R::request>("request").required(),
                                    field<&R::begin>("begin").at_least(0).required(),
                                    field<&R::end>("end").at_least(0).required()};
  return table;
}
Fields Describe<api::CandidateFields>::fields() {
  using C = api::CandidateFields;
  static constexpr Field table[] = {field<&C::index>("index").at_least(0), field<&C::gpus>("gpus").at_least(1),
                                    field<&C::step_time_s>("step_time_s"), field<&C::reserved_bytes>("reserved_bytes"),
                                    field<&C::expected_s>("expected_s")};
  return table;
}
Fields Describe<api::NearestFields>::fields() {
  static constexpr Field table[] = {field<&api::NearestFields::index>("index").at_least(0),
                                    field<&api::NearestFields::over_bytes>("over_bytes")};
  return table;
}
Fields Describe<api::CellPart>::fields() {
  using C = api::CellPart;
  static constexpr Field table[] = {field<&C::gpus>("gpus"),      field<&C::tp>("tp"), field<&C::pp>("pp"),
                                    field<&C::cp>("cp"),          field<&C::ep>("ep"), field<&C::best>("best"),
                                    field<&C::nearest>("nearest")};
  return table;
}
Fields Describe<api::PartialFields>::fields() {
  using P = api::PartialFields;
  static constexpr Field table[] = {field<&P::candidates>("candidates"),
                                    field<&P::evaluated>("evaluated"),
                                    field<&P::fits>("fits"),
                                    field<&P::rejected>("rejected"),
                                    field<&P::top>("top"),
                                    field<&P::front>("front"),
                                    field<&P::nearest>("nearest"),
                                    field<&P::cells>("cells").omit_default()};
  return table;
}
Fields Describe<api::MergeRequest>::fields() {
  static constexpr Field table[] = {field<&api::MergeRequest::request>("request").required(),
                                    field<&api::MergeRequest::parts>("parts").required()};
  return table;
}

}  // namespace shardplan::json
