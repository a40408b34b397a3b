#include "dosewright/audit/audit.hpp"

#include <doctest/doctest.h>
#include <readstat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <sstream>

#include "dosewright/audit/findings.hpp"
#include "dosewright/audit/tables.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/decide/fixture_test.hpp"

namespace dosewright::audit {
namespace {

using decide::File;
using decide::mipomersen;

constexpr const char* kLbHeader = "USUBJID,LBTESTCD,LBSTRESN,LBSTRESU,LBSTNRHI,LBDTC\n";
constexpr const char* kExHeader = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXDOSFRQ,EXSTDTC,EXENDTC\n";

// 2013-01-07, a Monday, is day 0: the first dose.
std::string day(int offset) {
  return to_text(Date{date_from_civil(2013, 1, 7).days_since_1970 + offset});
}

// The rows of a study under way.
class Rows {
 public:
  // ALT, AST, BILI, ALP in multiples of their limits.
  Rows& panel(int at, double alt = 0.5, double bili = 0.5, double alp = 0.5) {
    lab(at, "ALT", alt * 40, "U/L,40");
    lab(at, "AST", 20, "U/L,40");
    lab(at, "BILI", bili * 20, "umol/L,20");
    lab(at, "ALP", alp * 100, "U/L,100");
    return *this;
  }
  Rows& lab(int at, const std::string& test, double value, const std::string& unit_and_limit) {
    lb += who + "," + test + "," + number_text(value) + "," + unit_and_limit + "," + day(at) +
          "T08:00\n";
    return *this;
  }
  Rows& dose(int at, const std::string& drug = "mipomersen") {
    ex += who + "," + drug + ",200,mg,ONCE," + day(at) + "T09:00," + day(at) + "T09:00\n";
    return *this;
  }
  // A weekly dose on each of these weeks; tests before the first, and every four weeks.
  Rows& usual(int weeks) {
    panel(-7);
    for (int week = 0; week < weeks; ++week) {
      dose(7 * week);
      if (week > 0 && week % 4 == 0) panel(7 * week);
    }
    return *this;
  }
  Rows& end(int at, const std::string& site = "701") {
    dm += who + "," + site + "," + day(0) + "," + day(at) + "\n";
    return *this;
  }
  Rows& event(int at, const std::string& term) {
    ae += who + "," + term + "," + day(at) + "\n";
    return *this;
  }

