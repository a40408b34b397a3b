// A whole study put through a protocol: where was a patient treated otherwise than the protocol
// asks? The rules are asked by the protocol's own Executor, as `decide` and virtual trials do.
//
//   SDTM files --> Spool (by subject) --> decide::PatientEntries --> timeline --> walk --> findings
//
// Rows may come in any order: they are put aside as records of 48 bytes, by subject, on disk where
// they are many; then one group of subjects after another is judged. Findings beyond a number are
// put aside too. Memory grows with the number of subjects, not with rows or findings. Format and
// meaning: docs/audit.md.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"
#include "dosewright/programme/programme.hpp"

namespace dosewright::audit {

struct Request {
  const programme::Programme* programme = nullptr;
  std::string profile;                  // "": the programme's usual one
  std::string regimen;                  // "": the programme's usual one; its calendar is judged
  std::vector<std::string> regions;     // of the profile; empty: all of them
  std::string lb, dm, ex, ae, cm, ds;   // paths; all but lb may be ""
  std::vector<std::string> treatments;  // names in EXTRT whose doses count as the programme's drug
  std::vector<std::string> limits;      // "ALT=41 U/L": for readings that bring no limit
  std::vector<std::string> alternatives;  // further terms that explain a liver injury otherwise
  Minutes grace = 0;                      // so much later than due is not yet late
  Minutes window = 30 * kMinutesPerDay;   // bilirubin after the aminotransferase, see hys_law.hpp
  std::vector<std::string> arms;  // "ARM=REGIMEN": of subjects of that arm, in place of regimen
  double phosphatase = 2;  // x ULN: at or above it speaks for another injury, see hys_law.hpp
  bool absent_by_subject = false;    // tests that the study never measured: for each subject too
  std::int64_t most_kept = 100'000;  // findings in memory, about 50 MB; the rest lies on disk
  std::size_t spill_above = std::size_t{64} << 20;  // bytes of records that are kept in memory
  std::atomic<std::int64_t>* rows = nullptr;        // read so far, for a progress line
  const std::atomic<bool>* stop = nullptr;          // set by Ctrl-C: ends early and says so
};

enum class Kind : std::uint8_t {
  kDoseWhileWithheld,
  kDoseUnanswered,  // a rule that may forbid the dose could not be answered: a test was lacking
  kDoseAboveReduced,
  kStoppedLate,
  kMissedDoseRule,
  kConfirmationLate,  // a test that a rule asked for once: a confirmation, a work-up
  kConfirmationMissing,
  kTestOverdue,
  kHysLaw,
};
inline constexpr int kKinds = 9;
std::string to_text(Kind kind);  // "dose_while_withheld"
bool is_dosing(Kind kind);

struct Finding {
  Kind kind = Kind::kTestOverdue;
  std::string rule;              // id of a transition or schedule, or "region: state"
  Minutes at = 0;                // of the first dose, or when the test was due
  std::optional<Minutes> until;  // last dose, or when the test came; none: never, or one dose
  int times = 1;                 // doses, or planned tests
  std::string seen, expected, source;
};

// One reading of a liver test, in multiples of its limit of normal.
struct LiverReading {
  Minutes at = 0;
  int test = 0;  // index into kLiverTests
  double multiple = 0;
};
inline constexpr const char* kLiverTests[] = {"ALT", "AST", "BILI", "ALP"};
inline constexpr int kAlt = 0, kAst = 1, kBili = 2, kAlp = 3;

// What the liver tests on treatment amount to, by Hy's law; see hys_law.hpp.
enum class HysLaw : std::uint8_t {
  kNothing,
  kApart,        // both limits are passed, but not within the window
  kCholestatic,  // alkaline phosphatase speaks for another injury
  kAlternative,  // another cause is noted
  kCandidate,
};
std::string to_text(HysLaw verdict);

struct LiverCase {
  HysLaw verdict = HysLaw::kNothing;
  double peak[4] = {-1, -1, -1, -1};                  // by test, x ULN; negative: none was read
  Minutes aminotransferase_at = 0, bilirubin_at = 0;  // of the pair, where there is one
  double aminotransferase = 0, bilirubin = 0;         // x ULN, of the pair
  double phosphatase = -1;                            // x ULN, at the pair; negative: not known
  std::string alternative;                            // as the file says it
  std::string why;                                    // in words
  std::vector<LiverReading> readings;                 // by time; kept where a peak is worth a look
};

struct Event {
  Minutes at = 0;
  std::string says;
};

// A test that judged rules ask for, and of which the study has no result at all. Who owed it is
// counted here, and is no finding about that subject.
struct Absence {
  std::string test, title;
  std::int64_t subjects = 0;       // who owed it, past its date
  std::int64_t times = 0;          // how often, over all of them
  std::vector<std::string> rules;  // that asked for it
};
std::string to_text(const Absence& absence);  // as a sentence

enum class Verdict : std::uint8_t { kJudged, kNotJudged, kNoData };
std::string to_text(Verdict verdict);

struct Subject {
  std::string id, site, arm;
  Verdict verdict = Verdict::kNoData;
  std::vector<std::string> why;    // not judged: with file and row
  std::vector<std::string> notes;  // contradictions, rows of AE and CM that are not used
  std::int64_t readings = 0;
  int doses = 0;
  std::optional<Minutes> first_dose, last_dose, from, until;
  std::string states;  // at the end: "hepatic=treating renal=fit"
  LiverCase liver;
  std::vector<Event> events;  // what happened, kept where the liver readings are
  std::int64_t n_findings = 0, n_dosing = 0;
  // All of them, by time; empty where they were put aside: findings_of() has them in both cases.
  std::vector<Finding> findings;
  std::int64_t stored_at = -1;  // where in Audit::stored; negative: they are in `findings`
};

class FindingStore;

struct Audit {
  std::string programme, profile, profile_title, regimen;
  std::vector<std::string> regions, schedules;             // that were judged
  std::vector<std::string> not_judged;                     // rules that could not be, and why
  std::vector<std::pair<std::string, std::string>> files;  // domain, path
  std::vector<std::string> treatments;
  Minutes grace = 0, window = 0;
  double phosphatase = 0;  // x ULN
  std::int64_t rows = 0, records = 0;
  std::map<std::string, std::int64_t> passed_over;  // what has no meaning here, and how often
  std::vector<Absence> absences;                    // most subjects first
  bool absent_by_subject = false;                   // then they are findings of subjects as well
  std::vector<Subject> subjects;                    // by id
  bool knows_liver = true;                          // the programme has the four tests of Hy's law
  bool interrupted = false;
  std::shared_ptr<FindingStore> stored;  // findings that do not lie in memory; may be null
};

std::vector<Finding> findings_of(const Audit& audit, const Subject& subject);
// What went wrong when findings were read back: what was made of them since is not whole.
std::optional<Fault> findings_fault(const Audit& audit);

// Faults: unknown profile, regimen or region; a file that cannot be read or lacks a column; EX
// without one dose of the drug. What is wrong about one subject is in its `why`.
Result<Audit> run(const Request& request);

}  // namespace dosewright::audit
