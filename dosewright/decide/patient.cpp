#include "dosewright/decide/patient.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "dosewright/base/text.hpp"
#include "dosewright/decide/vocabulary.hpp"
#include "dosewright/decide/what_if.hpp"

namespace dosewright::decide {
namespace {

using exchange::clock_text;
using exchange::Entry;
using exchange::EntryKind;
using protocol::Fact;
using protocol::FactKind;

}  // namespace

// Takes entries one by one; keeps 32 bytes of a reading, whatever the file said of it. Not in a
// namespace without a name, because a type of the header holds it.
class Collector {
 public:
  Collector(const programme::Programme& programme, const PatientRequest& request)
      : programme_(programme),
        request_(request),
        meaning_(programme),
        last_(request.whole_day ? request.at + kMinutesPerDay - 1 : request.at) {
    default_uln_.assign(programme.analytes.size(), 0);
    for (const std::string& limit : request_.limits) take_limit(limit);
  }

  Result<Patient> read() {
    exchange::ReadOptions options;
    options.subject = request_.subject;
    options.read = request_.read;
    const exchange::Reading reading =
        exchange::read_timeline(request_.path, [this](Entry&& e) { take(std::move(e)); }, options);
    return finish(reading);
  }

  Result<Patient> finish(const exchange::Reading& reading) {
    Faults all = reading.faults;
    for (const std::string& text : request_.what_ifs) take_what_if(text);
    check_birth();
    all.merge(faults_);
    if (left_out_ > 0) all.add({}, fmt::format("{} more faults are not listed here", left_out_));
    if (!all.empty()) return all;
    patient_.name = reading.patient;
    patient_.entries = reading.entries;
    end_facts_of_medicines();
    settle_readings();
    settle_facts();
    settle_sex();
    settle_injections();
    settle_dispositions();
    tell_counts(reading);
    return std::move(patient_);
  }

  void take(Entry&& entry, Faults* apart) {
    apart_ = apart;
    take(std::move(entry));
    apart_ = nullptr;
  }

 private:
  void fault(const Entry& entry, std::string message, std::string hint = {}) {
    if (apart_ == nullptr && faults_.size() >= exchange::kMostFaults) {
      ++left_out_;
      return;
    }
    if (!entry.pointer.empty()) message = entry.pointer + ": " + message;
    Faults& faults = apart_ == nullptr ? faults_ : *apart_;
    faults.add({entry.place, std::move(message), std::move(hint), ""});
  }

  static std::string name_of(const Entry& entry) {
    if (entry.codes.empty()) return shown_text(entry.text);
    const auto& code = entry.codes.front();
    return shown_text(code.system.empty() ? code.value : code.system + " " + code.value);
  }

  void take(Entry&& entry) {
    if (entry.kind == EntryKind::kBirth) return take_birth(entry);
    if (entry.kind == EntryKind::kSex) return take_sex(entry);
    if (entry.at > last_) {
      ++future_;
      return;
    }
    switch (entry.kind) {
      case EntryKind::kLab:
        return take_lab(entry);
      case EntryKind::kDose:
      case EntryKind::kMissedDose:
        return take_dose(std::move(entry));
      case EntryKind::kFact:
      case EntryKind::kReaction:
        return take_fact(entry);
      case EntryKind::kDisposition:
        return take_disposition(entry);
      default:
        return take_medicine(std::move(entry));
    }
  }

  void take_birth(const Entry& entry) {
    if (patient_.birth && *patient_.birth != entry.at) {
      return fault(
          entry,
          "a second birth date, " + clock_text(entry.at) + " beside " + clock_text(*patient_.birth),
          "is this the file of two people? Keep the right one");
    }
    patient_.birth = entry.at;
  }

  void take_sex(const Entry& entry) {
    const std::string sex = entry.codes.empty() ? std::string() : entry.codes.front().value;
    const bool female = same_words(sex, "F") || same_words(sex, "female");
    const bool male = same_words(sex, "M") || same_words(sex, "male");
    if (!female && !male) return;
    const std::string word = female ? "female" : "male";
    if (!patient_.sex.empty() && patient_.sex != word) {
      return fault(entry, "a second sex, " + word + " beside " + patient_.sex,
                   "is this the file of two people? Keep the right one");
    }
    patient_.sex = word;
  }

