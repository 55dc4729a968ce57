#include "text.h"

#include <gmock/gmock.h>

namespace shardplan::probe {
namespace {

using testing::ElementsAre;

TEST(Text, Trims) {
  EXPECT_EQ(trimmed(" \tvalue\n"), "value");
  EXPECT_EQ(trimmed(" \n"), "");
}

TEST(Text, ReadsWholeNumbers) {
  EXPECT_EQ(whole_number(" 42\n"), 42);
  EXPECT_EQ(whole_number("0x10de"), 0x10de);
  EXPECT_EQ(whole_number("-1"), -1);
  EXPECT_EQ(whole_number("16 lanes"), std::nullopt);
  EXPECT_EQ(whole_number(""), std::nullopt);
  EXPECT_EQ(whole_number("max"), std::nullopt);
  // Ids of 64 bits keep their bits.
  EXPECT_EQ(static_cast<uint64_t>(*whole_number("18446744073709551615")), 18446744073709551615u);
  EXPECT_EQ(whole_number("99999999999999999999"), std::nullopt);
}

TEST(Text, ReadsTheNumberAtTheBeginning) {
  EXPECT_EQ(number_in("16.0 GT/s PCIe"), 16);
  EXPECT_EQ(number_in("400 Gb/sec (4X NDR)"), 400);
  EXPECT_EQ(number_in("Unknown"), std::nullopt);
}

TEST(Text, FindsValues) {
  const std::string text = "processor\t: 0\nmodel name\t: Intel(R) Xeon(R): Gold\nmodel\t\t: 143\n";
  EXPECT_EQ(value_of(text, "model"), "143");
  EXPECT_EQ(value_of(text, "model name"), "Intel(R) Xeon(R): Gold");
  EXPECT_EQ(value_of(text, "name"), "");
  EXPECT_EQ(property("simd_count 1216\nsimd_per_cu 4\n", "simd_per_cu"), 4);
  EXPECT_EQ(property("simd_count 1216\n", "simd"), std::nullopt);
}

TEST(Text, ReadsLists) {
  EXPECT_THAT(numbers_of_list("0-2,7\n"), ElementsAre(0, 1, 2, 7));
  EXPECT_THAT(numbers_of_list("1,19-20,27"), ElementsAre(1, 19, 20, 27));
  EXPECT_THAT(numbers_of_list(""), ElementsAre());
  EXPECT_THAT(numbers_of_list("x,3,2-"), ElementsAre(3));
  // No list of a billion, whatever a file says.
  EXPECT_THAT(numbers_of_list("0-999999999"), ElementsAre());
  EXPECT_EQ(list_of_numbers({0, 1, 2, 5, 7, 8}), "0-2,5,7-8");
}

TEST(Text, NormalisesAddresses) {
  EXPECT_EQ(pci_address("00000000:17:00.0"), "0000:17:00.0");
  EXPECT_EQ(pci_address("00010000:E5:00.0"), "00010000:e5:00.0");
  EXPECT_EQ(pci_address("0008:01:00.0"), "0008:01:00.0");
  EXPECT_EQ(pci_address("3B:00.0"), "0000:3b:00.0");
  EXPECT_EQ(pci_address(""), "");
}

TEST(Text, KeepsWhatIsPrintable) {
  EXPECT_EQ(printable("caf\xc3\xa9\x01\x7f"), "caf\xc3\xa9");
  EXPECT_EQ(printable("a\xff\xc3"), "a");
  EXPECT_EQ(printable("\xed"), "");
}

}  // namespace
}  // namespace shardplan::probe
