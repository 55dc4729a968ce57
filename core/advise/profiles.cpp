#include "advise/profiles.h"

namespace shardplan::advise {
namespace {

constexpr const char* kLlama3 = "Llama 3, arXiv 2407.21783, section 3.4 and table 4";
constexpr const char* kTulu3 = "Tulu 3, arXiv 2411.15124; allenai/open-instruct, docs/tulu3.md";
constexpr const char* kOpenRlhf = "OpenRLHF, examples of train_ppo_ray";
constexpr const char* kDeepSeekV3 = "DeepSeek-V3, arXiv 2412.19437, section 4.2";
constexpr const char* kMlperf = "MLPerf Inference rules, llama2-70b";

constexpr Setting kThroughput = {"objective", "\"throughput\"", "GPUs are there for the run: the soonest end wins.",
                                 ""};

constexpr Setting kPretraining[] = {
    kThroughput,
    {"seq_length", "8192", "Pre-trained on sequences of 8,192 tokens.", kLlama3},
    {"gbs", "1024", "8 million tokens a step, for most of the run.", kLlama3},
};

constexpr Setting kFinetuning[] = {
    kThroughput,
    {"seq_length", "4096", "Longest conversation that is not cut.", kTulu3},
    {"gbs", "128", "64 GPUs, one sequence each, accumulated twice.", kTulu3},
};

constexpr Setting kRlhf[] = {
    kThroughput,
    {"seq_length", "2048", "1,024 tokens of prompt and as many of response.", kOpenRlhf},
    {"gbs", "128", "train_batch_size; a rollout of 1,024 is eight of them.", kOpenRlhf},
};

constexpr Setting kLongContext[] = {
    kThroughput,
    {"seq_length", "131072", "The last stage of lengthening the context.", kLlama3},
    {"gbs", "128", "16 million tokens a step, as with short sequences.", kLlama3},
};

constexpr Setting kMoe[] = {
    kThroughput,
    {"seq_length", "4096", "Pre-trained on sequences of 4,096 tokens.", kDeepSeekV3},
    {"gbs", "3072", "The batch that the run starts with; it grows to 15,360.", kDeepSeekV3},
};

constexpr Setting kCostOptimized[] = {
    {"objective", "\"cost\"", "Dollars per token decide, not the day of the end.", ""},
    {"optimizer", "\"adamw_8bit\"",
     "Quarters the moments, so that fewer ways of splitting the model are needed. Changes the numbers.",
     "8-bit optimizers, Dettmers et al. 2021, arXiv 2110.02861"},
    {"optimizer_offload", "true", "Host memory is paid for with the GPUs.",
     "ZeRO-Offload, Ren et al. 2021, arXiv 2101.06840"},
};

constexpr Setting kInferenceBatch[] = {
    {"objective", "\"throughput\"", "Nobody waits: the offline scenario has no limits.", kMlperf},
};
constexpr Setting kInferenceStreaming[] = {
    {"ttft_limit_ms", "2000", "The conversational category's limit on the first token.", kMlperf},
    {"tpot_limit_ms", "200", "The conversational category's limit on each further token.", kMlperf},
};
constexpr Setting kInferenceRealtime[] = {
    {"ttft_limit_ms", "450", "The interactive category's limit on the first token.", kMlperf},
    {"tpot_limit_ms", "40", "The interactive category's limit on each further token.", kMlperf},
};

constexpr Profile kProfiles[] = {
    {"pretraining", "A language model from scratch.", false, kPretraining, ""},
    {"finetuning", "Supervised fine-tuning of all weights.", false, kFinetuning,
     "Adapters are off where the request is silent: 'method' lora or qlora trains them alone."},
    {"rlhf", "The policy's training steps of reinforcement learning.", false, kRlhf,
     "Generation, the reference, reward and critic models are not part of this plan: it is the policy's update alone."},
    {"long_context", "Training on very long sequences.", false, kLongContext, ""},
    {"moe", "A mixture of experts from scratch.", false, kMoe, ""},
    {"cost_optimized", "Training where the price decides.", false, kCostOptimized,
     "Spot prices are not part of this plan; the operation 'pareto' compares cluster sizes by cost."},
    {"inference", "Serving to people who read along.", true, kInferenceStreaming, ""},
    {"inference_batch", "Serving where nobody waits.", true, kInferenceBatch, ""},
    {"inference_realtime", "Serving to people who wait for each word.", true, kInferenceRealtime, ""},
};

}  // namespace

std::span<const Profile> profiles() { return kProfiles; }

}  // namespace shardplan::advise
