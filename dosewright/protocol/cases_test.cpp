#include "dosewright/protocol/cases.hpp"

#include <set>

#include "dosewright/protocol/fixture_test.hpp"

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

// The toy protocol with the cases of one rule exchanged.
Faults faults_of(const std::string& piece, const std::string& other) {
  return parse_text(with(kToyProtocol, piece, other)).faults;
}

Result<Case> read_case(const Protocol& protocol, const std::string& text) {
  return parse_case({text, {"toy.toml", 7, 3}}, protocol, protocol.regions[0], 1);
}

}  // namespace

TEST_CASE("the parts of a case") {
  const Protocol protocol = toy_protocol();
  const Result<Case> one = read_case(
      protocol,
      "in withheld: ALT = 3 ULN, BILI missing, rash, no pain, state.age = 6 d, "
      "ALT.previous = 80 U/L, ALT.previous.age = 2 d, dose.count = 3, dose.amount = 200 mg "
      "then ALT = 2 ULN then 3 d later no test -> treating, owes liver, no dose");
  REQUIRE_MESSAGE(one.ok(), (one.ok() ? "" : to_text(one.faults())));
  CHECK(one->from == 2);
  CHECK(one->to == 0);
  REQUIRE(one->steps.size() == 3);
  CHECK(one->steps[0].items.size() == 9);
  CHECK(one->steps[0].items[0].value == doctest::Approx(lab(kAlt, 3).value));
  CHECK(one->steps[1].later == kWeek);
  CHECK(one->steps[2].later == 3 * kDay);
  CHECK(one->steps[2].items[0].kind == ItemKind::kNoTest);
  CHECK(one->owes == std::vector<int>{0});
  CHECK(one->dose == false);
}

TEST_CASE("cases that cannot be read say why, with their place") {
  const Protocol protocol = toy_protocol();
  const struct {
    std::string text, fault;
  } rows[] = {
      {"ALT = 3 ULN", "says what is decided"},
      {"ALT = 3 ULN -> confirmed", "no state 'confirmed'"},
      {"in somewhere: ALT = 3 ULN -> treating", "no state 'somewhere'"},
      {"in treating ALT = 3 ULN -> treating", "ends with a colon"},
      {"AST = 3 ULN -> treating", "no test 'AST'"},
      {"ALT = 3 -> treating", "unit"},
      {"ALT = 3 mg -> treating", "expected"},
      {"LDL = 3 ULN -> treating", "expected"},
      {"BILI stale -> treating", "never stale"},
      {"ALT = 3 ULN then ALT stale -> treating", "only at the beginning"},
      {"ALT = 3 ULN then state.age = 3 d -> treating", "first step"},
      {"state.age = 3 mg -> treating", "expected a time"},
      {"state.age = 300 a -> treating", "between 0 and 5 years"},
      {"ALT = 3 ULN then -1 d later ALT = 3 ULN -> treating", "between 0 and 5 years"},
      {"ALT = 3 ULN then 0 d later ALT = 3 ULN -> treating", "time runs forward"},
      {"rash then rash then rash then rash then rash then rash then rash then rash then rash then "
       "rash then rash then rash then rash then rash then rash then rash then rash then rash then "
       "rash then rash then rash -> treating",
       "at most 20 steps"},
      {"dose.count = many -> treating", "a whole number"},
      {"itch -> treating", "or a sign"},
      {"-> treating", "or a sign"},
      {"ALT = 3 ULN -> treating, owes kidney", "no panel 'kidney'"},
      {"ALT = 3 ULN -> treating, perhaps", "may say"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const Result<Case> one = read_case(protocol, row.text);
    REQUIRE_FALSE(one.ok());
    INFO(to_text(one.faults()));
    CHECK(has_fault(one.faults(), row.fault));
    CHECK(one.faults()[0].place.line == 7);
  }
}

TEST_CASE("a case that decides otherwise than written is a fault, with what was decided and why") {
  const Faults faults =
      faults_of("\"ALT = 3 ULN -> confirming, owes liver\"", "\"ALT = 3 ULN -> treating\"");
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].message.find("decides 'confirming', not 'treating'") != std::string::npos);
  CHECK(faults[0].hint.find("liver.confirm fires") != std::string::npos);
  CHECK(faults[0].hint.find("120 U/L") != std::string::npos);
  CHECK(faults[0].place.line > 1);
}

