# Writes OUTPUT, a C++ file that holds the JSON files below FOLDER as text: those whose paths match ONLY, or all that are
# read at the start. Run with cmake -P.
# The page's first load must be small: with BARE the prose (sources, notes, names of switches) is left out, and of what is read at the start
# what only a fit of the constants looks at.
file(GLOB_RECURSE files RELATIVE "${FOLDER}" "${FOLDER}/*.json")
if(ONLY)
  list(FILTER files INCLUDE REGEX "${ONLY}")
else()
  list(FILTER files EXCLUDE REGEX "^(schemas|measured|links|nccl|troubleshooting|serving|reliability|storage|power)/")
endif()
list(SORT files)
set(body "")
foreach(file IN LISTS files)
  file(READ "${FOLDER}/${file}" text)
  if(BARE)
    string(REGEX REPLACE ",[ \n]*\"(source|notes|host|scaleup)\": \"([^\"\\\\]|\\\\.)*\"" "" text "${text}")
    if(NOT ONLY)
      string(REGEX REPLACE ", \"prior\": [0-9.e+-]+" "" text "${text}")
      string(REGEX REPLACE ", \"absorbs\": \"[^\"]*\"" "" text "${text}")
    endif()
    string(REGEX REPLACE "\n *" "" text "${text}")
    string(REPLACE "\": " "\":" text "${text}")
  endif()
  string(APPEND body "      {\"${file}\", R\"preset(${text})preset\"},\n")
endforeach()
file(WRITE "${OUTPUT}.new" "// Made by cmake/EmbedPresets.cmake from presets/.
#include \"${HEADER}\"

namespace shardplan::json {

const std::vector<PresetFile>& ${FUNCTION}() {
  static const std::vector<PresetFile> files = {
${body}  };
  return files;
}

}  // namespace shardplan::json
")
file(COPY_FILE "${OUTPUT}.new" "${OUTPUT}" ONLY_IF_DIFFERENT)
