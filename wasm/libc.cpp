// What nlohmann/json takes from the C library, for the linker to find first: the library's strtod and snprintf bring
// 128-bit soft-float arithmetic and every conversion along, 12 kB of the page's first load.
#include <cstdarg>
#include <cstdio>

#include "base/decimal.h"

extern "C" {

double strtod(const char* text, char** end) {
  const shardplan::LeadingNumber number = shardplan::leading_number(text);
  if (end != nullptr) *end = const_cast<char*>(text) + number.length;
  return number.value;
}
// In the library these lie in one object with strtod; nothing calls them.
float strtof(const char* text, char** end) { return static_cast<float>(strtod(text, end)); }
long double strtold(const char* text, char** end) { return strtod(text, end); }

// Knows four hexadecimal digits ("\\u%04x", "<U+%.4X>"): all that nlohmann/json prints.
int snprintf(char* out, size_t size, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = 0;
  const auto put = [&](char c) {
    if (static_cast<size_t>(++length) < size) *out++ = c;
  };
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      put(*format);
      continue;
    }
    while (*format != 'x' && *format != 'X') ++format;
    const unsigned value = va_arg(arguments, unsigned);
    for (int shift = 12; shift >= 0; shift -= 4)
      put((*format == 'x' ? "0123456789abcdef" : "0123456789ABCDEF")[value >> shift & 15]);
  }
  va_end(arguments);
  if (size > 0) *out = '\0';
  return length;
}
}
