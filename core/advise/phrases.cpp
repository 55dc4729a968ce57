#include "advise/phrases.h"

#include <utility>

#include "base/text.h"

namespace shardplan::advise {
namespace {

bool is_letter_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

Phrases::Phrases(std::vector<std::string> phrases) : phrases_(std::move(phrases)) {
  for (std::string& phrase : phrases_) {
    phrase = lower_case(phrase);
    for (const char c : phrase) {
      uint8_t& of = class_of_[static_cast<uint8_t>(c)];
      if (of == 0) of = static_cast<uint8_t>(classes_++);
    }
  }
  for (int c = 'A'; c <= 'Z'; ++c)
    class_of_[static_cast<size_t>(c)] = class_of_[static_cast<uint8_t>(lower(static_cast<char>(c)))];
  states_.emplace_back();
  next_.assign(static_cast<size_t>(classes_), 0);
  for (size_t i = 0; i < phrases_.size(); ++i) add(static_cast<int>(i));
  link();
}

void Phrases::add(int phrase) {
  int32_t state = 0;
  for (const char c : phrases_[static_cast<size_t>(phrase)]) {
    const size_t edge = static_cast<size_t>(state) * static_cast<size_t>(classes_) + class_of_[static_cast<uint8_t>(c)];
    if (next_[edge] == 0) {
      next_[edge] = static_cast<int32_t>(states_.size());
      states_.emplace_back();
      next_.resize(next_.size() + static_cast<size_t>(classes_), 0);
    }
    state = next_[edge];
  }
  states_[static_cast<size_t>(state)].phrase = phrase;
}

// Breadth first, so that shorter states are done before those that fall back to them; missing edges then go where the
// fallback goes.
void Phrases::link() {
  std::vector<int32_t> order = {0};
  for (size_t i = 0; i < order.size(); ++i) {
    const int32_t at = order[i];
    State& state = states_[static_cast<size_t>(at)];
    if (state.phrase >= 0) state.ending = at;
    else state.ending = at == 0 ? 0 : states_[static_cast<size_t>(state.shorter)].ending;
    for (int32_t c = 0; c < classes_; ++c) {
      int32_t& to = next_[static_cast<size_t>(at) * static_cast<size_t>(classes_) + static_cast<size_t>(c)];
      const int32_t fallback =
          at == 0 ? 0
                  : next_[static_cast<size_t>(state.shorter) * static_cast<size_t>(classes_) + static_cast<size_t>(c)];
      if (to != 0) {
        states_[static_cast<size_t>(to)].shorter = fallback;
        order.push_back(to);
      } else {
        to = fallback;
      }
    }
  }
}

bool Phrases::is_word(std::string_view text, size_t at, size_t length) const {
  const size_t end = at + length;
  const bool joined_before = at > 0 && is_letter_or_digit(text[at]) && is_letter_or_digit(text[at - 1]);
  const bool joined_after = end < text.size() && is_letter_or_digit(text[end - 1]) && is_letter_or_digit(text[end]);
  return !joined_before && !joined_after;
}

void Phrases::find(std::string_view text, std::vector<Found>& found) const {
  int32_t at = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    at = next_[static_cast<size_t>(at) * static_cast<size_t>(classes_) + class_of_[static_cast<uint8_t>(text[i])]];
    int32_t end = states_[static_cast<size_t>(at)].ending;
    while (end != 0) {
      const int phrase = states_[static_cast<size_t>(end)].phrase;
      const size_t length = phrases_[static_cast<size_t>(phrase)].size();
      if (is_word(text, i + 1 - length, length)) found.push_back({phrase, i + 1 - length});
      end = states_[static_cast<size_t>(states_[static_cast<size_t>(end)].shorter)].ending;
    }
  }
}

}  // namespace shardplan::advise
