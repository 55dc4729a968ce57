#include "api/long_run.h"

namespace shardplan::json {

using api::CheckpointFields;
using api::EnergyFields;
using api::FailureFields;
using api::GoodputFields;
using api::RunConditions;
using api::RunConfidence;
using api::RunCost;
using api::RunLever;
using api::RunOutcome;
using api::RunTime;
using api::SpotFields;

Fields Describe<RunConditions>::fields() {
  using R = RunConditions;
  static constexpr Field table[] = {
      field<&R::gpu_hours_per_interruption>("gpu_hours_per_interruption",
                                            "Mean GPU-hours between two interruptions; published rates where absent.")
          .range(1, 1e12),
      field<&R::checkpoint_interval>("checkpoint_interval",
                                     "Tokens between two checkpoints; as many as lose least time where absent.")
          .alias("checkpoint_interval_tokens")
          .range(1, 1e16),
      field<&R::async_checkpoints>("async_checkpoints", "Training goes on while a checkpoint is written.")
          .omit_default(),
      field<&R::storage_gb_per_s>("storage_gb_per_s", "Rate at which the whole job writes a checkpoint.")
          .range(0.001, 1e6),
      field<&R::storage_read_gb_per_s>("storage_read_gb_per_s", "The same for reading; as writing where absent.")
          .range(0.001, 1e6),
      field<&R::restart_s>("restart_s", "From a failure until the checkpoint is read.").range(0, 1e7),
      field<&R::checkpoints_kept>("checkpoints_kept", "Checkpoints on storage at a time.").range(1, 100000),
      field<&R::spot_usd_per_gpu_hour>("spot_usd_per_gpu_hour", "Spot price, with spot_interruptions_per_node_day.")
          .range(0, 100000),
      field<&R::spot_interruptions_per_node_day>("spot_interruptions_per_node_day",
                                                 "How often the provider takes a node back.")
          .range(0, 1000),
      field<&R::pue>("pue", "Power usage effectiveness: what the building draws against its machines.").range(1, 3),
      field<&R::grams_co2_per_kwh>("grams_co2_per_kwh", "Carbon intensity of the electricity.").range(0, 3000),
  };
  return table;
}

Fields Describe<FailureFields>::fields() {
  using F = FailureFields;
  static constexpr Field table[] = {
      field<&F::gpu_hours_per_interruption>("gpu_hours_per_interruption"),
      field<&F::published_gpu_hours>("published_gpu_hours", "Least and most of the published runs.").omit_default(),
      field<&F::mean_time_h>("mean_time_h", "Between interruptions of this job."),
      field<&F::per_day>("per_day"),
      field<&F::expected>("expected", "Over the run."),
      field<&F::hardware_share>("hardware_share", "Of the interruptions, where published."),
      field<&F::source>("source"),
  };
  return table;
}

Fields Describe<CheckpointFields>::fields() {
  using C = CheckpointFields;
  static constexpr Field table[] = {
      field<&C::size_gb>("size_gb", "Parameters and optimizer states, once each."),
      field<&C::parameters_gb>("parameters_gb"),
      field<&C::optimizer_gb>("optimizer_gb"),
      field<&C::asynchronous>("asynchronous"),
      field<&C::storage_gb_per_s>("storage_gb_per_s"),
      field<&C::write_s>("write_s"),
      field<&C::read_s>("read_s"),
      field<&C::stall_s>("stall_s", "Training stands still."),
      field<&C::interval_s>("interval_s", "Training time between two."),
      field<&C::interval_tokens>("interval_tokens"),
      field<&C::young_interval_s>("young_interval_s", "With the least loss, first order (Young 1974)."),
      field<&C::daly_interval_s>("daly_interval_s", "The same, higher order (Daly 2006)."),
      field<&C::taken>("taken", "Over the run."),
      field<&C::kept>("kept"),
      field<&C::kept_gb>("kept_gb"),
  };
  return table;
}

Fields Describe<GoodputFields>::fields() {
  using G = GoodputFields;
  static constexpr Field table[] = {
      field<&G::effective_training_time_ratio>("effective_training_time_ratio", "Training against elapsed time."),
      field<&G::checkpoint_share>("checkpoint_share"),
      field<&G::redone_share>("redone_share", "Trained since the last checkpoint, lost and trained again."),
      field<&G::restart_share>("restart_share"),
      field<&G::restart_s>("restart_s", "One restart, the checkpoint's way back included."),
  };
  return table;
}

Fields Describe<RunTime>::fields() {
  using T = RunTime;
  static constexpr Field table[] = {
      field<&T::training_h>("training_h", "Without interruptions and checkpoints."),
      field<&T::checkpoint_h>("checkpoint_h"),
      field<&T::redone_h>("redone_h"),
      field<&T::restart_h>("restart_h"),
      field<&T::hours>("hours", "All of it."),
      field<&T::days>("days"),
      field<&T::gpu_hours>("gpu_hours"),
  };
  return table;
}

Fields Describe<RunCost>::fields() {
  using C = RunCost;
  static constexpr Field table[] = {
      field<&C::usd_per_gpu_hour>("usd_per_gpu_hour"),
      field<&C::usd>("usd"),
      field<&C::usd_per_day>("usd_per_day"),
      field<&C::usd_per_million_tokens>("usd_per_million_tokens", "With what interruptions cost."),
  };
  return table;
}

Fields Describe<SpotFields>::fields() {
  using S = SpotFields;
  static constexpr Field table[] = {
      field<&S::usd_per_gpu_hour>("usd_per_gpu_hour"),
      field<&S::mean_time_h>("mean_time_h", "Between interruptions, failures and withdrawn nodes."),
      field<&S::effective_training_time_ratio>("effective_training_time_ratio"),
      field<&S::hours>("hours"),
      field<&S::usd>("usd"),
      field<&S::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&S::saving_pct>("saving_pct", "Against the price on demand."),
      field<&S::break_even_usd_per_gpu_hour>("break_even_usd_per_gpu_hour", "Spot price that saves nothing."),
  };
  return table;
}

Fields Describe<EnergyFields>::fields() {
  using E = EnergyFields;
  static constexpr Field table[] = {
      field<&E::training_w_per_gpu>("training_w_per_gpu", "With its share of the node, where one was measured."),
      field<&E::mwh>("mwh", "At the nodes, where one was measured."),
      field<&E::mwh_range>("mwh_range"),
      field<&E::pue>("pue"),
      field<&E::facility_mwh>("facility_mwh", "Where pue is stated and a node was measured."),
      field<&E::facility_mwh_range>("facility_mwh_range", "Without pue: over what buildings reach."),
      field<&E::tonnes_co2>("tonnes_co2"),
      field<&E::tonnes_co2_range>("tonnes_co2_range", "Where grams_co2_per_kwh is stated.").omit_default(),
      field<&E::source>("source"),
  };
  return table;
}

Fields Describe<RunLever>::fields() {
  using L = RunLever;
  static constexpr Field table[] = {
      field<&L::change>("change"),
      field<&L::effective_training_time_ratio>("effective_training_time_ratio", "After the change."),
      field<&L::hours_saved>("hours_saved"),
      field<&L::usd_saved>("usd_saved"),
  };
  return table;
}

Fields Describe<RunConfidence>::fields() {
  using C = RunConfidence;
  static constexpr Field table[] = {
      field<&C::hours>("hours", "Low and high."),
      field<&C::gpu_hours>("gpu_hours"),
      field<&C::usd>("usd").omit_default(),
      field<&C::effective_training_time_ratio>("effective_training_time_ratio"),
      field<&C::level>("level"),
      field<&C::basis>("basis"),
  };
  return table;
}

Fields Describe<RunOutcome>::fields() {
  using O = RunOutcome;
  static constexpr Field table[] = {
      field<&O::time>("time"),
      field<&O::goodput>("goodput"),
      field<&O::failures>("failures"),
      field<&O::checkpoints>("checkpoints"),
      field<&O::cost>("cost", "Where a price is known."),
      field<&O::spot>("spot", "Where a spot price and its interruptions are stated."),
      field<&O::energy>("energy"),
      field<&O::levers>("levers", "What would save time, each by running the numbers again."),
      field<&O::confidence>("confidence"),
  };
  return table;
}

}  // namespace shardplan::json
