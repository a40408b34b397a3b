// report.json and summary.json. Numbers are rounded to six digits here and nowhere before; what is
// missing is null.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/trial/criteria.hpp"
#include "dosewright/trial/results.hpp"

namespace dosewright::trial {

namespace {

using nlohmann::json;

// Rounded to six significant digits; an unknown or infinite number is null.
json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0.0;
  const double scale =
      std::pow(10.0, 5 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

json number(const std::optional<double>& value) {
  return value ? number(*value) : json(nullptr);
}

json share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return nullptr;
  return number(static_cast<double>(part) / static_cast<double>(whole));
}

double weeks_of(Minutes minutes) {
  return static_cast<double>(minutes) / static_cast<double>(kMinutesPerWeek);
}

json coverage_json(const Coverage& coverage) {
  return {{"inside", coverage.inside}, {"total", coverage.total}};
}

json coverage_json(const CoverageTable& table) {
  json groups = json::object();
  for (const auto& [name, coverage] : table.groups) groups[name] = coverage_json(coverage);
  json families = json::object();
  for (const auto& [name, coverage] : table.families) families[name] = coverage_json(coverage);
  return {{"calibrated", coverage_json(table.calibrated)},
          {"untouched", coverage_json(table.untouched)},
          {"population", coverage_json(table.population)},
          {"groups", std::move(groups)},
          {"families", std::move(families)},
          {"width_ratio", number(table.width_ratio)}};
}

// The design's name; of a pooled row what the publication calls the set.
std::string trial_name(const Plan& plan, const MappedRow& mapped) {
  if (mapped.active.size() != 1) return mapped.row->trial;
  return plan.design(mapped.active.front().trial).name;
}

json row_json(const Plan& plan, const RowResult& result) {
  const auto& row = *result.mapped->row;
  const std::string& note = result.mapped->note.empty() ? row.note : result.mapped->note;
  return {{"row", row.id},
          {"trial", trial_name(plan, *result.mapped)},
          {"published_trial", row.trial},
          {"population", row.population},
          {"arm", row.arm},
          {"n", number(row.n_num)},
          {"week", row.week},
          {"endpoint", row.endpoint},
          {"statistic", row.statistic},
          {"unit", row.unit},
          {"published", number(result.published)},
          {"median", number(result.median)},
          {"lo", number(result.lo)},
          {"hi", number(result.hi)},
          {"width", number(result.width())},
          {"sampling_width", number(result.sampling_width)},
          {"inside", result.inside},
          {"use", result.mapped->calibrated ? "calibrated" : "untouched"},
          {"group", result.mapped->group},
          {"replicates_formed", result.formed},
          {"source", row.source},
          {"note", note}};
}

json rows_json(const Plan& plan, const std::vector<RowResult>& rows) {
  json list = json::array();
  for (const RowResult& row : rows) list.push_back(row_json(plan, row));
  return list;
}

// The middle and the ends of what replicates gave.
struct Spread {
  double median = 0, lo = 0, hi = 0;
  explicit Spread(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    median = quantile_of_sorted(values, 0.5);
    lo = quantile_of_sorted(values, 0.025);
    hi = quantile_of_sorted(values, 0.975);
  }
};

// A quantile over patients from the histogram of one time: linear within its bin.
double histogram_quantile(const SeriesRule& rule, const std::vector<std::uint64_t>& histogram,
                          double p) {
  std::uint64_t n = 0;
  for (const std::uint64_t count : histogram) n += count;
  if (n == 0) return lang::kUnknown;
  const double target = p * static_cast<double>(n);
  double before = 0;
  for (std::size_t bin = 0; bin < histogram.size(); ++bin) {
    const auto count = static_cast<double>(histogram[bin]);
    if (count > 0 && before + count >= target) {
      const double part = (target - before) / count;
      return rule.low + rule.bin * (static_cast<double>(bin) + part);
    }
    before += count;
  }
  return rule.high;
}

std::int64_t total(const std::vector<std::int64_t>& counts) {
  std::int64_t n = 0;
  for (const std::int64_t count : counts) n += count;
  return n;
}

json series_arm_json(const Results& results, ArmIndex where, std::size_t index) {
  const Plan& plan = results.context();
  const Design& design = plan.design(where.trial);
  const SeriesRule& rule = plan.mapping->map.series[index];
  const auto& times = plan.weeks[at(where.trial)][index];
  json out{{"trial", design.name},
           {"arm", design.arms[at(where.arm)].name},
           {"code", rule.code},
           {"title", rule.title},
           {"unit", rule.unit}};
  const std::vector<std::pair<const char*, double>> quantiles{
      {"p05", 0.05}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p95", 0.95}};
  for (const char* key : {"weeks", "n", "mean", "mean_lo", "mean_hi"}) out[key] = json::array();
  for (const auto& quantile : quantiles) out[quantile.first] = json::array();
  for (std::size_t w = 0; w < times.size(); ++w) {
    const PooledCell& cell = results.arm(where.trial, where.arm).series[index][w];
    const CurvePoint point = curve_point(cell);
    if (point.n == 0) continue;
    out["weeks"].push_back(number(weeks_of(times[w])));
    out["n"].push_back(point.n);
    out["mean"].push_back(number(point.mean));
    out["mean_lo"].push_back(number(point.lo));
    out["mean_hi"].push_back(number(point.hi));
    // A change at its own baseline is nothing, not a bin.
    const bool nothing = times[w] == 0 && rule.outcome.measure != Measure::kValue;
    for (const auto& [key, p] : quantiles) {
      out[key].push_back(nothing ? json(0.0) : number(histogram_quantile(rule, cell.histogram, p)));
    }
  }
  return out;
}

template <class Visit>
void each_arm(const Plan& plan, const Visit& visit) {
  for (std::size_t trial = 0; trial < plan.designs->trials.size(); ++trial) {
    for (std::size_t arm = 0; arm < plan.designs->trials[trial].arms.size(); ++arm) {
      visit(ArmIndex{static_cast<int>(trial), static_cast<int>(arm)});
    }
  }
}

json arm_names(const Plan& plan, ArmIndex where) {
  const Design& design = plan.design(where.trial);
  return {{"trial", design.name}, {"arm", design.arms[at(where.arm)].name}};
}

json series_json(const Results& results) {
  json list = json::array();
  for (std::size_t s = 0; s < results.context().mapping->map.series.size(); ++s) {
    each_arm(results.context(), [&](ArmIndex where) {
      json series = series_arm_json(results, where, s);
      if (!series["weeks"].empty()) list.push_back(std::move(series));
    });
  }
  return list;
}

// The curve that a published mean or median of one whole arm belongs to; -1: none.
int series_of(const Plan& plan, const MappedRow& mapped) {
  const Statistic& statistic = mapped.statistic;
  const bool central = statistic.summary == Summary::kMean || statistic.summary == Summary::kMedian;
  if (!central || mapped.active.size() != 1 || statistic.given || statistic.where) return -1;
  if (std::abs(statistic.scale - 1) > 1e-9) return -1;
  const auto& series = plan.mapping->map.series;
  for (std::size_t s = 0; s < series.size(); ++s) {
    const OutcomeSpec& outcome = series[s].outcome;
    if (outcome.measure == statistic.outcome.measure && outcome.index == statistic.outcome.index) {
      return static_cast<int>(s);
    }
  }
  return -1;
}

// The ends of a published mean: as given, or from its SD.
std::pair<json, json> point_ends(const programme::EvidenceRow& row) {
  if (row.ci95_lo && row.ci95_hi) return {number(*row.ci95_lo), number(*row.ci95_hi)};
  if (!row.sd_num || !row.n_num || *row.n_num < 2) return {nullptr, nullptr};
  const double half = 1.959964 * *row.sd_num / std::sqrt(*row.n_num);
  return {number(*row.value_num - half), number(*row.value_num + half)};
}

json points_json(const Results& results) {
  const Plan& plan = results.context();
  json list = json::array();
  for (const MappedRow& mapped : plan.mapping->result.rows) {
    const int series = series_of(plan, mapped);
    const auto& row = *mapped.row;
    if (series < 0 || !row.week_num) continue;
    json point = arm_names(plan, mapped.active.front());
    point["code"] = plan.mapping->map.series[at(series)].code;
    point["week"] = number(*row.week_num);
    point["value"] = number(*row.value_num);
    const auto ends = point_ends(row);
    point["lo"] = ends.first;
    point["hi"] = ends.second;
    point["row"] = row.id;
    point["statistic"] = row.statistic;
    list.push_back(std::move(point));
  }
  return list;
}

json edish_json(const Results& results) {
  json list = json::array();
  if (results.context().mapping->map.edish_alt < 0) return list;
  each_arm(results.context(), [&](ArmIndex where) {
    json out = arm_names(results.context(), where);
    json points = json::array();
    for (const EdishPoint& point : results.arm(where.trial, where.arm).edish) {
      points.push_back({number(point.alt), number(point.bilirubin), point.id});
    }
    out["points"] = std::move(points);
    list.push_back(std::move(out));
  });
  return list;
}

json weeks_json(int n_weeks) {
  json weeks = json::array();
  for (int week = 0; week <= n_weeks; ++week) weeks.push_back(week);
  return weeks;
}

json states_json(const Results& results) {
  json list = json::array();
  const Plan& plan = results.context();
  each_arm(plan, [&](ArmIndex where) {
    const Design& design = plan.design(where.trial);
    const auto& regions = design.protocol->regions;
    for (std::size_t r = 0; r < regions.size(); ++r) {
      if ((design.regions_off >> r & 1) != 0) continue;
      json out = arm_names(plan, where);
      out["region"] = regions[r].name;
      out["weeks"] = weeks_json(plan.n_weeks[at(where.trial)]);
      out["names"] = json::array();
      out["shares"] = json::array();
      for (std::size_t s = 0; s < regions[r].states.size(); ++s) {
        json shares = json::array();
        for (const auto& counts : results.arm(where.trial, where.arm).states[r]) {
          shares.push_back(share(counts[s], total(counts)));
        }
        out["names"].push_back(regions[r].states[s].name);
        out["shares"].push_back(std::move(shares));
      }
      list.push_back(std::move(out));
    }
  });
  return list;
}

// Weeks of planned treatment; whoever has not stopped by then was not stopped.
json retention_json(const Results& results) {
  json list = json::array();
  const Plan& plan = results.context();
  each_arm(plan, [&](ArmIndex where) {
    const ArmResult& arm = results.arm(where.trial, where.arm);
    const std::int64_t n = arm.patients - arm.failed;
    const auto planned = static_cast<int>(plan.design(where.trial).treatment / kMinutesPerWeek);
    const int n_weeks = std::min(planned, plan.n_weeks[at(where.trial)]);
    json out = arm_names(plan, where);
    out["weeks"] = weeks_json(n_weeks);
    out["causes"] = json::array();
    std::vector<std::int64_t> stopped(at(n_weeks) + 1);
    for (const auto& [cause, weeks] : arm.stops) {
      json cumulative = json::array();
      std::int64_t sum = 0;
      for (std::size_t week = 0; week < stopped.size(); ++week) {
        sum += week < weeks.size() ? weeks[week] : 0;
        stopped[week] += sum;
        cumulative.push_back(share(sum, n));
      }
      out["causes"].push_back({{"cause", cause}, {"cumulative", std::move(cumulative)}});
    }
    out["on_treatment"] = json::array();
    for (const std::int64_t sum : stopped) out["on_treatment"].push_back(share(n - sum, n));
    list.push_back(std::move(out));
  });
  return list;
}

// Every measure of one arm that is shown in this table: "name", "name_lo", "name_hi".
void add_measures(const Results& results, ArmIndex where, const std::string& table, json& out) {
  const Plan& plan = results.context();
  const auto& rules = plan.mapping->map.measures;
  for (std::size_t m = 0; m < rules.size(); ++m) {
    const auto& shown = rules[m].shown;
    if (std::find(shown.begin(), shown.end(), table) == shown.end()) continue;
    const int slot = plan.measures[m][at(where.trial)][at(where.arm)];
    const Spread spread(results.slot_values(slot));
    out[rules[m].name] = number(spread.median);
    const std::string bounds = rules[m].bounds.empty() ? rules[m].name : rules[m].bounds;
    out[bounds + "_lo"] = number(spread.lo);
    out[bounds + "_hi"] = number(spread.hi);
  }
}

json measures_json(const Results& results, const RunFacts& facts, const std::string& table) {
  json list = json::array();
  const Plan& plan = results.context();
  each_arm(plan, [&](ArmIndex where) {
    const Design& design = plan.design(where.trial);
    json out = arm_names(plan, where);
    const auto* regimen = facts.programme->regimen(design.arms[at(where.arm)].regimen);
    if (regimen != nullptr) {
      const double per_week = static_cast<double>(regimen->offsets.size()) *
                              static_cast<double>(kMinutesPerWeek) /
                              static_cast<double>(regimen->period);
      out["regimen"] = regimen->title;
      out["dose_mg"] = number(regimen->amount_mg);
      out["injections_per_week"] = number(per_week);
      out["weekly_mg"] = number(regimen->weekly_mg());
    }
    out["weeks"] = number(weeks_of(design.treatment));
    add_measures(results, where, table, out);
    list.push_back(std::move(out));
  });
  return list;
}

json measure_names(const Plan& plan) {
  json list = json::array();
  for (const MeasureRule& rule : plan.mapping->map.measures) {
    list.push_back(
        {{"name", rule.name}, {"title", rule.title}, {"unit", rule.unit}, {"shown", rule.shown}});
  }
  return list;
}

json trials_json(const Results& results) {
  json list = json::array();
  for (std::size_t t = 0; t < results.context().designs->trials.size(); ++t) {
    const Design& design = results.context().designs->trials[t];
    json arms = json::array();
    for (std::size_t a = 0; a < design.arms.size(); ++a) {
      const ArmResult& arm = results.arm(static_cast<int>(t), static_cast<int>(a));
      arms.push_back({{"name", design.arms[a].name},
                      {"active", design.arms[a].active},
                      {"n", design.arms[a].n},
                      {"patients_simulated", arm.patients},
                      {"failed", arm.failed}});
    }
    list.push_back({{"name", design.name},
                    {"title", design.title},
                    {"protocol", design.protocol->name},
                    {"weeks", number(weeks_of(design.treatment))},
                    {"follow_up_weeks", number(weeks_of(design.end - design.treatment))},
                    {"arms", std::move(arms)}});
  }
  return list;
}

// What both documents begin with.
json head_json(const Results& results, const RunFacts& facts) {
  const auto& identity = facts.programme->identity;
  const DesignSet& designs = *results.context().designs;
  return {
      {"disclaimer", kDisclaimer},
      {"programme", {{"name", identity.name}, {"title", identity.title}}},
      {"design", {{"name", designs.name}, {"title", designs.title}}},
      {"dosewright", facts.version},
      {"seed", facts.seed},
      {"replicates", results.replicates()},
      {"patients_simulated", results.patients()},
      {"failed_patients", results.failed()},
      {"patients_by_steps", facts.stepped},
      {"ledger_replays", {{"checked", facts.ledgers_checked}, {"failed", facts.ledgers_failed}}},
      {"trials", trials_json(results)}};
}

json sources_json(const programme::Programme& programme) {
  json list = json::array();
  for (const auto& source : programme.sources) {
    list.push_back({{"key", source.key}, {"title", source.title}});
  }
  return list;
}

}  // namespace

json report_json(const Results& results, const RunFacts& facts) {
  const std::vector<RowResult> rows = row_results(results);
  json out = head_json(results, facts);
  out["series"] = series_json(results);
  out["points"] = points_json(results);
  out["edish"] = edish_json(results);
  out["states"] = states_json(results);
  out["retention"] = retention_json(results);
  out["measures"] = measure_names(results.context());
  out["reactions"] = measures_json(results, facts, "reactions");
  out["comparison"] = measures_json(results, facts, "comparison");
  out["criteria"] = criteria_json(results, answer_criteria(results, *facts.programme));
  out["evidence"] = rows_json(results.context(), rows);
  out["coverage"] = coverage_json(coverage_of(rows));
  out["unmapped"] = results.context().mapping->result.unmapped;
  out["sources"] = sources_json(*facts.programme);
  return out;
}

json summary_json(const Results& results, const RunFacts& facts) {
  const std::vector<RowResult> rows = row_results(results);
  json out = head_json(results, facts);
  out["coverage"] = coverage_json(coverage_of(rows));
  out["rows"] = rows_json(results.context(), rows);
  out["arms"] = measures_json(results, facts, "comparison");
  out["reactions"] = measures_json(results, facts, "reactions");
  out["criteria"] = criteria_json(results, answer_criteria(results, *facts.programme));
  out["unmapped"] = results.context().mapping->result.unmapped;
  json left_out = json::array();
  for (const Fault& fault : results.context().mapping->result.faults) {
    left_out.push_back(fault.message);
  }
  out["rows_left_out"] = std::move(left_out);
  return out;
}

}  // namespace dosewright::trial
