#include "advise/tensor_sizes.h"

#include <algorithm>
#include <cmath>

#include "estimate/memory.h"
#include "model/parameters.h"

namespace shardplan::advise {
namespace {

constexpr double kMib = 1024.0 * 1024.0;
constexpr double kSmallest = 64 * kMib;  // below, too many tensors have the same size
constexpr double kRounding = 0.005;      // two decimals of a GiB ...
constexpr double kBlock = 2 * kMib;  // ... and the allocator's blocks (c10/cuda/CUDACachingAllocator.h, kRoundLarge)

class Sizes {
 public:
  Sizes(const estimate::Context& c, const spec::Strategy& s) : c_(c), m_(c.model()), s_(s) {
    tokens_ = static_cast<double>(s.mbs) * c.training().seq_length / s.cp;
  }

  std::vector<TensorSize> run() {
    head();
    scores();
    layers();
    states();
    std::erase_if(out_, [](const TensorSize& t) { return t.bytes < kSmallest; });
    return std::move(out_);
  }

 private:
  const estimate::Context& c_;
  const spec::Model& m_;
  const spec::Strategy& s_;
  double tokens_ = 0;  // of one micro-batch on one rank
  std::vector<TensorSize> out_;

  void add(TensorKind kind, const std::string& text, double elements, const char* type) {
    out_.push_back({kind, text + " in " + type, elements * (std::string(type) == "fp32" ? 4 : 2)});
  }

  void head() {
    const double logits = tokens_ * m_.vocab_size;
    for (const char* type : {"fp32", "bf16"}) {
      add(TensorKind::kLogits, "the logits of one micro-batch", logits / s_.tp, type);
      if (s_.tp > 1) add(TensorKind::kLogits, "the logits of one micro-batch over the whole vocabulary", logits, type);
    }
  }

  // Softmax of queries with keys: only attention that is not fused keeps it.
  void scores() {
    const double all = static_cast<double>(s_.mbs) * m_.num_attention_heads / s_.tp * c_.training().seq_length *
                       (static_cast<double>(c_.training().seq_length) / s_.cp);
    for (const char* type : {"fp32", "bf16"}) add(TensorKind::kScores, "one layer's attention scores", all, type);
  }

  void layers() {
    const double width = static_cast<double>(m_.intermediate_size) / s_.tp;
    add(TensorKind::kActivations, "one layer's MLP activations", tokens_ * width, "bf16");
    add(TensorKind::kActivations, "one layer's MLP activations, gate and up together", 2 * tokens_ * width, "bf16");
    add(TensorKind::kActivations, "one layer's hidden states", tokens_ * m_.hidden_size, "bf16");
  }

  // Flat buffers over all of a rank's parameters, and what optimizers keep of them.
  void states() {
    add(TensorKind::kStates, "the embedding's or head's weights",
        static_cast<double>(m_.vocab_size) * m_.hidden_size / s_.tp, "bf16");
    add(TensorKind::kStates, "the embedding's or head's master copy or moment",
        static_cast<double>(m_.vocab_size) * m_.hidden_size / s_.tp, "fp32");
    for (const estimate::StageShape& stage : estimate::stage_shapes(c_, s_)) {
      const double all = stage.dense_parameters + stage.expert_parameters;
      const double shared = static_cast<double>(s_.dp) * s_.cp;
      add(TensorKind::kStates, "a buffer of all of the rank's gradients or parameters", all, "fp32");
      add(TensorKind::kStates, "a buffer of all of the rank's gradients or parameters", all, "bf16");
      if (s_.sharding != spec::Sharding::kZero0 && shared > 1)
        add(TensorKind::kStates, "the rank's share of a moment or of the master copy", all / shared, "fp32");
    }
  }
};

double distance(const TensorSize& t, double bytes) { return std::fabs(t.bytes - bytes); }

}  // namespace

std::vector<TensorSize> tensor_sizes(const estimate::Context& context, const spec::Strategy& strategy) {
  return Sizes(context, strategy).run();
}

std::vector<TensorSize> tensors_of(const std::vector<TensorSize>& sizes, double bytes) {
  std::vector<TensorSize> near;
  for (const TensorSize& t : sizes) {
    const auto same = [&](const TensorSize& other) { return other.text == t.text; };
    if (distance(t, bytes) <= std::max(kBlock, kRounding * bytes) && std::none_of(near.begin(), near.end(), same))
      near.push_back(t);
  }
  std::stable_sort(near.begin(), near.end(),
                   [&](const TensorSize& a, const TensorSize& b) { return distance(a, bytes) < distance(b, bytes); });
  return near;
}

}  // namespace shardplan::advise
