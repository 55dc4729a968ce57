#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

#include "text.h"

namespace shardplan::probe {
namespace {

constexpr size_t kLargestFile = 4u << 20;
constexpr double kDeadlineS = 1;
constexpr size_t kMostHung = 3;

// Answers are "0" and the bytes, or "1" and errno.
std::string failure() { return "1" + std::to_string(errno); }

std::string read_file(const char* path) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return failure();
  std::string out = "0";
  std::array<char, 65536> part;
  ssize_t n = 0;
  while (out.size() < kLargestFile && (n = ::read(file, part.data(), part.size())) > 0)
    out.append(part.data(), static_cast<size_t>(n));
  if (n < 0) out = failure();
  ::close(file);
  return out;
}

std::string list_folder(const char* path) {
  DIR* folder = ::opendir(path);
  if (folder == nullptr) return failure();
  std::string out = "0";
  while (const dirent* entry = ::readdir(folder))
    if (entry->d_name[0] != '.') out += std::string(entry->d_name) + '\n';
  ::closedir(folder);
  return out;
}

std::string real_path(const char* path) {
  std::array<char, PATH_MAX> out;
  return ::realpath(path, out.data()) == nullptr ? failure() : "0" + std::string(out.data());
}

std::string look(const std::string& request) {
  const char* path = request.c_str() + 1;
  struct stat about {};
  switch (request[0]) {
    case 'r': return read_file(path);
    case 'l': return list_folder(path);
    case 'p': return real_path(path);
    default: return ::stat(path, &about) == 0 ? "0" : failure();
  }
}

}  // namespace

Files::Files(std::string sysroot) {
  std::array<char, PATH_MAX> whole;
  if (!sysroot.empty() && ::realpath(sysroot.c_str(), whole.data()) != nullptr) sysroot = whole.data();
  while (!sysroot.empty() && sysroot.back() == '/') sysroot.pop_back();
  sysroot_ = std::move(sysroot);
  worker_ = std::make_unique<Worker>([] { return Worker::Serve(look); });
}

Fact Files::ask(char what, const std::string& path) {
  if (hung_.size() >= kMostHung || hung_.count(path) != 0) return unknown(Status::kError, 0, "did not answer in time");
  const Reply reply = worker_->call(what + sysroot_ + path, kDeadlineS);
  if (reply.missed != Missed::kNothing) {
    hung_.insert(path);
    return unknown(Status::kError, 0, "did not answer in time");
  }
  if (reply.bytes.substr(0, 1) == "0") return known(Value(reply.bytes.substr(1)));
  const int code = std::atoi(reply.bytes.c_str() + 1);  // NOLINT(cert-err34-c): we wrote it
  if (code == EACCES || code == EPERM) return unknown(Status::kNoPermission, code);
  if (code == ENOENT || code == ENOTDIR || code == EINVAL || code == EOPNOTSUPP || code == ENODEV)
    return unknown(Status::kNotSupported, code);
  return unknown(Status::kError, code, std::strerror(code));
}

Fact Files::read(const std::string& path) {
  Fact fact = ask('r', path);
  if (fact.known()) fact.value = std::string(trimmed(std::get<std::string>(fact.value)));
  return fact;
}

std::string Files::text(const std::string& path) {
  const Fact fact = read(path);
  return fact.known() ? std::get<std::string>(fact.value) : "";
}

std::optional<int64_t> Files::number(const std::string& path) { return whole_number(text(path)); }

bool Files::exists(const std::string& path) { return ask('s', path).known(); }

std::vector<std::string> Files::list(const std::string& folder) {
  const Fact fact = ask('l', folder);
  if (!fact.known()) return {};
  std::vector<std::string> names = lines(std::get<std::string>(fact.value));
  std::sort(names.begin(), names.end());
  return names;
}

std::string Files::resolve(const std::string& path) {
  const Fact fact = ask('p', path);
  if (!fact.known()) return "";
  const std::string& whole = std::get<std::string>(fact.value);
  return whole.compare(0, sysroot_.size(), sysroot_) == 0 ? whole.substr(sysroot_.size()) : "";
}

}  // namespace shardplan::probe
