#include "dosewright/audit/audit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/audit/absence.hpp"
#include "dosewright/audit/findings.hpp"
#include "dosewright/audit/hys_law.hpp"
#include "dosewright/audit/walk.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/decide/patient.hpp"

namespace dosewright::audit {
namespace {

using exchange::EntryKind;
using protocol::Fact;
using protocol::FactKind;
using protocol::Protocol;

// The tests that a region's rules read, and those of the panels that it asks for.
std::uint64_t tests_of(const Protocol& protocol, const protocol::Region& region) {
  std::uint64_t tests = 0;
  const auto add = [&](const std::vector<protocol::Owing>& list) {
    for (const protocol::Owing& one : list) {
      tests |= protocol.panels[static_cast<std::size_t>(one.panel)].mask;
    }
  };
  for (const protocol::State& state : region.states) {
    tests |= state.analytes | state.needs | state.dosing_needs;
    add(state.owes);
  }
  for (const protocol::Transition& rule : region.transitions) add(rule.owe);
  return tests;
}

class Scoper {
 public:
  explicit Scoper(const Request& request) : request_(request) {}

  Result<Scope> scope() {
    find_protocol();
    find_regimen();
    find_arms();
    if (scope_.protocol != nullptr) find_regions();
    if (!faults_.empty()) return faults_;
    for (int i = 0; i < 4; ++i) {
      scope_.liver[i] = request_.programme->analyte(kLiverTests[i]);
      if (scope_.liver[i] >= 0) scope_.analytes |= bit(scope_.liver[i]);
    }
    return scope_;
  }

 private:
  static std::uint64_t bit(int index) { return std::uint64_t{1} << static_cast<unsigned>(index); }

  void find_protocol() {
    const auto& programme = *request_.programme;
    const std::string& name =
        request_.profile.empty() ? programme.dosing.protocol : request_.profile;
    scope_.protocol = programme.protocol(name);
    if (scope_.protocol != nullptr) return;
    std::vector<std::string> known;
    for (const Protocol& one : programme.protocols) known.push_back(one.name);
    faults_.add(decide::unknown_name("--profile", name, known));
  }

  void find_regimen() {
    const auto& programme = *request_.programme;
    const std::string& name =
        request_.regimen.empty() ? programme.dosing.regimen : request_.regimen;
    scope_.regimen = programme.regimen(name);
    if (scope_.regimen != nullptr) return;
    std::vector<std::string> known;
    for (const auto& one : programme.regimens) known.push_back(one.id);
    faults_.add(decide::unknown_name("--regimen", name, known));
  }

  void find_arms() {
    for (const std::string& text : request_.arms) {
      const std::size_t mark = text.rfind('=');
      const std::string id(trim(std::string_view(text).substr(std::min(mark, text.size()))));
      const auto* regimen =
          id.empty() ? nullptr : request_.programme->regimen(trim(std::string_view(id).substr(1)));
      if (regimen == nullptr) {
        std::vector<std::string> known;
        for (const auto& one : request_.programme->regimens) known.push_back(one.id);
        faults_.add({"command line", 0, 0},
                    "--arm: expected ARM=REGIMEN, found '" + shown_text(text) + "'",
                    "regimens are " + join(known, ", "));
        continue;
      }
      scope_.arms.emplace_back(trim(std::string_view(text).substr(0, mark)), regimen);
    }
  }

  void find_regions() {
    const Protocol& protocol = *scope_.protocol;
    std::vector<std::string> known;
    for (const auto& region : protocol.regions) known.push_back(region.name);
    for (const std::string& name : request_.regions) {
      if (std::ranges::find(known, name) == known.end()) {
        faults_.add(decide::unknown_name("--region", name, known));
      }
    }
    for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
      const bool asked = request_.regions.empty() ||
                         std::ranges::find(request_.regions, known[r]) != request_.regions.end();
      if (!asked) scope_.regions_off |= bit(static_cast<int>(r));
      if (asked) scope_.analytes |= tests_of(protocol, protocol.regions[r]);
    }
    // A planned panel belongs to the regions that read one of its tests.
    for (std::size_t i = 0; i < protocol.schedules.size(); ++i) {
      const auto panel = static_cast<std::size_t>(protocol.schedules[i].panel);
      const std::uint64_t tests = protocol.panels[panel].mask;
      if (!request_.regions.empty() && (tests & scope_.analytes) == 0) continue;
      scope_.schedules |= bit(static_cast<int>(i));
      if (request_.regions.empty()) scope_.analytes |= tests;
    }
  }

