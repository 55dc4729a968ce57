// What an emitter gives: files and commands that start a plan on one framework. Below: emit/job.h is what it is made
// from.
#pragma once

#include <string>
#include <vector>

namespace shardplan::emit {

struct Variable {
  std::string name;
  std::string value;
  std::string reason;

  bool operator==(const Variable&) const = default;
};

struct File {
  std::string name;
  std::string language;  // for highlighting
  std::string text;
};

struct Artefact {
  std::string framework;
  std::string version;  // that the options were read from
  std::string command;  // on every node, unless node_commands say more
  std::vector<std::string> node_commands;
  std::vector<File> files;
  std::vector<Variable> environment;
  std::vector<std::string> notes;
  std::vector<std::string> problems;  // what of the plan this framework does not do, and why
};

}  // namespace shardplan::emit
