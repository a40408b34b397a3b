#include "dosewright/molecule/peak_list.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/csv.hpp"

namespace dosewright::molecule {
namespace {

std::string peak_faults(const std::string& text) {
  const auto peaks = parse_peaks(text, "p.csv");
  return peaks.ok() ? "" : to_text(peaks.faults());
}

TEST_CASE("a list of masses and one of ions") {
  const auto masses = parse_peaks("mass,intensity\n7172.1,5\n+100, \n", "p.csv");
  REQUIRE(masses.ok());
  REQUIRE(masses->size() == 2);
  CHECK((*masses)[0].value == 7172.1);
  CHECK((*masses)[0].intensity == 5);
  CHECK((*masses)[0].charge == 0);
  CHECK_FALSE((*masses)[1].has_intensity);
  const auto ions = parse_peaks("charge,mz\r\n-8,895.5\r\n", "p.csv");
  REQUIRE(ions.ok());
  CHECK(ions->front().charge == -8);
  CHECK(ions->front().value == 895.5);
}

TEST_CASE("faults of a header and of rows, all at once and with their place") {
  CHECK(peak_faults("").find("expected a header") != std::string::npos);
  CHECK(peak_faults("mass\n").find("no peaks") != std::string::npos);
  CHECK(peak_faults("mass,mass\n1,2\n").find("the column mass stands twice") != std::string::npos);
  CHECK(peak_faults("mz\n1\n").find("m/z without a charge") != std::string::npos);
  const std::string rows = peak_faults("mz,charge\nx,0\n-1,2\n");
  CHECK(rows.find("p.csv:2:1") != std::string::npos);
  CHECK(rows.find("p.csv:2:3") != std::string::npos);
  CHECK(rows.find("p.csv:3:1") != std::string::npos);
}

TEST_CASE("numbers that are no masses, charges or intensities") {
  CHECK(peak_faults("mass\ninf\n").find("a mass must be a number, found 'inf'") !=
        std::string::npos);
  CHECK(peak_faults("mass\n1e308\n").find("up to 1000000000, found 1e+308") != std::string::npos);
  CHECK(peak_faults("mass,intensity\n1,nan\n").find("an intensity must be a number") !=
        std::string::npos);
  CHECK(peak_faults("mz,charge\n9,-2147483648\n").find("a charge of -2147483648") !=
        std::string::npos);
}

TEST_CASE("faults are bounded, and what is left out is counted") {
  std::string text = "mass\n";
  for (int i = 0; i < 1000; ++i) text += "x\n";
  const auto peaks = parse_peaks(text, "p.csv");
  REQUIRE_FALSE(peaks.ok());
  REQUIRE(peaks.faults().size() == kMostCsvFaults + 1);
  CHECK(peaks.faults()[kMostCsvFaults].message == "800 more faults are not listed here");
}

}  // namespace
}  // namespace dosewright::molecule
