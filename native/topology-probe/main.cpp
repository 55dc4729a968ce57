// topology-probe: tells what a machine is really like.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include "document.h"
#include "measure/dry_run.h"
#include "measure/measure.h"
#include "nccl_xml.h"
#include "probe.h"
#include "redact.h"
#include "slurm.h"

namespace {

namespace probe = shardplan::probe;

struct Options {
  probe::LookOptions look;
  probe::DocumentOptions document;
  probe::MeasureOptions measure;
  bool redact = false, nccl_xml = false, slurm = false, measures = false;
  std::string plan;  // a file
};

constexpr int kFault = 1, kWrongOption = 2, kDoesNotFit = 3;

constexpr const char* kAbout =
    "Prints what this machine is like as a topology document: GPUs, the links between them, network adapters, "
    "processors,\n"
    "limits, and what is wrong with them. Needs no root and no toolkit. Give it to 'shardplan topology --file', or "
    "drop it\n"
    "on the page.\n\n"
    "Exit status: 0 a document was printed (also where there is no GPU), 1 a fault of ours, 2 a wrong option,\n"
    "3 the plan of --dry-run does not fit.";

void define(CLI::App& app, Options& o) {
  app.set_version_flag("--version", "topology-probe " SHARDPLAN_VERSION);
  app.add_flag("--pretty", o.document.pretty, "Indent the document");
  app.add_flag("--redact", o.redact, "Leave out names of hosts, serial numbers and addresses; ids become hashes");
  app.add_flag("--nccl-xml", o.nccl_xml, "Print NCCL's topology XML instead, for NCCL_TOPO_FILE");
  app.add_flag("--slurm", o.slurm, "Print lines for Slurm's gres.conf and slurm.conf instead")->excludes("--nccl-xml");
  app.add_option("--sysroot", o.look.sysroot, "Read /sys, /proc and /dev below this folder")
      ->check(CLI::ExistingDirectory)
      ->type_name("DIR");
  app.add_option("--nvml-lib", o.look.nvml_library, "NVIDIA's management library, where it is not found by itself")
      ->type_name("PATH");
  app.add_option("--record", o.look.record, "Write every call of that library and its answer to a file")
      ->type_name("FILE");
  app.add_flag("--measure", o.measures,
               "Measure copies, matrix products and an all-reduce: loads the GPUs for a minute or more");
  app.add_option("--dry-run", o.plan,
                 "Allocate on a GPU what the plan's worst rank holds and time its matrix products; "
                 "'shardplan dry-run ... --json' prints a plan")
      ->check(CLI::ExistingFile)
      ->type_name("PLAN");
  app.add_option("--limit", o.measure.limit_s, "Seconds for each measurement")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  app.add_option("--cuda-lib", o.measure.cuda, "CUDA's driver library, where it is not found by itself")
      ->type_name("PATH");
  app.add_option("--cublaslt-lib", o.measure.cublaslt, "The same for cuBLASLt")->type_name("PATH");
  app.add_option("--nccl-lib", o.measure.nccl, "The same for NCCL")->type_name("PATH");
  app.add_option("--budget", o.look.budget_s, "Seconds for that library's answers together")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
}

std::string output(const Options& o, const probe::Look& seen) {
  if (o.nccl_xml) return probe::nccl_xml(seen.host, seen.tree);
  if (o.slurm) return probe::slurm(seen.host);
  probe::DocumentOptions options = o.document;
  options.redacted = o.redact;
  return probe::document(seen.host, options);
}

int run(const Options& o) {
  std::optional<probe::PlanDocument> plan;
  if (!o.plan.empty()) {
    std::ifstream file(o.plan, std::ios::binary);
    std::string problem;
    plan = probe::read_plan({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}, problem);
    if (!plan) {
      std::fprintf(stderr, "topology-probe: %s %s\n", o.plan.c_str(), problem.c_str());
      return kWrongOption;
    }
  }
  probe::Look seen = probe::look(o.look);
  if (o.measures) probe::measure_host(seen.host, o.measure);
  const bool fits = !plan || probe::dry_run(*plan, seen.host, o.measure);
  if (o.redact) probe::redact(seen.host);
  const std::string text = output(o, seen);
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0) return kFault;
  return fits ? 0 : kDoesNotFit;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{kAbout, "topology-probe"};
  Options options;
  define(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : kWrongOption;
  }
  try {
    return run(options);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "topology-probe: %s\n", e.what());
    return kFault;
  }
}
