#include "measured/run.h"

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "base/units.h"
#include "measured/fine_tuning_rows.h"
#include "measured/sources.h"
#include "model/parameters.h"

namespace shardplan::measured {
namespace {

using spec::MeasuredRow;

bool has(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }

int whole(double x, int otherwise) { return x > 0 ? static_cast<int>(std::lround(x)) : otherwise; }

// A model that is known by its layers, width and heads only.
std::optional<spec::Model> model_by_shape(const MeasuredRow& row) {
  if (row.layers <= 0 || row.hidden <= 0 || row.heads <= 0 || row.experts > 0) return std::nullopt;
  spec::Model m;
  m.id = m.name = row.model;
  m.num_hidden_layers = whole(row.layers, 0);
  m.hidden_size = whole(row.hidden, 0);
  m.num_attention_heads = whole(row.heads, 0);
  m.num_key_value_heads = whole(row.kv_heads, m.num_attention_heads);
  m.head_dim = m.hidden_size / m.num_attention_heads;
  m.vocab_size = whole(row.vocab, 51200);
  const std::string name = lower_case(row.model);
  // GPT, BLOOM, MPT and Nemotron have two MLP matrices and share embedding and head; the llama family has three and
  // does not.
  m.gated_mlp = !(has(name, "gpt") || has(name, "bloom") || has(name, "mpt") || has(name, "megatron") ||
                  has(name, "turing") || has(name, "nemotron") || has(name, "bert"));
  m.tie_word_embeddings = !m.gated_mlp && !has(name, "nemotron");
  m.intermediate_size = whole(row.ffn, 4 * m.hidden_size);
  return m;
}

Result<spec::Model> model_of(const catalog::Catalog& catalog, const MeasuredRow& row) {
  const std::optional<spec::Model> shaped = model_by_shape(row);
  const auto named = catalog::find_model(catalog, model_name(row), "/model");
  if (!named) {
    if (shaped) return *shaped;
    return fail("/model", "The model '" + row.model + "' is not known, and the row does not state its shape.");
  }
  spec::Model m = *named->model;
  if (shaped && (m.hidden_size != shaped->hidden_size || m.num_attention_heads != shaped->num_attention_heads))
    return *shaped;
  if (row.layers > 0) m.num_hidden_layers = whole(row.layers, 0);
  if (row.kv_heads > 0 && !model::is_mla(m)) m.num_key_value_heads = whole(row.kv_heads, 0);
  return m;
}

Result<spec::Cluster> cluster_of(const catalog::Catalog& catalog, const MeasuredRow& row) {
  const auto accelerator = catalog::find_accelerator(catalog, row.gpu, "/gpu");
  if (!accelerator) return tl::unexpected<Diagnostics>(accelerator.error());
  if (row.gpus <= 0) return fail("/gpus", "The row does not state how many GPUs ran.");
  spec::Cluster c;
  c.accelerator = **accelerator;
  c.gpus = whole(row.gpus, 1);
  c.gpus_per_node = whole(row.gpus_per_node, 8);
  c.scaleup_domain = c.accelerator.scaleup_domain;
  c.nic_gb_per_s = catalog::best_nic_gb_per_s(catalog, c.accelerator);
  return c;
}

std::optional<spec::Precision> precision_of(const MeasuredRow& row, const spec::Accelerator& accelerator) {
  using spec::Precision;
  const std::string p =
      lower_case(row.precision + (has(row.other_flags, "MXFP8") || has(row.other_flags, "mxfp8") ? " mxfp8" : ""));
  const bool blackwell = accelerator.peak_dense_tflops.fp4 > 0;
  if (has(p, "nvfp4")) return Precision::kNvfp4;
  if (has(p, "mx")) return Precision::kMxfp8;
  if (has(p, "fine-grained")) return blackwell ? Precision::kMxfp8 : Precision::kFp8Blockwise;
  if (has(p, "fp8")) return Precision::kFp8;
  if (has(p, "fp16") && !has(p, "bf16")) return Precision::kFp16;
  if (has(p, "bf16") || p.empty()) return Precision::kBf16;
  if (has(p, "fp32")) return Precision::kFp32;
  return std::nullopt;
}

spec::Recompute recompute_of(const std::string& text) {
  spec::Recompute r;
  const auto modules = [&] {
    r.mode = spec::RecomputeMode::kSelective;
    r.core_attn = has(text, "core_attn") || has(text, "attention core");
    r.layernorm = has(text, "layernorm");
    r.mlp = has(text, "\"mlp\"") || text == "mlp";
    r.moe_act = has(text, "moe_act");
    r.mla_up_proj = has(text, "mla_up_proj");
    if (!r.core_attn && !r.layernorm && !r.mlp && !r.moe_act && !r.mla_up_proj) r = {};
  };
  if (text.rfind("full", 0) == 0 && !has(text, "layers")) {
    r.mode = spec::RecomputeMode::kFull;
  } else if (has(text, "selective") || has(text, "modules=") || has(text, "core_attn")) {
    modules();
  }
  return r;
}

spec::Sharding sharding_of(const std::string& text) {
  if (has(text, "ZeRO-0") || text == "none") return spec::Sharding::kZero0;
  if (has(text, "ZeRO-2")) return spec::Sharding::kZero2;
  if (has(text, "ZeRO-3")) return spec::Sharding::kZero3;
  if (has(text, "dist-opt")) return spec::Sharding::kZero1;
  if (has(text, "FSDP")) return spec::Sharding::kFsdp;
  return spec::Sharding::kZero1;
}

MemoryKind memory_kind_of(const std::string& text) {
  if (text == "allocated, worst rank") return MemoryKind::kAllocatedWorst;
  if (text == "allocated, last stage") return MemoryKind::kAllocatedLast;
  if (text == "reserved, worst rank") return MemoryKind::kReservedWorst;
  if (text == "nvidia-smi") return MemoryKind::kNvidiaSmi;
  return MemoryKind::kNone;
}

double step_time_of(const MeasuredRow& row) {
  if (row.step_time_s > 0) return row.step_time_s;
  if (row.tokens_per_s_per_gpu > 0) return row.gbs * row.seq / (row.tokens_per_s_per_gpu * row.gpus);
  return 0;
}

// Largest power of two below the expert count that the row's own EP would have to be; rows state EP or mean 1.
spec::Strategy strategy_of(const MeasuredRow& row, const spec::Cluster& cluster) {
  spec::Strategy s;
  s.tp = whole(row.tp, 1);
  s.pp = whole(row.pp, 1);
  s.vpp = s.pp > 1 ? whole(row.vpp, 1) : 1;
  s.cp = whole(row.cp, 1);
  s.ep = whole(row.ep, 1);
  s.etp = whole(row.etp, 1);
  s.mbs = whole(row.mbs, 1);
  s.gbs = whole(row.gbs, 1);
  s.dp = static_cast<int>(std::lround(static_cast<double>(cluster.gpus) / (s.tp * s.pp * s.cp)));
  s.sp = row.sp.empty() ? s.tp > 1 : row.sp == "1";
  s.schedule = s.vpp > 1 ? spec::Schedule::kInterleaved : spec::Schedule::kOneForwardOneBackward;
  s.sharding = sharding_of(row.zero_or_fsdp);
  s.recompute = recompute_of(row.recompute);
  return s;
}

Diagnostics not_stated(const MeasuredRow& row) {
  Diagnostics missing;
  const auto need = [&](double value, const char* what) {
    if (value <= 0)
      missing.push_back({std::string("/") + what, std::string("The row does not state ") + what + ".", ""});
  };
  need(row.seq, "seq");
  need(row.gbs, "gbs");
  return missing;
}

}  // namespace

spec::Stack with_settings(spec::Stack stack, const StackSettings& s) {
  if (s.cuda_graphs) stack.cuda_graphs = *s.cuda_graphs;
  if (s.tp_comm_overlap == false) stack.tp_overlap = stack.tp_overlap_moe = stack.tp_overlap_nvfp4 = 0;
  if (s.fsdp_gradient_bytes) stack.fsdp_gradient_bytes = *s.fsdp_gradient_bytes;
  if (s.recompute_stops_early) stack.recompute_stops_early = *s.recompute_stops_early;
  if (s.unfused_attention) stack.unfused_attention = *s.unfused_attention;
  if (s.logit_memory_bytes) stack.memory.logit_bytes = *s.logit_memory_bytes;
  if (s.hidden_dropout) stack.memory.hidden_dropout = *s.hidden_dropout;
  if (s.attention_dropout) stack.memory.attention_dropout = *s.attention_dropout;
  if (s.weight_gradient_dummies) stack.memory.keeps_weight_gradient_dummies = *s.weight_gradient_dummies;
  if (s.embedding_units) stack.memory.embedding_units = *s.embedding_units;
  return stack;
}

estimate::Problem problem_of(const catalog::Catalog& catalog, const Run& run) {
  const auto found = catalog::find_stack(catalog, run.stack_id, "/stack");
  const spec::Stack stack = with_settings(found ? **found : spec::Stack{}, run.settings);
  const spec::Generation generation = catalog::generation_of(catalog, run.cluster.accelerator);
  return {run.model, run.cluster, run.training,
          stack,     generation,  catalog::intervals_of(catalog, stack, model::is_moe(run.model), generation)};
}

Result<Run> run_of(const catalog::Catalog& catalog, const MeasuredRow& given) {
  MeasuredRow row = given;
  if (is_fine_tuning(row))
    if (Diagnostics unusable = complete_fine_tuning(row); !unusable.empty())
      return tl::unexpected<Diagnostics>(std::move(unusable));
  Diagnostics problems = not_stated(row);
  auto model = model_of(catalog, row);
  auto cluster = cluster_of(catalog, row);
  for (const Diagnostics* more : {model ? nullptr : &model.error(), cluster ? nullptr : &cluster.error()})
    if (more != nullptr) problems.insert(problems.end(), more->begin(), more->end());
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));

  const auto precision = precision_of(row, cluster->accelerator);
  if (!precision) return fail("/precision", "The precision '" + row.precision + "' is not known.");
  Run run;
  run.row = row;
  run.model = *std::move(model);
  run.cluster = *std::move(cluster);
  run.strategy = strategy_of(row, run.cluster);
  run.training = {.seq_length = whole(row.seq, 0), .gbs = whole(row.gbs, 0), .precision = *precision};
  run.strategy.precision = *precision;
  // Rank and targets are not stated: the base is frozen, the adapters count for nothing.
  if (has(lower_case(row.other_flags + row.model + row.flags), "lora"))
    run.training.fine_tuning.method = spec::Method::kLora;
  run.step_time_s = step_time_of(row);
  run.memory_kind = memory_kind_of(row.memory_kind);
  if (run.memory_kind != MemoryKind::kNone) run.memory_bytes = row.peak_mem_gb * kGiga;

  Diagnostics source_problems = apply_source(catalog, run);
  if (!source_problems.empty()) return tl::unexpected<Diagnostics>(std::move(source_problems));
  const spec::Strategy& s = run.strategy;
  if (s.dp < 1 || spec::num_microbatches(s) < 0.99)
    return fail("/gbs", "The degrees need more than the row's " + number_text(row.gpus) + " GPUs or its batch of " +
                            number_text(row.gbs) + " sequences.");
  run.strategy.precision = run.training.precision;
  return run;
}

}  // namespace shardplan::measured
