#include <fmt/format.h>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/sdtm.hpp"

namespace dosewright::exchange {
namespace {

constexpr Minutes kMostDosesOfRow = 100'000;

class RowReader {
 public:
  RowReader(const TableRow& row, const Sink& sink, SdtmRest rest)
      : row_(row), sink_(sink), rest_(rest) {}

  void dm() {
    Entry birth = begin(EntryKind::kBirth);
    if (!cell("BRTHDTC").empty() && date("BRTHDTC", birth.at)) sink_(std::move(birth));
    if (cell("SEX").empty()) return;
    Entry sex = begin(EntryKind::kSex);
    sex.codes.push_back({"", std::string(cell("SEX"))});
    sink_(std::move(sex));
  }

  void lb() {
    Entry entry = begin(EntryKind::kLab);
    if (!cell("LBLOINC").empty()) entry.codes.push_back({"LOINC", std::string(cell("LBLOINC"))});
    entry.codes.push_back({"", std::string(cell("LBTESTCD"))});
    entry.text = cell("LBTEST");
    if (!date("LBDTC", entry.at)) return;
    entry.value = number("LBSTRESN");
    if (!entry.value) {
      ++rest_.passed_over["LB row without LBSTRESN"];
      return;
    }
    entry.unit = cell("LBSTRESU");
    entry.uln = number("LBSTNRHI");
    entry.lln = number("LBSTNRLO");
    sink_(std::move(entry));
  }

  void ex() {
    Entry entry = begin(EntryKind::kDose);
    if (!cell("EXTRT").empty()) entry.codes.push_back({"", std::string(cell("EXTRT"))});
    if (!date("EXSTDTC", entry.at)) return;
    Minutes end = entry.at;
    known_date("EXENDTC", end);
    entry.value = number("EXDOSE");
    entry.unit = cell("EXDOSU");
    site(entry, {"EXLAT", "EXDIR", "EXLOC"});
    if (end / kMinutesPerDay == entry.at / kMinutesPerDay) return sink_(std::move(entry));
    repeat(std::move(entry), end);
  }

  void ae() {
    const std::optional<double> grade = number("AETOXGR");
    Entry entry = begin(grade ? EntryKind::kReaction : EntryKind::kFact);
    name(entry, {"AEDECOD", "AETERM"});
    entry.text = cell("AETERM");
    entry.value = grade;
    if (!date("AESTDTC", entry.at)) return;
    Minutes end = 0;
    if (known_date("AEENDTC", end)) entry.until = end;
    site(entry, {"AELAT", "AEDIR", "AELOC"});
    sink_(std::move(entry));
  }

  void cm() {
    Entry entry = begin(EntryKind::kMedication);
    name(entry, {"CMDECOD", "CMTRT"});
    entry.text = cell("CMTRT");
    if (!date("CMSTDTC", entry.at)) return;
    Minutes end = 0;
    if (known_date("CMENDTC", end)) entry.until = end;
    if (cell("CMDOSFRQ") == "QD") {
      entry.value = number("CMDOSE");
      entry.unit = std::string(cell("CMDOSU")) + "/d";
    }
    sink_(std::move(entry));
  }

  // Milestones count where they say that treatment goes on. An epoch before treatment that was
  // completed ended nothing.
  void ds() {
    const std::string_view category = cell("DSCAT");
    const std::string_view term = cell("DSDECOD").empty() ? cell("DSTERM") : cell("DSDECOD");
    const bool event = category == "DISPOSITION EVENT";
    const bool begins = term == "RANDOMIZED" || term == "ENROLLED";
    const bool consent = category.empty() && term.find("CONSENT OBTAINED") != term.npos;
    if ((!event && !category.empty() && !begins) || term.empty() || consent) {
      ++rest_.passed_over["DS row that is no disposition event"];
      return;
    }
    if (term == "COMPLETED" && is_before_treatment(cell("EPOCH"))) {
      ++rest_.passed_over["DS row of an epoch before treatment"];
      return;
    }
    ended(cell("DSSTDTC").empty() ? "DSDTC" : "DSSTDTC", std::string(term));
  }

  void death() {
    if (!cell("DTHDTC").empty() || cell("DTHFL") == "Y") ended("DTHDTC", "DEATH");
  }

 private:
  static bool is_before_treatment(std::string_view epoch) {
    return epoch.find("SCREEN") != epoch.npos || epoch.find("RUN-IN") != epoch.npos ||
           epoch.find("WASH") != epoch.npos;
  }

  // An end without its day cannot be put in order, and must not be lost.
  void ended(const char* column, std::string term) {
    Entry entry = begin(EntryKind::kDisposition);
    entry.text = cell("DSTERM");
    if (cell(column).empty()) {
      return fault(column, "'" + shown_text(term) + "' has no date",
                   "rules need to know when it was: fill it");
    }
    entry.codes.push_back({"SDTM", std::move(term)});
    if (date(column, entry.at)) sink_(std::move(entry));
  }

