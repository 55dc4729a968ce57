// A child process that runs what may hang or crash: calls of vendor libraries, reads below /sys. One request, one
// answer, a deadline for each; a child that misses it is killed and a new one takes its place at the next request.
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>
#include <string>

namespace shardplan::probe {

enum class Missed { kNothing, kDeadline, kCrash, kNoChild };

struct Reply {
  Missed missed = Missed::kNothing;
  std::string bytes;
};

class Worker {
 public:
  using Serve = std::function<std::string(const std::string&)>;
  // `start` runs in each new child and gives what answers there.
  explicit Worker(std::function<Serve()> start) : start_(std::move(start)) {}
  ~Worker() { abandon(); }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Reply call(const std::string& request, double deadline_s);
  bool is_running() const { return child_ > 0; }
  int children() const { return children_; }
  void abandon();

 private:
  bool spawn();

  std::function<Serve()> start_;
  pid_t child_ = -1;
  int socket_ = -1;
  int children_ = 0;
};

double seconds_now();  // of a clock that only goes forward

}  // namespace shardplan::probe
