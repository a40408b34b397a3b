// A search file: which schedules may be chosen, for whom, under which rules, and what is better.
//
//   design        a trial design; who is treated, for how long, and seen when. Its arms are left
//   aside profile       the protocols that gate the doses, by name [space]       doses, intervals,
//   loading phases, step-downs, monitoring intervals
//   [[objective]] what is to be higher or lower: measures of designs/evidence.toml or of the file
//   constraints   in words: "confirmed ALT >= 3 ULN in at most 5 %", "at most one injection a day"
//   [[point]]     schedules with a name, to compare with
// Format with examples: docs/refine.md. Every fault of the file is reported at once.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/trial/mapping.hpp"

namespace dosewright::refine {

// When injections are given: "1 wk", "12 h", or "3/wk" (days 0, 2 and 4 of each week).
struct Interval {
  std::string text;
  Minutes period = kMinutesPerWeek;
  std::vector<Minutes> offsets{0};
};

struct Loading {  // another dose per injection at first; a length of 0: none
  std::string text = "none";
  double factor = 1;
  Minutes length = 0;
};

struct StepDown {  // another dose per injection from then on; 0: none
  std::string text = "none";
  double factor = 1;
  Minutes from = 0;
};

struct Monitoring {  // how often the monitored schedules fall due; 0: as the profile says
  std::string text = "as the profile";
  Minutes every = 0;
};

struct Space {
  std::vector<double> doses_mg;     // per injection, ascending
  std::vector<Interval> intervals;  // from the longest gap to the shortest
  std::vector<Loading> loading{{}};
  std::vector<StepDown> step_down{{}};
  std::vector<Monitoring> monitoring{{}};  // ascending
  std::vector<std::string> monitored;      // ids of schedules of the profile
  std::vector<std::string> profiles;
};

// One number of a schedule: a statistic of its patients. Shares are told in %.
struct Quantity {
  std::string name, title, unit;
  trial::Statistic statistic;

  // The same number, whatever it is called.
  bool same_as(const Quantity& other) const;
};

struct Objective {
  int quantity = 0;  // into Search::quantities
  bool more_is_better = false;
  double matters = 0;  // a smaller difference is none; in the quantity's unit
};

struct Constraint {
  enum class Kind : std::uint8_t {
    kQuantity,         // of patients; only a simulation can tell
    kInjectionsADay,   // most in any 24 h
    kInjectionsAWeek,  // on average, in the densest phase
    kMgAWeek,
    kMgAnInjection
  } kind = Kind::kQuantity;
  std::string text;  // as written
  Place place;
  int quantity = -1;    // into Search::quantities
  bool at_most = true;  // false: at least
  double limit = 0;     // in the quantity's unit, as it is told
};

struct Point {
  std::string name, source;
  std::string regimen;  // an id of regimens.toml
  std::vector<trial::LaterRegimen> later;
  Monitoring monitoring;
};

inline constexpr int kPatientsPerBlock = 25;  // who share one draw of the uncertain parameters
inline constexpr int kFewestPatients = 100;
inline constexpr int kMostPatients = 100'000;

struct Search {
  std::string file, name, title, origin;
  trial::Design base;
  Space space;
  std::vector<Quantity> quantities;
  std::vector<Objective> objectives;
  std::vector<int> shown;  // quantities that are told and not searched by
  std::vector<Constraint> constraints;
  std::vector<Point> points;
  int patients = 400;  // per schedule that is carried to the end
};

// NAME is looked up in the programme's searches folder; anything with a '/' or ".toml" is a file.
Result<Search> load_search(const programme::Programme& programme, const std::string& name_or_file);

// "1 wk", "36 h" or "3/wk"; fault(message, hint) is called where it is none of these.
Interval read_interval(Node node);

// "1 wk" for 7 days, else as duration_text has it.
std::string time_text(Minutes minutes);

// Reads one constraint in words. Adds to `quantities` what is not among them yet.
Constraint read_constraint(Node node, const trial::Names& names, std::vector<Quantity>& quantities);

// What a measure comes to per patient: shares become %. Faults: a summary that is not a mean, a
// share or a rate, because its difference between two schedules has no simple standard error.
Quantity quantity_of(const trial::MeasureRule& measure);
bool can_be_searched(trial::Summary summary);

}  // namespace dosewright::refine