  std::string_view cell(const char* column) const { return row_.field(column); }

  Entry begin(EntryKind kind) const {
    Entry entry;
    entry.place = row_.place();
    entry.kind = kind;
    return entry;
  }

  void name(Entry& entry, std::initializer_list<const char*> columns) const {
    for (const char* column : columns) {
      if (!cell(column).empty()) entry.codes.push_back({"", std::string(cell(column))});
    }
  }

  // Side, direction and place in one: "LEFT UPPER ARM".
  void site(Entry& entry, std::initializer_list<const char*> columns) const {
    std::string text;
    for (const char* column : columns) {
      if (cell(column).empty()) continue;
      if (!text.empty()) text += ' ';
      text += cell(column);
    }
    if (!text.empty()) entry.site.push_back({"", text});
  }

  bool known_date(const char* column, Minutes& at) const {
    const Result<Minutes> parsed = parse_wall_clock(cell(column));
    if (parsed.ok()) at = *parsed;
    return parsed.ok();
  }

  // Undated rows are counted: what has no date cannot be put in order.
  bool date(const char* column, Minutes& at) {
    if (cell(column).empty()) {
      ++rest_.passed_over[fmt::format("row without {}", column)];
      return false;
    }
    const Result<Minutes> parsed = parse_wall_clock(cell(column));
    if (!parsed.ok()) fault(column, parsed.faults()[0].message, parsed.faults()[0].hint);
    if (parsed.ok()) at = *parsed;
    return parsed.ok();
  }

  std::optional<double> number(const char* column) {
    if (cell(column).empty()) return std::nullopt;
    const Result<double> value = parse_number(cell(column));
    if (value.ok()) return *value;
    fault(column, value.faults()[0].message, value.faults()[0].hint);
    return std::nullopt;
  }

  void fault(const char* column, std::string message, std::string hint) {
    rest_.faults.add(row_.fault(column, std::move(message), std::move(hint)));
  }

  // The last day counts whole where doses are a day apart or more, or where its hour is not said.
  void repeat(Entry&& entry, Minutes end) {
    const Minutes interval = dosing_interval(cell("EXDOSFRQ"));
    const Minutes hour = (end % kMinutesPerDay + kMinutesPerDay) % kMinutesPerDay;
    const bool whole = interval >= kMinutesPerDay || hour == 0;
    const Minutes last = whole ? end - hour + kMinutesPerDay - 1 : end;
    if (last < entry.at) {
      return fault("EXENDTC", "the last day lies before the first one", "exchange the two dates");
    }
    if (interval == 0) {
      return fault("EXENDTC", "this row spans more than a day: single doses are needed",
                   "write one row for each dose, or say in EXDOSFRQ how often: QD, BID, QW");
    }
    if ((last - entry.at) / interval >= kMostDosesOfRow) {
      return fault("EXENDTC", "the row spans more than a hundred thousand doses",
                   "is the year of a date right?");
    }
    for (; entry.at <= last; entry.at += interval) sink_(Entry(entry));
  }

  const TableRow& row_;
  const Sink& sink_;
  SdtmRest rest_;
};

}  // namespace

// Terms of the code list FREQ of CDISC's controlled terminology; recalled, not looked up.
Minutes dosing_interval(std::string_view frequency) {
  static constexpr std::pair<std::string_view, Minutes> kIntervals[] = {
      {"QD", kMinutesPerDay},
      {"BID", kMinutesPerDay / 2},
      {"TID", kMinutesPerDay / 3},
      {"QID", kMinutesPerDay / 4},
      {"QOD", 2 * kMinutesPerDay},
      {"QW", kMinutesPerWeek},
      {"QS", kMinutesPerWeek},
      {"EVERY WEEK", kMinutesPerWeek},
      {"1 TIME PER WEEK", kMinutesPerWeek},
      {"Q2W", 2 * kMinutesPerWeek},
      {"EVERY 2 WEEKS", 2 * kMinutesPerWeek},
      {"Q3W", 3 * kMinutesPerWeek},
      {"EVERY 3 WEEKS", 3 * kMinutesPerWeek},
      {"Q4W", 4 * kMinutesPerWeek},
      {"EVERY 4 WEEKS", 4 * kMinutesPerWeek}};
  for (const auto& [term, interval] : kIntervals) {
    if (frequency == term) return interval;
  }
  return 0;
}

void read_sdtm_row(SdtmDomain domain, const TableRow& row, const Sink& sink, SdtmRest rest) {
  RowReader reader(row, sink, rest);
  switch (domain) {
    case SdtmDomain::kDm:
      return reader.dm();
    case SdtmDomain::kLb:
      return reader.lb();
    case SdtmDomain::kEx:
      return reader.ex();
    case SdtmDomain::kAe:
      return reader.ae();
    case SdtmDomain::kCm:
      return reader.cm();
    case SdtmDomain::kDs:
      return reader.ds();
    case SdtmDomain::kDeath:
      return reader.death();
  }
}

}  // namespace dosewright::exchange
