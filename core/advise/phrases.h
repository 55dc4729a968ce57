// Many phrases sought in a text at once, in one pass whatever they are (Aho and Corasick 1975). Letters count without
// their case, and a phrase that begins or ends with a letter or digit is found only as whole words: "inf" is not in
// "INFO". Above: log_scan.h.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shardplan::advise {

class Phrases {
 public:
  // None may be empty. Phrases are known by their place in the list.
  explicit Phrases(std::vector<std::string> phrases);

  struct Found {
    int phrase = 0;
    size_t at = 0;
  };
  // Every occurrence, by where it ends.
  void find(std::string_view text, std::vector<Found>& found) const;

 private:
  struct State {
    int32_t shorter = 0;  // state of the longest proper suffix that begins a phrase
    int32_t ending = 0;   // nearest state, itself included, at which a phrase ends along `shorter`; 0: none
    int32_t phrase = -1;  // that ends here
  };

  std::vector<std::string> phrases_;
  std::array<uint8_t, 256> class_of_{};  // characters that no phrase has are class 0
  int32_t classes_ = 1;
  std::vector<State> states_;  // 0 is the root
  std::vector<int32_t> next_;  // states x classes

  void add(int phrase);
  void link();
  bool is_word(std::string_view text, size_t at, size_t length) const;
};

}  // namespace shardplan::advise
