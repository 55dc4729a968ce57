#include "advise/pasted.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "base/text.h"

namespace shardplan::advise {
namespace {

constexpr const char* kMegatron = "Megatron-LM";
constexpr const char* kTorchtitan = "torchtitan";
constexpr const char* kDeepSpeed = "DeepSpeed";
constexpr const char* kTrainer = "Hugging Face";
constexpr const char* kLauncher = "";

// How an option's value is read.
enum class Value { kNumber, kWord, kFlag, kWords };

struct Option {
  const char* name;  // lower case, '_' for '-', without what stands before a '.'
  const char* field;
  Value value;
  const char* framework;
  const char* means = "";  // a flag's value; a word's values as "theirs=ours theirs=ours"
};

constexpr Option kOptions[] = {
    // Megatron-LM (megatron/training/arguments.py) and Megatron-Bridge's configuration
    {"tensor_model_parallel_size", "tp", Value::kNumber, kMegatron},
    {"pipeline_model_parallel_size", "pp", Value::kNumber, kMegatron},
    {"num_virtual_stages_per_pipeline_rank", "vpp", Value::kNumber, kMegatron},
    {"virtual_pipeline_model_parallel_size", "vpp", Value::kNumber, kMegatron},
    {"num_layers_per_virtual_pipeline_stage", "layers_per_virtual_stage", Value::kNumber, kMegatron},
    {"context_parallel_size", "cp", Value::kNumber, kMegatron},
    {"expert_model_parallel_size", "ep", Value::kNumber, kMegatron},
    {"expert_tensor_parallel_size", "etp", Value::kNumber, kMegatron},
    {"micro_batch_size", "mbs", Value::kNumber, kMegatron},
    {"global_batch_size", "gbs", Value::kNumber, kLauncher},
    {"seq_length", "seq_length", Value::kNumber, kMegatron},
    {"sequence_parallel", "sp", Value::kFlag, kMegatron, "true"},
    {"use_distributed_optimizer", "sharding", Value::kFlag, kMegatron, "zero1"},
    {"use_torch_fsdp2", "sharding", Value::kFlag, kMegatron, "fsdp"},
    {"use_megatron_fsdp", "sharding", Value::kFlag, kMegatron, "fsdp"},
    {"recompute_granularity", "recompute", Value::kWord, kMegatron, "full=full selective=selective"},
    {"recompute_activations", "recompute", Value::kFlag, kMegatron, "selective"},
    {"recompute_modules", "recompute_modules", Value::kWords, kMegatron},
    {"recompute_method", "recompute_method", Value::kWord, kMegatron, "block=block uniform=uniform"},
    {"recompute_num_layers", "recomputed_layers", Value::kNumber, kMegatron},
    {"cp_comm_type", "cp_comm", Value::kWord, kMegatron, "p2p=p2p a2a=a2a allgather=all_gather"},
    {"fp8_recipe", "precision", Value::kWord, kMegatron,
     "tensorwise=fp8 delayed=fp8 blockwise=fp8_blockwise mxfp8=mxfp8"},
    {"fp4_format", "precision", Value::kWord, kMegatron, "e2m1=nvfp4"},
    {"bf16", "bf16", Value::kFlag, kMegatron, "bf16"},
    {"fp16", "fp16", Value::kFlag, kMegatron, "fp16"},
    {"optimizer_cpu_offload", "offload_optimizer", Value::kFlag, kMegatron, "true"},
    // torchtitan (torchtitan/config/job_config.py)
    {"tensor_parallel_degree", "tp", Value::kNumber, kTorchtitan},
    {"pipeline_parallel_degree", "pp", Value::kNumber, kTorchtitan},
    {"context_parallel_degree", "cp", Value::kNumber, kTorchtitan},
    {"expert_parallel_degree", "ep", Value::kNumber, kTorchtitan},
    {"expert_tensor_parallel_degree", "etp", Value::kNumber, kTorchtitan},
    {"data_parallel_replicate_degree", "replicas", Value::kNumber, kTorchtitan},
    {"data_parallel_shard_degree", "shards", Value::kNumber, kTorchtitan},
    {"pipeline_parallel_microbatch_size", "mbs", Value::kNumber, kTorchtitan},
    {"pipeline_parallel_layers_per_stage", "layers_per_virtual_stage", Value::kNumber, kTorchtitan},
    {"pipeline_parallel_schedule", "schedule", Value::kWord, kTorchtitan,
     "1f1b=1f1b gpipe=gpipe interleaved1f1b=interleaved zbvzerobubble=zb-v dualpipev=dualpipe-v"},
    {"context_parallel_rotate_method", "cp_comm", Value::kWord, kTorchtitan, "allgather=all_gather alltoall=p2p"},
    {"local_batch_size", "local_batch", Value::kNumber, kTorchtitan},
    {"seq_len", "seq_length", Value::kNumber, kTorchtitan},
    {"activation_checkpoint.mode", "recompute", Value::kWord, kTorchtitan,
     "full=full selective=selective none=none memory_budget="},
    // DeepSpeed (its JSON configuration)
    {"train_micro_batch_size_per_gpu", "mbs", Value::kNumber, kDeepSpeed},
    {"train_batch_size", "gbs", Value::kNumber, kDeepSpeed},
    {"zero_optimization.stage", "zero_stage", Value::kNumber, kDeepSpeed},
    {"zero_stage", "zero_stage", Value::kNumber, kDeepSpeed},
    {"autotp_size", "tp", Value::kNumber, kDeepSpeed},
    {"sequence_parallel_size", "cp", Value::kNumber, kDeepSpeed},
    {"offload_optimizer.device", "offload_optimizer", Value::kWord, kDeepSpeed, "cpu=true nvme=true none=false"},
    {"offload_optimizer_device", "offload_optimizer", Value::kWord, kDeepSpeed, "cpu=true nvme=true none=false"},
    // Hugging Face's trainer and Accelerate
    {"per_device_train_batch_size", "mbs", Value::kNumber, kTrainer},
    {"gradient_checkpointing", "recompute", Value::kFlag, kTrainer, "full"},
    {"gradient_accumulation_steps", "gradient_accumulation", Value::kNumber, kLauncher},
    {"num_processes", "gpus", Value::kNumber, kLauncher},
    {"num_machines", "nodes", Value::kNumber, kLauncher},
    // torchrun, DeepSpeed's launcher, SLURM
    {"nnodes", "nodes", Value::kNumber, kLauncher},
    {"nproc_per_node", "gpus_per_node", Value::kNumber, kLauncher},
    {"num_nodes", "nodes", Value::kNumber, kLauncher},
    {"num_gpus", "gpus_per_node", Value::kNumber, kLauncher},
    {"nodes", "nodes", Value::kNumber, kLauncher},
    {"gpus_per_node", "gpus_per_node", Value::kNumber, kLauncher},
    {"ntasks_per_node", "", Value::kNumber, kLauncher},
};

// Sections whose options mean something only inside them.
constexpr const char* kSections[] = {"activation_checkpoint", "zero_optimization", "offload_optimizer"};

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.' || c == '+' || c == '$';
}

// Words of the text; quotes, brackets and what separates names from values fall away, so that "${TP}" reads as "$TP". A
// word that began a line's or an option's name keeps its dashes.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    if (is_name_character(c)) word += c;
    else if (c == '{' && word == "$") continue;
    else if (!word.empty()) {
      out.push_back(std::move(word));
      word.clear();
    }
  }
  return out;
}

