#include "dosewright/molecule/graph.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/layout.hpp"
#include "dosewright/molecule/library.hpp"

namespace dosewright::molecule {

namespace {

// A fragment that was copied into the graph: where its atoms begin there.
struct Part {
  const Fragment* fragment = nullptr;
  int first = 0;

  int atom(int label) const { return first + fragment->attached(label); }
};

class Builder {
 public:
  explicit Builder(WithPlaces places) : places_(places) {}

  void add_strand(const Strand& strand) {
    if (strand.units.empty()) {
      faults_.add({}, "expected at least one residue in a strand, found none");
      return;
    }
    if (strand.units.size() > static_cast<std::size_t>(kMaxUnits)) {
      faults_.add({}, fmt::format("expected at most {} residues, found {}", kMaxUnits,
                                  strand.units.size()));
      return;
    }
    first_of_strand_ = true;
    Part before;
    for (std::size_t i = 0; i < strand.units.size(); ++i) {
      before = add_unit(strand, i, before);
    }
    if (before.fragment != nullptr) add_end(strand.three_end, before, 3);
  }

  ResidueGraph add_residue(const Unit& unit) {
    ResidueGraph residue;
    const Part sugar = add_sugar(unit, "the residue");
    if (sugar.fragment == nullptr) return residue;
    residue.open.push_back({sugar.atom(5), false});
    if (unit.link.empty()) {
      residue.open.push_back({sugar.atom(3), true});
    } else if (const Part link = add_link(unit.link, sugar); link.fragment != nullptr) {
      residue.open.push_back({link.atom(5), true});
    }
    return residue;
  }

  AtomGraph take() {
    if (places_ == WithPlaces::kYes) lay_out(graph_, steps_);
    return std::move(graph_);
  }
  Faults& faults() { return faults_; }

 private:
  const Fragment* look_up(Kind kind, const std::string& id, const std::string& where) {
    const Monomer* monomer = library().find(kind, id);
    if (monomer == nullptr) {
      faults_.add(
          {}, fmt::format("{}: the library has no {} '{}'", where, to_text(kind), shown_text(id)));
      return nullptr;
    }
    return &monomer->fragment;
  }

  Part add(const Fragment& fragment) {
    const auto first = static_cast<int>(graph_.atoms.size());
    graph_.atoms.insert(graph_.atoms.end(), fragment.atoms.begin(), fragment.atoms.end());
    for (const Bond& bond : fragment.bonds) {
      graph_.bonds.push_back({bond.from + first, bond.to + first, bond.order});
    }
    for (Centre centre : fragment.centres) {
      centre.atom += first;
      for (int& neighbour : centre.neighbours) {
        if (neighbour >= 0) neighbour += first;
      }
      graph_.centres.push_back(centre);
    }
    return {&fragment, first};
  }

  // The centres that were added last are those that can still have open places.
  void fill(int atom, int label, int with) {
    for (auto i = graph_.centres.rbegin(); i != graph_.centres.rend(); ++i) {
      if (i->atom < atom) return;
      if (i->atom != atom) continue;
      std::ranges::replace(i->neighbours, open_place(label), with);
    }
  }

  void join(const Part& a, int label_a, const Part& b, int label_b) {
    const int from = a.atom(label_a);
    const int to = b.atom(label_b);
    graph_.bonds.push_back({from, to, 1});
    fill(from, label_a, to);
    fill(to, label_b, from);
  }

  void cap(const Part& part, int label) {
    const int atom = part.atom(label);
    ++graph_.atoms[static_cast<std::size_t>(atom)].n_hydrogens;
    fill(atom, label, kHydrogen);
  }

  Part add_sugar(const Unit& unit, const std::string& where) {
    const Fragment* sugar = look_up(Kind::kSugar, unit.sugar, where);
    const Fragment* base = look_up(Kind::kBase, unit.base, where);
    if (sugar == nullptr || base == nullptr) return {};
    const Part part = add(*sugar);
    using Role = LayoutStep::Role;
    steps_.push_back({first_of_strand_ ? Role::kFirstSugar : Role::kSugar, sugar, part.first, -1});
    first_of_strand_ = false;
    const Part bound = add(*base);
    join(part, 1, bound, 1);
    steps_.push_back({Role::kBase, base, bound.first, part.atom(1)});
    return part;
  }

  Part add_link(const std::string& id, const Part& sugar) {
    const Fragment* fragment = look_up(Kind::kLink, id, "a link");
    if (fragment == nullptr) return {};
    const Part link = add(*fragment);
    steps_.push_back({LayoutStep::Role::kLink, fragment, link.first, sugar.atom(3)});
    join(sugar, 3, link, 3);
    return link;
  }

  Part add_unit(const Strand& strand, std::size_t i, const Part& before) {
    const Unit& unit = strand.units[i];
    const bool last = i + 1 == strand.units.size();
    const std::string where = fmt::format("residue {}", i + 1);
    if (last != unit.link.empty()) {
      faults_.add({}, where + (last ? ": the last residue has no link behind it; a conjugate is an "
                                      "end"
                                    : ": expected a link to the next residue, found none"));
    }
    const Part sugar = add_sugar(unit, where);
    if (sugar.fragment == nullptr) return {};
    if (i == 0) {
      add_end(strand.five_end, sugar, 5);
    } else if (before.fragment != nullptr) {
      join(before, 5, sugar, 5);
    }
    if (last || unit.link.empty()) return sugar;
    return add_link(unit.link, sugar);
  }

