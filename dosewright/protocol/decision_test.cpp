#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

bool mentions(const std::string& text, const std::string& words) {
  return text.find(words) != std::string::npos;
}

const RuleVerdict* find_rule(const Decision& decision, const std::string& id) {
  for (const RuleVerdict& rule : decision.rules) {
    if (rule.rule == id) return &rule;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("a decision lists every rule that was asked, what it saw and what it said") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 2), lab(kBili, 1), dose()});
  const Decision decision = patient.executor.decision(patient.state);
  CHECK(decision.permission == Permission::kFull);
  CHECK(decision.region.empty());
  CHECK(decision.states == std::vector<std::string>{"treating", "clear"});
  CHECK(decision.rules.size() == 4);
  const RuleVerdict* confirm = find_rule(decision, "liver.confirm");
  REQUIRE(confirm != nullptr);
  CHECK(confirm->verdict == 0);
  CHECK(confirm->source == "Label, sec. 5.2");
  REQUIRE(confirm->seen.size() == 1);
  CHECK(confirm->seen[0].text == "ALT >= 3 ULN");
  CHECK(mentions(confirm->seen[0].values, "80 U/L"));
}

TEST_CASE("a withheld dose is explained by the rule that led there and its source") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 4), lab(kBili, 1), dose()});
  patient.see(kWeek, {lab(kAlt, 4), lab(kBili, 1)});
  const Decision decision = patient.executor.decision(patient.state);
  CHECK(decision.permission == Permission::kWithheld);
  CHECK(decision.region == "liver");
  CHECK_FALSE(decision.unanswered);
  CHECK(mentions(decision.because, "liver.withhold"));
  CHECK(mentions(decision.because, "confirmed, or not repeated in time"));
  CHECK(mentions(decision.because, "[Label, sec. 5.2]"));
  REQUIRE_FALSE(decision.obligations.empty());
  CHECK(decision.obligations.back().rule == "lipid-monthly");
}

TEST_CASE("a reduced dose names its regimen") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 1), lab(kBili, 1), sign(kRash), dose()});
  const Decision decision = patient.executor.decision(patient.state);
  CHECK(decision.permission == Permission::kReduced);
  CHECK(decision.regimen == "low");
  CHECK(decision.region == "skin");
}

TEST_CASE("an open question says which reading is missing or stale, and owes it now") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 1)});
  Decision decision = patient.executor.decision(patient.state);
  CHECK(decision.permission == Permission::kWithheld);
  CHECK(decision.unanswered);
  CHECK(mentions(decision.because, "liver.stop cannot be answered (BILI is missing)"));
  CHECK(lang::is_unknown(find_rule(decision, "liver.stop")->verdict));
  bool owed = false;
  for (const Obligation& one : decision.obligations) {
    owed |= one.panel == 0 && one.due <= patient.state.now && mentions(one.because, "BILI");
  }
  CHECK(owed);
}

TEST_CASE("obligations come by due time, with what they are for") {
  const Protocol protocol = toy_protocol();
  Patient patient(protocol);
  patient.see(0, {lab(kAlt, 4), lab(kBili, 1), dose()});
  const Decision decision = patient.executor.decision(patient.state);
  REQUIRE(decision.obligations.size() == 3);
  for (std::size_t i = 1; i < decision.obligations.size(); ++i) {
    CHECK(decision.obligations[i - 1].due <= decision.obligations[i].due);
  }
  CHECK(decision.obligations[0].rule == "liver.confirm");
  CHECK(decision.obligations[0].source == "Label, sec. 5.2");
  CHECK(decision.obligations[1].rule == "liver-weekly");
  CHECK(decision.obligations[1].window == 2 * kDay);
}

TEST_CASE("deciding is a fold over the timeline up to the instant asked about") {
  const Protocol protocol = toy_protocol();
  const auto at = [](Minutes time, Fact fact) { return fact.at = time, fact; };
  const Timeline timeline = {at(0, dose()),
                             at(0, lab(kAlt, 1)),
                             at(0, lab(kBili, 1)),
                             at(30 * kDay, lab(kAlt, 4)),
                             at(10 * kDay, lab(kAlt, 4)),
                             at(10 * kDay, lab(kBili, 1))};
  const Decided early = decide(protocol, timeline, 0, 9 * kDay);
  CHECK(early.decision.permission == Permission::kFull);
  CHECK(early.log.empty());
  CHECK(early.state.n_doses == 1);
  const Decided middle = decide(protocol, timeline, 0, 12 * kDay);
  CHECK(middle.decision.states.front() == "confirming");
  const Decided late = decide(protocol, timeline, 0, 25 * kDay);
  CHECK(late.decision.states.front() == "withheld");  // not repeated within a week
  CHECK(late.decision.at == 25 * kDay);
}

TEST_CASE("facts before the start move it, and an empty timeline withholds") {
  const Protocol protocol = toy_protocol();
  Fact early = lab(kAlt, 1);
  early.at = -30 * kDay;
  CHECK(decide(protocol, {early}, 0, kDay).state.started == -30 * kDay);
  const Decided nothing = decide(protocol, {}, 0, kDay);
  CHECK(nothing.decision.permission == Permission::kWithheld);
  CHECK(nothing.decision.unanswered);
  CHECK(decide(protocol, {early}, 0, -60 * kDay).state.now == -60 * kDay);
}
