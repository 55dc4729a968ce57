// A stand-in for libnvidia-ml.so.1. What each function answers stands in the file that MOCK_NVML names, a line each:
//
//     DEVICE FUNCTION[:ARGUMENT] VALUE...
//
// DEVICE is an index, INDEX/INSTANCE of MIG, or * for all; ARGUMENT a link, a peer, a field. VALUE is what the function
// writes, or `error CODE`, `hang`, `crash`. A line `* slow MILLISECONDS` delays every call; `* FUNCTION:version WORD`
// refuses other versions of a struct. A function without a line answers "not supported". Tests leave out symbols by
// renaming them in a copy of this library.
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr int kNotSupported = 3, kNotFound = 6, kVersionMismatch = 25;

const std::map<std::string, std::string>& scenario() {
  static const std::map<std::string, std::string> lines = [] {
    std::map<std::string, std::string> out;
    const char* path = std::getenv("MOCK_NVML");
    std::ifstream file(path != nullptr ? path : "");
    for (std::string device, function, value; file >> device >> function;) {
      std::getline(file >> std::ws, value);
      out[device + " " + function] = value;
    }
    return out;
  }();
  return lines;
}

const std::string* find(const std::string& device, const std::string& function, const std::string& argument) {
  for (const std::string& d : {device, std::string("*")})
    for (const std::string& f : {function + ":" + argument, function})
      if (const auto found = scenario().find(d + " " + f); found != scenario().end()) return &found->second;
  return nullptr;
}

// Device i is the handle i + 1, its instance j adds (j + 1) << 16.
std::string name_of(void* handle) {
  const auto bits = reinterpret_cast<uintptr_t>(handle);
  if (bits == 0) return "-";
  const std::string device = std::to_string((bits & 0xffff) - 1);
  return bits >> 16 == 0 ? device : device + "/" + std::to_string((bits >> 16) - 1);
}

// The value that a call shall write; the code is 0 where there is one.
int answer(const char* function, void* handle, const std::string& argument, std::string& value) {
  if (const auto slow = scenario().find("* slow"); slow != scenario().end()) usleep(std::stoi(slow->second) * 1000);
  const std::string* found = find(name_of(handle), function, argument);
  if (found == nullptr) return kNotSupported;
  if (*found == "hang")
    while (true) pause();
  if (*found == "crash") std::abort();
  if (found->compare(0, 6, "error ") == 0) return std::stoi(found->substr(6));
  value = *found;
  return 0;
}

int write_text(const char* function, void* handle, char* out, unsigned length) {
  std::string value;
  const int code = answer(function, handle, "", value);
  if (code == 0 && length > 0) std::strncpy(out, value.c_str(), length - 1);
  return code;
}

template <class T>
int write_numbers(const char* function, void* handle, const std::string& argument, std::vector<T*> outs) {
  std::string value;
  const int code = answer(function, handle, argument, value);
  std::istringstream words(value);
  std::string word;
  for (T* out : outs)
    if (code == 0 && words >> word) *out = static_cast<T>(std::stoull(word, nullptr, 0));
  return code;
}

int write_address(const char* function, void* handle, const std::string& argument, char* out) {
  std::string value;
  const int code = answer(function, handle, argument, value);
  if (code == 0) {
    std::memset(out, 0, 68);
    std::strncpy(out + 36, value.c_str(), 31);
    std::strncpy(out, value.c_str(), 15);
  }
  return code;
}

bool is_other_version(const char* function, void* out) {
  const std::string* wanted = find("-", std::string(function) + ":version", "");
  uint32_t version = 0;
  std::memcpy(&version, out, sizeof version);
  return wanted != nullptr && version != std::stoul(*wanted, nullptr, 0);
}

// Bytes of a struct from words of eight (64 bits) or less (32 bits) hexadecimal or decimal digits.
int write_fabric(const char* function, void* handle, char* out, size_t base) {
  std::string value;
  const int code = answer(function, handle, "", value);
  if (code != 0) return code;
  std::istringstream words(value);  // uuid status clique state health summary
  std::string uuid;
  words >> uuid;
  for (size_t i = 0; i < 16; ++i) out[base + i] = static_cast<char>(std::stoi(uuid.substr(i * 2, 2), nullptr, 16));
  uint32_t number = 0;
  for (size_t at = base + 16; words >> number; at += 4) {
    if (base == 0 && at > 24) break;
    std::memcpy(out + at, &number, sizeof number);
  }
  return 0;
}

}  // namespace

