// Field tables of catalog/hf_config.h. A config.json is not ours: fields that we do not use are left alone.
#pragma once

#include "catalog/hf_config.h"
#include "json/meta.h"

#define SHARDPLAN_DESCRIBE_OPEN(T, NAME)       \
  template <>                                  \
  struct Describe<T> {                         \
    static constexpr const char* kName = NAME; \
    static constexpr bool kOpen = true;        \
    static Fields fields();                    \
  }

namespace shardplan::json {

SHARDPLAN_DESCRIBE_OPEN(catalog::HfAttentionConfig, "hf_attention_config");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfFfnConfig, "hf_ffn_config");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfWeightFormat, "hf_weight_format");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfWeightGroup, "hf_weight_group");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfQuantizationConfig, "hf_quantization_config");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfDecoder, "hf_decoder");
SHARDPLAN_DESCRIBE_OPEN(catalog::HfConfig, "hf_config");

}  // namespace shardplan::json

#undef SHARDPLAN_DESCRIBE_OPEN
