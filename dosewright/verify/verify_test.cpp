#include "dosewright/verify/verify.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "dosewright/protocol/fixture_test.hpp"
#include "dosewright/verify/diff.hpp"
#include "dosewright/verify/mutants.hpp"

namespace dosewright::verify {
namespace {

using protocol::Protocol;
using protocol::toy_protocol;
using protocol::with;

const std::string kToy = protocol::kToyProtocol;

std::string invariant(const std::string& demand, const std::string& state = "") {
  return "\n[[invariant]]\nid = \"it\"\nsays = \"it holds\"\nsource = \"Label\"\n" + demand + "\n" +
         (state.empty() ? "" : "state = \"" + state + "\"\n");
}

Options quick() {
  Options options;
  options.visits = 5;
  return options;
}

Finding find(const Report& report, Aspect aspect, const std::string& subject) {
  const auto found =
      std::find_if(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
        return finding.aspect == aspect && finding.subject == subject;
      });
  REQUIRE_MESSAGE(found != report.findings.end(), subject);
  return *found;
}

Finding of_invariant(const std::string& demand, const std::string& state = "") {
  const Protocol protocol = toy_protocol(kToy + invariant(demand, state));
  Options options = quick();
  options.reachability = false;
  return find(verify(protocol, options), Aspect::kInvariant, "it");
}

TEST_CASE("invariants that hold are proved") {
  CHECK(of_invariant("never_dose_when = \"BILI.last >= 2 ULN\"").outcome == Outcome::kProved);
  CHECK(of_invariant("never_dose_when = \"not known(BILI)\"").outcome == Outcome::kProved);
  CHECK(of_invariant("never_left = true", "liver.stopped").outcome == Outcome::kProved);
  CHECK(of_invariant("never_when = \"state.age > 8 d\"", "liver.confirming").outcome ==
        Outcome::kProved);
  CHECK(of_invariant("resumes_only_when = \"ALT < 3 ULN\"", "liver.withheld").outcome ==
        Outcome::kProved);
  CHECK(of_invariant("dose_when = \"ALT < 3 ULN and BILI < 2 ULN\"", "liver.treating").outcome ==
        Outcome::kProved);
}

TEST_CASE("one that does not hold is refuted by the smallest patient, whom the executor confirms") {
  const Finding finding = of_invariant("never_dose_when = \"ALT.last >= 3 ULN\"");
  CHECK(finding.outcome == Outcome::kFails);
  REQUIRE(finding.patient);
  // One elevation, with a bilirubin, without which no dose is given.
  CHECK(to_csv(*finding.patient) ==
        "date,kind,code,value,unit,uln\n2024-01-01,lab,BILI,0.6,mg/dL,1.2\n"
        "2024-01-01,lab,ALT,120,U/L,40\n");
  CHECK(finding.story.find("liver: treating -> confirming") != std::string::npos);
  CHECK(of_invariant("never_left = true", "liver.withheld").outcome == Outcome::kFails);
  CHECK(of_invariant("never_when = \"state.age > 6 d\"", "liver.confirming").outcome ==
        Outcome::kFails);
  CHECK(of_invariant("resumes_only_when = \"ALT < 2 ULN\"", "liver.withheld").outcome ==
        Outcome::kFails);
  CHECK(of_invariant("dose_when = \"ALT < 3 ULN\"", "liver.treating").outcome == Outcome::kFails);
}

TEST_CASE("rules that chase each other") {
  const std::string text =
      with(with(kToy, "when = \"not sign.rash and dose.count >= 2\"", "when = \"sign.rash\""),
           "cases = [\"rash -> rash\", \"no rash -> clear\", \"no rash, dose.count = 1 -> rash\",\n"
           "  \"no rash, dose.count = 2 -> clear\"]",
           "cases = [\"rash -> rash\"]");
  const Protocol protocol = protocol::parse_text(text).protocol;  // its cases say so too
  const Finding finding = find(verify(protocol, quick()), Aspect::kRest, "skin");
  CHECK(finding.outcome == Outcome::kFails);
}

TEST_CASE("a gap between the rules and what keeps a state") {
  const std::string stays = "name = \"treating\"\ntitle = \"treating\"\nallows = \"full\"\n";
  // Without it a stale ALT would be a gap of its own: the rule that asks for it restricts nothing.
  const std::string needs = "dosing_needs = [\"ALT\"]\n";
  const auto outcome = [&](const std::string& condition, Aspect aspect) {
    const Protocol protocol =
        toy_protocol(with(kToy, stays, stays + needs + "stays = \"" + condition + "\"\n"));
    return find(verify(protocol, quick()), aspect, "treating").outcome;
  };
  CHECK(outcome("ALT < 3 ULN and BILI < 2 ULN", Aspect::kExhaustive) == Outcome::kProved);
  CHECK(outcome("ALT < 3 ULN and BILI < 2 ULN", Aspect::kContradiction) == Outcome::kProved);
  CHECK(outcome("ALT < 2.9 ULN and BILI < 2 ULN", Aspect::kExhaustive) == Outcome::kFails);
  CHECK(outcome("ALT < 3.1 ULN and BILI < 2 ULN", Aspect::kContradiction) == Outcome::kFails);
  const Finding undeclared = find(verify(toy_protocol(), quick()), Aspect::kExhaustive, "treating");
  CHECK(undeclared.outcome == Outcome::kUndeclared);
}

TEST_CASE("a rule that hides a more restrictive one") {
  const std::string stop = "[[region.liver.transition]]\nid = \"liver.stop\"";
  const std::string block = kToy.substr(
      kToy.find(stop),
      kToy.find("[[region.liver.transition]]\nid = \"liver.confirm\"") - kToy.find(stop));
  const std::string text =
      with(with(kToy, block, ""), "[region.skin]\n", block + "[region.skin]\n");
  const Protocol protocol = toy_protocol(text);
  const Finding finding = find(verify(protocol, quick()), Aspect::kOrder, "treating");
  CHECK(finding.outcome == Outcome::kFails);
  CHECK(finding.claim.find("liver.confirm and liver.stop") != std::string::npos);
}

TEST_CASE("a timer that cannot act") {
  // With a reading of another test the clock no longer counts.
  const std::string text =
      with(kToy, "(state.age > 7 d and not ALT.new)", "(state.age > 7 d and not BILI.new)");
  const Protocol protocol = protocol::parse_text(text).protocol;
  CHECK(find(verify(protocol, quick()), Aspect::kTimer, "confirming").outcome == Outcome::kFails);
  CHECK(find(verify(toy_protocol(), quick()), Aspect::kTimer, "confirming").outcome ==
        Outcome::kProved);
}

// Steps of treatment by two clocks: of the state, and of the doses.
constexpr const char* kClock = R"toml(
[region.clock]
title = "clock"
initial = "ready"
[[region.clock.state]]
name = "ready"
title = "ready"
allows = "full"
[[region.clock.state]]
name = "early"
title = "early"
allows = "full"
stays = """not (known(treatment.age) and treatment.age >= 2 wk and state.age >= 26 wk)
  and not (known(dose.age) and dose.age > 29 d)"""
[[region.clock.state]]
name = "late"
title = "late"
allows = "full"
[[region.clock.state]]
name = "lapsed"
title = "lapsed"
allows = "withheld"
[[region.clock.transition]]
id = "clock.lapsed"
from = ["early", "late"]
to = "lapsed"
when = "dose.age > 29 d"
because = "a month without a dose"
source = "Label"
cases = ["dose.age = 28 d -> early", "dose.age = 29 d -> early", "dose.age = 30 d -> lapsed",
  "in late: dose.age = 30 d -> lapsed"]
[[region.clock.transition]]
id = "clock.start"
from = "ready"
to = "early"
when = "dose.age <= 29 d"
because = "a dose"
source = "Label"
cases = ["dose.count = 0 -> ready", "dose.age = 28 d -> early", "dose.age = 29 d -> early",
  "dose.age = 30 d -> ready"]
[[region.clock.transition]]
id = "clock.later"
from = "early"
to = "late"
when = "treatment.age >= 2 wk and state.age >= 26 wk"
because = "half a year"
source = "Label"
cases = ["treatment.age = 200 d, state.age = 181 d -> early",
  "treatment.age = 200 d, state.age = 182 d -> late",
  "treatment.age = 200 d, state.age = 183 d -> late",
  "treatment.age = 13 d, state.age = 182 d -> early",
  "treatment.age = 14 d, state.age = 182 d -> late",
  "treatment.age = 15 d, state.age = 182 d -> late"]
[[region.clock.transition]]
id = "clock.again"
from = "lapsed"
to = "ready"
when = "ALT.new and ALT < 3 ULN"
because = "a good test"
source = "Label"
cases = ["dose.age = 40 d, ALT = 2.9 ULN -> ready", "dose.age = 40 d, ALT = 3 ULN -> lapsed",
  "dose.age = 40 d, ALT = 3.1 ULN -> lapsed", "dose.age = 40 d, ALT missing -> lapsed",
  "dose.age = 40 d, ALT stale -> lapsed"]
)toml";

