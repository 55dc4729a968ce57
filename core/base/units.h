// Factors between the units that names spell out (`_gib`, `_gb_per_s`, `_tflops`, ...).
#pragma once

namespace shardplan {

inline constexpr double kGib = 1024.0 * 1024.0 * 1024.0;
inline constexpr double kGiga = 1e9;
inline constexpr double kTera = 1e12;
inline constexpr double kMicro = 1e-6;
inline constexpr double kSecondsPerHour = 3600.0;

}  // namespace shardplan
