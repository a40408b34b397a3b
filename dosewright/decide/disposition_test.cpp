#include <filesystem>
#include <nlohmann/json.hpp>

#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::decide {
namespace {

std::string on_treatment() {
  return eligible() + panel("2013-04-24", "30") + dose("2013-05-01") + dose("2013-05-08") +
         dose("2013-05-15");
}

std::string ends(const std::string& date, const std::string& how, const std::string& text = "") {
  return date + ",disposition," + how + ",,,,," + text + "\n";
}

bool says(const Answer& answer, const std::string& part) {
  for (const std::string& because : answer.order.because) {
    if (because.find(part) != std::string::npos) return true;
  }
  return false;
}

TEST_CASE("whoever ended is given no dose, and the order says how it ended") {
  for (const char* how : {"completed", "discontinued", "withdrew", "lost", "died"}) {
    const Answer answer =
        answer_of(on_treatment() + ends("2013-05-20", how, "moved away"), "2013-05-22");
    CHECK(answer.order.action == Action::kStop);
    CHECK(says(answer, "on 2013-05-20: 'moved away'"));
    REQUIRE(answer.end.ended.has_value());
    CHECK(answer.administration.empty());
  }
  CHECK(answer_of(on_treatment(), "2013-05-22").order.action == Action::kGive);
  const Answer before = answer_of(on_treatment() + ends("2013-05-20", "died"), "2013-05-19");
  CHECK(before.order.action == Action::kGive);
  CHECK(!before.end.ended);
  const Answer never = answer_of(
      eligible() + panel("2013-04-24", "30") + ends("2013-04-25", "discontinued", "screen failure"),
      "2013-05-01");
  CHECK(never.order.action == Action::kDoNotStart);
  CHECK(says(never, "screen failure"));
}

TEST_CASE("after a death nothing is owed, and what is read later contradicts it") {
  const Answer died = answer_of(on_treatment() + ends("2013-05-20", "died"), "2013-06-22");
  CHECK(died.obligations.empty());
  CHECK(answer_text(died).find("nothing any more") != std::string::npos);
  CHECK(!answer_of(on_treatment() + ends("2013-05-20", "completed"), "2013-06-22")
             .obligations.empty());
  const Answer later = answer_of(on_treatment() + ends("2013-05-10", "died"), "2013-05-22");
  CHECK(later.order.action == Action::kStop);
  bool told = false;
  for (const Note& note : later.notes) {
    told |= note.kind == Note::Kind::kContradiction &&
            note.says.find("lies after the death on 2013-05-10") != std::string::npos;
  }
  CHECK(told);
  // A death is not undone.
  CHECK(answer_of(on_treatment() + ends("2013-05-20", "died") + ends("2013-05-21", "went on"),
                  "2013-05-22")
            .order.action == Action::kStop);
}

TEST_CASE("a dose after the end is a contradiction that holds doses, until it is said to go on") {
  const std::string rows = on_treatment() + ends("2013-05-10", "completed");
  const Answer answer = answer_of(rows, "2013-05-22");
  CHECK(answer.order.action == Action::kWithhold);
  CHECK(says(answer, "but a dose was given on 2013-05-15"));
  const Answer again = answer_of(rows + ends("2013-05-11", "went on"), "2013-05-22");
  CHECK(again.order.action == Action::kGive);
  CHECK(again.end.events.size() == 2);
  // A dose of the very day is the last one, not one after the end.
  CHECK(answer_of(on_treatment() + ends("2013-05-15", "completed"), "2013-05-22").order.action ==
        Action::kStop);
  // Treatment ended first, the study later: doses ended with the first.
  CHECK(answer_of(
            on_treatment() + ends("2013-05-16", "discontinued") + ends("2013-06-16", "completed"),
            "2013-06-20")
            .end.ended->at == day("2013-05-16"));
}

TEST_CASE("a region that stopped treatment and an end are both told") {
  const Answer answer =
      answer_of(on_treatment() + panel("2013-05-16", "30") + "2013-05-17,lab,BILI,3,mg/dL,1.2,,\n" +
                    ends("2013-05-18", "discontinued", "jaundice"),
                "2013-05-22");
  CHECK(answer.order.action == Action::kStop);
  CHECK(says(answer, "jaundice"));
  CHECK(answer.order.because.size() == 2);
}

TEST_CASE("a disposition that has no meaning is refused with the nearest one") {
  refused(on_treatment() + ends("2013-05-20", "dicontinued"), "did you mean 'discontinued'?");
  refused(on_treatment() + ends("2013-05-20", "gone fishing"),
          "no disposition is called 'gone fishing'");
}

Answer of_sdtm(const std::string& ds, const std::string& dm, const std::string& at) {
  const auto folder = std::filesystem::temp_directory_path() /
                      ("dosewright_disposition_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "ds.csv") << "USUBJID,DSDECOD,DSTERM,DSCAT,EPOCH,DSSTDTC\n" << ds;
  std::ofstream(folder / "dm.csv") << "USUBJID,BRTHDTC,SEX,DTHFL,DTHDTC\n" << dm;
  std::ofstream(folder / "ex.csv") << "USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\n"
                                      "A,Kynamro,200,mg,2013-05-01,\n";
  const auto patient = read_patient(mipomersen(), request_at(folder.string(), at));
  std::filesystem::remove_all(folder);
  REQUIRE_MESSAGE(patient.ok(), to_text(patient.ok() ? Faults() : patient.faults()));
  auto answered = answer({&mipomersen(), "label", "", "", day(at)}, *patient);
  REQUIRE(answered.ok());
  return *answered;
}

TEST_CASE("DS and DM of SDTM") {
  const std::string dm = "A,1970-01-31,F,,\n";
  const std::string event = ",DISPOSITION EVENT,TREATMENT,2013-05-20\n";
  const Answer done = of_sdtm("A,COMPLETED,COMPLETED" + event, dm, "2013-05-22");
  CHECK(done.order.action == Action::kStop);
  CHECK(says(done, "completed on 2013-05-20"));
  const Answer odd = of_sdtm("A,SPONSOR RAN OUT OF MONEY,no funds" + event, dm, "2013-05-22");
  CHECK(odd.order.action == Action::kStop);
  CHECK(says(odd, "discontinued on 2013-05-20: 'no funds'"));
  // The order of a study: consent, screening completed, randomized.
  const Answer runs = of_sdtm(
      "A,INFORMED CONSENT OBTAINED,consent,PROTOCOL MILESTONE,SCREENING,2013-04-01\n"
      "A,COMPLETED,COMPLETED,DISPOSITION EVENT,SCREENING,2013-04-20\n"
      "A,RANDOMIZED,RANDOMIZED,PROTOCOL MILESTONE,TREATMENT,2013-05-01\n"
      "A,FINAL VISIT,final visit,OTHER EVENT,TREATMENT,2013-05-02\n",
      dm, "2013-05-22");
  CHECK(!runs.end.ended);
  CHECK(runs.end.events.size() == 1);
  const Answer died = of_sdtm("", "A,1970-01-31,F,Y,2013-05-19\n", "2013-05-22");
  CHECK(died.end.died());
  const auto json = nlohmann::json::parse(answer_json(died));
  CHECK(json["disposition"]["ended"]["what"] == "died");
  CHECK(json["disposition"]["ended"]["at"] == "2013-05-19");
}

}  // namespace
}  // namespace dosewright::decide
