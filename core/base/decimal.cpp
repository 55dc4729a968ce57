#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace shardplan {
namespace {

// A natural number of as many bits as the decimals here can need: 10^1131 has 3758.
class Natural {
 public:
  explicit Natural(uint64_t value = 0) {
    for (; value != 0; value >>= 32) limbs_[size_++] = static_cast<uint32_t>(value);
  }

  bool is_zero() const { return size_ == 0; }
  int bits() const { return is_zero() ? 0 : 32 * size_ - std::countl_zero(limbs_[size_ - 1]); }

  void multiply_add(uint32_t factor, uint32_t carry) {
    uint64_t sum = carry;
    for (int i = 0; i < size_; ++i) {
      sum += static_cast<uint64_t>(limbs_[i]) * factor;
      limbs_[i] = static_cast<uint32_t>(sum);
      sum >>= 32;
    }
    if (sum != 0) limbs_[size_++] = static_cast<uint32_t>(sum);
  }

  void multiply_by_power(uint32_t base, int64_t exponent) {
    for (; exponent > 0; --exponent) multiply_add(base, 0);
  }

  void shift_left(int bits) {
    const int whole = bits / 32, part = bits % 32;
    if (part != 0) multiply_add(1U << part, 0);
    if (whole == 0 || is_zero()) return;
    std::copy_backward(limbs_.begin(), limbs_.begin() + size_, limbs_.begin() + size_ + whole);
    std::fill_n(limbs_.begin(), whole, 0);
    size_ += whole;
  }

  // The quotient stays, the remainder is returned.
  uint32_t divide(uint32_t divisor) {
    uint64_t rest = 0;
    for (int i = size_ - 1; i >= 0; --i) {
      rest = rest << 32 | limbs_[i];
      limbs_[i] = static_cast<uint32_t>(rest / divisor);
      rest %= divisor;
    }
    trim();
    return static_cast<uint32_t>(rest);
  }

