#include "dosewright/sim/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>

#include "dosewright/base/text.hpp"

namespace dosewright::sim {
namespace {

constexpr std::int64_t kMostDoses = 1000000;
constexpr Minutes kFarthest = 10'000'000'000;  // 19 000 years; a million of them still is a Minutes

void check(const DoseSeries& series, std::size_t number, Faults& faults) {
  const std::string where = "dose series " + std::to_string(number) + ": ";
  if (!std::isfinite(series.mg) || series.mg < 0) {
    faults.add(Place{}, where + "the amount must be 0 mg or more, found " + number_text(series.mg),
               "write 0 for placebo");
  }
  if (series.ADDL < 0) {
    faults.add(Place{}, where + "ADDL must be 0 or more, found " + std::to_string(series.ADDL),
               "ADDL counts the doses after the first");
  }
  if (series.ADDL > 0 && series.II <= 0) {
    faults.add(Place{},
               where + "additional doses need an interval, found II = " +
                   std::to_string(series.II) + " min",
               "give II, the time between doses, or ADDL = 0");
  }
  if (std::max(series.at, series.II) > kFarthest || std::min(series.at, series.II) < -kFarthest) {
    faults.add(Place{}, where + "a time lies thousands of years away", "times are in minutes");
  }
}

}  // namespace

Result<std::vector<DoseRecord>> written_out(std::span<const DoseSeries> series) {
  Faults faults;
  std::int64_t total = 0;
  for (std::size_t i = 0; i < series.size(); ++i) {
    check(series[i], i + 1, faults);
    total += 1 + std::max(series[i].ADDL, 0);
  }
  if (total > kMostDoses) {
    faults.add(Place{},
               "a subject may have " + std::to_string(kMostDoses) + " doses, found " +
                   std::to_string(total),
               "check ADDL");
  }
  if (!faults.empty()) return faults;

  std::vector<DoseRecord> doses;
  doses.reserve(static_cast<std::size_t>(total));
  for (const DoseSeries& one : series) {
    for (int k = 0; k <= one.ADDL; ++k) doses.push_back({one.at + k * one.II, one.mg});
  }
  std::ranges::stable_sort(doses, {}, &DoseRecord::at);
  return doses;
}

}  // namespace dosewright::sim
