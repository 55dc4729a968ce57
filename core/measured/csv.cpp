#include "measured/csv.h"

#define CSV_IO_NO_THREAD
#include <libfccp/csv.h>

#include <array>
#include <utility>

#include "base/decimal.h"

namespace shardplan::measured {
namespace {

template <class Row>
struct Column {
  const char* name;
  std::string Row::*text = nullptr;
  double Row::*number = nullptr;
};

template <class Row>
constexpr Column<Row> words(const char* name, std::string Row::*member) {
  return {name, member, nullptr};
}
template <class Row>
constexpr Column<Row> number(const char* name, double Row::*member) {
  return {name, nullptr, member};
}

using R = spec::MeasuredRow;
constexpr std::array kTrainingColumns = {
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
    words("method", &R::method),
    words("quant", &R::quant),
    words("kind", &R::kind),
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
    number("time_s", &R::time_s),
    number("tokens_per_s", &R::tokens_per_s),
    number("ar_gbps", &R::ar_gbps),
};
using I = spec::InferenceRow;
constexpr std::array kInferenceColumns = {
    words("id", &I::id),
    words("source", &I::source),
    words("model", &I::model),
    words("gpu", &I::gpu),
    words("precision_weights", &I::precision_weights),
    words("kv_precision", &I::kv_precision),
    words("notes", &I::notes),
    words("framework", &I::framework),
    words("mode", &I::mode),
    words("quality", &I::quality),
    words("gpu_id", &I::gpu_id),
    words("model_id", &I::model_id),
    number("gpus", &I::gpus),
    number("tp", &I::tp),
    number("pp", &I::pp),
    number("ep", &I::ep),
    number("dp", &I::dp),
    number("isl", &I::isl),
    number("osl", &I::osl),
    number("concurrency_or_batch", &I::concurrency_or_batch),
    number("tokens_per_s_total", &I::tokens_per_s_total),
    number("tokens_per_s_per_gpu", &I::tokens_per_s_per_gpu),
    number("ttft_ms", &I::ttft_ms),
    number("tpot_ms", &I::tpot_ms),
    number("derived_out_tps_per_gpu", &I::derived_out_tps_per_gpu),
};

template <unsigned N>
using Reader = io::CSVReader<N, io::trim_chars<' ', '\t'>, io::double_quote_escape<',', '"'>, io::throw_on_overflow,
                             io::no_comment>;

template <class Reader, class Columns, size_t... I>
void read_header(Reader& reader, const Columns& columns, std::index_sequence<I...>) {
  reader.read_header(io::ignore_extra_column | io::ignore_missing_column, columns[I].name...);
}

template <class Reader, class Cells, size_t... I>
bool read_row(Reader& reader, Cells& cells, std::index_sequence<I...>) {
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

// One of `wanted` must be among the columns.
template <class Row, size_t N>
Result<std::vector<Row>> read_rows(std::string_view text, const std::string& path,
                                   const std::array<Column<Row>, N>& columns, std::array<const char*, 2> wanted,
                                   const char* hint) {
  constexpr auto kAll = std::make_index_sequence<N>();
  std::vector<Row> rows;
  try {
    Reader<N> reader("runs", text.data(), text.data() + text.size());
    read_header(reader, columns, kAll);
    if (!reader.has_column(wanted[0]) && !reader.has_column(wanted[1]))
      return fail(
          path,
          std::string("The first line must name the columns, '") + wanted[0] + "' or '" + wanted[1] + "' among them.",
          hint);
    std::array<char*, N> cells{};
    while (read_row(reader, cells, kAll)) {
      Row& row = rows.emplace_back();
      row.line = static_cast<int>(reader.get_file_line());
      for (size_t i = 0; i < N; ++i) {
        const Column<Row>& c = columns[i];
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

}  // namespace

Result<std::vector<spec::MeasuredRow>> read_csv(std::string_view text, const std::string& path) {
  return read_rows(text, path, kTrainingColumns, {"model", "layers"},
                   "The columns are those of the measured-runs format: model, gpu, gpus, seq, gbs, mbs, tp, pp, "
                   "step_time_s, ...");
}

Result<std::vector<spec::InferenceRow>> read_inference_csv(std::string_view text, const std::string& path) {
  return read_rows(text, path, kInferenceColumns, {"model", "model_id"},
                   "The columns are those of the measured-serving format: model, gpu, gpus, tp, isl, osl, "
                   "concurrency_or_batch, mode, ttft_ms, tpot_ms, ...");
}

bool is_inference_csv(std::string_view text) {
  const std::string first = "," + std::string(text.substr(0, text.find_first_of("\r\n"))) + ",";
  const auto names = [&](const char* column) {
    return first.find(std::string(",") + column + ",") != std::string::npos;
  };
  return names("isl") || names("osl") || names("ttft_ms") || names("tpot_ms");
}

}  // namespace shardplan::measured
