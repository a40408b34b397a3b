#include "dosewright/trial/mapping.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <set>

#include "dosewright/base/text.hpp"

namespace dosewright::trial {

namespace {

using programme::EvidenceRow;

// "CS1" begins "CS1 (phase 1)" but not "CS12".
bool begins_with_words(std::string_view text, std::string_view beginning) {
  if (beginning.empty() || !text.starts_with(beginning)) return false;
  if (text.size() == beginning.size()) return true;
  return std::isalnum(static_cast<unsigned char>(text[beginning.size()])) == 0;
}

bool takes(const std::vector<std::string>& texts, const std::string& found) {
  return texts.empty() || std::find(texts.begin(), texts.end(), found) != texts.end();
}

// The arm of a design that the row's text begins with: the longest such name. -1: none.
int arm_of(const Design& design, const std::string& text) {
  int best = -1;
  std::size_t longest = 0;
  for (std::size_t i = 0; i < design.arms.size(); ++i) {
    const std::string& name = design.arms[i].evidence;
    if (!begins_with_words(text, name) || name.size() <= longest) continue;
    best = static_cast<int>(i);
    longest = name.size();
  }
  return best;
}

// The designs that a row is about: where two stand for cohorts of one trial, the one that has its
// arm. Empty where it is about none of these, or not all of a pool.
std::vector<int> trials_of(const EvidenceMap& map, const DesignSet& designs,
                           const EvidenceRow& row) {
  int found = -1;
  for (std::size_t i = 0; i < designs.trials.size(); ++i) {
    if (!begins_with_words(row.trial, designs.trials[i].evidence_trial)) continue;
    if (arm_of(designs.trials[i], row.arm) >= 0) return {static_cast<int>(i)};
    if (found < 0) found = static_cast<int>(i);
  }
  if (found >= 0) return {found};
  for (const Pool& pool : map.pools) {
    if (!begins_with_words(row.trial, pool.trial)) continue;
    std::vector<int> trials;
    for (std::size_t i = 0; i < designs.trials.size(); ++i) {
      if (takes(pool.designs, designs.trials[i].name)) trials.push_back(static_cast<int>(i));
    }
    if (trials.size() == pool.designs.size()) return trials;
  }
  return {};
}

// The one arm that is active, or the one that is not; -1 where there are several or none.
int only_arm(const Design& design, bool active) {
  int found = -1;
  for (std::size_t i = 0; i < design.arms.size(); ++i) {
    if (design.arms[i].active != active) continue;
    if (found >= 0) return -1;
    found = static_cast<int>(i);
  }
  return found;
}

// What a short table must add to the endpoint so that two rows can be told apart.
std::string part_of(const Rule& rule, const EvidenceRow& row) {
  std::string_view part = rule.arm_ends;
  while (!part.empty() && (part.front() == ',' || part.front() == ' ')) part.remove_prefix(1);
  std::string text(part);
  const bool tells_week = rule.recipe.at_week || !rule.weeks.empty();
  if (tells_week) text += (text.empty() ? "wk " : ", wk ") + row.week;
  return text;
}

// The first family that an endpoint belongs to; "": none.
std::string family_of(const EvidenceMap& map, const std::string& endpoint) {
  for (const Family& family : map.families) {
    for (const std::string& beginning : family.endpoints) {
      if (endpoint.starts_with(beginning)) return family.name;
    }
  }
  return "";
}

class Mapper {
 public:
  Mapper(const EvidenceMap& map, const DesignSet& designs) : map_(map), designs_(designs) {}

  MapResult run(std::span<const EvidenceRow> rows) {
    for (const EvidenceRow& row : rows) {
      if (row.restated()) continue;
      const std::vector<int> trials = trials_of(map_, designs_, row);
      if (!trials.empty() && !take(row, trials)) result_.unmapped.push_back(row.id);
    }
    return std::move(result_);
  }

 private:
  bool take(const EvidenceRow& row, const std::vector<int>& trials) {
    if (!row.value_num) return false;
    for (const Rule& rule : map_.rules) {
      if (!matches(rule, row)) continue;
      MappedRow mapped;
      const std::size_t faults = result_.faults.size();
      if (form(rule, row, trials, mapped)) {
        result_.rows.push_back(std::move(mapped));
        return true;
      }
      if (result_.faults.size() > faults) return false;
    }
    return false;
  }

