// A hostile protocol file through the whole of `protocol`: its reader, its cases and, where it is
// read without a fault, a short timeline made of the same bytes.
//
// Promises that are checked: what is refused says why and where; what is accepted decides the same
// in short as with its explanation, and its regions come to rest or give no dose.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "dosewright/base/check.hpp"
#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol {
namespace {

Analyte make_analyte(const char* code, const char* unit, double uln) {
  Analyte analyte;
  analyte.code = code;
  analyte.title = code;
  analyte.unit = *parse_unit(unit);
  analyte.uln = analyte.unit.to_canonical(uln);
  return analyte;
}

Surroundings surroundings() {
  Regimen full, low;
  full.id = "full";
  full.amount_mg = 200;
  full.offsets = {0};
  low = full;
  low.id = "low";
  low.amount_mg = 100;
  return {{make_analyte("ALT", "U/L", 40), make_analyte("BILI", "mg/dL", 1.2),
           make_analyte("LDL", "mg/dL", 0)},
          {full, low},
          {"Label", "Trial"}};
}

void explain(const Faults& faults) {
  for (const Fault& fault : faults) {
    DW_CHECK(!fault.message.empty());
    DW_CHECK(!fault.place.file.empty());
  }
  DW_CHECK(!to_text(faults).empty());
}

Fact fact_of(std::uint8_t byte, const Protocol& protocol, Minutes at) {
  const int sign = protocol.signs.empty() ? -1 : byte % static_cast<int>(protocol.signs.size());
  const auto code = static_cast<std::int16_t>(byte % 4 == 0 ? sign : byte % 3);
  if (byte % 7 == 0) return {at, FactKind::kDose, 0, 200, 0};
  if (byte % 4 == 0) {
    return {at, byte % 8 == 0 ? FactKind::kSymptom : FactKind::kSymptomEnd, code, 1, 0};
  }
  const double uln = protocol.vocabulary.analytes[static_cast<std::size_t>(code)].uln;
  return {at, FactKind::kLab, code, (byte >> 4) * 0.5 * (uln > 0 ? uln : 100), 0};
}

void live(const Protocol& protocol, std::string_view bytes) {
  Timeline timeline;
  Minutes at = 0;
  for (const char byte : bytes.substr(0, 200)) {
    at += (static_cast<std::uint8_t>(byte) % 5) * (kMinutesPerDay / 2);
    timeline.push_back(fact_of(static_cast<std::uint8_t>(byte), protocol, at));
  }
  const Decided decided = decide(protocol, timeline, 0, at + 40 * kMinutesPerDay);
  const Executor executor(protocol);
  const Executor::Permit permit = executor.permits(decided.state);
  DW_CHECK(permit.permission == decided.decision.permission);
  DW_CHECK(permit.unanswered == decided.decision.unanswered);
  DW_CHECK(executor.next_due(decided.state).at >= decided.state.now);
  for (const RegionState& region : decided.state.regions) {
    DW_CHECK(!region.unsettled || permit.permission >= Permission::kWithheld);
  }
}

void read_protocol(std::string_view text) {
  static const Surroundings around = surroundings();
  Document document = Document::parse(std::string(text), "fuzz.toml");
  const Protocol protocol = parse_protocol(document, around);
  if (document.faults().empty()) {
    live(protocol, text);
  } else {
    explain(document.faults());
  }
}

void read_regimens(std::string_view text) {
  Document document = Document::parse(std::string(text), "fuzz.toml");
  const std::vector<Regimen> regimens = parse_regimens(document.root());
  for (const Regimen& regimen : regimens) {
    const Minutes next = next_dose(regimen, 7, 1000);
    DW_CHECK(next >= 1000 && next <= 1000 + regimen.period);
  }
  if (!document.faults().empty()) explain(document.faults());
}

}  // namespace
}  // namespace dosewright::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 20000) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dosewright::protocol::read_protocol(text);
  dosewright::protocol::read_regimens(text);
  return 0;
}
