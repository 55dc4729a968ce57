// nvidia-smi topo -m, of all eras and after copying: a matrix of devices with affinities beside it and legends below.
#include <algorithm>
#include <map>

#include "base/text.h"
#include "captures/capture.h"
#include "captures/path_class.h"
#include "captures/text.h"

namespace shardplan::captures {
namespace {

constexpr size_t kMostDevices = 512;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Length of "GPU12" or "NIC3" at the beginning; 0 for none.
size_t device_length(std::string_view text) {
  const std::string_view kind = text.substr(0, 3);
  if (kind != "GPU" && kind != "NIC") return 0;
  size_t end = 3;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end > 3 ? end : 0;
}

bool is_gpu(std::string_view name) { return name.substr(0, 3) == "GPU" && device_length(name) == name.size(); }

// "GPU0GPU1mlx5_0" as old drivers glued it.
void add_names(std::string_view word, std::vector<std::string>& names) {
  for (size_t length = device_length(word); length > 0; length = device_length(word)) {
    names.emplace_back(word.substr(0, length));
    word.remove_prefix(length);
  }
  if (!word.empty()) names.emplace_back(word);
}

// Device names of a header; empty for any other line.
std::vector<std::string> header_names(std::string_view line) {
  std::vector<std::string> names;
  const std::vector<std::string_view> all = words(line);
  if (all.empty() || device_length(all.front()) == 0) return {};
  for (std::string_view word : all) {
    if (word == "CPU" || word == "NUMA" || word == "GPU" || word == "Affinity") break;
    if (!glued_classes(word).empty()) return {};  // a row
    add_names(word, names);
    if (names.size() > kMostDevices) return {};
  }
  // A single GPU's header and a row that was cut behind its name look alike: the header goes on with an affinity.
  return names.size() > 1 || all.size() > 1 ? names : std::vector<std::string>();
}

struct Row {
  int line = 0;
  std::string name;
  std::vector<PathClass> cells;
  std::vector<std::string> rest;  // columns behind the devices
  std::string broken;             // the cell that is no class
};

// The first single number of a list of nodes; a range says that the machine hides its sockets.
int numa_node(std::string_view text) {
  text = trimmed(text);
  const size_t comma = text.find(',');
  return whole_number(text.substr(0, comma)).value_or(-1);
}

class Matrix {
 public:
  Result<spec::Topology> read(std::string_view text) {
    const std::vector<std::string> lines = clean_lines(text);
    for (size_t i = 0; i < lines.size(); ++i) {
      // What ends without an end of line may end in the middle of a cell.
      is_last_ = i + 1 == lines.size() && !trimmed(lines[i]).empty();
      line(static_cast<int>(i) + 1, lines[i]);
    }
    if (names_.empty()) return fail("", "There is no header with the names of GPUs.", kHint);
    if (rows_.empty())
      return fail("", "Line " + std::to_string(header_line_) + " is a header, but no row follows.", kHint);
    gpus();
    links();
    nics();
    finish(out_, name_of(Kind::kTopoMatrix));
    return std::move(out_);
  }

 private:
  static constexpr const char* kHint = "Paste all that 'nvidia-smi topo -m' prints.";

  spec::Topology out_;
  std::vector<std::string> names_;
  int header_line_ = 0;
  bool is_last_ = false;
  std::map<std::string, Row> rows_;
  std::map<std::string, std::string> legend_;
  std::map<std::string, size_t> column_;
  std::map<int, std::pair<std::string, std::string>> models_;  // by index: name, UUID

  size_t gpu_count() const {
    return static_cast<size_t>(std::count_if(names_.begin(), names_.end(), [](const auto& n) { return is_gpu(n); }));
  }

  void warn(const Row& row, const std::string& what) {
    out_.warnings.push_back("Line " + std::to_string(row.line) + ", " + row.name + ": " + what);
  }

  // "GPU 0: NVIDIA H100 80GB HBM3 (UUID: GPU-...)", as nvidia-smi -L prints beside.
  bool model(const std::string& text) {
    const std::string_view line = trimmed(text);
    const size_t colon = line.find(": "), uuid = line.find(" (UUID: ");
    if (line.substr(0, 4) != "GPU " || colon == std::string_view::npos || uuid == std::string_view::npos ||
        uuid < colon)
      return false;
    const auto index = whole_number(line.substr(4, colon - 4));
    if (!index) return false;
    std::string_view id = line.substr(uuid + 8);
    id = id.substr(0, id.find(')'));
    models_[*index] = {std::string(line.substr(colon + 2, uuid - colon - 2)), std::string(id)};
    return true;
  }

  void line(int number, const std::string& text) {
    if (model(text)) return;
    if (names_.empty()) {
      names_ = header_names(text);
      header_line_ = number;
      for (size_t i = 0; i < names_.size(); ++i) column_[names_[i]] = i;
      return;
    }
    const std::vector<std::string_view> all = words(text);
    if (all.size() < 2) return;
    if (all.front().back() == ':' && device_length(all.front()) > 0) {
      legend_[std::string(all.front().substr(0, all.front().size() - 1))] = std::string(all[1]);
      return;
    }
    const std::string name(all.front());
    if (column_.count(name) == 0 || rows_.count(name) > 0) return;
    Row row = read_row(number, name, text, all);
    if (!row.cells.empty() || !row.broken.empty()) rows_.emplace(name, std::move(row));
  }

