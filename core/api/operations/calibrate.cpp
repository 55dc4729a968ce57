// A user's own runs -> their own calibration.
#include <algorithm>

#include "api/fields.h"
#include "api/measured_fields.h"
#include "api/registry.h"
#include "base/text.h"
#include "base/units.h"
#include "estimate/adjustment.h"
#include "measured/csv.h"
#include "measured/nccl_tests.h"
#include "measured/run_log.h"
#include "measured/user_fit.h"

namespace shardplan::api {

// The log of one run, and the plan that ran.
struct LoggedRun {
  json::RawJson log;
  StatedPlan run;
  std::string id;
};

struct CalibrateRequest {
  json::RawJson runs;
  std::optional<StatedPlan> run;
  std::vector<LoggedRun> logs;
  std::string name;
  std::string stack;
};

struct CalibratedRun {
  std::string id;
  double measured_step_time_s = 0;
  double before_pct = 0, after_pct = 0;
};

struct FittedConstant {
  std::string name;
  double value = 1, low = 0, high = 0;
  std::string absorbs;
};

struct NetworkReading {
  int gpus = 0;
  double bus_gb_per_s = 0;
  std::optional<double> nic_gb_per_s;
};

struct CalibrateResponse {
  Calibration calibration;
  std::optional<measured::ErrorSummary> before, after, after_in_sample;
  std::string held_back;
  std::optional<measured::ErrorSummary> memory_before, memory_after;
  std::vector<FittedConstant> constants;
  std::vector<CalibratedRun> runs;
  std::optional<NetworkReading> network;
  std::vector<measured::SkippedRow> skipped;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

using measured::MemoryKind;
using measured::Observed;

constexpr size_t kMostRuns = 2000;

class Calibrator {
 public:
  explicit Calibrator(const CalibrateRequest& request) : request_(request) {}

  Result<CalibrateResponse> run() {
    if (request_.runs.text.empty() && request_.logs.empty())
      return fail("/runs", "'runs' is missing.",
                  "Give a CSV of measured runs, the log of a run, or the output of nccl-tests.");
    if (!request_.runs.text.empty()) document();
    for (size_t i = 0; i < request_.logs.size(); ++i) {
      const LoggedRun& logged = request_.logs[i];
      const std::string id = logged.id.empty() ? "log " + std::to_string(i + 1) : logged.id;
      log(logged.log.text, logged.run, "/logs/" + std::to_string(i), id);
    }
    if (problems_.empty() && observed_.empty() && !out_.network)
      problems_.push_back({"/runs", "No row states enough to be predicted and measured.",
                           out_.skipped.empty() ? "" : "First reason: " + out_.skipped.front().reason});
    if (!problems_.empty()) return tl::unexpected<Diagnostics>(std::move(problems_));
    fit();
    return std::move(out_);
  }

 private:
  const CalibrateRequest& request_;
  CalibrateResponse out_;
  Diagnostics problems_;
  std::vector<Observed> observed_;
  double network_rate_ = 1, scaleup_rate_ = 1;

  void note(Diagnostics more) { problems_.insert(problems_.end(), more.begin(), more.end()); }

  void document() {
    const std::string& text = request_.runs.text;
    if (const auto test = measured::read_nccl_test(text)) return network(*test);
    if (measured::read_run_log(text)) {
      if (!request_.run)
        return problems_.push_back({"/run", "The log does not say which model ran on which machines.",
                                    "Give them as 'run': the fields that 'evaluate' takes."});
      return log(text, *request_.run, "", "log");
    }
    csv(text);
  }

  void csv(const std::string& text) {
    auto rows = measured::read_csv(text, "/runs");
    if (!rows) return note(rows.error());
    for (spec::MeasuredRow& row : *rows) {
      if (row.stack.empty()) row.stack = request_.stack;
      const std::string id = row.id.empty() ? "line " + std::to_string(row.line) : row.id;
      const auto run = measured::run_of(presets(), row);
      if (!run) {
        out_.skipped.push_back({id, run.error().front().message});
      } else if (run->step_time_s <= 0 && run->memory_kind == MemoryKind::kNone) {
        out_.skipped.push_back({id, "The row states neither a step time, nor tokens per second, nor memory."});
      } else if (observed_.size() < kMostRuns) {
        observed_.push_back({id, measured::problem_of(presets(), *run), run->strategy, run->step_time_s,
                             run->memory_bytes, run->memory_kind});
      }
    }
  }

