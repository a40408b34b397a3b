#include "dosewright/molecule/strand.hpp"

#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {

namespace {

int acid_protons(Kind kind, std::string_view id) {
  const Monomer* monomer = library().find(kind, id);
  return monomer == nullptr ? 0 : monomer->acid_protons;
}

int acid_protons(const End& end) {
  return acid_protons(Kind::kEnd, end.group) + acid_protons(Kind::kLink, end.link);
}

}  // namespace

int n_units(const Molecule& molecule) {
  std::size_t n = 0;
  for (const Strand& strand : molecule.strands) n += strand.units.size();
  return static_cast<int>(n);
}

int n_acid_protons(const Strand& strand) {
  int n = acid_protons(strand.five_end) + acid_protons(strand.three_end);
  for (const Unit& unit : strand.units) n += acid_protons(Kind::kLink, unit.link);
  return n;
}

int n_acid_protons(const Molecule& molecule) {
  int n = 0;
  for (const Strand& strand : molecule.strands) n += n_acid_protons(strand);
  return n;
}

std::string plain_sequence(const Strand& strand) {
  std::string sequence;
  for (const Unit& unit : strand.units) {
    const Monomer* base = library().find(Kind::kBase, unit.base);
    sequence += base == nullptr ? 'N' : base->letter;
  }
  return sequence;
}

}  // namespace dosewright::molecule
