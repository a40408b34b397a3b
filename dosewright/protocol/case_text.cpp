// Reads the text of a case.

#include <charconv>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/cases.hpp"

namespace dosewright::protocol {
namespace {

constexpr Minutes kUsualStep = 7 * kMinutesPerDay;
constexpr std::size_t kMostSteps = 20;

Dimension time_dimension() {
  return parse_unit("h")->dimension;
}

class CaseReader {
 public:
  CaseReader(const CaseText& text, const Protocol& protocol, const Region& region)
      : protocol_(protocol), region_(region) {
    case_.text = text;
  }

  Result<Case> read(int from) {
    case_.from = from;
    const std::string_view text = case_.text.text;
    const std::size_t arrow = text.find("->");
    if (arrow == std::string_view::npos) {
      fault("a case says what is decided", "write for example \"ALT = 3 ULN -> confirming\"");
      return faults_;
    }
    read_steps(read_prefix(trim(text.substr(0, arrow))));
    read_outcome(trim(text.substr(arrow + 2)));
    if (!faults_.empty()) return faults_;
    return std::move(case_);
  }

 private:
  void fault(const std::string& message, std::string hint = {}) {
    faults_.add(case_.text.place, message + ", in case '" + case_.text.text + "'", std::move(hint));
  }

  std::string near(std::string_view word, const std::vector<std::string>& known) const {
    const std::string nearest = nearest_name(word, known);
    return nearest.empty() ? "known: " + join(known, ", ") : "did you mean '" + nearest + "'?";
  }

  int read_state(std::string_view name) {
    std::vector<std::string> names;
    for (const State& state : region_.states) {
      if (state.name == name) return static_cast<int>(names.size());
      names.push_back(state.name);
    }
    fault("no state '" + std::string(name) + "' in region '" + region_.name + "'",
          near(name, names));
    return 0;
  }

  std::string_view read_prefix(std::string_view text) {
    if (!text.starts_with("in ")) return text;
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      fault("'in STATE' ends with a colon", "write \"in withheld: ALT = 2 ULN -> ...\"");
      return {};
    }
    case_.from = read_state(trim(text.substr(3, colon - 3)));
    return trim(text.substr(colon + 1));
  }

  void read_steps(std::string_view text) {
    static constexpr std::string_view kThen = " then ";
    for (Minutes later = 0;; later = kUsualStep) {
      const std::size_t then = text.find(kThen);
      CaseStep step{later, {}};
      std::string_view items = trim(text.substr(0, then));
      if (later != 0) items = read_later(items, step);
      for (std::string_view item : split(items, ',')) read_item(trim(item), step);
      case_.steps.push_back(std::move(step));
      if (case_.steps.size() > kMostSteps) return fault("a case has at most 20 steps");
      if (then == std::string_view::npos) return;
      text = text.substr(then + kThen.size());
    }
  }

  // "2 d later ALT = 3 ULN"
  std::string_view read_later(std::string_view items, CaseStep& step) {
    static constexpr std::string_view kLater = " later ";
    const std::size_t end = items.find(kLater);
    if (end == std::string_view::npos) return items;
    step.later = read_minutes(items.substr(0, end));
    if (step.later <= 0) fault("time runs forward");
    return trim(items.substr(end + kLater.size()));
  }

  Minutes read_minutes(std::string_view text) {
    const Result<Measure> measure = parse_measure(trim(text));
    if (!measure.ok()) return report(measure.faults()), 0;
    if (measure->unit.dimension != time_dimension()) {
      fault("expected a time, found '" + std::string(text) + "'", "write for example \"6 d\"");
      return 0;
    }
    Result<Minutes> minutes = minutes_from_hours(measure->canonical);
    if (!minutes.ok()) return report(minutes.faults()), 0;
    if (*minutes < 0 || *minutes > 5 * 366 * kMinutesPerDay) {
      fault("times in a case are between 0 and 5 years, found '" + std::string(text) + "'");
      return 0;
    }
    return *minutes;
  }

  void report(const Faults& faults) {
    for (const Fault& one : faults) fault(one.message, one.hint);
  }

  void read_item(std::string_view text, CaseStep& step) {
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      return read_setting(trim(text.substr(0, equals)), trim(text.substr(equals + 1)), step);
    }
    if (text == "no test") return step.items.push_back({ItemKind::kNoTest, 0, 0, 0});
    for (const auto& [word, kind] : {std::pair(std::string_view(" missing"), ItemKind::kMissing),
                                     std::pair(std::string_view(" stale"), ItemKind::kStale)}) {
      if (text.ends_with(word)) {
        return read_absence(trim(text.substr(0, text.size() - word.size())), kind, step);
      }
    }
    const bool absent = text.starts_with("no ");
    read_sign(absent ? trim(text.substr(3)) : text, absent, step);
  }

  void read_sign(std::string_view name, bool absent, CaseStep& step) {
    if (name.starts_with("sign.")) name = name.substr(5);
    const int sign = protocol_.vocabulary.sign(name);
    if (sign < 0) {
      fault("expected 'NAME = VALUE', 'NAME missing', 'NAME stale', 'no test' or a sign, found '" +
                std::string(name) + "'",
            near(name, protocol_.vocabulary.signs));
      return;
    }
    step.items.push_back({absent ? ItemKind::kNoSign : ItemKind::kSign, sign, 0, 0});
  }