  void log(const std::string& text, StatedPlan plan, const std::string& path, const std::string& id) {
    const auto log = measured::read_run_log(text);
    if (!log)
      return problems_.push_back({path + (path.empty() ? "/runs" : "/log"),
                                  "No line is one of torchtitan, Megatron-LM, nanotron or DeepSpeed.", ""});
    fill(plan, *log);
    auto resolved = resolve(plan, path + "/run");
    if (!resolved) return note(resolved.error());
    const double gbs = resolved->strategy.gbs, tokens = gbs * resolved->question.problem.training.seq_length;
    double step_time_s = log->step_time_s;
    if (step_time_s <= 0 && log->tokens_per_s_per_gpu > 0)
      step_time_s = tokens / (log->tokens_per_s_per_gpu * spec::world_size(resolved->strategy));
    if (step_time_s <= 0 && log->samples_per_s > 0) step_time_s = gbs / log->samples_per_s;
    out_.assumptions.push_back("'" + id + "' is a log of " + log->framework + ": the median of " +
                               std::to_string(log->steps) + " lines without the first tenth.");
    observed_.push_back(
        {id, resolved->question.problem, resolved->strategy, step_time_s, log->memory_bytes, log->memory_kind});
  }

  // What Megatron-LM's list of arguments says and the request does not.
  static void fill(StatedPlan& plan, const measured::RunLog& log) {
    const auto take = [&](std::optional<int>& field, const char* name) {
      if (const double value = log.argument(name); !field && value > 0) field = static_cast<int>(value);
    };
    Question& q = plan.question;
    take(q.gpus, "world_size");
    take(q.seq_length, "seq_length");
    if (!q.batch_size) take(q.gbs, "global_batch_size");
    if (!q.gbs && !q.batch_size && log.gbs > 0) q.gbs = static_cast<int>(log.gbs);
    if (plan.strategy) return;
    take(plan.flat.tp, "tensor_model_parallel_size");
    take(plan.flat.pp, "pipeline_model_parallel_size");
    take(plan.flat.vpp, "virtual_pipeline_model_parallel_size");
    take(plan.flat.cp, "context_parallel_size");
    take(plan.flat.ep, "expert_model_parallel_size");
    take(plan.flat.mbs, "micro_batch_size");
  }

  // A ring's bus bandwidth is what each GPU's own adapter carries, times the GPUs of a node that share the ring.
  void network(const measured::NcclTest& test) {
    NetworkReading reading{test.ranks, test.bus_gb_per_s, std::nullopt};
    const bool across_nodes = test.ranks_per_host > 0 && test.ranks > test.ranks_per_host;
    if (across_nodes) reading.nic_gb_per_s = test.bus_gb_per_s / test.ranks_per_host;
    out_.network = reading;
    if (across_nodes)
      out_.assumptions.push_back("Set nic_gb_per_s to " + number_text(*reading.nic_gb_per_s, 4) +
                                 " and nic_is_measured to true to plan with this network.");
    if (!request_.run) {
      if (test.ranks == 0) out_.warnings.push_back("The output lists no ranks, so it does not say what was measured.");
      return;
    }
    auto resolved = resolve(request_.run->question, {test.ranks, 0});
    if (!resolved) return note(resolved.error());
    const estimate::Context context(resolved->problem);
    if (across_nodes && context.links.nic > 0) network_rate_ = *reading.nic_gb_per_s * kGiga / context.links.nic;
    if (!across_nodes && context.links.scaleup > 0)
      scaleup_rate_ = std::min(test.bus_gb_per_s * kGiga / context.links.scaleup, kMostOfTheScaleUp);
  }
  // Switches reduce in the network and pass the rate of a ring; other collectives do not.
  static constexpr double kMostOfTheScaleUp = 1.2;