  void take_limit(const std::string& text) {
    const Place place{"--uln", 0, 0};
    const std::size_t mark = text.find('=');
    const std::string code(trim(std::string_view(text).substr(0, mark)));
    const int analyte = meaning_.analyte({{"", code}});
    if (mark == std::string::npos || analyte < 0) {
      faults_.add(place, "expected TEST=LIMIT, found '" + shown_text(text) + "'",
                  "write --uln \"ALT=41 U/L\"");
      return;
    }
    const Result<Measure> limit = parse_measure(text.substr(mark + 1));
    if (!limit.ok()) return faults_.merge(limit.faults());
    const auto index = static_cast<std::size_t>(analyte);
    const Result<double> canonical = canonical_reading(
        programme_.analytes[index], limit->unit.from_canonical(limit->canonical), limit->unit.code);
    if (!canonical.ok()) return faults_.merge(canonical.faults());
    default_uln_[index] = *canonical;
  }

  void take_lab(const Entry& entry) {
    const int analyte = meaning_.analyte(entry.codes);
    if (analyte >= 0) return take_reading(entry, analyte);
    if (meaning_.word(entry.codes) >= 0) return take_fact(entry);
    // A code of three letters is near to many, and one that comes with its title is no slip of a
    // key.
    const bool named = !entry.codes.empty() && entry.codes.front().system.empty() &&
                       entry.codes.front().value.size() > 3 && entry.text.empty();
    const std::string near = named ? meaning_.near_test(entry.codes.front().value) : "";
    if (!near.empty()) {
      return fault(entry, "no test is called '" + name_of(entry) + "'",
                   "did you mean '" + near + "'?");
    }
    ++unknown_["test " + name_of(entry)];
  }

  void take_reading(const Entry& entry, int analyte) {
    const auto index = static_cast<std::size_t>(analyte);
    const protocol::Analyte& test = programme_.analytes[index];
    if (entry.unit.empty() && test.unit.code != "1") {
      return fault(entry, test.code + " has no unit",
                   "fill the column unit, for example '" + test.unit.code + "'");
    }
    const std::string unit = entry.unit.empty() ? "1" : entry.unit;
    const Result<double> value = canonical_reading(test, *entry.value, unit);
    if (!value.ok()) return fault(entry, value.faults()[0].message, value.faults()[0].hint);
    if (*entry.value < 0 && test.uln > 0) {
      return fault(entry, test.code + " cannot be negative, found " + number_text(*entry.value));
    }
    double uln = 0;
    if (test.uln > 0 && !take_uln(entry, index, unit, uln)) return;
    first_ = std::min(first_, entry.at);
    patient_.readings.push_back(
        {entry.at, FactKind::kLab, static_cast<std::int16_t>(analyte), *value, uln});
  }

  // Rules ask for multiples of the limit, so a reading without the laboratory's own is no reading.
  bool take_uln(const Entry& entry, std::size_t index, const std::string& unit, double& uln) {
    const protocol::Analyte& test = programme_.analytes[index];
    if (!entry.uln) {
      uln = default_uln_[index];
      if (uln > 0) return true;
      fault(entry, test.code + " has no upper limit of normal, and rules count in multiples of it",
            fmt::format("fill the column uln with the laboratory's own limit, or say it once for "
                        "all: --uln \"{}=LIMIT {}\"",
                        test.code, test.unit.code));
      return false;
    }
    if (*entry.uln <= 0) {
      fault(
          entry,
          fmt::format("the upper limit of normal of {} is {}", test.code, number_text(*entry.uln)),
          "a limit is above 0: give the laboratory's own");
      return false;
    }
    const Result<double> canonical = canonical_reading(test, *entry.uln, unit);
    uln = canonical.ok() ? *canonical : 0;
    return true;
  }

