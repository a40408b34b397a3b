#include "dosewright/molecule/identity.hpp"

#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::array kCardFormats = {Format::kHelm, Format::kIdt,  Format::kAxolabs,
                                     Format::kCase, Format::kName, Format::kShorthand};

Substance substance_of(const Formula& formula, int n_sodium) {
  Substance substance;
  substance.formula = formula;
  substance.n_sodium = n_sodium;
  substance.monoisotopic = monoisotopic_mass(formula);
  for (std::size_t i = 0; i < kWeightTables.size(); ++i) {
    substance.average[i] = average_mass(formula, kWeightTables[i]);
  }
  return substance;
}

void add_inchi(Identity& identity) {
  const auto graph = build_graph(identity.molecule);
  if (!graph.ok()) return;
  auto inchi = to_inchi(*graph);
  if (inchi.ok()) {
    identity.inchi = std::move(*inchi);
  } else {
    identity.no_inchi = inchi.faults()[0].message;
  }
}

void add_notations(Identity& identity) {
  for (const Format format : kCardFormats) {
    Notation notation{format, std::nullopt, {}};
    auto written = write(identity.molecule, format);
    if (written.ok()) {
      notation.written = std::move(*written);
    } else {
      notation.why_not = written.faults()[0].message;
    }
    identity.notations.push_back(std::move(notation));
  }
}

}  // namespace

Result<Identity> identify(const Molecule& molecule) {
  const auto graph = build_graph(molecule);
  if (!graph.ok()) return graph.faults();
  Identity identity;
  identity.molecule = molecule;
  identity.acid = substance_of(acid_formula(molecule), 0);
  const int n = n_acid_protons(molecule);
  const auto salt = salt_formula(molecule, Counterion::kSodium, n);
  if (!salt.ok()) return salt.faults();
  identity.salt = substance_of(*salt, n);
  add_inchi(identity);
  for (const Strand& strand : molecule.strands) {
    const auto extinction = extinction_260(strand);
    identity.extinctions.push_back(extinction.ok() ? std::optional(*extinction) : std::nullopt);
  }
  add_notations(identity);
  return identity;
}

Amount amount_of_salt(const Identity& identity, double salt_mg, WeightTable table) {
  const double salt_mass = average_mass(identity.salt.formula, table);
  Amount amount;
  amount.salt_mg = salt_mg;
  amount.micromol = nmol_of_mg(salt_mg, salt_mass) / 1000;
  amount.acid_mg = acid_mg_of_salt_mg(salt_mg, identity.acid.formula, identity.salt.formula, table);
  return amount;
}

}  // namespace dosewright::molecule
