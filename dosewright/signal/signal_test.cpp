#include "dosewright/signal/signal.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "dosewright/signal/study.hpp"

namespace dosewright::signal {
namespace {

namespace fs = std::filesystem;

programme::Reaction reaction(const std::string& term, double share, const std::string& severity) {
  programme::Reaction one;
  one.id = one.term = term;
  one.organ_class = "Class";
  one.source = "Label";
  one.share_low = one.share_high = share;
  one.severity = severity;
  return one;
}

programme::Programme drug() {
  programme::Programme programme;
  programme.directory = "drug";
  programme.identity.title = "a drug";
  programme.reactions = {reaction("Injection site haematoma", 0.1, ""), reaction("Nausea", 0.5, ""),
                         reaction("Nausea", 0.01, "only the worst"), reaction("Chills", 0.06, "")};
  return programme;
}

// Twenty subjects, ten on placebo and ten on the drug, dosed from 1 to 31 January 2013.
class Folder {
 public:
  Folder()
      : path_(fs::temp_directory_path() / ("dosewright_signal_" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
    std::string dm = "USUBJID,ARMCD,ARM\nS-99,SCRNFAIL,Screen Failure\n";
    std::string ex = "USUBJID,EXSTDTC,EXENDTC\n";
    for (int i = 0; i < 20; ++i) {
      dm += "S-" + std::to_string(i) + (i < 10 ? ",P,Placebo\n" : ",D,The drug\n");
      ex += "S-" + std::to_string(i) + ",2013-01-01,2013-01-31\n";
    }
    write("dm.csv", dm);
    write("ex.csv", ex);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }
  Files files(bool with_ex = true) const {
    return {path("ae.csv"), path("dm.csv"), with_ex ? path("ex.csv") : "", ""};
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string events(const std::string& term, int first, int last, const std::string& day) {
  std::string rows;
  for (int i = first; i <= last; ++i)
    rows += "S-" + std::to_string(i) + "," + term + "," + day + "\n";
  return rows;
}

const TermRow& row(const Report& report, const std::string& term) {
  const auto found = std::ranges::find_if(
      report.terms, [&](const TermRow& one) { return plain_term(one.term) == plain_term(term); });
  REQUIRE_MESSAGE(found != report.terms.end(), term);
  return *found;
}

TEST_CASE("spellings of one term") {
  CHECK(plain_term("OEDEMA  Peripheral") == plain_term("Edema peripheral"));
  CHECK(plain_term("Injection-site haematoma") == plain_term("INJECTION SITE HEMATOMA"));
  CHECK(plain_term("Injection site pain") != plain_term("Injection site rash"));
}

TEST_CASE("subjects count once, within the time of treatment, and what stands out says why") {
  const Folder folder;
  folder.write("ae.csv", "USUBJID,AEDECOD,AESTDTC\n" +
                             events("INJECTION SITE HEMATOMA", 10, 17, "2013-01-05") +
                             events("INJECTION SITE HEMATOMA", 10, 12, "2013-01-08") +
                             events("INJECTION SITE HEMATOMA", 0, 0, "2013-01-05") +
                             events("NAUSEA", 10, 14, "2013-01") +  // no day: they count
                             events("NAUSEA", 0, 4, "2013-01-05") +
                             events("NAUSEA", 15, 16, "2012-12-31") +  // before the first dose
                             events("NAUSEA", 17, 18, "2013-03-03") +  // 31 d after the last
                             events("NAUSEA", 19, 19, "2013-03-02") +  // 30 d after
                             events("HICCUPS", 10, 11, "2013-01-05") +
                             events("NAUSEA", 99, 99, "2013-01-05"));
  const programme::Programme programme = drug();
  const auto report = find_signals(programme, folder.files());
  REQUIRE(report.ok());
  REQUIRE(report->arms.size() == 2);
  CHECK(report->arms[0].at_risk == 10);
  CHECK(report->arms[1].patient_years == doctest::Approx(10 * 31 / 365.25));
  CHECK(report->control == 0);
  CHECK(report->left_out.at("events before the first dose") == 2);
  CHECK(report->left_out.at("events later than 30 days after the last dose") == 2);
  CHECK(report->left_out.at("events whose day is not known (they count)") == 5);
  CHECK(report->left_out.at("rows of subjects without an arm") == 1);

  const TermRow& bruise = row(*report, "Injection site haematoma");
  CHECK(&bruise == &report->terms.front());
  CHECK(bruise.cells[1].with == 8);
  CHECK(bruise.cells[0].with == 1);
  // Above placebo, and above the published 10 %: 44 % at least.
  REQUIRE(bruise.cells[1].stands_out.size() == 2);
  CHECK(bruise.cells[1].share.lo == doctest::Approx(0.4439045));
  CHECK(bruise.cells[0].stands_out.empty());
  const TermRow& nausea = row(*report, "Nausea");
  CHECK(nausea.cells[1].with == 6);
  CHECK(nausea.published.size() == 2);
  CHECK_FALSE(nausea.stands_out());  // the row that counts the worst only is not compared
  CHECK(row(*report, "Hiccups").published.empty());
  CHECK(row(*report, "Chills").cells[1].with == 0);
  CHECK(report->comparisons == 3);
  const std::string text = report_text(programme, *report);
  CHECK(text.find("What stands out\n  INJECTION SITE HEMATOMA") != std::string::npos);
  CHECK(text.find("  0/2 HICCUPS") != std::string::npos);
  CHECK(report_json(programme, *report).find("\"control\": \"Placebo\"") != std::string::npos);
}

TEST_CASE("without EX everybody with an arm is at risk") {
  const Folder folder;
  folder.write("ae.csv", "USUBJID,AETERM,AESTDTC\n" + events("Nausea", 10, 12, "2011-01-01"));
  const programme::Programme programme = drug();
  const auto report = find_signals(programme, folder.files(false));
  REQUIRE(report.ok());
  CHECK(row(*report, "Nausea").cells[1].with == 3);
  CHECK_FALSE(row(*report, "Nausea").cells[1].per_100_years);
}

TEST_CASE("bad input is told all at once") {
  const Folder folder;
  folder.write("ae.csv", "USUBJID,AEDECOD,AESTDTC\n" + events("Nausea", 40, 41, "2013-01-05") +
                             "S-1,Nausea,2013-02-31\n");
  const programme::Programme programme = drug();
  const auto report = find_signals(programme, folder.files());
  REQUIRE_FALSE(report.ok());
  REQUIRE(report.faults().size() == 3);
  CHECK(report.faults()[1].message.find("'S-41'") != std::string::npos);
  CHECK(report.faults()[2].place.line == 4);
  folder.write("ae.csv", "USUBJID,WHAT\n");
  CHECK(to_text(find_signals(programme, folder.files()).faults()).find("AEDECOD or AETERM") !=
        std::string::npos);
  folder.write("ae.csv", "USUBJID,AEDECOD\n");
  Files other = folder.files();
  other.control = "placebo";
  CHECK(to_text(find_signals(programme, other).faults()).find("did you mean 'Placebo'") !=
        std::string::npos);
}

}  // namespace
}  // namespace dosewright::signal
