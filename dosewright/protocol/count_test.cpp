// Counts of readings in a row, ordinary readings of cases, protocols with a date, and protocols
// that add regions to another one.
#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

// Doses pause below 75 mg/dL of LDL and resume after three readings in a row above it.
constexpr const char* kCounting = R"toml(
name = "counting"
title = "an invented protocol that counts"
source = "Label"

[panel.lipid]
tests = ["LDL"]
[panel.liver]
tests = ["ALT", "BILI"]

[test.LDL]
stale_after = "30 d"
ordinary = "100 mg/dL"
source = "Label"

[count.above]
of = "LDL > 75 mg/dL"
title = "LDL above 75"

[region.low]
title = "low"
initial = "fine"

[[region.low.state]]
name = "fine"
title = "fine"
allows = "full"
[[region.low.state]]
name = "paused"
title = "paused"
allows = "withheld"

[[region.low.transition]]
id = "low.pause"
from = "fine"
to = "paused"
when = "LDL < 75 mg/dL"
because = "too low"
source = "Label"
cases = [
  "LDL = 74 mg/dL -> paused, no dose",
  "LDL = 75 mg/dL -> fine, dose",
  "LDL = 76 mg/dL -> fine",
  "LDL missing -> fine, no dose",
  "LDL stale -> fine, no dose",
  "no test -> fine, dose",
]

[[region.low.transition]]
id = "low.resume"
from = "paused"
to = "fine"
when = "count.above >= 3"
because = "three in a row"
source = "Label"
cases = [
  "LDL = 76 mg/dL, count.above = 1 -> paused",
  "LDL = 76 mg/dL, count.above = 2 -> fine, dose",
  "LDL = 76 mg/dL, count.above = 3 -> fine",
  "LDL = 75 mg/dL, count.above = 2 -> paused",
  "LDL = 74 mg/dL, count.above = 2 -> paused, no dose",
  "LDL missing, count.above = 2 -> paused",
  "LDL stale, count.above = 2 -> paused",
  "in fine: LDL = 70 mg/dL then LDL = 80 mg/dL then LDL = 80 mg/dL then LDL = 80 mg/dL -> fine",
]
)toml";

constexpr const char* kGate = R"toml(
name = "gated"
title = "with a gate"
source = "Trial"
based_on = "counting"
in_force = { jurisdiction = "US", from = "2019-05", until = "2025-06-13", source = "Trial" }

[sign.enrolled]
title = "enrolled"

[region.gate]
title = "gate"
initial = "closed"
[[region.gate.state]]
name = "closed"
title = "closed"
allows = "withheld"
[[region.gate.state]]
name = "open"
title = "open"
allows = "full"
[[region.gate.transition]]
id = "gate.open"
from = "closed"
to = "open"
when = "sign.enrolled and known(ALT)"
because = "enrolled"
source = "Trial"
cases = ["enrolled -> open, dose", "no enrolled -> closed, no dose",
  "enrolled, ALT missing -> closed, no dose", "enrolled, ALT stale -> closed"]

[test.ALT]
stale_after = "30 d"
source = "Trial"
)toml";

double mg_per_dl(double value) {
  return parse_measure(std::to_string(value) + " mg/dL")->canonical;
}

Patient& reads(Patient& patient, int day, double ldl) {
  patient.see(day * kDay, {lab_value(kLdl, mg_per_dl(ldl))});
  return patient;
}

struct Derived {
  Protocol protocol;
  Faults faults, base_faults;
};

Derived derive(const std::string& text, const std::string& base_text = kCounting) {
  Document document = Document::parse(text, "gated.toml");
  Document base = Document::parse(base_text, "counting.toml");
  Derived derived{derive_protocol(document, base, toy_surroundings()), {}, {}};
  derived.faults = document.faults();
  derived.base_faults = base.faults();
  return derived;
}

void refused(const std::string& piece, const std::string& other, const std::string& words) {
  const Parsed parsed = parse_text(with(kCounting, piece, other));
  CHECK_MESSAGE(has_fault(parsed.faults, words), "expected '" << words << "' in:\n"
                                                              << to_text(parsed.faults));
}

}  // namespace

