// Dose records written out: ADDL further doses every II after the first, as NONMEM means them.
#pragma once

#include <span>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"

namespace dosewright::sim {

struct DoseRecord {
  Minutes at = 0;  // protocol time
  double mg = 0;
  bool operator==(const DoseRecord&) const = default;
};

struct DoseSeries {
  Minutes at = 0;
  double mg = 0;
  Minutes II = 0;  // between doses; positive where ADDL is
  int ADDL = 0;    // doses after the first
};

// In order of time; doses at one instant stay in the order of `series`. Faults, all of them: a
// negative ADDL, an II that is not positive, an amount that is not a number of at least 0 mg, more
// than a million doses.
Result<std::vector<DoseRecord>> written_out(std::span<const DoseSeries> series);

}  // namespace dosewright::sim
