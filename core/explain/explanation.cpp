#include "explain/explanation.h"

#include <algorithm>
#include <cctype>

namespace shardplan::explain {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool mentions(const std::string& formula, const std::string& symbol) {
  for (size_t at = formula.find(symbol); at != std::string::npos; at = formula.find(symbol, at + 1)) {
    const size_t end = at + symbol.size();
    if ((at == 0 || !is_word(formula[at - 1])) && (end == formula.size() || !is_word(formula[end]))) return true;
  }
  return false;
}

}  // namespace

Explanation explain(const estimate::Context& context, const spec::Strategy& s) {
  Explanation out;
  explain_result(context, s, out);
  explain_step(context, s, out);
  explain_layer(context, s, out);
  explain_data_parallel(context, s, out);
  explain_memory(context, s, out);
  // Variants of a formula share their list of terms.
  for (Quantity& q : out) std::erase_if(q.terms, [&](const Term& t) { return !mentions(q.formula, t.symbol); });
  return out;
}

}  // namespace shardplan::explain
