// How names find engines, and accelerators their measured kernels and fitted constants.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "spec/cluster.h"
#include "spec/serving_calibration.h"

namespace shardplan::catalog {

// Errors name the nearest known one; `path` is the field that the name stood in.
Result<const spec::ServingEngine*> find_engine(const spec::ServingCalibration&, const std::string& name,
                                               const std::string& path);

// By accelerator, then by generation; `default` where neither is known.
spec::ServingGeneration serving_generation_of(const spec::ServingCalibration&, const spec::Accelerator&);

// Measured on the accelerator, or on another of its generation; Hopper's where nothing is nearer.
std::shared_ptr<const spec::ServingKernelTable> kernel_table_of(const spec::ServingCalibration&,
                                                                const spec::Accelerator&);
// Collectives of boards that meet over PCIe.
std::shared_ptr<const spec::ServingKernelTable> pcie_table_of(const spec::ServingCalibration&,
                                                              const spec::Accelerator&);

// A load generator's constants; those of no one in particular where it is unknown.
spec::ServingHarness harness_of(const spec::ServingCalibration&, const std::string& id);

// Whose interval a prediction has.
struct IntervalKey {
  std::string kind = "serving";
  std::string model;
  bool has_experts = false;
  bool known_gpu = true;
};
const spec::ServingInterval& serving_interval(const spec::ServingCalibration&, const std::string& quantity,
                                              const IntervalKey& key);

}  // namespace shardplan::catalog
