#include "dosewright/audit/study.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "dosewright/audit/hys_law.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::audit {
namespace {

using exchange::Entry;
using exchange::EntryKind;
using exchange::SdtmDomain;
using exchange::TableRow;

constexpr std::size_t kMostReasons = 3;  // of one subject; the rest is counted
constexpr std::size_t kMostNotes = 20;
constexpr std::size_t kMostNames = 1000;  // of what is passed over

double or_nan(const std::optional<double>& value) {
  return value.value_or(std::numeric_limits<double>::quiet_NaN());
}

std::string name_of(const Entry& entry) {
  return shown_text(entry.codes.empty() ? entry.text : entry.codes.back().value);
}

}  // namespace

const std::string& Study::path_of(std::int32_t domain) const {
  static constexpr std::string Request::* kPaths[] = {&Request::lb, &Request::dm, &Request::ex,
                                                      &Request::ae, &Request::cm, &Request::ds};
  return request_.*kPaths[domain];
}

Result<Done> Study::read() {
  const Table tables[] = {
      {kDm, &request_.dm, {}},
      {kDs, &request_.ds, {"DSDECOD"}},
      {kEx, &request_.ex, {"EXTRT", "EXDOSE", "EXSTDTC"}},
      {kAe, &request_.ae, {"AESTDTC"}},
      {kCm, &request_.cm, {"CMTRT", "CMSTDTC"}},
      {kLb, &request_.lb, {"LBTESTCD", "LBSTRESN", "LBDTC"}},
  };
  Faults faults;
  for (const Table& table : tables) {
    if (!table.path->empty() && !interrupted() && !full_) read_table(table, faults);
  }
  if (full_) faults.add(spool_.fault());
  if (!faults.empty()) return faults;
  return Done{};
}

void Study::read_table(const Table& table, Faults& faults) {
  exchange::FaultList list(faults);
  domain_ = table.domain;
  exchange::TableVisitor visitor;
  visitor.stop = request_.stop;
  visitor.start = [&](const TableRow& names, exchange::FaultList& told) {
    bool whole = true;
    const auto need = [&](const char* column) {
      if (names.column(column) >= 0) return;
      whole = false;
      told.add({names.place(), std::string("the column ") + column + " is missing",
                "is this the right domain? " + std::string(column) + " is needed", ""});
    };
    need("USUBJID");
    for (const char* column : table.needs) need(column);
    return whole;
  };
  visitor.row = [&](const TableRow& row, exchange::FaultList&) {
    ++rows_;
    if (request_.rows != nullptr) request_.rows->store(rows_, std::memory_order_relaxed);
    if (!full_) read_row(table.domain, row);
  };
  exchange::read_table(*table.path, visitor, list);
}

void Study::read_row(Domain domain, const TableRow& row) {
  if (domain == kLb && !is_asked(row)) return;
  if (!find_person(row)) return;
  switch (domain) {
    case kLb:
      return read_entries(SdtmDomain::kLb, row);
    case kDm:
      read_person(row);
      return read_entries(SdtmDomain::kDm, row);
    case kEx:
      tell_open_end(row);
      return read_entries(SdtmDomain::kEx, row);
    case kAe:
      return read_entries(SdtmDomain::kAe, row);
    case kCm:
      return read_entries(SdtmDomain::kCm, row);
    case kDs:
      return read_disposition(row);
  }
}

// Most rows of LB are of tests that no rule asks for: they cost one look-up.
bool Study::is_asked(const TableRow& row) {
  key_.assign(row.field("LBTESTCD"));
  key_ += '\x1f';
  key_ += row.field("LBLOINC");
  const auto [found, is_new] = asked_.try_emplace(key_, false);
  if (is_new) {
    std::vector<exchange::Code> codes;
    if (!row.field("LBLOINC").empty())
      codes.push_back({"LOINC", std::string(row.field("LBLOINC"))});
    codes.push_back({"", std::string(row.field("LBTESTCD"))});
    const int analyte = meaning_.analyte(codes);
    found->second = analyte >= 0 ? (scope_.analytes >> static_cast<unsigned>(analyte) & 1) != 0
                                 : meaning_.word(codes) >= 0;
  }
  if (!found->second && passed_over_.size() < kMostNames) {
    ++passed_over_["test " + shown_text(row.field("LBTESTCD"))];
  }
  return found->second;
}

bool Study::find_person(const TableRow& row) {
  const std::string_view id = row.field("USUBJID");
  if (id.empty()) {
    ++passed_over_["row without USUBJID"];
    return false;
  }
  if (now_ < people_.size() && people_[now_].id == id) return true;
  const auto [found, is_new] =
      person_of_.try_emplace(std::string(id), static_cast<std::uint32_t>(people_.size()));
  if (is_new) people_.emplace_back().id = id;
  now_ = found->second;
  return true;
}

void Study::read_entries(SdtmDomain domain, const TableRow& row) {
  Faults faults;
  {
    exchange::FaultList list(faults);
    const exchange::Sink sink = [this](Entry&& entry) { keep(std::move(entry)); };
    exchange::read_sdtm_row(domain, row, sink, {passed_over_, list});
  }
  if (!faults.empty()) blame(faults);
}

