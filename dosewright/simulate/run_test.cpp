// Whole datasets through whole models: order, formats, threads, noise, failures, nothing half.
#include "dosewright/simulate/run.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>

#include "dosewright/simulate/fixture_test.hpp"

namespace dosewright::simulate {
namespace {

std::string many_subjects(int n) {
  std::string data = "ID,TIME,AMT,II,ADDL,CMT,CL\n";
  for (int i = 1; i <= n; ++i) {
    const std::string id = std::to_string(i), cl = std::to_string(2 + 0.01 * i);
    data += id + ",0,100,12,5,1," + cl + "\n";
    for (int t = 1; t < 80; t += 7) data += id + "," + std::to_string(t) + ",.,.,.,.," + cl + "\n";
  }
  return data;
}

const char* const kNoisy = R"(
[parameter.CL]
title = "clearance"
value = "5 L/h"
between_subject = 0.3
assumed = "example"
variability_assumed = "example"
[parameter.V]
title = "volume"
value = "50 L"
assumed = "example"
[[lab]]
code = "CP"
unit = "ug/L"
model = { output = "CP", proportional = 0.2, assumed = "example" }
)";

}  // namespace

TEST_CASE("records keep their order and their fields; EVID is added where the data has none") {
  Desk desk;
  Request request;
  request.keep = {"arm"};
  const Summary summary =
      desk.simulate("pk1", "ID,arm,TIME,AMT\n7,\"a,b\",0,100\n7,c,1.50,.\n", request);
  REQUIRE(desk.said() == "");
  CHECK(summary.subjects == 1);
  CHECK(summary.records == 2);
  CHECK(summary.exact);
  const std::string out = desk.text("out");
  CHECK(out.starts_with("ID,arm,TIME,AMT,EVID,CP\n7,\"a,b\",0,100,1,2\n7,c,1.50,.,0,1.7"));
}

TEST_CASE("outputs by name, all of them, and names that are not there") {
  Desk desk;
  Request request;
  request.outputs = {"CENTRAL", "CL", "CP"};
  desk.simulate("pk1", "ID,TIME,AMT\n1,0,100\n", request);
  CHECK(desk.text("out") == "ID,TIME,AMT,EVID,CENTRAL,CL,CP\n1,0,100,1,100,5,2\n");
  request.outputs = {"all"};
  desk.simulate("pk2_oral", "ID,TIME,AMT\n1,0,100\n", request);
  CHECK(desk.text("out") == "ID,TIME,AMT,EVID,DEPOT,CENTRAL,PERIPH,CP\n1,0,100,1,100,0,0,0\n");
  request.outputs = {"CQ", "CP", "CP"};
  desk.simulate("pk1", "ID,TIME,AMT,XX\n1,0,100,1\n", request);
  CHECK(desk.says("no 'CQ'"));
  CHECK(desk.says("asked for twice"));
  CHECK(desk.says("column 'XX'"));
}

TEST_CASE("JSON holds the same numbers, null where a value is missing") {
  Desk desk;
  Request request;
  request.format = Format::kJson;
  desk.simulate("pk1", "ID,TIME,AMT\nA,0,100\nA,1,.\n", request);
  const std::string out = desk.text("out");
  CHECK(out.find(R"({"ID": "A", "TIME": 0, "AMT": 100, "EVID": 1, "CP": 2})") != std::string::npos);
  CHECK(out.find(R"("AMT": null, "EVID": 0, "CP": 1.8)") != std::string::npos);
  CHECK(out.find(R"("units": {"CP": "mg/L"})") != std::string::npos);
  CHECK(out.find("Not a medical device") != std::string::npos);
}

TEST_CASE("the same bytes whatever the number of threads, and in batches") {
  Desk desk;
  const std::string data = many_subjects(2500);
  std::string first;
  for (const int threads : {1, 2, 5}) {
    Request request;
    request.threads = threads;
    const Summary summary = desk.simulate("pk2_oral", data, request);
    CHECK(summary.subjects == 2500);
    CHECK(summary.records == 2500 * 13);
    if (first.empty()) first = desk.text("out");
    CHECK(desk.text("out") == first);
  }
}

