#include "dosewright/verify/patient.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::verify {

using protocol::Fact;
using protocol::FactKind;
using protocol::Protocol;
using protocol::Timeline;

namespace {

constexpr int kDigits = 12;  // more would show the last bits of a change of unit

std::string row(const PatientFact& fact) {
  const std::string date = date_of(fact.day);
  switch (fact.kind) {
    case PatientFact::Kind::kSign:
      return fmt::format("{},event,{},{},,\n", date, fact.code, fact.value);
    case PatientFact::Kind::kDose:
      return fmt::format("{},dose,,{},mg,\n", date, number_text(fact.value, kDigits));
    case PatientFact::Kind::kLab:
      break;
  }
  const auto shown = [&](double value) {
    return number_text(fact.unit.from_canonical(value), kDigits);
  };
  return fmt::format("{},lab,{},{},{},{}\n", date, fact.code, shown(fact.value), fact.unit.code,
                     fact.uln > 0 ? shown(fact.uln) : "");
}

// One row of the file as the protocol sees it; code -1 is a fact that it has no word for.
Result<Fact> read_row(const CsvTable& table, const CsvRow& row, const Protocol& protocol) {
  enum Column : std::size_t { kDate, kKind, kCode, kValue, kUnit, kUln };
  const auto text = [&](Column column) { return row.fields[column].text; };
  const auto fault = [&](Column column, const std::string& message) {
    const CsvField& field = row.fields[column];
    return table.fault(field.line, field.column, message, "");
  };
  const Result<Date> date = parse_date(text(kDate));
  if (!date.ok()) return fault(kDate, "expected a date, found '" + text(kDate) + "'");
  const Date first = *parse_date(kFirstDay);
  Fact fact;
  fact.at = (date->days_since_1970 - first.days_since_1970) * kMinutesPerDay;
  fact.value = std::strtod(text(kValue).c_str(), nullptr);
  if (text(kKind) == "dose") {
    fact.kind = FactKind::kDose;
    return fact;
  }
  if (text(kKind) == "event") {
    fact.kind = fact.value > 0 ? FactKind::kSymptom : FactKind::kSymptomEnd;
    fact.code = static_cast<std::int16_t>(protocol.vocabulary.sign(text(kCode)));
    return fact;
  }
  if (text(kKind) != "lab") return fault(kKind, "expected lab, event or dose");
  const Result<Unit> unit = parse_unit(text(kUnit));
  if (!unit.ok()) return fault(kUnit, "no unit '" + text(kUnit) + "'");
  fact.code = static_cast<std::int16_t>(protocol.vocabulary.analyte(text(kCode)));
  fact.value = unit->to_canonical(fact.value);
  fact.uln = unit->to_canonical(std::strtod(text(kUln).c_str(), nullptr));
  return fact;
}

}  // namespace

std::string date_of(int day) {
  return to_text(Date{parse_date(kFirstDay)->days_since_1970 + day});
}

std::string to_csv(const Patient& patient) {
  std::string csv = "date,kind,code,value,unit,uln\n";
  for (const PatientFact& fact : patient.facts) csv += row(fact);
  return csv;
}

Result<Timeline> read_csv_patient(const std::string& csv, const Protocol& protocol) {
  const CsvTable table = read_csv(csv, "patient.csv");
  Faults faults = table.faults;
  if (table.header != std::vector<std::string>{"date", "kind", "code", "value", "unit", "uln"}) {
    faults.add({"patient.csv", 1, 1}, "expected the columns date,kind,code,value,unit,uln");
  }
  if (!faults.empty()) return faults;
  Timeline timeline;
  for (const CsvRow& one : table.rows) {
    const Result<Fact> fact = read_row(table, one, protocol);
    if (!fact.ok()) {
      faults.merge(fact.faults());
    } else if (fact->code >= 0) {
      timeline.push_back(*fact);
    }
  }
  if (!faults.empty()) return faults;
  protocol::sort_timeline(timeline);
  return timeline;
}

Result<Replay> replay(const Protocol& protocol, const std::string& csv, int look_on) {
  DW_TRY(timeline, read_csv_patient(csv, protocol));
  const protocol::Executor executor(protocol);
  Replay replay{executor.start(0), {}, {}};
  const protocol::Witness witness = [&](const protocol::PatientState& before,
                                        const protocol::Firing& firing) {
    replay.log.push_back({before, firing});
  };
  const std::span<const Fact> all(timeline);
  for (std::size_t begin = 0; begin < all.size();) {
    std::size_t end = begin;
    while (end < all.size() && all[end].at == all[begin].at) ++end;
    executor.observe(replay.state, all[begin].at, all.subspan(begin, end - begin), nullptr,
                     &witness);
    begin = end;
  }
  const Minutes look = look_on * kMinutesPerDay;
  if (replay.state.now < look) executor.observe(replay.state, look, {}, nullptr, &witness);
  replay.decision = executor.decision(replay.state);
  return replay;
}

bool region_allows(const Protocol& protocol, const protocol::PatientState& state, int region) {
  protocol::PatientState alone = state;
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(region);
  alone.regions_off = ~bit;
  const protocol::Executor executor(protocol, ~bit);
  return executor.permits(alone).permission < protocol::Permission::kWithheld;
}

}  // namespace dosewright::verify
