// SDTM [CDISC-SDTM]: DM says who is in which arm, EX who was dosed and when, AE what happened.
#include "dosewright/signal/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <initializer_list>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/table.hpp"

namespace dosewright::signal {
namespace {

using exchange::FaultList;
using exchange::TableRow;

constexpr double kMinutesPerYear = 365.25 * kMinutesPerDay;

// Arms of SDTM that are none: screen failure, not assigned, not treated.
bool is_no_arm(std::string_view code) {
  std::string upper(code);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper == "SCRNFAIL" || upper == "NOTASSGN" || upper == "NOTTRT";
}

std::string first_of(const TableRow& row, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!row.field(name).empty()) return std::string(row.field(name));
  }
  return {};
}

class Reader {
 public:
  Reader(const Files& files, Faults& faults) : files_(files), faults_(faults) {}

  Study read() {
    table(files_.dm, {"USUBJID"}, {"ACTARM", "ARM"}, [this](const auto& r, auto& f) { dm(r, f); });
    if (!files_.ex.empty()) {
      for (auto& [id, subject] : study_.subjects) subject = {subject.arm, false, {}, {}};
      table(files_.ex, {"USUBJID", "EXSTDTC"}, {}, [this](const auto& r, auto& f) { ex(r, f); });
    }
    count_at_risk();
    table(files_.ae, {"USUBJID"}, {"AEDECOD", "AETERM"},
          [this](const auto& r, auto& f) { ae(r, f); });
    return std::move(study_);
  }

 private:
  using ReadRow = std::function<void(const TableRow&, FaultList&)>;

  // `one_of`: the first of these columns that is there is enough.
  void table(const std::string& path, const std::vector<std::string>& needed,
             const std::vector<std::string>& one_of, const ReadRow& read_row) {
    FaultList list(faults_);
    exchange::TableVisitor visitor;
    visitor.start = [&](const TableRow& names, FaultList& faults) {
      std::vector<std::string> missing;
      for (const std::string& name : needed) {
        if (names.column(name) < 0) missing.push_back(name);
      }
      const bool any = one_of.empty() || std::ranges::any_of(one_of, [&](const auto& name) {
                         return names.column(name) >= 0;
                       });
      if (!any) missing.push_back(join(one_of, " or "));
      if (missing.empty()) return true;
      faults.add({names.place(), "columns are missing: " + join(missing, ", "),
                  "the columns are " + join(names.names, ", "), ""});
      return false;
    };
    visitor.row = read_row;
    exchange::read_table(path, visitor, list);
  }

  int arm_of(const std::string& name, const std::string& code) {
    for (std::size_t i = 0; i < study_.arms.size(); ++i) {
      if (study_.arms[i].name == name) return static_cast<int>(i);
    }
    study_.arms.push_back({name, 0, 0});
    study_.arm_codes.push_back(code);
    return static_cast<int>(study_.arms.size()) - 1;
  }

  void dm(const TableRow& row, FaultList& faults) {
    const std::string id(row.field("USUBJID"));
    const std::string code = first_of(row, {"ACTARMCD", "ARMCD"});
    const std::string arm = first_of(row, {"ACTARM", "ARM"});
    if (id.empty()) return faults.add(row.fault("USUBJID", "is empty", ""));
    if (seen_.contains(id)) {
      return faults.add(row.fault("USUBJID", "subject '" + shown_text(id) + "' stands twice",
                                  "DM has one row for each subject"));
    }
    seen_.insert(id);
    if (arm.empty() || is_no_arm(code)) {
      ++study_.left_out["subjects without an arm"];
      return;
    }
    Subject subject;
    subject.arm = arm_of(arm, code);
    subject.first = day_of(row, "RFXSTDTC", faults);
    subject.last = day_of(row, "RFXENDTC", faults);
    // Without a column for it, who has an arm is taken as dosed.
    subject.dosed = row.column("RFXSTDTC") < 0 || subject.first.has_value();
    study_.subjects.emplace(id, subject);
  }