  void take_dose(Entry&& entry) {
    if (!entry.codes.empty() && !meaning_.own_drug(entry.codes)) {
      const std::string near = meaning_.near_own_drug(entry.codes.front().value);
      if (!near.empty()) {
        return fault(entry, "no drug is called '" + name_of(entry) + "'",
                     "did you mean '" + near + "'?");
      }
      if (entry.kind == EntryKind::kMissedDose) return;
      entry.kind = EntryKind::kIntake;
      return take_medicine(std::move(entry));
    }
    first_ = std::min(first_, entry.at);
    if (entry.kind == EntryKind::kMissedDose) {
      patient_.readings.push_back({entry.at, FactKind::kDoseMissed, 0, 0, 0});
      return;
    }
    const double mg = milligrams(entry);
    if (mg <= 0) return;
    patient_.readings.push_back({entry.at, FactKind::kDose, 0, mg, 0});
    if (!programme_.sites.places.empty()) {
      patient_.injections.push_back({entry.at, spot_of(entry)});
    }
  }

  // The cell `site`, or the words beside the entry where they name a site and nothing else does.
  Spot spot_of(const Entry& entry) {
    if (programme_.sites.places.empty()) return {};
    if (entry.site.empty()) return site_of(programme_, {{"", entry.text}});
    const Spot spot = site_of(programme_, entry.site);
    if (spot.said()) return spot;
    auto& names = patient_.elsewhere;
    std::vector<std::string> said;
    for (const auto& code : entry.site) said.push_back(shown_text(code.value));
    const std::string name = join(said, " / ");
    auto found = std::ranges::find(names, name);
    if (found == names.end()) {
      if (names.size() >= 1000) return {};
      names.push_back(name);
      found = std::prev(names.end());
    }
    return {static_cast<std::int16_t>(-2 - (found - names.begin())), programme::Side::kNone};
  }

  double milligrams(const Entry& entry) {
    if (!entry.value || entry.unit.empty()) {
      fault(entry, "how much was given is not said", "fill value and unit, for example 200 and mg");
      return 0;
    }
    const Result<Unit> unit = parse_unit(ucum_code(entry.unit));
    if (!unit.ok() || unit->dimension != parse_unit("mg")->dimension || *entry.value <= 0) {
      fault(entry,
            fmt::format("a dose is an amount in mg above 0, found {} {}", number_text(*entry.value),
                        shown_text(entry.unit)),
            "a dose that was not given is an entry of kind missed");
      return 0;
    }
    return unit->to_canonical(*entry.value);
  }

  // In SDTM what is not completion is a reason for its lack, whatever its term.
  void take_disposition(const Entry& entry) {
    const exchange::Code& code = entry.codes.front();
    std::vector<std::string> words;
    const auto kind = disposition_of(code.value, words);
    if (!kind && code.system != "SDTM") {
      const std::string near = nearest_name(code.value, words);
      return fault(entry, "no disposition is called '" + name_of(entry) + "'",
                   near.empty() ? "say completed, discontinued, withdrew, lost, died or went on"
                                : "did you mean '" + near + "'?");
    }
    patient_.dispositions.push_back({kind.value_or(Disposition::Kind::kDiscontinued), entry.at,
                                     shown_text(entry.text.empty() ? code.value : entry.text),
                                     entry.pointer.empty() ? to_text(entry.place) : entry.pointer});
  }

