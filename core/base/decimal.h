// Decimal text to double and back, rounded correctly, so that native and WebAssembly builds agree to the bit.
// The C library's strtod and printf do the same, but bring 12 kB of soft-float code (gzipped) into the page.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace shardplan {

struct LeadingNumber {
  double value = 0;
  size_t length = 0;  // characters that the number takes; 0 where the text does not begin with one
};

// The number that the text begins with, such as "-1.5e3": no blanks before it, no infinity, no hexadecimal digits.
// Infinite where it is larger than any double.
LeadingNumber leading_number(std::string_view text);

// As printf's "%.*f" and "%.*g" have it: "17.670", and "17.67" or "1.5e+09".
std::string fixed_text(double x, int decimals);
std::string general_text(double x, int digits);

// The double nearest to x rounded to that many significant decimal digits; x is finite.
double round_to_digits(double x, int digits);

}  // namespace shardplan
