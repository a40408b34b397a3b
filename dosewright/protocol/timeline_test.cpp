#include "dosewright/protocol/timeline.hpp"

#include <doctest/doctest.h>

using namespace dosewright;
using namespace dosewright::protocol;

namespace {

Analyte read(const std::string& toml, Faults& faults) {
  Document document = Document::parse(toml, "labs.toml");
  Node root = document.root();
  const Analyte analyte = parse_analyte(root);
  faults = document.faults();
  return analyte;
}

}  // namespace

TEST_CASE("an analyte keeps its limits in canonical units") {
  Faults faults;
  const Analyte alt = read(
      "code = 'ALT'\ntitle = 'alanine aminotransferase'\nloinc = '1742-6'\nunit = 'U/L'\n"
      "uln = '41 U/L'\nlln = '5 U/L'\nsource = 'S1'\n",
      faults);
  CHECK(faults.empty());
  CHECK(alt.code == "ALT");
  CHECK(alt.unit.from_canonical(alt.uln) == doctest::Approx(41));
  CHECK(alt.unit.from_canonical(alt.lln) == doctest::Approx(5));
}

TEST_CASE("every fault of an analyte is told at once") {
  Faults faults;
  read("code = '3 ALT'\ntitle = 'x'\nunit = 'U/L'\nuln = '41 mg'\nlln = '-1 U/L'\n", faults);
  CHECK(faults.size() == 3);
  read("code = 'ALT'\ntitle = 'x'\nunit = 'U/L'\nuln = '41 U/L'\n", faults);
  CHECK(to_text(faults).find("need a source") != std::string::npos);
  read("code = 'ALT'\ntitle = 'x'\nunit = 'U/Q'\n", faults);
  CHECK(faults.size() == 1);
  read("code = 'A'\ntitle = 'x'\nunit = 'U/L'\nuln = '4 U/L'\nlln = '5 U/L'\nsource = 'S1'\n",
       faults);
  CHECK(to_text(faults).find("not above the lower one") != std::string::npos);
}

TEST_CASE("words are found by their code, and only by it") {
  Vocabulary words;
  words.analytes.resize(2);
  words.analytes[0].code = "ALT";
  words.analytes[1].code = "AST";
  words.signs = {"rash"};
  CHECK(words.analyte("AST") == 1);
  CHECK(words.analyte("A") == -1);
  CHECK(words.sign("rash") == 0);
  CHECK(words.sign("ALT") == -1);
}

TEST_CASE("at one instant readings come before the dose, and otherwise order is kept") {
  Timeline timeline = {{5, FactKind::kDose, 0, 200, 0},
                       {5, FactKind::kLab, 1, 1, 0},
                       {1, FactKind::kLab, 2, 2, 0},
                       {5, FactKind::kLab, 1, 3, 0},
                       {5, FactKind::kSymptom, 0, 0, 0}};
  sort_timeline(timeline);
  CHECK(timeline[0].at == 1);
  CHECK(timeline[1].value == 1);
  CHECK(timeline[2].value == 3);
  CHECK(timeline[3].kind == FactKind::kSymptom);
  CHECK(timeline[4].kind == FactKind::kDose);
}