  void take_fact(const Entry& entry) {
    const int word = meaning_.word(entry.codes);
    if (word < 0) {
      const bool named = !entry.codes.empty() && entry.codes.front().system.empty();
      const std::string near = named ? meaning_.near_fact(entry.codes.front().value) : "";
      if (near.empty() || !entry.pointer.empty()) {
        ++unknown_["fact " + name_of(entry)];
      } else {
        fault(entry, "no fact is called '" + name_of(entry) + "'", "did you mean '" + near + "'?");
      }
      return;
    }
    Known known{word, spot_of(entry), entry.at, entry.present ? 1.0 : 0.0, 0};
    const programme::FactWord* fact = meaning_.fact(word);
    if (fact != nullptr && fact->unit) {
      if (!quantity(entry, *fact, known.value)) return;
    } else if (entry.kind == EntryKind::kReaction) {
      known.grade = entry.value.value_or(0);
      known.value = known.grade > 0 ? 1 : 0;
      if (known.grade < 0 || known.grade > 5) {
        return fault(entry, "a CTCAE grade lies between 0 (over) and 5");
      }
    } else if (entry.value) {
      return fault(entry,
                   "'" + meaning_.words().ids[static_cast<std::size_t>(word)] +
                       "' is yes or no, found " + number_text(*entry.value),
                   "write yes or no, or leave the value out for yes");
    }
    patient_.facts.push_back(known);
    if (entry.until && *entry.until <= last_) {
      patient_.facts.push_back({word, known.spot, *entry.until, 0, 0});
    }
  }

  bool quantity(const Entry& entry, const programme::FactWord& fact, double& value) {
    const Result<Unit> unit = parse_unit(entry.unit.empty() ? "1" : ucum_code(entry.unit));
    if (!entry.value || !unit.ok() || unit->dimension != fact.unit->dimension) {
      fault(entry, fact.title + " is a number in " + fact.unit->code, "fill value and unit");
      return false;
    }
    value = unit->to_canonical(*entry.value);
    return true;
  }

  void take_medicine(Entry&& entry) {
    Medicine medicine;
    medicine.name = entry.codes.empty() ? entry.text : entry.codes.front().value;
    if (!entry.codes.empty() && !entry.codes.front().system.empty() && !entry.text.empty()) {
      medicine.name = entry.text;
    }
    medicine.one_day = entry.kind == EntryKind::kIntake;
    medicine.from = entry.at;
    medicine.until = entry.until;
    medicine.days_per_week = entry.days_per_week;
    medicine.where = entry.pointer.empty() ? to_text(entry.place) : entry.pointer;
    if (entry.value && !daily(entry, medicine)) return;
    medicine.codes = std::move(entry.codes);
    take_fact_of(medicine);
    patient_.medicines.push_back(std::move(medicine));
  }

  bool daily(const Entry& entry, Medicine& medicine) {
    std::string code = ucum_code(entry.unit);
    if (!medicine.one_day && code.ends_with("/d")) code.resize(code.size() - 2);
    const Result<Unit> unit = parse_unit(code);
    if (code.empty() || !unit.ok() || unit->dimension != parse_unit("mg")->dimension) {
      fault(entry,
            "how much of '" + shown_text(medicine.name) + "' a day needs a unit, found '" +
                shown_text(entry.unit) + "'",
            medicine.one_day ? "write g or mg" : "write g/d or mg/d");
      return false;
    }
    medicine.mg_per_day = unit->to_canonical(*entry.value);
    return true;
  }

  // A medicine can be a fact too: its name stands among the terms of one.
  void take_fact_of(const Medicine& medicine) {
    std::vector<exchange::Code> names = medicine.codes;
    if (const auto* interaction = interaction_of(programme_, medicine)) {
      names.push_back({"", interaction->id});
    }
    const int word = meaning_.word(names);
    if (word < 0 || (meaning_.fact(word) != nullptr && meaning_.fact(word)->unit)) return;
    patient_.facts.push_back({word, {}, medicine.from, 1, 0});
    const Minutes end =
        medicine.one_day ? medicine.from + kMinutesPerDay : medicine.until.value_or(INT64_MAX);
    uses_.push_back({word, medicine.from, end});
  }

  // The fact is over when the last of the medicines that bring it is: one that ends while another
  // one is still taken ends nothing.
  void end_facts_of_medicines() {
    std::ranges::sort(uses_, {}, [](const Use& use) { return std::pair(use.word, use.from); });
    for (std::size_t i = 0; i < uses_.size();) {
      const int word = uses_[i].word;
      Minutes end = uses_[i].end;
      for (++i; i < uses_.size() && uses_[i].word == word && uses_[i].from <= end; ++i) {
        end = std::max(end, uses_[i].end);
      }
      if (end <= last_) patient_.facts.push_back({word, {}, end, 0, 0});
    }
  }

