// What is known of a machine, fact by fact. A fact is a value or says why there is none; unknown is never 0.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace shardplan::probe {

enum class Status { kValue, kNotSupported, kNoPermission, kMissingSymbol, kError };

const char* name_of(Status status);  // "not_supported"

using Value = std::variant<bool, int64_t, double, std::string>;

struct Fact {
  Status status = Status::kNotSupported;
  Value value;
  int code = 0;      // what the source answered where it failed
  std::string text;  // why, where the status does not say it

  bool known() const { return status == Status::kValue; }
};

Fact known(Value value);
Fact known(const char* text);
Fact known(int value);
Fact unknown(Status status, int code = 0, std::string text = "");

// Facts by name, in the order in which they were set. Names carry their units.
class Facts {
 public:
  void set(const std::string& name, Fact fact);
  // Leaves what is known already; otherwise the newer reason stands.
  void offer(const std::string& name, Fact fact);
  void erase(const std::string& name);

  const Fact* find(const std::string& name) const;
  std::optional<double> number(const std::string& name) const;
  std::optional<bool> flag(const std::string& name) const;
  std::string text(const std::string& name) const;  // empty where it is not known

  bool empty() const { return facts_.empty(); }
  auto begin() const { return facts_.begin(); }
  auto end() const { return facts_.end(); }

 private:
  std::vector<std::pair<std::string, Fact>> facts_;
};

}  // namespace shardplan::probe
