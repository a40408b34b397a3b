// A virtual study as SDTM [CDISC-SDTM]: what `dosewright audit` and other readers of studies take.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/trial/design.hpp"

namespace dosewright::trial {

// The first day of every virtual patient: the Monday of the first planned dose.
inline constexpr const char* kFirstDay = "2013-01-07";

// dm.csv, ex.csv, lb.csv, ae.csv and ds.csv of the first replicate of a trial, by name: the same
// patients as a run of that seed. Each is simulated again, one after another. Placebo has the name
// PLACEBO in EXTRT and the dose 0. A patient whose numbers failed is left out.
std::vector<std::pair<std::string, std::string>> sdtm_files(const programme::Programme& programme,
                                                            const Design& design,
                                                            std::uint64_t seed);

}  // namespace dosewright::trial
