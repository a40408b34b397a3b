// Which published row is formed from which simulated trial, arm and outcome.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "dosewright/programme/evidence.hpp"
#include "dosewright/trial/evidence_map.hpp"

namespace dosewright::trial {

// One arm of one trial of a DesignSet.
struct ArmIndex {
  int trial = 0;
  int arm = 0;
  bool operator==(const ArmIndex&) const = default;
};

// One evidence row with how to simulate it.
struct MappedRow {
  const programme::EvidenceRow* row = nullptr;
  std::vector<ArmIndex> active;   // several: a pooled row
  std::vector<ArmIndex> control;  // kDifference alone
  Statistic statistic;
  std::string group;   // "efficacy"; "population" rows check the population, not the model
  std::string family;  // of its endpoint; "": none
  std::string note;
  std::string part;         // of the arm, and the week, where the endpoint does not tell them
  bool calibrated = false;  // its id stands in the calibrated_to of some part of the model
};
inline constexpr const char* kPopulationGroup = "population";

struct MapResult {
  std::vector<MappedRow> rows;        // in the order of the evidence
  std::vector<std::string> unmapped;  // ids of rows about these trials that no rule takes
  Faults faults;                      // rows that a rule takes, but that cannot be formed
};

// Matches rows to designs by the beginning of their `trial` (Design::evidence_trial, or a pool all
// of whose designs are in the set) and of their `arm` (Arm::evidence), then takes the first rule
// that fits. Restated rows, and rows without a value that is a number, are left aside.
MapResult map_rows(const EvidenceMap& map, const DesignSet& designs,
                   std::span<const programme::EvidenceRow> rows);

// Everything a run needs to form rows, tables and curves. `rows` must outlive it.
struct Mapping {
  EvidenceMap map;
  MapResult result;
};

// Reads designs/evidence.toml of the programme (none: nothing is mapped) and maps the rows. Fails
// on faults of the document; those of rows are in Mapping::result.faults.
Result<Mapping> map_evidence(const programme::Programme& programme, const DesignSet& designs,
                             std::span<const programme::EvidenceRow> rows);

Names names_of(const programme::Programme& programme, const DesignSet& designs);

}  // namespace dosewright::trial