  Row read_row(int number, const std::string& name, const std::string& text,
               const std::vector<std::string_view>& all) const {
    Row row{number, name, {}, {}, {}};
    size_t used = 1;
    for (; used < all.size() && row.cells.size() < names_.size(); ++used) {
      const std::vector<PathClass> classes = glued_classes(all[used]);
      if (classes.empty()) {
        row.broken = all[used];
        break;
      }
      row.cells.insert(row.cells.end(), classes.begin(), classes.end());
    }
    if (row.cells.size() == names_.size()) row.broken.clear();
    else if (is_last_ && !row.cells.empty() && row.cells.back().links > 0) row.cells.pop_back();
    affinities(text, all, used, row);
    return row;
  }

  // Tabs keep empty columns in their place; without them, the words that are left are the columns.
  void affinities(const std::string& text, const std::vector<std::string_view>& all, size_t used, Row& row) const {
    if (row.cells.size() != names_.size()) return;
    if (std::count(text.begin(), text.end(), '\t') > static_cast<std::ptrdiff_t>(names_.size())) {
      std::vector<std::string> columns(1);
      for (char c : text)
        if (c == '\t') columns.emplace_back();
        else columns.back() += c;
      for (size_t i = names_.size() + 1; i < columns.size(); ++i) row.rest.push_back(columns[i]);
    } else {
      for (size_t i = used; i < all.size(); ++i) row.rest.emplace_back(all[i]);
    }
  }

  void gpus() {
    for (size_t i = 0; i < gpu_count(); ++i) {
      spec::TopologyGpu g;
      g.index = static_cast<int>(i);
      g.name = models_[static_cast<int>(i)].first;
      g.uuid = models_[static_cast<int>(i)].second;
      const auto row = rows_.find("GPU" + std::to_string(i));
      // CPU affinity, then NUMA affinity.
      if (row != rows_.end() && row->second.rest.size() > 1) g.numa_node = numa_node(row->second.rest[1]);
      out_.gpus.push_back(std::move(g));
    }
    for (const auto& [name, row] : rows_) {
      if (!is_gpu(name) && row.cells.size() < gpu_count()) warn(row, "the row is cut off.");
      if (!is_gpu(name)) continue;
      if (!row.broken.empty() && row.cells.size() < names_.size())
        warn(row,
             "'" + row.broken + "' is no connection; it stands in the column of " + names_[row.cells.size()] + ".");
      else if (row.cells.size() < names_.size())
        warn(row, "the row is cut off behind " + std::to_string(row.cells.size()) + " of " +
                      std::to_string(names_.size()) + " cells.");
    }
    std::vector<std::string> missing;
    for (const std::string& name : names_)
      if (rows_.count(name) == 0 && is_gpu(name)) missing.push_back(name);
    if (!missing.empty())
      out_.warnings.push_back("There is no row for " + join(missing, ", ") + "; the other rows say what joins " +
                              (missing.size() == 1 ? "it." : "them."));
  }

  const PathClass* cell(const std::string& row, const std::string& column) const {
    const auto r = rows_.find(row);
    const auto c = column_.find(column);
    if (r == rows_.end() || c == column_.end() || c->second >= r->second.cells.size()) return nullptr;
    return &r->second.cells[c->second];
  }

  // The matrix is symmetric: what one row lost, the other has.
  void links() {
    const int n = static_cast<int>(gpu_count());
    int unknown = 0;
    std::string example;
    for (int a = 0; a < n; ++a)
      for (int b = a + 1; b < n; ++b) {
        const std::string first = "GPU" + std::to_string(a), second = "GPU" + std::to_string(b);
        const PathClass* there = cell(first, second);
        const PathClass* back = cell(second, first);
        if (there != nullptr && back != nullptr && there->name != back->name)
          out_.warnings.push_back("Line " + std::to_string(rows_.at(second).line) + ": " + second + " to " + first +
                                  " is " + back->name + ", but line " + std::to_string(rows_.at(first).line) +
                                  " says " + there->name + ".");
        const PathClass* path = there != nullptr && !there->is_self ? there : back;
        spec::TopologyLink link{a, b, spec::LinkKind::kUnknown, 0, "", 0};
        if (path != nullptr && !path->is_self) {
          link.kind = kind_of(*path);
          link.path = path->name;
          link.count = path->links;
        } else {
          ++unknown;
          example = first + " and " + second;
        }
        out_.links.push_back(std::move(link));
      }
    if (unknown == 1) out_.warnings.push_back("No row says how " + example + " are joined.");
    if (unknown > 1)
      out_.warnings.push_back("No row says how " + std::to_string(unknown) + " pairs of GPUs are joined, " + example +
                              " among them.");
    if (unknown > 0 && unknown == n * (n - 1) / 2) out_.missing.push_back("links");
  }

  void nics() {
    for (const std::string& name : names_) {
      if (is_gpu(name)) continue;
      const auto said = legend_.find(name);
      spec::TopologyNic nic;
      nic.name = said != legend_.end() ? said->second : name;
      for (size_t i = 0; i < gpu_count(); ++i) {
        const std::string gpu = "GPU" + std::to_string(i);
        const PathClass* path = cell(gpu, name);
        if (path == nullptr) path = cell(name, gpu);
        nic.paths.push_back(path != nullptr ? path->name : "");
      }
      out_.nics.push_back(std::move(nic));
    }
  }
};

}  // namespace

Result<spec::Topology> read_topo_matrix(std::string_view text) { return Matrix().read(text); }

}  // namespace shardplan::captures
