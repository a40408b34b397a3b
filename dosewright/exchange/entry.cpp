#include "dosewright/exchange/entry.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "dosewright/base/text.hpp"

namespace dosewright::exchange {

FaultList::~FaultList() {
  if (left_out_ == 0) return;
  faults_.add({}, fmt::format("{} more faults are not listed here", left_out_), "");
}

void FaultList::add(Fault fault) {
  if (faults_.size() >= kMostFaults) {
    ++left_out_;
  } else {
    faults_.add(std::move(fault));
  }
}

namespace {

Fault clock_fault(std::string_view text, std::string why) {
  return {{},
          fmt::format("expected a date, found '{}': {}", shown_text(text), why),
          "write '2013-06-01', or '2013-06-01T08:30' where the time of day is known",
          {}};
}

bool digits(std::string_view text, int& value) {
  if (text.size() != 2) return false;
  const char* const begin = text.data();
  const auto read = std::from_chars(begin, begin + 2, value);
  return read.ec == std::errc() && read.ptr == begin + 2;
}

// What may follow hh:mm: seconds with a fraction, then a zone offset. Neither changes the minute.
bool is_clock_tail(std::string_view tail) {
  if (tail.starts_with(':')) {
    int second = 0;
    if (!digits(tail.substr(1, 2), second) || second > 59) return false;
    tail.remove_prefix(3);
    if (tail.starts_with('.')) {
      tail.remove_prefix(1);
      const std::size_t end = std::min(tail.find_first_not_of("0123456789"), tail.size());
      if (end == 0) return false;
      tail.remove_prefix(end);
    }
  }
  if (tail.empty() || tail == "Z") return true;
  int hour = 0;
  int minute = 0;
  return tail.size() == 6 && (tail[0] == '+' || tail[0] == '-') &&
         digits(tail.substr(1, 2), hour) && tail[3] == ':' && digits(tail.substr(4, 2), minute) &&
         hour <= 14 && minute <= 59;
}

}  // namespace

Result<Minutes> parse_wall_clock(std::string_view text) {
  const std::size_t mark = std::min(text.find_first_of("T "), text.size());
  const Result<Date> date = parse_date(text.substr(0, mark));
  if (!date.ok()) {
    const bool part = text.size() == 4 || text.size() == 7;
    return clock_fault(
        text, part ? "the day is needed, not only the year or the month" : "there is no such date");
  }
  const Minutes day = std::int64_t{date->days_since_1970} * kMinutesPerDay;
  if (mark == text.size()) return day;
  const std::string_view clock = text.substr(mark + 1);
  int hour = 0;
  int minute = 0;
  if (clock.size() < 5 || !digits(clock.substr(0, 2), hour) || clock[2] != ':' ||
      !digits(clock.substr(3, 2), minute) || hour > 23 || minute > 59 ||
      !is_clock_tail(clock.substr(5))) {
    return clock_fault(text, "the time of day is not of the form hh:mm");
  }
  return day + hour * kMinutesPerHour + minute;
}

std::string clock_text(Minutes at) {
  Minutes day = at / kMinutesPerDay;
  if (at % kMinutesPerDay < 0) --day;
  const Minutes minute = at - day * kMinutesPerDay;
  std::string date = to_text(Date{static_cast<std::int32_t>(day)});
  if (minute == 0) return date;
  return fmt::format("{} {:02}:{:02}", date, minute / 60, minute % 60);
}

Result<double> parse_number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec == std::errc() && read.ptr == text.data() + text.size() && std::isfinite(value)) {
    return value;
  }
  std::string hint = "write digits with a decimal point";
  if (text.starts_with('<') || text.starts_with('>')) {
    hint =
        "a reading beyond the range of the assay is no number: write the value that the rules "
        "shall see, and say so in the column text";
  } else if (text.find(',') != std::string_view::npos) {
    hint = "write a decimal point, not a comma";
  }
  return Fault{{}, "expected a number, found '" + shown_text(text) + "'", hint, {}};
}

}  // namespace dosewright::exchange
