#include "dosewright/base/time.hpp"

#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

constexpr double kLongestHours = 24.0 * 366 * 10000;  // ten thousand years
constexpr int kLargestOffset = 14 * 60;               // minutes; Kiribati's +14:00

bool leap(int year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && leap(year) ? 29 : kDays[month - 1];
}

bool valid_civil(int year, int month, int day) {
  return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
         day <= days_in_month(year, month);
}

// Days from 1970-01-01 in eras of 400 years that begin on 1 March. [Hinnant, days_from_civil]
int days_from_civil(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = (y >= 0 ? y : y - 399) / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// A reader of fixed fields; once something does not match, everything after it fails too.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    if (text_.size() < count) ok_ = false;
    for (std::size_t i = 0; ok_ && i < count; ++i) {
      if (text_[i] < '0' || text_[i] > '9') ok_ = false;
      value = value * 10 + (text_[i] - '0');
    }
    if (ok_) text_.remove_prefix(count);
    return ok_ ? value : 0;
  }
  bool skip(char c) {
    if (!ok_ || text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  void need(char c) { ok_ = skip(c) && ok_; }
  void skip_digits() {
    digits(1);
    while (ok_ && !text_.empty() && text_.front() >= '0' && text_.front() <= '9') digits(1);
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && text_.empty(); }

 private:
  std::string_view text_;
  bool ok_ = true;
};

Fault date_fault(std::string_view text, std::string why) {
  return {{},
          fmt::format("expected a date, found '{}': {}", shown_text(text), why),
          "write year-month-day, as in '2013-05-29'",
          {}};
}

Fault instant_fault(std::string_view text, std::string why, std::string hint = {}) {
  if (hint.empty()) hint = "write date, time and zone offset, as in '2013-06-01T08:30:00+02:00'";
  return {{}, fmt::format("expected an instant, found '{}': {}", shown_text(text), why), hint, {}};
}

std::optional<Date> date_of(int year, int month, int day) {
  if (!valid_civil(year, month, day)) return std::nullopt;
  return Date{days_from_civil(year, month, day)};
}

// The zone offset in minutes; nothing where the text does not hold one.
std::optional<int> read_offset(Fields& fields) {
  if (fields.skip('Z')) return 0;
  const bool west = fields.skip('-');
  if (!west && !fields.skip('+')) return std::nullopt;
  const int hours = fields.digits(2);
  fields.need(':');
  const int minutes = fields.digits(2);
  const int offset = hours * 60 + minutes;
  if (!fields.ok() || minutes > 59 || offset > kLargestOffset) return std::nullopt;
  return west ? -offset : offset;
}

}  // namespace

Result<Minutes> minutes_from_hours(double hours) {
  const double minutes = hours * 60;
  if (!(std::abs(hours) <= kLongestHours)) {
    return Fault{{},
                 fmt::format("a duration of {} h is out of range", number_text(hours)),
                 "use a duration below ten thousand years",
                 {}};
  }
  const double whole = std::round(minutes);
  if (std::abs(minutes - whole) > 1e-6) {
    return Fault{{},
                 fmt::format("{} min is not a whole number of minutes", number_text(minutes, 9)),
                 fmt::format("protocol time counts whole minutes: write '{} min'", whole),
                 {}};
  }
  return static_cast<Minutes>(whole);
}

Result<Date> parse_date(std::string_view iso8601) {
  Fields fields(iso8601);
  const int year = fields.digits(4);
  fields.need('-');
  const int month = fields.digits(2);
  fields.need('-');
  const int day = fields.digits(2);
  if (!fields.at_end()) return date_fault(iso8601, "not of the form year-month-day");
  const std::optional<Date> date = date_of(year, month, day);
  if (!date) return date_fault(iso8601, "there is no such day");
  return *date;
}

std::string to_text(Date date) {
  const CivilDate day = civil(date);
  return fmt::format("{:04}-{:02}-{:02}", day.year, day.month, day.day);
}

