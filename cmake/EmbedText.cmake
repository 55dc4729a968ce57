# Writes OUTPUT, a C++ file with a function NAMESPACE::FUNCTION() that returns the text of INPUT. Run with cmake -P.
# Raw strings, in pieces: compilers limit the length of one.
file(READ "${INPUT}" text)
string(LENGTH "${text}" length)
set(piece 15000)
set(body "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} ${piece} part)
  string(APPEND body "\n    R\"text(${part})text\"")
  math(EXPR at "${at} + ${piece}")
endwhile()
file(WRITE "${OUTPUT}.new" "// Made by cmake/EmbedText.cmake from ${NAME}.
#include \"${HEADER}\"

namespace ${NAMESPACE} {

std::string_view ${FUNCTION}() {
  static constexpr char text[] =${body};
  return {text, sizeof text - 1};
}

}  // namespace ${NAMESPACE}
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
