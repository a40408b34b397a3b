// A report as people and as programs read it.
#include "dosewright/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "dosewright/signal/signal.hpp"

namespace dosewright::signal {
namespace {

using nlohmann::json;
using programme::Reaction;

std::string ratio_text(double ratio) {
  return std::isfinite(ratio) ? number_text(ratio, 3) : "infinite";
}

std::string published_text(const Reaction& reaction) {
  std::string text = reaction.frequency;
  if (text.empty()) {
    text = percent(reaction.share_low);
    if (reaction.share_high > reaction.share_low) text += " to " + percent(reaction.share_high);
  }
  if (reaction.placebo >= 0) text += ", placebo " + percent(reaction.placebo);
  if (!reaction.severity.empty()) text += " (" + reaction.severity + ": not compared)";
  return text + " [" + reaction.source + "]";
}

std::string cell_text(const Arm& arm, const Cell& cell) {
  const double share = arm.at_risk > 0 ? 1.0 * cell.with / arm.at_risk : 0;
  std::string text =
      fmt::format("    {}: {} of {} = {} ({} to {})", arm.name, cell.with, arm.at_risk,
                  percent(share), percent(cell.share.lo), percent(cell.share.hi));
  if (cell.per_100_years) {
    text += fmt::format(", {} per 100 patient-years", number_text(*cell.per_100_years, 3));
  }
  if (cell.odds) {
    text += fmt::format(", odds ratio {} ({} to {})", ratio_text(cell.odds->ratio),
                        ratio_text(cell.odds->lo), ratio_text(cell.odds->hi));
  }
  text += "\n";
  for (const std::string& why : cell.stands_out) text += "      ! " + why + "\n";
  return text;
}

std::string row_text(const Report& report, const TermRow& row) {
  std::string text = fmt::format("  {}{}\n", row.term,
                                 row.organ_class.empty() ? "" : " (" + row.organ_class + ")");
  for (std::size_t i = 0; i < row.cells.size(); ++i) {
    text += cell_text(report.arms[i], row.cells[i]);
  }
  for (const Reaction* reaction : row.published) {
    text += "    published: " + published_text(*reaction) + "\n";
  }
  return text;
}

bool seen(const TermRow& row) {
  return std::ranges::any_of(row.cells, [](const Cell& cell) { return cell.with > 0; });
}

std::string counts_text(const TermRow& row) {
  std::vector<std::string> counts;
  for (const Cell& cell : row.cells) counts.push_back(std::to_string(cell.with));
  return join(counts, "/");
}

template <class Wanted>
std::string rows_text(const Report& report, const char* title, Wanted wanted) {
  std::string text;
  for (const TermRow& row : report.terms) {
    if (wanted(row)) text += row_text(report, row);
  }
  return fmt::format("{}\n{}", title, text.empty() ? "  none\n" : text);
}

std::string short_list(const Report& report) {
  std::string text;
  for (const TermRow& row : report.terms) {
    if (!row.published.empty() || row.stands_out()) continue;
    text += fmt::format("  {} {}", counts_text(row), row.term);
    text += row.near.empty() ? "\n" : ", spelt like '" + row.near + "'\n";
  }
  return text.empty() ? "  none\n" : text;
}

json published_json(const Reaction& reaction) {
  json one = {{"id", reaction.id}, {"term", reaction.term}, {"source", reaction.source}};
  if (reaction.frequency.empty()) {
    one["share_low"] = reaction.share_low;
    one["share_high"] = reaction.share_high;
  } else {
    one["frequency"] = reaction.frequency;
  }
  if (reaction.placebo >= 0) one["placebo"] = reaction.placebo;
  if (!reaction.severity.empty()) one["severity"] = reaction.severity;
  return one;
}

json number_or_null(double value) {
  return std::isfinite(value) ? json(value) : json(nullptr);
}

json cell_json(const Arm& arm, const Cell& cell) {
  json one = {{"arm", arm.name},           {"with", cell.with},
              {"at_risk", arm.at_risk},    {"share_lo", cell.share.lo},
              {"share_hi", cell.share.hi}, {"stands_out", cell.stands_out}};
  if (cell.per_100_years) one["per_100_patient_years"] = *cell.per_100_years;
  if (cell.odds) {
    one["odds_ratio"] = {{"ratio", number_or_null(cell.odds->ratio)},
                         {"lo", cell.odds->lo},
                         {"hi", number_or_null(cell.odds->hi)}};
  }
  return one;
}

}  // namespace

std::string report_text(const programme::Programme& programme, const Report& report) {
  std::string text = programme.identity.title + ": adverse events beside what was published\n\n";
  for (std::size_t i = 0; i < report.arms.size(); ++i) {
    const Arm& arm = report.arms[i];
    text += fmt::format("{}: {} at risk", arm.name, arm.at_risk);
    if (arm.patient_years > 0) {
      text += fmt::format(", {} patient-years", number_text(arm.patient_years, 4));
    }
    text += static_cast<int>(i) == report.control ? ", control\n" : "\n";
  }
  for (const auto& [why, n] : report.left_out) text += fmt::format("{}: {}\n", why, n);
  if (report.control < 0) text += "no arm is called placebo: nothing is compared with a control\n";
  text += "\n";
  text += rows_text(report, "What stands out", [](const TermRow& row) { return row.stands_out(); });
  text += fmt::format(
      "\nA term stands out with at least {} subjects, where the 95 % interval of the odds ratio "
      "lies\nabove 1, or that of the share above the published one. Of {} comparisons with the "
      "control\nabout {} would by chance alone: this is where to look, and no proof.\n\n",
      kFewestSubjects, report.comparisons, number_text(0.025 * report.comparisons, 2));
  text += rows_text(report, "Published, and seen", [](const TermRow& row) {
    return !row.published.empty() && seen(row) && !row.stands_out();
  });
  text += "\n" + rows_text(report, "Published, and not seen",
                           [](const TermRow& row) { return !row.published.empty() && !seen(row); });
  text += "\nNot known to the programme, with subjects by arm\n" + short_list(report);
  return text;
}

std::string report_json(const programme::Programme& programme, const Report& report) {
  json arms = json::array(), terms = json::array();
  for (const Arm& arm : report.arms) {
    arms.push_back({{"name", arm.name}, {"at_risk", arm.at_risk}});
    if (arm.patient_years > 0) arms.back()["patient_years"] = arm.patient_years;
  }
  for (const TermRow& row : report.terms) {
    json one = {{"term", row.term}, {"organ_class", row.organ_class}, {"near", row.near}};
    one["published"] = json::array();
    for (const Reaction* reaction : row.published) {
      one["published"].push_back(published_json(*reaction));
    }
    one["arms"] = json::array();
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      one["arms"].push_back(cell_json(report.arms[i], row.cells[i]));
    }
    terms.push_back(std::move(one));
  }
  const json all = {
      {"programme", programme.identity.name},
      {"control", report.control < 0
                      ? json(nullptr)
                      : json(report.arms[static_cast<std::size_t>(report.control)].name)},
      {"level", 0.95},
      {"fewest_subjects", kFewestSubjects},
      {"comparisons", report.comparisons},
      {"left_out", report.left_out},
      {"arms", arms},
      {"terms", terms}};
  return all.dump(2) + "\n";
}

}  // namespace dosewright::signal