#define TEXT(name) \
  extern "C" int name(void* device, char* out, unsigned length) { return write_text(#name, device, out, length); }
#define SYSTEM_TEXT(name) \
  extern "C" int name(char* out, unsigned length) { return write_text(#name, nullptr, out, length); }
#define NUMBER(name) \
  extern "C" int name(void* device, unsigned* out) { return write_numbers<unsigned>(#name, device, "", {out}); }
#define TWO_NUMBERS(name)                                             \
  extern "C" int name(void* device, unsigned* one, unsigned* other) { \
    return write_numbers<unsigned>(#name, device, "", {one, other});  \
  }
#define ARGUMENT_NUMBER(name)                                                       \
  extern "C" int name(void* device, unsigned argument, unsigned* out) {             \
    return write_numbers<unsigned>(#name, device, std::to_string(argument), {out}); \
  }
#define WIDE_NUMBERS(name, count)                              \
  extern "C" int name(void* device, uint64_t* out) {           \
    std::vector<uint64_t*> outs;                               \
    for (int i = 0; i < (count); ++i) outs.push_back(out + i); \
    return write_numbers<uint64_t>(#name, device, "", outs);   \
  }

extern "C" int nvmlInit_v2() {
  std::string value;
  const int code = answer("nvmlInit_v2", nullptr, "", value);
  return code == kNotSupported ? 0 : code;
}
extern "C" int nvmlShutdown() { return 0; }

SYSTEM_TEXT(nvmlSystemGetDriverVersion)
SYSTEM_TEXT(nvmlSystemGetNVMLVersion)
extern "C" int nvmlSystemGetCudaDriverVersion_v2(unsigned* out) {
  return write_numbers<unsigned>("nvmlSystemGetCudaDriverVersion_v2", nullptr, "", {out});
}
extern "C" int nvmlDeviceGetCount_v2(unsigned* out) {
  return write_numbers<unsigned>("nvmlDeviceGetCount_v2", nullptr, "", {out});
}
extern "C" int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** out) {
  void* handle = reinterpret_cast<void*>(static_cast<uintptr_t>(index) + 1);
  std::string value;
  const int code = answer("nvmlDeviceGetHandleByIndex_v2", handle, "", value);
  if (code != 0 && code != kNotSupported) return code;
  *out = handle;
  return 0;
}
extern "C" int nvmlDeviceGetMigDeviceHandleByIndex(void* device, unsigned index, void** out) {
  *out = reinterpret_cast<void*>(reinterpret_cast<uintptr_t>(device) | (static_cast<uintptr_t>(index) + 1) << 16);
  return scenario().count(name_of(*out) + " nvmlDeviceGetUUID") != 0 ? 0 : kNotFound;
}

TEXT(nvmlDeviceGetName)
TEXT(nvmlDeviceGetUUID)
TEXT(nvmlDeviceGetSerial)
TEXT(nvmlDeviceGetVbiosVersion)
NUMBER(nvmlDeviceGetMinorNumber)
NUMBER(nvmlDeviceGetModuleId)
NUMBER(nvmlDeviceGetMemoryBusWidth)
NUMBER(nvmlDeviceGetNumGpuCores)
NUMBER(nvmlDeviceGetNumaNodeId)
NUMBER(nvmlDeviceGetMaxPcieLinkGeneration)
NUMBER(nvmlDeviceGetMaxPcieLinkWidth)
NUMBER(nvmlDeviceGetGpuMaxPcieLinkGeneration)
NUMBER(nvmlDeviceGetCurrPcieLinkGeneration)
NUMBER(nvmlDeviceGetCurrPcieLinkWidth)
NUMBER(nvmlDeviceGetEnforcedPowerLimit)
NUMBER(nvmlDeviceGetPowerManagementDefaultLimit)
NUMBER(nvmlDeviceGetMaxMigDeviceCount)
NUMBER(nvmlDeviceGetPersistenceMode)
NUMBER(nvmlDeviceGetComputeMode)
NUMBER(nvmlDeviceGetVirtualizationMode)
TWO_NUMBERS(nvmlDeviceGetCudaComputeCapability)
TWO_NUMBERS(nvmlDeviceGetMigMode)
TWO_NUMBERS(nvmlDeviceGetEccMode)
TWO_NUMBERS(nvmlDeviceGetPowerManagementLimitConstraints)
ARGUMENT_NUMBER(nvmlDeviceGetNvLinkState)
ARGUMENT_NUMBER(nvmlDeviceGetNvLinkVersion)
ARGUMENT_NUMBER(nvmlDeviceGetNvLinkRemoteDeviceType)
ARGUMENT_NUMBER(nvmlDeviceGetMaxClockInfo)
WIDE_NUMBERS(nvmlDeviceGetMemoryInfo, 3)
WIDE_NUMBERS(nvmlDeviceGetBAR1MemoryInfo, 3)
WIDE_NUMBERS(nvmlDeviceGetCurrentClocksEventReasons, 1)

extern "C" int nvmlDeviceGetMemoryInfo_v2(void* device, uint64_t* out) {
  if (is_other_version("nvmlDeviceGetMemoryInfo_v2", out)) return kVersionMismatch;
  return write_numbers<uint64_t>("nvmlDeviceGetMemoryInfo_v2", device, "", {out + 1, out + 2, out + 3, out + 4});
}
extern "C" int nvmlDeviceGetPciInfo_v3(void* device, char* out) {
  return write_address("nvmlDeviceGetPciInfo_v3", device, "", out);
}
extern "C" int nvmlDeviceGetNvLinkRemotePciInfo_v2(void* device, unsigned link, char* out) {
  return write_address("nvmlDeviceGetNvLinkRemotePciInfo_v2", device, std::to_string(link), out);
}
extern "C" int nvmlDeviceGetTopologyCommonAncestor(void* device, void* peer, unsigned* out) {
  return write_numbers<unsigned>("nvmlDeviceGetTopologyCommonAncestor", device, name_of(peer), {out});
}
extern "C" int nvmlDeviceGetP2PStatus(void* device, void* peer, unsigned, unsigned* out) {
  return write_numbers<unsigned>("nvmlDeviceGetP2PStatus", device, name_of(peer), {out});
}
extern "C" int nvmlDeviceGetGpuFabricInfoV(void* device, char* out) {
  if (is_other_version("nvmlDeviceGetGpuFabricInfoV", out)) return kVersionMismatch;
  return write_fabric("nvmlDeviceGetGpuFabricInfoV", device, out, 4);
}
extern "C" int nvmlDeviceGetGpuFabricInfo(void* device, char* out) {
  return write_fabric("nvmlDeviceGetGpuFabricInfo", device, out, 0);
}
extern "C" int nvmlSystemGetConfComputeState(unsigned* out) {
  return write_numbers<unsigned>("nvmlSystemGetConfComputeState", nullptr, "", {out, out + 1, out + 2});
}
extern "C" int nvmlDeviceGetPlatformInfo(void* device, char* out) {
  std::string value;  // the serial number, slot and tray
  if (is_other_version("nvmlDeviceGetPlatformInfo", out)) return kVersionMismatch;
  const int code = answer("nvmlDeviceGetPlatformInfo", device, "", value);
  std::istringstream words(value);
  std::string serial;
  int slot = 0;
  int tray = 0;
  if (code == 0 && words >> serial >> slot >> tray) {
    std::strncpy(out + 20, serial.c_str(), 15);
    out[36] = static_cast<char>(slot);
    out[37] = static_cast<char>(tray);
  }
  return code;
}
// Each field has 40 bytes: id, scope, ..., code at 28, value at 32. The argument is "ID.SCOPE" or "ID".
extern "C" int nvmlDeviceGetFieldValues(void* device, int count, char* fields) {
  std::string value;
  const int whole = answer("nvmlDeviceGetFieldValues", device, "call", value);
  if (whole != kNotSupported && whole != 0) return whole;
  for (int i = 0; i < count; ++i) {
    char* field = fields + i * 40;
    uint32_t id = 0;
    uint32_t scope = 0;
    std::memcpy(&id, field, sizeof id);
    std::memcpy(&scope, field + 4, sizeof scope);
    const std::string name = "field" + std::to_string(id);
    const std::string* found = find(name_of(device), name, std::to_string(scope));
    const int code = found == nullptr ? kNotSupported : 0;
    const uint32_t number = found == nullptr ? 0 : static_cast<uint32_t>(std::stoul(*found));
    std::memcpy(field + 28, &code, sizeof code);
    std::memcpy(field + 32, &number, sizeof number);
  }
  return 0;
}
