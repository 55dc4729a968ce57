// One document laid over another.
#pragma once

#include "json/document.h"

namespace shardplan::json {

// `base` with the members of `patch`: null takes a member away, objects are merged (RFC 7386).
Document merged(const Document& base, const Document& patch);

}  // namespace shardplan::json
