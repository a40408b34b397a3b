#include "dosewright/trial/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::trial {

namespace {

using protocol::Fact;
using protocol::FactKind;

// One line of the timeline. `order` puts readings before decisions before doses of one instant.
struct Entry {
  Minutes at = 0;
  int order = 0;
  std::string what, text;
  std::vector<std::string> details;
};

class Teller {
 public:
  Teller(const programme::Programme& programme, const Design& design, const PatientRecord& record)
      : programme_(programme), design_(design), record_(record) {}

  std::vector<Entry> entries() {
    tell_readings();
    tell_decisions();
    tell_doses();
    tell_events();
    std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
      return a.at != b.at ? a.at < b.at : a.order < b.order;
    });
    return std::move(entries_);
  }

 private:
  const protocol::Protocol& protocol() const { return *design_.protocol; }
  const protocol::Region& region(int r) const {
    return protocol().regions[static_cast<std::size_t>(r)];
  }

  // All readings of an instant on one line: "ALT 131 U/L (3.2 x ULN), AST 60 U/L (1.5 x ULN)".
  void tell_readings() {
    for (std::size_t i = 0; i < record_.readings.size();) {
      const Minutes at = record_.readings[i].at;
      std::vector<std::string> texts;
      for (; i < record_.readings.size() && record_.readings[i].at == at; ++i) {
        texts.push_back(reading_text(record_.readings[i]));
      }
      entries_.push_back({at, 0, "reading", join(texts, ", "), {}});
    }
  }

  std::string reading_text(const Reading& reading) const {
    const auto& analyte = protocol().vocabulary.analytes[static_cast<std::size_t>(reading.analyte)];
    // As a laboratory prints it; decisions below show the digits that they were made on.
    std::string text = analyte.code + " " +
                       number_text(analyte.unit.from_canonical(reading.value), 3) + " " +
                       analyte.unit.code;
    if (reading.uln > 0) text += fmt::format(" ({:.2f} x ULN)", reading.value / reading.uln);
    return text;
  }

  // The executor walks the same facts again, so that each firing can say what it saw.
  void tell_decisions() {
    const protocol::Executor executor(protocol(), design_.regions_off);
    const auto facts = facts_of();
    const Minutes start = design_.baseline.empty() ? 0 : design_.baseline.front();
    auto state = executor.start(start);
    const protocol::Witness witness = [&](const protocol::PatientState& now,
                                          const protocol::Firing& firing) { tell(now, firing); };
    for (std::size_t i = 0; i < facts.size();) {
      std::size_t end = i;
      while (end < facts.size() && facts[end].at == facts[i].at) ++end;
      executor.observe(state, facts[i].at, std::span(facts).subspan(i, end - i), nullptr, &witness);
      i = end;
    }
    executor.observe(state, design_.end, {}, nullptr, &witness);
  }

  void tell(const protocol::PatientState& now, const protocol::Firing& firing) {
    const auto& where = now.regions[static_cast<std::size_t>(firing.region)];
    const auto& states = region(firing.region).states;
    Entry entry{firing.at,
                1,
                "decision",
                fmt::format("{}: {} -> {}  by {}", region(firing.region).name,
                            states[static_cast<std::size_t>(firing.from)].name,
                            states[static_cast<std::size_t>(firing.to)].name, firing.rule->id),
                {}};
    const auto saw = protocol::explain_rule(*firing.rule, protocol(), now, where);
    for (const auto& seen : saw.seen) {
      const char* verdict = lang::is_unknown(seen.verdict) ? "unknown"
                            : seen.verdict != 0            ? "true"
                                                           : "false";
      entry.details.push_back("saw     " + seen.text + " is " + verdict + ": " + seen.values);
    }
    entry.details.push_back("because " + firing.rule->because);
    entry.details.push_back("source  " + firing.rule->source);
    entries_.push_back(std::move(entry));
  }

  std::vector<Fact> facts_of() const {
    std::vector<Fact> facts;
    for (const Reading& r : record_.readings) {
      facts.push_back({r.at, FactKind::kLab, r.analyte, r.value, r.uln});
    }
    for (const DoseEntry& d : record_.doses) {
      if (d.action == DoseAction::kMissed) facts.push_back({d.at, FactKind::kDoseMissed, 0, 0, 0});
      if (injected(d)) facts.push_back({d.at, FactKind::kDose, 0, d.mg, 0});
    }
    protocol::sort_timeline(facts);
    return facts;
  }

  static bool injected(const DoseEntry& dose) {
    return dose.action == DoseAction::kGiven || dose.action == DoseAction::kReduced ||
           dose.action == DoseAction::kMadeUp;
  }

  void tell_doses() {
    for (const DoseEntry& dose : record_.doses) {
      Entry entry{dose.at, 2, "dose", std::string(to_text(dose.action)), {}};
      if (injected(dose)) entry.text += fmt::format(": {} mg", number_text(dose.mg, 4));
      if (dose.region >= 0) {
        entry.text += fmt::format(" (planned {} mg)", number_text(dose.planned_mg, 4));
        entry.details.push_back("decided " + region(dose.region).name +
                                (dose.rule.empty() ? "" : ", since " + std::string(dose.rule)) +
                                (dose.unanswered ? "; a rule could not be answered" : ""));
      }
      entries_.push_back(std::move(entry));
    }
  }

  void tell_events() {
    for (const EventEntry& event : record_.events) {
      const auto& model = programme_.model.events[static_cast<std::size_t>(event.event)];
      entries_.push_back({event.at,
                          3,
                          "event",
                          model.title + (event.count > 1 ? fmt::format(" ({})", event.count) : ""),
                          {}});
    }
    for (const HazardEntry& hazard : record_.hazards) {
      const auto& model = programme_.model.hazards[static_cast<std::size_t>(hazard.hazard)];
      entries_.push_back({hazard.at, 3, "event", model.title, {}});
    }
    if (record_.discontinued) {
      entries_.push_back({record_.discontinued_at,
                          4,
                          "treatment",
                          "ends early: " + std::string(record_.cause),
                          {}});
    }
  }

  const programme::Programme& programme_;
  const Design& design_;
  const PatientRecord& record_;
  std::vector<Entry> entries_;
};

