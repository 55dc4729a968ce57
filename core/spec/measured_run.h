// Rows of the measured-runs formats (docs: presets/measured/README.md): what somebody ran, and what it took.
#pragma once

#include <string>

namespace shardplan::spec {

struct MeasuredRow {
  int line = 0;  // of the file, for messages

  std::string id, source, family, model, gpu, interconnect, precision, zero_or_fsdp, recompute, optimizer, other_flags,
      notes, flags, memory_kind, status, stack, method, quant, kind;
  // Numbers; 0 where the row does not state them.
  double params_b = 0, layers = 0, hidden = 0, heads = 0, kv_heads = 0, ffn = 0, vocab = 0, experts = 0, top_k = 0,
         gpus = 0, gpus_per_node = 0, seq = 0, gbs = 0, mbs = 0, tp = 0, pp = 0, vpp = 0, cp = 0, ep = 0, etp = 0,
         dp = 0;
  std::string sp;  // "1", "0" or not stated
  double tokens_per_s_per_gpu = 0, tflops_per_gpu = 0, step_time_s = 0, mfu = 0, peak_mem_gb = 0;
  // Fine-tuning: time of so many samples as the source says, and all tokens per second.
  double time_s = 0, tokens_per_s = 0;
  // Beside a run: reserved memory, bus bandwidth of an all-reduce over all GPUs, and the network that it ran on.
  double mem_reserved_gib = 0, ar_gbps = 0;
  std::string net_regime;
  std::string use_for_step_time, use_for_memory;
};

// A row of measured serving. Numbers are 0 where the row does not state them.
struct InferenceRow {
  int line = 0;

  std::string id, source, model, gpu, precision_weights, kv_precision, notes, framework, mode, quality, gpu_id,
      model_id;
  double gpus = 0, tp = 0, pp = 0, ep = 0, dp = 0, isl = 0, osl = 0, concurrency_or_batch = 0, tokens_per_s_total = 0,
         tokens_per_s_per_gpu = 0, ttft_ms = 0, tpot_ms = 0, derived_out_tps_per_gpu = 0;
};

}  // namespace shardplan::spec
