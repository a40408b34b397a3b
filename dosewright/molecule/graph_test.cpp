#include "dosewright/molecule/graph.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/published_test.hpp"
#include "dosewright/molecule/smiles.hpp"

namespace dosewright::molecule {
namespace {

std::string formula_text(const Molecule& molecule, int n_sodium = 0) {
  const auto formula = formula_of(molecule, n_sodium);
  REQUIRE_MESSAGE(formula.ok(), to_text(formula.faults()));
  return to_text(*formula);
}

std::string salt_text(const Molecule& molecule) {
  return formula_text(molecule, n_acid_protons(molecule));
}

TEST_CASE("published formulae from the atoms") {
  CHECK(formula_text(published::mipomersen()) == "C230H324N67O122P19S19");
  CHECK(salt_text(published::mipomersen()) == "C230H305N67Na19O122P19S19");
  CHECK(salt_text(published::nusinersen()) == "C234H323N61Na17O128P17S17");
  CHECK(formula_text(published::fomivirsen()) == "C204H263N63O114P20S20");
  CHECK(salt_text(published::fomivirsen()) == "C204H243N63Na20O114P20S20");
  CHECK(formula_text(published::eteplirsen()) == "C364H569N177O122P30");
  CHECK(salt_text(published::patisiran()) == "C412H480N148Na40O290P40");
  CHECK(salt_text(published::inclisiran()) == "C529H664F12N176Na43O316P43S6");
  // From memory: the sodium salt of eplontersen.
  CHECK(salt_text(published::eplontersen()) == "C296H417N77Na20O156P20S13");
}

std::string smiles_of(const char* base, const char* sugar) {
  const auto graph = build_graph(single({{{base, sugar, ""}}, {}, {}, ""}));
  REQUIRE(graph.ok());
  return to_smiles(*graph);
}

TEST_CASE("SMILES keeps the neighbours' order in its stereo marks") {
  CHECK(smiles_of("A", "d") == "[C@@H]1(C[C@@H]([C@H](O1)CO)O)N1C=NC2=C1N=CN=C2N");
  const auto salt = add_sodium(*build_graph(single(published::strand("TT", "d", "s"))), 1);
  REQUIRE(salt.ok());
  CHECK(to_smiles(*salt).find("P(=S)([O-])") != std::string::npos);
  CHECK(to_smiles(*salt).ends_with(".[Na+]"));
}

TEST_CASE("what cannot be built says why, all at once") {
  Molecule molecule = single(published::strand("AAA", "d", "p"));
  molecule.strands[0].units[0].base = "Q";
  molecule.strands[0].units[1].link = "";
  molecule.strands[0].units[2].sugar = "x";
  molecule.strands[0].three_end.group = "Z";
  const auto graph = build_graph(molecule);
  REQUIRE(!graph.ok());
  const std::string said = to_text(graph.faults());
  CHECK_MESSAGE(said.find("residue 1: the library has no base 'Q'") != std::string::npos, said);
  CHECK_MESSAGE(said.find("residue 2: expected a link") != std::string::npos, said);
  CHECK_MESSAGE(said.find("residue 3: the library has no sugar 'x'") != std::string::npos, said);
  CHECK(!build_graph({}).ok());
  CHECK(!build_graph(single({})).ok());
  Molecule open = single(published::strand("AA", "d", "p"));
  open.strands[0].units[1].link = "p";
  CHECK(!build_graph(open).ok());
  CHECK(!formula_of(published::mipomersen(), 20).ok());
  CHECK(!formula_of(published::mipomersen(), -1).ok());
}

std::vector<std::string> ids(Kind kind) {
  std::vector<std::string> list;
  for (const Monomer& monomer : library().monomers()) {
    if (monomer.kind == kind) list.push_back(monomer.id);
  }
  return list;
}

Strand random_strand() {
  Strand strand;
  const int n = *rc::gen::inRange(1, 40);
  for (int i = 0; i < n; ++i) {
    strand.units.push_back({*rc::gen::elementOf(ids(Kind::kBase)),
                            *rc::gen::elementOf(ids(Kind::kSugar)),
                            i + 1 < n ? *rc::gen::elementOf(ids(Kind::kLink)) : std::string()});
  }
  if (*rc::gen::arbitrary<bool>()) strand.five_end.group = "P";
  if (*rc::gen::arbitrary<bool>()) {
    strand.three_end.conjugate = *rc::gen::elementOf(ids(Kind::kConjugate));
    strand.three_end.link = "p";
  }
  return strand;
}

Strand part(const Strand& whole, std::size_t first, std::size_t last) {
  Strand strand;
  strand.units.assign(whole.units.begin() + static_cast<std::ptrdiff_t>(first),
                      whole.units.begin() + static_cast<std::ptrdiff_t>(last));
  strand.units.back().link.clear();
  return strand;
}

TEST_CASE("property: the parts, with a phosphate where they were cut, minus water are the whole") {
  CHECK(rc::check([] {
    const Strand whole = random_strand();
    RC_PRE(whole.units.size() >= 2);
    const auto cut =
        static_cast<std::size_t>(*rc::gen::inRange(1, static_cast<int>(whole.units.size())));
    Strand left = part(whole, 0, cut);
    Strand right = part(whole, cut, whole.units.size());
    left.five_end = whole.five_end;
    right.three_end = whole.three_end;
    const std::string link = whole.units[cut - 1].link;
    Formula expected = *formula_of(single(left)) + *formula_of(single(right));
    if (link == "n") {
      // The acid of the link: (CH3)2N-PO(OH)2.
      expected += *parse_formula("C2H8NO3P");
    } else {
      expected += *parse_formula(link == "p" ? "H3PO4" : "H3PO3S");
    }
    expected -= 2 * kWater;
    RC_ASSERT(*formula_of(single(whole)) == expected);
  }));
}

TEST_CASE("property: every atom has a valence of its element, every acid its sodium") {
  CHECK(rc::check([] {
    const Molecule molecule = single(random_strand());
    const AtomGraph graph = *build_graph(molecule);
    const auto bonds = bonds_of_atoms(graph);
    for (std::size_t i = 0; i < graph.atoms.size(); ++i) {
      int n = graph.atoms[i].n_hydrogens;
      for (const int bond : bonds[i]) n += graph.bonds[static_cast<std::size_t>(bond)].order;
      RC_ASSERT(is_valence(graph.atoms[i].element, graph.atoms[i].charge, n));
    }
    const int n = n_acid_protons(molecule);
    RC_ASSERT(add_sodium(graph, n).ok());
    RC_ASSERT(!add_sodium(graph, n + 1).ok());
  }));
}

}  // namespace
}  // namespace dosewright::molecule
