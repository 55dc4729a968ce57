// Every request of tests/golden gives the bytes that its expectation describes; see cases.js.
#include <gtest/gtest.h>

#include <algorithm>
#include <cinttypes>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "api/handle.h"
#include "json/view.h"

namespace shardplan {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path(SHARDPLAN_SOURCE_DIR) / "tests/golden";

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path << " cannot be read; ./dev golden writes expectations";
  return {std::istreambuf_iterator<char>(file), {}};
}

// FNV-1a, 64 bits.
std::string hash(const std::string& bytes) {
  uint64_t h = 0xcbf29ce484222325;
  for (unsigned char byte : bytes) h = (h ^ byte) * 0x100000001b3;
  char text[17];
  std::snprintf(text, sizeof text, "%016" PRIx64, h);
  return text;
}

const char* kind_text(api::Reply::Kind kind) {
  if (kind == api::Reply::Kind::kOk) return "answer";
  return kind == api::Reply::Kind::kInvalidRequest ? "wrong request" : "fault";
}

struct Case {
  std::string operation;
  std::string name;
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.operation << "/" << c.name; }

std::vector<Case> cases() {
  constexpr std::string_view kEnding = ".request.json";
  std::vector<Case> found;
  for (const auto& file : fs::recursive_directory_iterator(kFolder)) {
    const std::string name = file.path().filename().string();
    if (name.size() <= kEnding.size() || name.substr(name.size() - kEnding.size()) != kEnding) continue;
    found.push_back({file.path().parent_path().filename().string(), name.substr(0, name.size() - kEnding.size())});
  }
  std::sort(found.begin(), found.end(),
            [](const Case& a, const Case& b) { return std::tie(a.operation, a.name) < std::tie(b.operation, b.name); });
  return found;
}

// Searches of 10^8 candidates take minutes with sanitizers; smaller cases of the same operations run the same code.
bool is_too_large_here([[maybe_unused]] const Case& c) {
#ifdef __SANITIZE_ADDRESS__
  constexpr std::pair<const char*, const char*> kLarge[] = {{"largescale", "rack-scale"},
                                                            {"moe", "deepseek-v3"},
                                                            {"bottleneck", "moe-across-nodes"},
                                                            {"recommend", "fp8-deepseek-on-2048-h800"}};
  return std::any_of(std::begin(kLarge), std::end(kLarge),
                     [&](const auto& large) { return c.operation == large.first && c.name == large.second; });
#else
  return false;
#endif
}

class Golden : public testing::TestWithParam<Case> {};

TEST_P(Golden, GivesTheExpectedBytes) {
  if (is_too_large_here(GetParam())) GTEST_SKIP() << "too large for sanitizers";
  const fs::path path = kFolder / GetParam().operation / GetParam().name;
  const auto document = json::parse(read(path.string() + ".response.json"));
  ASSERT_TRUE(document.has_value());
  const json::View expected(*document);
  const api::Reply reply = api::handle(GetParam().operation, read(path.string() + ".request.json"));
  EXPECT_EQ(kind_text(reply.kind), expected["kind"].text());
  EXPECT_EQ(hash(reply.json), expected["fnv1a"].text())
      << "The response changed; ./dev golden writes it, and git shows what is new. It begins:\n"
      << reply.json.substr(0, 600);
  EXPECT_EQ(static_cast<double>(reply.json.size()), expected["bytes"].number());
}

std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name = info.param.operation + "_" + info.param.name;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return !std::isalnum(c); }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(cases()), test_name);

}  // namespace
}  // namespace shardplan
