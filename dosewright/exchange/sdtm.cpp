// SDTM [CDISC-SDTM]: the domains of one subject from a folder with lb, ex, dm, ae and cm, each as
// .csv or .xpt. Rows of other subjects are passed over; which subject must be said where there are
// several. DS is not read here: that a subject left the study is no fact about the next dose.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/read.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::exchange {
namespace {

namespace fs = std::filesystem;

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

class Reader {
 public:
  Reader(std::string folder, const Sink& sink, const ReadOptions& options, Reading& reading)
      : folder_(std::move(folder)), sink_(sink), options_(options), reading_(reading) {}

  void read() {
    domain("dm", [this](const TableRow& row, FaultList& faults) { dm(row, faults); });
    domain("lb", [this](const TableRow& row, FaultList& faults) { lb(row, faults); });
    domain("ex", [this](const TableRow& row, FaultList& faults) { ex(row, faults); });
    domain("ae", [this](const TableRow& row, FaultList& faults) { ae(row, faults); });
    domain("cm", [this](const TableRow& row, FaultList& faults) { cm(row, faults); });
    if (!any_) {
      reading_.faults.add({folder_, 0, 0}, "expected files of SDTM, found none",
                          "the folder holds lb, ex, dm, ae, cm, each as .csv or .xpt");
    }
    if (subjects_.size() > 1 && options_.subject.empty()) {
      reading_.faults.add({folder_, 0, 0},
                          fmt::format("the files hold {} subjects", subjects_.size()),
                          "name one with --subject, for example " + *subjects_.begin());
    } else if (any_ && !options_.subject.empty() && !subjects_.contains(options_.subject)) {
      const std::vector<std::string> known(subjects_.begin(), subjects_.end());
      const std::string near = nearest_name(options_.subject, known);
      reading_.faults.add({folder_, 0, 0}, "no row is about subject '" + options_.subject + "'",
                          near.empty() ? "" : "did you mean '" + near + "'?");
    }
    reading_.patient = subjects_.size() == 1 ? *subjects_.begin() : options_.subject;
  }

 private:
  std::string path_of(const std::string& name) const {
    std::error_code error;
    for (const char* ending : {".csv", ".xpt"}) {
      for (fs::directory_iterator it(folder_, error), end; !error && it != end;
           it.increment(error)) {
        if (lower(it->path().filename().string()) == name + ending) return it->path().string();
      }
    }
    return {};
  }

