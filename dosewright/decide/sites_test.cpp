#include <nlohmann/json.hpp>

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

using Verdict = SiteAnswer::Verdict;

std::string dose_at(const std::string& date, const std::string& text) {
  return date + ",dose,,200,mg,,," + text + "\n";
}

std::string begun() {
  return eligible() + panel("2013-04-24", "30");
}

Verdict verdict(const Answer& answer, const std::string& name) {
  for (const SiteAnswer& one : answer.sites.sites) {
    if (one.name == name) return one.verdict;
  }
  FAIL("no site " << name);
  return Verdict::kFree;
}

bool is_asked(const Answer& answer, const std::string& part) {
  for (const std::string& question : answer.sites.questions) {
    if (question.find(part) != std::string::npos) return true;
  }
  return false;
}

int n_warnings(const Answer& answer, const std::string& id) {
  int n = 0;
  for (const Warning& one : answer.warnings) n += one.id == id ? 1 : 0;
  return n;
}

TEST_CASE("the place of the last dose rests, and the one that was left alone longest is next") {
  const Answer answer = answer_of(begun() + dose_at("2013-05-01", "left thigh") +
                                      dose_at("2013-05-08", "Right THIGH") +
                                      dose_at("2013-05-15", "upper arm (left)"),
                                  "2013-05-20");
  CHECK(answer.order.action == Action::kGive);
  REQUIRE(answer.sites.log.size() == 3);
  CHECK(answer.sites.log[0].name == "left outer upper arm");
  CHECK(answer.sites.log[2].at == day("2013-05-01"));
  CHECK(verdict(answer, "left outer upper arm") == Verdict::kResting);
  CHECK(verdict(answer, "left abdomen") == Verdict::kNext);
  CHECK(verdict(answer, "left thigh") == Verdict::kFree);
  CHECK(answer.sites.questions.empty());
  CHECK(n_warnings(answer, "sites.rotation") == 0);
  CHECK(answer_text(answer).find("where: left abdomen") != std::string::npos);
  const Answer all = answer_of(
      begun() + dose_at("2013-05-01", "left thigh") + dose_at("2013-05-08", "left abdomen") +
          dose_at("2013-05-15", "right abdomen") + dose_at("2013-05-22", "right thigh") +
          dose_at("2013-05-29", "left upper arm") + dose_at("2013-06-05", "right upper arm"),
      "2013-06-06");
  REQUIRE(all.sites.next() != nullptr);
  CHECK(all.sites.next()->name == "left thigh");
}

TEST_CASE("the same place twice in a row is a warning with its source") {
  const Answer answer =
      answer_of(begun() + dose_at("2013-05-01", "left thigh") +
                    dose_at("2013-05-08", "left thigh") + dose_at("2013-05-15", "right thigh"),
                "2013-05-20");
  CHECK(n_warnings(answer, "sites.rotation") == 1);
  for (const Warning& one : answer.warnings) {
    if (one.id != "sites.rotation") continue;
    CHECK(one.saw == "left thigh on 2013-05-01 and on 2013-05-08");
    CHECK(one.source.find("S4") == 0);
  }
}

TEST_CASE("a place that is not said, has no side, or is no site is asked for and never guessed") {
  const Answer silent = answer_of(begun() + dose_at("2013-05-01", ""), "2013-05-03");
  CHECK(silent.sites.next() == nullptr);
  CHECK(verdict(silent, "left thigh") == Verdict::kUnclear);
  CHECK(is_asked(silent, "where was the dose of 2013-05-01 given?"));
  CHECK(silent.sites.log.at(0).place == SiteUse::Place::kNotSaid);
  const Answer sideless = answer_of(begun() + dose_at("2013-05-01", "thigh"), "2013-05-03");
  CHECK(verdict(sideless, "left thigh") == Verdict::kUnclear);
  CHECK(verdict(sideless, "right thigh") == Verdict::kUnclear);
  REQUIRE(sideless.sites.next() != nullptr);
  CHECK(sideless.sites.next()->name == "left abdomen");
  // Words beside a dose may be about anything.
  CHECK(answer_of(begun() + dose_at("2013-05-01", "given late"), "2013-05-03")
            .sites.log.at(0)
            .place == SiteUse::Place::kNotSaid);
  for (const char* both : {"left or right thigh", "left right thigh", "the thigh"}) {
    CHECK(answer_of(begun() + dose_at("2013-05-01", both), "2013-05-03").sites.log.at(0).place ==
          SiteUse::Place::kNotSaid);
  }
}

