#include "dosewright/molecule/draw.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <sstream>

#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/layout.hpp"
#include "dosewright/molecule/molfile.hpp"
#include "dosewright/molecule/published_test.hpp"

namespace dosewright::molecule {
namespace {

int count(const std::string& text, std::string_view part) {
  int n = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++n;
  return n;
}

std::string drawn(const Molecule& molecule) {
  const auto svg = draw_strands(molecule);
  REQUIRE_MESSAGE(svg.ok(), to_text(svg.faults()));
  return *svg;
}

TEST_CASE("a gapmer has a tile for each residue, its wings, its gap and a legend") {
  Molecule molecule = published::mipomersen();
  molecule.name = "<mipomersen & more>";
  const std::string svg = drawn(molecule);
  CHECK(count(svg, ">MOE<") == 10 + 1);
  CHECK(count(svg, ">DNA<") == 10 + 1);
  CHECK(count(svg, ">5m<") == 9 + 1);
  CHECK(count(svg, ">s<") == 19 + 1);
  CHECK(count(svg, "wing of 5") == 2);
  CHECK(count(svg, "gap of 10") == 1);
  CHECK(svg.find("gapmer 5-10-5") != std::string::npos);
  CHECK(svg.find("&lt;mipomersen &amp; more&gt;") != std::string::npos);
  CHECK(svg.find("not a medical device") != std::string::npos);
}

TEST_CASE("a 30-mer stands in two even rows, its tail as a pill") {
  const std::string svg = drawn(published::eteplirsen());
  CHECK(count(svg, ">PMO<") == 30 + 1);
  CHECK(count(svg, ">→<") == 2);
  CHECK(count(svg, ">EG3<") == 2);
  CHECK(svg.find("gap of") == std::string::npos);
}

TEST_CASE("a duplex finds its register, or takes the one that is stated") {
  Molecule molecule = published::inclisiran();
  const std::string svg = drawn(molecule);
  CHECK(count(svg, "stroke=\"#9aa5b1\" stroke-width=\"3.0\"") == 21);
  molecule.pairing = {{0, 22}};
  CHECK(count(drawn(molecule), "stroke=\"#9aa5b1\" stroke-width=\"3.0\"") < 21);
}

TEST_CASE("what cannot be drawn says why") {
  CHECK(!draw_strands({}).ok());
  CHECK(!draw_strands(single(published::strand(std::string(401, 'A'), "d", "p"))).ok());
  CHECK(!draw_residue(published::mipomersen(), 1, 0).ok());
  CHECK(!draw_residue(published::mipomersen(), 1, 21).ok());
  CHECK(!draw_residue(published::mipomersen(), 2, 1).ok());
}

TEST_CASE("the structure of a residue names its parts and shows both ends") {
  const auto svg = draw_residue(published::mipomersen(), 1, 4);
  REQUIRE(svg.ok());
  CHECK(svg->find("Residue 4 of 20") != std::string::npos);
  CHECK(svg->find("thymine on 2'-O-(2-methoxyethyl)ribose; phosphorothioate") != std::string::npos);
  CHECK(count(*svg, ">5′<") == 1);
  CHECK(count(*svg, ">3′<") == 1);
  CHECK(count(*svg, "<polygon") + count(*svg, "stroke-width=\"1.8\"") / 6 == 4);  // four centres
}

TEST_CASE("no two atoms of a drawn strand fall together, and every centre has a wedge") {
  for (const Molecule& molecule :
       {published::mipomersen(), published::eteplirsen(), published::inclisiran(),
        published::eplontersen(), single(published::strand("ACGT", "lkfr", "s"))}) {
    const auto graph = build_graph(molecule, WithPlaces::kYes);
    REQUIRE(graph.ok());
    REQUIRE(graph->places.size() == graph->atoms.size());
    double least = 1e9;
    for (std::size_t i = 0; i < graph->places.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        least = std::min(least, std::hypot(graph->places[i].x - graph->places[j].x,
                                           graph->places[i].y - graph->places[j].y));
      }
    }
    CHECK(least > 0.2);
    CHECK(wedges(*graph).size() == graph->centres.size());
  }
}

TEST_CASE("a Molfile has its counts, its charges and its wedges from the centre") {
  const auto graph =
      add_sodium(*build_graph(single(published::strand("TT", "d", "s")), WithPlaces::kYes), 1);
  REQUIRE(graph.ok());
  const std::string text = to_molfile(*graph, "two\nlines");
  CHECK(text.starts_with("two?lines\n"));
  CHECK(text.find("999 V3000\n") != std::string::npos);
  CHECK(count(text, " CHG=-1") == 1);
  CHECK(count(text, " CHG=1") == 1);
  CHECK(count(text, " CFG=") == 6);
  CHECK(text.ends_with("M  V30 END CTAB\nM  END\n"));
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) CHECK(line.size() <= 80);
}

}  // namespace
}  // namespace dosewright::molecule
