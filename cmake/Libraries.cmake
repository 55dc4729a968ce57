# nlohmann/json, tl::expected, RapidXML and the CSV parser are header-only Debian packages. Only their folders are linked into the build tree:
# the whole of /usr/include would bring glibc's headers into the WebAssembly build.
set(vendor ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${vendor})
foreach(library nlohmann tl libfccp rapidxml)
  find_path(${library}_root NAMES ${library} PATHS /usr/include /usr/local/include REQUIRED NO_CMAKE_FIND_ROOT_PATH)
  file(CREATE_LINK ${${library}_root}/${library} ${vendor}/${library} SYMBOLIC)
endforeach()
target_include_directories(shardplan_options SYSTEM INTERFACE ${vendor})
