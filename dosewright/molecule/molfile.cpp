#include "dosewright/molecule/molfile.hpp"

#include <fmt/format.h>

#include <iterator>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/layout.hpp"

namespace dosewright::molecule {

namespace {

void write_atoms(const AtomGraph& graph, std::back_insert_iterator<std::string> out) {
  fmt::format_to(out, "M  V30 BEGIN ATOM\n");
  for (std::size_t i = 0; i < graph.atoms.size(); ++i) {
    const Atom& atom = graph.atoms[i];
    const Place2D place = graph.places[i];
    fmt::format_to(out, "M  V30 {} {} {:.4f} {:.4f} 0 0", i + 1, symbol(atom.element), place.x,
                   place.y);
    if (atom.charge != 0) fmt::format_to(out, " CHG={}", atom.charge);
    *out++ = '\n';
  }
  fmt::format_to(out, "M  V30 END ATOM\n");
}

void write_bonds(const AtomGraph& graph, std::back_insert_iterator<std::string> out) {
  std::vector<const Wedge*> wedge_of(graph.bonds.size(), nullptr);
  const std::vector<Wedge> list = wedges(graph);
  for (const Wedge& wedge : list) wedge_of[static_cast<std::size_t>(wedge.bond)] = &wedge;
  fmt::format_to(out, "M  V30 BEGIN BOND\n");
  for (std::size_t i = 0; i < graph.bonds.size(); ++i) {
    const Bond& bond = graph.bonds[i];
    const Wedge* wedge = wedge_of[i];
    const bool turned = wedge != nullptr && wedge->centre == bond.to;
    fmt::format_to(out, "M  V30 {} {} {} {}", i + 1, bond.order, (turned ? bond.to : bond.from) + 1,
                   (turned ? bond.from : bond.to) + 1);
    if (wedge != nullptr) fmt::format_to(out, " CFG={}", wedge->up ? 1 : 3);
    *out++ = '\n';
  }
  fmt::format_to(out, "M  V30 END BOND\n");
}

}  // namespace

std::string to_molfile(const AtomGraph& graph, std::string_view name) {
  DW_CHECK(graph.places.size() == graph.atoms.size(), "a Molfile needs places");
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "{}\n  Dosewrig          2D\n\n", shown_text(name, 77));
  fmt::format_to(out, "  0  0  0     0  0            999 V3000\nM  V30 BEGIN CTAB\n");
  // Chiral flag 1: the wedges are absolute.
  fmt::format_to(out, "M  V30 COUNTS {} {} 0 0 1\n", graph.atoms.size(), graph.bonds.size());
  write_atoms(graph, out);
  if (!graph.bonds.empty()) write_bonds(graph, out);
  fmt::format_to(out, "M  V30 END CTAB\nM  END\n");
  return text;
}

}  // namespace dosewright::molecule
