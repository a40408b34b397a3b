#include "dosewright/programme/show.hpp"

#include <doctest/doctest.h>

#include "dosewright/base/text.hpp"
#include "dosewright/programme/page.hpp"

namespace dosewright::programme {
namespace {

std::string shown(const std::string& folder) {
  const Result<Programme> programme = load_programme(DOSEWRIGHT_ROOT + folder);
  REQUIRE_MESSAGE(programme.ok(), to_text(programme.faults()));
  return show(*programme);
}

void says(const std::string& text, std::string_view part) {
  CHECK_MESSAGE(text.find(part) != std::string::npos, "expected '" << part << "' in:\n" << text);
}

void fits_the_page(const std::string& text) {
  for (std::string_view line : split(text, '\n')) {
    CHECK_MESSAGE(text_width(line) <= kPageWidth, line);
    CHECK_MESSAGE((line.empty() || line.back() != ' '), "ends in a space: " << line);
  }
}

}  // namespace

TEST_CASE("mipomersen is whole, and fits the page") {
  const std::string text = shown("/programmes/mipomersen");
  fits_the_page(text);
  says(text, "EU: refused");
  says(text, "US: approval withdrawn");
  says(text, "677 published results");
  says(text, "dose reductions");
}

TEST_CASE("a programme is shown with every part that it has") {
  const std::string text = shown("/tests/data/programme_small");
  fits_the_page(text);
  says(text, "smallumab\n=========\n");
  says(text, "For research. Not a medical device.");
  says(text, "US: approved");
  says(text, "100 mg/mL, 1 mL in a vial (100 mg)");
  says(text, "hepatic.withhold: treating -> withheld");
  says(text, "ALT >= 3 ULN");
  says(text, "logit: subjects 0.5");
  says(text, "calibrated to R1");
  says(text, "not simulated");
  says(text, "3 published results");
  says(text, "the dose\n");
  says(text, "Paper20");
}

}  // namespace dosewright::programme
