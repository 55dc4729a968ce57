// Kinds of work and what is usual for them: settings that a request may leave to its profile, each with its reason and
// where it was published. Data; the operation 'profile' lays them under a request.
#pragma once

#include <span>
#include <string_view>

namespace shardplan::advise {

struct Setting {
  const char* field;  // of a request
  const char* value;  // JSON
  const char* reason;
  const char* source;
};

struct Profile {
  const char* id;
  const char* text;
  bool serves;  // a model instead of training one
  std::span<const Setting> settings;
  const char* not_included;  // what the plan leaves out; empty: nothing
};

std::span<const Profile> profiles();

}  // namespace shardplan::advise