  const Request& request_;
  Scope scope_;
  Faults faults_;
};

// One subject's records into findings.
class Judge {
 public:
  Judge(const Request& request, const Scope& scope, const Study& study, std::uint64_t absent)
      : request_(request), scope_(scope), study_(study), absent_(absent) {
    as_of_.at = INT64_MAX - kMinutesPerDay;
    as_of_.limits = request.limits;
  }

  void judge(const Person& person, std::span<const Record> records, Subject& subject) {
    begin(person, subject);
    if (records.empty() && person.why.empty()) return;
    timeline_.clear();
    others_.clear();
    own_ = named_ = false;
    decide::PatientEntries entries(*request_.programme, as_of_);
    for (const Record& record : records) take(record, entries, subject);
    const auto patient = entries.finish({});
    if (!patient.ok()) add_reasons(patient.faults(), subject);
    if (!subject.why.empty()) {
      subject.verdict = Verdict::kNotJudged;
      return;
    }
    for (const decide::Note& note : patient->notes) {
      if (note.kind != decide::Note::Kind::kNotUnderstood) subject.notes.push_back(note.says);
    }
    judge_patient(person, *patient, subject);
  }

  // What the latest subject owed of tests that the study never measured.
  std::vector<Lack> take_lacks() { return std::exchange(lacks_, {}); }

 private:
  void begin(const Person& person, Subject& subject) const {
    subject.id = person.id;
    subject.site = person.site;
    subject.arm = person.arm;
    subject.notes = person.notes;
    if (person.more_notes > 0) {
      subject.notes.push_back(fmt::format("{} more notes", person.more_notes));
    }
    subject.why = person.why;
    if (person.more_why > 0) subject.why.push_back(fmt::format("{} more rows", person.more_why));
    if (!subject.why.empty()) subject.verdict = Verdict::kNotJudged;
  }

  static void add_reasons(const Faults& faults, Subject& subject) {
    constexpr std::size_t kMost = 3;
    for (std::size_t i = 0; i < std::min(faults.size(), kMost); ++i) {
      const std::string place = to_text(faults[i].place);
      subject.why.push_back((place.empty() ? "" : place + ": ") + faults[i].message);
    }
    if (faults.size() > kMost) {
      subject.why.push_back(fmt::format("{} more rows", faults.size() - kMost));
    }
  }

  void take(const Record& record, decide::PatientEntries& entries, Subject& subject) {
    const Word& word = study_.word(record);
    const EntryKind kind = word.entry.kind;
    if (word.alternative) others_.push_back({record.at, word.entry.codes.front().value});
    if (kind == EntryKind::kFact || kind == EntryKind::kReaction) {
      subject.events.push_back(
          {record.at, shown_text(word.entry.codes.empty() ? word.entry.text
                                                          : word.entry.codes.front().value)});
    }
    if (word.named) {
      named_ = true;
      timeline_.push_back({record.at, FactKind::kDose, 0, milligrams(record, word), 0});
      return;
    }
    if (!word.meant) return;
    exchange::Entry entry = study_.entry(record);
    if (word.own) own_ = true;
    if (word.own && record.value == 0) entry.kind = EntryKind::kMissedDose;
    const bool apart =
        kind == EntryKind::kFact || kind == EntryKind::kReaction || kind == EntryKind::kMedication;
    Faults faults;
    entries.take(std::move(entry), apart ? &faults : nullptr);
    for (const Fault& fault : faults) {
      subject.notes.push_back(to_text(fault.place) + ": not used: " + fault.message);
    }
  }

