// How it ended for the patient. The terms are those of CDISC's code list for completion and reasons
// for non-completion (recalled, not looked up), and plain words for our own files.
#include <algorithm>

#include "dosewright/base/check.hpp"
#include "dosewright/decide/parts.hpp"

namespace dosewright::decide {
namespace {

using Kind = Disposition::Kind;

struct Term {
  std::string_view word;
  Kind kind;
};
constexpr Term kTerms[] = {
    {"completed", Kind::kCompleted},
    {"discontinued", Kind::kDiscontinued},
    {"withdrew", Kind::kWithdrew},
    {"lost", Kind::kLost},
    {"died", Kind::kDied},
    {"went on", Kind::kWentOn},
    {"death", Kind::kDied},
    {"lost to follow-up", Kind::kLost},
    {"withdrawal by subject", Kind::kWithdrew},
    {"withdrawal by parent/guardian", Kind::kWithdrew},
    {"randomized", Kind::kWentOn},
    {"enrolled", Kind::kWentOn},
    {"adverse event", Kind::kDiscontinued},
    {"lack of efficacy", Kind::kDiscontinued},
    {"physician decision", Kind::kDiscontinued},
    {"pregnancy", Kind::kDiscontinued},
    {"protocol deviation", Kind::kDiscontinued},
    {"protocol violation", Kind::kDiscontinued},
    {"non-compliance with study drug", Kind::kDiscontinued},
    {"screen failure", Kind::kDiscontinued},
    {"site terminated by sponsor", Kind::kDiscontinued},
    {"study terminated by sponsor", Kind::kDiscontinued},
    {"other", Kind::kDiscontinued},
};

}  // namespace

std::string to_text(Disposition::Kind kind) {
  switch (kind) {
    case Kind::kWentOn:
      return "went on";
    case Kind::kCompleted:
      return "completed";
    case Kind::kLost:
      return "lost to follow-up";
    case Kind::kWithdrew:
      return "withdrew";
    case Kind::kDiscontinued:
      return "discontinued";
    case Kind::kDied:
      return "died";
  }
  DW_CHECK(false, "a disposition is one of six");
}

std::optional<Disposition::Kind> disposition_of(std::string_view term,
                                                std::vector<std::string>& words) {
  for (const Term& known : kTerms) {
    if (same_words(known.word, term)) return known.kind;
    words.emplace_back(known.word);
  }
  return std::nullopt;
}

// An end counts until it is said that treatment went on; of several the first, whose day is the one
// on which doses ended; a death counts for good.
EndAnswer end_of(const Case& c) {
  EndAnswer end;
  end.events = c.patient.dispositions;
  for (const Disposition& one : end.events) {
    if (end.died()) break;
    if (one.kind == Kind::kWentOn) {
      end.ended.reset();
    } else if (!end.ended || one.kind == Kind::kDied) {
      end.ended = one;
    }
  }
  if (!end.ended) return end;
  const Minutes day_after = midnight_of(end.ended->at) + kMinutesPerDay;
  const auto after = std::ranges::lower_bound(c.doses, day_after);
  if (after != c.doses.end()) end.dose_after = *after;
  return end;
}

}  // namespace dosewright::decide