TEST_CASE("three readings in a row, and one between that is not above begins anew") {
  const Protocol protocol = toy_protocol(kCounting);
  Patient patient(protocol);
  reads(patient, 1, 70);
  CHECK(patient.where() == "paused");
  reads(reads(patient, 2, 80), 3, 80);
  CHECK(patient.state.counts == std::vector<int>{2});
  reads(patient, 4, 75);
  CHECK(patient.state.counts == std::vector<int>{0});
  reads(reads(patient, 5, 80), 6, 76);
  CHECK(patient.where() == "paused");
  reads(patient, 7, 76);
  CHECK(patient.where() == "fine");
}

TEST_CASE("two readings of one instant are one in the row, and a low one of them ends it") {
  const Protocol protocol = toy_protocol(kCounting);
  Patient patient(protocol);
  const Fact high = lab_value(kLdl, mg_per_dl(80));
  const Fact low = lab_value(kLdl, mg_per_dl(70));
  patient.see(kDay, {high, high, high});
  CHECK(patient.state.counts == std::vector<int>{1});
  patient.see(2 * kDay, {high, low});
  CHECK(patient.state.counts == std::vector<int>{0});
  patient.see(3 * kDay, {low, high});
  CHECK(patient.state.counts == std::vector<int>{0});
}

TEST_CASE("a count whose latest reading is missing or stale is unknown") {
  // Restricting: without an answer there is no dose.
  const std::string text =
      with(with(kCounting, "when = \"LDL < 75 mg/dL\"", "when = \"count.above < 1\""),
           "cases = [\n  \"LDL = 74 mg/dL -> paused, no dose\"",
           "cases = [\n  \"LDL = 74 mg/dL -> paused, no dose\",\n"
           "  \"LDL = 80 mg/dL, count.above = 0 -> fine\","
           "  \"LDL = 80 mg/dL, count.above = 1 -> fine\"");
  Parsed parsed = parse_text(text);
  const Protocol& protocol = parsed.protocol;
  Patient patient(protocol);
  CHECK(patient.permission() == Permission::kWithheld);
  CHECK(patient.executor.decision(patient.state).because.find("LDL is missing") !=
        std::string::npos);
  reads(patient, 1, 80);
  CHECK(patient.permission() == Permission::kFull);
  patient.see(31 * kDay);
  CHECK(patient.permission() == Permission::kFull);
  patient.see(31 * kDay + 1);
  CHECK(patient.permission() == Permission::kWithheld);
  CHECK(patient.executor.decision(patient.state).because.find("LDL is stale") != std::string::npos);
}

TEST_CASE("the decision shows the count") {
  const Protocol protocol = toy_protocol(kCounting);
  Patient patient(protocol);
  reads(reads(patient, 1, 70), 2, 80);
  const Decision decision = patient.executor.decision(patient.state);
  REQUIRE(decision.rules.size() == 1);
  REQUIRE(decision.rules[0].seen.size() == 1);
  CHECK(decision.rules[0].seen[0].values.find("count.above = 1") != std::string::npos);
}

TEST_CASE("faults of counts are told where they stand") {
  refused("LDL > 75 mg/dL", "LDLC > 75 mg/dL", "no test 'LDLC'");
  refused("LDL > 75 mg/dL", "LDL > BILI * 3 L/mg * 1 mg/L", "one test");
  refused("LDL > 75 mg/dL", "LDL > 75 U/L", "cannot compare");
  refused("LDL > 75 mg/dL", "LDL.new", "one test");
  refused("[count.above]", "[count.above-it]", "a name is made of");
  refused("count.above >= 3", "LDL > 80 mg/dL", "no rule asks for the count 'above'");
  refused("count.above >= 3", "count.abov >= 3", "unknown name 'count.abov'");
  refused("count.above = 2 -> fine, dose", "count.abov = 2 -> fine, dose", "no count 'abov'");
  refused("ordinary = \"100 mg/dL\"", "ordinary = \"100 U/L\"", "must be mass/volume");
}