TEST_CASE("noise is drawn only where it is asked for, from the seed") {
  Desk desk;
  desk.with_parameters(kNoisy);
  std::string data = "ID,TIME,AMT\n";
  for (int i = 1; i <= 400; ++i) {
    data += std::to_string(i) + ",0,100\n" + std::to_string(i) + ",10,.\n";
  }
  desk.simulate("pk1", data);
  REQUIRE(desk.said() == "");
  CHECK(desk.column("CP")[1] == desk.column("CP")[799]);
  Request request;
  request.random_subjects = request.random_readings = true;
  desk.simulate("pk1", data, request);
  const auto cp = desk.column("CP"), dv = desk.column("DV_CP");
  const std::string text = desk.text("out");
  double mean = 0, square = 0, error = 0, error_square = 0;
  for (std::size_t i = 1; i < cp.size(); i += 2) {
    const double eta = std::log(-std::log(cp[i] / 2) * 50 / 10 / 5);  // log of CL over typical
    mean += eta / 400;
    square += eta * eta / 400;
    const double e = dv[i] / 1000 / cp[i] - 1;
    error += e / 400;
    error_square += e * e / 400;
    CHECK(std::isnan(dv[i - 1]));  // a dose is no observation
  }
  CHECK(std::abs(mean) < 0.06);
  CHECK(std::sqrt(square) == doctest::Approx(0.3).epsilon(0.15));
  CHECK(std::abs(error) < 0.04);
  CHECK(std::sqrt(error_square) == doctest::Approx(0.2).epsilon(0.15));
  desk.simulate("pk1", data, request);
  CHECK(desk.text("out") == text);
  request.seed = 2;
  desk.simulate("pk1", data, request);
  CHECK(desk.text("out") != text);
}

TEST_CASE("a subject whose numbers fail is counted, told and missing; the others go on") {
  Desk desk;
  const Summary summary = desk.simulate(
      "pk1",
      "ID,TIME,AMT,SS,II,CL\n1,0,100,.,.,5\n1,1,.,.,.,5\n2,0,100,1,12,0\n2,1,.,.,.,0\n"
      "3,0,100,1,12,5\n");
  REQUIRE(desk.said() == "");
  CHECK(summary.failed_subjects == 1);
  REQUIRE(summary.failures.size() == 1);
  CHECK(summary.failures[0].id == "2");
  CHECK(summary.failures[0].row == 3);
  CHECK(summary.failures[0].reason.find("no steady state") != std::string::npos);
  const auto cp = desk.column("CP");
  CHECK(std::isnan(cp[2]));
  CHECK(std::isnan(cp[3]));
  CHECK(cp[4] == doctest::Approx(2 / -std::expm1(-1.2)));
}

TEST_CASE("on a fault nothing is written and what was there stays") {
  Desk desk;
  desk.put("out", "before");
  desk.simulate("pk1", "ID,TIME,AMT\n1,0,100\n1,x,.\n2,0,y\n");
  CHECK(desk.says("row 2, column 'TIME'"));
  CHECK(desk.says("row 3, column 'AMT'"));
  CHECK(desk.text("out") == "before");
  std::atomic<bool> stop{true};
  Request request;
  request.stop = &stop;
  CHECK(desk.simulate("pk1", "ID,TIME,AMT\n1,0,100\n", request).interrupted);
  CHECK(desk.text("out") == "before");
}

TEST_CASE("two columns of one name are refused") {
  Desk desk;
  Request request;
  request.keep = {"CP"};
  desk.simulate("pk1", "ID,TIME,CP\n1,0,100\n", request);
  CHECK(desk.says("two columns 'CP'"));
}

TEST_CASE("a programme's model under a dataset of weekly doses") {
  Desk desk;
  Request request;
  request.engine.tolerance = 1e-7;
  request.outputs = {"CP", "LDL"};
  const Summary summary =
      desk.simulate(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen",
                    "ID,TIME,AMT,II,ADDL\n1,0,200,168,25\n1,4,.,.,.\n1,4368,.,.,.\n", request);
  REQUIRE(desk.said() == "");
  CHECK_FALSE(summary.exact);
  const auto ldl = desk.column("LDL");
  CHECK(ldl[2] < 0.9 * ldl[0]);
  CHECK(desk.column("CP")[1] > 0.5);
}

}  // namespace dosewright::simulate
