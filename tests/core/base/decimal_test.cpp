#include "base/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <bit>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace shardplan {
namespace {

using Limits = std::numeric_limits<double>;

// printf and strtod of the C library are the oracle.
template <class... Args>
std::string printed(const char* format, Args... args) {
  char text[800];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

bool is_same(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

void expect_as_strtod(const std::string& text) {
  char* end = nullptr;
  const double wanted = std::strtod(text.c_str(), &end);
  const LeadingNumber got = leading_number(text);
  EXPECT_TRUE(is_same(got.value, wanted)) << text << " is " << wanted << ", not " << got.value;
  EXPECT_EQ(got.length, static_cast<size_t>(end - text.c_str())) << text;
}

const double kHard[] = {0.0,
                        -0.0,
                        1.0,
                        0.1,
                        0.5,
                        1.5,
                        2.5,
                        9.5,
                        99.5,
                        0.05,
                        0.25,
                        1e22,
                        1e23,
                        123456789.5,
                        999999999.5,
                        5e-324,
                        Limits::min(),
                        Limits::max(),
                        -Limits::max(),
                        Limits::denorm_min() * 3,
                        9007199254740993.0,
                        4.35,
                        2.2250738585072011e-308};

TEST(Decimal, ReadsWhatStrtodReads) {
  for (const char* text : {"0",
                           "-0",
                           "+1",
                           "1.",
                           ".5",
                           "-.5e1",
                           "007",
                           "0.000",
                           "1e",
                           "1e+",
                           "1e5x",
                           "1E-5",
                           "12,3",
                           "1e400",
                           "-1e400",
                           "1e-400",
                           "1e99999999999999999999",
                           "1e-99999999999999999999",
                           "0e99999999999999999999",
                           "9007199254740993",
                           "9007199254740992.5",
                           "9007199254740993.0000000000000000000000000000001",
                           "2.2250738585072011e-308",
                           "2.47032822920623272e-324",
                           "2.4703282292062327208299e-324",
                           "1.7976931348623158e308",
                           "1.7976931348623159e308",
                           "17976931348623157e292",
                           "0.30000000000000004",
                           "123456789012345678"})
    expect_as_strtod(text);
  expect_as_strtod("1" + std::string(5000, '0') + "e-4990");
  expect_as_strtod("0." + std::string(5000, '0') + "7e5000");
  expect_as_strtod(std::string(3000, '9') + "e-2995");
}

// The middle between two doubles needs every digit; the least above it rounds up.
TEST(Decimal, ReadsTheMiddleOfTwoDoubles) {
  for (double x : {1.0, 3e-310, 5e-324, 1e300, 0.1}) {
    const std::string below = printed("%.1100f", x), above = printed("%.1100f", std::nextafter(x, 1e308));
    expect_as_strtod(below + "1");
    expect_as_strtod(above);
  }
  expect_as_strtod("1.00000000000000011102230246251565404236316680908203125");
  expect_as_strtod("1.00000000000000011102230246251565404236316680908203124");
  expect_as_strtod("1.00000000000000011102230246251565404236316680908203126");
  expect_as_strtod("1.00000000000000011102230246251565404236316680908203125" + std::string(2000, '0') + "1");
  expect_as_strtod("1.00000000000000033306690738754696212708950042724609375");
}

TEST(Decimal, NoNumberHasNoLength) {
  for (const char* text : {"", "-", "+", ".", "-.", "e5", " 1", "x", "nan", "inf", "-inf"})
    EXPECT_EQ(leading_number(text).length, 0u) << text;
  EXPECT_EQ(leading_number("0x10").length, 1u);
}

TEST(Decimal, PrintsAsPrintf) {
  for (double x : kHard) {
    for (int digits : {1, 2, 3, 6, 9, 12, 15, 17}) EXPECT_EQ(general_text(x, digits), printed("%.*g", digits, x)) << x;
    for (int decimals : {0, 1, 2, 3, 10}) EXPECT_EQ(fixed_text(x, decimals), printed("%.*f", decimals, x)) << x;
  }
  EXPECT_EQ(general_text(Limits::infinity(), 3), "inf");
  EXPECT_EQ(fixed_text(-Limits::infinity(), 3), "-inf");
  EXPECT_EQ(fixed_text(Limits::quiet_NaN(), 3), "nan");
}

TEST(Decimal, RoundsAsTextWould) {
  for (double x : kHard)
    for (int digits : {1, 2, 9, 17})
      EXPECT_TRUE(is_same(round_to_digits(x, digits), std::strtod(printed("%.*g", digits, x).c_str(), nullptr))) << x;
}

rc::Gen<double> any_finite() {
  return rc::gen::suchThat(
      rc::gen::map(rc::gen::arbitrary<uint64_t>(), [](uint64_t b) { return std::bit_cast<double>(b); }),
      [](double x) { return std::isfinite(x); });
}
// Numbers of the sizes that requests and responses have.
rc::Gen<double> any_usual() {
  return rc::gen::apply([](int64_t a, int64_t b) { return static_cast<double>(a) / static_cast<double>(b); },
                        rc::gen::inRange<int64_t>(-1'000'000'000'000, 1'000'000'000'000),
                        rc::gen::inRange<int64_t>(1, 1'000'000));
}

void holds(double x, int digits) {
  RC_ASSERT(general_text(x, digits) == printed("%.*g", digits, x));
  RC_ASSERT(is_same(round_to_digits(x, digits), std::strtod(general_text(x, digits).c_str(), nullptr)));
  RC_ASSERT(is_same(leading_number(printed("%.17g", x)).value, x));
  const std::string shorter = printed("%.*e", digits, x);
  RC_ASSERT(is_same(leading_number(shorter).value, std::strtod(shorter.c_str(), nullptr)));
}
RC_GTEST_PROP(Decimal, AgreesWithTheCLibraryOnAnyDouble, ()) { holds(*any_finite(), *rc::gen::inRange(1, 20)); }
RC_GTEST_PROP(Decimal, AgreesWithTheCLibraryOnUsualNumbers, ()) {
  const double x = *any_usual();
  holds(x, *rc::gen::inRange(1, 20));
  const int decimals = *rc::gen::inRange(0, 8);
  RC_ASSERT(fixed_text(x, decimals) == printed("%.*f", decimals, x));
}

}  // namespace
}  // namespace shardplan
