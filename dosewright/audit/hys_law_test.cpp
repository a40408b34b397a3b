#include "dosewright/audit/hys_law.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace dosewright::audit {
namespace {

constexpr Minutes kDay = kMinutesPerDay;
constexpr Minutes kWindow = 30 * kDay;

LiverCase judged(const std::vector<LiverReading>& readings,
                 const std::vector<Alternative>& others = {}) {
  return judge_liver(readings, others, {kWindow, 2});
}

// ALT, then bilirubin after some days, then alkaline phosphatase of the day of the ALT.
LiverCase case_of(double alt, double bilirubin, double phosphatase, Minutes later = 0) {
  std::vector<LiverReading> readings = {{10 * kDay + 500, kAlt, alt}};
  if (phosphatase >= 0) readings.push_back({10 * kDay + 500, kAlp, phosphatase});
  readings.push_back({10 * kDay + later, kBili, bilirubin});
  if (later < 500) std::swap(readings.front(), readings.back());
  return judged(readings);
}

TEST_CASE("the limits: above 3 and above 2, phosphatase below 2") {
  CHECK(case_of(2.99, 3, 1).verdict == HysLaw::kNothing);
  CHECK(case_of(3, 3, 1).verdict == HysLaw::kNothing);
  CHECK(case_of(3.01, 3, 1).verdict == HysLaw::kCandidate);
  CHECK(case_of(8, 1.99, 1).verdict == HysLaw::kNothing);
  CHECK(case_of(8, 2, 1).verdict == HysLaw::kNothing);
  CHECK(case_of(8, 2.01, 1).verdict == HysLaw::kCandidate);
  CHECK(case_of(8, 3, 1.99).verdict == HysLaw::kCandidate);
  CHECK(case_of(8, 3, 2).verdict == HysLaw::kCholestatic);
  CHECK(case_of(8, 3, 2.01).verdict == HysLaw::kCholestatic);
}

TEST_CASE("another limit of alkaline phosphatase, which is an assumption, can be set") {
  const std::vector<LiverReading> readings = {
      {10 * kDay, kAlt, 8}, {10 * kDay, kAlp, 1.6}, {10 * kDay, kBili, 3}};
  CHECK(judge_liver(readings, {}, {kWindow, 2}).verdict == HysLaw::kCandidate);
  CHECK(judge_liver(readings, {}, {kWindow, 1.5}).verdict == HysLaw::kCholestatic);
  CHECK(hys_law_assumed().find("--hys-law-alp") != std::string::npos);
}

TEST_CASE("a phosphatase that was never read does not excuse, and that is said") {
  const LiverCase found = case_of(8, 3, -1);
  CHECK(found.verdict == HysLaw::kCandidate);
  CHECK(found.why.find("was not read") != std::string::npos);
}

TEST_CASE("together: the same day whatever the hour, and the window after it") {
  CHECK(case_of(8, 3, 1, 0).verdict == HysLaw::kCandidate);
  CHECK(case_of(8, 3, 1, 30 * kDay).verdict == HysLaw::kCandidate);
  CHECK(case_of(8, 3, 1, 31 * kDay).verdict == HysLaw::kApart);
  CHECK(judged({{kDay, kBili, 3}, {2 * kDay, kAst, 4}}).verdict == HysLaw::kApart);
}

TEST_CASE("of several pairs one that is not cholestatic decides") {
  const LiverCase found = judged({{kDay, kAlt, 4},
                                  {kDay, kAlp, 3},
                                  {kDay, kBili, 5},
                                  {9 * kDay, kAlp, 1},
                                  {9 * kDay, kBili, 2.5}});
  CHECK(found.verdict == HysLaw::kCandidate);
  CHECK(found.bilirubin == 2.5);
  CHECK(found.peak[kBili] == 5);
}

TEST_CASE("another cause that is noted, unless it began long after") {
  const std::vector<LiverReading> readings = {{kDay, kAlt, 9}, {kDay, kBili, 4}};
  CHECK(judged(readings, {{0, "Cholelithiasis"}}).verdict == HysLaw::kAlternative);
  CHECK(judged(readings, {{31 * kDay, "Cholelithiasis"}}).verdict == HysLaw::kAlternative);
  CHECK(judged(readings, {{32 * kDay, "Cholelithiasis"}}).verdict == HysLaw::kCandidate);
}

TEST_CASE("terms of other causes, as whole words") {
  CHECK(is_alternative("Hepatitis B", {}));
  CHECK(is_alternative("ACUTE HEPATITIS A", {}));
  CHECK(is_alternative("Gilbert's syndrome", {}));
  CHECK_FALSE(is_alternative("hepatitis acute", {}));
  CHECK_FALSE(is_alternative("nausea", {}));
  const std::vector<std::string> more = {"Sepsis", " "};
  CHECK(is_alternative("urosepsis, sepsis", more));
  CHECK_FALSE(is_alternative("urosepsis", more));
  CHECK_FALSE(is_alternative("", more));
}

TEST_CASE("nothing read, nothing found") {
  const LiverCase found = judged({});
  CHECK(found.verdict == HysLaw::kNothing);
  CHECK(found.peak[kAlt] < 0);
  CHECK_FALSE(is_elevated(found));
}

}  // namespace
}  // namespace dosewright::audit
