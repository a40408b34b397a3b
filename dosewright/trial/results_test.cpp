#include "dosewright/trial/results.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "dosewright/base/random.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/trial/criteria.hpp"
#include "dosewright/trial/fixture_test.hpp"

namespace dosewright::trial {
namespace {

using fixture::kDay;
using fixture::kWeek;
using fixture::Patient;
using nlohmann::json;

struct ResultsBench {
  programme::Programme drug = fixture::programme();
  DesignSet designs = fixture::phase3(drug);
  programme::Evidence evidence =
      programme::load_evidence(drug.directory + "/evidence/trials.csv", {});
  Mapping mapping = *map_evidence(drug, designs, evidence.rows);
  Plan plan = make_plan(drug, designs, mapping);

  RunFacts facts() const {
    RunFacts facts;
    facts.programme = &drug;
    facts.version = "0.1.0";
    facts.seed = 1;
    return facts;
  }
};

// A patient who is a function of trial, replicate and index alone.
PatientRecord patient(const ResultsBench& bench, int trial, int replicate, int index) {
  const int number = trial * 1000000 + replicate * 1000 + index;
  const auto id = static_cast<std::uint64_t>(number);
  const Draws draws(7, id, 1);
  Patient made(bench.drug, index % 3 == 2 ? 1 : 0);
  made.id(id).covariate(0, draws.bernoulli(1, 0.5)).covariate(2, draws.bernoulli(2, 0.3));
  made.baseline("LDL", draws.lognormal(3, 300, 0.3)).baseline("ALT", 25).baseline("FAT", 2);
  made.weekly_doses(1 + static_cast<int>(25 * draws.uniform(4)));
  std::uint32_t draw = 10;
  for (const Minutes at : {5 * kWeek, 13 * kWeek, 28 * kWeek}) {
    made.reading("LDL", at, draws.lognormal(draw++, 220, 0.4));
    made.reading("ALT", at, draws.lognormal(draw++, 60, 0.8));
    made.reading("BILI", at, draws.lognormal(draw++, 0.6, 0.4));
    made.reading("FAT", at, 2 + 8 * draws.normal(draw++));
  }
  if (draws.bernoulli(5, 0.6)) made.event(0, static_cast<Minutes>(40 * kDay * draws.uniform(6)), 3);
  if (draws.bernoulli(7, 0.3)) made.hazard(0, 60 * kDay);
  if (draws.bernoulli(8, 0.2)) made.stop(made.record().last_dose + kDay, "liver rule");
  if (draws.bernoulli(9, 0.1)) made.firing(6 * kWeek + 3, 0, 2);
  if (index == 5) made.record().status = num::Status::kNotFinite;
  return made.record();
}

struct Job {
  int trial, replicate, chunk, first, last;
};

std::vector<Job> jobs(int patients, int chunk_size) {
  std::vector<Job> list;
  for (int trial = 0; trial < 4; ++trial) {
    for (int replicate = 0; replicate < 3; ++replicate) {
      for (int first = 0, chunk = 0; first < patients; first += chunk_size, ++chunk) {
        list.push_back({trial, replicate, chunk, first, std::min(patients, first + chunk_size)});
      }
    }
  }
  return list;
}

std::string everything(const ResultsBench& bench, const std::vector<Job>& list) {
  Results results(bench.plan, 3);
  for (const Job& job : list) {
    Tally tally(bench.plan, job.trial);
    for (int i = job.first; i < job.last; ++i) {
      tally.add(patient(bench, job.trial, job.replicate, i));
    }
    results.absorb(job.trial, job.replicate, job.chunk, std::move(tally));
  }
  return report_json(results, bench.facts()).dump() + summary_json(results, bench.facts()).dump() +
         evidence_csv(results) + series_csv(results) + arms_csv(results) + terminal_table(results);
}

TEST_CASE("the same bytes whatever the order of jobs and their size") {
  const ResultsBench bench;
  const std::string reference = everything(bench, jobs(23, 23));
  CHECK(reference.size() > 100000);
  const unsigned seed = 20260107;
  INFO("seed " << seed);
  std::mt19937 shuffle(seed);
  for (const int chunk_size : {23, 7, 1}) {
    std::vector<Job> list = jobs(23, chunk_size);
    std::shuffle(list.begin(), list.end(), shuffle);
    CHECK(everything(bench, list) == reference);
  }
}

// Two replicates of one trial with two rows about it, small enough to work out by hand.
struct Small {
  programme::Programme drug = fixture::programme();
  DesignSet designs;
  std::vector<programme::EvidenceRow> rows;
  Mapping mapping;
  Plan plan;

