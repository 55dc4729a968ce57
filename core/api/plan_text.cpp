#include "api/plan_text.h"

#include <algorithm>
#include <cctype>

#include "advise/pasted.h"
#include "api/fields.h"
#include "base/integers.h"
#include "base/text.h"
#include "json/merge.h"
#include "json/presets.h"
#include "json/view.h"

namespace shardplan::api {
namespace {

using json::Field;
using json::Kind;

// A field's value as JSON text.
struct Setting {
  std::string field;
  std::string value;
};

const json::Type& inner(const Field& field) {
  const json::Type& type = field.type();
  return type.kind == Kind::kOptional ? type.element() : type;
}

bool is_number(const std::string& word) {
  return !word.empty() && word.find_first_not_of("0123456789.") == std::string::npos;
}

std::string json_value(const std::string& word) {
  return is_number(word) || word == "true" || word == "false" ? word : json::quoted(word);
}

// Words of a plan. Names and values come from the field tables.
class Words {
 public:
  Words(const std::string& text, const std::string& path) : path_(path) {
    std::string word;
    for (size_t i = 0; i <= text.size(); ++i) {
      const char c = i < text.size() ? text[i] : ' ';
      if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.') word += c;
      else if (!word.empty()) {
        words_.push_back(lower_case(word));
        word.clear();
      }
    }
  }

  void read() {
    for (at_ = 0; at_ < words_.size(); ++at_)
      if (!is_choice() && !is_module() && !is_named() && !is_joined()) nothing();
    if (!modules_.empty()) {
      settings.push_back({"recompute_modules", "[" + join(modules_, ", ") + "]"});
      if (std::none_of(settings.begin(), settings.end(), [](const Setting& s) { return s.field == "recompute"; }))
        settings.push_back({"recompute", "\"selective\""});
    }
  }

  std::vector<Setting> settings;
  Diagnostics problems;

 private:
  const std::string path_;
  std::vector<std::string> words_;
  std::vector<std::string> modules_;
  size_t at_ = 0;

  static json::Fields fields() { return json::Describe<StatedPlan>::fields(); }

  static const Field* field_of(std::string name) {
    std::replace(name.begin(), name.end(), '-', '_');
    for (const Field& f : fields()) {
      const auto others = f.other_names();
      const bool is_it =
          name == f.name || std::any_of(others.begin(), others.end(), [&](const char* o) { return name == o; });
      if (is_it && inner(f).kind != Kind::kObject && inner(f).kind != Kind::kList) return &f;
    }
    return nullptr;
  }

  // "full", "1f1b", "zero3", "bf16": values that need no name. "none" is said of recomputation.
  bool is_choice() {
    for (const char* name : {"recompute", "schedule", "sharding", "precision", "cp_comm", "optimizer"}) {
      for (const json::EnumEntry& e : inner(*field_of(name)).entries()) {
        if (words_[at_] != e.name) continue;
        settings.push_back({name, json::quoted(e.name)});
        return true;
      }
    }
    return false;
  }

  bool is_module() {
    const std::vector<std::string> known = recompute_module_names();
    if (std::find(known.begin(), known.end(), words_[at_]) == known.end()) return false;
    modules_.push_back(json::quoted(words_[at_]));
    return true;
  }

  // "tp 8", "recompute full", "sp", "sp off"
  bool is_named() {
    const Field* f = field_of(words_[at_]);
    if (f == nullptr) return false;
    const std::string next = at_ + 1 < words_.size() ? words_[at_ + 1] : "";
    if (inner(*f).kind == Kind::kBool) {
      const bool is_said = next == "on" || next == "off" || next == "true" || next == "false";
      if (is_said) ++at_;
      settings.push_back({f->name, next == "off" || next == "false" ? "false" : "true"});
    } else if (next.empty()) {
      problems.push_back({path_, "'" + words_[at_] + "' has no value.", f->doc});
    } else {
      ++at_;
      settings.push_back({f->name, json_value(next)});
    }
    return true;
  }

  // "tp8"
  bool is_joined() {
    const std::string& word = words_[at_];
    const size_t digits = word.find_first_of("0123456789");
    if (digits == 0 || digits == std::string::npos || !is_number(word.substr(digits))) return false;
    std::string name = word.substr(0, digits);
    while (!name.empty() && (name.back() == '-' || name.back() == '_')) name.pop_back();
    const Field* f = field_of(name);
    if (f == nullptr) return false;
    settings.push_back({f->name, word.substr(digits)});
    return true;
  }

  void nothing() {
    std::vector<std::string> known;
    for (const Field& f : json::Describe<StrategyFields>::fields())
      if (!f.is_internal) known.emplace_back(f.name);
    const std::string near = nearest_name(words_[at_].substr(0, words_[at_].find_first_of("0123456789")), known);
    problems.push_back({path_, "'" + words_[at_].substr(0, 80) + "' names no part of a plan.",
                        near.empty() ? "Write degrees such as 'tp8 pp4 mbs2 full', or paste a launch command."
                                     : "Did you mean '" + near + "'?"});
  }
};

int product(const StrategyFields& f) { return f.tp.value_or(1) * f.pp.value_or(1) * f.cp.value_or(1); }

// What a command states by way of other quantities.
class Command {
 public:
  Command(const advise::Pasted& pasted, StatedPlan& stated, PlanText& out) : p_(pasted), s_(stated), out_(out) {}

  void complete() {
    gpus();
    data_parallel();
    batch();
    layers();
    if (p_.framework == "Megatron-LM") megatron_defaults();
    if (s_.question.stack.empty() && !p_.framework.empty() && p_.framework != "Megatron-LM")
      assume("The text is " + p_.framework + "'s, the estimate that of the software below: set 'stack' to change it.");
  }

