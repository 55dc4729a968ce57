#include "json/serving_fields.h"

namespace shardplan::json {
namespace {

template <class E>
constexpr int as_int(E e) {
  return static_cast<int>(e);
}

}  // namespace

std::span<const EnumEntry> DescribeEnum<spec::WeightFormat>::entries() {
  using enum spec::WeightFormat;
  static constexpr EnumEntry table[] = {
      {as_int(kBf16), "bf16"},
      {as_int(kBf16), "bfloat16", "", true},
      {as_int(kBf16), "fp16", "", true},
      {as_int(kBf16), "float16", "", true},
      {as_int(kFp8), "fp8", "per-tensor scales"},
      {as_int(kFp8Block), "fp8_block", "blocks of 128"},
      {as_int(kInt8), "int8"},
      {as_int(kInt4), "int4", "weights only: AWQ, GPTQ"},
      {as_int(kInt4), "awq", "", true},
      {as_int(kInt4), "gptq", "", true},
      {as_int(kNvfp4), "nvfp4"},
      {as_int(kNvfp4), "fp4", "", true},
      {as_int(kMxfp4), "mxfp4"},
  };
  return table;
}

std::span<const EnumEntry> DescribeEnum<spec::KvFormat>::entries() {
  using enum spec::KvFormat;
  static constexpr EnumEntry table[] = {{as_int(kBf16), "bf16"},
                                        {as_int(kBf16), "bfloat16", "", true},
                                        {as_int(kBf16), "fp16", "", true},
                                        {as_int(kFp8), "fp8"},
                                        {as_int(kFp8), "fp8_e4m3", "", true}};
  return table;
}

Fields Describe<spec::ServingGemms>::fields() {
  using G = spec::ServingGemms;
  static constexpr Field table[] = {
      field<&G::m>("m", "Tokens.").required(),
      field<&G::n>("n").required(),
      field<&G::k>("k").required(),
      field<&G::bf16>("bf16", "Measured time over the roofline's, per cent; k fastest."),
      field<&G::fp8>("fp8"),
      field<&G::fp8_block>("fp8_block"),
      field<&G::nvfp4>("nvfp4"),
  };
  return table;
}

Fields Describe<spec::ServingExperts>::fields() {
  using E = spec::ServingExperts;
  static constexpr Field table[] = {
      field<&E::rows_log2>("rows_log2", "Rows per expert in use.").required(),
      field<&E::experts_log2>("experts_log2", "Experts in use on a rank.").required(),
      field<&E::weights_log2>("weights_log2", "Hidden size x width of a rank's part of an expert.").required(),
      field<&E::bf16>("bf16", "Measured time over the roofline's, per cent."),
      field<&E::fp8>("fp8"),
      field<&E::fp8_block>("fp8_block"),
      field<&E::nvfp4>("nvfp4"),
  };
  return table;
}

Fields Describe<spec::ByCache>::fields() {
  using C = spec::ByCache;
  static constexpr Field table[] = {field<&C::bf16>("bf16"), field<&C::fp8>("fp8")};
  return table;
}

Fields Describe<spec::LatentAttention>::fields() {
  using L = spec::LatentAttention;
  static constexpr Field table[] = {
      field<&L::decode>("decode", "Microseconds, share of the bandwidth, share of the bf16 peak."),
      field<&L::prefill>("prefill", "Microseconds, bytes per token and head, share of the bf16 peak."),
  };
  return table;
}

Fields Describe<spec::MessageTimes>::fields() {
  using T = spec::MessageTimes;
  static constexpr Field table[] = {field<&T::ranks>("ranks").required(), field<&T::us>("us").required()};
  return table;
}

Fields Describe<spec::ServingCollectives>::fields() {
  using C = spec::ServingCollectives;
  static constexpr Field table[] = {
      field<&C::bytes>("bytes").required(),
      field<&C::all_reduce>("all_reduce"),
      field<&C::all_gather>("all_gather"),
      field<&C::reduce_scatter>("reduce_scatter"),
  };
  return table;
}

Fields Describe<spec::ExpertDispatch>::fields() {
  using D = spec::ExpertDispatch;
  static constexpr Field table[] = {
      field<&D::nodes>("nodes"),
      field<&D::t0_us>("t0_us"),
      field<&D::us_per_row>("us_per_row", "Per row of 7,168 elements."),
  };
  return table;
}

Fields Describe<spec::ServingKernelTable>::fields() {
  using K = spec::ServingKernelTable;
  static constexpr Field table[] = {
      field<&K::id>("id").required(),
      field<&K::accelerator>("accelerator").required(),
      field<&K::generation>("generation", "Whose other accelerators use the table.").omit_default(),
      field<&K::pcie>("pcie", "The collectives crossed PCIe.").omit_default(),
      field<&K::gemm>("gemm").required(),
      field<&K::experts>("experts").required(),
      field<&K::latent_attention>("latent_attention"),
      field<&K::collectives>("collectives").required(),
      field<&K::dispatch>("dispatch"),
      field<&K::source>("source"),
  };
  return table;
}

Fields Describe<spec::ServingGeneration>::fields() {
  using G = spec::ServingGeneration;
  static constexpr Field table[] = {
      field<&G::id>("id").required(),
      field<&G::accelerators>("accelerators", "That differ from the rest of their generation.").omit_default(),
      field<&G::decode>("decode", "Kernel time of decode steps in a running engine against the tables."),
      field<&G::prefill>("prefill", "The same of prompts."),
      field<&G::calibrated>("calibrated", "Measured runs took part in the fit."),
  };
  return table;
}

Fields Describe<spec::ServingEngine>::fields() {
  using E = spec::ServingEngine;
  static constexpr Field table[] = {
      field<&E::id>("id").required(),
      field<&E::name>("name").required(),
      field<&E::aliases>("aliases").omit_default(),
      field<&E::layer_us>("layer_us", "Per layer and decode step, between kernels."),
      field<&E::step_us>("step_us", "Per step: scheduler, sampler."),
      field<&E::sequence_us>("sequence_us", "Per sequence and step."),
      field<&E::utilisation>("utilisation", "Of an engine that always has requests waiting."),
      field<&E::mixes_prefill>("mixes_prefill", "Decodes share a step with prompts (chunked prefill)."),
      field<&E::chunk_tokens>("chunk_tokens", "Most tokens of a step."),
      field<&E::memory_share>("memory_share", "Of the memory that weights and cache may take ..."),
      field<&E::share_of_free>("share_of_free", "... or of what is free once the weights are there."),
      field<&E::activations_gb>("activations_gb", "Activations, CUDA graphs and workspaces."),
      field<&E::most_sequences>("most_sequences", "Of a batch, where nobody says."),
      field<&E::offered>("offered", "To people who plan; others only occur in measured runs."),
      field<&E::source>("source").omit_default(),
  };
  return table;
}

Fields Describe<spec::ServingHarness>::fields() {
  using H = spec::ServingHarness;
  static constexpr Field table[] = {
      field<&H::id>("id").required(),
      field<&H::first_token_us>("first_token_us", "HTTP, tokenizer, first schedule, start of the run."),
      field<&H::met_on_arrival>("met_on_arrival", "Prompts of others in the way, whatever the concurrency."),
      field<&H::queue_share>("queue_share", "Of the other requests' prompts that a request waits for."),
  };
  return table;
}

Fields Describe<spec::ServingPhysics>::fields() {
  using P = spec::ServingPhysics;
  static constexpr Field table[] = {
      field<&P::decode_attention>("decode_attention", "Weight on attention's kernel time in decode steps."),
      field<&P::decode_experts>("decode_experts"),
      field<&P::prefill_attention>("prefill_attention", "The same of prompts."),
      field<&P::prefill_experts>("prefill_experts"),
      field<&P::prefill_communication>("prefill_communication"),
      field<&P::stage_loss>("stage_loss", "Offline throughput lost per further pipeline stage."),
      field<&P::prefill_layer_us>("prefill_layer_us", "Per layer and chunk of a prompt, outside CUDA graphs."),
  };
  return table;
}

Fields Describe<spec::ServingRecord>::fields() {
  using R = spec::ServingRecord;
  static constexpr Field table[] = {
      field<&R::models>("models", "That took part in the fit.").required(),
      field<&R::source>("source"),
  };
  return table;
}

Fields Describe<spec::ServingInterval>::fields() {
  using I = spec::ServingInterval;
  static constexpr Field table[] = {
      field<&I::id>("id").required(),
      field<&I::kind>("kind", "Of runs.").required(),
      field<&I::architecture>("architecture", "dense or moe; both where it is left out."),
      field<&I::scope>("scope", "known, new model or new gpu: what took part in the fit.").required(),
      field<&I::level>("level", "high, medium or low.").required(),
      field<&I::basis>("basis", "What the interval rests on.").required(),
      field<&I::runs>("runs"),
      field<&I::median_error_pct>("median_error_pct"),
      field<&I::low>("low", "80 % of measured / predicted lie above this ..."),
      field<&I::high>("high", "... and below this."),
  };
  return table;
}

}  // namespace shardplan::json