TEST_CASE("half a year of doses is one visit of a story") {
  const Protocol protocol = toy_protocol(kToy + kClock);
  Options options = quick();
  options.visits = 4;
  const Report report = verify(protocol, options);
  const Finding late = find(report, Aspect::kReached, "late");
  CHECK(late.outcome == Outcome::kShown);
  REQUIRE(late.patient);
  const auto doses =
      std::count_if(late.patient->facts.begin(), late.patient->facts.end(),
                    [](const PatientFact& fact) { return fact.kind == PatientFact::Kind::kDose; });
  CHECK(doses >= 182 / 29);
  CHECK(report.proved());
}

TEST_CASE("what comes true at noon is answered at midnight: no patient stays beyond a timer") {
  const Protocol protocol = toy_protocol(kToy + kClock);
  Options options = quick();
  options.reachability = false;
  CHECK(find(verify(protocol, options), Aspect::kTimer, "early").outcome == Outcome::kProved);
  const Protocol hasty =
      toy_protocol(with(kToy + kClock, "state.age >= 26 wk)\n  and", "state.age >= 25 wk)\n  and"));
  CHECK(find(verify(hasty, options), Aspect::kExhaustive, "early").outcome == Outcome::kFails);
}

TEST_CASE("what is counted is the latest reading") {
  // By its number alone a count would say nothing about the reading.
  const std::string counted =
      with(with(kToy, "[missed_dose]", "[count.good]\nof = \"ALT < 3 ULN\"\n\n[missed_dose]"),
           "when = \"ALT.new and ALT < 3 ULN\"", "when = \"ALT.new and count.good >= 2\"");
  const Protocol protocol =
      protocol::parse_text(counted +
                           invariant("resumes_only_when = \"ALT < 3 ULN\"", "liver.withheld"))
          .protocol;
  Options options = quick();
  options.reachability = false;
  CHECK(find(verify(protocol, options), Aspect::kInvariant, "it").outcome == Outcome::kProved);
}

