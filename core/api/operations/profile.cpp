// What is usual for a kind of work: its settings laid under the request, the plan that a search finds with them, and
// what each of them changes.
#include "advise/profiles.h"

#include <algorithm>

#include "api/best_plan.h"
#include "api/cluster_sizes.h"
#include "api/laid_over.h"
#include "api/registry.h"
#include "api/sentences.h"
#include "api/serving_fields.h"
#include "api/serving_search.h"
#include "api/smallest_change.h"
#include "base/text.h"
#include "json/overlay.h"
#include "json/view.h"

namespace shardplan::api {

enum class ProfileName : int {};  // index into advise::profiles()

struct ProfileRequest {
  ProfileName profile{};
  Question question;
  LimitFields limits;
  std::optional<spec::Objective> objective;
};

// The plain question's plan against the one with a setting.
struct SettingEffect {
  bool fits = false;
  std::string summary;
  double step_time_s = 0, tokens_per_s_per_gpu = 0, peak_gib = 0;
  std::optional<double> usd_per_million_tokens;
  double tokens_per_s_per_gpu_change_pct = 0, peak_change_gib = 0;
};

struct ProfileSetting {
  std::string field;
  json::RawJson value;
  bool applied = true;
  std::string reason, source;
  std::optional<SettingEffect> effect;
};

struct ProfileResponse {
  std::string profile, text;
  std::vector<ProfileSetting> settings;
  json::RawJson request;
  std::optional<Plan> plain;
  std::optional<Plan> plan;
  std::optional<ServingPlan> serving;
  std::vector<Change> smallest_change;
  std::vector<std::string> assumptions;
  std::vector<std::string> warnings;
};

namespace {

const advise::Profile& profile_of(ProfileName name) { return advise::profiles()[static_cast<size_t>(name)]; }

// A request that states one setting only; the rest of the fields stays as it is.
template <class Request>
Request only(const ProfileSetting& s) {
  Request r;
  const auto document = json::parse("{" + json::quoted(s.field) + ": " + s.value.text + "}");
  if (document) json::read_into(*document, json::type_of<Request>(), &r);
  return r;
}

RecommendRequest plain_question(const ProfileRequest& request) {
  RecommendRequest ask{request.question, request.limits, spec::Objective::kThroughput, 1, false};
  if (request.objective) ask.objective = *request.objective;
  return ask;
}

// Whether the request leaves a field to the profile.
bool is_open(const ProfileRequest& request, const std::string& field) {
  if (field == "objective") return !request.objective;
  if (field == "gbs" && request.question.batch_size) return false;
  const json::Document question = json::write(request.question), limits = json::write(request.limits);
  return !json::View(question)[field] && !json::View(limits)[field];
}

RecommendRequest with(const RecommendRequest& ask, const ProfileSetting& s) {
  const auto setting = only<RecommendRequest>(s);
  RecommendRequest out = ask;
  out.question = laid_over(ask.question, setting.question);
  out.limits = json::overlaid(ask.limits, setting.limits);
  if (s.field == "objective") out.objective = setting.objective;
  return out;
}

SettingEffect effect_of(const Plan& plain, const Plan& changed) {
  SettingEffect e;
  e.fits = changed.fits;
  e.summary = changed.summary;
  e.step_time_s = changed.time.step_time_s;
  e.tokens_per_s_per_gpu = changed.tokens_per_s_per_gpu;
  e.peak_gib = changed.memory.peak_gib;
  e.usd_per_million_tokens = changed.usd_per_million_tokens;
  e.tokens_per_s_per_gpu_change_pct = 100 * (changed.tokens_per_s_per_gpu / plain.tokens_per_s_per_gpu - 1);
  e.peak_change_gib = changed.memory.peak_gib - plain.memory.peak_gib;
  return e;
}

ProfileResponse begin(const ProfileRequest& request) {
  const advise::Profile& profile = profile_of(request.profile);
  ProfileResponse r;
  r.profile = profile.id;
  r.text = profile.text;
  for (const advise::Setting& s : profile.settings)
    r.settings.push_back({s.field, {s.value}, is_open(request, s.field), s.reason, s.source, std::nullopt});
  if (*profile.not_included != '\0') r.warnings.emplace_back(profile.not_included);
  return r;
}

// Where dollars decide, clusters of fewer nodes take part.
void add_sizes(const ProfileRequest& request, ProfileResponse& r) {
  const auto resolved = resolve(request.question);
  if (!resolved) return;
  const spec::Cluster& c = resolved->problem.cluster;
  std::vector<std::string> sizes;
  for (int n : doubled(c.gpus_per_node, c.gpus)) sizes.push_back(std::to_string(n));
  if (sizes.size() < 2) return;
  r.settings.push_back({"gpu_counts",
                        {"[" + join(sizes, ", ") + "]"},
                        is_open(request, "gpu_counts"),
                        "Fewer GPUs may pay less per token: what all of them gain in speed, traffic takes in part.",
                        "",
                        std::nullopt});
}

Result<ProfileResponse> train(const ProfileRequest& request) {
  ProfileResponse r = begin(request);
  const RecommendRequest plain = plain_question(request);
  const auto plain_best = best_plan(plain);
  if (!plain_best) return tl::unexpected<Diagnostics>(plain_best.error());
  r.plain = plain_best->plan;
  if (r.settings.front().value.text == "\"cost\"") add_sizes(request, r);
  RecommendRequest ask = plain;
  for (ProfileSetting& s : r.settings) {
    if (!s.applied) continue;
    ask = with(ask, s);
    if (const auto alone = best_plan(with(plain, s))) s.effect = effect_of(plain_best->plan, alone->plan);
  }
  auto best = best_plan(ask);
  if (!best) return tl::unexpected<Diagnostics>(best.error());
  r.plan = best->plan;
  r.request = {json::print(json::write(ask))};
  r.assumptions = best->question.assumptions;
  r.warnings.insert(r.warnings.end(), best->question.warnings.begin(), best->question.warnings.end());
  if (!r.plan->fits) {
    r.smallest_change = smallest_changes(ask, *prepare(ask));
    r.warnings.push_back("No legal plan fits: this one is the nearest, " + gib_text(r.plan->over_gib) +
                         " over. See smallest_change.");
  }
  return r;
}

ServingQuestion serving_question(const Question& q) {
  ServingQuestion s;
  s.model = q.model;
  s.cluster = cluster_choice(q);
  return s;
}

// Fields of training say nothing of serving; those that would be ignored are refused.
Diagnostics training_fields(const ProfileRequest& request) {
  const json::Document question = json::write(request.question), limits = json::write(request.limits),
                       cluster = json::write(cluster_choice(request.question));
  Diagnostics problems;
  for (const json::View& all : {json::View(question), json::View(limits)}) {
    for (size_t i = 0; i < all.size(); ++i) {
      const std::string field = all.key(i);
      if (field == "model" || field == "training" || json::View(cluster)[field]) continue;
      problems.push_back({"/" + field, "'" + field + "' belongs to training; this profile serves.",
                          "Leave it out, or ask 'inference'."});
    }
  }
  return problems;
}

Result<ProfileResponse> serve(const ProfileRequest& request) {
  if (Diagnostics problems = training_fields(request); !problems.empty())
    return tl::unexpected<Diagnostics>(std::move(problems));
  ProfileResponse r = begin(request);
  const ServingQuestion plain = serving_question(request.question);
  const auto ask_for = [](const ServingQuestion& q) -> Result<ServingAnswer> {
    const auto resolved = resolve(q);
    if (!resolved) return tl::unexpected<Diagnostics>(resolved.error());
    return answer(*resolved, 1);
  };
  ServingQuestion ask = plain;
  for (const ProfileSetting& s : r.settings) ask = json::overlaid(ask, only<ServingQuestion>(s));
  auto found = ask_for(ask);
  if (!found) return tl::unexpected<Diagnostics>(found.error());
  r.serving = found->best ? found->best : found->nearest;
  r.request = {json::print(json::write(ask))};
  r.assumptions = found->assumptions;
  r.warnings.insert(r.warnings.end(), found->warnings.begin(), found->warnings.end());
  if (!found->best)
    r.warnings.push_back("No way to serve is within the profile's limits; the nearest misses: " + found->limit_missed +
                         ".");
  return r;
}

Result<ProfileResponse> profile(const ProfileRequest& request) {
  return profile_of(request.profile).serves ? serve(request) : train(request);
}

}  // namespace

Operation profile_operation() {
  return make_operation<&profile>("profile",
                                  "What is usual for a kind of work, and the plan that a search finds with it.",
                                  R"({"profile": "finetuning", "model": "llama-3.1-8b", "gpu": "h100", "gpus": 8})");
}

}  // namespace shardplan::api

