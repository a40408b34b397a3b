// Reads molecule.toml: an oligonucleotide as data, checked for agreement with itself.
#include <algorithm>

#include "dosewright/programme/quotes.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

// The text of a key whose letters must all be among `letters`, and as many as `length` (0: any).
// `good` becomes false where they are not.
std::string read_letters(Node node, std::string_view letters, std::size_t length, bool& good) {
  std::string text = node.text();
  const auto bad = text.find_first_not_of(letters);
  good =
      good && !text.empty() && bad == std::string::npos && (length == 0 || text.size() == length);
  if (bad != std::string::npos) {
    node.fault("expected letters of '" + std::string(letters) + "', found '" + text.substr(bad, 1) +
               "' at position " + std::to_string(bad + 1));
  } else if (length > 0 && !text.empty() && text.size() != length) {
    node.fault(
        "expected " + std::to_string(length) + " letters, found " + std::to_string(text.size()),
        "one letter per residue, and one less for the links between them");
  }
  return text;
}

char rna_partner(char base) {
  switch (base) {
    case 'A':
      return 'U';
    case 'C':
      return 'G';
    case 'G':
      return 'C';
    default:
      return 'A';
  }
}

std::string pairing_rna(std::string sequence) {
  std::ranges::reverse(sequence);
  std::ranges::transform(sequence, sequence.begin(), rna_partner);
  return sequence;
}

void read_methylated(Node node, Molecule& molecule, bool& good) {
  for (Node item : node.items()) {
    const std::int64_t residue = item.integer();
    const auto length = static_cast<std::int64_t>(molecule.sequence.size());
    if (residue < 1 || residue > length) {
      item.fault("expected a residue from 1 to " + std::to_string(length) + ", found " +
                 std::to_string(residue));
      good = false;
    } else {
      molecule.methylated.push_back(static_cast<int>(residue));
    }
  }
}

double read_molar_mass(Node node) {
  if (!node.exists()) return 0;
  const Unit unit = *parse_unit("g/mol");
  return unit.from_canonical(node.measure_of(unit.dimension).canonical);
}

void read_target(Node table, const Known& known, Molecule& molecule) {
  if (!table.exists()) return;
  Target& target = molecule.target;
  target.gene = table.at("gene").text();
  target.transcript = table.at("transcript").text();
  target.first = static_cast<int>(table.at("first").integer());
  target.last = static_cast<int>(table.at("last").integer());
  Node site = table.at("site");
  bool good = true;
  target.site = read_letters(site, "ACGU", molecule.sequence.size(), good);
  if (!target.site.empty() && target.site != pairing_rna(molecule.sequence)) {
    site.fault("the site does not pair with the strand, whose reverse complement is " +
               pairing_rna(molecule.sequence));
  }
  if (target.last - target.first + 1 != static_cast<int>(molecule.sequence.size())) {
    table.at("last").fault("positions " + std::to_string(target.first) + " to " +
                           std::to_string(target.last) + " do not span the strand of " +
                           std::to_string(molecule.sequence.size()) + " residues");
  }
  target.source = protocol::parse_source(table.at("source"), &known.sources);
  table.finish();
}

}  // namespace

void read_molecule(Node root, const Known& known, Programme& programme) {
  Molecule molecule;
  bool good = true;
  molecule.sequence = read_letters(root.at("sequence"), "ACGTUI", 0, good);
  const std::size_t n = molecule.sequence.size();
  molecule.sugars = read_letters(root.at("sugars"), "dremflko", n, good);
  molecule.links = read_letters(root.at("links"), "osRSn", n > 0 ? n - 1 : 0, good);
  read_methylated(root.find("methylated"), molecule, good);
  molecule.formula_acid = root.find("formula_acid").text_or("");
  molecule.formula_salt = root.find("formula_salt").text_or("");
  molecule.mass_acid = read_molar_mass(root.find("mass_acid"));
  molecule.mass_salt = read_molar_mass(root.find("mass_salt"));
  molecule.helm = root.find("helm").text_or("");
  molecule.source = protocol::parse_source(root.at("source"), &known.sources);
  read_target(root.find("target"), known, molecule);
  check_quotes(root, known, good, molecule);
  root.finish();
  programme.molecule = std::move(molecule);
}

}  // namespace dosewright::programme
