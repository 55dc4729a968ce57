// How many parameters a transformer has, and which of them one rank of a tensor, expert and expert-tensor parallel
// group holds. Below: spec/model.h says what the fields mean. Above: estimate/ turns counts into bytes and seconds.
#pragma once

#include <vector>

#include "spec/model.h"

namespace shardplan::model {

bool is_moe(const spec::Model& m);
bool is_mla(const spec::Model& m);
bool is_hybrid(const spec::Model& m);  // some layers are recurrent instead of softmax attention

// Softmax attention layers; all but the recurrent ones.
int attention_layers(const spec::Model& m);

// A recurrent layer on one of tp ranks: products hidden -> `in` and `out` -> hidden, and a state of so many numbers for
// each sequence.
struct RecurrentLayer {
  double in = 0;
  double out = 0;
  double state = 0;
};
RecurrentLayer recurrent_layer(const spec::Model& m, double tp);

// Widths of the query/key and the value heads (equal unless MLA).
int query_head_dim(const spec::Model& m);
int value_head_dim(const spec::Model& m);

// Dense and mixture-of-experts layers among the layers [begin, end) of the model.
struct LayerCount {
  int dense = 0;
  int moe = 0;
};
LayerCount layers_between(const spec::Model& m, int begin, int end);
LayerCount all_layers(const spec::Model& m);

// One linear layer of a rank: y[rows, out] = x[rows, in] W. `is_up_projection`: MLA's latent -> heads.
struct Linear {
  double in = 0;
  double out = 0;
  bool is_up_projection = false;
};

// Linears of the attention block on one of tp ranks. Key/value heads are replicated where tp exceeds them.
std::vector<Linear> attention_linears(const spec::Model& m, double tp);

// Linears of a (shared or dense) MLP of the given width on one of tp ranks.
std::vector<Linear> mlp_linears(const spec::Model& m, double width, double tp);

// Matrix parameters of one layer on one rank. Norms and biases are left out: they are below 0.1 %.
struct LayerParameters {
  double attention = 0;
  double norms = 0;
  double dense_mlp = 0;       // of a dense layer
  double shared_experts = 0;  // of a mixture-of-experts layer
  double router = 0;
  double experts = 0;  // num_experts / ep of them, each split over etp
};
LayerParameters layer_parameters(const spec::Model& m, double tp, double ep, double etp);

// Embedding (or head) parameters of one rank. Vocabulary is split over tp without padding.
double embedding_parameters(const spec::Model& m, double tp);

// Exact totals, biases and norms included; compare with published counts.
struct ParameterTotals {
  double total = 0;
  double active = 0;  // total minus the experts that a token does not meet
  double embedding_and_head = 0;
};
ParameterTotals total_parameters(const spec::Model& m);

// Forward and backward FLOPs per token: 6 per matrix parameter that a token meets (LM head in, embedding out) and
// 6 s a d L for causal attention (12 counted as not causal). Korthikanti et al. 2022 (arXiv 2205.05198), eq. 5-7.
double flops_per_token(const spec::Model& m, double seq_length, bool causal = true);

// Bytes of keys and values per token in bf16, all layers: 2 k d per layer, MLA kv_lora_rank + rope.
double kv_bytes_per_token(const spec::Model& m, double bytes_per_element = 2);

}  // namespace shardplan::model
