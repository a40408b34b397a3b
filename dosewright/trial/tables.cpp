// Tables for people: CSV files and the table of the terminal.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "dosewright/base/check.hpp"
#include "dosewright/base/csv.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/trial/results.hpp"

namespace dosewright::trial {

namespace {

std::string field(std::string_view text) {
  return csv_field(text);
}

std::string field(double value) {
  return std::isfinite(value) ? number_text(value, 6) : "";
}

std::string field(const std::optional<double>& value) {
  return value ? field(*value) : "";
}

std::string line(const std::vector<std::string>& fields) {
  return join(fields, ",") + "\r\n";
}

std::string first_line() {
  return std::string("# ") + kDisclaimer + "\r\n";
}

std::string trial_label(const Plan& plan, const MappedRow& mapped) {
  if (mapped.active.size() != 1) return mapped.row->trial;
  const Design& design = plan.design(mapped.active.front().trial);
  return design.title.empty() ? design.name : design.title;
}

const char* use_of(const MappedRow& mapped) {
  if (mapped.group == kPopulationGroup) return "population";
  return mapped.calibrated ? "calibrated" : "untouched";
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return values.empty() ? lang::kUnknown : sum / static_cast<double>(values.size());
}

// A published or simulated number as a person wants it: at least three digits, no noise.
std::string shown(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 100) return fmt::format("{:.0f}", value);
  if (size >= 10) return fmt::format("{:.1f}", value);
  return size >= 1 || value == 0 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

// Cut to a width in characters: bytes of one character stay together.
std::string cut(const std::string& text, std::size_t width) {
  std::size_t characters = 0;
  std::size_t end = 0;
  std::size_t keep = 0;
  while (end < text.size()) {
    ++end;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    if (++characters == width - 1) keep = end;
  }
  if (characters <= width) return text + std::string(width - characters, ' ');
  return text.substr(0, keep) + "~";
}

std::string short_arm(const MappedRow& mapped, const Plan& plan) {
  if (mapped.statistic.summary == Summary::kDifference) return "difference";
  const ArmIndex& where = mapped.active.front();
  const Design& design = plan.design(where.trial);
  const Arm& arm = design.arms[at(where.arm)];
  return arm.evidence.empty() ? arm.name : arm.evidence;
}

std::string table_row(const Plan& plan, const RowResult& result) {
  const auto& mapped = *result.mapped;
  const auto& row = *mapped.row;
  const bool population = mapped.group == kPopulationGroup;
  const std::string endpoint = row.endpoint + (mapped.part.empty() ? "" : ", " + mapped.part);
  const std::string statistic = row.statistic + (row.unit.empty() ? "" : " [" + row.unit + "]");
  return fmt::format("{:<6.6} {} {} {} {:>7} {:>7}  {:>7} .. {:<7} {} {}\n", row.id,
                     cut(short_arm(mapped, plan), 10), cut(endpoint, 40), cut(statistic, 17),
                     shown(result.published), shown(result.median), shown(result.lo),
                     shown(result.hi),
                     result.formed == 0 ? "n/f"
                     : result.inside    ? "in "
                                        : "OUT",
                     population          ? "P"
                     : mapped.calibrated ? "C"
                                         : " ");
}

constexpr std::size_t kArmWidth = 24;

// What one arm came to in one measure: the median of the replicates, and 95 % of them.
std::string arm_cell(std::vector<double> values) {
  if (values.empty()) return "-";
  std::sort(values.begin(), values.end());
  std::string median = shown(quantile_of_sorted(values, 0.5));
  if (values.size() == 1) return median;
  return fmt::format("{} ({} .. {})", median, shown(quantile_of_sorted(values, 0.025)),
                     shown(quantile_of_sorted(values, 0.975)));
}

std::string joined(const std::string& text, const std::string& cell) {
  return text + "  " + cut(cell, kArmWidth);
}

std::string without_trailing_blanks(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

// Benefit and harm of the arms of one trial side by side, a line for what is measured and a line
// of numbers.
std::string arms_table(const Results& results, std::size_t trial) {
  const Plan& plan = results.context();
  const Design& design = plan.designs->trials[trial];
  std::string text = design.title + "\nper arm: median of the replicates (95 % of them)\n";
  std::string names;
  for (const Arm& arm : design.arms) names = joined(names, arm.name);
  text += without_trailing_blanks(names);
  for (std::size_t m = 0; m < plan.measures.size(); ++m) {
    const MeasureRule& rule = plan.mapping->map.measures[m];
    text += fmt::format("{} [{}]\n", rule.title, rule.unit);
    std::string cells;
    for (const int slot : plan.measures[m][trial]) {
      cells = joined(cells, arm_cell(results.slot_values(slot)));
    }
    text += without_trailing_blanks(cells);
  }
  return text;
}

std::string table_head() {
  return fmt::format("{:<6} {:<10} {:<40} {:<17} {:>7} {:>7}  {:^18}\n", "row", "arm", "endpoint",
                     "statistic", "publ.", "median", "95 % interval");
}

std::string coverage_line(const std::string& name, const Coverage& coverage) {
  if (coverage.total == 0) return fmt::format("  {:<44} none\n", name);
  return fmt::format("  {:<44} {:>4} of {:>4} inside ({:.0f} %)\n", name, coverage.inside,
                     coverage.total, 100.0 * coverage.inside / coverage.total);
}

std::string coverage_text(const CoverageTable& table) {
  std::string text = "\nPublished numbers inside the simulated 95 % interval:\n";
  text += coverage_line("rows that were used for calibration (C)", table.calibrated);
  text += coverage_line("rows that were not", table.untouched);
  text += coverage_line("who took part (P; checks the designs)", table.population);
  for (const auto& [name, coverage] : table.groups) {
    text += coverage_line("  of the first two: " + name, coverage);
  }
  for (const auto& [name, coverage] : table.families) {
    text += coverage_line("  by family of endpoints: " + name, coverage);
  }
  if (table.width_ratio) {
    text += fmt::format(
        "Width of the intervals against sampling error alone: {:.2f} times, on average.\n",
        *table.width_ratio);
  }
  return text;
}

}  // namespace

std::string evidence_csv(const Results& results) {
  std::string text = first_line();
  text += line({"row",
                "trial",
                "population",
                "arm",
                "n",
                "week",
                "endpoint",
                "statistic",
                "unit",
                "published",
                "median",
                "lo",
                "hi",
                "inside",
                "use",
                "group",
                "width",
                "sampling_width",
                "replicates_formed",
                "source",
                "note"});
  for (const RowResult& result : row_results(results)) {
    const auto& row = *result.mapped->row;
    text += line({field(row.id),
                  field(row.trial),
                  field(row.population),
                  field(row.arm),
                  field(row.n),
                  field(row.week),
                  field(row.endpoint),
                  field(row.statistic),
                  field(row.unit),
                  field(result.published),
                  field(result.median),
                  field(result.lo),
                  field(result.hi),
                  result.inside ? "1" : "0",
                  use_of(*result.mapped),
                  field(result.mapped->group),
                  field(result.width()),
                  field(result.sampling_width),
                  std::to_string(result.formed),
                  field(row.source),
                  field(result.mapped->note)});
  }
  return text;
}

std::string series_csv(const Results& results) {
  const Plan& plan = results.context();
  std::string text = first_line();
  text += line({"trial", "arm", "code", "unit", "week", "n", "mean", "mean_lo", "mean_hi"});
  for (std::size_t t = 0; t < plan.designs->trials.size(); ++t) {
    const Design& design = plan.designs->trials[t];
    for (std::size_t a = 0; a < design.arms.size(); ++a) {
      const ArmResult& arm = results.arm(static_cast<int>(t), static_cast<int>(a));
      for (std::size_t s = 0; s < arm.series.size(); ++s) {
        const SeriesRule& rule = plan.mapping->map.series[s];
        for (std::size_t w = 0; w < arm.series[s].size(); ++w) {
          const CurvePoint point = curve_point(arm.series[s][w]);
          if (point.n == 0) continue;
          const double week = static_cast<double>(plan.weeks[t][s][w]) / kMinutesPerWeek;
          text += line({field(design.name), field(design.arms[a].name), field(rule.code),
                        field(rule.unit), field(week), std::to_string(point.n), field(point.mean),
                        field(point.lo), field(point.hi)});
        }
      }
    }
  }
  return text;
}

std::string arms_csv(const Results& results) {
  const Plan& plan = results.context();
  std::string text = first_line();
  text += line({"trial", "arm", "regimen", "n", "measure", "title", "unit", "mean", "median", "lo",
                "hi", "replicates_formed"});
  for (std::size_t t = 0; t < plan.designs->trials.size(); ++t) {
    const Design& design = plan.designs->trials[t];
    for (std::size_t a = 0; a < design.arms.size(); ++a) {
      for (std::size_t m = 0; m < plan.measures.size(); ++m) {
        const MeasureRule& rule = plan.mapping->map.measures[m];
        std::vector<double> values = results.slot_values(plan.measures[m][t][a]);
        const double mean = mean_of(values);
        std::sort(values.begin(), values.end());
        text += line({field(design.name), field(design.arms[a].name), field(design.arms[a].regimen),
                      std::to_string(design.arms[a].n), field(rule.name), field(rule.title),
                      field(rule.unit), field(mean), field(quantile_of_sorted(values, 0.5)),
                      field(quantile_of_sorted(values, 0.025)),
                      field(quantile_of_sorted(values, 0.975)), std::to_string(values.size())});
      }
    }
  }
  return text;
}

std::string terminal_table(const Results& results) {
  const Plan& plan = results.context();
  const std::vector<RowResult> rows = row_results(results);
  // Grouped by trial, in the order in which the trials first appear.
  std::vector<std::string> labels;
  for (const RowResult& result : rows) {
    const std::string label = trial_label(plan, *result.mapped);
    if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
  }
  std::string text;
  for (const std::string& label : labels) {
    text += (text.empty() ? "" : "\n") + label + "\n" + table_head();
    for (const RowResult& result : rows) {
      if (trial_label(plan, *result.mapped) == label) text += table_row(plan, result);
    }
  }
  if (rows.empty()) text += "No published row maps to this design.\n";
  for (std::size_t t = 0; t < plan.designs->trials.size(); ++t) {
    text += "\n" + arms_table(results, t);
  }
  text += coverage_text(coverage_of(rows));
  const auto& mapping = plan.mapping->result;
  text += fmt::format("Rows about these trials that no rule takes: {}.\n", mapping.unmapped.size());
  if (results.failed() > 0) {
    text +=
        fmt::format("Patients whose numbers failed, left out everywhere: {}.\n", results.failed());
  }
  return text + kDisclaimer + "\n";
}

}  // namespace dosewright::trial