TEST_CASE("a case that promises a dose, none, or a test that is not owed") {
  CHECK(has_fault(
      faults_of("\"BILI missing -> treating, no dose", "\"BILI missing -> treating, dose"),
      "does not allow a dose"));
  CHECK(has_fault(
      faults_of("\"ALT = 2.9 ULN -> treating, dose\"", "\"ALT = 2.9 ULN -> treating, no dose\""),
      "allows a dose"));
  CHECK(has_fault(faults_of("\"ALT = 3 ULN -> confirming, owes liver\"",
                            "\"ALT = 3 ULN -> confirming, owes lipid\""),
                  "does not owe 'lipid'"));
}

TEST_CASE("each kind of case is required of each rule") {
  const struct {
    std::string piece, other, fault;
  } rows[] = {
      {"\"BILI = 1.9 ULN -> treating\", ", "", "below the threshold of 'BILI >= 2 ULN'"},
      {"\"ALT = 2.9 ULN -> treating, dose\", ", "", "below the threshold of 'ALT >= 3 ULN'"},
      {"\"ALT = 3 ULN -> confirming, owes liver\",", "", "at the threshold of 'ALT >= 3 ULN'"},
      {"\"ALT = 3.1 ULN -> confirming\", ", "", "above the threshold of 'ALT >= 3 ULN'"},
      {"\"ALT missing -> treating\", ", "", "missing: ALT"},
      {", \"ALT stale -> treating\"]", "]", "stale: ALT"},
      {"\"rash, pain -> pain\", \"pain -> clear\", \"in rash: rash, pain -> pain, dose\"",
       "\"rash -> rash\"", "the sign 'pain' present"},
      {"\"rash -> rash, dose\", \"no rash -> clear\"", "\"no rash -> clear\"", "the sign 'rash'"},
      {"\"no rash, dose.count = 1 -> rash\",", "", "below the threshold of 'dose.count >= 2'"},
      {"\"no test, state.age = 8 d -> withheld, no dose, owes liver\",", "",
       "above the threshold of 'state.age > 7 d'"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.fault);
    const Faults faults = faults_of(row.piece, row.other);
    INFO((faults.empty() ? std::string("none") : to_text(faults)));
    CHECK(has_fault(faults, row.fault));
  }
}

TEST_CASE("a rule that no case reaches is a fault") {
  const Faults faults = faults_of("when = \"sign.rash and sign.pain\"",
                                  "when = \"sign.rash and sign.pain and dose.count < 0\"");
  CHECK(has_fault(faults, "no case of 'skin.worse' shows it firing"));
}

TEST_CASE("rules that lead in a circle are found by their cases") {
  const Faults faults =
      faults_of("when = \"ALT.new and ALT < 3 ULN\"", "when = \"ALT < 3 ULN or ALT >= 3 ULN\"");
  CHECK(has_fault(faults, "does not come to rest"));
}

TEST_CASE("every rule of mipomersen is reached by a case, and every case holds") {
  const std::string folder = std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen/";
  Surroundings around;
  around.sources = Document::load(folder + "programme.toml").root().at("source").keys();
  Document labs = Document::load(folder + "labs.toml");
  for (Node table : labs.root().at("lab").items()) around.analytes.push_back(parse_analyte(table));
  Document regimens = Document::load(folder + "regimens.toml");
  around.regimens = parse_regimens(regimens.root(), &around.sources);
  REQUIRE_MESSAGE(regimens.faults().empty(), to_text(regimens.faults()));
  for (const char* name : {"label", "cs5", "cs12", "cs7"}) {
    Document document = Document::load(folder + "protocol/" + name + ".toml");
    const Protocol protocol = parse_protocol(document, around);
    CHECK_MESSAGE(document.faults().empty(), to_text(document.faults()));
    CHECK(protocol.name == name);
    CHECK(protocol.missed_dose->least_gap_to_next == 3 * kDay);
    std::set<std::string> rules;
    for (const Region& region : protocol.regions) {
      for (const Transition& rule : region.transitions) {
        rules.insert(rule.id);
        CHECK_FALSE(rule.source.empty());
      }
    }
    CHECK(rules.size() >= 8);
  }
}