  // Of another drug, so that only that it was given counts; how much is for the eye.
  static double milligrams(const Record& record, const Word& word) {
    const Result<Unit> unit = parse_unit(decide::ucum_code(word.entry.unit));
    const bool mass = unit.ok() && unit->dimension == parse_unit("mg")->dimension;
    return mass && record.value > 0 ? unit->to_canonical(record.value) : 0;
  }

  void judge_patient(const Person& person, const decide::Patient& patient, Subject& subject) {
    const auto read = decide::timeline_of(*request_.programme, *scope_.protocol, patient);
    timeline_.insert(timeline_.end(), read.begin(), read.end());
    protocol::sort_timeline(timeline_);
    subject.readings = std::ranges::count(timeline_, FactKind::kLab, &Fact::kind);
    if (timeline_.empty()) return;
    subject.verdict = Verdict::kJudged;
    Walk how{*request_.programme,
             scope_,
             regimen_of(person),
             request_.grace,
             own_ && !named_,
             {},
             {},
             {},
             absent_};
    if (person.reference) how.reference = *person.reference - kMinutesPerDay + 1;
    how.ends = person.ends.value_or(timeline_.back().at);
    how.treated_until = person.disposed.value_or(person.last_exposure.value_or(how.ends));
    lacks_ = walk(how, timeline_, subject);
    if (!lacks_.empty() && !request_.absent_by_subject) {
      how.waived = how.absent;
      Subject again;
      walk(how, timeline_, again);
      subject.findings = std::move(again.findings);
    }
    judge_liver_of(subject);
  }

  const protocol::Regimen& regimen_of(const Person& person) const {
    for (const auto& [arm, regimen] : scope_.arms) {
      if (decide::same_words(arm, person.arm)) return *regimen;
    }
    return *scope_.regimen;
  }

  // Readings since the first dose; all of them where no doses are known at all.
  void judge_liver_of(Subject& subject) {
    std::vector<LiverReading> readings, all;
    const bool dosed = subject.first_dose.has_value();
    for (const Fact& fact : timeline_) {
      if (fact.kind != FactKind::kLab) continue;
      const auto test = std::ranges::find(scope_.liver, static_cast<int>(fact.code));
      if (test == std::end(scope_.liver) || !(fact.uln > 0)) continue;
      all.push_back(
          {fact.at, static_cast<int>(test - std::begin(scope_.liver)), fact.value / fact.uln});
      if (dosed ? fact.at >= *subject.first_dose : request_.ex.empty()) {
        readings.push_back(all.back());
      }
    }
    subject.liver = judge_liver(readings, others_, {request_.window, request_.phosphatase});
    if (subject.liver.verdict == HysLaw::kCandidate) tell_candidate(subject, request_.phosphatase);
    if (is_elevated(subject.liver)) {
      subject.liver.readings = std::move(all);
      std::ranges::stable_sort(subject.events, {}, &Event::at);
    } else {
      subject.events.clear();
    }
  }

  static void tell_candidate(Subject& subject, double phosphatase) {
    const LiverCase& liver = subject.liver;
    subject.findings.push_back(
        {Kind::kHysLaw, "hys_law", liver.aminotransferase_at, liver.bilirubin_at, 1, liver.why,
         "looked into as a candidate for Hy's law: ALT or AST above 3 x ULN with bilirubin above "
         "2 x ULN, alkaline phosphatase below " +
             number_text(phosphatase, 6) + " x ULN, no other cause noted",
         "FDA-DILI2009, III"});
  }

  const Request& request_;
  const Scope& scope_;
  const Study& study_;
  const std::uint64_t absent_;  // bit per test of which the study has no result
  decide::PatientRequest as_of_;
  protocol::Timeline timeline_;
  std::vector<Alternative> others_;
  std::vector<Lack> lacks_;
  bool own_ = false, named_ = false;
};

class Auditor {
 public:
  Auditor(const Request& request, const Scope& scope)
      : request_(request), scope_(scope), study_(request, scope_) {}

