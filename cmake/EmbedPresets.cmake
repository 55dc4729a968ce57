# Writes OUTPUT, a C++ file that holds every JSON file below FOLDER as text. Run with cmake -P.
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*.json")
list(FILTER files EXCLUDE REGEX "^(schemas|measured)/")
list(SORT files)
set(body "")
foreach(file IN LISTS files)
  file(READ "${FOLDER}/${file}" text)
  string(REGEX REPLACE "\n *" "\n" text "${text}")
  string(APPEND body "      {\"${file}\", R\"preset(${text})preset\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "// Made by cmake/EmbedPresets.cmake from presets/.
#include \"json/presets.h\"

namespace shardplan::json {

const std::vector<PresetFile>& built_in_presets() {
  static const std::vector<PresetFile> files = {
${body}  };
  return files;
}

}  // namespace shardplan::json
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
