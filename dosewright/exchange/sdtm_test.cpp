#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "dosewright/exchange/timeline.hpp"

namespace dosewright::exchange {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() : path_(fs::temp_directory_path() / ("dosewright_sdtm_" + std::to_string(::getpid()))) {
    fs::create_directories(path_);
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ / name) << text;
  }
  Reading read(const std::string& subject, std::vector<Entry>& entries) const {
    ReadOptions options;
    options.subject = subject;
    return read_timeline(
        path_.string(), [&](Entry&& e) { entries.push_back(std::move(e)); }, options);
  }

 private:
  fs::path path_;
};

void write_study(const Folder& folder) {
  folder.write("DM.csv", "USUBJID,BRTHDTC,SEX\nS-1,1960-02-03,M\nS-2,,F\n");
  folder.write("lb.csv",
               "USUBJID,LBTESTCD,LBSTRESN,LBSTRESU,LBSTNRLO,LBSTNRHI,LBDTC\n"
               "S-1,ALT,130,U/L,6,41,2013-05-01T10:00\n"
               "S-1,ALT,,U/L,6,41,2013-05-02\n"
               "S-2,ALT,20,U/L,6,41,2013-05-01\n");
  folder.write("ex.csv",
               "USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\nS-1,mipomersen,200,mg,2013-05-01,\n");
  folder.write("ae.csv",
               "USUBJID,AEDECOD,AETOXGR,AESTDTC,AEENDTC\nS-1,Nausea,,2013-05-03,2013-05-04\nS-1,"
               "Injection site reaction,3,2013-05-03,\n");
  folder.write(
      "cm.csv",
      "USUBJID,CMTRT,CMDOSE,CMDOSU,CMDOSFRQ,CMSTDTC,CMENDTC\nS-1,Tylenol,1,g,QD,2013-04-01,\n");
}

TEST_CASE("one subject of a study") {
  const Folder folder;
  write_study(folder);
  std::vector<Entry> entries;
  const Reading reading = folder.read("S-1", entries);
  CHECK_MESSAGE(reading.faults.empty(), to_text(reading.faults));
  REQUIRE(entries.size() == 7);
  CHECK(entries[2].kind == EntryKind::kLab);
  CHECK(*entries[2].uln == 41);
  CHECK(entries[3].kind == EntryKind::kDose);
  CHECK(entries[4].until.has_value());
  CHECK(entries[5].kind == EntryKind::kReaction);
  CHECK(entries[6].unit == "g/d");
  CHECK(reading.passed_over.at("LB row without LBSTRESN") == 1);
  CHECK(reading.patient == "S-1");
}

TEST_CASE("which subject must be said, and must exist") {
  const Folder folder;
  write_study(folder);
  std::vector<Entry> entries;
  CHECK(to_text(folder.read("", entries).faults).find("name one with --subject") !=
        std::string::npos);
  CHECK(to_text(folder.read("S1", entries).faults).find("no row is about") != std::string::npos);
}

TEST_CASE("a row over many days, a folder without files, a column that is missing") {
  const Folder folder;
  std::vector<Entry> entries;
  CHECK(to_text(folder.read("", entries).faults).find("expected files of SDTM") !=
        std::string::npos);
  folder.write("ex.csv",
               "USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\nS-1,x,200,mg,2013-05-01,2013-06-01\n");
  CHECK(to_text(folder.read("", entries).faults).find("single doses are needed") !=
        std::string::npos);
  folder.write("ex.csv", "EXTRT\nx\n");
  CHECK(to_text(folder.read("", entries).faults).find("USUBJID is missing") != std::string::npos);
}

}  // namespace
}  // namespace dosewright::exchange
