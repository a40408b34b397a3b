#include "dosewright/programme/programme.hpp"

#include <algorithm>

namespace dosewright::programme {

const protocol::Protocol* Programme::protocol(std::string_view name) const {
  const auto found = std::ranges::find(protocols, name, &protocol::Protocol::name);
  return found == protocols.end() ? nullptr : &*found;
}

const protocol::Regimen* Programme::regimen(std::string_view id) const {
  return protocol::find_regimen(regimens, id);
}

int Programme::analyte(std::string_view code) const {
  const auto found = std::ranges::find(analytes, code, &protocol::Analyte::code);
  return found == analytes.end() ? -1 : static_cast<int>(found - analytes.begin());
}

Faults check_simulable(const Programme& programme) {
  Faults faults;
  if (programme.has_model) return faults;
  faults.add({programme.directory, 0, 0},
             "'" + programme.identity.name +
                 "' has no model: it can be checked, shown and decided, but not simulated",
             "add model.txt and parameters.toml (docs/programme.md)");
  return faults;
}

std::vector<std::string> Programme::jurisdictions() const {
  std::vector<std::string> names;
  for (const Milestone& milestone : history) {
    if (std::ranges::find(names, milestone.jurisdiction) == names.end()) {
      names.push_back(milestone.jurisdiction);
    }
  }
  return names;
}

std::string Programme::status(std::string_view jurisdiction) const {
  std::string latest;
  for (const Milestone& milestone : history) {
    if (milestone.jurisdiction == jurisdiction && !milestone.status.empty()) {
      latest = milestone.status;
    }
  }
  return latest;
}

const Milestone* Programme::status_on(std::string_view jurisdiction, Date day) const {
  static constexpr std::string_view kYearEnd = "-12-31";
  const std::string today = to_text(day);
  const Milestone* found = nullptr;
  for (const Milestone& one : history) {
    std::string from = one.when;
    if (from.size() == 4) from += kYearEnd;
    if (from.size() == 7) from += "-31";
    if (one.jurisdiction == jurisdiction && !one.status.empty() && from <= today) found = &one;
  }
  return found;
}

const FactWord* Programme::fact(std::string_view id) const {
  const auto found = std::ranges::find(facts, id, &FactWord::id);
  return found == facts.end() ? nullptr : &*found;
}

}  // namespace dosewright::programme
