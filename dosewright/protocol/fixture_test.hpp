// A small protocol for the tests: an invented drug, two regions, every feature of the format.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::protocol {

inline constexpr Minutes kDay = kMinutesPerDay;
inline constexpr Minutes kWeek = kMinutesPerWeek;

inline Analyte make_analyte(const char* code, const char* unit, double uln) {
  Analyte analyte;
  analyte.code = code;
  analyte.title = code;
  analyte.unit = *parse_unit(unit);
  analyte.uln = analyte.unit.to_canonical(uln);
  return analyte;
}

inline Regimen make_regimen(const char* id, double mg, std::vector<Minutes> offsets = {0},
                            Minutes period = kWeek) {
  Regimen regimen;
  regimen.id = id;
  regimen.title = id;
  regimen.amount_mg = mg;
  regimen.period = period;
  regimen.offsets = std::move(offsets);
  return regimen;
}

inline Surroundings toy_surroundings() {
  return {{make_analyte("ALT", "U/L", 40), make_analyte("BILI", "mg/dL", 1.2),
           make_analyte("LDL", "mg/dL", 0)},
          {make_regimen("full", 200), make_regimen("low", 100), make_regimen("lower", 50)},
          {"Label", "Trial"}};
}

inline constexpr int kAlt = 0, kBili = 1, kLdl = 2;
inline constexpr int kRash = 0, kPain = 1;

inline constexpr const char* kToyProtocol = R"toml(
name = "toy"
title = "an invented protocol"
source = "Label, sec. 5"
conflicts = ["Label and Trial differ: Label is followed"]

[panel.liver]
tests = ["ALT", "BILI"]
[panel.lipid]
tests = ["LDL"]

[test.ALT]
stale_after = "45 d"
source = "Label"
[test.BILI]
stale_after = "never"
source = "Label"

[sign.rash]
title = "rash"
[sign.pain]
title = "pain where injected"

[missed_dose]
least_gap_to_next = "3 d"
source = "Label"

[baseline]
mean_within = "12 %"
source = "Trial"

[[schedule]]
id = "liver-weekly"
panel = "liver"
at = ["0 wk", "1 wk", "3 wk"]
window = "2 d"
source = "Label"

[[schedule]]
id = "lipid-monthly"
panel = "lipid"
from = "4 wk"
every = "4 wk"
until = "13 wk"
window = "3 d"
source = "Label"

[region.liver]
title = "liver"
initial = "treating"

[[region.liver.state]]
name = "treating"
title = "treating"
allows = "full"
[[region.liver.state]]
name = "confirming"
title = "repeat awaited"
allows = "full"
[[region.liver.state]]
name = "withheld"
title = "withheld"
allows = "withheld"
owes = [{ panel = "liver", first = "1 wk", every = "1 wk", because = "follow the elevation" }]
[[region.liver.state]]
name = "stopped"
title = "stopped"
allows = "stopped"
suspends_schedules = true

[[region.liver.transition]]
id = "liver.stop"
from = ["treating", "confirming", "withheld"]
to = "stopped"
when = "BILI >= 2 ULN"
because = "bilirubin"
cause = "liver rule"
source = "Label, sec. 5.2"
cases = ["BILI = 1.9 ULN -> treating", "BILI = 2 ULN -> stopped", "BILI = 2.1 ULN -> stopped",
  "BILI missing -> treating, no dose, owes liver", "in withheld: BILI = 2 ULN -> stopped"]

[[region.liver.transition]]
id = "liver.confirm"
from = "treating"
to = "confirming"
when = "ALT >= 3 ULN"
because = "elevation"
owe = [{ panel = "liver", within = "1 wk", because = "confirm the elevation" }]
source = "Label, sec. 5.2"
cases = ["ALT = 2.9 ULN -> treating, dose", "ALT = 3 ULN -> confirming, owes liver",
  "ALT = 3.1 ULN -> confirming", "ALT missing -> treating", "ALT stale -> treating"]

[[region.liver.transition]]
id = "liver.withhold"
from = "confirming"
to = "withheld"
when = "(ALT.new and ALT >= 3 ULN) or (state.age > 7 d and not ALT.new)"
because = "confirmed, or not repeated in time"
source = "Label, sec. 5.2"
cases = ["ALT = 2.9 ULN -> treating", "ALT = 3 ULN -> withheld", "ALT = 3.1 ULN -> withheld",
  "ALT missing -> confirming", "ALT stale -> confirming",
  "no test, state.age = 6 d -> confirming", "no test, state.age = 7 d -> confirming",
  "no test, state.age = 8 d -> withheld, no dose, owes liver",
  "in treating: ALT = 4 ULN then ALT = 3.5 ULN -> withheld"]