TEST_CASE("every rule of the toy fires, every state is reached and left") {
  const Report report = verify(toy_protocol(), quick());
  CHECK(report.proved());
  for (const Finding& finding : report.findings) {
    const bool exists = finding.aspect == Aspect::kFires || finding.aspect == Aspect::kReached ||
                        finding.aspect == Aspect::kLeft;
    if (exists) CHECK_MESSAGE(finding.outcome == Outcome::kShown, finding.subject);
  }
}

TEST_CASE("a rule that never fires is not proved to") {
  const std::string text = with(kToy, "when = \"sign.rash and sign.pain\"",
                                "when = \"sign.rash and sign.pain and not sign.pain\"");
  const Report report = verify(protocol::parse_text(text).protocol, quick());
  CHECK(find(report, Aspect::kFires, "skin.worse").outcome == Outcome::kUndeclared);
  CHECK(find(report, Aspect::kReached, "pain").outcome == Outcome::kNotProved);
  CHECK_FALSE(report.proved());
}

TEST_CASE("a search that is cut short is not proved, never proved") {
  Options none = quick();
  none.stop = [] { return true; };
  const Report report = verify(toy_protocol(), none);
  CHECK(report.interrupted);
  CHECK_FALSE(report.proved());
}

TEST_CASE("a protocol with another region: what it is based on is not asked again") {
  Document base = Document::parse(kToy, "toy.toml");
  Document derived = Document::parse(
      "name = \"more\"\ntitle = \"with a clock\"\nsource = \"Label\"\nbased_on = \"toy\"\n"
      "conflicts = []\n" +
          std::string(kClock),
      "more.toml");
  const Protocol more = protocol::derive_protocol(derived, base, protocol::toy_surroundings());
  REQUIRE_MESSAGE(derived.faults().empty(), to_text(derived.faults()));
  Options options = quick();
  const Report of_base = verify(toy_protocol(), options);
  options.base = &of_base;
  options.visits = 4;
  const Report report = verify(more, options);
  CHECK(report.proved());
  CHECK(find(report, Aspect::kExhaustive, "treating").outcome == Outcome::kUndeclared);
  CHECK(find(report, Aspect::kTimer, "confirming").remark == "as in toy");
  CHECK(find(report, Aspect::kReached, "late").outcome == Outcome::kShown);
  CHECK(report.findings.size() > of_base.findings.size());
}

TEST_CASE("diff: a threshold that moved is found, with its patient") {
  const Protocol now = toy_protocol();
  Options options = quick();
  options.visits = 2;
  const DiffReport none = diff(now, toy_protocol(), options, 4);
  CHECK(none.differences.empty());
  CHECK(none.complete);
  const std::string text =
      with(with(with(kToy, "BILI >= 2 ULN", "BILI >= 1.5 ULN"), "BILI = 1.9 ULN", "BILI = 1.4 ULN"),
           "BILI = 2 ULN -> stopped\"", "BILI = 1.5 ULN -> stopped\"");
  const Protocol stricter = toy_protocol(text);
  const DiffReport report = diff(now, stricter, options, 1);
  REQUIRE(!report.differences.empty());
  CHECK_FALSE(report.disputed);
  const Difference& first = report.differences.front();
  CHECK(first.kind == "only the first lets a dose through");
  CHECK(first.second.find("stopped") != std::string::npos);
  CHECK(to_csv(first.patient).find("BILI,1.8,mg/dL,1.2") != std::string::npos);
}

TEST_CASE("mutants: every slip in the toy is caught") {
  const std::vector<Mutant> mutants = mutants_of(kToy);
  // 6 comparisons in rules, four ways each; 7 rules left out, and 9 of their states.
  CHECK(mutants.size() == 24 + 7 + 9);
  const auto verdicts = judge_mutants(kToy, protocol::toy_surroundings(), quick(), false);
  REQUIRE(verdicts.size() == mutants.size());
  for (const Verdict& one : verdicts) {
    INFO(one.rule, ": ", one.change);
    const bool left_out = one.change.starts_with("left out");  // the toy declares no `stays`
    CHECK((left_out || one.by_case || one.by_proof));
  }
}

}  // namespace
}  // namespace dosewright::verify
