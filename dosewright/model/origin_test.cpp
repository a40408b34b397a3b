#include "dosewright/model/origin.hpp"

#include <doctest/doctest.h>

namespace dosewright::model {

TEST_CASE("a citation begins with a known key") {
  const std::vector<std::string> keys = {"S1", "S10", "FDA-MedR"};
  const Citations good = read_citations("S10, history; FDA-MedR Table 25 (p.112)", keys);
  CHECK(good.keys == std::vector<std::string>{"S10", "FDA-MedR"});
  CHECK(good.unknown.empty());
  const Citations bad = read_citations("S11; S1; FDA-MedRx p.1", keys);
  CHECK(bad.keys == std::vector<std::string>{"S1"});
  CHECK(bad.unknown == std::vector<std::string>{"S11", "FDA-MedRx p.1"});
}

TEST_CASE("an origin reads as a person says it") {
  Origin origin;
  CHECK(empty(origin));
  origin.assumed = "because nobody measured it";
  CHECK(to_text(origin) == "assumed, because nobody measured it");
  origin = {"", {"R1", "R2"}, ""};
  CHECK(to_text(origin) == "calibrated to R1, R2");
  CHECK(!empty(origin));
}

}  // namespace dosewright::model
