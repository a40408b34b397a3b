#include "dosewright/molecule/inchi.hpp"

#include <fmt/format.h>
#include <inchi_api.h>

#include <algorithm>
#include <mutex>

#include "dosewright/base/text.hpp"

namespace dosewright::molecule {

namespace {

std::vector<inchi_Atom> atoms_of(const AtomGraph& graph) {
  std::vector<inchi_Atom> atoms(graph.atoms.size());
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const Atom& atom = graph.atoms[i];
    const std::string_view name = symbol(atom.element);
    std::ranges::copy(name, atoms[i].elname);
    atoms[i].charge = static_cast<S_CHAR>(atom.charge);
    atoms[i].num_iso_H[0] = static_cast<S_CHAR>(atom.n_hydrogens);
  }
  // A bond is told to the library at one of its ends.
  for (const Bond& bond : graph.bonds) {
    inchi_Atom& from = atoms[static_cast<std::size_t>(bond.from)];
    const auto n = static_cast<std::size_t>(from.num_bonds++);
    DW_CHECK(n < MAXVAL, "an atom with more bonds than InChI knows");
    from.neighbor[n] = static_cast<AT_NUM>(bond.to);
    from.bond_type[n] = static_cast<S_CHAR>(bond.order);
  }
  return atoms;
}

// In the library's own words the parity is 'e' where the last three neighbours run clockwise seen
// from the first; a hydrogen that is no atom is named by the centre itself and stands first.
std::vector<inchi_Stereo0D> centres_of(const AtomGraph& graph) {
  std::vector<inchi_Stereo0D> centres;
  for (const Centre& centre : graph.centres) {
    std::array<int, 4> order = centre.neighbours;
    const auto hydrogen = std::ranges::find(order, kHydrogen);
    if (hydrogen != order.end()) std::swap(*hydrogen, order[0]);
    inchi_Stereo0D stereo{};
    stereo.type = INCHI_StereoType_Tetrahedral;
    stereo.central_atom = static_cast<AT_NUM>(centre.atom);
    stereo.parity = clockwise_in_order(centre, order) ? INCHI_PARITY_EVEN : INCHI_PARITY_ODD;
    for (std::size_t i = 0; i < 4; ++i) {
      stereo.neighbor[i] = static_cast<AT_NUM>(order[i] == kHydrogen ? centre.atom : order[i]);
    }
    centres.push_back(stereo);
  }
  return centres;
}

std::string words(const char* text) {
  return text == nullptr ? "" : shown_text(text, 200);
}

// Frees what the library allocated for an answer.
struct Output {
  inchi_Output value{};
  Output() = default;
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() { FreeStdINCHI(&value); }
};

Result<Inchi> ask_library(std::vector<inchi_Atom>& atoms, std::vector<inchi_Stereo0D>& centres) {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  inchi_Input input{};
  input.atom = atoms.data();
  input.num_atoms = static_cast<AT_NUM>(atoms.size());
  input.stereo0D = centres.data();
  input.num_stereo0D = static_cast<AT_NUM>(centres.size());
  Output output;
  const int status = GetStdINCHI(&input, &output.value);
  if ((status != inchi_Ret_OKAY && status != inchi_Ret_WARNING) ||
      output.value.szInChI == nullptr) {
    return Fault{{},
                 fmt::format("the InChI library gives no identifier for this structure: {}",
                             words(output.value.szMessage)),
                 {},
                 {}};
  }
  Inchi inchi{output.value.szInChI, {}};
  std::array<char, 256> key{};
  if (GetStdINCHIKeyFromStdINCHI(output.value.szInChI, key.data()) != INCHIKEY_OK) {
    return Fault{{}, "the InChI library gives no key for its own identifier", {}, {}};
  }
  inchi.key = key.data();
  return inchi;
}

}  // namespace

Result<Inchi> to_inchi(const AtomGraph& graph) {
  const int n = n_heavy_atoms(graph);
  if (n == 0) return Fault{{}, "expected a structure for an InChI, found no atoms", {}, {}};
  if (n > kMaxInchiAtoms) {
    return Fault{
        {},
        fmt::format("the InChI library takes fewer than {} atoms besides hydrogen, found {}",
                    kMaxInchiAtoms + 1, n),
        "ask for one strand, or use the formula, SMILES or HELM",
        {}};
  }
  std::vector<inchi_Atom> atoms = atoms_of(graph);
  std::vector<inchi_Stereo0D> centres = centres_of(graph);
  return ask_library(atoms, centres);
}

}  // namespace dosewright::molecule
