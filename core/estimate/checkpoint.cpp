#include "estimate/checkpoint.h"

#include "estimate/memory.h"
#include "model/parameters.h"

namespace shardplan::estimate {

CheckpointBytes checkpoint_bytes(const Context& c, const spec::Strategy& s) {
  spec::Strategy on_the_gpu = s;  // states on the host are saved as well
  on_the_gpu.offload_optimizer = false;
  const StateBytes bytes = state_bytes(c, on_the_gpu);
  const spec::Model& m = c.model();
  const model::LayerParameters layer = model::layer_parameters(m, 1, 1, 1);
  const double multi_token_layer =
      layer.attention + layer.norms +
      (model::is_moe(m) ? layer.shared_experts + layer.router + layer.experts : layer.dense_mlp);
  const double parameters = model::total_parameters(m).total + c.training().mtp_layers * multi_token_layer;
  return {parameters * bytes.parameter, parameters * bytes.optimizer};
}

CheckpointTime checkpoint_time(double bytes, const Storage& storage, int gpus, bool asynchronous) {
  CheckpointTime t;
  t.write_s = bytes / storage.write_bytes_per_s;
  t.read_s = bytes / storage.read_bytes_per_s;
  t.stall_s = t.write_s;
  if (asynchronous) {
    t.stall_s = storage.block_s + bytes / gpus / storage.host_copy_bytes_per_s;
    t.delay_s = t.write_s;
  }
  return t;
}

}  // namespace shardplan::estimate