  Result<Audit> run() {
    DW_TRY(read, study_.read());
    static_cast<void>(read);
    describe();
    if (study_.interrupted()) return interrupted();
    if (auto fault = no_dose_of_the_drug()) return *fault;
    audit_.subjects.resize(study_.people().size());
    absent_ = scope_.analytes & ~study_.measured();
    for (int bucket = 0; bucket < kBuckets; ++bucket) {
      DW_TRY(records, study_.spool().take(bucket));
      judge_bucket(records);
      if (study_.interrupted()) return interrupted();
    }
    judge_those_without_records();
    if (auto fault = findings_fault(audit_)) return *fault;
    audit_.absences = absences_.take(*scope_.protocol, absent_);
    std::ranges::sort(audit_.subjects, {}, &Subject::id);
    return std::move(audit_);
  }

 private:
  Audit interrupted() {
    audit_.interrupted = true;
    return std::move(audit_);
  }

  void judge_bucket(std::vector<Record>& records) {
    std::ranges::stable_sort(records, {}, &Record::subject);
    Judge judge(request_, scope_, study_, absent_);
    for (std::size_t begin = 0; begin < records.size();) {
      std::size_t end = begin;
      while (end < records.size() && records[end].subject == records[begin].subject) ++end;
      const std::uint32_t who = records[begin].subject;
      judge.judge(study_.people()[who], std::span(records).subspan(begin, end - begin),
                  audit_.subjects[who]);
      absences_.add(judge.take_lacks());
      put_aside(audit_.subjects[who]);
      begin = end;
      if (study_.interrupted()) return;
    }
  }

  // Which findings stay in memory depends on how many came before, what is told of them does not.
  void put_aside(Subject& subject) {
    std::ranges::stable_sort(subject.findings, {}, &Finding::at);
    subject.n_findings = std::ssize(subject.findings);
    subject.n_dosing = std::ranges::count_if(
        subject.findings, [](const Finding& one) { return is_dosing(one.kind); });
    if (kept_ + subject.n_findings <= request_.most_kept) {
      kept_ += subject.n_findings;
      return;
    }
    if (audit_.stored == nullptr) audit_.stored = std::make_shared<FindingStore>();
    subject.stored_at = audit_.stored->put(subject.findings).value_or(0);
    subject.findings = {};
  }

  void judge_those_without_records() {
    Judge judge(request_, scope_, study_, absent_);
    for (std::size_t i = 0; i < audit_.subjects.size(); ++i) {
      if (audit_.subjects[i].id.empty()) judge.judge(study_.people()[i], {}, audit_.subjects[i]);
    }
  }

  void describe() {
    const Protocol& protocol = *scope_.protocol;
    audit_.programme = request_.programme->identity.title;
    audit_.profile = protocol.name;
    audit_.profile_title = protocol.title;
    audit_.regimen = scope_.regimen->id;
    for (std::size_t r = 0; r < protocol.regions.size(); ++r) {
      if ((scope_.regions_off >> r & 1) == 0) audit_.regions.push_back(protocol.regions[r].name);
    }
    for (std::size_t i = 0; i < protocol.schedules.size(); ++i) {
      if ((scope_.schedules >> i & 1) != 0) audit_.schedules.push_back(protocol.schedules[i].id);
    }
    const std::pair<const char*, const std::string*> files[] = {
        {"LB", &request_.lb}, {"DM", &request_.dm}, {"EX", &request_.ex},
        {"AE", &request_.ae}, {"CM", &request_.cm}, {"DS", &request_.ds}};
    for (const auto& [domain, path] : files) {
      if (!path->empty()) audit_.files.emplace_back(domain, *path);
    }
    audit_.treatments = request_.treatments;
    audit_.grace = request_.grace;
    audit_.window = request_.window;
    audit_.phosphatase = request_.phosphatase;
    audit_.absent_by_subject = request_.absent_by_subject;
    audit_.rows = study_.rows();
    audit_.records = study_.spool().size();
    audit_.passed_over = study_.passed_over();
    tell_not_judged();
  }

