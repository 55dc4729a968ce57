// topology-probe: tells what a machine is really like.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "document.h"
#include "nccl_xml.h"
#include "probe.h"
#include "redact.h"
#include "slurm.h"

namespace {

namespace probe = shardplan::probe;

struct Options {
  probe::LookOptions look;
  probe::DocumentOptions document;
  bool redact = false, nccl_xml = false, slurm = false;
};

constexpr const char* kAbout =
    "Prints what this machine is like as a topology document: GPUs, the links between them, network adapters, "
    "processors,\n"
    "limits, and what is wrong with them. Needs no root and no toolkit. Give it to 'shardplan topology --file', or "
    "drop it\n"
    "on the page.\n\n"
    "Exit status: 0 a document was printed (also where there is no GPU), 1 a fault of ours, 2 a wrong option.";

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
  app.add_option("--budget", o.look.budget_s, "Seconds for that library's answers together")
      ->check(CLI::Range(0.1, 600.0))
      ->capture_default_str();
}

std::string output(const Options& o) {
  probe::Look seen = probe::look(o.look);
  if (o.redact) probe::redact(seen.host);
  if (o.nccl_xml) return probe::nccl_xml(seen.host, seen.tree);
  if (o.slurm) return probe::slurm(seen.host);
  probe::DocumentOptions options = o.document;
  options.redacted = o.redact;
  return probe::document(seen.host, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{kAbout, "topology-probe"};
  Options options;
  define(app, options);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    const std::string text = output(options);
    return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0 ? 0 : 1;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "topology-probe: %s\n", e.what());
    return 1;
  }
}
