// The lasting range (no time limit) is the home of the product; a wider range with `at_most` may be
// visited for so long in all. Time outside both is never allowed.
#include "dosewright/decide/storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/csv_stream.hpp"

namespace dosewright::decide {
namespace {

using exchange::clock_text;

struct Reading {
  Minutes at;
  double celsius;
};

class Log {
 public:
  Log(std::string path, Minutes longest_gap) : path_(std::move(path)), longest_gap_(longest_gap) {}

  Result<std::vector<Reading>> read() {
    Faults faults;
    auto stream = exchange::CsvStream::open(path_, faults);
    if (!stream.ok()) return stream.faults();
    time_ = stream->column("time");
    temperature_ = stream->column("temperature");
    unit_ = stream->column("unit");
    if (time_ < 0 || temperature_ < 0) {
      faults.add({path_, 1, 0}, "expected the columns time and temperature",
                 "the header is: time,temperature or time,temperature,unit");
    }
    if (!faults.empty()) return faults;
    {
      exchange::FaultList list(faults);
      while (stream->next(list)) take(*stream, list);
    }
    if (faults.empty() && readings_.size() < 2) {
      faults.add({path_, 0, 0}, "a log has at least two readings", "export the whole log");
    }
    if (!faults.empty()) return faults;
    return std::move(readings_);
  }

 private:
  void take(const exchange::CsvStream& row, exchange::FaultList& faults) {
    const auto at = exchange::parse_wall_clock(row.field(time_));
    if (!at.ok()) return faults.add(row.fault(time_, at.faults()[0].message, at.faults()[0].hint));
    const auto value = exchange::parse_number(row.field(temperature_));
    if (!value.ok()) {
      return faults.add(row.fault(temperature_, value.faults()[0].message, value.faults()[0].hint));
    }
    double celsius = *value;
    if (!to_celsius(row.field(unit_), celsius)) {
      return faults.add(row.fault(
          unit_, "expected Cel, K or [degF], found '" + shown_text(row.field(unit_)) + "'",
          "degrees Celsius are Cel in UCUM"));
    }
    if (celsius < -90 || celsius > 100) {
      return faults.add(row.fault(temperature_,
                                  "no product was at " + number_text(celsius, 4) + " Cel",
                                  "is the unit right?"));
    }
    if (!readings_.empty() && *at <= readings_.back().at) {
      return faults.add(row.fault(
          time_,
          "times ascend, found " + clock_text(*at) + " after " + clock_text(readings_.back().at),
          "sort the log; each instant once"));
    }
    if (!readings_.empty() && *at - readings_.back().at > longest_gap_) {
      faults.add(row.fault(time_,
                           "nothing was logged for " + duration_text(*at - readings_.back().at),
                           "nobody knows how warm it was; if you do, say --longest-gap"));
    }
    readings_.push_back({*at, celsius});
  }

  static bool to_celsius(std::string_view unit, double& value) {
    if (unit.empty() || unit == "Cel" || unit == "C") return true;
    if (unit == "K") return value -= 273.15, true;
    if (unit == "[degF]" || unit == "F") return value = (value - 32) * 5 / 9, true;
    return false;
  }

  std::string path_;
  Minutes longest_gap_;
  int time_ = -1, temperature_ = -1, unit_ = -1;
  std::vector<Reading> readings_;
};

bool inside(const programme::Storage& range, double celsius) {
  return celsius >= range.low_celsius && celsius <= range.high_celsius;
}

class Judge {
 public:
  explicit Judge(const programme::Programme& programme) {
    for (const auto& range : programme.storage) (range.at_most > 0 ? limited_ : lasting_) = &range;
  }
  bool ready() const { return lasting_ != nullptr; }

