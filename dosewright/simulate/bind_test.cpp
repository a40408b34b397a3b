// Time-varying covariates and parameters by column, against closed forms by hand.
#include <doctest/doctest.h>

#include <cmath>

#include "dosewright/simulate/fixture_test.hpp"

namespace dosewright::simulate {
namespace {

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::abs(b);
}

const std::string kWeighed = "CP [mg/L] = A / V\nd/dt(A) [mg] = -k * WT / WTREF * A\n";
const std::string kWeights =
    "V = \"10 L\"\nk = \"0.1 1/h\"\nWTREF = \"70 kg\"\n[covariates]\nWT = \"70 kg\"\n";

}  // namespace

TEST_CASE("a covariate holds since the record before it, as in NONMEM, or until the next") {
  Desk desk;
  desk.with_parameters(kWeights);
  const std::string model = desk.put("model.txt", kWeighed);
  const std::string data = "ID,TIME,AMT,WT\n1,0,100,70\n1,4,.,140\n1,6,.,35\n";
  desk.simulate(model, data);
  REQUIRE(desk.said() == "");
  CHECK(near(desk.column("CP")[1], 10 * std::exp(-0.8)));
  CHECK(near(desk.column("CP")[2], 10 * std::exp(-0.8 - 0.1)));
  Request forward;
  forward.carry = Carry::kForward;
  desk.simulate(model, data, forward);
  CHECK(near(desk.column("CP")[1], 10 * std::exp(-0.4)));
  CHECK(near(desk.column("CP")[2], 10 * std::exp(-0.4 - 0.4)));
}

TEST_CASE("missing values come from the neighbour that the convention names") {
  Desk desk;
  desk.with_parameters(kWeights);
  const std::string model = desk.put("model.txt", kWeighed);
  const std::string data = "ID,TIME,AMT,WT\n1,0,100,70\n1,4,.,.\n1,6,.,35\n1,8,.,.\n";
  desk.simulate(model, data);
  CHECK(near(desk.column("CP")[3], 10 * std::exp(-0.05 * 8)));
  Request forward;
  forward.carry = Carry::kForward;
  desk.simulate(model, data, forward);
  CHECK(near(desk.column("CP")[3], 10 * std::exp(-0.1 * 6 - 0.05 * 2)));
  desk.simulate(model, "ID,TIME,AMT,WT\n1,0,100,.\n1,4,.,.\n");
  CHECK(desk.says("no record of subject 1 has this covariate"));
  CHECK(desk.says("row 1, column 'WT'"));
  desk.simulate(model, "ID,TIME,AMT\n1,0,100\n1,4,.\n");
  CHECK(near(desk.column("CP")[1], 10 * std::exp(-0.4)));
}

TEST_CASE("a parameter may come by subject or by record, and where it is missing it is typical") {
  Desk desk;
  desk.simulate("pk1", "ID,TIME,AMT,CL\n1,0,100,10\n1,2,.,10\n2,0,100,.\n2,2,.,.\n");
  REQUIRE(desk.said() == "");
  CHECK(near(desk.column("CP")[1], 2 * std::exp(-10.0 / 50 * 2)));
  CHECK(near(desk.column("CP")[3], 2 * std::exp(-5.0 / 50 * 2)));
}

TEST_CASE("how doses enter may come as columns, by number or by name") {
  Desk desk;
  desk.simulate("pk1_oral",
                "ID,TIME,AMT,RATE,CMT,F_DEPOT,ALAG2,D2\n1,0,100,.,2,.,1.5,.\n1,1,.,.,.,.,1.5,.\n"
                "1,2,.,.,.,.,1.5,.\n2,0,100,-2,CENTRAL,0.5,0,4\n2,4,.,.,.,0.5,0,4\n");
  REQUIRE(desk.said() == "");
  CHECK(desk.column("CP")[1] == 0);
  CHECK(near(desk.column("CP")[2], 2 * std::exp(-0.1 * 0.5)));
  CHECK(near(desk.column("CP")[4], 25.0 / 5 * -std::expm1(-0.4)));
}

TEST_CASE("the rate of a modelled infusion follows its parameter while it runs") {
  Desk desk;
  desk.with_parameters("CL = \"1e-30 L/h\"\nV = \"1 L\"\n");
  desk.simulate("pk1", "ID,TIME,AMT,RATE,R1\n1,0,100,-1,10\n1,2,.,.,10\n1,4,.,.,20\n1,9,.,.,5\n");
  REQUIRE(desk.said() == "");
  const auto cp = desk.column("CP");
  CHECK(near(cp[1], 20));
  CHECK(near(cp[2], 60));
  CHECK(near(cp[3], 85));  // the rate of the later record rules the interval before it
}

TEST_CASE("what only the model knows about a record") {
  Desk desk;
  desk.simulate("pk1", "ID,TIME,AMT,RATE\n1,0,100,-2\n1,1,100,-1\n");
  CHECK(desk.says("row 1, column 'RATE': RATE -2 needs D1"));
  CHECK(desk.says("row 2, column 'RATE': RATE -1 needs R1"));
  desk.with_parameters("k = \"1 1/h\"\n");
  const std::string clock = desk.put("clock.txt", "d/dt(A) [mg] = -k * A * (TIME * k)\n");
  desk.simulate(clock, "ID,TIME,AMT,SS,II\n1,0,100,1,12\n");
  CHECK(desk.says("the model's rates read TIME"));
}

}  // namespace dosewright::simulate
