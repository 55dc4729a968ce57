// Command line -> request.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/registry.h"

namespace shardplan::cli {

struct Command {
  std::string operation;
  std::string request;  // JSON
  bool json = false;    // print the response as it is
};

// What to run, or the exit status of help and of a command that makes no sense (messages are printed).
struct Parsed {
  std::optional<Command> command;
  int exit_status = 0;
};
Parsed parse(int argc, char** argv);

}  // namespace shardplan::cli