  explicit Small(const char* unit = "mg/dL") {
    designs.name = "one";
    designs.trials = {fixture::design(drug, "cs5", "CS5")};
    for (const char* id : {"A", "B", "C"}) {
      programme::EvidenceRow& row = rows.emplace_back();
      row.id = id;
      row.trial = "CS5";
      row.arm = "mipomersen";
      row.status = "found";
      row.unit = unit;
    }
    rows[0].endpoint = "LDL-C at PET";
    rows[0].statistic = "mean";
    rows[0].value_num = 205;
    rows[0].n_num = 4;
    rows[0].sd_num = 10;
    rows[0].week_num = 28;
    rows[1].endpoint = "ALT max >=3xULN at least once";
    rows[1].statistic = "count";
    rows[1].value_num = 9;
    rows[1].n_num = 10;
    rows[2].endpoint = "LDL-C baseline";
    rows[2].statistic = "mean";
    rows[2].value_num = 400;
    mapping = *map_evidence(drug, designs, rows);
    mapping.result.rows[0].calibrated = true;
    plan = make_plan(drug, designs, mapping);
  }

  // LDL and highest ALT (multiples of ULN) of each patient of one replicate.
  void run(Results& results, int replicate,
           const std::vector<std::pair<double, double>>& patients) const {
    Tally tally(plan, 0);
    for (const auto& [ldl, alt] : patients) {
      Patient made(drug);
      made.weekly_doses(26).baseline("LDL", 400).reading("LDL", 28 * kWeek, ldl);
      made.reading("ALT", 28 * kWeek, alt * 41);
      tally.add(made.record());
    }
    results.absorb(0, replicate, 0, std::move(tally));
  }
};

TEST_CASE("rows, coverage and widths by hand") {
  const Small bench;
  REQUIRE(bench.mapping.result.rows.size() == 3);
  Results results(bench.plan, 2);
  bench.run(results, 0, {{190, 1}, {210, 4}});  // mean 200; 1 of 2
  bench.run(results, 1, {{200, 1}, {220, 2}});  // mean 210; 0 of 2
  const std::vector<RowResult> rows = row_results(results);
  CHECK(rows[0].median == doctest::Approx(205));
  CHECK(rows[0].lo == doctest::Approx(200.25));  // 2.5 % of the way from 200 to 210
  CHECK(rows[0].hi == doctest::Approx(209.75));
  CHECK(rows[0].inside);
  REQUIRE(rows[0].sampling_width.has_value());
  CHECK(*rows[0].sampling_width == doctest::Approx(2 * 1.959964 * 10 / 2));
  CHECK(rows[1].median == doctest::Approx(2.5));  // of 10: 5 and 0
  CHECK_FALSE(rows[1].inside);
  CHECK(rows[1].formed == 2);
  const CoverageTable table = coverage_of(rows);
  CHECK(table.calibrated.inside == 1);
  CHECK(table.calibrated.total == 1);
  CHECK(table.untouched.inside == 0);
  CHECK(table.untouched.total == 1);
  CHECK(table.population.inside == 1);  // the ends count: 400 in [400, 400]
  CHECK(table.population.total == 1);
  const ShareInterval share = exact_binomial(9, 10);
  const double ratio_count = rows[1].width() / (10 * (share.hi - share.lo));
  const double ratio_mean = 9.5 / (2 * 1.959964 * 5);
  CHECK(*table.width_ratio == doctest::Approx((ratio_count + ratio_mean) / 2));
}

TEST_CASE("a replicate in which a statistic cannot be formed is left out, and counted") {
  const Small bench;
  Results results(bench.plan, 2);
  bench.run(results, 0, {{190, 1}});
  bench.run(results, 1, {});
  const std::vector<RowResult> rows = row_results(results);
  CHECK(rows[0].formed == 1);
  CHECK(rows[0].median == doctest::Approx(190));
  Results none(bench.plan, 1);
  bench.run(none, 0, {});
  const RowResult empty = row_results(none)[0];
  CHECK(empty.formed == 0);
  CHECK_FALSE(empty.inside);
  CHECK(coverage_of({empty}).calibrated.total == 1);
  const json summary = summary_json(none, {&bench.drug, "0.1.0", 1, 0, 0});
  CHECK(summary["rows"][0]["median"].is_null());
}

TEST_CASE("the exact binomial interval against published values") {
  CHECK(exact_binomial(0, 10).lo == 0);
  CHECK(exact_binomial(0, 10).hi == doctest::Approx(0.30850).epsilon(1e-4));  // 1 - 0.025^(1/10)
  CHECK(exact_binomial(10, 10).lo == doctest::Approx(0.69150).epsilon(1e-4));
  CHECK(exact_binomial(10, 10).hi == 1);
  CHECK(exact_binomial(5, 10).lo == doctest::Approx(0.18709).epsilon(1e-4));
  CHECK(exact_binomial(5, 10).hi == doctest::Approx(0.81291).epsilon(1e-4));
  CHECK(exact_binomial(43, 261).lo == doctest::Approx(0.12190).epsilon(2e-3));
  CHECK(exact_binomial(43, 261).hi == doctest::Approx(0.21547).epsilon(2e-3));
}

TEST_CASE("the report: states, staying on treatment, points, reactions, eDISH by hand") {
  const Small bench;
  Results results(bench.plan, 1);
  Tally tally(bench.plan, 0);
  Patient stays(bench.drug);
  stays.id(4).weekly_doses(26).baseline("LDL", 400).reading("LDL", 28 * kWeek, 300);
  stays.reading("ALT", 5 * kWeek, 82).reading("BILI", 5 * kWeek, 0.6).event(0, kDay, 13);
  Patient stops(bench.drug);
  stops.id(3).weekly_doses(3).baseline("LDL", 400).firing(2 * kWeek + 1, 0, 2);
  stops.stop(2 * kWeek + 1, "liver rule");
  Patient failed(bench.drug);
  failed.id(2).weekly_doses(26).record().status = num::Status::kTooManySteps;
  for (Patient* made : {&stays, &stops, &failed}) tally.add(made->record());
  results.absorb(0, 0, 0, std::move(tally));
  const json report = report_json(results, {&bench.drug, "0.1.0", 5, 64, 0});

  CHECK(report["patients_simulated"] == 3);
  CHECK(report["failed_patients"] == 1);
  CHECK(report["seed"] == 5);
  CHECK(report["ledger_replays"]["checked"] == 64);
  const json& states = report["states"][0];
  CHECK(states["arm"] == "mipomersen 200 mg QW");
  CHECK(states["region"] == "hepatic");
  CHECK(states["names"][2] == "stopped");
  CHECK(states["shares"][2][2] == 0);  // at week 2 exactly: not yet
  CHECK(states["shares"][2][3] == 0.5);
  CHECK(states["shares"][0][50] == 0.5);
  const json& retention = report["retention"][0];
  CHECK(retention["weeks"].size() == 27);
  CHECK(retention["on_treatment"][2] == 1);
  CHECK(retention["on_treatment"][3] == 0.5);
  CHECK(retention["causes"][0]["cause"] == "liver rule");
  CHECK(retention["causes"][0]["cumulative"][26] == 0.5);
  CHECK(report["edish"][0]["points"] == json::parse("[[2.0, 0.5, 4]]"));
  CHECK(report["reactions"][0]["isr_any"] == 0.5);
  CHECK(report["reactions"][0]["isr_per_injection"] == doctest::Approx(13.0 / 29));
  CHECK(report["reactions"][0]["dose_mg"] == 200);
  CHECK(report["reactions"][0]["injections_per_week"] == 1);
  CHECK(report["comparison"][0]["ldl_change"] == -25);
  CHECK(report["comparison"][0].contains("ldl_lo"));
  CHECK(report["comparison"][0]["stopped_liver"] == 0.5);
  CHECK(report["comparison"][1]["ldl_change"].is_null());  // nobody was simulated on placebo
  const json& series = report["series"][0];
  CHECK(series["code"] == "LDL.percent_change");
  CHECK(series["weeks"] == json::parse("[0.0, 28.0]"));
  CHECK(series["mean"] == json::parse("[0.0, -25.0]"));
  CHECK(series["n"] == json::parse("[2, 1]"));
  CHECK(report["points"].empty());  // the published LDL is a value, the curve a percent change
}

TEST_CASE("published means stand on the curve of their arm, with their own interval") {
  ResultsBench bench;
  Results results(bench.plan, 1);
  const json report = report_json(results, bench.facts());
  const json* point = nullptr;
  for (const json& candidate : report["points"]) {
    if (candidate["row"] == "R0006") point = &candidate;
  }
  REQUIRE(point != nullptr);
  CHECK((*point)["code"] == "LDL.percent_change");
  CHECK((*point)["trial"] == "cs5");
  CHECK((*point)["arm"] == "mipomersen 200 mg QW");
  CHECK((*point)["value"] == -24.7);
  CHECK((*point)["week"] == 28);
  CHECK((*point)["lo"] == -31.6);
  CHECK((*point)["hi"] == -17.7);
}

TEST_CASE("the summary holds every number of the terminal's table, and the coverage") {
  const Small bench;
  Results results(bench.plan, 2);
  bench.run(results, 0, {{190, 1}, {210, 4}});
  bench.run(results, 1, {{200, 1}, {220, 2}});
  const json summary = summary_json(results, {&bench.drug, "0.1.0", 9, 3, 0});
  CHECK(summary["coverage"]["calibrated"] == json::parse(R"({"inside": 1, "total": 1})"));
  CHECK(summary["coverage"]["untouched"] == json::parse(R"({"inside": 0, "total": 1})"));
  CHECK(summary["coverage"]["groups"]["safety"] == json::parse(R"({"inside": 0, "total": 1})"));
  CHECK(summary["coverage"]["families"]["LDL-C"] == json::parse(R"({"inside": 1, "total": 1})"));
  CHECK(summary["coverage"]["families"]["ALT"] == json::parse(R"({"inside": 0, "total": 1})"));
  CHECK(summary["coverage"]["families"].size() == 2);  // a baseline counts for none
  CHECK(summary["rows"].size() == 3);
  CHECK(summary["rows"][0]["use"] == "calibrated");
  CHECK(summary["rows"][0]["lo"] == 200.25);
  CHECK(summary["disclaimer"].get<std::string>().starts_with("For research."));
  const std::string table = terminal_table(results);
  for (const char* expected :
       {"A      mipomersen LDL-C at PET", "205", "200 .. 210", " in  C",
        "by family of endpoints: LDL-C", "OUT", "1 of    1 inside (100 %)", "For research."}) {
    CHECK_MESSAGE(table.find(expected) != std::string::npos, expected << " in\n" << table);
  }
  for (const std::string_view line : split(table, '\n')) CHECK(line.size() <= 120);
}

TEST_CASE("the terminal sets the arms side by side, even where nothing was published") {
  const Small bench;
  Results results(bench.plan, 2);
  bench.run(results, 0, {{190, 1}, {210, 4}});
  bench.run(results, 1, {{200, 1}, {220, 2}});
  REQUIRE_FALSE(bench.plan.measures.empty());
  const std::string table = terminal_table(results);
  const json summary = summary_json(results, {&bench.drug, "0.1.0", 9, 3, 0});
  CHECK(table.find("per arm: median of the replicates") != std::string::npos);
  for (const MeasureRule& measure : bench.plan.mapping->map.measures) {
    const std::size_t at = table.find(measure.title + " [" + measure.unit + "]\n");
    REQUIRE_MESSAGE(at != std::string::npos, measure.title << " in\n" << table);
    const std::string cells(split(table.substr(at), '\n')[1]);
    const bool formed = !summary["arms"][0][measure.name].is_null();
    CHECK_MESSAGE((cells.find('(') != std::string::npos) == formed, measure.name << ": " << cells);
  }
}

TEST_CASE("questions of benefit and risk: each is answered, or says what is open") {
  const Small bench;
  Results results(bench.plan, 2);
  bench.run(results, 0, {{190, 1}, {210, 6}});
  bench.run(results, 1, {{200, 12}, {220, 2}});
  programme::Programme drug = fixture::programme();
  drug.evidence = programme::load_evidence(drug.directory + "/evidence/trials.csv", {}).rows;
  const auto answers = answer_criteria(results, drug);
  REQUIRE(answers.size() == 4);
  for (const CriterionAnswer& answer : answers) {
    CHECK(answer.rows_missing.empty());
    CHECK_FALSE(answer.rule->not_simulated.empty());
    CHECK(answer.rule->source.starts_with("S0"));
  }
  // Two years are asked about, and these trials treat for half a year.
  CHECK(answers[0].simulated.empty());
  CHECK(answers[0].too_short == std::vector<std::string>{bench.designs.trials[0].name});
  CHECK(answers[1].answered_by() == "simulation and evidence");
  CHECK(answers[2].answered_by() == "evidence");
  CHECK(answers[2].published.size() == 10);
  // One of two patients with 5 ULN or more in the first replicate, one of two in the second.
  const auto& numbers = answers[3].simulated;
  const auto alt5 = std::ranges::find_if(
      numbers, [](const CriterionNumber& one) { return one.measure->name == "alt5"; });
  REQUIRE(alt5 != numbers.end());
  CHECK(alt5->median == doctest::Approx(0.5));
  const json criteria = summary_json(results, {&drug, "0.1.0", 1, 0, 0})["criteria"];
  REQUIRE(criteria.size() == 4);
  CHECK(criteria[2]["simulated"].empty());
  CHECK(criteria[2]["published"][0]["row"] == "R0546");
  const std::string text = criteria_text(results, answers);
  CHECK(text.find("left open by the model: the model has no cardiovascular events") !=
        std::string::npos);
  CHECK(text.find("treatment of 104 weeks is asked about") != std::string::npos);
}

TEST_CASE("CSV: the disclaimer first, then a header, then rows with as many fields") {
  ResultsBench bench;
  bench.mapping.result.rows[0].note = "a \"note\", with a comma";
  Results results(bench.plan, 1);
  for (const std::string& csv : {evidence_csv(results), series_csv(results), arms_csv(results)}) {
    CHECK(csv.starts_with("# For research. Not a medical device."));
    const auto header = split(split(csv, '\n')[1], ',');
    CHECK(header.size() >= 9);
    CHECK(csv.ends_with("\r\n"));
  }
  const std::string csv = evidence_csv(results);
  CHECK(csv.find("\"a \"\"note\"\", with a comma\"") != std::string::npos);
  CHECK(csv.find("nan") == std::string::npos);
}

TEST_CASE("eDISH: the lowest ids are kept, whatever the order in which patients come") {
  const ResultsBench bench;
  Results results(bench.plan, 1);
  for (int chunk = 9; chunk >= 0; --chunk) {
    Tally tally(bench.plan, 0);
    for (int i = 99; i >= 0; --i) {
      Patient made(bench.drug);
      const int number = chunk * 100 + i;
      made.id(static_cast<std::uint64_t>(number)).weekly_doses(1);
      made.reading("ALT", kDay, 41).reading("BILI", kDay, 1.2);
      tally.add(made.record());
    }
    results.absorb(0, 0, chunk, std::move(tally));
  }
  const auto& points = results.arm(0, 0).edish;
  REQUIRE(points.size() == kEdishPoints);
  CHECK(points.front().id == 0);
  CHECK(points.back().id == kEdishPoints - 1);
}

}  // namespace
}  // namespace dosewright::trial
