#include "measured/csv.h"

#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>

#include <array>
#include <utility>

#include "base/decimal.h"

namespace shardplan::measured {
namespace {

using spec::MeasuredRow;

struct Column {
  const char* name;
  std::string MeasuredRow::*text = nullptr;
  double MeasuredRow::*number = nullptr;
};

constexpr Column words(const char* name, std::string MeasuredRow::*member) { return {name, member, nullptr}; }
constexpr Column number(const char* name, double MeasuredRow::*member) { return {name, nullptr, member}; }

using R = MeasuredRow;
constexpr std::array kColumns = {
    words("id", &R::id),
    words("source", &R::source),
    words("family", &R::family),
    words("model", &R::model),
    words("gpu", &R::gpu),
    words("interconnect", &R::interconnect),
    words("precision", &R::precision),
    words("zero_or_fsdp", &R::zero_or_fsdp),
    words("recompute", &R::recompute),
    words("optimizer", &R::optimizer),
    words("other_flags", &R::other_flags),
    words("notes", &R::notes),
    words("flags", &R::flags),
    words("memory_kind", &R::memory_kind),
    words("status", &R::status),
    words("stack", &R::stack),
    words("net_regime", &R::net_regime),
    words("sp", &R::sp),
    words("use_for_step_time", &R::use_for_step_time),
    words("use_for_memory", &R::use_for_memory),
    number("params_b", &R::params_b),
    number("layers", &R::layers),
    number("hidden", &R::hidden),
    number("heads", &R::heads),
    number("kv_heads", &R::kv_heads),
    number("ffn", &R::ffn),
    number("vocab", &R::vocab),
    number("experts", &R::experts),
    number("top_k", &R::top_k),
    number("gpus", &R::gpus),
    number("gpus_per_node", &R::gpus_per_node),
    number("seq", &R::seq),
    number("gbs", &R::gbs),
    number("mbs", &R::mbs),
    number("tp", &R::tp),
    number("pp", &R::pp),
    number("vpp", &R::vpp),
    number("cp", &R::cp),
    number("ep", &R::ep),
    number("etp", &R::etp),
    number("dp", &R::dp),
    number("tokens_per_s_per_gpu", &R::tokens_per_s_per_gpu),
    number("tflops_per_gpu", &R::tflops_per_gpu),
    number("step_time_s", &R::step_time_s),
    number("mfu", &R::mfu),
    number("peak_mem_gb", &R::peak_mem_gb),
    number("mem_reserved_gib", &R::mem_reserved_gib),
    number("ar_gbps", &R::ar_gbps),
};
constexpr size_t kCount = kColumns.size();

using Reader = io::CSVReader<kCount, io::trim_chars<' ', '\t'>, io::double_quote_escape<',', '"'>,
                             io::throw_on_overflow, io::no_comment>;

template <size_t... I>
void read_header(Reader& reader, std::index_sequence<I...>) {
  reader.read_header(io::ignore_extra_column | io::ignore_missing_column, kColumns[I].name...);
}

template <size_t... I>
bool read_row(Reader& reader, std::array<char*, kCount>& cells, std::index_sequence<I...>) {
  return reader.read_row(cells[I]...);
}

// A number with nothing but "k" or "approx" behind it; anything else counts as not stated.
double parsed(const char* cell) {
  auto [value, length] = leading_number(cell);
  std::string_view rest = cell + length;
  if (length > 0 && !rest.empty() && rest.front() == 'k') {
    value *= 1000;
    rest.remove_prefix(1);
  }
  const bool is_number = length > 0 && (rest.empty() || rest == " approx");
  return is_number && value < 1e300 && value > -1e300 ? value : 0;
}

}  // namespace

Result<std::vector<MeasuredRow>> read_csv(std::string_view text, const std::string& path) {
  constexpr auto kAll = std::make_index_sequence<kCount>();
  std::vector<MeasuredRow> rows;
  try {
    Reader reader("runs", text.data(), text.data() + text.size());
    read_header(reader, kAll);
    if (!reader.has_column("model") && !reader.has_column("layers"))
      return fail(path, "The first line must name the columns, 'model' or 'layers' among them.",
                  "The columns are those of the measured-runs format: model, gpu, gpus, seq, gbs, mbs, tp, pp, "
                  "step_time_s, ...");
    std::array<char*, kCount> cells{};
    while (read_row(reader, cells, kAll)) {
      MeasuredRow& row = rows.emplace_back();
      row.line = static_cast<int>(reader.get_file_line());
      for (size_t i = 0; i < kCount; ++i) {
        const Column& c = kColumns[i];
        if (cells[i] == nullptr || !reader.has_column(c.name)) continue;
        if (c.text != nullptr) row.*c.text = cells[i];
        else row.*c.number = parsed(cells[i]);
      }
    }
  } catch (const io::error::with_file_line& error) {
    return fail(path, "Line " + std::to_string(error.file_line) +
                          " does not have the columns that the first line names, "
                          "or a quote in it is never closed.");
  } catch (const io::error::base&) {
    return fail(path, "The text is not a CSV with a line of column names.");
  }
  return rows;
}

}  // namespace shardplan::measured