  static bool matches(const Rule& rule, const EvidenceRow& row) {
    return takes(rule.endpoints, row.endpoint) && takes(rule.statistics, row.statistic) &&
           takes(rule.populations, row.population) && takes(rule.weeks, row.week) &&
           (rule.trial.empty() || begins_with_words(row.trial, rule.trial)) &&
           row.arm.ends_with(rule.arm_ends);
  }

  // The arms, the time, the summary and the unit; false where the row does not name an arm.
  bool form(const Rule& rule, const EvidenceRow& row, const std::vector<int>& trials,
            MappedRow& mapped) {
    mapped.row = &row;
    mapped.statistic = rule.recipe.statistic;
    mapped.group = rule.group;
    mapped.family = family_of(map_, row.endpoint);
    mapped.note = rule.note;
    mapped.part = part_of(rule, row);
    const auto by_row = summary_of(row.statistic);
    if (rule.recipe.summary_by_row) {
      if (!by_row) return fault(row, "statistic", "tells no summary; its rule must name one", rule);
      mapped.statistic.summary = *by_row;
    }
    const bool arms_found = mapped.statistic.summary == Summary::kDifference
                                ? both_arms(trials, mapped)
                                : named_arm(rule, row, trials, mapped);
    if (!arms_found) return false;
    return time_of(rule, row, mapped) && counted_at_all(rule, row, mapped) &&
           scale_of(rule, row, trials, mapped);
  }

  bool both_arms(const std::vector<int>& trials, MappedRow& mapped) const {
    for (const int trial : trials) {
      const Design& design = designs_.trials[static_cast<std::size_t>(trial)];
      const int active = only_arm(design, true);
      const int control = only_arm(design, false);
      if (active < 0 || control < 0) return false;
      mapped.active.push_back({trial, active});
      mapped.control.push_back({trial, control});
    }
    return true;
  }

  bool named_arm(const Rule& rule, const EvidenceRow& row, const std::vector<int>& trials,
                 MappedRow& mapped) const {
    for (const int trial : trials) {
      const Design& design = designs_.trials[static_cast<std::size_t>(trial)];
      const int arm = arm_of(design, row.arm);
      if (arm < 0) return false;
      const bool whole = row.arm == design.arms[static_cast<std::size_t>(arm)].evidence ||
                         (!map_.plain_arms.empty() && takes(map_.plain_arms, row.arm));
      if (rule.arm_ends.empty() && !whole) return false;
      mapped.active.push_back({trial, arm});
    }
    return true;
  }

  bool time_of(const Rule& rule, const EvidenceRow& row, MappedRow& mapped) {
    if (!rule.recipe.at_week && !rule.recipe.given_at_week) return true;
    if (!row.week_num) return fault(row, "week", "is not a number, and its rule reads at it", rule);
    const Minutes at = std::llround(*row.week_num * static_cast<double>(kMinutesPerWeek));
    Statistic& statistic = mapped.statistic;
    if (rule.recipe.at_week) statistic.outcome.at = at;
    if (rule.recipe.given_at_week) statistic.given->outcome.at = at;
    return true;
  }

  bool counted_at_all(const Rule& rule, const EvidenceRow& row, const MappedRow& mapped) {
    const Interval& within = mapped.statistic.within;
    if (!counts_patients(mapped.statistic.summary) || std::isfinite(within.low) ||
        std::isfinite(within.high))
      return true;
    return fault(row, "statistic", "counts patients, and its rule has no 'within'", rule);
  }

