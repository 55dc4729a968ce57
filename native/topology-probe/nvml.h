// NVIDIA's GPUs as the driver's management library describes them. Every function is optional; each call has a
// deadline.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "host.h"
#include "nvml_calls.h"
#include "worker.h"

namespace shardplan::probe {

struct Answer {
  Fact status;        // known where the call went well
  std::string bytes;  // what it wrote

  bool ok() const { return status.known(); }
  uint32_t word(size_t offset = 0) const;
  uint64_t wide(size_t offset) const;
  std::string text(size_t offset = 0, size_t length = std::string::npos) const;  // up to the first NUL
};

// The asking side: keeps time, gives up on what hangs, writes the record.
class Nvml {
 public:
  Nvml(std::string library, double budget_s);

  // Not known: the library is not there or does not start; says why.
  const Fact& state() const { return state_; }
  Answer ask(const char* symbol, nvml::Shape shape, int device = -1, uint32_t size = 4, uint32_t arg = 0,
             uint32_t version = 0, int peer = -1, int instance = -1, const std::string& payload = "");
  // Of versioned structs: the first of the version words that the driver takes.
  Answer ask_versions(const char* symbol, nvml::Shape shape, int device, const std::vector<uint32_t>& versions);

  std::vector<Problem> problems() const;
  void record(std::function<void(const std::string&)> write) { write_ = std::move(write); }

 private:
  bool start();
  Answer perform(const nvml::Call& call, const std::string& payload, double deadline_s);
  void missed(const std::string& symbol, Missed how, double deadline_s);

  Worker worker_;
  double budget_s_;
  double spent_s_ = 0;
  int started_ = 0;  // children that were initialised
  Fact state_;
  std::map<std::string, std::string> hung_;  // function -> what happened
  bool out_of_time_ = false;
  std::function<void(const std::string&)> write_;
};

// What an NVML return code comes to.
Fact fact_of_code(int code);

// Versions, every GPU, their NVLinks and fabric, what pairs may do with each other. GPUs that the library does not open
// keep what `on_bus` says of them.
void read_nvml(Nvml& nvml, std::vector<Gpu> on_bus, Host& host);

}  // namespace shardplan::probe
