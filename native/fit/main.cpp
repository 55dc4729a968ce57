#include <fstream>
#include <iostream>
#include <sstream>

#include "json/presets.h"
#include "measured/accuracy.h"
#include "measured/csv.h"

using namespace shardplan;

int main(int argc, char** argv) {
  std::ifstream in(argv[1]);
  std::stringstream text;
  text << in.rdbuf();
  auto catalog = json::read_catalog(json::built_in_presets());
  if (!catalog) { for (auto& d : catalog.error()) std::cerr << d.path << ": " << d.message << " " << d.hint << "\n"; return 1; }
  auto rows = measured::read_csv(text.str(), "");
  if (!rows) { std::cerr << rows.error()[0].message << "\n"; return 1; }
  for (auto& row : *rows) {
    auto run = measured::run_of(*catalog, row);
    if (!run) { std::cout << row.id << "\tskip\t" << run.error()[0].message << "\n"; continue; }
    auto p = measured::predict(*catalog, *run);
    std::cout << row.id << "\t" << run->kind << "\t" << p.step_time_s << "\t" << run->step_time_s << "\t" << p.memory_bytes << "\t" << run->memory_bytes << "\t" << run->trains_constants << "\n";
  }
  (void)argc;
}
