#include "nvml_calls.h"

#include <dlfcn.h>

#include <cstring>
#include <string>
#include <vector>

namespace shardplan::probe::nvml {
namespace {

using Handle = void*;
constexpr int32_t kFunctionNotFound = 13;

#if defined(__aarch64__)
constexpr const char* kOfOperator = "/run/nvidia/driver/usr/lib/aarch64-linux-gnu/libnvidia-ml.so.1";
#else
constexpr const char* kOfOperator = "/run/nvidia/driver/usr/lib/x86_64-linux-gnu/libnvidia-ml.so.1";
#endif

// By the loader's own search, then where WSL, cloud images, the GPU operator and NixOS keep drivers.
constexpr const char* kPlaces[] = {"libnvidia-ml.so.1",
                                   "libnvidia-ml.so",
                                   "/usr/lib/wsl/lib/libnvidia-ml.so.1",
                                   "/usr/local/nvidia/lib64/libnvidia-ml.so.1",
                                   kOfOperator,
                                   "/run/nvidia/driver/usr/lib64/libnvidia-ml.so.1",
                                   "/run/opengl-driver/lib/libnvidia-ml.so.1"};

template <class... Parameters>
int32_t invoke(void* function, Parameters... parameters) {
  return reinterpret_cast<int32_t (*)(Parameters...)>(function)(parameters...);
}

}  // namespace

Library::Library(const std::string& library) {
  std::vector<std::string> places(std::begin(kPlaces), std::end(kPlaces));
  if (!library.empty()) places = {library};
  for (const std::string& place : places) {
    library_ = ::dlopen(place.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (library_ != nullptr) return;
    const char* why = ::dlerror();
    if (problem_.empty() && why != nullptr) problem_ = why;
  }
}

void* Library::symbol(const char* name) const { return ::dlsym(library_, name); }

int32_t Library::initialise() {
  if (initialised_) return init_code_;
  initialised_ = true;
  void* init = symbol("nvmlInit_v2");
  if (init == nullptr) init = symbol("nvmlInit");
  init_code_ = init == nullptr ? kFunctionNotFound : invoke(init);
  return init_code_;
}

int32_t Library::handle(int32_t device, int32_t instance, Handle* out) {
  if (const auto found = handles_.find({device, instance}); found != handles_.end()) {
    *out = found->second;
    return 0;
  }
  void* by_index = symbol("nvmlDeviceGetHandleByIndex_v2");
  if (by_index == nullptr) by_index = symbol("nvmlDeviceGetHandleByIndex");
  if (by_index == nullptr) return kFunctionNotFound;
  int32_t code = invoke(by_index, static_cast<unsigned>(device), out);
  if (code == 0 && instance >= 0) {
    void* of_instance = symbol("nvmlDeviceGetMigDeviceHandleByIndex");
    if (of_instance == nullptr) return kFunctionNotFound;
    code = invoke(of_instance, *out, static_cast<unsigned>(instance), out);
  }
  if (code == 0) handles_[{device, instance}] = *out;
  return code;
}

Result Library::call(const Call& c, std::string& bytes) {
  void* function = symbol(c.symbol);
  if (function == nullptr) return {Outcome::kMissingSymbol, 0};
  Handle device = nullptr;
  Handle peer = nullptr;
  if (c.device >= 0)
    if (const int32_t code = handle(c.device, c.instance, &device); code != 0) return {Outcome::kNoHandle, code};
  if (c.peer >= 0)
    if (const int32_t code = handle(c.peer, -1, &peer); code != 0) return {Outcome::kNoHandle, code};
  if (c.shape != Shape::kFields) bytes.assign(c.size, '\0');
  if (c.version != 0 && bytes.size() >= sizeof c.version) std::memcpy(bytes.data(), &c.version, sizeof c.version);
  void* out = bytes.data();
  char* text = bytes.data();
  const auto length = static_cast<unsigned>(bytes.size());
  switch (c.shape) {
    case Shape::kNone: return {Outcome::kCalled, invoke(function)};
    case Shape::kText: return {Outcome::kCalled, invoke(function, device, text, length)};
    case Shape::kSystemText: return {Outcome::kCalled, invoke(function, text, length)};
    case Shape::kSystemOut: return {Outcome::kCalled, invoke(function, out)};
    case Shape::kOut: return {Outcome::kCalled, invoke(function, device, out)};
    case Shape::kTwoOut:
      return {Outcome::kCalled, invoke(function, device, out, static_cast<void*>(text + sizeof(int32_t)))};
    case Shape::kArgOut: return {Outcome::kCalled, invoke(function, device, c.arg, out)};
    case Shape::kPairOut: return {Outcome::kCalled, invoke(function, device, peer, out)};
    case Shape::kPairArgOut: return {Outcome::kCalled, invoke(function, device, peer, c.arg, out)};
    case Shape::kFields: return {Outcome::kCalled, invoke(function, device, static_cast<int>(c.arg), out)};
  }
  return {Outcome::kMissingSymbol, 0};
}

std::string Library::answer(const std::string& request) {
  Call c;
  std::memcpy(&c, request.data(), std::min(sizeof c, request.size()));
  std::string bytes = request.substr(std::min(sizeof c, request.size()));
  Result result;
  if (library_ == nullptr) {
    result.outcome = Outcome::kNoLibrary;
    bytes = problem_;
  } else if (const int32_t code = initialise(); code != 0) {
    result = {Outcome::kNoHandle, code};
    bytes.clear();
  } else if (std::strcmp(c.symbol, "nvmlInit_v2") != 0) {
    result = call(c, bytes);
  }
  return std::string(reinterpret_cast<const char*>(&result), sizeof result) + bytes;
}

}  // namespace shardplan::probe::nvml
