#include "dosewright/trial/statistic.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/trial/fixture_test.hpp"

namespace dosewright::trial {
namespace {

using fixture::Patient;

TEST_CASE("intervals read as in mathematics") {
  const Interval band = *parse_interval("[3, 5)", {});
  CHECK(band.contains(3));
  CHECK(band.contains(4.999));
  CHECK_FALSE(band.contains(5));
  CHECK_FALSE(band.contains(2.999));
  const Interval fall = *parse_interval("( , -15]", {});
  CHECK(fall.contains(-1e9));
  CHECK(fall.contains(-15));
  CHECK_FALSE(fall.contains(-14.99));
  CHECK(parse_interval("(-, -15]", {})->contains(-15));
  CHECK_FALSE(parse_interval("(1, 2)", {})->contains(1));
  for (const char* bad :
       {"", "3", "3,5", "[3;5]", "[5, 3]", "[a, 3]", "[1,2,3]", "[3, 5", "[inf,"}) {
    CHECK_MESSAGE(!parse_interval(bad, {"f.toml", 3, 1}).ok(), bad);
  }
  CHECK(parse_interval("[5, 3]", {"f.toml", 3, 1}).faults()[0].place.line == 3);
}

TEST_CASE("a bag of values: quantiles between order statistics, whatever the order of merging") {
  ValueBag bag;
  CHECK(std::isnan(bag.quantile(0.5)));
  for (const double value : {4.0, 1.0, 3.0}) bag.add(value);
  CHECK(bag.quantile(0.5) == 3);
  bag.add(2);
  CHECK(bag.quantile(0.5) == 2.5);
  CHECK(bag.quantile(0) == 1);
  CHECK(bag.quantile(1) == 4);
  // Enough to be counted instead of kept.
  ValueBag many;
  for (int i = 0; i < 70000; ++i) many.add(i % 101 - 50);
  ValueBag more;
  more.merge(bag);
  more.merge(many);
  many.merge(bag);
  CHECK(many.size() == 70004);
  CHECK(more.size() == 70004);
  for (const double p : {0.0, 0.1, 0.5, 0.77, 1.0}) CHECK(more.quantile(p) == many.quantile(p));
  CHECK(many.quantile(0.5) == 0);
}

struct StatisticBench {
  programme::Programme drug = fixture::programme();
  Design design = fixture::design(drug, "cs5", "CS5");
  Statistic statistic;
  Partial partial;

  void add(double value, int injections = 1) {
    Patient patient(drug);
    patient.weekly_doses(injections);
    add_patient(statistic, value, design, patient.record(), partial);
  }
  double value(Summary summary, std::optional<double> n = std::nullopt) {
    statistic.summary = summary;
    return value_of(statistic, partial, {}, n);
  }
};

TEST_CASE("summaries by hand") {
  StatisticBench bench;
  bench.statistic.summary = Summary::kMedian;
  bench.statistic.within = *parse_interval("[2, )", {});
  bench.statistic.outcome.on_treatment = true;
  bench.add(1, 1);
  bench.add(2, 3);
  bench.add(6, 4);
  bench.add(lang::kUnknown, 50);
  CHECK(bench.value(Summary::kMean) == doctest::Approx(3));
  CHECK(bench.value(Summary::kMedian) == 2);
  CHECK(bench.value(Summary::kCount) == 2);
  CHECK(bench.value(Summary::kCount, 30) == 20);  // 2 of 3, of 30
  CHECK(bench.value(Summary::kCount, 4) == 3);    // 2.67: patients are whole
  CHECK(bench.value(Summary::kPercent) == doctest::Approx(66.6667));
  CHECK(bench.value(Summary::kShare) == doctest::Approx(0.666667));
  CHECK(bench.value(Summary::kSum) == 9);
  CHECK(bench.value(Summary::kSum, 6) == 18);
  CHECK(bench.value(Summary::kPerInjection) == 9.0 / 8);
  const double days = 1 + 15 + 22;
  CHECK(bench.value(Summary::kPerWeek) == doctest::Approx(9 / (days / 7)));
  CHECK(bench.value(Summary::kPer100PatientYears) == doctest::Approx(900 / (days / 365.25)));
  Partial control;
  bench.statistic.summary = Summary::kDifference;
  CHECK(std::isnan(value_of(bench.statistic, bench.partial, control, std::nullopt)));
  control.n = 2;
  control.sum = to_fixed(8);
  CHECK(value_of(bench.statistic, bench.partial, control, std::nullopt) == doctest::Approx(-1));
}

TEST_CASE("nobody has the outcome: no statistic, rather than a zero") {
  StatisticBench bench;
  bench.add(lang::kUnknown);
  for (const Summary summary : {Summary::kMean, Summary::kMedian, Summary::kCount,
                                Summary::kPercent, Summary::kSum, Summary::kPerInjection}) {
    CHECK(std::isnan(bench.value(summary)));
  }
}

TEST_CASE("conditions on covariates") {
  const programme::Programme drug = fixture::programme();
  const Names names = names_of(drug, fixture::phase3(drug));
  const auto where = parse_where("AGE >= 65 a and SEXF > 0.5", {}, names.covariates);
  REQUIRE(where.ok());
  std::vector<double> scratch;
  const auto holds = [&](double female, double age) {
    const std::vector<double> covariates{female, fixture::unit("a").to_canonical(age), 0};
    return (*where)->holds(covariates, scratch);
  };
  CHECK(holds(1, 65));
  CHECK_FALSE(holds(1, 64.9));
  CHECK_FALSE(holds(0, 70));
  CHECK_FALSE(parse_where("AGE >= 65", {"e.toml", 4, 2}, names.covariates).ok());
  CHECK_FALSE(parse_where("WEIGHT > 50 kg", {"e.toml", 4, 2}, names.covariates).ok());
}

TEST_CASE("quantiles of sorted values") {
  const std::vector<double> values{1, 2, 4, 8};
  CHECK(quantile_of_sorted(values, 0) == 1);
  CHECK(quantile_of_sorted(values, 1) == 8);
  CHECK(quantile_of_sorted(values, 0.5) == 3);
  CHECK(quantile_of_sorted(values, 0.25) == 1.75);
  CHECK(std::isnan(quantile_of_sorted({}, 0.5)));
}

}  // namespace
}  // namespace dosewright::trial
