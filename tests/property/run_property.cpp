// Operations that answer for whole runs and many sizes say of a plan what 'evaluate' says.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "api/fields.h"
#include "api/handle.h"
#include "json/view.h"
#include "property/questions.h"

namespace shardplan::property {
namespace {

// A document with the view into it.
struct Answer {
  json::Document document;
  json::View view() const { return json::View(document); }
};

Answer ask(const std::string& operation, const std::string& request) {
  const api::Reply reply = api::handle(operation, request);
  if (reply.kind != api::Reply::Kind::kOk) RC_LOG() << request << "\n" << reply.json << "\n";
  RC_ASSERT(reply.kind == api::Reply::Kind::kOk);
  return {*json::parse(reply.json)};
}

// The fields of a question and a legal strategy for it, without the closing brace.
std::string plan_request(const AnyQuestion& any = {}) {
  api::Question q = question(any);
  q.optimizer = std::nullopt;
  q.gradient_bytes = std::nullopt;
  const estimate::Context c(resolved(q).problem);
  const spec::Strategy s = legal_strategy(c, search::Space(c, {}));
  return "{\"model\":\"" + q.model.name + "\",\"gpu\":\"" + q.gpu + "\",\"gpus\":" + std::to_string(*q.gpus) +
         ",\"gpus_per_node\":" + std::to_string(*q.gpus_per_node) + ",\"seq_length\":" + std::to_string(*q.seq_length) +
         ",\"gbs\":" + std::to_string(*q.gbs) + ",\"stack\":\"" + q.stack +
         "\",\"strategy\":" + json::print(json::write(api::fields_of(c, s)));
}

// Small enough to search many times.
AnyQuestion small() {
  AnyQuestion any;
  any.models = {"llama-3.1-8b", "gemma-2b", "gpt3-1.3b", "qwen2.5-0.5b"};
  any.gpus = {2, 4, 8, 16};
  return any;
}

void same_plan(json::View a, json::View b) {
  RC_ASSERT(a["time"]["step_time_s"].number() == b["time"]["step_time_s"].number());
  RC_ASSERT(a["memory"]["peak_gib"].number() == b["memory"]["peak_gib"].number());
  RC_ASSERT(a["fits"].boolean() == b["fits"].boolean());
}

RC_GTEST_PROP(RunProperty, OperationsAgreeAboutAPlan, ()) {
  const std::string request = plan_request();
  const Answer evaluated = ask("evaluate", request + "}");
  const Answer run = ask("estimate", request + ",\"tokens\":1e11}");
  same_plan(evaluated.view()["plan"], run.view()["plan"]);
  const double speed = evaluated.view()["plan"]["tokens_per_s"].number();
  RC_ASSERT(near(run.view()["time"]["training_h"].number(), 1e11 / speed / 3600, 1e-6));
}

RC_GTEST_PROP(RunProperty, HoursAreTheSumOfTheirParts, ()) {
  const Answer a = ask("estimate", plan_request() + ",\"tokens\":1e10}");
  const json::View t = a.view()["time"];
  RC_ASSERT(
      near(t["training_h"].number() + t["checkpoint_h"].number() + t["redone_h"].number() + t["restart_h"].number(),
           t["hours"].number(), 1e-6));
  RC_ASSERT(t["hours"].number() >= t["training_h"].number());
}

RC_GTEST_PROP(RunProperty, FewerInterruptionsNeverTakeLonger, ()) {
  const std::string request = plan_request() + ",\"tokens\":1e11,\"gpu_hours_per_interruption\":";
  const int often = *rc::gen::inRange(5000, 50000);
  const double few = ask("estimate", request + std::to_string(2 * often) + "}").view()["time"]["hours"].number();
  const double many = ask("estimate", request + std::to_string(often) + "}").view()["time"]["hours"].number();
  RC_ASSERT(few <= many);
}

RC_GTEST_PROP(RunProperty, SearchesShowThePlanThatWasStated, ()) {
  const std::string request = plan_request(small());
  const Answer evaluated = ask("evaluate", request + "}");
  same_plan(evaluated.view()["plan"], ask("largescale", request + "}").view()["plan"]);
  const Answer scaled = ask("scaling", request + ",\"target_gpus\":16}");
  const json::View first = scaled.view()["strong"]["same_plan"]["points"].at(0);
  RC_ASSERT(first["step_time_s"].number() == evaluated.view()["plan"]["time"]["step_time_s"].number());
  RC_ASSERT(first["fits"].boolean() == evaluated.view()["plan"]["fits"].boolean());
}

}  // namespace
}  // namespace shardplan::property