Answer answer_with_sites(const std::string& rows, const std::string& at) {
  const File file("date,kind,code,value,unit,uln,until,text,site\n" + rows);
  const auto patient = read_patient(mipomersen(), request_at(file.path(), at));
  REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
  auto answered = answer({&mipomersen(), "label", "", "", day(at)}, *patient);
  REQUIRE(answered.ok());
  return *answered;
}

// Rows of the shorter header, with a ninth cell.
std::string widened(std::string rows) {
  for (std::size_t at = 0; (at = rows.find('\n', at)) != std::string::npos; at += 2) {
    rows.insert(at, ",");
  }
  return rows;
}

TEST_CASE("the column site: words, a code, and a place that the programme does not list") {
  const std::string hl7 = "http://terminology.hl7.org/CodeSystem/v3-ActSite";
  const Answer coded =
      answer_with_sites(widened(begun()) + "2013-05-01,dose,,200,mg,,,,left thigh\n" +
                            "2013-05-08,dose,,200,mg,,,,arm\n",
                        "2013-05-10");
  CHECK(coded.sites.log.at(1).name == "left thigh");
  CHECK(coded.sites.log.at(0).place == SiteUse::Place::kElsewhere);
  CHECK(coded.sites.log.at(0).name == "arm");
  CHECK(coded.sites.next() == nullptr);
  CHECK(is_asked(coded, "The file says 'arm', which is no site of this programme"));
  CHECK(n_warnings(coded, "sites.elsewhere") == 1);
  const auto thigh = [](std::vector<exchange::Code> said) {
    exchange::Entry entry;
    entry.kind = exchange::EntryKind::kDose;
    entry.at = day("2013-05-01");
    entry.value = 200;
    entry.unit = "mg";
    entry.site = std::move(said);
    PatientRequest request;
    request.at = day("2013-05-02");
    PatientEntries entries(mipomersen(), request);
    entries.take(std::move(entry));
    return entries.finish({})->injections.at(0).spot;
  };
  CHECK(thigh({{hl7, "LT"}}) == thigh({{"", "Left thigh"}}));
  CHECK(thigh({{hl7, "LT"}, {"", "thigh"}}).side == programme::Side::kLeft);
  CHECK(thigh({{"", "thigh"}, {hl7, "LT"}}).side == programme::Side::kLeft);
  CHECK(!thigh({{hl7, "LT"}, {"", "right thigh"}}).listed());
  CHECK(!thigh({{hl7, "LT"}, {"", "abdomen"}}).listed());
  CHECK(!thigh({{hl7, "BU"}}).listed());
}