  void domain(const std::string& name,
              const std::function<void(const TableRow&, FaultList&)>& read_row) {
    const std::string path = path_of(name);
    if (path.empty()) return;
    any_ = true;
    FaultList list(reading_.faults);
    TableVisitor visitor;
    visitor.start = [](const TableRow& names, FaultList& faults) {
      if (names.column("USUBJID") >= 0) return true;
      faults.add({names.place(), "the column USUBJID is missing", "it says whose row it is", ""});
      return false;
    };
    visitor.row = [&](const TableRow& row, FaultList& faults) {
      const std::string whose(row.field("USUBJID"));
      if (subjects_.size() < 100'000) subjects_.insert(whose);
      if (options_.subject.empty() || whose == options_.subject) read_row(row, faults);
    };
    read_table(path, visitor, list);
  }

  static std::string_view cell(const TableRow& row, const char* name) { return row.field(name); }

  Entry begin(const TableRow& row, EntryKind kind) const {
    Entry entry;
    entry.place = row.place();
    entry.kind = kind;
    return entry;
  }

  void hand_on(Entry&& entry) {
    ++reading_.entries;
    if (options_.read != nullptr) options_.read->store(reading_.entries, std::memory_order_relaxed);
    sink_(std::move(entry));
  }

  // Undated rows are counted: what has no date cannot be put in order.
  bool date(const TableRow& row, const char* name, Minutes& at, FaultList* faults) {
    const std::string_view text = cell(row, name);
    if (text.empty()) {
      if (faults != nullptr) ++reading_.passed_over[fmt::format("row without {}", name)];
      return false;
    }
    const Result<Minutes> parsed = parse_wall_clock(text);
    if (parsed.ok()) {
      at = *parsed;
      return true;
    }
    if (faults != nullptr) {
      faults->add(row.fault(name, parsed.faults()[0].message, parsed.faults()[0].hint));
    }
    return false;
  }

  static std::optional<double> number(const TableRow& row, const char* name, FaultList& faults) {
    const std::string_view text = cell(row, name);
    if (text.empty()) return std::nullopt;
    const Result<double> value = parse_number(text);
    if (value.ok()) return *value;
    faults.add(row.fault(name, value.faults()[0].message, value.faults()[0].hint));
    return std::nullopt;
  }

  void dm(const TableRow& row, FaultList& faults) {
    Entry birth = begin(row, EntryKind::kBirth);
    if (!cell(row, "BRTHDTC").empty() && date(row, "BRTHDTC", birth.at, &faults)) {
      hand_on(std::move(birth));
    }
    if (cell(row, "SEX").empty()) return;
    Entry sex = begin(row, EntryKind::kSex);
    sex.codes.push_back({"", std::string(cell(row, "SEX"))});
    hand_on(std::move(sex));
  }

  void lb(const TableRow& row, FaultList& faults) {
    Entry entry = begin(row, EntryKind::kLab);
    if (!cell(row, "LBLOINC").empty()) {
      entry.codes.push_back({"LOINC", std::string(cell(row, "LBLOINC"))});
    }
    entry.codes.push_back({"", std::string(cell(row, "LBTESTCD"))});
    entry.text = cell(row, "LBTEST");
    if (!date(row, "LBDTC", entry.at, &faults)) return;
    entry.value = number(row, "LBSTRESN", faults);
    if (!entry.value) {
      ++reading_.passed_over["LB row without LBSTRESN"];
      return;
    }
    entry.unit = cell(row, "LBSTRESU");
    entry.uln = number(row, "LBSTNRHI", faults);
    entry.lln = number(row, "LBSTNRLO", faults);
    hand_on(std::move(entry));
  }

  void ex(const TableRow& row, FaultList& faults) {
    Entry entry = begin(row, EntryKind::kDose);
    if (!cell(row, "EXTRT").empty()) entry.codes.push_back({"", std::string(cell(row, "EXTRT"))});
    if (!date(row, "EXSTDTC", entry.at, &faults)) return;
    Minutes end = entry.at;
    date(row, "EXENDTC", end, nullptr);
    if (end / kMinutesPerDay != entry.at / kMinutesPerDay) {
      return faults.add(row.fault("EXENDTC",
                                  "this row spans more than a day: single doses are needed",
                                  "write one row for each dose"));
    }
    entry.value = number(row, "EXDOSE", faults);
    entry.unit = cell(row, "EXDOSU");
    hand_on(std::move(entry));
  }

  void ae(const TableRow& row, FaultList& faults) {
    const std::optional<double> grade = number(row, "AETOXGR", faults);
    Entry entry = begin(row, grade ? EntryKind::kReaction : EntryKind::kFact);
    for (const char* name : {"AEDECOD", "AETERM"}) {
      if (!cell(row, name).empty()) entry.codes.push_back({"", std::string(cell(row, name))});
    }
    entry.text = cell(row, "AETERM");
    entry.value = grade;
    if (!date(row, "AESTDTC", entry.at, &faults)) return;
    Minutes end = 0;
    if (date(row, "AEENDTC", end, nullptr)) entry.until = end;
    hand_on(std::move(entry));
  }

  void cm(const TableRow& row, FaultList& faults) {
    Entry entry = begin(row, EntryKind::kMedication);
    for (const char* name : {"CMDECOD", "CMTRT"}) {
      if (!cell(row, name).empty()) entry.codes.push_back({"", std::string(cell(row, name))});
    }
    entry.text = cell(row, "CMTRT");
    if (!date(row, "CMSTDTC", entry.at, &faults)) return;
    Minutes end = 0;
    if (date(row, "CMENDTC", end, nullptr)) entry.until = end;
    if (cell(row, "CMDOSFRQ") == "QD") {
      entry.value = number(row, "CMDOSE", faults);
      entry.unit = std::string(cell(row, "CMDOSU")) + "/d";
    }
    hand_on(std::move(entry));
  }

  std::string folder_;
  const Sink& sink_;
  const ReadOptions& options_;
  Reading& reading_;
  std::set<std::string> subjects_;
  bool any_ = false;
};

}  // namespace

Reading read_sdtm_folder(const std::string& folder, const Sink& sink, const ReadOptions& options) {
  Reading reading;
  Reader(folder, sink, options, reading).read();
  return reading;
}

}  // namespace dosewright::exchange