[[region.liver.transition]]
id = "liver.clear"
from = ["confirming", "withheld"]
to = "treating"
when = "ALT.new and ALT < 3 ULN"
because = "below 3 ULN"
source = "Label, sec. 5.2"
cases = ["ALT = 2.9 ULN -> treating", "ALT = 3 ULN -> withheld", "ALT = 3.1 ULN -> withheld",
  "ALT missing -> confirming", "ALT stale -> confirming", "in withheld: ALT = 2 ULN -> treating",
  "in withheld: ALT = 3 ULN -> withheld"]

[region.skin]
title = "skin"
initial = "clear"

[[region.skin.state]]
name = "clear"
title = "clear"
allows = "full"
[[region.skin.state]]
name = "rash"
title = "rash"
allows = "reduced"
regimen = "low"
[[region.skin.state]]
name = "pain"
title = "rash and pain"
allows = "reduced"
regimen = "lower"

[[region.skin.transition]]
id = "skin.worse"
from = ["clear", "rash"]
to = "pain"
when = "sign.rash and sign.pain"
because = "rash with pain"
source = "Label, sec. 6"
cases = ["rash, pain -> pain", "pain -> clear", "in rash: rash, pain -> pain, dose"]

[[region.skin.transition]]
id = "skin.reduce"
from = "clear"
to = "rash"
when = "sign.rash"
because = "rash"
source = "Label, sec. 6"
cases = ["rash -> rash, dose", "no rash -> clear"]

[[region.skin.transition]]
id = "skin.clear"
from = ["rash", "pain"]
to = "clear"
when = "not sign.rash and dose.count >= 2"
because = "the rash is gone"
source = "Label, sec. 6"
cases = ["rash -> rash", "no rash -> clear", "no rash, dose.count = 1 -> rash",
  "no rash, dose.count = 2 -> clear"]
)toml";

// The text with one piece exchanged, which must be there.
inline std::string with(std::string text, const std::string& piece, const std::string& other) {
  const std::size_t at = text.find(piece);
  REQUIRE_MESSAGE(at != std::string::npos, "not in the text: " << piece);
  return text.replace(at, piece.size(), other);
}

struct Parsed {
  Protocol protocol;
  Faults faults;
};

inline Parsed parse_text(std::string text, const Surroundings& around = toy_surroundings()) {
  Document document = Document::parse(std::move(text), "toy.toml");
  Parsed parsed{parse_protocol(document, around), {}};
  parsed.faults = document.faults();
  return parsed;
}

inline Protocol toy_protocol(const std::string& text = kToyProtocol) {
  Parsed parsed = parse_text(text);
  REQUIRE_MESSAGE(parsed.faults.empty(), to_text(parsed.faults));
  return std::move(parsed.protocol);
}

inline bool has_fault(const Faults& faults, const std::string& words) {
  for (const Fault& fault : faults) {
    if (fault.message.find(words) != std::string::npos) return true;
  }
  return false;
}

inline Fact lab(int analyte, double multiple_of_uln) {
  const Analyte one = toy_surroundings().analytes[static_cast<std::size_t>(analyte)];
  return {0, FactKind::kLab, static_cast<std::int16_t>(analyte), multiple_of_uln * one.uln, 0};
}
inline Fact lab_value(int analyte, double canonical, double uln = 0) {
  return {0, FactKind::kLab, static_cast<std::int16_t>(analyte), canonical, uln};
}
inline Fact sign(int code, bool present = true) {
  return {0, present ? FactKind::kSymptom : FactKind::kSymptomEnd, static_cast<std::int16_t>(code),
          0, 0};
}
inline Fact dose(double mg = 200) {
  return {0, FactKind::kDose, 0, mg, 0};
}

// One patient under the toy protocol, watched step by step.
struct Patient {
  explicit Patient(const Protocol& one, Minutes start = 0)
      : protocol(one), executor(one), state(executor.start(start)) {}

  void see(Minutes at, const std::vector<Fact>& facts = {}) {
    executor.observe(state, at, facts, &log);
  }
  std::string where(std::size_t region = 0) const {
    const auto index = static_cast<std::size_t>(state.regions[region].state);
    return protocol.regions[region].states[index].name;
  }
  Permission permission() const { return executor.permits(state).permission; }

  const Protocol& protocol;
  Executor executor;
  PatientState state;
  std::vector<Firing> log;
};

}  // namespace dosewright::protocol
