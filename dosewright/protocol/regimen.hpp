// Regimens: how much, how often. 200 mg once weekly; 70 mg three times a week; 30 mg daily.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/document.hpp"
#include "dosewright/base/time.hpp"

namespace dosewright::protocol {

// Delays, periods and shelf lives of readings are at most a century, so that sums of them fit.
inline constexpr Minutes kLongestTime = 36525 * kMinutesPerDay;

struct Regimen {
  std::string id;        // "200mg-qw"
  std::string title;     // "200 mg once weekly"
  double amount_mg = 0;  // per injection; 0: placebo
  Minutes period = kMinutesPerWeek;
  std::vector<Minutes> offsets;  // injections within a period, ascending, from 0
  double below_weight_kg = 0;    // > 0: this regimen's `lighter` applies below that weight
  std::string lighter;           // id of the regimen for lighter patients; "" where there is none
  std::string source;
  std::string note;

  double weekly_mg() const {
    return amount_mg * static_cast<double>(offsets.size()) * static_cast<double>(kMinutesPerWeek) /
           static_cast<double>(period);
  }
};

// regimens.toml: [[regimen]] id title amount every offsets lighter{below,regimen} source note.
// Format: docs/protocol.md. `sources`: the keys that a source may begin with; absent: not checked.
std::vector<Regimen> parse_regimens(Node root, const std::vector<std::string>* sources = nullptr);

// The scheduled instants of a regimen that started at `start`: the first one >= after (and start).
Minutes next_dose(const Regimen& regimen, Minutes start, Minutes after);

// The last instant at which the dose scheduled for `missed` may still be given, so that at least
// `least_gap` remains to the next scheduled one; none where the schedule is denser than that.
std::optional<Minutes> latest_make_up(const Regimen& regimen, Minutes start, Minutes missed,
                                      Minutes least_gap);

const Regimen* find_regimen(std::span<const Regimen> regimens, std::string_view id);

// Reads a `source` key. Each part between semicolons begins with a known source key ("S2, dosing
// adjustment"), or is "assumed, because ..." with a reason. Faults name the nearest known key.
std::string parse_source(Node node, const std::vector<std::string>* known);

}  // namespace dosewright::protocol
