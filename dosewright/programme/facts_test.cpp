#include <doctest/doctest.h>

#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

const Known kKnown{{"S1"}, {}, {"label"}};

template <class Read>
std::string faults_of(const std::string& text, Programme& programme, Read read) {
  Document document = Document::parse(text, "x.toml");
  read(document.root(), kKnown, programme);
  return document.faults().empty() ? "" : to_text(document.faults());
}

void says(const std::string& faults, const std::string& part) {
  CHECK_MESSAGE(faults.find(part) != std::string::npos, "expected '", part, "' in:\n", faults);
}

const std::string kFact = "[[fact]]\nid = \"hofh\"\ntitle = \"HoFH\"\nsource = \"S1\"\n";

TEST_CASE("facts: terms, codes, grades, units; names twice, bad names, unknown sources") {
  Programme programme;
  CHECK(faults_of(
            kFact + "terms = [\"homozygous\"]\ncodes = [{ system = \"ICD-10\", value = \"E78\" }]\n"
                    "[[fact]]\nid = \"weight\"\ntitle = \"weight\"\nunit = \"kg\"\nstale_after = "
                    "\"90 d\"\nsource = \"S1\"\n",
            programme, read_facts)
            .empty());
  REQUIRE(programme.facts.size() == 2);
  CHECK(programme.facts[0].codes[0].value == "E78");
  CHECK(programme.facts[1].unit->code == "kg");
  CHECK(programme.fact("weight") == &programme.facts[1]);
  CHECK(programme.fact("wieght") == nullptr);
  Programme other;
  says(faults_of(kFact + kFact, other, read_facts), "there are two facts 'hofh'");
  says(faults_of("[[fact]]\nid = \"Ho FH\"\ntitle = \"x\"\nsource = \"S1\"\n", other, read_facts),
       "one word that questions can use");
  says(faults_of("[[fact]]\nid = \"a\"\ntitle = \"x\"\nsource = \"S9\"\n", other, read_facts),
       "S9");
}

TEST_CASE("a fact may only imply what is known") {
  Programme programme;
  Document document = Document::parse(kFact + "implies = [\"hofhh\"]\n", "x.toml");
  read_facts(document.root(), kKnown, programme);
  check_facts(document.root(), programme);
  says(to_text(document.faults()), "unknown fact or sign 'hofhh'");
}

TEST_CASE("interactions: level, amount a day, days a week") {
  const std::string text =
      "[[interaction]]\nid = \"a\"\ntitle = \"a\"\nlevel = \"monitor\"\neffect = \"e\"\nsays = "
      "\"s\"\n"
      "names = [\"a\"]\nsource = \"S1\"\n";
  Programme programme;
  CHECK(faults_of(
            text +
                "above = { above = \"4 g/d\", days_per_week = 3, says = \"x\", source = \"S1\" }\n",
            programme, read_interactions)
            .empty());
  CHECK(programme.interactions[0].above_mg_per_day == doctest::Approx(4000));
  says(faults_of(
           text + "above = { above = \"4 g\", days_per_week = 9, says = \"x\", source = \"S1\" }\n",
           programme, read_interactions),
       "days a week from 1 to 7");
  std::string wrong = text;
  wrong.replace(wrong.find("monitor"), 7, "watch");
  says(faults_of(wrong, programme, read_interactions), "expected level monitor, modify or avoid");
}

TEST_CASE("reactions: a share, a range, or words") {
  const std::string head =
      "[[reaction]]\nid = \"r\"\nterm = \"Rash\"\norgan_class = \"Skin\"\nsource = \"S1\"\n";
  Programme programme;
  CHECK(
      faults_of(head + "share = \"5 %\"\nplacebo = \"1 %\"\n", programme, read_reactions).empty());
  CHECK(programme.reactions[0].share_low == doctest::Approx(0.05));
  Programme other;
  says(faults_of(head, other, read_reactions), "is not said");
  says(faults_of(head + "share = \"120 %\"\n", other, read_reactions), "between 0 and 100 %");
}

TEST_CASE("questions of criteria are checked over tests and facts") {
  const auto ask = [](const std::string& question) {
    Programme programme;
    faults_of(kFact, programme, read_facts);
    Document document = Document::parse(
        "criterion = [{ id = \"c\", kind = \"include\", profiles = [\"label\"], says = \"s\", when "
        "= \"" +
            question + "\", source = \"S1\" }]\n",
        "e.toml");
    read_eligibility(document.root(), kKnown, programme);
    Faults faults = document.faults();
    read_questions(document.root(), programme, faults);
    return faults.empty() ? std::string() : to_text(faults);
  };
  CHECK(ask("fact.hofh and patient.age >= 18 a").empty());
  says(ask("fact.hofhh"), "hofhh");
  says(ask("patient.age"), "");
  CHECK(!ask("patient.age >= 18 mg").empty());
  CHECK(!ask("patient.age").empty());
}

TEST_CASE("the status in force on a day") {
  Programme programme;
  programme.history = {{"US", "", "applied", "under review", "S1"},
                       {"US", "2013-01", "approved", "approved", "S1"},
                       {"US", "2015-07-28", "changed", "", "S1"},
                       {"US", "2019", "withdrawn", "withdrawn", "S1"}};
  const auto status = [&](int year, int month, int day) {
    const Milestone* found = programme.status_on("US", date_from_civil(year, month, day));
    return found == nullptr ? std::string() : found->status;
  };
  CHECK(status(2010, 1, 1) == "under review");
  CHECK(status(2013, 1, 30) == "under review");
  CHECK(status(2013, 1, 31) == "approved");
  CHECK(status(2016, 1, 1) == "approved");
  CHECK(status(2019, 12, 30) == "approved");
  CHECK(status(2019, 12, 31) == "withdrawn");
  CHECK(programme.status_on("EU", date_from_civil(2019, 1, 1)) == nullptr);
}

}  // namespace
}  // namespace dosewright::programme
