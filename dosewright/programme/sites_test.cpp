#include <doctest/doctest.h>

#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

const Known kSiteSources{{"S1"}, {}, {}};

Programme sites_of(const std::string& text, std::string& faults) {
  Programme programme;
  FactWord tattoo;
  tattoo.id = "tattoo";
  programme.facts.push_back(tattoo);
  Document document = Document::parse(text, "sites.toml");
  read_sites(document.root(), kSiteSources, programme);
  faults = document.faults().empty() ? "" : to_text(document.faults());
  return programme;
}

const std::string kThigh =
    "[[site]]\nid = \"thigh\"\ntitle = \"thigh\"\nterms = [\"upper leg\"]\nsides = true\nsource = "
    "\"S1\"\n";

TEST_CASE("sites: places, codes with a side, what makes them unfit, rotation") {
  std::string faults;
  const Programme programme = sites_of(
      kThigh +
          "codes = [{ system = \"HL7\", value = \"LT\", side = \"left\" }]\n[[site]]\nid = "
          "\"abdomen\"\ntitle = \"abdomen\"\nsource = \"S1\"\n[[unfit]]\nfact = \"tattoo\"\nsays = "
          "\"not there\"\nsource = \"S1\"\n[rotation]\napart_doses = 2\nshown_doses = 8\nsays = "
          "\"rotate\"\nsource = \"S1\"\n",
      faults);
  CHECK_MESSAGE(faults.empty(), faults);
  REQUIRE(programme.sites.places.size() == 2);
  CHECK(programme.sites.places[0].sides);
  CHECK(programme.sites.places[0].codes.at(0).side == Side::kLeft);
  CHECK(!programme.sites.places[1].sides);
  CHECK(programme.sites.unfit.at(0).fact == "tattoo");
  REQUIRE(programme.sites.rotation.has_value());
  CHECK(programme.sites.rotation->apart == 2);
}

TEST_CASE("sites: all faults of the file at once") {
  std::string faults;
  sites_of(
      kThigh + "codes = [{ system = \"HL7\", value = \"LT\", side = \"lefft\" }]\n" +
          "[[site]]\nid = \"thigh\"\ntitle = \"Upper Leg\"\nsource = \"S9\"\ncodes = [{ system = "
          "\"HL7\", value = \"LT\", side = \"left\" }]\n[[unfit]]\nfact = \"tatoo\"\nsays = "
          "\"x\"\nsource = \"S1\"\n[rotation]\napart_doses = -1\nshown_doses = 8\nsays = "
          "\"x\"\nsource = \"S1\"\nevery = 3\n",
      faults);
  for (const char* part :
       {"expected the side left or right, found 'lefft'", "there are two sites 'thigh'",
        "'Upper Leg' names two sites", "S9", "'HL7:LT' names two sites", "'thigh' has no sides",
        "the nearest fact is 'tattoo'", "from 0 to 100, found -1", "every"}) {
    CHECK_MESSAGE(faults.find(part) != std::string::npos, "expected '", part, "' in:\n", faults);
  }
}

}  // namespace
}  // namespace dosewright::programme