TEST_CASE("cases must show the threshold of the comparison that is counted") {
  refused("\"LDL = 75 mg/dL, count.above = 2 -> paused\",", "",
          "a value at the threshold of 'LDL > 75 mg/dL'");
  refused("\"LDL = 76 mg/dL, count.above = 3 -> fine\",", "",
          "a value above the threshold of 'count.above >= 3'");
  refused("\"LDL stale, count.above = 2 -> paused\",", "", "when it is stale: LDL");
}

TEST_CASE("a test without a limit has the ordinary reading that its protocol names") {
  CHECK(toy_protocol(kCounting).ordinary[kLdl] == doctest::Approx(mg_per_dl(100)));
  const Parsed without = parse_text(with(kCounting, "ordinary = \"100 mg/dL\"\n", ""));
  CHECK(has_fault(without.faults, "'no test -> fine, dose' does not allow a dose"));
}

TEST_CASE("a protocol may add regions to another one, and be in force for a time") {
  const Derived derived = derive(kGate);
  REQUIRE_MESSAGE(derived.faults.empty(), to_text(derived.faults));
  REQUIRE_MESSAGE(derived.base_faults.empty(), to_text(derived.base_faults));
  const Protocol& protocol = derived.protocol;
  REQUIRE(protocol.regions.size() == 2);
  CHECK(protocol.added == std::vector<std::string>{"gate"});
  REQUIRE(protocol.in_force);
  CHECK(protocol.in_force->from == "2019-05");
  CHECK(protocol.in_force->until == "2025-06-13");
  Patient patient(protocol);
  patient.see(kDay, {lab_value(kLdl, mg_per_dl(100)), lab(kAlt, 1)});
  CHECK(patient.permission() == Permission::kWithheld);
  patient.see(2 * kDay, {sign(0)});
  CHECK(patient.permission() == Permission::kFull);
}

TEST_CASE("a protocol holds from its first day to its last") {
  const InForce held{"US", "2019-05", "2025-06-13", ""};
  CHECK_FALSE(in_force_on(held, "2019-04-30"));
  CHECK(in_force_on(held, "2019-05-01"));
  CHECK(in_force_on(held, "2025-06-13"));
  CHECK_FALSE(in_force_on(held, "2025-06-14"));
  CHECK(in_force_on({"US", "", "2025", ""}, "2025-12-31"));
  CHECK_FALSE(in_force_on({"US", "", "2025", ""}, "2026-01-01"));
  CHECK(in_force_on({"US", "2012", "", ""}, "2012-01-01"));
}

TEST_CASE("faults of an added region are told in its file, those of the base in the base's") {
  const auto told = [](const std::string& piece, const std::string& other,
                       const std::string& words) {
    const Derived derived = derive(with(kGate, piece, other));
    CHECK_MESSAGE(has_fault(derived.faults, words), to_text(derived.faults));
    CHECK_MESSAGE(derived.base_faults.empty(), to_text(derived.base_faults));
  };
  told("enrolled -> open, dose", "enrolled -> closed", "decides 'open', not 'closed'");
  told("[sign.enrolled]", "[sign.enroled]", "unknown name 'sign.enrolled'");
  told("until = \"2025-06-13\"", "until = \"soon\"", "expected a date");
  told("until = \"2025-06-13\"", "until = \"2018\"", "ends after it begins");
  told("initial = \"closed\"", "initial = \"shut\"", "no state 'shut'");
}

TEST_CASE("what a derived protocol adds has names of its own, and it changes something") {
  const std::string nothing =
      "name = \"same\"\ntitle = \"same\"\nsource = \"Trial\"\n"
      "based_on = \"counting\"\n";
  CHECK(has_fault(derive(nothing).faults, "with nothing changed"));
  const std::string twice = std::string(kGate) + "\n[panel.lipid]\ntests = [\"LDL\"]\n";
  CHECK(has_fault(derive(twice).faults, "'counting' has 'lipid' already"));
  std::string region = with(kGate, "[region.gate]", "[region.low]");
  for (const char* part : {"region.gate.state", "region.gate.state", "region.gate.transition"}) {
    region = with(region, part, "region.low" + std::string(part).substr(11));
  }
  CHECK(has_fault(derive(region).faults, "'counting' has a region 'low' already"));
}
