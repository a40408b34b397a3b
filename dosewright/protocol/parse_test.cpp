#include "dosewright/base/document.hpp"
#include "dosewright/base/file.hpp"
#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

TEST_CASE("a protocol is read whole") {
  const Protocol protocol = toy_protocol();
  CHECK(protocol.name == "toy");
  CHECK(protocol.conflicts.size() == 1);
  CHECK(protocol.vocabulary.signs == std::vector<std::string>{"rash", "pain"});
  REQUIRE(protocol.panels.size() == 2);
  CHECK(protocol.panels[0].mask == 3);
  CHECK(protocol.panel_of == std::vector<int>{0, 0, 1});
  CHECK(protocol.stale_after == std::vector<Minutes>{45 * kDay, 0, 0});
  CHECK(protocol.missed_dose->least_gap_to_next == 3 * kDay);
  CHECK(protocol.baseline->mean_within == doctest::Approx(0.12));
  REQUIRE(protocol.regions.size() == 2);
  CHECK(protocol.regions[0].name == "liver");
  CHECK(protocol.regions[0].transitions.size() == 7);
  CHECK(protocol.regions[1].states[1].weekly_mg == doctest::Approx(100));
}

TEST_CASE("a guard's program has only the inputs that it names") {
  const Protocol protocol = toy_protocol();
  const Transition& confirm = protocol.regions[0].transitions[3];
  CHECK(confirm.program.n_inputs == 2);  // ALT and its limit
  CHECK(confirm.slots.size() == 2);
  CHECK_FALSE(confirm.timed);
  CHECK_FALSE(confirm.restricts);
  const Transition& withhold = protocol.regions[0].transitions[4];
  CHECK(withhold.timed);
  CHECK(withhold.restricts);
  CHECK_FALSE(protocol.regions[0].states[0].timed);
  CHECK(protocol.regions[0].states[1].timed);
}

