// A trial design is data: who, on which regimens, under which protocol, seen when.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dosewright/num/dormand_prince.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::trial {

// How one covariate is spread over a population. Bounds truncate by redrawing the quantile.
struct CovariateDraw {
  int covariate = 0;  // index into Model::covariates
  enum class Kind : std::uint8_t { kFixed, kNormal, kLognormal, kShare } kind = Kind::kFixed;
  double centre = 0;         // canonical: value, mean, median; share of ones
  double spread = 0;         // SD (canonical), or SD of the log
  double low = 0, high = 0;  // canonical bounds; equal: none
  std::string source;
};

// From an instant on, another regimen: what ends a loading phase, or steps the dose down. It begins
// there with an injection; `from` counts from the first dose.
struct LaterRegimen {
  Minutes from = 0;
  std::string regimen;
  bool operator==(const LaterRegimen&) const = default;
};

struct Arm {
  std::string name;
  std::string regimen;
  std::vector<LaterRegimen> later;  // ascending
  int n = 0;
  std::string evidence;  // how evidence.csv calls it: its `arm` begins with this
  bool active = true;    // false: placebo
};

struct Adherence {
  double take = 1;         // probability that a due injection is taken on its day
  double make_up = 0;      // probability that a missed one is made up when the rule allows
  double attend = 1;       // probability that a due test is drawn when due
  Minutes test_delay = 0;  // a test not drawn when due is drawn this much later
};

struct Imaging {  // a lab that the protocol's schedules do not ask for
  int lab = 0;    // index into Model::labs
  std::vector<Minutes> at;
  double share = 1;  // of patients who are imaged at all
};

// Of the closed loop: readings come out within 1e-5 of a tight integration, far below assay error;
// the replay of ledgers, at 1e-9, checks it in every run.
inline num::Tolerance loop_tolerance() {
  num::Tolerance tolerance;
  tolerance.relative = 1e-4;
  tolerance.floor_of_peak = 1e-2;
  return tolerance;
}

struct Design {
  std::string name, title, source;
  int trial_number = 0;  // separates random streams of different trials
  const protocol::Protocol* protocol = nullptr;
  std::vector<CovariateDraw> population;  // one per model covariate, in its order
  std::vector<Arm> arms;
  std::vector<Minutes> baseline;  // instants of the readings before the first dose, <= 0
  Minutes treatment = 0;          // planned length; no dose is due at or after it
  Minutes end = 0;                // of follow-up
  Minutes pet_after_last_dose =
      14 * kMinutesPerDay;  // primary efficacy time point: nearest lipid visit
  Adherence adherence;
  std::vector<Imaging> imaging;
  std::uint64_t regions_off =
      0;  // bit per region of the protocol that is not asked (for comparisons)
  num::Tolerance tolerance = loop_tolerance();  // of the integration
  std::string evidence_trial;  // how evidence.csv calls it: its `trial` begins with this
};

// One design, or several trials that are simulated together (designs/phase3.toml: trials = [...]).
struct DesignSet {
  std::string name, title;
  std::vector<Design> trials;
};

// Codes of the tests that virtual trials under this protocol would need and that no model observes.
std::vector<std::string> unobserved_tests(const protocol::Protocol& protocol,
                                          const programme::Programme& programme);

// NAME is looked up in the programme's designs folder; anything with a '/' or ".toml" is a file.
Result<DesignSet> load_designs(const programme::Programme& programme,
                               const std::string& name_or_file);

}  // namespace dosewright::trial
