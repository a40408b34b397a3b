#include <doctest/doctest.h>
#include <readstat.h>
#include <unistd.h>

#include <cstdio>
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
  std::string path(const std::string& name) const { return (path_ / name).string(); }
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

TEST_CASE("an end without its day is a fault: it must not be lost") {
  const Folder folder;
  folder.write("ds.csv", "USUBJID,DSDECOD,DSTERM,DSCAT,DSSTDTC\nS-1,DEATH,,DISPOSITION EVENT,\n");
  folder.write("dm.csv", "USUBJID,DTHFL,DTHDTC\nS-1,Y,\n");
  std::vector<Entry> entries;
  const std::string faults = to_text(folder.read("", entries).faults);
  CHECK(entries.empty());
  CHECK(faults.find("'DEATH' has no date") != std::string::npos);
  CHECK(faults.find("dm.csv") != std::string::npos);
  folder.write(
      "ds.csv",
      "USUBJID,DSDECOD,DSTERM,DSCAT,DSSTDTC\nS-1,DEATH,died,DISPOSITION EVENT,2013-05-20\n");
  folder.write("dm.csv", "USUBJID,DTHFL,DTHDTC\nS-1,,\n");
  CHECK(folder.read("", entries).faults.empty());
  REQUIRE(entries.size() == 1);
  CHECK(entries[0].kind == EntryKind::kDisposition);
  CHECK(entries[0].codes.at(0).value == "DEATH");
  CHECK(entries[0].text == "died");
}

