// A peak list as a CSV file: `mass` (neutral, Da), or `mz` and `charge`, and maybe `intensity`.
#pragma once

#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/match.hpp"

namespace dosewright::molecule {

inline constexpr std::size_t kMostPeaks = 100'000;

// Every fault of the file at once, with line and column. A list without a peak is a fault too: an
// empty answer would read like "nothing matched".
Result<std::vector<Peak>> parse_peaks(const std::string& text, const std::string& file);
Result<std::vector<Peak>> read_peaks(const std::string& file);

}  // namespace dosewright::molecule
