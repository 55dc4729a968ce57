// What inference kernels, links and serving engines reach: presets/serving.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace shardplan::spec {

// Percent of the roofline's time that GEMMs of inference frameworks take, on a grid of ascending sides, k fastest.
struct ServingGemms {
  std::vector<double> m, n, k;
  std::vector<double> bf16, fp8, fp8_block, nvfp4;  // empty: not measured

  bool operator==(const ServingGemms&) const = default;
};

// The same for one rank's grouped GEMMs of gated experts (both of them), over logarithms of rows per expert in use,
// experts in use, and hidden size x width of one rank's part of an expert.
struct ServingExperts {
  std::vector<double> rows_log2, experts_log2, weights_log2;
  std::vector<double> bf16, fp8, fp8_block, nvfp4;

  bool operator==(const ServingExperts&) const = default;
};

// Latent attention by type of its cache. Decode: microseconds, share of the memory bandwidth, share of the bf16 peak.
// Prompts: microseconds, bytes per token and head besides, share of the bf16 peak.
struct ByCache {
  std::vector<double> bf16, fp8;

  bool operator==(const ByCache&) const = default;
};
struct LatentAttention {
  ByCache decode, prefill;

  bool operator==(const LatentAttention&) const = default;
};

// Microseconds of a collective, by bytes.
struct MessageTimes {
  int ranks = 0;
  std::vector<double> us;

  bool operator==(const MessageTimes&) const = default;
};
struct ServingCollectives {
  std::vector<double> bytes;
  std::vector<MessageTimes> all_reduce, all_gather, reduce_scatter;

  bool operator==(const ServingCollectives&) const = default;
};

// Dispatch and combine of expert parallelism's low-latency kernels, per row of 7,168 elements sent by a rank.
struct ExpertDispatch {
  int nodes = 1;
  double t0_us = 0;
  double us_per_row = 0;

  bool operator==(const ExpertDispatch&) const = default;
};

// Measured kernels of one chip. Others of its generation use them at their own data sheet's rates.
struct ServingKernelTable {
  std::string id;
  std::string accelerator;
  std::string generation;  // whose other accelerators use it; empty: none
  bool pcie = false;       // the collectives crossed PCIe
  ServingGemms gemm;
  ServingExperts experts;
  LatentAttention latent_attention;
  ServingCollectives collectives;
  std::vector<ExpertDispatch> dispatch;
  std::string source;

  bool operator==(const ServingKernelTable&) const = default;
};

// Fitted: kernel time in a running engine against the tables.
struct ServingGeneration {
  std::string id;
  std::vector<std::string> accelerators;  // that differ from the rest of their generation; empty: the whole generation
  double decode = 1;
  double prefill = 1.05;
  bool calibrated = false;

  bool operator==(const ServingGeneration&) const = default;
};

// Fitted: what an engine adds to its kernels.
struct ServingEngine {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
  double layer_us = 20;          // per layer and decode step, between kernels
  double step_us = 700;          // per step: scheduler, sampler
  double sequence_us = 20;       // per sequence and step
  double utilisation = 0.9;      // of an engine that always has requests waiting: ramps, tails
  bool mixes_prefill = true;     // decodes share a step with prompts (chunked prefill)
  double chunk_tokens = 8192;    // most tokens of a step
  double memory_share = 0.93;    // of the memory that weights and cache may take ...
  bool share_of_free = false;    // ... or of what is free once the weights are there
  double activations_gb = 1.5;   // activations, CUDA graphs and workspaces
  double most_sequences = 1024;  // of a batch, where nobody says
  bool offered = true;           // to people who plan; others only occur in measured rows
  std::string source;

  bool operator==(const ServingEngine&) const = default;
};

// Fitted: how a load generator's arrivals meet, and what stands between it and the engine.
struct ServingHarness {
  std::string id;
  double first_token_us = 30000;  // HTTP, tokenizer, first schedule, start of the run
  double met_on_arrival = 0.5;    // prompts of others in the way, whatever the concurrency
  double queue_share = 0.08;      // of the other requests' prompts that a request waits for
  double wait_steps = 0;          // decode steps that the scheduler lets pass before it looks at a new request

  bool operator==(const ServingHarness&) const = default;
};

// Fitted, whatever the engine and the GPU.
struct ServingPhysics {
  double decode_attention = 1;  // weights on kernel times of decode steps ...
  double decode_experts = 1;
  double prefill_attention = 1;  // ... and of prompts
  double prefill_experts = 1;
  double prefill_communication = 1;
  double stage_loss = 0.03;      // offline throughput lost per further pipeline stage
  double prefill_layer_us = 30;  // per layer and chunk of a prompt, outside CUDA graphs

  bool operator==(const ServingPhysics&) const = default;
};

// Of a quantity (ttft, tpot, throughput) in one kind of run, for dense models or mixtures (empty: both).
struct ServingInterval {
  std::string id;
  std::string kind, architecture;
  std::string scope;  // known, new model, new gpu
  std::string level;
  std::string basis;
  int runs = 0;
  double median_error_pct = 0;
  double low = 0.8;  // 80 % of measured / predicted
  double high = 1.25;

  bool operator==(const ServingInterval&) const = default;
};

struct ServingRecord {
  std::vector<std::string> models;
  std::string source;
};

struct ServingCalibration {
  std::vector<std::shared_ptr<const ServingKernelTable>> kernels;
  std::vector<ServingGeneration> generations;
  std::vector<ServingEngine> engines;
  std::vector<ServingHarness> harnesses;
  ServingPhysics physics;
  std::vector<ServingInterval> intervals;
  std::vector<std::string> models;  // that took part in the fit
};

}  // namespace shardplan::spec