  // `other` is not larger.
  void subtract(const Natural& other) {
    int64_t borrow = 0;
    for (int i = 0; i < size_; ++i) {
      borrow += static_cast<int64_t>(limbs_[i]) - (i < other.size_ ? other.limbs_[i] : 0);
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    trim();
  }

  int compare(const Natural& other) const {
    if (size_ != other.size_) return size_ < other.size_ ? -1 : 1;
    for (int i = size_ - 1; i >= 0; --i)
      if (limbs_[i] != other.limbs_[i]) return limbs_[i] < other.limbs_[i] ? -1 : 1;
    return 0;
  }

 private:
  std::array<uint32_t, 128> limbs_;  // the first size_ of them, the lowest first
  int size_ = 0;

  void trim() {
    while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
  }
};

// 0.DIGITS x 10^point
struct Decimal {
  std::string digits;
  int64_t point = 0;
};

constexpr int kMantissaBits = 53;
constexpr int kLeastExponent = -1022;
constexpr size_t kMostDigits = 800;  // a double and the middle between two have at most 768

// The double nearest to a decimal without leading zeros, ties to even.
double to_double(const Decimal& d) {
  if (d.digits.empty() || d.point < -330) return 0;
  if (d.point > 310) return std::numeric_limits<double>::infinity();
  const int64_t exponent = d.point - static_cast<int64_t>(d.digits.size());
  constexpr int64_t kExactPower = 22;  // 10^22 is a double
  if (d.digits.size() <= 15 && exponent >= -kExactPower && exponent <= kExactPower) {
    double whole = 0, power = 1;
    for (char digit : d.digits) whole = 10 * whole + (digit - '0');
    for (int64_t i = std::abs(exponent); i > 0; --i) power *= 10;
    return exponent < 0 ? whole / power : whole * power;
  }
  Natural above, below(1);
  for (char digit : d.digits) above.multiply_add(10, static_cast<uint32_t>(digit - '0'));
  above.multiply_by_power(10, exponent);
  below.multiply_by_power(10, -exponent);
  // above / below x 2^scale with a quotient of at least 1 and below 2
  int scale = above.bits() - below.bits();
  if (scale > 0) below.shift_left(scale);
  else above.shift_left(-scale);
  if (above.compare(below) < 0) {
    above.shift_left(1);
    --scale;
  }
  const int bits = kMantissaBits - std::max(0, kLeastExponent - scale);  // fewer below the normal doubles
  if (bits < 0) return 0;
  uint64_t mantissa = 0;
  for (int i = 0; i < bits; ++i) {
    mantissa <<= 1;
    if (above.compare(below) >= 0) {
      above.subtract(below);
      mantissa |= 1;
    }
    above.shift_left(1);
  }
  const int rest = above.compare(below);
  if (rest > 0 || (rest == 0 && mantissa % 2 == 1)) ++mantissa;
  return std::ldexp(static_cast<double>(mantissa), scale - bits + 1);
}

// All digits of a finite |x|.
Decimal exactly(double x) {
  if (x == 0) return {};
  int exponent = 0;
  auto mantissa = static_cast<uint64_t>(std::ldexp(std::frexp(std::fabs(x), &exponent), kMantissaBits));
  exponent -= kMantissaBits;
  const int zeros = std::countr_zero(mantissa);
  mantissa >>= zeros;
  exponent += zeros;
  // m 2^-e = m 5^e / 10^e
  Natural n(mantissa);
  if (exponent > 0) n.shift_left(exponent);
  n.multiply_by_power(5, -exponent);
  std::string reversed;
  while (!n.is_zero()) {
    uint32_t nine = n.divide(1'000'000'000);
    for (int i = 0; i < 9; ++i, nine /= 10) reversed += static_cast<char>('0' + nine % 10);
  }
  while (reversed.back() == '0') reversed.pop_back();
  return {{reversed.rbegin(), reversed.rend()}, static_cast<int64_t>(reversed.size()) + std::min(exponent, 0)};
}

// Rounds to the first `count` digits, ties to even.
void keep_digits(Decimal& d, int64_t count) {
  const int64_t size = static_cast<int64_t>(d.digits.size());
  if (count >= size) return;
  if (count < 0) {
    d.digits.clear();
    return;
  }
  const std::string rest = d.digits.substr(count);
  d.digits.resize(count);
  const bool is_odd = count > 0 && (d.digits.back() - '0') % 2 == 1;
  const std::string_view half = "5";
  if (rest < half || (rest == half && !is_odd)) return;
  while (!d.digits.empty() && d.digits.back() == '9') d.digits.pop_back();
  if (d.digits.empty()) {
    d.digits = "1";
    ++d.point;
  } else {
    ++d.digits.back();
  }
}

std::string not_finite(double x) { return std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf"; }

// Digits from 0.1 x 10^point on, one for each of `count` places; zeros where there are none.
std::string places(const Decimal& d, int64_t from, int64_t count) {
  std::string out;
  for (int64_t i = from; i < from + count; ++i)
    out += i >= 0 && i < static_cast<int64_t>(d.digits.size()) ? d.digits[i] : '0';
  return out;
}

std::string positional(const Decimal& d, int64_t decimals) {
  std::string out = d.point > 0 ? places(d, 0, d.point) : "0";
  if (decimals > 0) out += '.' + places(d, d.point, decimals);
  return out;
}

const char* sign_of(double x) { return std::signbit(x) ? "-" : ""; }

}  // namespace

LeadingNumber leading_number(std::string_view text) {
  size_t at = 0;
  const auto is_digit = [&] { return at < text.size() && text[at] >= '0' && text[at] <= '9'; };
  const auto take_sign = [&] { return at < text.size() && (text[at] == '-' || text[at] == '+') && text[at++] == '-'; };
  const bool is_negative = take_sign();
  Decimal d;
  bool has_digits = false, has_rest = false;
  const auto take_digits = [&](int64_t whole) {
    for (; is_digit(); ++at) {
      has_digits = true;
      if (d.digits.empty() && text[at] == '0') {
        d.point -= 1 - whole;
        continue;
      }
      d.point += whole;
      if (d.digits.size() < kMostDigits) d.digits += text[at];
      else has_rest = has_rest || text[at] != '0';
    }
  };
  take_digits(1);
  if (at < text.size() && text[at] == '.') {
    ++at;
    take_digits(0);
  }
  if (!has_digits) return {};
  if (has_rest) d.digits += '1';  // somewhere above the digits kept
  const size_t before_exponent = at;
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    const bool is_below = take_sign();
    if (!is_digit()) at = before_exponent;
    int64_t exponent = 0;
    for (; is_digit(); ++at) exponent = std::min<int64_t>(10 * exponent + (text[at] - '0'), 1LL << 40);
    d.point += is_below ? -exponent : exponent;
  }
  const double size = to_double(d);
  return {is_negative ? -size : size, at};
}

std::string fixed_text(double x, int decimals) {
  if (!std::isfinite(x)) return not_finite(x);
  Decimal d = exactly(x);
  keep_digits(d, d.point + decimals);
  return sign_of(x) + positional(d, decimals);
}

std::string general_text(double x, int digits) {
  if (!std::isfinite(x)) return not_finite(x);
  if (x == 0) return std::string(sign_of(x)) + "0";
  Decimal d = exactly(x);
  keep_digits(d, digits);
  while (d.digits.back() == '0') d.digits.pop_back();
  const int64_t size = static_cast<int64_t>(d.digits.size()), exponent = d.point - 1;
  if (exponent >= -4 && exponent < digits) return sign_of(x) + positional(d, std::max<int64_t>(0, size - d.point));
  const int64_t e = std::abs(exponent);
  return sign_of(x) + d.digits.substr(0, 1) + (size > 1 ? "." : "") + d.digits.substr(1) +
         (exponent < 0 ? "e-" : "e+") + (e < 10 ? "0" : "") + std::to_string(e);
}

double round_to_digits(double x, int digits) {
  Decimal d = exactly(x);
  keep_digits(d, digits);
  return std::copysign(to_double(d), x);
}

}  // namespace shardplan
