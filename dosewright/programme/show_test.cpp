#include "dosewright/programme/show.hpp"

#include <doctest/doctest.h>

#include <filesystem>

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

TEST_CASE("every programme of the repository fits the page") {
  for (const auto& folder :
       std::filesystem::directory_iterator(std::string(DOSEWRIGHT_ROOT) + "/programmes")) {
    fits_the_page(shown("/programmes/" + folder.path().filename().string()));
  }
}

TEST_CASE("without a model, with a protocol that ended and adds a region to another one") {
  const std::string text = shown("/programmes/clozapine");
  says(text, "None: this programme can be checked, shown and decided, but not simulated.");
  says(text, "The rules of 'label', with the regions rems.");
  says(text, "In force in US until 2025-06-13");
  CHECK(text.find("published results") == std::string::npos);
  const std::string rems = text.substr(text.find("Protocol 'rems'"));
  says(rems, "rems.open: closed -> open");
  CHECK(rems.find("neutrophils.stop") == std::string::npos);
}

TEST_CASE("counts of readings in a row are shown, and what is owed at once") {
  const std::string text = shown("/programmes/inotersen");
  says(text, "count.above_75   PLT > 75 10*9/L");
  says(text, "owes platelets (PLT) at once, then every 2 wk");
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
