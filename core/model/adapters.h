// The linears that a low-rank adapter stands beside, on one rank. Below: spec/fine_tuning.h says what is adapted.
#pragma once

#include <vector>

#include "model/parameters.h"
#include "spec/fine_tuning.h"

namespace shardplan::model {

// Where a linear reads its input: what adapters of one place need is kept once.
enum class Place { kAttentionInput, kAttentionOutput, kMlpInput, kMlpOutput };

// y[rows, out] += (x[rows, in] A) B, A in x rank, B rank x out.
struct Adapter {
  Linear linear;
  Place place = Place::kAttentionInput;
};

// Of the attention block, with tp ranks; MLA's latents count with the projections that they feed.
std::vector<Adapter> attention_adapters(const spec::Model& m, const spec::AdapterTargets& targets, double tp);

// Of a dense MLP, the shared experts or one routed expert of the given width.
std::vector<Adapter> mlp_adapters(const spec::Model& m, const spec::AdapterTargets& targets, double width, double tp);

// Trained parameters of these adapters at a rank; DoRA's magnitudes included.
double adapter_parameters(const std::vector<Adapter>& adapters, const spec::FineTuning& fine_tuning);

// Of one layer on one rank.
struct LayerAdapters {
  double attention = 0;
  double dense_mlp = 0;
  double shared_experts = 0;
  double experts = 0;
};
LayerAdapters layer_adapters(const spec::Model& m, const spec::FineTuning& fine_tuning, double tp, double ep,
                             double etp);

// Of the whole model.
double trained_parameters(const spec::Model& m, const spec::FineTuning& fine_tuning);

}  // namespace shardplan::model