  // From the lab's own unit to the row's. Rows of all other outcomes are in their natural unit.
  bool scale_of(const Rule& rule, const EvidenceRow& row, const std::vector<int>& trials,
                MappedRow& mapped) {
    const OutcomeSpec& outcome = mapped.statistic.outcome;
    const bool in_lab_unit = outcome.measure == Measure::kBaseline ||
                             outcome.measure == Measure::kValue ||
                             outcome.measure == Measure::kChange;
    if (!in_lab_unit || counts_patients(mapped.statistic.summary)) return true;
    const Design& design = designs_.trials[static_cast<std::size_t>(trials.front())];
    const Unit& own =
        design.protocol->vocabulary.analytes[static_cast<std::size_t>(outcome.index)].unit;
    auto parsed = rule.unit ? Result<Unit>(*rule.unit) : parse_unit(row.unit);
    if (!parsed.ok()) return fault(row, "unit", parsed.faults()[0].message, rule);
    Dimension dimension = own.dimension;
    double factor = own.factor;
    if (rule.molar_mass > 0) {
      dimension.exponent[static_cast<std::size_t>(BaseDimension::kMass)] -= 1;
      dimension.exponent[static_cast<std::size_t>(BaseDimension::kAmount)] += 1;
      factor /= rule.molar_mass;
    }
    if (!(parsed->dimension == dimension)) {
      return fault(row, "unit",
                   "expected " + to_text(dimension) + ", found '" + row.unit + "' (" +
                       to_text(parsed->dimension) + ")",
                   rule);
    }
    mapped.statistic.scale = factor / parsed->factor;
    return true;
  }

  bool fault(const EvidenceRow& row, const std::string& column, const std::string& what,
             const Rule& rule) {
    result_.faults.add({"", row.line, 0},
                       "evidence row '" + row.id + "', column '" + column + "': " + what,
                       "the rule is at " + to_text(rule.place));
    return false;
  }

  const EvidenceMap& map_;
  const DesignSet& designs_;
  MapResult result_;
};

std::set<std::string> calibrated_ids(const model::Model& model) {
  std::set<std::string> ids;
  const auto note = [&](const model::Origin& origin) {
    ids.insert(origin.calibrated_to.begin(), origin.calibrated_to.end());
  };
  for (const auto& parameter : model.parameters) {
    note(parameter.origin);
    note(parameter.variability_origin);
  }
  for (const auto& mixture : model.mixtures) note(mixture.origin);
  for (const auto& lab : model.labs) note(lab.origin);
  for (const auto& event : model.events) note(event.origin);
  for (const auto& hazard : model.hazards) note(hazard.origin);
  return ids;
}

}  // namespace

MapResult map_rows(const EvidenceMap& map, const DesignSet& designs,
                   std::span<const programme::EvidenceRow> rows) {
  return Mapper(map, designs).run(rows);
}

Names names_of(const programme::Programme& programme, const DesignSet& designs) {
  Names names;
  names.labs = programme.analytes;
  for (const Design& design : designs.trials) {
    const auto& analytes = design.protocol->vocabulary.analytes;
    DW_CHECK(analytes.size() == names.labs.size(), "protocols share the programme's tests");
  }
  for (const auto& protocol : programme.protocols) {
    for (const auto& region : protocol.regions) names.regions.push_back(region.name);
  }
  const model::Model& model = programme.model;
  for (const auto& event : model.events) names.events.push_back(event.name);
  for (const auto& hazard : model.hazards) names.hazards.push_back(hazard.name);
  for (const auto& covariate : model.covariates) {
    lang::Symbol symbol;
    symbol.name = covariate.name;
    symbol.unit = covariate.unit;
    symbol.constant = true;
    names.covariates.push_back(std::move(symbol));
  }
  return names;
}

Result<Mapping> map_evidence(const programme::Programme& programme, const DesignSet& designs,
                             std::span<const programme::EvidenceRow> rows) {
  Mapping mapping;
  const std::string path = programme.directory + "/designs/evidence.toml";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return mapping;
  Document document = Document::load(path);
  mapping.map = read_evidence_map(document, names_of(programme, designs));
  if (!document.faults().empty()) return document.faults();
  mapping.result = map_rows(mapping.map, designs, rows);
  const std::set<std::string> calibrated = calibrated_ids(programme.model);
  for (MappedRow& row : mapping.result.rows) {
    row.calibrated = calibrated.count(row.row->id) > 0;
  }
  return mapping;
}

}  // namespace dosewright::trial