  // The day; nothing where the date is missing or incomplete.
  static std::optional<Minutes> day_of(const TableRow& row, const char* name, FaultList& faults) {
    constexpr std::size_t kWholeDate = 10;
    const std::string_view text = row.field(name);
    if (text.size() < kWholeDate) return std::nullopt;
    const Result<Minutes> parsed = exchange::parse_wall_clock(text);
    if (!parsed.ok()) {
      faults.add(row.fault(name, parsed.faults()[0].message, parsed.faults()[0].hint));
      return std::nullopt;
    }
    return *parsed - *parsed % kMinutesPerDay;
  }

  void ex(const TableRow& row, FaultList& faults) {
    const auto found = study_.subjects.find(std::string(row.field("USUBJID")));
    if (found == study_.subjects.end()) return unknown(row, faults);
    Subject& subject = found->second;
    subject.dosed = true;
    const std::optional<Minutes> begin = day_of(row, "EXSTDTC", faults);
    std::optional<Minutes> end = day_of(row, "EXENDTC", faults);
    if (!end) end = begin;
    if (begin) subject.first = subject.first ? std::min(*subject.first, *begin) : *begin;
    if (end) subject.last = subject.last ? std::max(*subject.last, *end) : *end;
  }

  // Nobody without an arm is at risk; a subject of whom DM knows nothing is a contradiction.
  void unknown(const TableRow& row, FaultList& faults) {
    const std::string id(row.field("USUBJID"));
    if (seen_.contains(id)) {
      ++study_.left_out["rows of subjects without an arm"];
      return;
    }
    faults.add(row.fault("USUBJID", "no row of DM is about subject '" + shown_text(id) + "'",
                         "give the DM of the same study"));
  }

  void count_at_risk() {
    for (const auto& [id, subject] : study_.subjects) {
      Arm& arm = study_.arms[static_cast<std::size_t>(subject.arm)];
      if (!subject.dosed) {
        ++study_.left_out["subjects without a dose"];
        continue;
      }
      ++arm.at_risk;
      if (!subject.first || !subject.last) continue;
      arm.patient_years +=
          static_cast<double>(*subject.last - *subject.first + kMinutesPerDay) / kMinutesPerYear;
    }
  }

  void ae(const TableRow& row, FaultList& faults) {
    const std::string id(row.field("USUBJID"));
    const auto found = study_.subjects.find(id);
    if (found == study_.subjects.end()) return unknown(row, faults);
    const Subject& subject = found->second;
    const std::string term = first_of(row, {"AEDECOD", "AETERM"});
    if (term.empty()) {
      ++study_.left_out["events without a term"];
      return;
    }
    if (!subject.dosed) {
      ++study_.left_out["events of subjects without a dose"];
      return;
    }
    if (!within(subject, day_of(row, "AESTDTC", faults))) return;
    StudyTerm& one = study_.terms[plain_term(term)];
    if (one.term.empty()) {
      one.term = term;
      one.organ_class = first_of(row, {"AEBODSYS", "AESOC"});
    }
    one.subjects.resize(study_.arms.size());
    one.subjects[static_cast<std::size_t>(subject.arm)].insert(id);
  }

  bool within(const Subject& subject, std::optional<Minutes> day) {
    if (!day) {
      ++study_.left_out["events whose day is not known (they count)"];
      return true;
    }
    if (subject.first && *day < *subject.first) {
      ++study_.left_out["events before the first dose"];
      return false;
    }
    if (subject.last && *day > *subject.last + kDaysAfterLastDose * kMinutesPerDay) {
      ++study_.left_out[fmt::format("events later than {} days after the last dose",
                                    kDaysAfterLastDose)];
      return false;
    }
    return true;
  }

  const Files& files_;
  Faults& faults_;
  Study study_;
  std::set<std::string> seen_;
};

}  // namespace

std::string plain_term(std::string_view term) {
  std::string plain;
  for (const char c : trim(term)) {
    const char low = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const char last = plain.empty() ? ' ' : plain.back();
    const bool joined = low == 'e' && (last == 'a' || last == 'o');  // haematoma, oedema
    if (joined) plain.pop_back();
    const bool blank = low == ' ' || low == '-';
    if (blank && last == ' ') continue;
    plain += blank ? ' ' : low;
  }
  return plain;
}

Study read_study(const Files& files, Faults& faults) {
  return Reader(files, faults).read();
}

}  // namespace dosewright::signal