 private:
  const advise::Pasted& p_;
  StatedPlan& s_;
  PlanText& out_;

  void assume(std::string text) { out_.assumptions.push_back(std::move(text)); }

  // What an option that is not there means.
  void megatron_defaults() {
    StrategyFields& f = s_.flat;
    if (!f.sharding && !f.zero_stage && !f.fsdp) {
      f.sharding = spec::Sharding::kZero0;
      assume("No --use-distributed-optimizer: optimizer states are replicated.");
    }
    if (!f.sp && f.tp.value_or(1) > 1) {
      f.sp = false;
      assume("No --sequence-parallel.");
    }
  }

  void gpus() {
    if (p_.gpus_per_node && !s_.question.gpus) {
      s_.question.gpus = *p_.gpus_per_node * p_.nodes.value_or(1);
      if (!p_.nodes) assume("The text names no number of nodes: one.");
    }
  }

  void data_parallel() {
    StrategyFields& f = s_.flat;
    if (p_.framework == "torchtitan" && !f.sharding && !f.fsdp) {
      const int replicas = p_.replicas.value_or(1);
      if (p_.shards) f.dp = replicas * *p_.shards;
      if (p_.shards == 1) f.sharding = spec::Sharding::kZero0;
      else f.fsdp = FsdpGroup{replicas > 1 && p_.shards ? *p_.shards * f.cp.value_or(1) : 0};
    }
    if (!f.dp && s_.question.gpus && *s_.question.gpus % product(f) == 0) f.dp = *s_.question.gpus / product(f);
  }

  void batch() {
    StrategyFields& f = s_.flat;
    if (p_.local_batch) {
      if (f.pp.value_or(1) == 1) f.mbs = *p_.local_batch;
      else if (!s_.question.gbs && f.dp) s_.question.gbs = *p_.local_batch * *f.dp;
    }
    if (p_.gradient_accumulation && !s_.question.gbs && !s_.question.batch_size && f.dp) {
      s_.question.gbs = *p_.gradient_accumulation * f.mbs.value_or(1) * *f.dp;
      assume("Global batch: micro-batch x gradient accumulation x data-parallel ranks = " +
             std::to_string(*s_.question.gbs) + ".");
    }
  }

  void layers() {
    StrategyFields& f = s_.flat;
    std::vector<std::string> unused;
    const auto model = resolve_model(presets(), s_.question.model, unused);
    const int pp = f.pp.value_or(1), all = model ? model->num_hidden_layers : 0;
    if (p_.layers_per_virtual_stage && pp > 1 && !f.vpp && all > 0)
      f.vpp = std::max(1, static_cast<int>(ceil_div(all, static_cast<int64_t>(pp) * *p_.layers_per_virtual_stage)));
    if (p_.recomputes_a_block && p_.recomputed_layers && f.recompute == spec::RecomputeMode::kFull && all > 0)
      f.recompute_layer_share = std::min(1.0, 1.0 * *p_.recomputed_layers * pp * f.vpp.value_or(1) / all);
  }
};

std::vector<Setting> settings_of(const advise::Pasted& pasted) {
  std::vector<Setting> out;
  for (const auto& [field, value] : pasted.fields) out.push_back({field, json_value(value)});
  std::vector<std::string> modules;
  for (const std::string& m : pasted.modules) modules.push_back(json::quoted(m));
  if (!modules.empty()) out.push_back({"recompute_modules", "[" + join(modules, ", ") + "]"});
  return out;
}

// Fields that are set twice with different values.
Diagnostics contradictions(const StatedPlan& stated, const std::vector<Setting>& settings, const std::string& path) {
  Diagnostics problems;
  const json::Document beside = json::write(stated);
  const json::View b(beside);
  for (const Setting& s : settings) {
    const json::View there = b[s.field];
    const std::string value = there.is(json::View::Kind::kText) ? json::quoted(there.text()) : there.text();
    if (there && value != s.value)
      problems.push_back({path, "The text says " + s.field + " " + s.value + ", the request " + value + " beside it.",
                          "Leave one of them out."});
  }
  return problems;
}

}  // namespace

Diagnostics read_plan_text(const std::string& text, const std::string& path, StatedPlan& stated, PlanText& out) {
  Words words(text, path);
  words.read();
  const advise::Pasted pasted = advise::read_pasted(text);
  const bool is_command =
      !words.problems.empty() && (!pasted.framework.empty() || text.find("--") != std::string::npos);
  std::vector<Setting> settings = is_command ? settings_of(pasted) : std::move(words.settings);
  Diagnostics problems = contradictions(stated, settings, path);
  if (is_command) {
    out.framework = pasted.framework;
    out.unread = pasted.unread;
  } else {
    problems.insert(problems.begin(), words.problems.begin(), words.problems.end());
  }
  if (!problems.empty()) return problems;
  std::vector<std::string> members;
  for (const Setting& s : settings) members.push_back(json::quoted(s.field) + ": " + s.value);
  const auto patch = json::parse("{" + join(members, ", ") + "}");
  if (!patch) return {{path, "The text says something twice.", ""}};
  auto read = json::read<StatedPlan>(json::merged(json::write(stated), *patch));
  if (!read) {
    Diagnostics wrong = read.error();
    for (Diagnostic& d : wrong) d.path = path;
    return wrong;
  }
  stated = *std::move(read);
  if (is_command) Command(pasted, stated, out).complete();
  return {};
}

}  // namespace shardplan::api