  // A limit of normal is the latest one known. A result stands in place of one of the same instant:
  // it is asked what would be if it had been another one, and two that differ would hold the dose.
  void take_what_if(const std::string& text) {
    Result<Entry> read = read_what_if(programme_, meaning_, text);
    if (!read.ok()) return faults_.merge(read.faults());
    const int analyte = read->kind == EntryKind::kLab ? meaning_.analyte(read->codes) : -1;
    read->uln = analyte < 0 ? std::nullopt : latest_limit(analyte);
    if (read->uln) {  // it is canonical: bring it to the unit of the reading
      const auto& test = programme_.analytes[static_cast<std::size_t>(analyte)];
      if (read->unit == "ULN") {
        read->value = test.unit.from_canonical(*read->value * *read->uln);
        read->unit = test.unit.code;
      }
      const Result<double> one = canonical_reading(test, 1, read->unit.empty() ? "1" : read->unit);
      read->uln = one.ok() && *one > 0 ? std::optional<double>(*read->uln / *one) : std::nullopt;
    }
    const Minutes at = read->at;
    std::erase_if(patient_.readings, [&](const Fact& fact) {
      return fact.kind == FactKind::kLab && fact.code == analyte && fact.at == at;
    });
    take(std::move(*read));
  }

  std::optional<double> latest_limit(int analyte) const {
    std::optional<double> limit;
    Minutes at = INT64_MIN;
    for (const Fact& fact : patient_.readings) {
      if (fact.kind != FactKind::kLab || fact.code != analyte || fact.at < at) continue;
      at = fact.at;
      if (fact.uln > 0) limit = fact.uln;
    }
    return limit;
  }

  void check_birth() {
    if (patient_.birth && *patient_.birth > last_) {
      faults_.add({request_.path, 0, 0},
                  "the birth on " + clock_text(*patient_.birth) +
                      " lies after the day that is asked about, " + clock_text(request_.at),
                  "one of the two is wrong");
    }
    if (!patient_.birth || first_ >= *patient_.birth) return;
    faults_.add({request_.path, 0, 0},
                "a reading or dose of " + clock_text(first_) + " lies before the birth on " +
                    clock_text(*patient_.birth),
                "one of the two is wrong, or belongs to another person");
  }

  void settle_readings() {
    auto& facts = patient_.readings;
    std::ranges::stable_sort(facts, [](const Fact& a, const Fact& b) {
      if (a.at != b.at) return a.at < b.at;
      if (a.kind != b.kind) return a.kind < b.kind;
      return a.code < b.code;
    });
    std::map<std::pair<FactKind, int>, std::string> latest;  // a contradiction that still stands
    std::size_t kept = 0;
    for (std::size_t i = 0; i < facts.size(); ++i) {
      Fact fact = facts[i];
      std::string contradiction;
      for (; i + 1 < facts.size() && facts[i + 1].at == fact.at && facts[i + 1].kind == fact.kind &&
             facts[i + 1].code == fact.code;
           ++i) {
        join_two(fact, facts[i + 1], contradiction);
      }
      latest[{fact.kind, fact.code}] = contradiction;
      facts[kept++] = fact;
    }
    facts.resize(kept);
    for (const auto& [what, contradiction] : latest) {
      if (!contradiction.empty()) patient_.unclear.push_back(contradiction);
    }
  }

  // Two results of one instant: the same twice counts once; of two that differ the worse is kept.
  void join_two(Fact& kept, const Fact& other, std::string& contradiction) {
    if (kept.value == other.value && kept.uln == other.uln) {
      ++duplicates_;
      return;
    }
    const bool lab = kept.kind == FactKind::kLab;
    const auto shown = [&](double value) {
      return lab ? to_text(value, analyte(kept.code).unit) : number_text(value) + " mg";
    };
    const std::string name = lab ? analyte(kept.code).code : "the dose";
    contradiction = fmt::format("{} on {} is {} and {}", name, clock_text(kept.at),
                                shown(kept.value), shown(other.value));
    patient_.notes.push_back(
        {Note::Kind::kContradiction, contradiction + ": the worse one is used"});
    const bool low_is_bad = lab && analyte(kept.code).uln <= 0 && analyte(kept.code).lln > 0;
    const double a = kept.uln > 0 ? kept.value / kept.uln : kept.value;
    const double b = other.uln > 0 ? other.value / other.uln : other.value;
    if (low_is_bad ? b < a : b > a) kept = other;
  }