  void add_end(const End& end, const Part& sugar, int label) {
    const std::string where = label == 5 ? "the 5' end" : "the 3' end";
    if (end.conjugate.empty() && end.group == "OH") return cap(sugar, label);
    const auto role = label == 5 ? LayoutStep::Role::kFiveEnd : LayoutStep::Role::kThreeEnd;
    Part bound = sugar;
    int open = label;
    if (!end.link.empty() && !end.conjugate.empty()) {
      const Fragment* link = look_up(Kind::kLink, end.link, where);
      if (link == nullptr) return;
      bound = add(*link);
      join(sugar, label, bound, label);
      steps_.push_back({role, link, bound.first, sugar.atom(label)});
      open = label == 5 ? 3 : 5;
    }
    const Fragment* group = end.conjugate.empty() ? look_up(Kind::kEnd, end.group, where)
                                                  : look_up(Kind::kConjugate, end.conjugate, where);
    if (group == nullptr) return;
    const Part part = add(*group);
    join(bound, open, part, 1);
    steps_.push_back({role, group, part.first, bound.atom(open)});
  }

  WithPlaces places_;
  AtomGraph graph_;
  std::vector<LayoutStep> steps_;
  bool first_of_strand_ = true;
  Faults faults_;
};

}  // namespace

Result<AtomGraph> build_graph(const Molecule& molecule, WithPlaces places) {
  Builder builder(places);
  for (const Strand& strand : molecule.strands) builder.add_strand(strand);
  if (molecule.strands.empty()) builder.faults().add({}, "expected a strand, found none");
  if (!builder.faults().empty()) return builder.faults();
  return builder.take();
}

Result<AtomGraph> add_sodium(AtomGraph graph, int n) {
  std::vector<bool> on_phosphorus(graph.atoms.size(), false);
  for (const Bond& bond : graph.bonds) {
    const auto from = static_cast<std::size_t>(bond.from);
    const auto to = static_cast<std::size_t>(bond.to);
    if (graph.atoms[from].element == Element::P) on_phosphorus[to] = true;
    if (graph.atoms[to].element == Element::P) on_phosphorus[from] = true;
  }
  int left = n;
  const std::size_t n_atoms = graph.atoms.size();
  for (std::size_t i = 0; i < n_atoms && left > 0; ++i) {
    Atom& atom = graph.atoms[i];
    if (!on_phosphorus[i] || atom.element != Element::O || atom.n_hydrogens != 1) continue;
    atom.n_hydrogens = 0;
    atom.charge = -1;
    graph.atoms.push_back({Element::Na, 1, 0});
    if (!graph.places.empty()) {
      graph.places.push_back({graph.places[i].x + 1.2, graph.places[i].y});
    }
    --left;
  }
  if (n < 0 || left > 0) {
    return Fault{{},
                 fmt::format("expected at most {} sodium ions, one for each acidic hydrogen, "
                             "found {}",
                             n < 0 ? 0 : n - left, n),
                 {},
                 {}};
  }
  return graph;
}

Formula formula(const AtomGraph& graph) {
  Formula sum;
  for (const Atom& atom : graph.atoms) {
    sum.add(atom.element, 1);
    sum.add(Element::H, atom.n_hydrogens);
  }
  return sum;
}

Result<Formula> formula_of(const Molecule& molecule, int n_sodium) {
  DW_TRY(graph, build_graph(molecule));
  DW_TRY(salt, add_sodium(std::move(graph), n_sodium));
  return formula(salt);
}

int n_heavy_atoms(const AtomGraph& graph) {
  return static_cast<int>(std::ranges::count_if(
      graph.atoms, [](const Atom& atom) { return atom.element != Element::H; }));
}

Result<ResidueGraph> build_residue(const Unit& unit) {
  Builder builder(WithPlaces::kYes);
  ResidueGraph residue = builder.add_residue(unit);
  if (!builder.faults().empty()) return builder.faults();
  residue.graph = builder.take();
  return residue;
}

std::vector<std::vector<int>> bonds_of_atoms(const AtomGraph& graph) {
  std::vector<std::vector<int>> bonds(graph.atoms.size());
  for (std::size_t i = 0; i < graph.bonds.size(); ++i) {
    bonds[static_cast<std::size_t>(graph.bonds[i].from)].push_back(static_cast<int>(i));
    bonds[static_cast<std::size_t>(graph.bonds[i].to)].push_back(static_cast<int>(i));
  }
  return bonds;
}

bool clockwise_in_order(const Centre& centre, const std::array<int, 4>& order) {
  std::array<int, 4> now = centre.neighbours;
  bool clockwise = centre.clockwise;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto found = std::find(now.begin() + static_cast<std::ptrdiff_t>(i), now.end(), order[i]);
    DW_CHECK(found != now.end(), "a stereo centre lost a neighbour");
    if (found == now.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    std::swap(*found, now[i]);
    clockwise = !clockwise;
  }
  return clockwise;
}

}  // namespace dosewright::molecule
