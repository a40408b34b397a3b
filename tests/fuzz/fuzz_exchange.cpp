// Bytes from outside through the readers of timelines: own CSV, own JSON, FHIR Bundle, and the
// small readers of dates and numbers.
//
// Besides not crashing: faults are bounded and say something, every entry that is handed on has
// what its kind promises, and what is counted is what was handed on.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {
namespace {

std::int64_t handed_on = 0;

void check_entry(const Entry& entry) {
  ++handed_on;
  if (entry.value) DW_CHECK(std::isfinite(*entry.value));
  if (entry.kind == EntryKind::kLab) DW_CHECK(entry.value.has_value());
  DW_CHECK(entry.days_per_week >= 0 && entry.days_per_week <= 1000);
  DW_CHECK(!clock_text(entry.at).empty());
}

void check_reading(const Reading& reading) {
  DW_CHECK(reading.entries == handed_on);
  DW_CHECK(reading.faults.size() <= kMostFaults + 1);
  for (const Fault& fault : reading.faults) DW_CHECK(!fault.message.empty());
}

void read(int format, std::string_view text) {
  handed_on = 0;
  const Sink sink = [](Entry&& entry) { check_entry(entry); };
  if (format == 0) return check_reading(read_csv_timeline(text, "in.csv", sink));
  if (format == 1) return check_reading(read_json_timeline(text, "in.json", sink));
  if (format == 2) return check_reading(read_fhir_bundle(text, "in.json", sink));
  const Result<Minutes> at = parse_wall_clock(text);
  if (at.ok()) DW_CHECK(*parse_wall_clock(clock_text(*at)) == *at);
  const Result<double> number = parse_number(text);
  if (number.ok()) DW_CHECK(std::isfinite(*number));
}

}  // namespace
}  // namespace dosewright::exchange

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  dosewright::exchange::read(data[0] % 4, text);
  return 0;
}