bool is_number(const std::string& word) {
  return !word.empty() && word.size() < 10 &&
         std::all_of(word.begin(), word.end(), [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
}

// "--Tensor-Model-Parallel-Size" and "model.tensor_model_parallel_size" -> "tensor_model_parallel_size"
std::string option_name(std::string word) {
  word.erase(0, word.find_first_not_of('-') == std::string::npos ? word.size() : word.find_first_not_of('-'));
  word = lower_case(word);
  std::replace(word.begin(), word.end(), '-', '_');
  return word;
}
std::string last_part(const std::string& name) {
  const size_t dot = name.rfind('.');
  return dot == std::string::npos ? name : name.substr(dot + 1);
}

// Of "theirs=ours theirs=ours"; empty where theirs is not among them.
std::string ours(const char* table, const std::string& theirs) {
  for (std::string_view rest = table; !rest.empty();) {
    const std::string_view pair = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const size_t equals = pair.find('=');
    if (pair.substr(0, equals) == theirs) return std::string(pair.substr(equals + 1));
  }
  return "";
}

// Numbers that shell variables are set to.
std::map<std::string, std::string> variables_of(std::string_view text) {
  std::map<std::string, std::string> out;
  for (size_t at = text.find('='); at != std::string_view::npos; at = text.find('=', at + 1)) {
    size_t begin = at;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 || text[begin - 1] == '_'))
      --begin;
    size_t end = at + 1;
    while (end < text.size() && std::isdigit(static_cast<unsigned char>(text[end])) != 0) ++end;
    if (begin < at && end > at + 1)
      out[std::string(text.substr(begin, at - begin))] = text.substr(at + 1, end - at - 1);
  }
  return out;
}

