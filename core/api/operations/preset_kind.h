// The kinds of presets, as requests name them.
#pragma once

#include "json/spec_fields.h"

namespace shardplan::api {

enum class PresetKind { kModels, kAccelerators, kSystems, kNetworks, kStacks };

}  // namespace shardplan::api

namespace shardplan::json {

template <>
struct DescribeEnum<api::PresetKind> {
  static constexpr const char* kName = "preset_kind";
  static std::span<const EnumEntry> entries() {
    using enum api::PresetKind;
    static constexpr EnumEntry table[] = {{static_cast<int>(kModels), "models"},
                                          {static_cast<int>(kAccelerators), "accelerators"},
                                          {static_cast<int>(kSystems), "systems"},
                                          {static_cast<int>(kNetworks), "networks"},
                                          {static_cast<int>(kStacks), "stacks"}};
    return table;
  }
};

}  // namespace shardplan::json
