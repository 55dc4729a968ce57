// The one header that names the JSON library.
#pragma once

#include <nlohmann/json.hpp>

#include "json/document.h"

namespace shardplan::json {

using Value = nlohmann::ordered_json;

struct Document::Node {
  Value value;
};

}  // namespace shardplan::json