  const protocol::Analyte& analyte(int index) const {
    return programme_.analytes[static_cast<std::size_t>(index)];
  }

  void settle_facts() {
    auto& facts = patient_.facts;
    std::ranges::stable_sort(facts, {}, &Known::at);
    using What = std::tuple<int, std::int16_t, programme::Side>;  // a fact, and where
    std::map<What, std::pair<Minutes, double>> latest;
    std::map<What, std::string> unclear;
    for (const Known& known : facts) {
      const What what{known.word, known.spot.site, known.spot.side};
      const auto found = latest.find(what);
      const std::string& id = meaning_.words().ids[static_cast<std::size_t>(known.word)];
      if (found != latest.end() && found->second.first == known.at &&
          found->second.second != known.value) {
        unclear[what] = "'" + id + "' is said both ways on " + clock_text(known.at);
        patient_.notes.push_back({Note::Kind::kContradiction, unclear[what]});
      } else if (found == latest.end() || found->second.first != known.at) {
        unclear.erase(what);
      }
      latest[what] = {known.at, known.value};
    }
    for (const auto& [word, says] : unclear) patient_.unclear.push_back(says);
  }

  // A programme whose rules ask for the sex has a fact of that name; it holds from the first entry.
  void settle_sex() {
    Known known{meaning_.words().find(patient_.sex), {}, 0, 1, 0};
    if (known.word < 0 || (patient_.facts.empty() && patient_.readings.empty())) return;
    known.at = patient_.facts.empty() ? patient_.readings.front().at : patient_.facts.front().at;
    if (!patient_.readings.empty()) known.at = std::min(known.at, patient_.readings.front().at);
    patient_.facts.insert(patient_.facts.begin(), known);
  }

  // One a dose that counts: of two entries of one instant, the one that says where.
  void settle_injections() {
    auto& list = patient_.injections;
    std::ranges::stable_sort(list, {}, &Injection::at);
    std::size_t kept = 0;
    for (const Injection& one : list) {
      if (kept == 0 || list[kept - 1].at != one.at) {
        list[kept++] = one;
      } else if (!list[kept - 1].spot.said()) {
        list[kept - 1] = one;
      }
    }
    list.resize(kept);
  }

  void settle_dispositions() {
    std::ranges::stable_sort(patient_.dispositions, [](const auto& a, const auto& b) {
      return a.at != b.at ? a.at < b.at : a.kind < b.kind;
    });
    const auto died =
        std::ranges::find(patient_.dispositions, Disposition::Kind::kDied, &Disposition::kind);
    if (died == patient_.dispositions.end() || patient_.readings.empty()) return;
    const Minutes last = patient_.readings.back().at;
    if (last < died->at + kMinutesPerDay) return;
    patient_.notes.push_back(
        {Note::Kind::kContradiction, "a reading or dose of " + clock_text(last) +
                                         " lies after the death on " + clock_text(died->at)});
  }

  void tell_counts(const exchange::Reading& reading) {
    const auto note = [this](Note::Kind kind, std::string says) {
      patient_.notes.push_back({kind, std::move(says)});
    };
    for (const std::string& text : request_.what_ifs) {
      note(Note::Kind::kWhatIf, "thought up, not in the file: " + shown_text(text));
    }
    if (future_ > 0) {
      note(Note::Kind::kFuture, fmt::format("{} entries lie after {} and are not used", future_,
                                            clock_text(request_.at)));
    }
    if (duplicates_ > 0) {
      note(Note::Kind::kDuplicate,
           fmt::format("{} results stand twice and count once", duplicates_));
    }
    std::map<std::string, std::int64_t> all = unknown_;
    for (const auto& [what, count] : reading.passed_over) all[what] += count;
    for (const auto& [what, count] : all) {
      note(Note::Kind::kNotUnderstood,
           fmt::format("{}: no meaning in this programme{}", what,
                       count > 1 ? fmt::format(" ({} times)", count) : ""));
      if (patient_.notes.size() > 200) break;
    }
  }

