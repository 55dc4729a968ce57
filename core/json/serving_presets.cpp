#include "json/serving_presets.h"

#include "json/preset_text.h"
#include "json/serving_fields.h"

namespace shardplan::json {
namespace {

Diagnostics shape_problems(const spec::ServingKernelTable& t) {
  const spec::ServingGemms& g = t.gemm;
  const spec::ServingExperts& e = t.experts;
  Diagnostics out;
  const auto check = [&](const char* what, size_t cells, std::initializer_list<const std::vector<double>*> tables) {
    for (const auto* values : tables)
      if (!values->empty() && values->size() != cells)
        out.push_back(
            {what,
             "A table needs " + std::to_string(cells) + " values; one has " + std::to_string(values->size()) + ".",
             ""});
  };
  for (const auto* axis : {&g.m, &g.n, &g.k, &e.rows_log2, &e.experts_log2, &e.weights_log2})
    if (axis->size() < 2) out.push_back({"", "Every axis of a table needs at least two values.", ""});
  check("/gemm", g.m.size() * g.n.size() * g.k.size(), {&g.bf16, &g.fp8, &g.fp8_block, &g.nvfp4});
  check("/experts", e.rows_log2.size() * e.experts_log2.size() * e.weights_log2.size(),
        {&e.bf16, &e.fp8, &e.fp8_block, &e.nvfp4});
  for (const auto* list : {&t.collectives.all_reduce, &t.collectives.all_gather, &t.collectives.reduce_scatter})
    for (const spec::MessageTimes& m : *list) check("/collectives", t.collectives.bytes.size(), {&m.us});
  return out;
}

template <class T>
void read_list(const PresetFile& file, const Constants& constants, std::vector<T>& into, Diagnostics& problems) {
  for (Value& v : substituted(file, constants, problems)) {
    const Diagnostics more = read_as(file.path, v, into);
    problems.insert(problems.end(), more.begin(), more.end());
  }
}

}  // namespace

Result<ServingCatalog> read_serving_presets(const std::vector<PresetFile>& files,
                                            const std::vector<ConstantOverride>& overrides) {
  ServingCatalog out;
  spec::ServingCalibration& c = out.calibration;
  Diagnostics problems;
  for (const PresetFile& f : files)
    if (f.path == "serving/constants.json") out.constants = constants_of(f, overrides, problems);
  const Constants constants = values_of(out.constants);
  for (const PresetFile& f : files) {
    if (f.path == "serving/engines.json") read_list(f, constants, c.engines, problems);
    else if (f.path == "serving/generations.json") read_list(f, constants, c.generations, problems);
    else if (f.path == "serving/harnesses.json") read_list(f, constants, c.harnesses, problems);
    else if (f.path == "serving/intervals.json") read_list(f, constants, c.intervals, problems);
    else if (f.path == "serving/measured.json") {
      std::vector<spec::ServingRecord> record;
      const Diagnostics more = read_as(f.path, parsed(f, problems), record);
      problems.insert(problems.end(), more.begin(), more.end());
      c.models = record.back().models;
    } else if (f.path == "serving/physics.json") {
      std::vector<spec::ServingPhysics> physics;
      const Diagnostics more = read_as(f.path, substituted(f, constants, problems), physics);
      problems.insert(problems.end(), more.begin(), more.end());
      c.physics = physics.back();
    } else if (f.path.substr(0, 16) == "serving/kernels/") {
      std::vector<spec::ServingKernelTable> table;
      Diagnostics more = read_as(f.path, parsed(f, problems), table);
      for (const Diagnostic& d : in_file(f.path, shape_problems(table.back()))) more.push_back(d);
      problems.insert(problems.end(), more.begin(), more.end());
      c.kernels.push_back(std::make_shared<const spec::ServingKernelTable>(std::move(table.back())));
    }
  }
  if (!problems.empty()) return tl::unexpected<Diagnostics>(std::move(problems));
  return out;
}

}  // namespace shardplan::json
