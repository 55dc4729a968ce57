// The child's side of NVML: loads the library, finds each function by its name, calls it by its shape. nvml.h is the
// side that asks.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

namespace shardplan::probe::nvml {

// The parameters of a function. An output is `size` bytes, its first word the struct's version where one is given.
enum class Shape : int32_t {
  kNone,        // ()
  kText,        // (device, char*, length)
  kSystemText,  // (char*, length)
  kSystemOut,   // (out)
  kOut,         // (device, out)
  kTwoOut,      // (device, int* out, int* out)
  kArgOut,      // (device, arg, out)
  kPairOut,     // (device, peer, out)
  kPairArgOut,  // (device, peer, arg, out)
  kFields,      // (device, n, fields): the payload is the fields
};

struct Call {
  char symbol[56] = {};
  Shape shape = Shape::kNone;
  int32_t device = -1;
  int32_t instance = -1;  // of MIG
  int32_t peer = -1;
  uint32_t arg = 0;
  uint32_t version = 0;
  uint32_t size = 4;
};

enum class Outcome : int32_t { kCalled, kMissingSymbol, kNoHandle, kNoLibrary };

struct Result {
  Outcome outcome = Outcome::kCalled;
  int32_t code = 0;  // what NVML returned, 0: fine
};

// In a child: request (Call and payload) -> answer (Result and bytes, or a sentence where there is no library).
// `library`: a path; empty: where drivers put it.
class Library {
 public:
  explicit Library(const std::string& library);
  std::string answer(const std::string& request);

 private:
  void* symbol(const char* name) const;
  int32_t initialise();
  int32_t handle(int32_t device, int32_t instance, void** out);
  Result call(const Call& call, std::string& bytes);

  void* library_ = nullptr;
  std::string problem_;
  bool initialised_ = false;
  int32_t init_code_ = 0;
  std::map<std::pair<int32_t, int32_t>, void*> handles_;  // of devices and their instances
};

}  // namespace shardplan::probe::nvml