// What is wrong with a test, a dose or who somebody is refuses the subject; an adverse event or
// medicine is told and left out.
void Study::blame(const Faults& faults) {
  if (domain_ == kAe || domain_ == kCm) {
    for (const Fault& fault : faults) note(to_text(fault.place) + ": " + fault.message);
    return;
  }
  Person& person = people_[now_];
  for (const Fault& fault : faults) {
    if (person.why.size() >= kMostReasons) {
      ++person.more_why;
    } else {
      person.why.push_back(to_text(fault.place) + ": " + fault.message);
    }
  }
}

void Study::note(std::string text) {
  Person& person = people_[now_];
  if (person.notes.size() >= kMostNotes) {
    ++person.more_notes;
  } else {
    person.notes.push_back(std::move(text));
  }
}

void Study::tell_open_end(const TableRow& row) {
  if (!row.field("EXENDTC").empty()) return;
  if (exchange::dosing_interval(row.field("EXDOSFRQ")) == 0) return;
  note(to_text(row.place()) + ": EXENDTC is empty: only the first dose of this row is counted");
}

void Study::day_end(const TableRow& row, const char* column, std::optional<Minutes>& latest) {
  if (row.field(column).empty()) return;
  const Result<Minutes> at = exchange::parse_wall_clock(row.field(column));
  if (!at.ok())
    return note(to_text(row.place()) + ": " + column + " is not used: " + at.faults()[0].message);
  Minutes day = *at / kMinutesPerDay;
  if (*at % kMinutesPerDay < 0) --day;
  const Minutes end = (day + 1) * kMinutesPerDay - 1;
  latest = std::max(latest.value_or(end), end);
}

void Study::read_person(const TableRow& row) {
  Person& person = people_[now_];
  person.site = row.field("SITEID");
  person.arm = row.field("ARM");
  day_end(row, "RFPENDTC", person.ends);
  day_end(row, "RFXENDTC", person.last_exposure);
  day_end(row, "RFSTDTC", person.reference);
}

void Study::read_disposition(const TableRow& row) {
  if (row.field("DSCAT") != "DISPOSITION EVENT") return;
  const bool started = !row.field("DSSTDTC").empty();
  day_end(row, started ? "DSSTDTC" : "DSDTC", people_[now_].disposed);
}

void Study::keep(Entry&& entry) {
  if (entry.kind == EntryKind::kDose) {
    const std::string name = entry.codes.empty() ? "(no name)" : name_of(entry);
    if (treatments_.size() < kMostNames) ++treatments_[name];
  }
  Record record;
  record.subject = now_;
  record.at = entry.at;
  record.until = entry.until.value_or(kNoEnd);
  record.value = or_nan(entry.value);
  record.uln = or_nan(entry.uln);
  record.row = entry.place.line;
  record.domain = domain_;
  // Adverse events without a meaning are kept too: they stand in timelines.
  record.what = word_of(std::move(entry));
  if (!spool_.add(record)) full_ = true;
}

std::uint32_t Study::word_of(Entry&& entry) {
  key_.assign(1, static_cast<char>('a' + static_cast<int>(entry.kind)));
  for (const exchange::Code& code : entry.codes) key_ += code.system + '\x1e' + code.value + '\x1f';
  key_ += '\x1d' + entry.text + '\x1d' + entry.unit;
  key_ += entry.present ? '+' : '-';
  const auto [found, is_new] =
      index_of_word_.try_emplace(key_, static_cast<std::uint32_t>(words_.size()));
  if (is_new) {
    Word& word = words_.emplace_back();
    word.entry = std::move(entry);
    // What a word shares: no record may find the numbers of another one here.
    word.entry.place = {};
    word.entry.value.reset();
    word.entry.uln.reset();
    word.entry.lln.reset();
    word.entry.until.reset();
    word.entry.site.clear();
    weigh(word);
  }
  return found->second;
}

void Study::weigh(Word& word) {
  const Entry& entry = word.entry;
  const auto is_named = [&](const std::string& treatment) {
    return !entry.codes.empty() && decide::same_words(entry.codes.front().value, treatment);
  };
  switch (entry.kind) {
    case EntryKind::kDose:
      word.own = entry.codes.empty() || meaning_.own_drug(entry.codes);
      word.named = !word.own && std::ranges::any_of(request_.treatments, is_named);
      word.meant = !word.named;
      break;
    case EntryKind::kFact:
    case EntryKind::kReaction:
      word.meant = meaning_.word(entry.codes) >= 0 ||
                   (!entry.codes.empty() && !meaning_.near_fact(entry.codes.front().value).empty());
      break;
    default:
      word.meant = true;
  }
  const int analyte = entry.kind == EntryKind::kLab ? meaning_.analyte(entry.codes) : -1;
  if (analyte >= 0) measured_ |= std::uint64_t{1} << static_cast<unsigned>(analyte);
  for (const exchange::Code& code : entry.codes) {
    const bool event = entry.kind == EntryKind::kFact || entry.kind == EntryKind::kReaction ||
                       entry.kind == EntryKind::kMedication;
    word.alternative |= event && is_alternative(code.value, request_.alternatives);
  }
}

Entry Study::entry(const Record& record) const {
  Entry entry = words_[record.what].entry;
  entry.place = {path_of(record.domain), record.row, 0};
  entry.at = record.at;
  if (record.until != kNoEnd) entry.until = record.until;
  if (!std::isnan(record.value)) entry.value = record.value;
  if (!std::isnan(record.uln)) entry.uln = record.uln;
  return entry;
}

}  // namespace dosewright::audit
