// Exact integer helpers of the search space. All arguments are positive unless a comment says otherwise.
#pragma once

#include <cstdint>
#include <vector>

namespace shardplan {

constexpr int64_t ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }

constexpr bool divides(int64_t divisor, int64_t n) { return divisor > 0 && n % divisor == 0; }

constexpr int64_t round_up(int64_t n, int64_t multiple) { return ceil_div(n, multiple) * multiple; }

// All divisors of n, ascending.
std::vector<int64_t> divisors(int64_t n);

// The divisors of n nearest to `wanted`: the largest one below and the smallest one above it (fewer at the ends).
std::vector<int64_t> neighbouring_divisors(int64_t n, int64_t wanted);

}  // namespace shardplan