namespace {

struct Row {
  std::string piece, other, fault;
};
const Row kRows[] = {
    {"tests = [\"LDL\"]", "tests = [\"LDLC\"]", "no test 'LDLC'"},
    {"tests = [\"LDL\"]", "tests = [\"LDL\", \"LDL\"]", "stands twice"},
    {"[test.BILI]", "[test.BLI]", "no test 'BLI'"},
    {"stale_after = \"45 d\"", "stale_after = \"45 mg\"", "mg"},
    {"stale_after = \"45 d\"", "stale_after = \"200 a\"", "at most 100 years"},
    {"every = \"4 wk\"", "every = \"101 a\"", "at most 100 years"},
    {"stale_after = \"45 d\"", "stale_after = 45", "needs a unit"},
    {"stale_after = \"45 d\"", "stale_after = \"0 d\"", "keeps for longer than nothing"},
    {"mean_within = \"12 %\"", "mean_within = \"-12 %\"", "cannot be negative"},
    {"title = \"rash\"\n[sign.pain]",
     "title = \"rash\"\n[sign.itch]\ntitle = \"itch\"\n[sign.pain]",
     "no rule asks for the sign 'itch'"},
    {"[sign.rash]", "[sign.rash-red]", "a name is made of"},
    {"window = \"2 d\"", "window = \"4 d\"", "overlap"},
    {"\"1 wk\", \"3 wk\"", "\"3 wk\", \"1 wk\"", "planned times ascend"},
    {"until = \"13 wk\"", "until = \"3 wk\"", "ends after it begins"},
    {"every = \"4 wk\"", "every = \"0 wk\"", "longer than nothing"},
    {"at = [\"0 wk\"", "every = \"1 wk\"\nat = [\"0 wk\"", "either 'at' or"},
    {"panel = \"lipid\"", "panel = \"lipids\"", "no panel 'lipids'"},
    {"id = \"lipid-monthly\"", "id = \"liver-weekly\"", "two schedules"},
    {"source = \"Label\"\n[test.BILI]", "source = \"Lable\"\n[test.BILI]", "found 'Lable'"},
    {"initial = \"treating\"", "initial = \"treatment\"", "no state 'treatment'"},
    {"allows = \"withheld\"", "allows = \"held\"", "full, reduced, withheld or stopped"},
    {"regimen = \"low\"", "regimen = \"lo\"", "no regimen 'lo'"},
    {"regimen = \"low\"", "", "does not say to what"},
    {"title = \"treating\"\nallows = \"full\"",
     "title = \"treating\"\nallows = \"full\"\nregimen = \"low\"", "only a state that allows"},
    {"name = \"confirming\"", "name = \"treating\"", "two states 'treating'"},
    {"id = \"liver.confirm\"", "id = \"confirm\"", "begins with its region"},
    {"id = \"liver.confirm\"", "id = \"liver.stop\"", "two rules 'liver.stop'"},
    {"to = \"confirming\"", "to = \"treating\"", "leads back"},
    {"cause = \"liver rule\"", "", "records no cause"},
    {"because = \"elevation\"", "because = \"elevation\"\ncause = \"x\"", "only a rule that stops"},
    {"from = [\"treating\", \"confirming\", \"withheld\"]", "from = []", "at least one state"},
    {"from = [\"treating\", \"confirming\", \"withheld\"]", "from = [\"treating\", \"treating\"]",
     "twice in 'from'"},
    {"when = \"ALT >= 3 ULN\"", "when = \"ALT >= 3\"", "ALT"},
    {"when = \"ALT >= 3 ULN\"", "when = \"AST >= 3 ULN\"", "AST"},
    {"when = \"ALT >= 3 ULN\"", "when = \"ALT\"", "ALT"},
    {"when = \"ALT >= 3 ULN\"", "when = \"ALT >= 3 ULN and ALT.age - state.age > 3 d\"",
     "ages are compared, not calculated with"},
    {"when = \"ALT >= 3 ULN\"", "when = \"ALT >= 3 ULN and state.age > 90.5 h\"", "whole hours"},
    {"when = \"ALT >= 3 ULN\"", "when = \"ALT >= 3 ULN and LDL >= 3 mg/dL\"",
     "nothing says when a reading is stale"},
    {"tests = [\"ALT\", \"BILI\"]", "tests = [\"ALT\"]", "no panel measures it"},
    {"panel = \"liver\", within", "panel = \"livr\", within", "no panel 'livr'"},
    {"name = \"toy\"", "nam = \"toy\"", "'name' is missing"},
    {"suspends_schedules = true", "suspend_schedules = true", "suspend_schedules"},
};

}  // namespace

TEST_CASE("one row, one fault: what stands in the file and what is said of it") {
  for (const Row& row : kRows) {
    const Parsed parsed = parse_text(with(kToyProtocol, row.piece, row.other));
    CAPTURE(row.other);
    INFO("faults: ", parsed.faults.empty() ? "none" : to_text(parsed.faults));
    CHECK(has_fault(parsed.faults, row.fault));
    for (const Fault& fault : parsed.faults) CHECK(fault.place.file == "toy.toml");
  }
}

TEST_CASE("a test that is a time is compared with any time, an age with whole hours only") {
  Surroundings surroundings = toy_surroundings();
  surroundings.analytes.back() = make_analyte("LDL", "s", 0);
  const auto faults_of_rule = [&](const std::string& when) {
    const std::string text =
        with(kToyProtocol, "when = \"ALT >= 3 ULN\"", "when = \"" + when + "\"");
    return parse_text(text, surroundings).faults;
  };
  CHECK(!has_fault(faults_of_rule("ALT >= 3 ULN or LDL > 20 s"), "whole hours"));
  CHECK(has_fault(faults_of_rule("ALT >= 3 ULN or LDL.age > 20 s"), "whole hours"));
}

TEST_CASE("a state that no rule reaches, and one that is never left") {
  std::string text = kToyProtocol;
  text = with(text, "[[region.liver.transition]]",
              "[[region.liver.state]]\nname = \"island\"\ntitle = \"x\"\nallows = \"withheld\"\n"
              "[[region.liver.transition]]");
  const Faults faults = parse_text(text).faults;
  CHECK(has_fault(faults, "no rule ever leads to state 'island'"));
  CHECK(has_fault(faults, "withholds doses and is never left"));
}

