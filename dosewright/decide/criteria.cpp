// Eligibility, supply, and what there is to tell, ask and do.
#include <algorithm>

#include "dosewright/decide/parts.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::decide {
namespace {

using lang::kUnknown;

std::string kind_text(programme::Criterion::Kind kind) {
  if (kind == programme::Criterion::Kind::kInclude) return "include";
  return kind == programme::Criterion::Kind::kExclude ? "exclude" : "caution";
}

// In the order of programme::criterion_scope().
std::vector<double> scope_values(const Case& c) {
  std::vector<double> values;
  for (std::size_t i = 0; i < c.programme.analytes.size(); ++i) {
    const auto& reading = c.state.readings[i];
    const bool stale = protocol::is_missing_or_stale(c.protocol, c.state, static_cast<int>(i));
    values.push_back(stale ? kUnknown : reading.value);
    if (c.programme.analytes[i].uln > 0) values.push_back(stale ? kUnknown : reading.uln);
  }
  for (const auto& fact : c.programme.facts) values.push_back(fact_value(c, fact.id));
  const auto& birth = c.patient.birth;
  values.push_back(birth ? hours_from_minutes(c.question.at - *birth) : kUnknown);
  return values;
}

// Where its condition, if it has one, is known to be met.
bool applies(const programme::Remark& remark, const Case& c) {
  const auto& profiles = remark.profiles;
  if (remark.kind == programme::Remark::Kind::kKnow) return false;
  if (!profiles.empty() && std::ranges::find(profiles, c.protocol.name) == profiles.end())
    return false;
  const bool started = !c.doses.empty();
  if (remark.during == programme::Remark::During::kStart && started) return false;
  if (remark.during == programme::Remark::During::kTreatment && !started) return false;
  if (remark.question == nullptr) return true;
  const std::vector<lang::Symbol> scope = programme::criterion_scope(c.programme);
  return lang::explain(*remark.question, scope, scope_values(c)).verdict == 1;
}

// The latest answer to a question; one from before the last dose leaves it open.
void find_answer(const programme::Remark& remark, const Case& c, AdviceAnswer& one) {
  const int word = words_of(c.programme).find(remark.records);
  for (const Known& known : c.patient.facts) {
    if (known.word != word || (one.answered && known.at < *one.answered)) continue;
    one.answered = known.at;
    one.answer = known.value != 0 ? "yes" : "no";
  }
  one.open = !one.answered || (!c.doses.empty() && *one.answered < c.doses.back());
}

}  // namespace

std::vector<AdviceAnswer> advice_of(const Case& c) {
  std::vector<AdviceAnswer> answers;
  for (const programme::Remark& remark : c.programme.remarks) {
    if (!applies(remark, c)) continue;
    AdviceAnswer one{remark.id, "tell", remark.says, remark.source, false, std::nullopt, ""};
    if (remark.kind == programme::Remark::Kind::kAsk) one.kind = "ask";
    if (remark.kind == programme::Remark::Kind::kDo) one.kind = "do";
    if (!remark.records.empty()) find_answer(remark, c, one);
    answers.push_back(std::move(one));
  }
  return answers;
}

double fact_value(const Case& c, std::string_view id) {
  const Words words = words_of(c.programme);
  const int word = words.find(id);
  const programme::FactWord* fact = c.programme.fact(id);
  double value = kUnknown;
  Minutes at = INT64_MIN;
  for (const Known& known : c.patient.facts) {
    if (known.word != word || known.at < at) continue;
    // Said both ways at one instant: nobody knows.
    value = known.at == at && known.value != value ? kUnknown : known.value;
    at = known.at;
  }
  const Minutes keeps = fact == nullptr ? 0 : fact->stale_after;
  return keeps > 0 && c.question.at - at > keeps ? kUnknown : value;
}

std::vector<CriterionAnswer> eligibility_of(const Case& c) {
  const std::vector<lang::Symbol> scope = programme::criterion_scope(c.programme);
  const std::vector<double> values = scope_values(c);
  std::vector<CriterionAnswer> answers;
  for (const programme::Criterion& criterion : c.programme.eligibility) {
    if (std::ranges::find(criterion.profiles, c.protocol.name) == criterion.profiles.end())
      continue;
    // A question of the start alone is answered by the start.
    if (!c.doses.empty() && criterion.during == programme::Criterion::During::kNothing) continue;
    CriterionAnswer one;
    one.id = criterion.id;
    one.kind = kind_text(criterion.kind);
    one.says = criterion.says;
    one.source = criterion.source;
    if (criterion.question != nullptr) {
      lang::Explanation told = lang::explain(*criterion.question, scope, values);
      one.verdict = told.verdict;
      one.seen = std::move(told.seen);
    }
    one.withholds = criterion.during == programme::Criterion::During::kWithhold;
    const bool wanted = criterion.kind == programme::Criterion::Kind::kInclude;
    one.in_favour = !lang::is_unknown(one.verdict) && (one.verdict != 0) == wanted;
    answers.push_back(std::move(one));
  }
  return answers;
}

SupplyAnswer supply_of(const Case& c) {
  SupplyAnswer answer;
  answer.jurisdiction = c.question.jurisdiction;
  answer.verdict = "not judged";
  if (answer.jurisdiction.empty()) {
    answer.says = "no jurisdiction was named, so supply is not judged";
    return answer;
  }
  const Date day{static_cast<std::int32_t>(midnight_of(c.question.at) / kMinutesPerDay)};
  const auto* status = c.programme.status_on(answer.jurisdiction, day);
  answer.verdict = "unknown";
  answer.says = "no step of the regulatory history is known for this day";
  if (status == nullptr) return answer;
  answer.status = status->status;
  answer.since = status->when;
  answer.source = status->source;
  answer.says = "the programme does not say what '" + status->status + "' means for supply";
  for (const programme::Supply& supply : c.programme.supply) {
    if (supply.jurisdiction != answer.jurisdiction || supply.status != answer.status) continue;
    answer.says = supply.says;
    answer.treated = supply.treated;
    answer.source = supply.source;
    answer.verdict = "closed";
    if (supply.route == programme::Supply::Route::kYes) answer.verdict = "open";
    if (supply.route != programme::Supply::Route::kTrialOnly) return answer;
    const double trial = fact_value(c, "trial_participant");
    const double compassionate = fact_value(c, "compassionate_use");
    if (trial == 1 || compassionate == 1) {
      answer.verdict = "open";
    } else if (lang::is_unknown(trial) || lang::is_unknown(compassionate)) {
      answer.verdict = "unknown";
    }
  }
  return answer;
}

}  // namespace dosewright::decide
