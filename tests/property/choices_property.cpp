// Whatever an operation says of a plan, 'evaluate' says the same; and no operation lets a training run fit that cannot.
#include <gtest/gtest.h>

#include "api/handle.h"
#include "json/document.h"
#include "json/view.h"
#include "property/questions.h"

namespace shardplan::property {
namespace {

using json::View;

struct Answer {
  json::Document document;
  bool is_answer = false;
  View operator[](std::string_view name) const { return View(document)[name]; }
};

Answer ask(const std::string& operation, const std::string& request) {
  const api::Reply r = api::handle(operation, request);
  return {*json::parse(r.json), r.kind == api::Reply::Kind::kOk};
}

// Every kind of model, machine and software, one of each in turn; a search of each takes a moment, so they are few.
struct Case {
  std::string model, gpu, stack;
  int gpus = 8, seq_length = 4096, gbs = 32;

  // A request's members, to be joined.
  std::string members() const {
    return "\"model\": " + json::quoted(model) + ", \"gpu\": " + json::quoted(gpu) +
           ", \"gpus\": " + std::to_string(gpus) + ", \"gpus_per_node\": " + std::to_string(std::min(gpus, 8)) +
           ", \"seq_length\": " + std::to_string(seq_length) + ", \"gbs\": " + std::to_string(gbs) +
           ", \"stack\": " + json::quoted(stack);
  }
};

std::vector<Case> some_cases() {
  constexpr const char* kModels[] = {"llama-3.1-8b", "gemma-2b", "qwen2.5-0.5b", "mixtral-8x7b", "llama-3.1-70b"};
  constexpr const char* kGpus[] = {"h100", "a100", "b200", "l40s"};
  constexpr const char* kStacks[] = {"megatron-bridge", "torchtitan", "deepspeed", "unknown", "megatron-2021"};
  constexpr int kCounts[] = {8, 16, 4, 1, 64, 8, 2};
  std::vector<Case> all;
  for (int i = 0; i < 20; ++i)
    all.push_back({kModels[i % 5], kGpus[i % 4], kStacks[(i + i / 5) % 5], kCounts[i % 7], i % 3 == 0 ? 8192 : 2048,
                   i % 2 == 0 ? 32 : 64});
  return all;
}

void says_the_same(View plan, const std::string& request) {
  const Answer evaluated = ask("evaluate", request);
  ASSERT_TRUE(evaluated.is_answer) << request << " -> " << json::print(evaluated.document);
  const View other = evaluated["plan"];
  EXPECT_TRUE(near(plan["time"]["step_time_s"].number(), other["time"]["step_time_s"].number(), 1e-8)) << request;
  EXPECT_TRUE(near(plan["memory"]["peak_gib"].number(), other["memory"]["peak_gib"].number(), 1e-8)) << request;
  EXPECT_EQ(plan["fits"].boolean(), other["fits"].boolean()) << request;
}

std::string with_plan(const std::string& question, View plan, const std::string& more = "") {
  return "{" + question + ", \"strategy\": " + plan["strategy"].text() + more + "}";
}

TEST(Choices, AutotuneAgreesWithEvaluate) {
  for (const Case& c : some_cases()) {
    const Answer a = ask("autotune", "{" + c.members() + "}");
    if (a.is_answer) says_the_same(a["plan"], with_plan(c.members(), a["plan"]));
  }
}

TEST(Choices, OptimizeAgreesWithEvaluate) {
  int difficulty = 0;
  for (const Case& c : some_cases()) {
    difficulty = difficulty % 3 + 1;
    const Answer a = ask("optimize", "{" + c.members() + ", \"difficulty\": " + std::to_string(difficulty) + "}");
    if (!a.is_answer) continue;
    // The baseline is plain: what the stack has as a matter of course is off, unless a technique switched it on.
    const std::string plain = ", \"cuda_graphs\": \"none\", \"tp_comm_overlap\": false";
    says_the_same(a["baseline"], with_plan(c.members(), a["baseline"], plain));
    const View r = a["request"];
    std::string switched = r["tp_comm_overlap"] ? "" : ", \"tp_comm_overlap\": false";
    switched += ", \"cuda_graphs\": " + json::quoted(r["cuda_graphs"] ? r["cuda_graphs"].text() : "none");
    if (r["optimizer"]) switched += ", \"optimizer\": " + json::quoted(r["optimizer"].text());
    says_the_same(a["optimized"], with_plan(c.members(), a["optimized"], switched));
  }
}

TEST(Choices, CompareAgreesWithEvaluate) {
  for (Case c : some_cases()) {
    const Answer a = ask("compare", "{" + c.members() + R"(, "plans": [{"recompute": "full"}, {"seq_length": 1024}]})");
    if (!a.is_answer) continue;
    for (size_t i = 0; i < a["entries"].size(); ++i) {
      const View plan = a["entries"].at(i)["plan"];
      if (i == 1) c.seq_length = 1024;
      if (plan) says_the_same(plan, with_plan(c.members(), plan));
    }
  }
}

TEST(Choices, BatchsizeAgreesWithEvaluateAndItsCurveEndsAtTheLargest) {
  for (Case c : some_cases()) {
    const Answer a = ask("batchsize", "{" + c.members() + ", \"tp\": 1}");
    if (!a.is_answer) continue;
    const View curve = a["curve"];
    for (size_t i = 0; i < curve.size(); ++i)
      EXPECT_EQ(curve.at(i)["fits"].boolean(), curve.at(i)["mbs"].number() <= a["largest_mbs"].number());
    c.gbs = static_cast<int>(a["plan"]["strategy"]["gbs"].number());
    says_the_same(a["plan"], with_plan(c.members(), a["plan"]));
  }
}

TEST(Choices, ShardingAgreesWithEvaluate) {
  for (const Case& c : some_cases()) {
    const Answer a = ask("sharding", "{" + c.members() + ", \"tp\": 1}");
    for (size_t i = 0; a.is_answer && i < a["options"].size(); ++i) {
      const View o = a["options"].at(i);
      const std::string name = o["sharding"].text();
      if (!o["offered"].boolean() || name == "hsdp" || !o["peak_gib"]) continue;
      const Answer e = ask("evaluate", "{" + c.members() + ", \"tp\": 1, \"sharding\": " + json::quoted(name) + "}");
      ASSERT_TRUE(e.is_answer);
      const View plan = e["plan"];
      EXPECT_TRUE(near(o["peak_gib"].number(), plan["memory"]["peak_gib"].number(), 1e-8));
      EXPECT_TRUE(near(o["step_time_s"].number(), plan["time"]["step_time_s"].number(), 1e-8));
      EXPECT_TRUE(near(o["dp_exposed_s"].number(), plan["time"]["dp"]["exposed_s"].number(), 1e-8));
    }
  }
}

TEST(Choices, ParetoAgreesWithEvaluateAndNothingOnAFrontierIsBeaten) {
  for (Case c : some_cases()) {
    const Answer a = ask("pareto", "{" + c.members() + "}");
    if (!a.is_answer) continue;
    for (size_t i = 0; i < a["recommendations"].size(); ++i) {
      const View plan = a["recommendations"].at(i)["plan"];
      c.gpus = static_cast<int>(plan["gpus"].number());
      says_the_same(plan, with_plan(c.members(), plan));
    }
    for (size_t i = 0; i < a["frontiers"].size(); ++i) {
      const View points = a["frontiers"].at(i)["scatter"];
      for (size_t k = 0; k < points.size(); ++k) {
        bool beaten = false;
        for (size_t j = 0; j < points.size(); ++j) {
          const double x = points.at(j)["x"].number() - points.at(k)["x"].number();
          const double y = points.at(j)["y"].number() - points.at(k)["y"].number();
          beaten = beaten || (x <= 0 && y >= 0 && (x < 0 || y > 0));
        }
        EXPECT_FALSE(beaten && points.at(k)["is_pareto"].boolean());
      }
    }
  }
}

TEST(Choices, ProfileAgreesWithEvaluate) {
  for (const char* profile : {"pretraining", "finetuning", "rlhf", "long_context", "cost_optimized"}) {
    const std::string question = R"("model": "llama-3.1-8b", "gpu": "h100", "gpus": )";
    const Answer a = ask("profile", "{\"profile\": " + json::quoted(profile) + ", " + question + "16}");
    ASSERT_TRUE(a.is_answer);
    const View r = a["request"];
    std::string more = ", \"seq_length\": " + (r["seq_length"] ? r["seq_length"].text() : "8192");
    if (r["optimizer"]) more += ", \"optimizer\": " + json::quoted(r["optimizer"].text());
    // Where the price decides, fewer GPUs may be chosen.
    says_the_same(a["plan"], with_plan(question + a["plan"]["gpus"].text(), a["plan"], more));
  }
}

// 16 bytes of states for each of 70.6e9 parameters are more than eight GPUs of 80 GB have.
TEST(Choices, Training70BOnEightH100FitsOnlyWithTheHostsMemory) {
  const std::string q = R"("model": "llama-3.1-70b", "gpu": "h100", "memory": 80, "batch_size": 1, "seq_length": 2048)";
  for (const char* stack : {"megatron-bridge", "megatron-core", "torchtitan", "deepspeed", "unknown"}) {
    const std::string of_stack = q + ", \"stack\": " + json::quoted(stack);
    const Answer sharding = ask("sharding", "{" + of_stack + R"(, "dp": 8})");
    for (size_t i = 0; i < sharding["options"].size(); ++i)
      EXPECT_FALSE(sharding["options"].at(i)["fits"].boolean()) << stack;
    const Answer tuned = ask("autotune", "{" + of_stack + R"(, "gpus": 8})");
    EXPECT_FALSE(tuned["fits"].boolean()) << stack;
    for (size_t i = 0; i < tuned["curve"].size(); ++i) {
      const View p = tuned["curve"].at(i);
      const std::string axis = p["axis"].text();
      if (axis == "optimizer_offload" || axis == "optimizer") continue;
      EXPECT_FALSE(p["fits"].boolean()) << stack << axis;
    }
    for (int difficulty : {1, 2}) {
      const Answer stacked =
          ask("optimize", "{" + of_stack + ", \"gpus\": 8, \"difficulty\": " + std::to_string(difficulty) + "}");
      EXPECT_FALSE(stacked["baseline"]["fits"].boolean());
      const View plan = stacked["optimized"];
      EXPECT_TRUE(!plan["fits"].boolean() || plan["strategy"]["offload_optimizer"].boolean()) << stack;
    }
    for (const char* degrees : {R"("tp": 8)", R"("tp": 2, "pp": 2, "dp": 2)", R"("tp": 4, "dp": 2)", R"("pp": 8)"}) {
      const Answer batch = ask("batchsize", "{" + of_stack + ", \"gpus\": 8, " + degrees + "}");
      EXPECT_FALSE(batch.is_answer && batch["fits"].boolean()) << stack << degrees;
    }
  }
  const Answer compared = ask("compare", "{" + q + R"(, "gpus": 8, "models": ["llama-3.1-8b", "llama-3.1-70b"]})");
  EXPECT_TRUE(compared["entries"].at(0)["fits"].boolean());
  EXPECT_FALSE(compared["entries"].at(1)["fits"].boolean());
  const Answer sizes = ask("pareto", "{" + q + R"(, "gpu_counts": [8]})");
  EXPECT_EQ(sizes["points"].size(), 0u);
}

}  // namespace
}  // namespace shardplan::property
