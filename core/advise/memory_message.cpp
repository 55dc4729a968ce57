#include "advise/memory_message.h"

#include <algorithm>
#include <string>

#include "advise/read_number.h"
#include "base/units.h"

namespace shardplan::advise {
namespace {

constexpr size_t kLongestMessage = 1500;
constexpr int kMostMessages = 64;      // of many ranks; they say the same
constexpr double kRounding_gib = 0.1;  // of numbers printed with two decimals, and of what is not counted

// The text from a place on, blanks and line breaks as one blank.
std::string flattened(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank) out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  return out;
}

// PyTorch 2.1 and later: "... GPU 0 has a total capacity of 79.33 GiB of which 1.16 GiB is free. Process 76883 has
// 78.16 GiB memory in use. Of the allocated memory 61.97 GiB is allocated by PyTorch, and 14.69 GiB is reserved by ..."
void read_sentences(std::string_view text, MemoryMessage& m) {
  for (std::string_view capacity : {"total capacity of ", "total capacty of "})
    if (!m.total) m.total = size_after(text, capacity);
  m.free = size_after(text, "of which ");
  m.allowed = size_before(text, " allowed");
  m.process = size_after(text, "this process has ");
  m.allocated = size_after(text, "Of the allocated memory ");
  m.private_pools = size_before(text, " allocated in private pools");
  m.unallocated = size_before(text, " is reserved by PyTorch but unallocated");
}

// Before: "... (GPU 0; 6.00 GiB total capacity; 781.59 MiB already allocated; 3.03 GiB free; 1.24 GiB reserved in
// total by PyTorch)", older ones "4.68 MiB cached".
void read_brackets(std::string_view text, MemoryMessage& m) {
  m.total = size_before(text, " total capacity;");
  m.allocated = size_before(text, " already allocated");
  m.free = size_before(text, " free;");
  m.unallocated = size_before(text, " cached)");
  if (const auto reserved = size_before(text, " reserved in total"); reserved && m.allocated)
    m.unallocated = std::max(0.0, *reserved - *m.allocated);
}

// "Process 12 has 29 GiB memory in use": another one, or in a container, where a process does not see its own number,
// this one, which is then the one that holds about what the allocator does.
void read_processes(std::string_view text, MemoryMessage& m) {
  constexpr std::string_view kProcess = "Process ", kHas = " has ";
  for (size_t at = text.find(kProcess); at != std::string_view::npos; at = text.find(kProcess, at + 1)) {
    const size_t has = text.find(kHas, at);
    if (has == std::string_view::npos || has > at + 20) continue;
    if (const auto size = read_size(text.substr(has + kHas.size()))) m.other_processes.push_back(*size);
  }
  if (m.process || !m.allocated) return;
  const double held = *m.allocated + m.unallocated.value_or(0);
  auto own = m.other_processes.end();
  for (auto it = m.other_processes.begin(); it != m.other_processes.end(); ++it)
    if (*it + kRounding_gib >= held && (own == m.other_processes.end() || *it < *own)) own = it;
  if (own == m.other_processes.end()) return;
  m.process = *own;
  m.other_processes.erase(own);
}

int known_numbers(const MemoryMessage& m) {
  return (m.total ? 1 : 0) + (m.free ? 1 : 0) + (m.process ? 1 : 0) + (m.allocated ? 1 : 0) + (m.unallocated ? 1 : 0);
}

std::optional<MemoryMessage> read_one(std::string_view from) {
  std::string text = flattened(from.substr(0, kLongestMessage));
  // The next rank's message is not part of this one.
  const size_t next = text.find("out of memory", 1);
  if (next != std::string::npos) text.resize(next);
  MemoryMessage m;
  const auto requested = read_size(text);
  if (!requested) return std::nullopt;
  m.requested = *requested;
  if (const auto gpu = number_after(text, "GPU "); gpu && *gpu >= 0 && *gpu < 1024) m.gpu = static_cast<int>(*gpu);
  if (text.find(" total capacity;") != std::string::npos) read_brackets(text, m);
  else read_sentences(text, m);
  read_processes(text, m);
  return m;
}

}  // namespace

std::optional<MemoryMessage> read_memory_message(std::string_view log) {
  std::optional<MemoryMessage> best;
  int left = kMostMessages;
  // PyTorch: "Tried to allocate 2.26 GiB"; XLA: "Out of memory while trying to allocate 12884901888 bytes".
  for (std::string_view marker : {"Tried to allocate ", "trying to allocate "}) {
    for (size_t at = log.find(marker); at != std::string_view::npos && left > 0;
         at = log.find(marker, at + 1), --left) {
      const auto message = read_one(log.substr(at + marker.size()));
      if (message && (!best || known_numbers(*message) > known_numbers(*best))) best = message;
    }
  }
  return best;
}

MemoryVerdict verdict_of(const MemoryMessage& m) {
  MemoryVerdict v;
  if (m.process && m.allocated) v.outside = std::max(0.0, *m.process - *m.allocated - m.unallocated.value_or(0));
  if (!m.free) return v;
  v.short_by = std::max(0.0, m.requested - *m.free);
  if (m.unallocated) v.fragmented = *m.unallocated + *m.free >= m.requested;
  if (m.total && m.process) v.others = std::max(0.0, *m.total - *m.free - *m.process);
  if (v.others) v.crowded = *v.others > kRounding_gib && *v.others + *m.free >= m.requested;
  return v;
}

}  // namespace shardplan::advise