namespace shardplan::json {

SHARDPLAN_DESCRIBE_ENUM(api::ProfileName, "profile_name");
SHARDPLAN_DESCRIBE(api::ProfileRequest, "profile_request");
SHARDPLAN_DESCRIBE(api::SettingEffect, "setting_effect");
SHARDPLAN_DESCRIBE(api::ProfileSetting, "profile_setting");
SHARDPLAN_DESCRIBE(api::ProfileResponse, "profile_response");

std::span<const EnumEntry> DescribeEnum<api::ProfileName>::entries() {
  static const std::vector<EnumEntry> table = [] {
    std::vector<EnumEntry> all;
    const auto profiles = advise::profiles();
    for (size_t i = 0; i < profiles.size(); ++i) all.push_back({static_cast<int>(i), profiles[i].id, profiles[i].text});
    return all;
  }();
  return table;
}

Fields Describe<api::ProfileRequest>::fields() {
  using R = api::ProfileRequest;
  static constexpr Field own[] = {
      field<&R::profile>("profile", "The kind of work.").required(),
      field<&R::objective>("objective", "What the best plan is best at; the profile's where absent.").alias("goal"),
  };
  static const FieldList table = FieldList().add(own).include<&R::question>().include<&R::limits>();
  return table;
}

Fields Describe<api::SettingEffect>::fields() {
  using E = api::SettingEffect;
  static constexpr Field table[] = {
      field<&E::fits>("fits"),
      field<&E::summary>("summary", "The best plan with this setting alone."),
      field<&E::step_time_s>("step_time_s"),
      field<&E::tokens_per_s_per_gpu>("tokens_per_s_per_gpu"),
      field<&E::peak_gib>("peak_gib"),
      field<&E::usd_per_million_tokens>("usd_per_million_tokens"),
      field<&E::tokens_per_s_per_gpu_change_pct>("tokens_per_s_per_gpu_change_pct", "Against the plain question."),
      field<&E::peak_change_gib>("peak_change_gib"),
  };
  return table;
}

Fields Describe<api::ProfileSetting>::fields() {
  using S = api::ProfileSetting;
  static constexpr Field table[] = {
      field<&S::field>("field", "Of a request."),
      field<&S::value>("value"),
      field<&S::applied>("applied", "The request does not state it itself."),
      field<&S::reason>("reason"),
      field<&S::source>("source").omit_default(),
      field<&S::effect>("effect", "What this setting alone changes."),
  };
  return table;
}

Fields Describe<api::ProfileResponse>::fields() {
  using R = api::ProfileResponse;
  static constexpr Field table[] = {
      field<&R::profile>("profile"),
      field<&R::text>("text"),
      field<&R::settings>("settings"),
      field<&R::request>("request", "For 'recommend', or 'inference' where the profile serves."),
      field<&R::plain>("plain", "The best plan without the profile."),
      field<&R::plan>("plan", "With it. Where nothing fits: the nearest."),
      field<&R::serving>("serving", "Where the profile serves: the best way within its limits, or the nearest."),
      field<&R::smallest_change>("smallest_change", "Where nothing fits: changes after which something does.")
          .omit_default(),
      field<&R::assumptions>("assumptions", "Taken as given because the request was silent."),
      field<&R::warnings>("warnings"),
  };
  return table;
}

}  // namespace shardplan::json