TEST_CASE("faults of all parts of a file are told at once, each at its place") {
  std::string text = kToyProtocol;
  text = with(text, "stale_after = \"45 d\"", "stale_after = \"45\"");
  text = with(text, "window = \"2 d\"", "window = \"2 mg\"");
  text = with(text, "when = \"BILI >= 2 ULN\"", "when = \"BILI >= \"");
  text = with(text, "when = \"ALT >= 3 ULN\"", "when = \"ALT + BILI >= 3 U/L\"");
  text = with(text, "regimen = \"lower\"", "regimen = \"lowest\"");
  text = with(text, "source = \"Label, sec. 6\"", "sauce = \"Label, sec. 6\"");
  const Faults faults = parse_text(text).faults;
  INFO(to_text(faults));
  CHECK(faults.size() >= 7);
  for (const std::string words : {"'45' needs a unit", "found mass", "expected a name, a number",
                                  "ALT [U/L] and BILI", "lowest", "sauce", "source' is missing"}) {
    CAPTURE(words);
    CHECK(to_text(faults).find(words) != std::string::npos);
  }
}

TEST_CASE("the fault of a guard points into the guard") {
  const Faults faults =
      parse_text(with(kToyProtocol, "when = \"ALT >= 3 ULN\"", "when = \"ALT >= 3 QQQ\"")).faults;
  REQUIRE_FALSE(faults.empty());
  CHECK(faults[0].place.file == "toy.toml");
  CHECK(faults[0].place.column > 8);  // behind `when = "`
}

TEST_CASE("an empty file, a wrong kind, a broken file: faults, never a crash") {
  const std::string stateless = R"toml(
[[region.a.transition]]
id = "a.b"
from = "x"
to = "y"
when = "state.age > 3 d"
because = "x"
source = "Label"
cases = ["x"]
)toml";
  for (const std::string& text :
       {stateless, std::string(), std::string("region = 3\npanel = 'x'"), std::string("[region.a]"),
        std::string("[[region.a.state]]"), std::string("[region.a]\nstate = []"),
        std::string("[region.a]\ninitial = 'x'\n[[region.a.transition]]"), std::string("name = "),
        std::string("[panel]\nx = 1"), std::string("schedule = 'x'"), std::string("[sign]\nx = 3"),
        std::string("[test]\nALT = 1")}) {
    CAPTURE(text);
    CHECK_FALSE(parse_text(text).faults.empty());
  }
}

TEST_CASE("more tests, signs and regions than a mask holds") {
  Surroundings around = toy_surroundings();
  for (int i = 0; i < 70; ++i) {
    around.analytes.push_back(make_analyte(("X" + std::to_string(i)).c_str(), "U/L", 1));
  }
  CHECK(has_fault(parse_text(kToyProtocol, around).faults, "at most 64 tests"));
  std::string signs;
  for (int i = 0; i < 70; ++i) signs += "[sign.s" + std::to_string(i) + "]\ntitle = 'x'\n";
  CHECK(has_fault(parse_text(with(kToyProtocol, "[missed_dose]", signs + "[missed_dose]")).faults,
                  "at most 64 signs"));
}

TEST_CASE("a protocol may be moved while a patient refers to it") {
  Protocol first = toy_protocol();
  PatientState state = Executor(first).start(0);
  const std::vector<Fact> facts = {lab(kAlt, 4), lab(kBili, 1)};
  Executor(first).observe(state, 0, facts, nullptr);
  const Protocol second = std::move(first);
  const Decision decision = Executor(second).decision(state);
  CHECK(decision.states.front() == "confirming");
  CHECK(decision.obligations.front().because == "confirm the elevation");
}

TEST_CASE("the protocol that docs/protocol.md teaches is good") {
  const Result<std::string> page = read_text(std::string(DOSEWRIGHT_ROOT) + "/docs/protocol.md");
  REQUIRE(page.ok());
  const std::size_t begin = page->find("```toml\n");
  REQUIRE(begin != std::string::npos);
  const std::size_t end = page->find("```", begin + 8);
  const Faults faults = parse_text(page->substr(begin + 8, end - begin - 8)).faults;
  CHECK_MESSAGE(faults.empty(), to_text(faults));
}