Date date_from_civil(int year, int month, int day) {
  DW_CHECK(valid_civil(year, month, day), fmt::format("{}-{}-{}", year, month, day));
  return Date{days_from_civil(year, month, day)};
}

// The inverse of days_from_civil. [Hinnant, civil_from_days]
CivilDate civil(Date date) {
  const std::int64_t days = std::int64_t{date.days_since_1970} + 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const auto day_of_era = static_cast<int>(days - era * 146097);
  const int year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int march_month = (5 * day_of_year + 2) / 153;
  const int day = day_of_year - (153 * march_month + 2) / 5 + 1;
  const int month = march_month < 10 ? march_month + 3 : march_month - 9;
  const int year = year_of_era + static_cast<int>(era) * 400 + (month <= 2 ? 1 : 0);
  return {year, month, day};
}

Result<Instant> parse_instant(std::string_view iso8601) {
  const std::size_t mark = iso8601.find('T');
  if (mark == std::string_view::npos) {
    return instant_fault(iso8601, "no 'T' between the date and the time");
  }
  const Result<Date> date = parse_date(iso8601.substr(0, mark));
  if (!date.ok()) return date.faults();
  Fields fields(iso8601.substr(mark + 1));
  const int hour = fields.digits(2);
  fields.need(':');
  const int minute = fields.digits(2);
  const int second = fields.skip(':') ? fields.digits(2) : 0;
  if (fields.skip('.')) fields.skip_digits();
  if (!fields.ok()) return instant_fault(iso8601, "the time is not of the form hh:mm:ss");
  if (hour > 23 || minute > 59 || second > 59) {
    return instant_fault(iso8601, "there is no such time of day");
  }
  if (fields.at_end()) {
    return instant_fault(iso8601, "a clock time without a zone offset is not an instant",
                         "add the offset that the clock had, as in '+02:00', or 'Z' for UTC");
  }
  const std::optional<int> offset = read_offset(fields);
  if (!offset || !fields.at_end()) {
    return instant_fault(iso8601, "the zone offset is not 'Z' or of the form +hh:mm (to 14:00)");
  }
  const std::int64_t clock = hour * 3600 + minute * 60 + second;
  return Instant{std::int64_t{date->days_since_1970} * 86400 + clock - *offset * 60, *offset};
}

std::string to_text(const Instant& instant) {
  const std::int64_t local = instant.seconds_since_1970 + std::int64_t{instant.offset_minutes} * 60;
  const std::int64_t days = local >= 0 ? local / 86400 : -((86399 - local) / 86400);
  const std::int64_t clock = local - days * 86400;
  const int offset = std::abs(instant.offset_minutes);
  const std::string zone =
      offset == 0 ? "Z"
                  : fmt::format("{}{:02}:{:02}", instant.offset_minutes < 0 ? '-' : '+',
                                offset / 60, offset % 60);
  return fmt::format("{}T{:02}:{:02}:{:02}{}", to_text(Date{static_cast<std::int32_t>(days)}),
                     clock / 3600, clock / 60 % 60, clock % 60, zone);
}

std::string duration_text(Minutes minutes) {
  if (minutes == 0) return "0 min";
  std::string text = minutes < 0 ? "-" : "";
  const std::uint64_t whole =
      minutes < 0 ? 0 - static_cast<std::uint64_t>(minutes) : static_cast<std::uint64_t>(minutes);
  // One week is said "7 d", as protocols do; from two weeks on people count weeks.
  if (whole % kMinutesPerWeek == 0 && whole > kMinutesPerWeek) {
    return text + fmt::format("{} wk", whole / kMinutesPerWeek);
  }
  const auto part = [&](std::uint64_t count, const char* unit) {
    if (count == 0) return;
    if (text.size() > 1) text += ' ';
    text += fmt::format("{} {}", count, unit);
  };
  part(whole / kMinutesPerDay, "d");
  part(whole % kMinutesPerDay / kMinutesPerHour, "h");
  part(whole % kMinutesPerHour, "min");
  return text;
}

}  // namespace dosewright