  std::string who = "S-1";
  std::string lb = kLbHeader, ex = kExHeader, dm = "USUBJID,SITEID,RFSTDTC,RFPENDTC\n",
              ae = "USUBJID,AEDECOD,AESTDTC\n";
};

Result<Audit> try_audit(const Rows& rows, Request request = {}) {
  const File lb(rows.lb), ex(rows.ex), dm(rows.dm), ae(rows.ae);
  request.programme = &mipomersen();
  request.lb = lb.path();
  request.ex = ex.path();
  request.dm = dm.path();
  request.ae = ae.path();
  return run(request);
}

Request hepatic() {
  Request request;
  request.regions = {"hepatic"};
  return request;
}

Audit audit_of(const Rows& rows, const Request& request = hepatic()) {
  auto found = try_audit(rows, request);
  REQUIRE_MESSAGE(found.ok(), to_text(found.ok() ? Faults() : found.faults()));
  return std::move(*found);
}

std::string kinds_of(const Subject& subject) {
  std::vector<std::string> kinds;
  for (const Finding& one : subject.findings) kinds.push_back(to_text(one.kind));
  return join(kinds, " ");
}

Finding only(const Audit& audit, Kind kind) {
  REQUIRE(audit.subjects.size() == 1);
  const auto& findings = audit.subjects[0].findings;
  REQUIRE_MESSAGE(std::ranges::count(findings, kind, &Finding::kind) == 1,
                  kinds_of(audit.subjects[0]));
  return *std::ranges::find(findings, kind, &Finding::kind);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("treated as the protocol asks: nothing is found") {
  const Audit audit = audit_of(Rows().usual(12).end(80));
  REQUIRE(audit.subjects.size() == 1);
  const Subject& one = audit.subjects[0];
  CHECK(one.verdict == Verdict::kJudged);
  CHECK_MESSAGE(one.findings.empty(), kinds_of(one));
  CHECK(one.site == "701");
  CHECK(one.doses == 12);
  CHECK(one.readings == 12);
  CHECK(one.states == "hepatic=treating");
  CHECK(one.liver.peak[kAlt] == doctest::Approx(0.5));
}

TEST_CASE("doses while withheld: one finding for those in a row, with what was seen") {
  Rows rows;
  rows.usual(5).panel(30, 6).dose(35).dose(42).panel(37, 6).panel(44, 1).dose(49).end(50);
  const Finding one = only(audit_of(rows), Kind::kDoseWhileWithheld);
  CHECK(one.rule == "hepatic.withhold");
  CHECK(one.times == 2);
  CHECK(exchange::clock_text(one.at) == day(35) + " 09:00");
  CHECK(exchange::clock_text(*one.until) == day(42) + " 09:00");
  CHECK_MESSAGE(holds(one.seen, "200 mg given; hepatic: withheld since " + day(30)), one.seen);
  CHECK_MESSAGE(holds(one.seen, "ALT = 240 U/L = 6 x ULN"), one.seen);
  CHECK(holds(one.expected, "withhold at once"));
  CHECK(holds(one.source, "S2"));
}

TEST_CASE("grace: a dose soon after the test that forbids it is no finding") {
  Rows rows;
  rows.usual(5).panel(34, 6).dose(35).panel(41, 1).end(42);
  CHECK(audit_of(rows).subjects[0].findings.size() == 1);
  Request request = hepatic();
  request.grace = 2 * kMinutesPerDay;
  CHECK(audit_of(rows, request).subjects[0].findings.empty());
}

TEST_CASE("stopped late") {
  Rows rows;
  rows.usual(5).panel(30, 0.5, 2.5).dose(35).panel(36).end(40);
  const Finding one = only(audit_of(rows), Kind::kStoppedLate);
  CHECK(one.rule == "hepatic.stop-bilirubin");
  CHECK(holds(one.seen, "hepatic: stopped since " + day(30) + " (5 d)"));
}

TEST_CASE("no baseline, then a dose; and the tests that are lacking are named") {
  Rows rows;
  rows.lab(-7, "ALT", 20, "U/L,40").dose(0).end(1);
  const Finding one = only(audit_of(rows), Kind::kDoseWhileWithheld);
  CHECK(one.rule == "hepatic: screening");
  CHECK_MESSAGE(holds(one.seen, "AST was never read"), one.seen);
}

TEST_CASE("a dose on an open question: a test is too old") {
  Rows rows;
  rows.usual(1).end(120).dose(119);
  const Finding one = only(audit_of(rows), Kind::kDoseUnanswered);
  CHECK_MESSAGE(holds(one.seen, "was last read on " + day(-7)), one.seen);
}

TEST_CASE("a confirmation that comes late, or never") {
  Rows late;
  late.usual(5).panel(29, 3.5).panel(41, 1).end(50);
  const Finding one = only(audit_of(late), Kind::kConfirmationLate);
  CHECK(one.rule == "hepatic.confirm");
  CHECK(exchange::clock_text(one.at) == day(36) + " 08:00");
  CHECK(holds(one.seen, "read on " + day(41) + ", 5 d after it was due"));
  Rows never;
  never.usual(5).panel(29, 3.5).lab(30, "ALT", 20, "U/L,40").end(60);
  const Finding other = only(audit_of(never), Kind::kConfirmationMissing);
  CHECK_MESSAGE(holds(other.seen, "not read (AST, ALP, BILI)"), other.seen);
  Rows in_time;
  in_time.usual(5).panel(29, 3.5).panel(36, 1).end(50);
  CHECK(audit_of(in_time).subjects[0].findings.empty());
}

TEST_CASE("planned tests that never came count once, with how many") {
  Rows rows;
  rows.panel(-7);
  for (int week = 0; week < 14; ++week) rows.dose(7 * week);
  rows.end(92);
  const Audit audit = audit_of(rows);
  const Finding one = only(audit, Kind::kTestOverdue);
  CHECK(one.rule == "hepatic-first-year");
  CHECK(one.times == 3);
  CHECK_FALSE(one.until.has_value());
  CHECK(holds(one.expected, "liver tests (ALT, AST, ALP, BILI) by " + day(28)));
}

TEST_CASE("what is planned for after the end of treatment is not asked for") {
  Rows rows;
  rows.usual(5).end(200);
  const Audit owing = audit_of(rows);
  CHECK(only(owing, Kind::kTestOverdue).times > 1);
  const File ds("USUBJID,DSCAT,DSDECOD,DSSTDTC\nS-1,DISPOSITION EVENT,COMPLETED," + day(30) +
                "\nS-1,OTHER EVENT,FINAL LAB VISIT," + day(190) + "\n");
  Request request = hepatic();
  request.ds = ds.path();
  CHECK(audit_of(rows, request).subjects[0].findings.empty());
}

TEST_CASE("the missed-dose rule: 3 d must remain; the patient may settle on another day") {
  Rows rows;
  rows.panel(-7).dose(0).dose(12).end(13);
  const Finding one = only(audit_of(rows), Kind::kMissedDoseRule);
  CHECK_MESSAGE(holds(one.seen, "2 d before the one planned for " + day(14)), one.seen);
  CHECK(audit_of(Rows().panel(-7).dose(0).dose(11).dose(14).dose(21).end(22))
            .subjects[0]
            .findings.empty());
  CHECK(audit_of(Rows().panel(-7).dose(0).dose(9).dose(16).dose(23).end(24))
            .subjects[0]
            .findings.empty());
  const Audit twice = audit_of(Rows().panel(-7).dose(0).dose(7).dose(8).end(9));
  CHECK(holds(only(twice, Kind::kMissedDoseRule).seen, "had been given on " + day(7)));
}

TEST_CASE("a subject whose labs lack a unit or a limit is not judged, with why and the row") {
  Rows rows;
  rows.usual(5).end(30);
  rows.who = "S-2";
  rows.usual(5).lab(30, "AST", 20, "U/L,").end(31);
  rows.who = "S-3";
  rows.usual(5).lab(30, "BILI", 20, ",20").end(31);
  rows.who = "S-4";
  rows.usual(5).lab(30, "CK", 20, ",").end(31);  // no judged rule reads it
  rows.who = "S-5";
  rows.end(31);
  const Audit audit = audit_of(rows);
  REQUIRE(audit.subjects.size() == 5);
  CHECK(audit.subjects[0].verdict == Verdict::kJudged);
  CHECK(audit.subjects[1].verdict == Verdict::kNotJudged);
  CHECK_MESSAGE(holds(audit.subjects[1].why.at(0), "AST has no upper limit of normal"),
                audit.subjects[1].why.at(0));
  CHECK(holds(audit.subjects[1].why.at(0), ".csv:18"));
  CHECK(holds(audit.subjects[2].why.at(0), "BILI has no unit"));
  CHECK(audit.subjects[3].verdict == Verdict::kJudged);
  CHECK(audit.subjects[4].verdict == Verdict::kNoData);
  Request request = hepatic();
  request.limits = {"AST=40 U/L"};
  CHECK(audit_of(rows, request).subjects[1].verdict == Verdict::kJudged);
}

TEST_CASE("Hy's law: a candidate, one with alkaline phosphatase, one with another cause") {
  Rows rows;
  rows.usual(5).panel(30, 8, 3).end(31);
  rows.who = "S-2";
  rows.usual(5).panel(30, 8, 3, 4).end(31);
  rows.who = "S-3";
  rows.usual(5).panel(30, 8, 3).event(29, "HEPATITIS B").end(31);
  rows.who = "S-4";
  rows.panel(-7, 8, 3).end(31);  // never dosed
  const Audit audit = audit_of(rows);
  CHECK(audit.subjects[0].liver.verdict == HysLaw::kCandidate);
  CHECK(holds(kinds_of(audit.subjects[0]), "hys_law_candidate"));
  CHECK(audit.subjects[1].liver.verdict == HysLaw::kCholestatic);
  CHECK(audit.subjects[2].liver.verdict == HysLaw::kAlternative);
  CHECK(audit.subjects[2].liver.alternative == "HEPATITIS B");
  CHECK(audit.subjects[3].liver.verdict == HysLaw::kNothing);
  REQUIRE(worrying(audit).size() == 3);
  CHECK(worrying(audit)[0]->id == "S-1");
  CHECK(holds(candidates_csv(audit), "S-3,701,,alternative noted"));
}

// Lipids and INR are asked for by the label, and a study may have neither.
Rows never_measured() {
  Rows rows;
  rows.usual(20).end(140);
  rows.who = "S-2";
  rows.usual(20).panel(75, 6).panel(89, 6).panel(96, 1).end(140);
  rows.who = "S-3";
  rows.usual(1).end(5);
  return rows;
}

Absence absence_of(const Audit& audit, const std::string& test) {
  const auto found = std::ranges::find(audit.absences, test, &Absence::test);
  REQUIRE_MESSAGE(found != audit.absences.end(), test);
  return *found;
}

bool tells(const Subject& subject, const std::string& rule, const std::string& expected) {
  return std::ranges::any_of(subject.findings, [&](const Finding& one) {
    return one.rule == rule && holds(one.expected, expected);
  });
}

TEST_CASE("a test that the study never measured is said once, with who owed it") {
  const Audit audit = audit_of(never_measured(), {});
  const Absence ldl = absence_of(audit, "LDL");
  CHECK(ldl.subjects == 2);  // S-3 ended before lipids were due
  CHECK(ldl.rules == std::vector<std::string>{"lipids-first-year"});
  const Absence inr = absence_of(audit, "INR");
  CHECK(inr.subjects == 1);
  CHECK(inr.rules == std::vector<std::string>{"workup: called-for"});
  CHECK(absence_of(audit, "EGFR").subjects == 0);
  CHECK(
      holds(to_text(inr), "INR (international normalised ratio): no result in LB; 1 subject owed"));
  CHECK(holds(to_text(absence_of(audit, "EGFR")), "no subject owed it"));
  CHECK(audit.absences.front().subjects == 2);
  for (const Subject& one : audit.subjects) {
    CHECK_FALSE(tells(one, "lipids-first-year", ""));
    CHECK_FALSE(tells(one, "workup: called-for", ""));
  }
  CHECK(holds(study_csv(audit), "never_measured,LDL,"));
  CHECK(holds(summary_json(audit), "\"never_measured\""));
  CHECK(holds(summary_text(audit), "THE STUDY\n  LDL (LDL cholesterol): no result in LB; 2 "));
  CHECK(holds(summary_text(audit), "no subject owed them: EGFR\n"));
  CHECK(holds(audit_html(audit), "The study as a whole"));
}

TEST_CASE("by subject on request; what else is found is the same") {
  Request request;
  request.absent_by_subject = true;
  const Audit each = audit_of(never_measured(), request);
  const Audit once = audit_of(never_measured(), {});
  CHECK(absence_of(each, "LDL").subjects == 2);
  CHECK(tells(each.subjects[0], "lipids-first-year", "(CHOL, LDL, HDL, TG)"));
  CHECK(tells(each.subjects[1], "workup: called-for", "INR"));
  for (std::size_t i = 0; i < each.subjects.size(); ++i) {
    CHECK(each.subjects[i].states == once.subjects[i].states);
    CHECK(each.subjects[i].n_dosing == once.subjects[i].n_dosing);
  }
}

TEST_CASE("the rest of a panel is judged where one of its tests was never measured") {
  Rows rows = never_measured();
  rows.who = "S-1";
  for (const int at : {0, 91}) {
    for (const char* test : {"CHOL", "LDL", "HDL"}) rows.lab(at, test, 100, "mg/dL,");
  }
  const Audit audit = audit_of(rows, {});
  CHECK(absence_of(audit, "TG").subjects == 2);
  CHECK(std::ranges::count(audit.absences, std::string("LDL"), &Absence::test) == 0);
  CHECK_FALSE(tells(audit.subjects[0], "lipids-first-year", ""));
  CHECK(tells(audit.subjects[1], "lipids-first-year", "(CHOL, LDL, HDL)"));
}

Rows mixed_study() {
  Rows rows;
  for (int i = 0; i < 130; ++i) {
    rows.who = "S-" + std::to_string(1000 + i);
    rows.usual(5);
    if (i % 3 == 0) rows.panel(30, 6).dose(35);
    if (i % 5 == 0) rows.panel(31, 4, 2.5);
    if (i % 7 == 0) rows.lab(33, "ALT", 20, ",");
    rows.end(36, std::to_string(700 + i % 4));
  }
  return rows;
}

std::string shuffled(const std::string& table) {
  std::vector<std::string> lines;
  std::istringstream in(table);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  std::mt19937 luck(5);
  std::shuffle(lines.begin() + 1, lines.end(), luck);
  return join(lines, "\n") + "\n";
}

// Reasons name rows, which the order moves.
std::string without_rows(std::string text) {
  for (std::size_t at = text.find(".csv:"); at != std::string::npos; at = text.find(".csv:", at)) {
    const std::size_t from = text.rfind('/', at);
    const std::size_t to = text.find_first_not_of("0123456789:", at + 4);
    text.erase(from, to - from);
    at = from;
  }
  return text;
}

// The summary names the files that it was made from.
std::string without_paths(std::string text) {
  const std::size_t from = text.find("\"files\"");
  return text.erase(from, text.find('}', from) - from);
}

TEST_CASE("the order of the rows, and whether they are put aside on disk, change nothing") {
  const Rows rows = mixed_study();
  Rows mixed = rows;
  mixed.lb = shuffled(rows.lb);
  mixed.ex = shuffled(rows.ex);
  mixed.dm = shuffled(rows.dm);
  Request on_disk = hepatic();
  on_disk.spill_above = 100 * 48;
  const Audit a = audit_of(rows);
  const Audit b = audit_of(mixed, on_disk);
  CHECK(a.subjects.size() == 130);
  CHECK(std::ranges::count(a.subjects, Verdict::kNotJudged, &Subject::verdict) == 19);
  CHECK(deviations_csv(a) == deviations_csv(b));
  CHECK(deviations_csv(a).size() > 10'000);
  CHECK(candidates_csv(a) == candidates_csv(b));
  CHECK(without_rows(subjects_csv(a)) == without_rows(subjects_csv(b)));
  CHECK(audit_html(a).size() > 10'000);
}

TEST_CASE("findings beyond those that stay in memory are put aside, and nothing told changes") {
  const Rows rows = mixed_study();
  const Audit all = audit_of(rows);
  CHECK(all.stored == nullptr);
  std::int64_t n = 0;
  for (const Subject& one : all.subjects) n += one.n_findings;
  REQUIRE(n > 40);
  for (const std::int64_t most : {std::int64_t{0}, std::int64_t{10}, n - 1}) {
    Request request = hepatic();
    request.most_kept = most;
    const Audit some = audit_of(rows, request);
    REQUIRE(some.stored != nullptr);
    std::int64_t kept = 0;
    for (const Subject& one : some.subjects) kept += std::ssize(one.findings);
    CHECK(kept <= most);
    CHECK(kept + some.stored->size() == n);
    CHECK(deviations_csv(some) == deviations_csv(all));
    CHECK(without_rows(subjects_csv(some)) == without_rows(subjects_csv(all)));
    CHECK(without_rows(without_paths(summary_json(some))) ==
          without_rows(without_paths(summary_json(all))));
    CHECK(without_rows(audit_html(some)) == without_rows(audit_html(all)));
    CHECK(!findings_fault(some));
  }
}

TEST_CASE("the limits of Hy's law that are assumed can be set, and stand in what is written") {
  const Rows rows = Rows().usual(5).panel(30, 8, 3, 1.6).end(31);
  CHECK(audit_of(rows).subjects[0].liver.verdict == HysLaw::kCandidate);
  Request request = hepatic();
  request.phosphatase = 1.5;
  const Audit audit = audit_of(rows, request);
  CHECK(audit.subjects[0].liver.verdict == HysLaw::kCholestatic);
  CHECK(holds(summary_json(audit), "\"hys_law_phosphatase_x_uln\": 1.5"));
  for (const std::string& text : {summary_json(audit), summary_text(audit), audit_html(audit)}) {
    CHECK(holds(text, "assumptions, because FDA-DILI2009 names neither"));
  }
  CHECK(holds(summary_text(audit), "alkaline phosphatase below 1.5 x ULN"));
  CHECK(holds(audit_html(audit), "alkaline phosphatase below 1.5 times"));
}

TEST_CASE("the table of findings goes out one subject at a time") {
  const Audit audit = audit_of(mixed_study());
  std::size_t parts = 0, longest = 0, whole = 0;
  CHECK(write_deviations_csv(audit, [&](std::string_view part) {
    ++parts;
    longest = std::max(longest, part.size());
    whole += part.size();
    return true;
  }));
  CHECK(whole == deviations_csv(audit).size());
  CHECK(parts > 40);
  CHECK(longest < whole / 10);
  CHECK_FALSE(write_deviations_csv(audit, [](std::string_view) { return false; }));
}

TEST_CASE("findings that cannot be put aside are a fault") {
  struct Restore {
    ~Restore() { ::unsetenv("TMPDIR"); }
  } restore;
  FindingStore store;
  ::setenv("TMPDIR", "/proc", 1);  // a folder in which nobody makes a file
  CHECK(!store.put({Finding{}}).has_value());
  REQUIRE(store.fault().has_value());
  CHECK(holds(store.fault()->message, "cannot be put aside"));
}

// The rows of an LB as a transport file of version 5, by ReadStat: limits and values are numbers.
class Transport {
 public:
  explicit Transport(const std::string& table) : file_("", ".xpt") {
    std::istringstream in(table);
    std::string line;
    std::getline(in, line);
    for (const auto name : split(line, ',')) names_.emplace_back(name);
    while (std::getline(in, line)) rows_.push_back(line);
    write();
  }
  const std::string& path() const { return file_.path(); }

 private:
  static bool is_number(const std::string& name) {
    return name == "LBSTRESN" || name == "LBSTNRHI";
  }

  void write() {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(path().c_str(), "wb"),
                                                              &std::fclose);
    readstat_writer_t* writer = readstat_writer_init();
    readstat_set_data_writer(writer, [](const void* bytes, size_t length, void* file) {
      return static_cast<ssize_t>(std::fwrite(bytes, 1, length, static_cast<std::FILE*>(file)));
    });
    std::vector<readstat_variable_t*> variables;
    for (const std::string& name : names_) {
      const auto type = is_number(name) ? READSTAT_TYPE_DOUBLE : READSTAT_TYPE_STRING;
      variables.push_back(readstat_add_variable(writer, name.c_str(), type, 20));
    }
    readstat_writer_set_file_format_version(writer, 5);
    readstat_begin_writing_xport(writer, out.get(), static_cast<long>(rows_.size()));
    for (const std::string& row : rows_) {
      readstat_begin_row(writer);
      const auto fields = split(row, ',');
      for (std::size_t i = 0; i < fields.size(); ++i) insert(writer, variables[i], i, fields[i]);
      readstat_end_row(writer);
    }
    readstat_end_writing(writer);
    readstat_writer_free(writer);
  }

  void insert(readstat_writer_t* writer, readstat_variable_t* variable, std::size_t column,
              std::string_view field) const {
    const std::string text(field);
    if (!is_number(names_[column])) {
      readstat_insert_string_value(writer, variable, text.c_str());
    } else if (text.empty()) {
      readstat_insert_missing_value(writer, variable);
    } else {
      readstat_insert_double_value(writer, variable, *exchange::parse_number(text));
    }
  }

  File file_;
  std::vector<std::string> names_, rows_;
};

TEST_CASE("CSV and SAS transport give the same answer") {
  const Rows rows = mixed_study();
  const Audit from_csv = audit_of(rows);
  const Transport lb(rows.lb);
  const File ex(rows.ex), dm(rows.dm);
  Request request = hepatic();
  request.programme = &mipomersen();
  request.lb = lb.path();
  request.ex = ex.path();
  request.dm = dm.path();
  const auto from_xpt = run(request);
  REQUIRE_MESSAGE(from_xpt.ok(), to_text(from_xpt.ok() ? Faults() : from_xpt.faults()));
  CHECK(deviations_csv(*from_xpt) == deviations_csv(from_csv));
  CHECK(candidates_csv(*from_xpt) == candidates_csv(from_csv));
  CHECK(std::ranges::count(from_xpt->subjects, Verdict::kNotJudged, &Subject::verdict) == 19);
}

TEST_CASE("another drug counts only where it is named; a row for many days is many doses") {
  Rows rows;
  rows.panel(-7).end(30);
  rows.ex += "S-1,OTHER,54,mg,QD," + day(0) + "," + day(20) + "\n";
  const auto refused = try_audit(rows, hepatic());
  REQUIRE(!refused.ok());
  CHECK_MESSAGE(holds(to_text(refused.faults()), "OTHER (21 doses)"), to_text(refused.faults()));
  Request request = hepatic();
  request.treatments = {"other"};
  const Audit audit = audit_of(rows, request);
  CHECK(audit.subjects[0].doses == 21);
  CHECK(audit.subjects[0].findings.empty());
  CHECK(holds(join(audit.not_judged, " "), "who were given other"));
}

TEST_CASE("how often a row of many days gives doses must be known") {
  Rows rows;
  rows.usual(2).end(20);
  rows.ex += "S-1,mipomersen,200,mg,AS NEEDED," + day(14) + "," + day(20) + "\n";
  const Audit audit = audit_of(rows);
  CHECK(audit.subjects[0].verdict == Verdict::kNotJudged);
  CHECK(holds(audit.subjects[0].why.at(0), "single doses are needed"));
}

TEST_CASE("a symptom stops treatment where its region is judged") {
  Rows rows;
  rows.usual(3).event(10, "jaundice").end(20);
  const Audit audit = audit_of(rows, {});
  CHECK(holds(kinds_of(audit.subjects[0]), "stopped_late"));
}

TEST_CASE("names that nobody knows, columns that are missing, files that are not there") {
  Request request;
  request.profile = "labl";
  request.regimen = "x";
  CHECK(holds(to_text(try_audit(Rows(), request).faults()), "did you mean 'label'?"));
  request = {};
  request.regions = {"hepatics"};
  CHECK(holds(to_text(try_audit(Rows(), request).faults()), "did you mean 'hepatic'?"));
  Rows rows;
  rows.lb = "USUBJID,LBTEST\nS-1,ALT\n";
  CHECK(holds(to_text(try_audit(rows).faults()), "the column LBSTRESN is missing"));
  request = hepatic();
  request.limits = {"ALT"};
  CHECK(try_audit(Rows().usual(2).end(9), request).faults().size() == 1);
  request = {};
  request.programme = &mipomersen();
  request.lb = "does-not-exist.csv";
  CHECK(!run(request).ok());
}

TEST_CASE("text of the study opens no element of the page") {
  Rows rows;
  rows.who = "<script>x</script>";
  rows.usual(5).panel(30, 8, 3).event(29, "<b>term</b>").end(31, "<i>");
  rows.who = "<b>S</b>";
  rows.lab(1, "ALT", 20, ",40").end(31);
  const Audit audit = audit_of(rows);
  CHECK(worrying(audit).size() == 1);
  const std::string page = audit_html(audit);
  CHECK(holds(page, "&lt;script&gt;x"));
  CHECK(holds(page, "&lt;b&gt;term"));
  CHECK_FALSE(holds(page, "<b>"));
  CHECK_FALSE(holds(page, "<i>"));
  CHECK_FALSE(holds(page, "<script"));
}

}  // namespace
}  // namespace dosewright::audit
