#include "dosewright/audit/hys_law.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/entry.hpp"

namespace dosewright::audit {
namespace {

bool is_aminotransferase(const LiverReading& reading) {
  return reading.test == kAlt || reading.test == kAst;
}

Minutes day_of(Minutes at) {
  return at - ((at % kMinutesPerDay) + kMinutesPerDay) % kMinutesPerDay;
}

// The latest reading of a test up to the end of that day; negative: none.
double latest(std::span<const LiverReading> readings, int test, Minutes at) {
  double multiple = -1;
  for (const LiverReading& one : readings) {
    if (day_of(one.at) > day_of(at)) break;
    if (one.test == test) multiple = one.multiple;
  }
  return multiple;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

struct Pair {
  const LiverReading* aminotransferase;
  const LiverReading* bilirubin;
  double phosphatase;
};

// The pair that speaks most for injury: not cholestatic before cholestatic, then higher bilirubin,
// then the higher aminotransferase.
bool worse(const Pair& a, const Pair& b, double phosphatase) {
  const bool cholestatic_a = a.phosphatase >= phosphatase;
  const bool cholestatic_b = b.phosphatase >= phosphatase;
  if (cholestatic_a != cholestatic_b) return cholestatic_b;
  if (a.bilirubin->multiple != b.bilirubin->multiple) {
    return a.bilirubin->multiple > b.bilirubin->multiple;
  }
  return a.aminotransferase->multiple > b.aminotransferase->multiple;
}

std::optional<Pair> worst_pair(std::span<const LiverReading> readings, HysLimits limits) {
  std::optional<Pair> worst;
  for (const LiverReading& a : readings) {
    if (!is_aminotransferase(a) || !(a.multiple > kAminotransferaseLimit)) continue;
    for (const LiverReading& b : readings) {
      if (b.test != kBili || !(b.multiple > kBilirubinLimit)) continue;
      if (day_of(b.at) < day_of(a.at) || day_of(b.at) > day_of(a.at) + limits.window) continue;
      const Pair pair{&a, &b, latest(readings, kAlp, b.at)};
      if (!worst || worse(pair, *worst, limits.phosphatase)) worst = pair;
    }
  }
  return worst;
}

std::string phosphatase_text(double multiple) {
  if (multiple < 0) return "alkaline phosphatase was not read, so it does not excuse";
  return fmt::format("alkaline phosphatase {:.2f} x ULN", multiple);
}

}  // namespace

LiverCase judge_liver(std::span<const LiverReading> readings,
                      std::span<const Alternative> alternatives, HysLimits limits) {
  LiverCase out;
  for (const LiverReading& one : readings) {
    double& peak = out.peak[one.test];
    peak = std::max(peak, one.multiple);
  }
  const double highest = std::max(out.peak[kAlt], out.peak[kAst]);
  if (!(highest > kAminotransferaseLimit) || !(out.peak[kBili] > kBilirubinLimit)) return out;
  const auto pair = worst_pair(readings, limits);
  if (!pair) {
    out.verdict = HysLaw::kApart;
    out.why =
        "no bilirubin above 2 x ULN on the day of an aminotransferase above 3 x ULN or within " +
        duration_text(limits.window) + " after it";
    return out;
  }
  out.aminotransferase_at = pair->aminotransferase->at;
  out.aminotransferase = pair->aminotransferase->multiple;
  out.bilirubin_at = pair->bilirubin->at;
  out.bilirubin = pair->bilirubin->multiple;
  out.phosphatase = pair->phosphatase;
  out.why = fmt::format("{} {:.2f} x ULN on {}, bilirubin {:.2f} x ULN on {}, {}",
                        kLiverTests[pair->aminotransferase->test], out.aminotransferase,
                        exchange::clock_text(out.aminotransferase_at), out.bilirubin,
                        exchange::clock_text(out.bilirubin_at), phosphatase_text(out.phosphatase));
  out.verdict = HysLaw::kCandidate;
  if (out.phosphatase >= limits.phosphatase) out.verdict = HysLaw::kCholestatic;
  for (const Alternative& other : alternatives) {
    if (day_of(other.at) > day_of(out.bilirubin_at) + limits.window) continue;
    if (out.verdict == HysLaw::kCandidate) out.verdict = HysLaw::kAlternative;
    out.alternative = other.says;
    out.why += "; noted: " + shown_text(other.says) + " from " + exchange::clock_text(other.at);
    break;
  }
  return out;
}

std::string hys_law_assumed() {
  return "both are assumptions, because FDA-DILI2009 names neither a number of days nor one of "
         "alkaline phosphatase; --hys-law-window and --hys-law-alp set others";
}

// The causes are those that the guidance asks to be ruled out [FDA-DILI2009, III]; the words for
// them are recalled from how adverse events are coded, and were not looked up.
bool is_alternative(std::string_view term, std::span<const std::string> more) {
  static constexpr std::string_view kTerms[] = {
      "viral hepatitis",       "hepatitis viral",      "hepatitis a",
      "hepatitis b",           "hepatitis c",          "hepatitis e",
      "cholelithiasis",        "choledocholithiasis",  "bile duct stone",
      "bile duct obstruction", "biliary obstruction",  "cholangitis",
      "cholecystitis",         "ischaemic hepatitis",  "ischemic hepatitis",
      "hepatic ischaemia",     "autoimmune hepatitis", "alcoholic hepatitis",
      "hepatitis alcoholic",   "gilbert's syndrome",   "gilberts syndrome",
      "pancreatic carcinoma",  "hepatic metastases",   "metastases to liver"};
  const std::string name = lower(trim(term));
  const auto is_part = [&](std::size_t at) {
    return at < name.size() && std::isalnum(static_cast<unsigned char>(name[at])) != 0;
  };
  const auto holds = [&](std::string_view one) {
    for (std::size_t at = name.find(one); at != std::string::npos; at = name.find(one, at + 1)) {
      if ((at == 0 || !is_part(at - 1)) && !is_part(at + one.size())) return true;
    }
    return false;
  };
  if (std::ranges::any_of(kTerms, holds)) return true;
  return std::ranges::any_of(
      more, [&](const std::string& one) { return !trim(one).empty() && holds(lower(trim(one))); });
}

bool is_elevated(const LiverCase& liver) {
  return std::max(liver.peak[kAlt], liver.peak[kAst]) > kAminotransferaseLimit ||
         liver.peak[kBili] > kBilirubinLimit;
}

std::string to_text(HysLaw verdict) {
  switch (verdict) {
    case HysLaw::kNothing:
      return "no";
    case HysLaw::kApart:
      return "peaks apart";
    case HysLaw::kCholestatic:
      return "cholestatic";
    case HysLaw::kAlternative:
      return "alternative noted";
    case HysLaw::kCandidate:
      return "candidate";
  }
  DW_CHECK(false, "a verdict is one of five");
}

}  // namespace dosewright::audit
