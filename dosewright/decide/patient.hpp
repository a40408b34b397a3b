// One real patient as a programme understands the file: readings in canonical units, doses, facts
// and other medicines, and what was wrong, contradictory or without a meaning.
//
// A fault refuses the file: nothing is decided on half of it. What is contradictory, in the future
// or unknown to the programme is a note that every answer carries, and never reads as normal.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/exchange/timeline.hpp"
#include "dosewright/programme/programme.hpp"
#include "dosewright/protocol/timeline.hpp"

namespace dosewright::decide {

// A place on the body as a file says it.
struct Spot {
  static constexpr std::int16_t kNotSaid = -1;
  // From 0: index into the programme's sites. Below kNotSaid: no site of the programme, but one
  // that the file names: index elsewhere_of() into Patient::elsewhere.
  std::int16_t site = kNotSaid;
  programme::Side side = programme::Side::kNone;

  bool listed() const { return site >= 0; }
  bool said() const { return site != kNotSaid; }
  std::size_t elsewhere_of() const { return static_cast<std::size_t>(-2 - site); }
  friend bool operator==(const Spot&, const Spot&) = default;
};

// Something was said of a fact: yes (1), no (0), or a quantity (canonical).
struct Known {
  int word = 0;  // index into Words::ids
  Spot spot;     // of a reaction or of skin: where
  Minutes at = 0;
  double value = 1;
  double grade = 0;  // CTCAE, of a reaction
};

// The facts of the programme, then the signs of its protocols that are no facts.
struct Words {
  std::vector<std::string> ids;
  int find(std::string_view id) const;  // -1: unknown
};
Words words_of(const programme::Programme& programme);

struct Medicine {
  std::string name;  // as the file says it
  std::vector<exchange::Code> codes;
  Minutes from = 0;
  std::optional<Minutes> until;
  double mg_per_day = -1;  // -1: not said
  double days_per_week = 7;
  bool one_day = false;
  std::string where;  // the place in the file
};

struct Note {
  enum class Kind : std::uint8_t {
    kContradiction,
    kFuture,
    kDuplicate,
    kNotUnderstood,
    kWhatIf
  } kind;
  std::string says;
};

// How treatment or study ended for the patient, or that it went on. The worse ones last.
struct Disposition {
  enum class Kind : std::uint8_t { kWentOn, kCompleted, kLost, kWithdrew, kDiscontinued, kDied };
  Kind kind = Kind::kWentOn;
  Minutes at = 0;
  std::string says;   // as the file says it
  std::string where;  // the place in the file
};
std::string to_text(Disposition::Kind kind);

// What a term of a file means; none: no meaning here. `words` gets the words that have one.
std::optional<Disposition::Kind> disposition_of(std::string_view term,
                                                std::vector<std::string>& words);

struct Injection {
  Minutes at = 0;
  Spot spot;
};

struct Patient {
  std::string name, sex;
  std::optional<Minutes> birth;
  protocol::Timeline readings;  // tests and doses, in order, none later than the request's `at`
  std::vector<Known> facts;     // by time
  std::vector<Medicine> medicines;
  std::vector<Injection> injections;      // one a dose, by time; empty where no site is asked for
  std::vector<std::string> elsewhere;     // places that are no site of the programme
  std::vector<Disposition> dispositions;  // by time
  std::vector<Note> notes;
  std::vector<std::string>
      unclear;  // contradictions at the latest word on a thing: they hold doses
  std::int64_t entries = 0;
};

struct PatientRequest {
  std::string path, subject;
  Minutes at = 0;                     // entries after the end of this minute are not used
  bool whole_day = false;             // `at` is a midnight, and the day after it counts
  std::vector<std::string> limits;    // "ALT=41 U/L": limits of normal of the laboratory
  std::vector<std::string> what_ifs;  // "ALT=150 U/L@2013-06-02", "jaundice@2013-06-02"
  std::atomic<std::int64_t>* read = nullptr;
};

Result<Patient> read_patient(const programme::Programme& programme, const PatientRequest& request);

// The same from entries that the caller has: one subject of a study. Of the request only `at`,
// `whole_day` and `limits` count, and `path` for messages. Both references must outlive it.
class PatientEntries {
 public:
  PatientEntries(const programme::Programme& programme, const PatientRequest& request);
  ~PatientEntries();
  PatientEntries(const PatientEntries&) = delete;
  PatientEntries& operator=(const PatientEntries&) = delete;

  // What is wrong with the entry refuses the patient; or goes to `apart`, and the patient is read
  // without it.
  void take(exchange::Entry&& entry, Faults* apart = nullptr);
  Result<Patient> finish(const exchange::Reading& reading);  // once

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

// The interaction that a medicine falls under; nullptr: none. By name or class (without case), or
// by a code; ATC codes stand for those that begin with them.
const programme::Interaction* interaction_of(const programme::Programme& programme,
                                             const Medicine& medicine);

// The name of an interaction that is near to one that nothing knows; "" where none is.
std::string near_medicine(const programme::Programme& programme, const Medicine& medicine);

// What a protocol sees: the readings, and its signs as the facts imply them.
protocol::Timeline timeline_of(const programme::Programme& programme,
                               const protocol::Protocol& protocol, const Patient& patient);

bool same_words(std::string_view a, std::string_view b);  // without case

}  // namespace dosewright::decide
