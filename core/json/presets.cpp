#include "json/presets.h"

#include <map>

#include "json/preset_text.h"
#include "json/spec_fields.h"

namespace shardplan::json {

SHARDPLAN_DESCRIBE(spec::IntervalClass, "interval_class");
Fields Describe<spec::IntervalClass>::fields() {
  using I = spec::IntervalClass;
  static constexpr Field table[] = {
      field<&I::id>("id").required(),
      field<&I::level>("level", "high, medium or low.").required(),
      field<&I::basis>("basis", "What the interval rests on.").required(),
      field<&I::runs>("runs", "Measured runs behind it."),
      field<&I::median_error_pct>("median_error_pct"),
      field<&I::step_time_low>("step_time_low", "80 % of measured / predicted lie above this ..."),
      field<&I::step_time_high>("step_time_high", "... and below this."),
      field<&I::memory_low>("memory_low"),
      field<&I::memory_high>("memory_high"),
      field<&I::tie_gap>("tie_gap", "Predicted gap below which two plans cannot be told apart."),
      field<&I::oom_middle>("oom_middle", "Share of the memory at which half of the runs fail."),
      field<&I::oom_slope>("oom_slope"),
  };
  return table;
}

namespace {

bool is_in(std::string_view path, std::string_view folder) { return path.substr(0, folder.size()) == folder; }

Diagnostics shape_problems(const spec::GemmTable& t) {
  if (t.m.size() < 2 || t.n.size() < 2 || t.k.size() < 2)
    return {{"", "A table needs at least two values of m, n and k.", ""}};
  const size_t cells = t.m.size() * t.n.size() * t.k.size();
  for (const spec::GemmRates* r : {&t.bf16, &t.fp8, &t.fp4})
    if (!r->tflops.empty() && r->tflops.size() != cells)
      return {{"",
               "A table needs " + std::to_string(cells) + " rates; one has " + std::to_string(r->tflops.size()) + ".",
               ""}};
  return {};
}

class CatalogReader {
 public:
  Result<catalog::Catalog> read(const std::vector<PresetFile>& files, const std::vector<ConstantOverride>& overrides) {
    for (const PresetFile& file : files)
      if (file.path == "calibration/constants.json") out_.constants = constants_of(file, overrides, problems_);
    constants_ = values_of(out_.constants);
    for (const PresetFile& file : files) dispatch(file);
    for (const auto& [id, value] : raw_stacks_) stack(id, 0);
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    return std::move(out_);
  }

 private:
  catalog::Catalog out_;
  Diagnostics problems_;
  Constants constants_;
  std::map<std::string, Value> raw_stacks_;

  void note(Diagnostics more) { problems_.insert(problems_.end(), more.begin(), more.end()); }

  Value parsed(const PresetFile& file) { return json::parsed(file, problems_); }

  void dispatch(const PresetFile& file) {
    if (file.path == "calibration/intervals.json") {
      for (Value& v : parsed(file)) note(read_as(file.path, v, out_.intervals));
      return;
    }
    if (is_in(file.path, "models/")) return note(read_as(file.path, parsed(file), out_.models));
    if (is_in(file.path, "accelerators/")) return note(read_as(file.path, substituted(file), out_.accelerators));
    if (is_in(file.path, "systems/")) return note(read_as(file.path, parsed(file), out_.systems));
    if (is_in(file.path, "networks/")) return note(read_as(file.path, parsed(file), out_.networks));
    if (is_in(file.path, "generations/")) return note(read_as(file.path, substituted(file), out_.generations));
    if (is_in(file.path, "kernels/")) {
      std::vector<spec::GemmTable> table;
      note(read_as(file.path, parsed(file), table));
      note(in_file(file.path, shape_problems(table.back())));
      out_.gemm_tables.push_back(std::make_shared<const spec::GemmTable>(std::move(table.back())));
      return;
    }
    if (is_in(file.path, "stacks/")) {
      Value v = substituted(file);
      if (v.is_object() && v.contains("id") && v["id"].is_string()) {
        const std::string id = v["id"].get<std::string>();
        raw_stacks_[id] = std::move(v);
      } else problems_.push_back({std::string(file.path), "A stack needs an 'id'.", ""});
      return;
    }
  }

  Value substituted(const PresetFile& file) { return json::substituted(file, constants_, problems_); }

  // The stack's own values over those of the stack that it extends.
  Value merged(const std::string& id, int depth) {
    const Value& own = raw_stacks_[id];
    if (!own.contains("extends") || depth > 8) return own;
    const std::string parent = own["extends"].get<std::string>();
    if (!raw_stacks_.count(parent)) {
      problems_.push_back({"stacks/" + id + ".json/extends", "No stack is called '" + parent + "'.", ""});
      return own;
    }
    Value base = merged(parent, depth + 1);
    base.erase("aliases");
    base.merge_patch(own);
    return base;
  }

  void stack(const std::string& id, int depth) {
    note(read_as("stacks/" + id + ".json", merged(id, depth), out_.stacks));
  }
};

}  // namespace

Result<catalog::Catalog> read_catalog(const std::vector<PresetFile>& files,
                                      const std::vector<ConstantOverride>& overrides) {
  return CatalogReader().read(files, overrides);
}

}  // namespace shardplan::json
