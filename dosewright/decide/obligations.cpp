// What is owed, on the calendar: due, overdue, missing, drawn too early to count.
#include <algorithm>

#include "dosewright/decide/parts.hpp"

namespace dosewright::decide {
namespace {

constexpr Minutes kSoon = 7 * kMinutesPerDay;

class Teller {
 public:
  Teller(const Case& c, const protocol::Obligation& owed)
      : case_(c), owed_(owed), panel_(c.protocol.panels[static_cast<std::size_t>(owed.panel)]) {}

  DueAnswer tell() {
    answer_.panel = panel_.name;
    answer_.title = panel_.title;
    answer_.due = owed_.due;
    answer_.because = owed_.because;
    answer_.rule = owed_.rule;
    answer_.source = owed_.source;
    answer_.counts_from = owed_.due - owed_.window;
    find_last();
    judge();
    return std::move(answer_);
  }

 private:
  const protocol::Readings& readings(int analyte) const {
    return case_.state.readings[static_cast<std::size_t>(analyte)];
  }

  void find_last() {
    for (const int analyte : panel_.analytes) {
      const std::string& code =
          case_.protocol.vocabulary.analytes[static_cast<std::size_t>(analyte)].code;
      answer_.tests.push_back(code);
      if (lang::is_unknown(readings(analyte).value)) {
        answer_.never_measured.push_back(code);
        continue;
      }
      const Minutes at = readings(analyte).at;
      answer_.last_drawn = std::min(answer_.last_drawn.value_or(at), at);
    }
    if (!answer_.never_measured.empty()) answer_.last_drawn.reset();
  }

  // The planned time before this one; a test after its window was drawn for this one.
  Minutes planned_before() const {
    for (const protocol::Schedule& schedule : case_.protocol.schedules) {
      if (schedule.id != owed_.rule) continue;
      const Minutes offset = owed_.due - case_.state.first_dose;
      if (schedule.every > 0) return offset > schedule.from ? owed_.due - schedule.every : 0;
      Minutes before = 0;
      for (const Minutes at : schedule.at) {
        if (at < offset) before = case_.state.first_dose + at;
      }
      return before;
    }
    return INT64_MAX;  // no plan: what was drawn before it was owed answered something else
  }

  void judge() {
    const Minutes now = case_.question.at;
    const Minutes today = midnight_of(now);
    const Minutes due_day = midnight_of(owed_.due);
    const bool started = midnight_of(answer_.counts_from) <= today;
    if (!answer_.never_measured.empty() && due_day <= today) {
      answer_.state = DueState::kMissing;
    } else if (today > midnight_of(owed_.due + owed_.window)) {
      answer_.state = DueState::kOverdue;
    } else if (due_day <= today) {
      answer_.state = DueState::kDue;
    } else if (started || due_day - today <= kSoon) {
      answer_.state = DueState::kSoon;
    }
    if (answer_.state != DueState::kLater) answer_.too_early = drawn_too_early();
  }

  // After the planned time before this one, so meant for this one, but before it counts.
  bool drawn_too_early() const {
    const Minutes before = planned_before();
    return answer_.last_drawn && before != INT64_MAX && *answer_.last_drawn < answer_.counts_from &&
           *answer_.last_drawn > std::max(before, case_.state.first_dose) + owed_.window;
  }

  const Case& case_;
  const protocol::Obligation& owed_;
  const protocol::Panel& panel_;
  DueAnswer answer_;
};

}  // namespace

std::string to_text(DueState state) {
  switch (state) {
    case DueState::kMissing:
      return "missing";
    case DueState::kOverdue:
      return "overdue";
    case DueState::kDue:
      return "due";
    case DueState::kSoon:
      return "due soon";
    case DueState::kLater:
      return "later";
  }
  DW_CHECK(false, "an obligation has one of five states");
}

Minutes midnight_of(Minutes at) {
  Minutes day = at / kMinutesPerDay;
  if (at % kMinutesPerDay < 0) --day;
  return day * kMinutesPerDay;
}

std::vector<DueAnswer> obligations_of(const Case& c) {
  std::vector<DueAnswer> answers;
  for (const protocol::Obligation& owed : c.decision.obligations) {
    answers.push_back(Teller(c, owed).tell());
  }
  return answers;
}

}  // namespace dosewright::decide