TEST_CASE("an open reaction makes its place unfit, until it is over there") {
  const std::string rows = begun() + dose_at("2013-05-01", "left thigh") +
                           dose_at("2013-05-08", "right abdomen") +
                           "2013-05-02,reaction,injection_site_reaction,1,,,,left thigh\n"
                           "2013-05-09,reaction,recall_reaction,1,,,,right thigh\n";
  const Answer open = answer_of(rows, "2013-05-10");
  CHECK(verdict(open, "left thigh") == Verdict::kUnfit);
  CHECK(verdict(open, "right thigh") == Verdict::kUnfit);
  CHECK(verdict(open, "left abdomen") == Verdict::kNext);
  CHECK(open.order.action == Action::kGive);
  const Answer over = answer_of(
      rows + "2013-05-10,reaction,injection_site_reaction,0,,,,left thigh\n", "2013-05-11");
  CHECK(verdict(over, "left thigh") == Verdict::kFree);
  CHECK(verdict(over, "right thigh") == Verdict::kUnfit);
  const Answer nowhere = answer_of(begun() + dose_at("2013-05-01", "left thigh") +
                                       "2013-05-02,reaction,injection_site_reaction,1,,,,\n",
                                   "2013-05-10");
  CHECK(verdict(nowhere, "right thigh") == Verdict::kFree);
  CHECK(is_asked(nowhere, "since 2013-05-02, nobody said where"));
}

TEST_CASE("two places of one reaction: it is over where both are over") {
  const std::string rows = begun() + dose_at("2013-05-01", "left thigh") +
                           "2013-05-02,reaction,injection_site_reaction,3,,,,left thigh\n"
                           "2013-05-03,reaction,injection_site_reaction,1,,,,right thigh\n"
                           "2013-05-04,reaction,injection_site_reaction,0,,,,right thigh\n";
  const auto state = [&](const std::string& more) {
    const Answer answer = answer_of(rows + more, "2013-05-06", "study");
    for (const RegionAnswer& one : answer.regions) {
      if (one.name == "injection_site") return one.state;
    }
    return std::string();
  };
  CHECK(state("") == "fractionated");
  const Answer label = answer_of(rows, "2013-05-06");
  for (const RegionAnswer& one : label.regions) {
    if (one.name == "injection_site") CHECK(one.state == "reacting");
  }
  const Answer over = answer_of(
      rows + "2013-05-05,reaction,injection_site_reaction,0,,,,left thigh\n", "2013-05-06");
  for (const RegionAnswer& one : over.regions) {
    if (one.name == "injection_site") CHECK(one.state == "quiet");
  }
}

TEST_CASE("skin to avoid, a side that was not said, and no place left") {
  std::string rows = begun() + "2013-04-20,fact,tattoo,yes,,,,thigh\n" +
                     "2013-04-20,fact,psoriasis,yes,,,,left upper arm\n";
  const Answer some = answer_of(rows, "2013-05-01");
  CHECK(verdict(some, "left thigh") == Verdict::kUnfit);
  CHECK(verdict(some, "right thigh") == Verdict::kUnfit);
  CHECK(verdict(some, "left outer upper arm") == Verdict::kUnfit);
  CHECK(verdict(some, "right outer upper arm") == Verdict::kFree);
  CHECK(some.order.action == Action::kGive);
  CHECK(answer_text(some).find("the side was not said") != std::string::npos);
  rows += dose("2013-05-01") + "2013-05-02,fact,sunburn,yes,,,2013-05-20,abdomen\n" +
          "2013-05-02,fact,scar,yes,,,,right upper arm\n";
  const Answer none = answer_of(rows, "2013-05-06");
  CHECK(none.order.action == Action::kWithhold);
  CHECK(none.order.because.at(0).find("no place is left to inject") == 0);
  CHECK(answer_of(rows, "2013-05-21").order.action == Action::kGive);
}

TEST_CASE("the log and the places as JSON") {
  const auto json = nlohmann::json::parse(answer_json(answer_of(
      begun() + dose_at("2013-05-01", "left thigh") + dose_at("2013-05-08", ""), "2013-05-09")));
  CHECK(json["sites"]["next"].is_null());
  CHECK(json["sites"]["log"][0]["site"].is_null());
  CHECK(json["sites"]["log"][1]["site"] == "left thigh");
  CHECK(json["sites"]["log"][1]["listed"] == true);
  CHECK(json["sites"]["sites"].size() == 6);
  CHECK(json["sites"]["source"].get<std::string>().find("S4") == 0);
}

}  // namespace
}  // namespace dosewright::decide
