#include "dosewright/trial/mapping.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "dosewright/base/file.hpp"
#include "dosewright/trial/fixture_test.hpp"

namespace dosewright::trial {
namespace {

using programme::EvidenceRow;

struct MappingBench {
  programme::Programme drug = fixture::programme();
  DesignSet designs = fixture::phase3(drug);

  EvidenceMap read(const std::string& text, Faults* faults = nullptr) const {
    Document document = Document::parse(text, "evidence.toml");
    EvidenceMap map = read_evidence_map(document, names_of(drug, designs));
    if (faults != nullptr) {
      *faults = document.faults();
    } else {
      CHECK_MESSAGE(document.faults().empty(), to_text(document.faults()));
    }
    return map;
  }
};

EvidenceRow row(const char* id, const char* trial, const char* arm,
                const std::pair<const char*, const char*>& what, const char* unit = "%") {
  EvidenceRow made;
  made.id = id;
  made.trial = trial;
  made.arm = arm;
  made.endpoint = what.first;
  made.statistic = what.second;
  made.value_num = 1;
  made.unit = unit;
  made.status = "found";
  made.line = 7;
  return made;
}

const char* const kRules = R"toml(
plain_arms = ["mipomersen 200 mg QW SC"]
[[pool]]
trial = "Pooled phase 3"
designs = ["cs5", "m108", "cs7", "cs12"]
[[map]]
endpoint = "LDL-C change at PET, female"
statistic = "mean % change"
outcome = { measure = "percent-change", lab = "LDL", at = "pet" }
where = "SEXF > 0.5"
group = "efficacy"
[[map]]
endpoint = "LDL-C at PET"
statistic = ["mean", "median"]
outcome = { measure = "value", lab = "LDL", at = "pet" }
group = "efficacy"
[[map]]
endpoint = "LDL-C at PET"
statistic = "mean"
arm_ends = ", ADA positive"
outcome = { measure = "value", lab = "LDL", at = "pet" }
given = { measure = "struck", hazard = "ADA" }
group = "efficacy"
[[map]]
endpoint = "ALT change"
statistic = "mean"
outcome = { measure = "change", lab = "ALT", at = "week" }
group = "safety"
[[map]]
endpoint = "ALT of those with fat"
statistic = "mean"
outcome = { measure = "value", lab = "ALT", at = "pet" }
given = { measure = "change", lab = "FAT", at = "week", within = "[5, )" }
group = "safety"
[[map]]
endpoint = "LDL-C change at PET"
statistic = "treatment difference"
outcome = { measure = "percent-change", lab = "LDL", at = "pet" }
summary = "difference"
group = "efficacy"
[[map]]
endpoint = "LDL-C in mmol"
statistic = "mean"
outcome = { measure = "value", lab = "LDL", at = "pet" }
molar_mass = "386.65 g/mol"
group = "efficacy"
)toml";

TEST_CASE("the published table of mipomersen: at least 150 rows of the four trials are mapped") {
  const MappingBench bench;
  const auto evidence = programme::load_evidence(bench.drug.directory + "/evidence/trials.csv", {});
  CHECK_MESSAGE(evidence.faults.empty(), to_text(evidence.faults));
  const auto mapping = map_evidence(bench.drug, bench.designs, evidence.rows);
  REQUIRE_MESSAGE(mapping.ok(), to_text(mapping.faults()));
  const MapResult& result = mapping->result;
  if (!result.faults.empty()) CHECK_MESSAGE(false, to_text(result.faults));
  std::map<std::string, int> groups;
  for (const MappedRow& mapped : result.rows) {
    ++groups[mapped.group];
    CHECK_FALSE(mapped.row->restated());
  }
  const int apart = groups[kPopulationGroup];
  CHECK(static_cast<int>(result.rows.size()) - apart >= 250);
  CHECK(apart >= 50);
  for (const char* group : {"efficacy", "safety", "tolerability", "disposition"}) {
    CHECK_MESSAGE(groups[group] >= 15, group);
  }
  MESSAGE("mapped " << result.rows.size() << ", of them population " << apart << ", efficacy "
                    << groups["efficacy"] << ", safety " << groups["safety"] << ", tolerability "
                    << groups["tolerability"] << ", disposition " << groups["disposition"]
                    << "; no rule " << result.unmapped.size());
}

TEST_CASE("one trial alone: pooled rows are about trials that are not there") {
  const MappingBench bench;
  DesignSet one;
  one.trials.push_back(bench.designs.trials.front());
  const EvidenceMap map = bench.read(kRules);
  const std::vector<EvidenceRow> rows{
      row("A", "CS5 (x)", "placebo", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("B", "Pooled phase 3 (x)", "placebo", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("C", "CS51", "placebo", {"LDL-C at PET", "mean"}, "mg/dL")};
  const MapResult alone = map_rows(map, one, rows);
  REQUIRE(alone.rows.size() == 1);
  CHECK(alone.rows[0].row->id == "A");
  CHECK(alone.unmapped.empty());
  const MapResult all = map_rows(map, bench.designs, rows);
  REQUIRE(all.rows.size() == 2);
  CHECK(all.rows[1].active.size() == 4);
  CHECK(all.rows[1].active[3] == ArmIndex{3, 1});
}

TEST_CASE("two designs for cohorts of one trial: a row is about the one that has its arm") {
  const MappingBench bench;
  DesignSet cohorts;
  cohorts.trials = {fixture::design(bench.drug, "short", "CS4"),
                    fixture::design(bench.drug, "long", "CS4")};
  cohorts.trials[0].arms[0].evidence = "mipomersen 200 mg, 5 weeks";
  cohorts.trials[1].arms[0].evidence = "mipomersen 200 mg, 13 weeks";
  const EvidenceMap map = bench.read(kRules);
  const std::vector<EvidenceRow> rows{
      row("A", "CS4 (x)", "mipomersen 200 mg, 13 weeks", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("B", "CS4 (x)", "mipomersen 200 mg, 5 weeks", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("C", "CS4 (x)", "placebo", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("D", "CS4 (x)", "mipomersen 30 mg", {"LDL-C at PET", "mean"}, "mg/dL")};
  const MapResult result = map_rows(map, cohorts, rows);
  REQUIRE(result.rows.size() == 3);
  CHECK(result.rows[0].active[0] == ArmIndex{1, 0});
  CHECK(result.rows[1].active[0] == ArmIndex{0, 0});
  CHECK(result.rows[2].active[0] == ArmIndex{0, 1});
  CHECK(result.unmapped == std::vector<std::string>{"D"});
}

TEST_CASE("arms: whole arms only, unless the rule names the part; differences take both") {
  const MappingBench bench;
  const EvidenceMap map = bench.read(kRules);
  const std::vector<EvidenceRow> rows{
      row("A", "CS5", "mipomersen 200 mg QW SC", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("B", "CS5", "mipomersen, completers", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("C", "CS5", "mipomersen, ADA positive", {"LDL-C at PET", "mean"}, "mg/dL"),
      row("D", "CS5", "mipomersen minus placebo", {"LDL-C change at PET", "treatment difference"}),
      row("E", "CS5", "mipomersenoid", {"LDL-C at PET", "mean"}, "mg/dL")};
  const MapResult result = map_rows(map, bench.designs, rows);
  REQUIRE(result.rows.size() == 3);
  CHECK(result.rows[0].row->id == "A");
  CHECK_FALSE(result.rows[0].statistic.given.has_value());
  CHECK(result.rows[1].row->id == "C");
  CHECK(result.rows[1].statistic.given.has_value());
  CHECK(result.rows[2].active[0] == ArmIndex{0, 0});
  CHECK(result.rows[2].control[0] == ArmIndex{0, 1});
  CHECK(result.unmapped == std::vector<std::string>{"B", "E"});
}

TEST_CASE("summary and time come from the row where the rule leaves them to it") {
  const MappingBench bench;
  const EvidenceMap map = bench.read(kRules);
  std::vector<EvidenceRow> rows{row("A", "CS5", "placebo", {"LDL-C at PET", "median"}, "mg/dL"),
                                row("B", "CS5", "placebo", {"ALT change", "mean"}, "U/L"),
                                row("C", "CS5", "placebo", {"ALT change", "mean"}, "U/L")};
  rows.push_back(row("D", "CS5", "placebo", {"ALT of those with fat", "mean"}, "U/L"));
  rows[1].week_num = rows[3].week_num = 28;
  const MapResult result = map_rows(map, bench.designs, rows);
  REQUIRE(result.rows.size() == 3);
  CHECK(result.rows[0].statistic.summary == Summary::kMedian);
  CHECK(result.rows[1].statistic.outcome.at == 28 * kMinutesPerWeek);
  CHECK(result.rows[2].statistic.outcome.at == 0);  // at the time of the last dose instead
  CHECK(result.rows[2].statistic.given->outcome.at == 28 * kMinutesPerWeek);
  REQUIRE(result.faults.size() == 1);  // a row that is read at its week, and has none
  CHECK(result.faults[0].message.find("row 'C', column 'week'") != std::string::npos);
  CHECK(result.faults[0].place.line == 7);
}

TEST_CASE("units: converted, through a molar mass where it is named, or a fault that says so") {
  const MappingBench bench;
  const EvidenceMap map = bench.read(kRules);
  const std::vector<EvidenceRow> rows{
      row("A", "CS5", "placebo", {"LDL-C at PET", "mean"}, "g/L"),
      row("B", "CS5", "placebo", {"LDL-C in mmol", "mean"}, "mmol/L"),
      row("C", "CS5", "placebo", {"LDL-C at PET", "mean"}, "mmol/L"),
      row("D", "CS5", "placebo", {"LDL-C at PET", "mean"}, "furlong")};
  const MapResult result = map_rows(map, bench.designs, rows);
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].statistic.scale == doctest::Approx(0.01));  // mg/dL to g/L
  CHECK(result.rows[1].statistic.scale == doctest::Approx(10 / 386.65));
  REQUIRE(result.faults.size() == 2);
  CHECK(result.faults[0].message.find("'C', column 'unit': expected mass/volume") !=
        std::string::npos);
  CHECK(result.faults[1].message.find("'D', column 'unit'") != std::string::npos);
}

TEST_CASE("restated rows and rows without a number are left aside") {
  const MappingBench bench;
  const EvidenceMap map = bench.read(kRules);
  std::vector<EvidenceRow> rows{row("A", "CS5", "placebo", {"LDL-C at PET", "mean"}, "mg/dL"),
                                row("B", "CS5", "placebo", {"LDL-C at PET", "mean"}, "mg/dL")};
  rows[0].status = "document";
  rows[1].value_num.reset();
  const MapResult result = map_rows(map, bench.designs, rows);
  CHECK(result.rows.empty());
  CHECK(result.unmapped == std::vector<std::string>{"B"});
}

TEST_CASE("a user's own evidence: own ids, broken rows named, the rest used") {
  const MappingBench bench;
  const std::string text =
      "id,trial,arm,endpoint,statistic,value,unit,source,status,value_num\r\n"
      "MINE-1,CS5 my reading,placebo,LDL-C at PET,mean,390,mg/dL,mine,found,390\r\n"
      "MINE-2,CS5 my reading,placebo,LDL-C at PET,mean,39O,mg/dL,mine,found,39O\r\n"
      "MINE-3,CS5 my reading,placebo,LDL-C at PET\r\n"
      "MINE-4,CS5 my reading,mipomersen,LDL-C at PET,mean,320,mg/dL,mine,found,320\r\n";
  const auto evidence = programme::read_evidence(text, "mine.csv", {});
  CHECK(evidence.faults.size() == 2);
  const std::string faults = to_text(evidence.faults);
  CHECK(faults.find("value_num") != std::string::npos);
  const auto mapping = map_evidence(bench.drug, bench.designs, evidence.rows);
  REQUIRE(mapping.ok());
  REQUIRE(mapping->result.rows.size() == 2);
  CHECK(mapping->result.rows[0].row->id == "MINE-1");
  CHECK(mapping->result.rows[1].row->id == "MINE-4");
  CHECK_FALSE(mapping->result.rows[1].calibrated);
}

TEST_CASE("rows that the model was calibrated to are marked") {
  MappingBench bench;
  bench.drug.model.parameters.emplace_back().variability_origin.calibrated_to = {"R0006"};
  bench.drug.model.hazards[0].origin.calibrated_to = {"R0519"};
  const auto evidence = programme::load_evidence(bench.drug.directory + "/evidence/trials.csv", {});
  const auto mapping = map_evidence(bench.drug, bench.designs, evidence.rows);
  REQUIRE(mapping.ok());
  std::vector<std::string> marked;
  for (const MappedRow& mapped : mapping->result.rows) {
    if (mapped.calibrated) marked.push_back(mapped.row->id);
  }
  CHECK(marked == std::vector<std::string>{"R0006", "R0519"});
}

TEST_CASE("a programme without designs/evidence.toml maps nothing, and that is no fault") {
  MappingBench bench;
  bench.drug.directory = "/nonexistent-programme";
  const std::vector<EvidenceRow> rows{row("A", "CS5", "placebo", {"x", "mean"})};
  const auto mapping = map_evidence(bench.drug, bench.designs, rows);
  REQUIRE(mapping.ok());
  CHECK(mapping->result.rows.empty());
}

TEST_CASE("faults of criteria: measures that do not exist, twice the same, no answer") {
  const MappingBench bench;
  Faults faults;
  bench.read(R"toml(
[[measure]]
name = "high"
title = "high"
unit = "share"
shown = ["comparison"]
outcome = { measure = "peak-uln", lab = "ALT" }
summary = "share"
within = "[3, )"
[[criterion]]
id = "q"
question = "How high?"
source = "A"
measures = ["hihg"]
[[criterion]]
id = "q"
question = "How else?"
source = "A"
)toml",
             &faults);
  const std::string text = to_text(faults);
  for (const char* expected : {"did you mean 'high'", "there are two criteria 'q'",
                               "nothing of the simulation answers this"}) {
    CHECK_MESSAGE(text.find(expected) != std::string::npos, expected << " in\n" << text);
  }
}

TEST_CASE("faults of the document: all of them, each with its place and a way out") {
  const MappingBench bench;
  Faults faults;
  bench.read(R"toml(
[[map]]
endpoint = "a"
statistic = "mean"
outcome = { measure = "percent-chang", lab = "LDL", at = "pet" }
group = "x"
[[map]]
endpoint = "b"
statistic = "mean"
outcome = { measure = "value", lab = "LLD", at = "pet" }
group = "x"
[[map]]
endpoint = "c"
statistic = "odd"
outcome = { measure = "peak-uln", lab = "ALT" }
summary = "count"
group = "x"
[[map]]
endpoint = "d"
statistic = "count"
outcome = { measure = "any", event = "RASH" }
group = "x"
[[map]]
endpoint = "e"
statistic = "count"
outcome = { measure = "peak-uln", lab = "ALT" }
within = "5 to 3"
group = "x"
[[map]]
endpoint = "f"
statistic = "mean"
outcome = { measure = "baseline", lab = "ALT" }
where = "AGE > 65 kg"
colour = "red"
group = "x"
[[map]]
endpoint = "g"
statistic = "count"
outcome = { measure = "region-left", region = "renal" }
group = "x"
)toml",
             &faults);
  const std::string text = to_text(faults);
  for (const char* expected :
       {"did you mean 'percent-change'", "no lab is called 'LLD'", "needs 'within'",
        "no event of the model is called 'RASH'", "expected an interval, found '5 to 3'",
        "evidence.toml:33", "colour", "no region of a protocol is called 'renal'"}) {
    CHECK_MESSAGE(text.find(expected) != std::string::npos, expected << " in\n" << text);
  }
  CHECK(faults.size() >= 8);
}

}  // namespace
}  // namespace dosewright::trial
