#include "dosewright/model/dosing_names.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace dosewright::model {

TEST_CASE("names by number and by compartment, and what only looks like one") {
  const std::vector<std::string> states = {"DEPOT", "CENTRAL"};
  const auto lag = dosing_name("ALAG2", states);
  REQUIRE(lag.has_value());
  CHECK(lag->item == DosingItem::kLag);
  CHECK(lag->compartment == 1);
  CHECK(to_text(*lag) == "ALAG2");
  REQUIRE(dosing_name("F_DEPOT", states).has_value());
  CHECK(dosing_name("F_DEPOT", states)->item == DosingItem::kBioavailability);
  CHECK(to_text(*dosing_name("D_CENTRAL", states)) == "D2");
  CHECK(to_text(*dosing_name("R1", states)) == "R1");
  for (const char* other : {"F", "F0", "F3", "F01", "F1x", "FF1", "f1", "F_GUT", "ALAG", "D-1",
                            "Q1", "R1.5", "F_", ""}) {
    CAPTURE(other);
    CHECK_FALSE(dosing_name(other, states).has_value());
  }
}

}  // namespace dosewright::model