class PastedReader {
 public:
  explicit PastedReader(std::string_view text) : words_(words_of(text)), variables_(variables_of(text)) {}

  Pasted run() {
    for (at_ = 0; at_ < words_.size(); ++at_) word();
    finish();
    return std::move(out_);
  }

 private:
  std::vector<std::string> words_;
  const std::map<std::string, std::string> variables_;
  size_t at_ = 0;
  std::string precision_;
  std::vector<std::string> sections_;  // that the text has opened so far
  Pasted out_;

  const Option* option(const std::string& name) const {
    std::vector<std::string> asked = {name, last_part(name)};
    for (const std::string& section : sections_) asked.push_back(section + "." + last_part(name));
    for (const std::string& one : asked)
      for (const Option& o : kOptions)
        if (one == o.name) return &o;
    return nullptr;
  }

  void word() {
    const std::string& raw = words_[at_];
    const std::string name = option_name(raw);
    if (std::find(std::begin(kSections), std::end(kSections), name) != std::end(kSections)) sections_.push_back(name);
    else if (const Option* o = option(name)) take(*o);
    else if (raw.rfind("--", 0) == 0 && raw.size() > 2) out_.unread.push_back(raw);
  }

  // The next word, a variable replaced by its number.
  std::string next() {
    if (at_ + 1 >= words_.size()) return "";
    std::string word = words_[at_ + 1];
    if (word.rfind('$', 0) == 0) {
      const auto it = variables_.find(word.substr(1));
      if (it != variables_.end()) word = it->second;
    }
    return word;
  }

  void take(const Option& o) {
    const std::string raw = words_[at_], word = lower_case(next());
    if (*o.framework != '\0' && out_.framework.empty()) out_.framework = o.framework;
    switch (o.value) {
      case Value::kNumber:
        if (word == "-1") return;  // what is left
        if (!is_number(word)) return out_.unread.push_back(raw);
        ++at_;
        return set(o.field, word);
      case Value::kFlag:
        if (word == "enabled") ++at_;  // {"bf16": {"enabled": true}}
        if (lower_case(next()) != "false") set(o.field, o.means);
        return;
      case Value::kWord: {
        const std::string value = ours(o.means, word);
        if (value.empty()) return out_.unread.push_back(raw + " " + word);
        ++at_;
        return set(o.field, value);
      }
      case Value::kWords:
        while (at_ + 1 < words_.size() && words_[at_ + 1].rfind("--", 0) != 0 &&
               option(option_name(words_[at_ + 1])) == nullptr)
          out_.modules.push_back(words_[++at_]);
    }
  }

  void set(const std::string& field, const std::string& value) {
    const struct {
      const char* name;
      std::optional<int> Pasted::*member;
    } others[] = {{"nodes", &Pasted::nodes},
                  {"gpus_per_node", &Pasted::gpus_per_node},
                  {"gradient_accumulation", &Pasted::gradient_accumulation},
                  {"layers_per_virtual_stage", &Pasted::layers_per_virtual_stage},
                  {"recomputed_layers", &Pasted::recomputed_layers},
                  {"replicas", &Pasted::replicas},
                  {"shards", &Pasted::shards},
                  {"local_batch", &Pasted::local_batch}};
    for (const auto& other : others)
      if (field == other.name) {
        out_.*other.member = std::stoi(value);
        return;
      }
    if (field == "bf16" || field == "fp16") precision_ = value;
    else if (field == "recompute_method") out_.recomputes_a_block = value == "block";
    else if (!field.empty() && out_.value(field) == nullptr) out_.fields.emplace_back(field, value);
  }

  void finish() {
    if (!precision_.empty() && out_.value("precision") == nullptr) out_.fields.emplace_back("precision", precision_);
    if (!out_.modules.empty() && out_.value("recompute") == nullptr) out_.fields.emplace_back("recompute", "selective");
  }
};

}  // namespace

const std::string* Pasted::value(std::string_view field) const {
  for (const auto& [name, value] : fields)
    if (name == field) return &value;
  return nullptr;
}

Pasted read_pasted(std::string_view text) { return PastedReader(text).run(); }

}  // namespace shardplan::advise