TEST_CASE("where on the body: side, direction and place in one") {
  const Folder folder;
  folder.write("ex.csv",
               "USUBJID,EXTRT,EXDOSE,EXDOSU,EXLOC,EXLAT,EXDIR,EXSTDTC,EXENDTC\n"
               "S-1,x,200,mg,THIGH,LEFT,,2013-05-01,\nS-1,x,200,mg,ARM,RIGHT,UPPER,2013-05-08,\n"
               "S-1,x,200,mg,,,,2013-05-15,\n");
  folder.write("ae.csv",
               "USUBJID,AEDECOD,AELOC,AELAT,AESTDTC\nS-1,Injection site reaction,ABDOMEN,,"
               "2013-05-03\n");
  std::vector<Entry> entries;
  CHECK(folder.read("", entries).faults.empty());
  REQUIRE(entries.size() == 4);
  CHECK(entries[0].site.at(0).value == "LEFT THIGH");
  CHECK(entries[1].site.at(0).value == "RIGHT UPPER ARM");
  CHECK(entries[2].site.empty());
  CHECK(entries[3].site.at(0).value == "ABDOMEN");
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

TEST_CASE("a row over many days with its frequency is one entry for each dose") {
  const Folder folder;
  const std::string head = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXSTDTC,EXENDTC\n";
  const auto doses = [&](const std::string& rows) {
    folder.write("ex.csv", head + rows);
    std::vector<Entry> entries;
    const Reading reading = folder.read("", entries);
    CHECK_MESSAGE(reading.faults.empty(), to_text(reading.faults));
    return entries;
  };
  const auto daily = doses("S-1,x,54,mg,QD,2013-05-01,2013-05-03\n");
  REQUIRE(daily.size() == 3);
  CHECK(clock_text(daily[2].at) == "2013-05-03");
  CHECK(*daily[2].value == 54);
  CHECK(doses("S-1,x,54,mg,BID,2013-05-01,2013-05-03\n").size() == 6);
  CHECK(doses("S-1,x,54,mg,QW,2013-05-01,2013-05-14\n").size() == 2);
  CHECK(doses("S-1,x,54,mg,QW,2013-05-01,2013-05-15\n").size() == 3);
  CHECK(doses("S-1,x,54,mg,QD,2013-05-01T10:00,2013-05-02T09:00\n").size() == 2);
  CHECK(doses("S-1,x,54,mg,PRN,2013-05-01,2013-05-01\n").size() == 1);
}

TEST_CASE("a row that ends before it begins, or never, is refused") {
  const Folder folder;
  std::vector<Entry> entries;
  const std::string head = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXSTDTC,EXENDTC\n";
  folder.write("ex.csv", head + "S-1,x,54,mg,QD,2013-05-03,2013-05-01\n");
  CHECK(to_text(folder.read("", entries).faults).find("before the first") != std::string::npos);
  folder.write("ex.csv", head + "S-1,x,54,mg,QD,2013-05-03,9013-05-01\n");
  CHECK(to_text(folder.read("", entries).faults).find("thousand doses") != std::string::npos);
  CHECK(entries.empty());
}

// A transport file of version 5 with two rows, written by ReadStat itself.
class Transport {
 public:
  explicit Transport(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
    readstat_writer_t* writer = readstat_writer_init();
    readstat_set_data_writer(writer, [](const void* bytes, size_t length, void* file) {
      return static_cast<ssize_t>(std::fwrite(bytes, 1, length, static_cast<std::FILE*>(file)));
    });
    const auto text = [&](const char* name) {
      return readstat_add_variable(writer, name, READSTAT_TYPE_STRING, 20);
    };
    readstat_variable_t* subject = text("USUBJID");
    readstat_variable_t* test = text("LBTESTCD");
    readstat_variable_t* value = readstat_add_variable(writer, "LBSTRESN", READSTAT_TYPE_DOUBLE, 8);
    readstat_variable_t* unit = text("LBSTRESU");
    readstat_variable_t* limit = readstat_add_variable(writer, "LBSTNRHI", READSTAT_TYPE_DOUBLE, 8);
    readstat_variable_t* date = text("LBDTC");
    readstat_writer_set_file_format_version(writer, 5);
    readstat_begin_writing_xport(writer, file_, 2);
    for (const double reading : {32.5, 130.0}) {
      readstat_begin_row(writer);
      readstat_insert_string_value(writer, subject, "S-1");
      readstat_insert_string_value(writer, test, "ALT");
      readstat_insert_double_value(writer, value, reading);
      readstat_insert_string_value(writer, unit, "U/L");
      readstat_insert_double_value(writer, limit, 41);
      readstat_insert_string_value(writer, date, "2013-05-01");
      readstat_end_row(writer);
    }
    readstat_end_writing(writer);
    readstat_writer_free(writer);
    std::fclose(file_);
  }

 private:
  std::FILE* file_;
};

TEST_CASE("a SAS transport file reads as the CSV does; cut in the middle it is refused") {
  const Folder folder;
  const std::string path = folder.path("lb.xpt");
  const Transport transport(path);
  std::vector<Entry> entries;
  const Reading reading = folder.read("", entries);
  CHECK_MESSAGE(reading.faults.empty(), to_text(reading.faults));
  REQUIRE(entries.size() == 2);
  CHECK(*entries[0].value == 32.5);
  CHECK(*entries[1].value == 130);
  CHECK(*entries[1].uln == 41);
  CHECK(clock_text(entries[0].at) == "2013-05-01");
  const auto whole = fs::file_size(path);
  fs::resize_file(path, whole - 37);
  CHECK(to_text(folder.read("", entries).faults).find("it was cut off") != std::string::npos);
  fs::resize_file(path, 400);  // whole records, but inside the header
  CHECK(!folder.read("", entries).faults.empty());
}

TEST_CASE("a SAS transport file cut anywhere loses no row in silence") {
  const Folder folder;
  const std::string path = folder.path("lb.xpt");
  const Transport transport(path);
  const auto whole = fs::file_size(path);
  for (auto size = whole; size-- > 0;) {
    if (size == whole - 3 * 80) continue;  // before the first row: a table that has none
    fs::resize_file(path, size);
    std::vector<Entry> entries;
    const Reading reading = folder.read("", entries);
    CHECK_MESSAGE(!reading.faults.empty(), "cut to " << size << " bytes");
  }
}

}  // namespace
}  // namespace dosewright::exchange
