// The probe's one place that names the JSON library. Members stay in the order in which they are written.
#pragma once

#include <nlohmann/json.hpp>

namespace shardplan::probe {

using Json = nlohmann::ordered_json;

}  // namespace shardplan::probe
