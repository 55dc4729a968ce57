#include "worker.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace shardplan::probe {
namespace {

constexpr uint32_t kLargestMessage = 64u << 20;

bool send_all(int socket, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(socket, data, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

bool send_message(int socket, const std::string& text) {
  const auto size = static_cast<uint32_t>(text.size());
  std::array<char, sizeof size> head;
  std::memcpy(head.data(), &size, sizeof size);
  return send_all(socket, head.data(), head.size()) && send_all(socket, text.data(), text.size());
}

// `until` of seconds_now(); 0: waits for ever.
Missed receive_all(int socket, char* data, size_t size, double until) {
  while (size > 0) {
    const double left = until - seconds_now();
    if (until > 0 && left <= 0) return Missed::kDeadline;
    pollfd ready{socket, POLLIN, 0};
    const int n = ::poll(&ready, 1, until > 0 ? static_cast<int>(left * 1000) + 1 : -1);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) return Missed::kDeadline;
    const ssize_t got = ::recv(socket, data, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Missed::kCrash;
    data += got;
    size -= static_cast<size_t>(got);
  }
  return Missed::kNothing;
}

Missed receive_message(int socket, std::string& text, double until) {
  std::array<char, sizeof(uint32_t)> head;
  Missed missed = receive_all(socket, head.data(), head.size(), until);
  if (missed != Missed::kNothing) return missed;
  uint32_t size = 0;
  std::memcpy(&size, head.data(), sizeof size);
  if (size > kLargestMessage) return Missed::kCrash;
  text.resize(size);
  return receive_all(socket, text.data(), size, until);
}

[[noreturn]] void serve(int socket, const std::function<Worker::Serve()>& start) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // A library that prints must not write into the document.
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
  const Worker::Serve answer = start();
  std::string request;
  while (receive_message(socket, request, 0) == Missed::kNothing)
    if (!send_message(socket, answer(request))) break;
  ::_exit(0);  // no destructors of libraries: they hang, too
}

}  // namespace

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

bool Worker::spawn() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    serve(ends[1], start_);
  }
  ::close(ends[1]);
  if (child < 0) {
    ::close(ends[0]);
    return false;
  }
  child_ = child;
  socket_ = ends[0];
  ++children_;
  return true;
}

Reply Worker::call(const std::string& request, double deadline_s) {
  if (!is_running() && !spawn()) return {Missed::kNoChild, ""};
  Reply reply;
  if (!send_message(socket_, request)) reply.missed = Missed::kCrash;
  else reply.missed = receive_message(socket_, reply.bytes, seconds_now() + deadline_s);
  if (reply.missed != Missed::kNothing) abandon();
  return reply;
}

void Worker::abandon() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  if (child_ <= 0) return;
  ::kill(child_, SIGKILL);
  // A process that waits inside the driver cannot be killed; it is left behind rather than waited for.
  for (int i = 0; i < 20 && ::waitpid(child_, nullptr, WNOHANG) == 0; ++i) ::usleep(1000);
  child_ = -1;
}

}  // namespace shardplan::probe
