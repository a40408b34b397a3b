// Time, as people write it and as the protocol counts it.
//
// Protocol time is an integer number of minutes (Minutes), never a floating-point number, so that
// "7 days later" is equal to itself. For a virtual patient it counts from the midnight before
// the first dose; for a real one from 1970-01-01T00:00Z.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dosewright/base/result.hpp"

namespace dosewright {

using Minutes = std::int64_t;
inline constexpr Minutes kMinutesPerHour = 60;
inline constexpr Minutes kMinutesPerDay = 24 * kMinutesPerHour;
inline constexpr Minutes kMinutesPerWeek = 7 * kMinutesPerDay;

// Canonical hours to minutes; the value must be a whole number of minutes to 1e-6.
Result<Minutes> minutes_from_hours(double hours);
inline double hours_from_minutes(Minutes minutes) {
  return static_cast<double>(minutes) / 60.0;
}

// A civil day, proleptic Gregorian. [Hinnant, days_from_civil]
struct Date {
  std::int32_t days_since_1970 = 0;
  auto operator<=>(const Date&) const = default;
};
Result<Date> parse_date(std::string_view iso8601);  // "2013-05-29"; nothing else
std::string to_text(Date date);
Date date_from_civil(int year, int month, int day);  // a valid civil date, checked
struct CivilDate {
  int year, month, day;
};
CivilDate civil(Date date);

// An instant with the zone offset that it was written with. "2013-06-01T08:30:00+02:00", "...Z";
// a time without an offset is a fault (a clinic's wall clock is not an instant).
struct Instant {
  std::int64_t seconds_since_1970 = 0;  // UTC
  std::int32_t offset_minutes = 0;      // of the text it came from
  bool operator==(const Instant& o) const { return seconds_since_1970 == o.seconds_since_1970; }
  auto operator<=>(const Instant& o) const { return seconds_since_1970 <=> o.seconds_since_1970; }
};
Result<Instant> parse_instant(std::string_view iso8601);
std::string to_text(const Instant& instant);  // in the offset that it carries

// "3 d 4 h", "26 wk": a duration as a person says it.
std::string duration_text(Minutes minutes);

}  // namespace dosewright
