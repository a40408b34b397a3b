// The table for a terminal.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/refine/write.hpp"

namespace dosewright::refine {

namespace {

constexpr std::size_t kNameWidth = 40;
constexpr std::size_t kLineWidth = 120;
constexpr std::size_t kMostColumns = 6;

std::string cut(const std::string& text, std::size_t width) {
  if (text.size() <= width) return text + std::string(width - text.size(), ' ');
  return text.substr(0, width - 1) + "~";
}

std::vector<int> columns_of(const Search& search) {
  std::vector<int> columns;
  for (const Objective& objective : search.objectives) columns.push_back(objective.quantity);
  if (columns.size() > kMostColumns) columns.resize(kMostColumns);
  return columns;
}

std::string table_row(const Search& search, const Candidate& candidate) {
  const std::string& name = candidate.schedule.name;
  const bool fits = name.size() <= kNameWidth;
  std::string text = fits ? cut(name, kNameWidth)
                          : name.substr(0, kLineWidth) + "\n" + std::string(kNameWidth, ' ');
  for (const int column : columns_of(search)) {
    const Estimate& estimate = candidate.estimates[at(column)];
    text += fmt::format(" {:>11}",
                        shown_number(estimate.value) + " (" + shown_number(estimate.error) + ")");
  }
  text += fmt::format(" {:>4.0f} %", 100 * candidate.probability);
  const char* mark = candidate.on_front       ? (candidate.within_noise ? "?" : "*")
                     : !candidate.feasible    ? "x"
                     : candidate.twin >= 0    ? "="
                     : candidate.within_noise ? "?"
                                              : "";
  text += std::string(" ") + mark;
  text.erase(text.find_last_not_of(' ') + 1);
  return text + "\n";
}

std::string table_head(const Search& search) {
  std::string text = cut("value (standard error)", kNameWidth);
  char letter = 'a';
  for (std::size_t i = 0; i < columns_of(search).size(); ++i) {
    text += fmt::format(" {:>11}", std::string("(") + letter++ + ")");
  }
  return text + "  kept\n";
}

std::string legend(const Search& search) {
  std::string text;
  char letter = 'a';
  for (const int column : columns_of(search)) {
    const Quantity& quantity = search.quantities[at(column)];
    const auto objective = std::find_if(search.objectives.begin(), search.objectives.end(),
                                        [&](const auto& o) { return o.quantity == column; });
    text += fmt::format("  ({}) {} [{}], {} is better\n", letter++, quantity.title, quantity.unit,
                        objective->more_is_better ? "more" : "less");
  }
  text +=
      "  kept: probability that every constraint is kept, over the model's uncertainty and the "
      "simulation's\n"
      "  *: on the front, clear of noise; ?: on it or off it within noise; =: as good "
      "as one on it;\n  x: breaks a constraint\n";
  return text;
}

}  // namespace

std::string terminal_table(const Search& search, const Found& found) {
  std::string text = search.title + "\n\n";
  const std::vector<int> front = front_by_first(search, found);
  text += fmt::format("Best schedules (none is better in everything): {}\n", front.size());
  text += table_head(search);
  for (const int index : front) text += table_row(search, found.candidates[at(index)]);
  if (!search.points.empty()) {
    text += "\nNamed schedules\n" + table_head(search);
    for (const int index : points_of(found)) text += table_row(search, found.candidates[at(index)]);
  }
  text += "\n" + legend(search);
  if (!search.constraints.empty()) text += "Constraints:\n";
  for (const Constraint& constraint : search.constraints) text += "  " + constraint.text + "\n";
  const auto carried = std::count_if(
      found.candidates.begin(), found.candidates.end(),
      [](const Candidate& candidate) { return candidate.fate == Candidate::Fate::kCarried; });
  text += fmt::format(
      "{} schedules of {} were simulated, {} of them with {} patients; {} patients in all, {} "
      "failed.\n",
      found.candidates.size(), found.space, carried, found.stages.back(), found.patients,
      found.failed);
  if (found.full) text += "There were too many: the search stopped adding schedules.\n";
  return text + kDisclaimer + "\n";
}

}  // namespace dosewright::refine
