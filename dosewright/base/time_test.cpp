#include "dosewright/base/time.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cmath>
#include <limits>

namespace dosewright {
namespace {

TEST_CASE("hours become whole minutes or a fault") {
  CHECK(*minutes_from_hours(0) == 0);
  CHECK(*minutes_from_hours(168) == kMinutesPerWeek);
  CHECK(*minutes_from_hours(730.5) == 43830);  // the mean month of UCUM
  CHECK(*minutes_from_hours(-1.5) == -90);
  CHECK(*minutes_from_hours(0.1) == 6);
  const auto third = minutes_from_hours(1.0 / 180);  // 20 s
  REQUIRE(!third.ok());
  CHECK(third.faults()[0].message == "0.333333333 min is not a whole number of minutes");
  CHECK(!minutes_from_hours(1e300).ok());
  CHECK(!minutes_from_hours(std::numeric_limits<double>::quiet_NaN()).ok());
  CHECK(!minutes_from_hours(std::numeric_limits<double>::infinity()).ok());
}

TEST_CASE("civil days with known numbers") {
  CHECK(date_from_civil(1970, 1, 1).days_since_1970 == 0);
  CHECK(date_from_civil(2000, 3, 1).days_since_1970 == 11017);
  CHECK(date_from_civil(1969, 12, 31).days_since_1970 == -1);
  CHECK(date_from_civil(1, 1, 1).days_since_1970 == -719162);
  CHECK(date_from_civil(2013, 5, 29).days_since_1970 == 15854);
}

TEST_CASE("every day from 1 to 9999 follows the one before it") {
  CivilDate last = civil(Date{date_from_civil(1, 1, 1).days_since_1970});
  const std::int32_t end = date_from_civil(9999, 12, 31).days_since_1970;
  bool all = true;
  for (std::int32_t day = date_from_civil(1, 1, 2).days_since_1970; day <= end; ++day) {
    const CivilDate now = civil(Date{day});
    const bool next_day =
        now.year == last.year && now.month == last.month && now.day == last.day + 1;
    const bool next_month =
        now.year == last.year && now.month == last.month + 1 && now.day == 1 && last.day >= 28;
    const bool next_year = now.year == last.year + 1 && now.month == 1 && now.day == 1 &&
                           last.month == 12 && last.day == 31;
    all = all && (next_day || next_month || next_year) &&
          date_from_civil(now.year, now.month, now.day).days_since_1970 == day;
    last = now;
  }
  CHECK(all);
}

TEST_CASE("dates are read strictly") {
  CHECK(to_text(*parse_date("2013-05-29")) == "2013-05-29");
  CHECK(to_text(*parse_date("2000-02-29")) == "2000-02-29");
  for (const char* bad : {"", "2013-5-29", "2013-05-29 ", "29.05.2013", "2013-02-29", "1900-02-29",
                          "2013-13-01", "2013-00-10", "2013-04-31", "0000-01-01", "2013-05-00",
                          "2013/05/29", "20130529", "-013-05-29", "2013-05-29T00:00:00Z"}) {
    CAPTURE(std::string(bad));
    const auto date = parse_date(bad);
    REQUIRE(!date.ok());
    CHECK(date.faults()[0].hint.find("2013-05-29") != std::string::npos);
  }
  CHECK(parse_date("2013-02-29").faults()[0].message ==
        "expected a date, found '2013-02-29': there is no such day");
}

TEST_CASE("instants count UTC seconds and remember their offset") {
  CHECK(parse_instant("1970-01-01T00:00:00Z")->seconds_since_1970 == 0);
  const auto summer = parse_instant("2013-06-01T08:30:00+02:00");
  CHECK(summer->seconds_since_1970 == 1370068200);
  CHECK(summer->offset_minutes == 120);
  CHECK(*summer == *parse_instant("2013-06-01T06:30:00Z"));
  CHECK(*summer < *parse_instant("2013-06-01T08:30:00-04:00"));
  CHECK(parse_instant("2013-06-01T06:30:00.987Z")->seconds_since_1970 == 1370068200);
  CHECK(parse_instant("2013-06-01T08:30+02:00")->seconds_since_1970 == 1370068200);
}

TEST_CASE("an instant is written in the offset that it carries") {
  for (const char* text : {"2013-06-01T08:30:00+02:00", "2013-01-01T00:15:59-09:30",
                           "1969-12-31T23:59:59Z", "1950-03-01T00:00:00+14:00"}) {
    CHECK(to_text(*parse_instant(text)) == text);
  }
}

TEST_CASE("instants that are none") {
  const auto wall_clock = parse_instant("2013-06-01T08:30:00");
  REQUIRE(!wall_clock.ok());
  CHECK(wall_clock.faults()[0].message.find("without a zone offset") != std::string::npos);
  for (const char* bad :
       {"", "T", "2013-06-01", "2013-06-01 08:30:00Z", "2013-06-01T24:00:00Z",
        "2013-06-01T08:60:00Z", "2013-06-01T08:30:60Z", "2013-06-01T08:30:00+15:00",
        "2013-06-01T08:30:00+0200", "2013-06-01T08:30:00Z ", "2013-06-01T08:30:00.Z",
        "2013-02-30T08:30:00Z", "2013-06-01t08:30:00z", "2013-06-01T8:30:00Z",
        "2013-06-01T08:30:00+02:60"}) {
    CAPTURE(std::string(bad));
    CHECK(!parse_instant(bad).ok());
  }
}

TEST_CASE("an instant survives writing and reading") {
  const bool held = rc::check([] {
    Instant instant;
    instant.seconds_since_1970 = *rc::gen::inRange<std::int64_t>(-60000000000, 250000000000);
    instant.offset_minutes = *rc::gen::inRange(-840, 841);
    const auto back = parse_instant(to_text(instant));
    RC_ASSERT(back.ok());
    RC_ASSERT(*back == instant);
    RC_ASSERT(back->offset_minutes == instant.offset_minutes);
  });
  CHECK(held);
}

TEST_CASE("durations as people say them") {
  CHECK(duration_text(0) == "0 min");
  CHECK(duration_text(90) == "1 h 30 min");
  CHECK(duration_text(3 * kMinutesPerDay + 4 * kMinutesPerHour) == "3 d 4 h");
  CHECK(duration_text(kMinutesPerWeek) == "7 d");
  CHECK(duration_text(2 * kMinutesPerWeek) == "2 wk");
  CHECK(duration_text(26 * kMinutesPerWeek) == "26 wk");
  CHECK(duration_text(15 * kMinutesPerDay) == "15 d");
  CHECK(duration_text(-kMinutesPerDay - 1) == "-1 d 1 min");
  CHECK(duration_text(std::numeric_limits<Minutes>::min()).front() == '-');
}

}  // namespace
}  // namespace dosewright