  StorageAnswer judge(const std::vector<Reading>& log) {
    answer_.from = log.front().at;
    answer_.until = log.back().at;
    answer_.source = lasting_->source;
    for (std::size_t i = 0; i < log.size() && answer_.usable; ++i) {
      const Minutes span = i + 1 < log.size() ? log[i + 1].at - log[i].at : 0;
      const double next = i + 1 < log.size() ? log[i + 1].celsius : log[i].celsius;
      visit(log[i], span, next);
    }
    if (limited_ != nullptr)
      answer_.left = std::max<Minutes>(0, limited_->at_most - answer_.outside);
    if (answer_.usable) tell_usable();
    for (const auto* range : {lasting_, limited_}) {
      if (range != nullptr && !range->says.empty())
        answer_.checks.push_back(range->says + " [" + range->source + "]");
    }
    return std::move(answer_);
  }

 private:
  void visit(const Reading& here, Minutes span, double next) {
    if (!inside(*lasting_, here.celsius) &&
        (limited_ == nullptr || !inside(*limited_, here.celsius))) {
      return discard(here);
    }
    if (inside(*lasting_, here.celsius) && inside(*lasting_, next)) return;
    answer_.outside += span;
    if (limited_ != nullptr && answer_.outside > limited_->at_most) {
      answer_.usable = false;
      answer_.source = limited_->source;
      answer_.because =
          fmt::format("discard: more than {} outside {} to {} Cel, reached after {}",
                      duration_text(limited_->at_most), number_text(lasting_->low_celsius, 4),
                      number_text(lasting_->high_celsius, 4), clock_text(here.at));
    }
  }

  void discard(const Reading& here) {
    answer_.usable = false;
    const auto* range = limited_ != nullptr ? limited_ : lasting_;
    const bool cold = here.celsius < range->low_celsius;
    answer_.source = range->source;
    answer_.because = fmt::format(
        "discard: {} Cel on {} is {} {} Cel", number_text(here.celsius, 4), clock_text(here.at),
        cold ? "below" : "above", number_text(cold ? range->low_celsius : range->high_celsius, 4));
  }

  void tell_usable() {
    answer_.because =
        fmt::format("usable: {} outside {} to {} Cel", duration_text(answer_.outside),
                    number_text(lasting_->low_celsius, 4), number_text(lasting_->high_celsius, 4));
    if (limited_ == nullptr) return;
    answer_.because += fmt::format(
        "; {} of {} at up to {} Cel are left: if it stays out of the "
        "refrigerator, until {}; in it, until it expires",
        duration_text(answer_.left), duration_text(limited_->at_most),
        number_text(limited_->high_celsius, 4), clock_text(answer_.until + answer_.left));
  }

  const programme::Storage* lasting_ = nullptr;
  const programme::Storage* limited_ = nullptr;
  StorageAnswer answer_;
};

}  // namespace

Result<StorageAnswer> judge_storage(const programme::Programme& programme, const std::string& path,
                                    Minutes longest_gap) {
  Judge judge(programme);
  if (!judge.ready()) {
    return Fault{{programme.directory, 0, 0},
                 "the programme has no lasting range of storage",
                 "add a [[storage]] without at_most to programme.toml",
                 ""};
  }
  DW_TRY(log, Log(path, longest_gap).read());
  return judge.judge(log);
}

std::string storage_text(const StorageAnswer& answer) {
  std::string out = answer.because + " [" + answer.source + "]\n";
  out += "log from " + clock_text(answer.from) + " to " + clock_text(answer.until) + "\n";
  out += "what no temperature log shows:\n";
  for (const std::string& check : answer.checks) out += "  - " + check + "\n";
  return out;
}

std::string storage_json(const StorageAnswer& answer) {
  return nlohmann::ordered_json{
             {"usable", answer.usable},           {"because", answer.because},
             {"source", answer.source},           {"outside_minutes", answer.outside},
             {"left_minutes", answer.left},       {"from", clock_text(answer.from)},
             {"until", clock_text(answer.until)}, {"checks", answer.checks}}
             .dump(2) +
         "\n";
}

}  // namespace dosewright::decide