  int read_analyte(std::string_view name) {
    const int analyte = protocol_.vocabulary.analyte(name);
    if (analyte >= 0) return analyte;
    std::vector<std::string> codes;
    for (const Analyte& one : protocol_.vocabulary.analytes) codes.push_back(one.code);
    fault("no test '" + std::string(name) + "'", near(name, codes));
    return -1;
  }

  void read_absence(std::string_view name, ItemKind kind, CaseStep& step) {
    const int analyte = read_analyte(name);
    if (analyte < 0) return;
    if (kind == ItemKind::kStale && !case_.steps.empty()) {
      return fault("a reading can be stale only at the beginning of a case",
                   "write 'missing' where a later step takes no reading");
    }
    if (kind == ItemKind::kStale && protocol_.stale_after[static_cast<std::size_t>(analyte)] == 0) {
      return fault("a reading of '" + std::string(name) + "' is never stale");
    }
    step.items.push_back({kind, analyte, 0, 0});
  }

  void read_setting(std::string_view name, std::string_view value, CaseStep& step) {
    static constexpr std::pair<std::string_view, ItemKind> kAges[] = {
        {"state.age", ItemKind::kStateAge},
        {"treatment.age", ItemKind::kTreatmentAge},
        {"dose.age", ItemKind::kDoseAge}};
    for (const auto& [age, kind] : kAges) {
      if (name == age) return add_setting({kind, 0, 0, read_minutes(value)}, step);
    }
    if (name == "dose.count") {
      return add_setting({ItemKind::kDoseCount, 0, read_count(value), 0}, step);
    }
    if (name == "dose.amount") {
      const double mg = read_value(value, parse_unit("mg")->dimension, 0);
      return add_setting({ItemKind::kDoseAmount, 0, mg, 0}, step);
    }
    if (name.starts_with("count.")) {
      const int count = find_count(name.substr(6));
      if (count < 0) return;
      return add_setting({ItemKind::kCount, count, read_count(value), 0}, step);
    }
    read_reading(name, value, step);
  }

  int find_count(std::string_view name) {
    std::vector<std::string> names;
    for (const Count& one : protocol_.counts) {
      if (one.name == name) return static_cast<int>(names.size());
      names.push_back(one.name);
    }
    fault("no count '" + std::string(name) + "'", near(name, names));
    return -1;
  }

  // What a patient brings along is set where the case begins.
  void add_setting(CaseItem item, CaseStep& step) {
    if (!case_.steps.empty()) fault("ages, doses and earlier readings belong in the first step");
    step.items.push_back(item);
  }

  void read_reading(std::string_view name, std::string_view value, CaseStep& step) {
    static constexpr std::pair<std::string_view, ItemKind> kSuffixes[] = {
        {".previous.age", ItemKind::kPreviousAge},
        {".previous", ItemKind::kPrevious},
        {".baseline", ItemKind::kBaseline}};
    for (const auto& [suffix, kind] : kSuffixes) {
      if (!name.ends_with(suffix)) continue;
      const int analyte = read_analyte(name.substr(0, name.size() - suffix.size()));
      if (analyte < 0) return;
      if (kind == ItemKind::kPreviousAge) {
        return add_setting({kind, analyte, 0, read_minutes(value)}, step);
      }
      return add_setting({kind, analyte, read_lab(value, analyte), 0}, step);
    }
    const int analyte = read_analyte(name);
    if (analyte >= 0) {
      step.items.push_back({ItemKind::kValue, analyte, read_lab(value, analyte), 0});
    }
  }

  double read_lab(std::string_view value, int index) {
    const Analyte& analyte = protocol_.vocabulary.analytes[static_cast<std::size_t>(index)];
    return read_value(value, analyte.unit.dimension, analyte.uln);
  }

  // `uln` > 0: multiples of it are welcome too.
  double read_value(std::string_view text, const Dimension& expected, double uln) {
    const Result<Measure> measure = parse_measure(text);
    if (!measure.ok()) return report(measure.faults()), 0;
    if (uln > 0 && measure->unit.code == "ULN") return measure->canonical * uln;
    if (measure->unit.dimension == expected) return measure->canonical;
    fault("expected " + to_text(expected) + (uln > 0 ? " or multiples of ULN" : "") + ", found '" +
          std::string(text) + "'");
    return 0;
  }

  double read_count(std::string_view text) {
    int count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count < 0) {
      fault("expected a whole number, found '" + std::string(text) + "'");
    }
    return count;
  }

  void read_outcome(std::string_view text) {
    bool first = true;
    for (std::string_view part : split(text, ',')) {
      part = trim(part);
      if (first) {
        case_.to = read_state(part);
      } else if (part.starts_with("owes ")) {
        read_owes(trim(part.substr(5)));
      } else if (part == "dose" || part == "no dose") {
        case_.dose = part == "dose";
      } else {
        fault("after the state a case may say 'owes PANEL', 'dose' or 'no dose', found '" +
              std::string(part) + "'");
      }
      first = false;
    }
  }

  void read_owes(std::string_view name) {
    const int panel = protocol_.panel(name);
    if (panel >= 0) return case_.owes.push_back(panel);
    std::vector<std::string> names;
    for (const Panel& one : protocol_.panels) names.push_back(one.name);
    fault("no panel '" + std::string(name) + "'", near(name, names));
  }

  const Protocol& protocol_;
  const Region& region_;
  Case case_;
  Faults faults_;
};

}  // namespace

Result<Case> parse_case(const CaseText& text, const Protocol& protocol, const Region& region,
                        int from) {
  return CaseReader(text, protocol, region).read(from);
}

}  // namespace dosewright::protocol
