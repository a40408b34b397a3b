// Any bytes as a peak list. What is read can be searched with: every mass is a number above 0,
// every charge a possible one. Otherwise there are faults, not too many, each with its file and a
// message.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "dosewright/base/check.hpp"
#include "dosewright/base/csv.hpp"
#include "dosewright/molecule/peak_list.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dosewright;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto peaks = molecule::parse_peaks(text, "peaks.csv");
  if (!peaks.ok()) {
    // Those of the table, those of its peaks, and one of each that says how many are left out.
    DW_CHECK(!peaks.faults().empty() && peaks.faults().size() <= kMostCsvFaults + 2);
    for (const Fault& fault : peaks.faults()) {
      DW_CHECK(!fault.message.empty() && fault.place.file == "peaks.csv");
    }
    return 0;
  }
  DW_CHECK(!peaks->empty() && peaks->size() <= molecule::kMostPeaks);
  for (const molecule::Peak& peak : *peaks) {
    DW_CHECK(std::isfinite(peak.value) && peak.value > 0);
    DW_CHECK(std::abs(peak.charge) <= molecule::kMostCharges);
    DW_CHECK(!peak.has_intensity || std::isfinite(peak.intensity));
  }
  return 0;
}
