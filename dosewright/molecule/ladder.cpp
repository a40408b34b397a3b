#include "dosewright/molecule/ladder.hpp"

#include <fmt/format.h>

#include "dosewright/molecule/mass.hpp"

namespace dosewright::molecule {

namespace {

void add_changes(const Molecule& molecule, std::size_t index, std::vector<LadderRow>& rows) {
  const Strand& strand = molecule.strands[index];
  Product whole;
  whole.strand = static_cast<int>(index);
  whole.last = static_cast<int>(strand.units.size()) - 1;
  const Formula formula = acid_formula(strand);
  for (const Change& change : changes_of(molecule)) {
    const int n = n_sites(change, strand);
    if (n == 0) continue;
    const Declared& entry = declared(change.kind);
    rows.push_back({entry.id, fmt::format("{}, 1x {}", name_of(whole, molecule), change.name()),
                    formula + change.difference, static_cast<double>(n), entry.weight,
                    entry.origin});
  }
}

}  // namespace

Result<std::vector<LadderRow>> ladder_of(const Molecule& molecule, const ProductOptions& options) {
  DW_TRY(products, products_of(molecule, options));
  std::vector<LadderRow> rows;
  for (const Product& product : products) {
    const Declared& entry = declared(product.kind);
    rows.push_back({entry.id, name_of(product, molecule), product.formula, product.n_places,
                    product.weight, entry.origin});
  }
  for (std::size_t i = 0; i < molecule.strands.size(); ++i) add_changes(molecule, i, rows);
  return rows;
}

Result<std::vector<Ion>> ions_of(std::span<const int> charges, std::span<const Counterion> adducts,
                                 int most) {
  Faults faults;
  std::vector<Ion> ions;
  for (const int charge : charges) {
    const Ion bare{charge, {}};
    if (const auto checked = check_ion(bare); !checked.ok()) {
      faults.merge(checked.faults());
      continue;
    }
    ions.push_back(bare);
    for (const Counterion adduct : adducts) {
      for (int n = 1; n <= most; ++n) {
        Ion ion = bare;
        ion.adducts[static_cast<std::size_t>(adduct)] = n;
        ions.push_back(ion);
      }
    }
  }
  if (!faults.empty()) return faults;
  return ions;
}

}  // namespace dosewright::molecule
