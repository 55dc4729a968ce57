// What Megatron-LM is started with carries the whole plan: read back, its arguments give the same strategy. And what is
// launched is what 'evaluate' says.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <map>

#include "api/handle.h"
#include "emit/frameworks.h"
#include "emit/megatron_parts.h"
#include "estimate/stages.h"
#include "json/view.h"
#include "property/questions.h"

namespace shardplan::property {
namespace {

using estimate::Context;
using spec::Precision;
using spec::RecomputeMode;
using spec::Sharding;
using spec::Strategy;

using Options = std::map<std::string, std::string>;  // a flag has no value

Options options_of(const emit::Arguments& arguments) {
  Options options;
  for (const std::string& part : arguments.parts()) {
    const size_t space = part.find(' ');
    std::string value = space == std::string::npos ? "" : part.substr(space + 1);
    if (!value.empty() && value.front() == '\'') value = value.substr(1, value.size() - 2);
    EXPECT_TRUE(options.emplace(part.substr(0, space), value).second) << part << " is there twice";
  }
  return options;
}

// "Et*2|t|ttmL" over pp stages: decoder layers of each stage.
std::vector<int> layers_of_layout(const std::string& text, int pp) {
  std::vector<int> layers(static_cast<size_t>(pp), 0);
  size_t chunk = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '|') ++chunk;
    if (text[i] != 't') continue;
    int times = 1;
    if (i + 1 < text.size() && text[i + 1] == '*') times = std::stoi(text.substr(i + 2));
    layers[chunk % static_cast<size_t>(pp)] += times;
  }
  return layers;
}

class Reader {
 public:
  Reader(const Context& c, Options options) : c_(c), o_(std::move(options)) {}

  Strategy read(int gpus) {
    Strategy s;
    s.tp = number("--tensor-model-parallel-size");
    s.sp = has("--sequence-parallel");
    s.pp = number("--pipeline-model-parallel-size");
    s.cp = number("--context-parallel-size");
    s.ep = number("--expert-model-parallel-size");
    s.etp = number("--expert-tensor-parallel-size");
    s.dp = gpus / (s.tp * s.pp * s.cp);
    s.mbs = number("--micro-batch-size");
    s.gbs = number("--global-batch-size");
    if (s.cp > 1) s.cp_comm = cp_comm();
    pipeline(s);
    sharding(s);
    recompute(s);
    precision(s);
    s.offload_optimizer = has("--optimizer-cpu-offload");
    s.offload_activations =
        has("--cpu-offloading-num-layers")
            ? static_cast<double>(number("--cpu-offloading-num-layers")) / c_.model().num_hidden_layers
            : 0;
    return s;
  }

 private:
  const Context& c_;
  Options o_;

  bool has(const std::string& name) const { return o_.count(name) > 0; }
  std::string text(const std::string& name) const { return has(name) ? o_.at(name) : ""; }
  int number(const std::string& name) const { return has(name) ? std::stoi(o_.at(name)) : 1; }

  spec::ContextParallel cp_comm() const {
    if (text("--cp-comm-type") == "a2a") return spec::ContextParallel::kAllToAll;
    return text("--cp-comm-type") == "all_gather" ? spec::ContextParallel::kAllGather : spec::ContextParallel::kRing;
  }

  void pipeline(Strategy& s) const {
    const std::string layout = text("--pipeline-model-parallel-layout");
    if (layout.empty()) {
      s.vpp = number("--num-virtual-stages-per-pipeline-rank");
    } else {
      s.vpp = static_cast<int>(std::count(layout.begin(), layout.end(), '|') + 1) / s.pp;
      s.layers_per_stage = layers_of_layout(layout, s.pp);
    }
    if (s.vpp > 1) s.schedule = spec::Schedule::kInterleaved;
    // Megatron-LM's own layout, where nothing is said.
    const int layers = c_.model().num_hidden_layers + has("--account-for-embedding-in-pipeline-split") +
                       has("--account-for-loss-in-pipeline-split");
    EXPECT_TRUE(!layout.empty() || layers % (s.pp * s.vpp) == 0);
    std::vector<int> given;
    given.swap(s.layers_per_stage);
    if (!given.empty() && given != estimate::stages_of(c_, s).layers) s.layers_per_stage = given;
  }

  void sharding(Strategy& s) const {
    const std::string strategy = text("--data-parallel-sharding-strategy");
    s.sharding = has("--use-distributed-optimizer") ? Sharding::kZero1 : Sharding::kZero0;
    if (strategy == "optim_grads") s.sharding = Sharding::kZero2;
    if (strategy != "optim_grads_params") return;
    s.sharding = Sharding::kFsdp;
    if (!has("--num-distributed-optimizer-instances")) return;
    s.sharding = Sharding::kHsdp;
    s.shard_size = s.dp * s.cp / number("--num-distributed-optimizer-instances");
  }