  void tell_not_judged() {
    const auto tell = [this](std::string what) { audit_.not_judged.push_back(std::move(what)); };
    if (request_.ex.empty()) tell("doses and tests planned from the first dose: no EX was given");
    if (!request_.treatments.empty()) {
      tell("calendar and amount of doses of those who were given " +
           join(request_.treatments, ", "));
    }
    if (request_.ae.empty()) tell("symptoms and noted other causes: no AE was given");
    if (request_.ds.empty() && request_.dm.empty()) {
      tell(
          "the end of treatment: neither DS nor DM was given, so the last row of a subject counts");
    }
    audit_.knows_liver = std::ranges::none_of(scope_.liver, [](int test) { return test < 0; });
    if (!audit_.knows_liver) {
      tell("Hy's law: the programme does not know ALT, AST, BILI and ALP all four");
    }
  }

  // A study of another drug by mistake would look like one without a single deviation.
  std::optional<Fault> no_dose_of_the_drug() const {
    if (request_.ex.empty()) return std::nullopt;
    const decide::Meaning meaning(*request_.programme);
    std::vector<std::string> names;
    for (const auto& [name, count] : study_.treatments()) {
      if (meaning.own_drug({{"", name}})) return std::nullopt;
      for (const std::string& treatment : request_.treatments) {
        if (decide::same_words(name, treatment)) return std::nullopt;
      }
      if (names.size() < 8) names.push_back(fmt::format("{} ({} doses)", name, count));
    }
    return Fault{{request_.ex, 0, 0},
                 "no dose is of " + request_.programme->identity.title +
                     (names.empty() ? "" : "; found are " + join(names, ", ")),
                 "name the treatments whose doses count with --treatment NAME, once for each",
                 ""};
  }

  const Request& request_;
  const Scope& scope_;
  Study study_;
  Audit audit_;
  std::uint64_t absent_ = 0;  // bit per test that is asked for and that nobody was measured for
  Absences absences_;
  std::int64_t kept_ = 0;  // findings in memory
};

}  // namespace

std::string to_text(Kind kind) {
  switch (kind) {
    case Kind::kDoseWhileWithheld:
      return "dose_while_withheld";
    case Kind::kDoseUnanswered:
      return "dose_without_test";
    case Kind::kDoseAboveReduced:
      return "dose_above_reduced";
    case Kind::kStoppedLate:
      return "stopped_late";
    case Kind::kMissedDoseRule:
      return "missed_dose_rule";
    case Kind::kConfirmationLate:
      return "confirmation_late";
    case Kind::kConfirmationMissing:
      return "confirmation_missing";
    case Kind::kTestOverdue:
      return "test_overdue";
    case Kind::kHysLaw:
      return "hys_law_candidate";
  }
  DW_CHECK(false, "a finding is one of nine");
}

bool is_dosing(Kind kind) {
  return kind <= Kind::kMissedDoseRule;
}

std::string to_text(const Absence& absence) {
  const std::string what = absence.test + " (" + absence.title + "): no result in LB; ";
  if (absence.subjects == 0) return what + "no subject owed it";
  return what + fmt::format("{} subject{} owed it, {} time{} in all, by {}", absence.subjects,
                            absence.subjects == 1 ? "" : "s", absence.times,
                            absence.times == 1 ? "" : "s", join(absence.rules, ", "));
}

std::string to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::kJudged:
      return "judged";
    case Verdict::kNotJudged:
      return "not judged";
    case Verdict::kNoData:
      return "no data";
  }
  DW_CHECK(false, "a verdict is one of three");
}

Result<Audit> run(const Request& request) {
  DW_TRY(scope, Scoper(request).scope());
  // Faults of the limits are told once, not for every subject.
  decide::PatientRequest nobody;
  nobody.limits = request.limits;
  DW_TRY(limits, decide::PatientEntries(*request.programme, nobody).finish({}));
  static_cast<void>(limits);
  return Auditor(request, scope).run();
}

}  // namespace dosewright::audit