// Day 1 is the day of the first planned dose; the day before it is day -1 [CDISC SDTM, --DY].
Minutes study_day(Minutes at) {
  const Minutes day = at >= 0 ? at / kMinutesPerDay : (at - kMinutesPerDay + 1) / kMinutesPerDay;
  return day >= 0 ? day + 1 : day;
}

std::string clock_text(Minutes at) {
  const Minutes minute = ((at % kMinutesPerDay) + kMinutesPerDay) % kMinutesPerDay;
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

std::string covariates_text(const programme::Programme& programme, const PatientRecord& record) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < record.covariates.size(); ++i) {
    const auto& covariate = programme.model.covariates[i];
    texts.push_back(covariate.name + " " +
                    number_text(covariate.unit.from_canonical(record.covariates[i]), 3) +
                    (covariate.unit.code == "1" ? "" : " " + covariate.unit.code));
  }
  return join(texts, ", ");
}

// A long line is broken at blanks; the rest is indented below it.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::size_t column = 0;
  for (const std::string_view word : split(text, ' ')) {
    if (column > 0 && column + 1 + word.size() > width) {
      out += "\n" + std::string(indent, ' ');
      column = 0;
    } else if (column > 0) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  return out;
}

}  // namespace

std::string replay_text(const programme::Programme& programme, const Design& design,
                        const PatientRecord& record) {
  std::string out = fmt::format("patient {} of {}: {}\n  {}\n", record.id, design.name,
                                design.arms[static_cast<std::size_t>(record.arm)].name,
                                wrapped(covariates_text(programme, record), 100, 2));
  constexpr std::size_t kIndent = 28;
  for (const Entry& entry : Teller(programme, design, record).entries()) {
    out += fmt::format("day {:>4} {}  {:<9}  {}\n", study_day(entry.at), clock_text(entry.at),
                       entry.what, wrapped(entry.text, 110 - kIndent, kIndent));
    for (const std::string& detail : entry.details) {
      out += std::string(kIndent, ' ') + wrapped(detail, 110 - kIndent - 8, kIndent + 8) + "\n";
    }
  }
  if (record.status != num::Status::kOk) {
    out += "the integration failed: " + num::to_text(record.status) + "\n";
  }
  return out;
}

std::string replay_json(const programme::Programme& programme, const Design& design,
                        const PatientRecord& record) {
  nlohmann::ordered_json timeline = nlohmann::ordered_json::array();
  for (const Entry& entry : Teller(programme, design, record).entries()) {
    timeline.push_back({{"day", study_day(entry.at)},
                        {"minutes", entry.at},
                        {"what", entry.what},
                        {"text", entry.text},
                        {"details", entry.details}});
  }
  return nlohmann::ordered_json{{"patient", record.id},
                                {"trial", design.name},
                                {"arm", design.arms[static_cast<std::size_t>(record.arm)].name},
                                {"status", num::to_text(record.status)},
                                {"timeline", timeline}}
             .dump(2) +
         "\n";
}

}  // namespace dosewright::trial