  void fit() {
    const measured::UserFit fit = measured::fit_adjustment(observed_);
    Calibration& c = out_.calibration;
    c.name = request_.name.empty() ? "my runs" : request_.name;
    c.adjustment = fit.adjustment;
    c.adjustment.network_rate *= network_rate_;
    c.adjustment.scaleup_rate *= scaleup_rate_;
    for (const estimate::AdjustmentTerm& t : estimate::adjustment_terms())
      out_.constants.push_back({t.name, c.adjustment.*t.member, t.low, t.high, t.absorbs});
    if (fit.low > 0)
      c.errors = CalibrationErrors{fit.after_held_back.n, fit.after_held_back.median_abs_pct, fit.low, fit.high};
    const int n = fit.before.n;
    if (n > 0) {
      out_.before = fit.before;
      out_.after_in_sample = fit.after_in_sample;
      out_.after = fit.folds > 0 ? fit.after_held_back : fit.after_in_sample;
    }
    if (fit.memory_before.n > 0) {
      out_.memory_before = fit.memory_before;
      out_.memory_after = fit.memory_after;
    }
    for (const measured::FittedRun& r : fit.runs)
      out_.runs.push_back(
          {r.id, r.measured_s, 100 * (r.before_s / r.measured_s - 1), 100 * (r.after_s / r.measured_s - 1)});
    if (n == 1) {
      out_.held_back = "none: one run cannot be held back from itself";
      out_.warnings.push_back("One run moves the whole step only; three at different degrees tell more.");
    } else if (n > 0) {
      out_.held_back = fit.folds == n ? "each run in turn" : "a fifth of the runs in turn";
    }
    if (n > 0 && n < measured::kFewestForRates)
      out_.assumptions.push_back("Below " + std::to_string(measured::kFewestForRates) +
                                 " runs only the whole step is scaled; rates of their own need more.");
  }
};

Result<CalibrateResponse> calibrate_runs(const CalibrateRequest& request) { return Calibrator(request).run(); }

}  // namespace

Operation calibrate_operation() {
  Operation op = make_operation<&calibrate_runs>(
      "calibrate", "Fit a calibration of your own to a few of your runs, and see the error before and after.",
      R"({"name": "our cluster", "runs": "model,gpu,gpus,precision,seq,gbs,mbs,tp,pp,vpp,stack,step_time_s\nllama-3.1-8b,h100,8,bf16,8192,128,1,1,1,1,megatron-bridge,13.9\nllama-3.1-8b,h100,8,bf16,8192,128,1,2,1,1,megatron-bridge,15.1\nllama-3.1-70b,h100,64,bf16,8192,128,1,4,4,5,megatron-bridge,16.4\n"})");
  op.document_field = "runs";
  return op;
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE(api::LoggedRun, "logged_run");
SHARDPLAN_DESCRIBE(api::CalibrateRequest, "calibrate_request");
SHARDPLAN_DESCRIBE(api::CalibratedRun, "calibrated_run");
SHARDPLAN_DESCRIBE(api::FittedConstant, "fitted_constant");
SHARDPLAN_DESCRIBE(api::NetworkReading, "network_reading");
SHARDPLAN_DESCRIBE(api::CalibrateResponse, "calibrate_response");

Fields Describe<api::LoggedRun>::fields() {
  using L = api::LoggedRun;
  static constexpr Field table[] = {
      field<&L::log>("log", "Lines of the log.").required(),
      field<&L::run>("run", "The plan that ran: the fields that 'evaluate' takes.").required(),
      field<&L::id>("id").omit_default(),
  };
  return table;
}

Fields Describe<api::CalibrateRequest>::fields() {
  using R = api::CalibrateRequest;
  static constexpr Field table[] = {
      field<&R::runs>("runs", "A CSV of measured runs, the log of one run, or the output of nccl-tests.")
          .alias("csv")
          .alias("file")
          .omit_default(),
      field<&R::run>("run", "What ran, where 'runs' is a log; the machines, where it comes from nccl-tests."),
      field<&R::logs>("logs", "Logs of several runs, each with its plan.").omit_default(),
      field<&R::name>("name", "Name of the calibration.").omit_default(),
      field<&R::stack>("stack", "Software of the rows that do not name theirs.").omit_default(),
  };
  return table;
}

Fields Describe<api::CalibratedRun>::fields() {
  using R = api::CalibratedRun;
  static constexpr Field table[] = {
      field<&R::id>("id"),
      field<&R::measured_step_time_s>("measured_step_time_s"),
      field<&R::before_pct>("before_pct", "Error of the step time without the calibration."),
      field<&R::after_pct>("after_pct", "The same with a calibration that this run took no part in."),
  };
  return table;
}

Fields Describe<api::FittedConstant>::fields() {
  using C = api::FittedConstant;
  static constexpr Field table[] = {
      field<&C::name>("name"),
      field<&C::value>("value", "1 where nothing was learnt."),
      field<&C::low>("low", "The fit keeps within low and high."),
      field<&C::high>("high"),
      field<&C::absorbs>("absorbs", "What it stands for."),
  };
  return table;
}

Fields Describe<api::NetworkReading>::fields() {
  using N = api::NetworkReading;
  static constexpr Field table[] = {
      field<&N::gpus>("gpus"),
      field<&N::bus_gb_per_s>("bus_gb_per_s", "Best of the large messages."),
      field<&N::nic_gb_per_s>("nic_gb_per_s", "Per GPU, reached."),
  };
  return table;
}

Fields Describe<api::CalibrateResponse>::fields() {
  using R = api::CalibrateResponse;
  static constexpr Field table[] = {
      field<&R::calibration>("calibration", "Goes into the 'calibration' field of every other operation."),
      field<&R::before>("before", "Step time, without it."),
      field<&R::after>("after", "Step time of runs held back from the fit."),
      field<&R::after_in_sample>("after_in_sample"),
      field<&R::held_back>("held_back", "How runs were held back.").omit_default(),
      field<&R::memory_before>("memory_before"),
      field<&R::memory_after>("memory_after"),
      field<&R::constants>("constants"),
      field<&R::runs>("runs"),
      field<&R::network>("network", "What nccl-tests measured."),
      field<&R::skipped>("skipped", "Rows that do not state enough, with the reason.").omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