  const programme::Programme& programme_;
  const PatientRequest& request_;
  Meaning meaning_;
  Patient patient_;
  Faults faults_;
  Faults* apart_ = nullptr;  // where the faults of one entry go instead
  std::int64_t left_out_ = 0, future_ = 0, duplicates_ = 0;
  Minutes last_ = 0;
  Minutes first_ = INT64_MAX;
  std::vector<double> default_uln_;
  struct Use {
    int word;
    Minutes from, end;
  };
  std::vector<Use> uses_;  // of medicines that are facts
  std::map<std::string, std::int64_t> unknown_;
};

namespace {

// Which signs of a protocol each word brings, its own and those that it implies.
class Signs {
 public:
  Signs(const programme::Programme& programme, const protocol::Protocol& protocol)
      : programme_(programme), protocol_(protocol), words_(words_of(programme)) {
    places_.resize(words_.ids.size());
    present_.assign(protocol.vocabulary.signs.size(), false);
  }

  void take(const Known& known, protocol::Timeline& timeline) {
    const auto word = static_cast<std::size_t>(known.word);
    set_place(places_[word], known);
    for (std::size_t s = 0; s < present_.size(); ++s) {
      const bool now = is_present(protocol_.vocabulary.signs[s]);
      if (now == present_[s]) continue;
      present_[s] = now;
      timeline.push_back({known.at, now ? FactKind::kSymptom : FactKind::kSymptomEnd,
                          static_cast<std::int16_t>(s), 0, 0});
    }
  }

 private:
  bool is_present(const std::string& sign) const {
    for (std::size_t w = 0; w < words_.ids.size(); ++w) {
      if (!places_[w].empty() && brings(w, sign)) return true;
    }
    return false;
  }

  bool brings(std::size_t word, const std::string& sign) const {
    if (words_.ids[word] == sign) return true;
    if (word >= programme_.facts.size()) return false;
    const programme::FactWord& fact = programme_.facts[word];
    if (std::ranges::find(fact.implies, sign) != fact.implies.end()) return true;
    return std::ranges::any_of(fact.at_grade, [&](const auto& step) {
      return step.implies == sign && std::ranges::any_of(places_[word], [&](const Known& place) {
               return place.grade >= step.grade;
             });
    });
  }

  const programme::Programme& programme_;
  const protocol::Protocol& protocol_;
  Words words_;
  std::vector<std::vector<Known>> places_;  // per word: where it holds now
  std::vector<bool> present_;
};

}  // namespace

Result<Patient> read_patient(const programme::Programme& programme, const PatientRequest& request) {
  return Collector(programme, request).read();
}

struct PatientEntries::Parts {
  Collector collector;
};

PatientEntries::PatientEntries(const programme::Programme& programme, const PatientRequest& request)
    : parts_(new Parts{Collector(programme, request)}) {}

PatientEntries::~PatientEntries() = default;

void PatientEntries::take(exchange::Entry&& entry, Faults* apart) {
  parts_->collector.take(std::move(entry), apart);
}

Result<Patient> PatientEntries::finish(const exchange::Reading& reading) {
  return parts_->collector.finish(reading);
}

protocol::Timeline timeline_of(const programme::Programme& programme,
                               const protocol::Protocol& protocol, const Patient& patient) {
  protocol::Timeline timeline = patient.readings;
  Signs signs(programme, protocol);
  for (const Known& known : patient.facts) {
    const bool quantity = static_cast<std::size_t>(known.word) < programme.facts.size() &&
                          programme.facts[static_cast<std::size_t>(known.word)].unit.has_value();
    if (!quantity) signs.take(known, timeline);
  }
  protocol::sort_timeline(timeline);
  return timeline;
}

}  // namespace dosewright::decide
