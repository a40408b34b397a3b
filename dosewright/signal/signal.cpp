#include "dosewright/signal/signal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/signal/study.hpp"

namespace dosewright::signal {
namespace {

using programme::Reaction;

// One that is counted in the whole population, and not only above a limit or by another measure.
bool comparable(const Reaction& reaction) {
  return reaction.severity.empty() && reaction.frequency.empty();
}

class Finder {
 public:
  Finder(const programme::Programme& programme, const Study& study, int control)
      : programme_(programme), study_(study) {
    report_.arms = study.arms;
    report_.control = control;
    report_.left_out = study.left_out;
  }

  Report find() {
    std::map<std::string, std::vector<const Reaction*>> published;
    for (const Reaction& reaction : programme_.reactions) {
      published[plain_term(reaction.term)].push_back(&reaction);
    }
    std::vector<std::string> known;
    for (const auto& [plain, reactions] : published) known.push_back(plain);
    for (const auto& [plain, term] : study_.terms) {
      TermRow row{term.term, term.organ_class, {}, "", {}};
      if (const auto found = published.find(plain); found != published.end()) {
        row.published = found->second;
        published.erase(found);
      } else if (const std::string near = nearest_name(plain, known); !near.empty()) {
        row.near = near;
      }
      add(std::move(row), &term);
    }
    for (const auto& [plain, reactions] : published) {
      const Reaction& first = *reactions.front();
      add({first.term, first.organ_class, reactions, "", {}}, nullptr);
    }
    sort();
    return std::move(report_);
  }

 private:
  void add(TermRow row, const StudyTerm* term) {
    for (std::size_t i = 0; i < report_.arms.size(); ++i) {
      Cell cell;
      if (term != nullptr) cell.with = static_cast<int>(term->subjects[i].size());
      const Arm& arm = report_.arms[i];
      cell.share = trial::exact_binomial(cell.with, arm.at_risk);
      if (arm.patient_years > 0) cell.per_100_years = 100 * cell.with / arm.patient_years;
      row.cells.push_back(std::move(cell));
    }
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const bool is_control = static_cast<int>(i) == report_.control;
      if (report_.control >= 0 && !is_control && term != nullptr) against_control(row, i);
      if (!is_control) against_published(row, i);
    }
    report_.terms.push_back(std::move(row));
  }

  void against_control(TermRow& row, std::size_t arm) {
    const auto control = static_cast<std::size_t>(report_.control);
    Cell& cell = row.cells[arm];
    const Cell& other = row.cells[control];
    if (cell.with + other.with == 0) return;
    ++report_.comparisons;
    cell.odds = odds_ratio(
        {cell.with, report_.arms[arm].at_risk, other.with, report_.arms[control].at_risk});
    if (cell.odds->lo <= 1 || cell.with < kFewestSubjects) return;
    cell.stands_out.push_back(fmt::format("odds ratio against {} at least {} (95 %): above 1",
                                          report_.arms[control].name,
                                          number_text(cell.odds->lo, 3)));
  }

  void against_published(TermRow& row, std::size_t arm) {
    Cell& cell = row.cells[arm];
    if (cell.with < kFewestSubjects) return;
    for (const Reaction* reaction : row.published) {
      if (!comparable(*reaction) || cell.share.lo <= reaction->share_high) continue;
      cell.stands_out.push_back(fmt::format("at least {} (95 %): above the published {}",
                                            percent(cell.share.lo), percent(reaction->share_high)));
    }
  }

  void sort() {
    const auto most = [](const TermRow& row) {
      int with = 0;
      for (const Cell& cell : row.cells) with = std::max(with, cell.with);
      return with;
    };
    std::ranges::stable_sort(report_.terms, [&](const TermRow& a, const TermRow& b) {
      if (a.stands_out() != b.stands_out()) return a.stands_out();
      return most(a) > most(b);
    });
  }

  const programme::Programme& programme_;
  const Study& study_;
  Report report_;
};

bool is_called(const std::string& name, std::string_view word) {
  return plain_term(name).find(word) != std::string::npos;
}

// The index of the control arm; -1 where none is called placebo.
int control_arm(const Study& study, const std::string& asked, Faults& faults) {
  int found = -1;
  for (std::size_t i = 0; i < study.arms.size(); ++i) {
    const bool here = asked.empty() ? is_called(study.arms[i].name, "placebo")
                                    : asked == study.arms[i].name || asked == study.arm_codes[i];
    if (here && found < 0) found = static_cast<int>(i);
  }
  if (found >= 0 || asked.empty()) return found;
  std::vector<std::string> names;
  for (const Arm& arm : study.arms) names.push_back(arm.name);
  const std::string near = nearest_name(asked, names);
  faults.add({"command line", 0, 0}, "no arm '" + asked + "'",
             near.empty() ? "the arms are " + join(names, ", ") : "did you mean '" + near + "'?");
  return found;
}

}  // namespace

std::string percent(double share) {
  return number_text(share * 100, 3) + " %";
}

bool TermRow::stands_out() const {
  return std::ranges::any_of(cells, [](const Cell& cell) { return !cell.stands_out.empty(); });
}

Result<Report> find_signals(const programme::Programme& programme, const Files& files) {
  Faults faults;
  if (programme.reactions.empty()) {
    faults.add({programme.directory + "/reactions.toml", 0, 0},
               "this programme says nothing of reactions", "add reactions.toml");
  }
  const Study study = read_study(files, faults);
  if (!faults.empty()) return faults;
  const bool anybody =
      std::ranges::any_of(study.arms, [](const Arm& arm) { return arm.at_risk > 0; });
  if (!anybody) return Fault{{files.dm, 0, 0}, "nobody is at risk: no subject was dosed", "", ""};
  const int control = control_arm(study, files.control, faults);
  if (!faults.empty()) return faults;
  return Finder(programme, study, control).find();
}

}  // namespace dosewright::signal
