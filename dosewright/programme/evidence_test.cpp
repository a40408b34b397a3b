#include "dosewright/programme/evidence.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace dosewright::programme {
namespace {

const std::vector<std::string> kSources = {"Key1", "Key2"};
const std::string kHeader =
    "id,trial,arm,n,week,endpoint,statistic,value,unit,source,status,n_num,value_num,sd_num,"
    "ci95_lo,ci95_hi\n";

Evidence read(const std::string& rows) {
  return read_evidence(kHeader + rows, "t.csv", kSources);
}

std::string only_fault(const std::string& row) {
  const Evidence evidence = read(row);
  CHECK(evidence.rows.empty());
  CHECK_MESSAGE(evidence.faults.size() == 1, to_text(evidence.faults));
  return evidence.faults.empty() ? "" : evidence.faults[0].message;
}

}  // namespace

TEST_CASE("a row is read as text and as numbers") {
  const Evidence evidence =
      read("R1,CS5,drug,34,28,LDL,mean,-24.7,%,Key1 p.1; Key2,found,34,-24.7,19.9,,\n");
  REQUIRE_MESSAGE(evidence.faults.empty(), to_text(evidence.faults));
  REQUIRE(evidence.rows.size() == 1);
  const EvidenceRow& row = evidence.rows[0];
  CHECK(row.value == "-24.7");
  CHECK(row.value_num == -24.7);
  CHECK(row.sd_num == 19.9);
  CHECK(!row.ci95_lo.has_value());
  CHECK(!row.iqr_lo.has_value());
  CHECK(row.week_num == 28);
  CHECK(row.line == 2);
  CHECK(find_row(evidence.rows, "R1") == &row);
  CHECK(find_row(evidence.rows, "R2") == nullptr);
}

TEST_CASE("what is wrong with a row is told with its row and column") {
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,thirty,1,,,\n") ==
        "row 1, column 'n_num': expected a number, found 'thirty'");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Kex1 p.2,found,34,1,,,\n") ==
        "row 1, column 'source': expected a known source, found 'Kex1 p.2'");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,maybe,34,1,,,\n") ==
        "row 1, column 'status': expected found, document or derived, found 'maybe'");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,5,2\n") ==
        "row 1, column 'ci95_lo': 5 is above 'ci95_hi' (2)");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,5,\n") ==
        "row 1, column 'ci95_lo': an interval has two ends, but 'ci95_hi' is empty");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,-2,,\n") ==
        "row 1, column 'sd_num': expected a standard deviation of 0 or more, found -2");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,0,1,,,\n") ==
        "row 1, column 'n_num': expected a number of people above 0, found 0");
  CHECK(only_fault("R1,,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,,\n") ==
        "row 1, column 'trial': expected a text, found nothing");
  CHECK(only_fault("R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,inf,,,\n") ==
        "row 1, column 'value_num': expected a number, found 'inf'");
}

TEST_CASE("the rows beside a broken one are used, and its id is remembered") {
  const Evidence evidence = read(
      "R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,,\n"
      "R2,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,x,,,\n"
      "R3,CS5,drug\n"
      "R1,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,,\n"
      "R5,CS5,drug,34,28,LDL,mean,1,%,Key1,found,34,1,,,\n");
  REQUIRE(evidence.rows.size() == 2);
  CHECK(evidence.rows[1].id == "R5");
  REQUIRE(evidence.faults.size() == 3);
  CHECK(evidence.broken_ids == std::vector<std::string>{"R3", "R2", "R1"});
  CHECK(evidence.faults[2].message == "row 4, column 'id': the id 'R1' is given twice");
}

TEST_CASE("a header must have what rows need, and nothing unknown") {
  const Evidence unknown = read_evidence("id,trail\n1,2\n", "t.csv", {});
  CHECK(unknown.rows.empty());
  REQUIRE(unknown.faults.size() == 8);
  CHECK(unknown.faults[0].message == "unknown column 'trail'");
  CHECK(unknown.faults[0].hint == "the nearest known column is 'trial'");
  CHECK(unknown.faults[1].message == "column 'trial' is missing");
  const Evidence twice =
      read_evidence("id,trial,arm,endpoint,statistic,value,source,status,id\n", "t.csv", {});
  CHECK(twice.faults.size() == 2);
}

TEST_CASE("without numeric columns, a text that is a number is one") {
  const Evidence evidence = read_evidence(
      "id,trial,arm,n,endpoint,statistic,value,source,status\nA,T,x,12,E,mean,3.5,S,found\n",
      "t.csv", {});
  REQUIRE(evidence.rows.size() == 1);
  CHECK(evidence.rows[0].value_num == 3.5);
  CHECK(evidence.rows[0].n_num == 12);
}

TEST_CASE("the evidence of mipomersen is whole") {
  const std::string folder = std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen/evidence/";
  const Evidence evidence = load_evidence(folder + "trials.csv", {});
  CHECK_MESSAGE(evidence.faults.empty(), to_text(evidence.faults));
  CHECK(evidence.rows.size() == 677);
  CHECK(std::ranges::count(evidence.rows, true, &EvidenceRow::restated) == 26);
  const Individuals individuals = load_individuals(folder + "individuals.csv", {});
  CHECK_MESSAGE(individuals.faults.empty(), to_text(individuals.faults));
  CHECK(individuals.readings.size() == 166);
  CHECK(individuals.readings[0].time_num == 0);
}

}  // namespace dosewright::programme
