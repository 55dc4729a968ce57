// Collectives of inference engines: short messages on their own kernels, as measured. Above: estimate/serving.
#pragma once

#include <memory>
#include <vector>

#include "spec/cluster.h"
#include "spec/serving_calibration.h"

namespace shardplan::topology {

class ServingCollectives {
 public:
  // `own`: the table of the accelerator or its generation; `pcie`: of a board without a scale-up link.
  ServingCollectives(const spec::Cluster& cluster, std::shared_ptr<const spec::ServingKernelTable> own,
                     std::shared_ptr<const spec::ServingKernelTable> pcie);

  // Ranks are neighbours. Bytes are those of the whole message.
  double all_reduce_s(double ranks, double bytes) const;
  double all_gather_s(double ranks, double bytes) const;
  double reduce_scatter_s(double ranks, double bytes) const;
  // Dispatch and combine of expert parallelism over `ranks`: the cheaper of gathering all tokens and of sending each
  // row to its experts. `tokens` are those of one rank, `hidden` wide, rows of `element_bytes` there, 2 bytes back.
  double expert_exchange_s(double ranks, double tokens, double hidden, double top_k, double element_bytes) const;
  // From one rank to the next one `extent` ranks away.
  double send_s(double extent, double bytes) const;

 private:
  using Times = std::vector<spec::MessageTimes>;
  double timed_s(Times spec::ServingCollectives::*which, double ranks, double bytes) const;
  bool linked(double ranks) const { return ranks <= link_domain_; }

  std::shared_ptr<const spec::ServingKernelTable> own_, pcie_;
  double link_domain_ = 1;  // GPUs on one scale-up switch or bridge
  double node_ = 8;         // GPUs that reach each other without the network
  double link_bytes_per_s_ = 0, pcie_bytes_per_s_ = 0, nic_bytes_per_s_ = 0;
  bool foreign_ = false;  // the table is of another vendor's chip
};

}  // namespace shardplan::topology