  void recompute(Strategy& s) const {
    spec::Recompute& r = s.recompute;
    if (text("--recompute-granularity") == "selective") {
      r.mode = RecomputeMode::kSelective;
      const std::string modules = " " + text("--recompute-modules") + " ";
      const auto named = [&](const char* module) {
        return modules.find(" " + std::string(module) + " ") != std::string::npos;
      };
      r.core_attn = named("core_attn");
      r.layernorm = named("layernorm");
      r.mlp = named("mlp");
      r.moe_act = named("moe_act");
      r.mla_up_proj = named("mla_up_proj");
    }
    if (text("--recompute-granularity") == "full") {
      r.mode = RecomputeMode::kFull;
      if (text("--recompute-method") == "block")
        r.layer_share =
            static_cast<double>(number("--recompute-num-layers")) * s.pp * s.vpp / c_.model().num_hidden_layers;
    }
  }

  void precision(Strategy& s) const {
    const std::string recipe = text("--fp8-recipe");
    if (has("--fp4-format")) s.precision = Precision::kNvfp4;
    else if (recipe == "mxfp8") s.precision = Precision::kMxfp8;
    else if (recipe == "blockwise") s.precision = Precision::kFp8Blockwise;
    else if (recipe == "tensorwise") s.precision = Precision::kFp8;
    else if (has("--fp16")) s.precision = Precision::kFp16;
    else s.precision = has("--bf16") ? Precision::kBf16 : Precision::kFp32;
  }
};

RC_GTEST_PROP(Launch, MegatronArgumentsCarryTheWholePlan, ()) {
  AnyQuestion any;
  any.stacks = {"megatron-bridge", "megatron-core"};
  const Context context(resolved(question(any)).problem);
  const search::Space space(context, {});
  Strategy s = legal_strategy(context, space);
  const int layers = context.model().num_hidden_layers;
  s.precision = *rc::gen::element(Precision::kFp32, Precision::kBf16, Precision::kFp16, Precision::kFp8,
                                  Precision::kFp8Blockwise, Precision::kMxfp8, Precision::kNvfp4);
  s.offload_optimizer = *rc::gen::arbitrary<bool>();
  s.offload_activations =
      *rc::gen::arbitrary<bool>() ? static_cast<double>(*rc::gen::inRange(1, layers + 1)) / layers : 0;
  if (s.cp > 1)
    s.cp_comm = *rc::gen::element(spec::ContextParallel::kRing, spec::ContextParallel::kAllGather,
                                  spec::ContextParallel::kAllToAll);
  if (s.pp > 1 && s.vpp == 1 && *rc::gen::arbitrary<bool>()) {
    s.layers_per_stage = estimate::stages_of(context, s).layers;
    const auto from = *rc::gen::inRange<size_t>(0, s.layers_per_stage.size()),
               to = *rc::gen::inRange<size_t>(0, s.layers_per_stage.size());
    RC_PRE(from != to && s.layers_per_stage[from] > 1);
    --s.layers_per_stage[from];
    ++s.layers_per_stage[to];
    const std::vector<int> own = s.layers_per_stage;
    s.layers_per_stage.clear();
    if (own != estimate::stages_of(context, s).layers) s.layers_per_stage = own;
  }
  emit::Job job;
  job.strategy = s;
  job.context = &context;
  const Strategy back = Reader(context, options_of(emit::megatron_arguments(job))).read(spec::world_size(s));
  // Whole layers are recomputed, never fewer than the plan says.
  if (s.recompute.mode == RecomputeMode::kFull) {
    RC_ASSERT(back.recompute.layer_share >= s.recompute.layer_share - 1e-9 || s.pp * s.vpp > 1);
    RC_ASSERT(near(back.recompute.layer_share, emit::recomputed_share(job)));
    s.recompute.layer_share = back.recompute.layer_share;
  }
  RC_ASSERT(near(back.offload_activations, s.offload_activations) || s.offload_activations == 0);
  s.offload_activations = back.offload_activations;
  RC_ASSERT(back == s);
}

std::string number(const std::string& json, const char* what) {
  const auto document = json::parse(json, json.size());
  return json::View(*document)["plan"][what == std::string("step") ? "time" : "memory"]
                              [what == std::string("step") ? "step_time_s" : "peak_gib"]
                                  .text();
}

RC_GTEST_PROP(Launch, PredictsWhatEvaluatePredicts, ()) {
  const std::string body =
      "{\"model\": \"llama-3.1-8b\", \"gpu\": \"h100\", \"gpus\": 16, \"seq_length\": 4096, \"gbs\": 64, \"tp\": " +
      std::to_string(*rc::gen::element(1, 2, 4, 8)) + ", \"pp\": " + std::to_string(*rc::gen::element(1, 2)) +
      ", \"mbs\": " + std::to_string(*rc::gen::element(1, 2)) + "}";
  const std::string expected = api::handle("evaluate", body).json;
  for (const char* operation : {"launch", "export", "slurm"}) {
    const std::string got = api::handle(operation, body).json;
    RC_ASSERT(number(got, "step") == number(expected, "step"));
    RC_ASSERT(number(got, "memory") == number(expected, "memory"));
  }
}

}  // namespace
}  // namespace shardplan::property
