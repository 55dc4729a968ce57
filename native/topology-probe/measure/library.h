// A vendor's library in a measuring child: functions by name, failures as one exception that the child turns into text.
#pragma once

#include <dlfcn.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace shardplan::probe::measure {

struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Library {
 public:
  // The first of the places that opens; throws where none does.
  Library(const std::string& given, const std::vector<std::string>& places) {
    for (const std::string& place : given.empty() ? places : std::vector<std::string>{given}) {
      handle_ = ::dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL);
      if (handle_ != nullptr) return;
    }
    throw Failure((given.empty() ? places.front() : given) + " was not found");
  }

  bool has(const char* symbol) const { return ::dlsym(handle_, symbol) != nullptr; }

  // Parameters by their exact types: that is the function's signature.
  template <class... Parameters>
  int status(const char* symbol, Parameters... parameters) const {
    void* function = ::dlsym(handle_, symbol);
    if (function == nullptr) throw Failure(std::string(symbol) + " is missing");
    return reinterpret_cast<int (*)(Parameters...)>(function)(parameters...);
  }

  template <class... Parameters>
  void call(const char* symbol, Parameters... parameters) const {
    if (const int code = status(symbol, parameters...); code != 0)
      throw Failure(std::string(symbol) + " failed with " + std::to_string(code));
  }

 private:
  void* handle_ = nullptr;
};

}  // namespace shardplan::probe::measure
