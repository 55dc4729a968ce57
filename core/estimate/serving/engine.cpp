#include "estimate/serving/engine.h"

#include <algorithm>
#include <cmath>

#include "base/units.h"
#include "estimate/serving/memory.h"

namespace shardplan::estimate::serving {
namespace {

constexpr double kMostPromptsInChunk = 16;
constexpr double kGraphTokens = 4096;  // chunks below it lose less between kernels

KernelTimes prompt_kernels(const Deployment& d, const spec::ServingLayout& l, const spec::ServingPrecision& p,
                           const std::vector<Chunk>& chunks) {
  KernelTimes sum;
  for (const Chunk& c : chunks) sum += kernel_times(d, l, p, {0, 1, {c}});
  return sum;
}

// Steps with the prompt's pieces, less the same steps without them; short prompts share a step.
KernelTimes mixed_kernels(const Deployment& d, const spec::ServingLayout& l, const spec::ServingPrecision& p,
                          const Load& load, StepBatch batch, const KernelTimes& decode,
                          const std::vector<Chunk>& chunks) {
  const double budget = d.engine().chunk_tokens, fresh = load.shape.input_tokens - load.shape.cached_tokens;
  double together = fresh < budget ? std::clamp(budget / fresh, 1.0, kMostPromptsInChunk) : 1;
  if (!load.keeps_chunks_full) together = std::max(1.0, std::min(together, batch.sequences / 2));
  KernelTimes sum;
  for (const Chunk& c : chunks) {
    batch.chunks = {{c.fresh, c.cached, together}};
    sum += kernel_times(d, l, p, batch) - decode;
  }
  return (1 / together) * sum;
}

// Drafts are made one after the other, after the last stage; the draft reads the prompts as well.
void take_draft(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& precision,
                const StepBatch& batch, const std::vector<Chunk>& chunks, Profile& p) {
  const Speculation& s = d.problem.speculation;
  spec::ServingLayout whole = layout;
  whole.pp = 1;
  const spec::ServingPrecision of_draft = draft_precision(d, precision);
  p.draft = (s.tokens / p.pp) * kernel_times(*d.draft, whole, of_draft, {batch.sequences, batch.context, {}});
  p.draft_layers = s.tokens / p.pp * d.draft->model().num_hidden_layers;
  const KernelTimes prompt = (1 / p.pp) * prompt_kernels(*d.draft, whole, of_draft, chunks);
  p.prompt += prompt;
  p.mixed += prompt;
}

double decode_kernels_s(const KernelTimes& t, const spec::ServingPhysics& w) {
  return t.gemm_s + w.decode_attention * t.attention_s + w.decode_experts * t.experts_s + t.communication_s +
         t.elementwise_s + t.head_s;
}

double prompt_kernels_s(const KernelTimes& t, const spec::ServingPhysics& w) {
  return t.gemm_s + w.prefill_attention * t.attention_s + w.prefill_experts * t.experts_s +
         w.prefill_communication * t.communication_s + t.elementwise_s + t.head_s;
}

}  // namespace

Profile profile(const Deployment& d, const spec::ServingLayout& layout, const spec::ServingPrecision& precision,
                const Load& load) {
  Profile p;
  p.shape = load.shape;
  p.pp = layout.pp;
  p.layers = static_cast<double>(d.model().num_hidden_layers) / layout.pp;
  p.sequences = load.sequences;
  p.mixes = d.engine().mixes_prefill;
  const double each = load.sequences / layout.pp;
  const double context = load.shape.input_tokens + load.shape.output_tokens / 2;
  const std::vector<Chunk> chunks =
      chunks_of(load.shape.input_tokens - load.shape.cached_tokens, load.shape.cached_tokens, d.engine().chunk_tokens);
  p.chunks = std::max<double>(1, static_cast<double>(chunks.size()));
  const Speculation& speculation = d.problem.speculation;
  const StepBatch batch{each, context, {}, 1.0 + speculation.tokens};
  p.tokens_per_step = speculation.tokens_per_step();
  p.decode = kernel_times(d, layout, precision, batch);
  p.prompt = prompt_kernels(d, layout, precision, chunks);
  p.reading = p.chunks * kernel_times(d, layout, precision, {0, 1, {{1, 0, 1}}});
  p.mixed = p.mixes ? mixed_kernels(d, layout, precision, load, batch, p.decode, chunks) : p.prompt;
  if (speculation.tokens > 0) {
    // Measured kernels are not always slower with more rows; verifying is never taken to be faster than decoding.
    const StepBatch plain{each, context, {}};
    const KernelTimes decode = kernel_times(d, layout, precision, plain);
    if (p.mixes) p.mixed = larger(p.mixed, mixed_kernels(d, layout, precision, load, plain, decode, chunks));
    p.decode = larger(p.decode, decode);
  }
  if (d.draft != nullptr) take_draft(d, layout, precision, batch, chunks, p);
  return p;
}

double decode_step_s(const Profile& p, const Constants& c) {
  const spec::ServingEngine& e = c.engine;
  return c.generation.decode * (decode_kernels_s(p.decode, c.physics) + decode_kernels_s(p.draft, c.physics)) +
         kMicro * (e.layer_us * (p.layers + p.draft_layers) + e.step_us + e.sequence_us * p.sequences / p.pp);
}

double token_s(const Profile& p, const Constants& c) { return p.pp * decode_step_s(p, c) / p.tokens_per_step; }

double prompt_alone_s(const Profile& p, const Constants& c) {
  return c.generation.prefill * prompt_kernels_s(p.prompt - p.reading, c.physics) +
         c.generation.decode * decode_kernels_s(p.reading, c.physics) +
         kMicro * p.chunks * (c.physics.prefill_layer_us * p.layers + c.engine.step_us);
}

double prompt_added_s(const Profile& p, const Constants& c) {
  return c.generation.prefill * prompt_kernels_s(p.mixed, c.physics) +
         kMicro * p.chunks * c.physics.prefill_layer_us * p.layers *
             std::min(1.0, (p.shape.input_tokens - p.shape.cached_tokens) / kGraphTokens);
}

Latency closed_loop(const Profile& p, const Constants& c, double concurrency, double wait) {
  const double step = decode_step_s(p, c), added = prompt_added_s(p, c);
  const double others = std::max(0.0, concurrency - 1);
  const double ahead = std::min(others, c.harness.queue_share * others + std::min(c.harness.met_on_arrival, others));
  Latency l;
  l.tpot_s = p.pp * step / p.tokens_per_step + (others - ahead) * added / p.shape.output_tokens;
  l.ttft_s = kMicro * c.harness.first_token_us + (others > 0 ? step / 2 : 0) + p.pp * prompt_alone_s(p, c) +
             ahead * added + (p.mixes ? p.chunks * step : 0);
  l.ttft_s += c.harness.wait_steps * l.tpot_s;
  l.ttft_s += wait * (l.ttft_s + (p.shape.output_tokens - 1) * l.tpot_s);
  return l;
}

double offline_tokens_per_s(const Profile& p, const Constants& c) {
  const double each = p.sequences / p.pp;
  const double cycle = (p.shape.output_tokens / p.tokens_per_step * decode_step_s(p, c) + each * prompt_added_s(p, c)) *
                       (1 + c.physics.stage_loss * (p.pp - 1));
  return c.engine.utilisation * each * p.shape.output_tokens / cycle;
}

double static_batch_tokens_per_s(const Profile& p, const Constants& c) {
  return p.sequences * p.shape.output_tokens /
         (p.pp * (prompt_alone_s(p, c) + (p.shape.output_tokens - 1) / p.tokens_per_step * decode_step_s(p, c)));
}

double decoding_sequences(const Latency& l, double output_tokens, double concurrency) {
  const double decoding = std::max(0.0, output_tokens - 1) * l.tpot_s;
  return std::max(1.0, concurrency * decoding / std::max(l.ttft_s + decoding, 1e-12));
}

}  // namespace shardplan::estimate::serving
