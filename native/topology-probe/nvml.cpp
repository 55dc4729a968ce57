#include "nvml.h"

#include <algorithm>
#include <cstring>

#include "text.h"

namespace shardplan::probe {
namespace {

constexpr double kInitDeadlineS = 5;  // without persistence the driver starts every GPU first
constexpr double kDeadlineS = 1;
constexpr size_t kMostHung = 2;

constexpr int kInvalidArgument = 2, kNotSupported = 3, kNoPermission = 4, kFunctionNotFound = 13, kBlocked = 17,
              kVersionMismatch = 25;

struct Code {
  int code;
  const char* text;
};
constexpr Code kCodes[] = {{1, "NVML is not initialised"},
                           {2, "NVML refused an argument"},
                           {6, "not found"},
                           {9, "the NVIDIA kernel driver is not loaded"},
                           {12, "a shared library is missing"},
                           {15, "the GPU has fallen off the bus"},
                           {16, "the GPU needs a reset"},
                           {17, "blocked by the operating system (control group)"},
                           {18, "the kernel's driver and the library are of different versions"},
                           {25, "NVML knows another version of the struct"},
                           {27, "not ready"},
                           {999, "unknown error"}};

std::string hex_bytes(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += hex_of(static_cast<unsigned char>(c), 2);
  return out;
}

}  // namespace

uint32_t Answer::word(size_t offset) const {
  uint32_t out = 0;
  if (offset + sizeof out <= bytes.size()) std::memcpy(&out, bytes.data() + offset, sizeof out);
  return out;
}

uint64_t Answer::wide(size_t offset) const {
  uint64_t out = 0;
  if (offset + sizeof out <= bytes.size()) std::memcpy(&out, bytes.data() + offset, sizeof out);
  return out;
}

std::string Answer::text(size_t offset, size_t length) const {
  if (offset >= bytes.size()) return "";
  const std::string part = bytes.substr(offset, length);
  return printable(part.substr(0, part.find('\0')));
}

Fact fact_of_code(int code) {
  if (code == 0) return known(true);
  if (code == kNotSupported) return unknown(Status::kNotSupported, code);
  if (code == kNoPermission || code == kBlocked) return unknown(Status::kNoPermission, code);
  if (code == kFunctionNotFound) return unknown(Status::kMissingSymbol, code);
  for (const Code& c : kCodes)
    if (c.code == code) return unknown(Status::kError, code, c.text);
  return unknown(Status::kError, code, "NVML error " + std::to_string(code));
}

Nvml::Nvml(std::string library, double budget_s)
    : worker_([library = std::move(library)]() -> Worker::Serve {
        return [loaded = nvml::Library(library)](const std::string& request) mutable { return loaded.answer(request); };
      }),
      budget_s_(budget_s) {}

// In each new child the library starts once, with a deadline of its own.
bool Nvml::start() {
  if (worker_.is_running() && started_ == worker_.children()) return state_.known();
  if (started_ > 0 && !state_.known()) return false;
  nvml::Call init;
  std::strncpy(init.symbol, "nvmlInit_v2", sizeof init.symbol - 1);
  state_ = perform(init, "", kInitDeadlineS).status;
  started_ = std::max(worker_.children(), 1);
  return state_.known();
}

void Nvml::missed(const std::string& symbol, Missed how, double deadline_s) {
  hung_[symbol] = how == Missed::kDeadline  ? "did not answer within " + number_text(deadline_s) + " s"
                  : how == Missed::kNoChild ? "could not be called: no new process"
                                            : "ended the process that called it";
}

Answer Nvml::perform(const nvml::Call& call, const std::string& payload, double deadline_s) {
  const double begin = seconds_now();
  const std::string request = std::string(reinterpret_cast<const char*>(&call), sizeof call) + payload;
  const Reply reply = worker_.call(request, deadline_s);
  const double took_s = seconds_now() - begin;
  Answer answer;
  nvml::Result result;
  if (reply.missed != Missed::kNothing || reply.bytes.size() < sizeof result) {
    missed(call.symbol, reply.missed, deadline_s);
    answer.status = unknown(Status::kError, 0, hung_[call.symbol]);
  } else {
    spent_s_ += call.shape == nvml::Shape::kNone ? 0 : took_s;
    std::memcpy(&result, reply.bytes.data(), sizeof result);
    answer.bytes = reply.bytes.substr(sizeof result);
    answer.status = result.outcome == nvml::Outcome::kNoLibrary       ? unknown(Status::kError, 0, answer.bytes)
                    : result.outcome == nvml::Outcome::kMissingSymbol ? unknown(Status::kMissingSymbol)
                                                                      : fact_of_code(result.code);
  }
  if (write_)
    write_(std::string(call.symbol) + " device=" + std::to_string(call.device) +
           " instance=" + std::to_string(call.instance) + " peer=" + std::to_string(call.peer) +
           " arg=" + std::to_string(call.arg) + " version=" + hex_of(call.version, 8) + " -> " +
           (answer.status.text.empty() ? name_of(answer.status.status) : answer.status.text) +
           " code=" + std::to_string(answer.status.code) + " us=" + std::to_string(static_cast<int64_t>(took_s * 1e6)) +
           " bytes=" + hex_bytes(answer.bytes));
  return answer;
}

Answer Nvml::ask(const char* symbol, nvml::Shape shape, int device, uint32_t size, uint32_t arg, uint32_t version,
                 int peer, int instance, const std::string& payload) {
  if (!start()) return {state_, ""};
  if (const auto hung = hung_.find(symbol); hung != hung_.end()) return {unknown(Status::kError, 0, hung->second), ""};
  if (hung_.size() >= kMostHung) return {unknown(Status::kError, 0, "not asked: several calls of NVML hung"), ""};
  if (spent_s_ > budget_s_) {
    out_of_time_ = true;
    return {unknown(Status::kError, 0, "not asked: NVML answers too slowly"), ""};
  }
  nvml::Call call;
  std::strncpy(call.symbol, symbol, sizeof call.symbol - 1);
  call.shape = shape;
  call.device = device;
  call.instance = instance;
  call.peer = peer;
  call.arg = arg;
  call.version = version;
  call.size = size;
  return perform(call, payload, kDeadlineS);
}

Answer Nvml::ask_versions(const char* symbol, nvml::Shape shape, int device, const std::vector<uint32_t>& versions) {
  Answer answer;
  for (const uint32_t version : versions) {
    answer = ask(symbol, shape, device, version & 0xffffff, 0, version);
    if (answer.status.code != kVersionMismatch && answer.status.code != kInvalidArgument) break;
  }
  return answer;
}

std::vector<Problem> Nvml::problems() const {
  std::vector<Problem> out;
  for (const auto& [symbol, text] : hung_) out.push_back({"nvml", symbol + " " + text});
  if (out_of_time_)
    out.push_back({"nvml", "NVML answers slowly: after " + number_text(budget_s_) + " s the rest was not asked"});
  return out;
}

}  // namespace shardplan::probe
