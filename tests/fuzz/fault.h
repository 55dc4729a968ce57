// What no input may do, beside crashing: end in a fault of our own, or in a response that is not JSON.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/handle.h"
#include "json/document.h"

namespace shardplan::fuzz {

inline void expect_no_fault(std::string_view operation, std::string_view request) {
  const api::Reply reply = api::handle(operation, request);
  if (reply.kind != api::Reply::Kind::kInternalError && json::parse(reply.json)) return;
  std::fprintf(stderr, "%.*s: %.300s\n", static_cast<int>(operation.size()), operation.data(), reply.json.c_str());
  std::abort();
}

// A JSON string of any bytes; those beyond ASCII count as Latin-1.
inline std::string quoted(std::string_view text) {
  std::string out = "\"";
  char escaped[8];
  for (const char c : text) {
    std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(c));
    out += c == '"' || c == '\\' || c < ' ' ? escaped : std::string(1, c);
  }
  return out + "\"";
}

}  // namespace shardplan::fuzz
