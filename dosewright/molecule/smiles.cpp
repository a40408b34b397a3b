// Two walks over the graph. The first finds, without recursion (a strand may be long), the bonds
// that close rings and the children of each atom; the second writes. The order in which an atom's
// neighbours are written decides between @ and @@.
#include "dosewright/molecule/smiles.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dosewright::molecule {

namespace {

std::size_t index(int i) {
  return static_cast<std::size_t>(i);
}

class Writer {
 public:
  explicit Writer(const AtomGraph& graph)
      : graph_(graph),
        bonds_(bonds_of_atoms(graph)),
        parent_(graph.atoms.size(), -1),
        seen_(graph.atoms.size(), false),
        children_(graph.atoms.size()),
        closures_(graph.atoms.size()),
        centre_(graph.atoms.size(), nullptr),
        digit_(graph.bonds.size(), 0) {
    for (const Centre& centre : graph.centres) centre_[index(centre.atom)] = &centre;
    for (int digit = 1; digit <= 99; ++digit) free_.insert(digit);
  }

  std::string write() {
    for (std::size_t i = 0; i < graph_.atoms.size(); ++i) {
      if (seen_[i]) continue;
      if (i > 0) text_ += '.';
      find_tree(static_cast<int>(i));
      write_tree(static_cast<int>(i));
    }
    return std::move(text_);
  }

 private:
  struct Step {
    int atom;
    std::size_t next;  // of the bonds of the atom
  };

  int other(int bond, int atom) const {
    const Bond& b = graph_.bonds[index(bond)];
    return b.from == atom ? b.to : b.from;
  }

  void find_tree(int root) {
    std::vector<Step> stack = {{root, 0}};
    seen_[index(root)] = true;
    std::vector<bool>& done = done_;
    done.resize(graph_.bonds.size(), false);
    while (!stack.empty()) {
      Step& step = stack.back();
      if (step.next == bonds_[index(step.atom)].size()) {
        stack.pop_back();
        continue;
      }
      const int atom = step.atom;
      const int bond = bonds_[index(atom)][step.next++];
      if (done[index(bond)]) continue;
      done[index(bond)] = true;
      const int neighbour = other(bond, atom);
      if (seen_[index(neighbour)]) {
        closures_[index(neighbour)].push_back(bond);  // opens at the atom that comes first
        closures_[index(atom)].push_back(bond);
      } else {
        seen_[index(neighbour)] = true;
        parent_[index(neighbour)] = atom;
        children_[index(atom)].push_back(bond);
        stack.push_back({neighbour, 0});
      }
    }
  }

  void write_tree(int root) {
    write_atom(root);
    std::vector<Step> stack = {{root, 0}};
    while (!stack.empty()) {
      Step& step = stack.back();
      const auto& children = children_[index(step.atom)];
      if (step.next > 0 && step.next < children.size()) text_ += ')';
      if (step.next == children.size()) {
        stack.pop_back();
        continue;
      }
      const int bond = children[step.next++];
      if (step.next < children.size()) text_ += '(';
      const int child = other(bond, step.atom);
      write_bond(bond);
      write_atom(child);
      stack.push_back({child, 0});
    }
  }

  void write_bond(int bond) {
    const int order = graph_.bonds[index(bond)].order;
    if (order == 2) text_ += '=';
    if (order == 3) text_ += '#';
  }

  bool is_bare(int i) const {
    const Atom& atom = graph_.atoms[index(i)];
    if (atom.charge != 0 || centre_[index(i)] != nullptr) return false;
    int n_bonds = 0;
    for (const int bond : bonds_[index(i)]) n_bonds += graph_.bonds[index(bond)].order;
    return atom.element != Element::H && atom.element != Element::Si &&
           usual_valence(atom.element, n_bonds) == n_bonds + atom.n_hydrogens;
  }

  void write_atom(int i) {
    const Atom& atom = graph_.atoms[index(i)];
    if (is_bare(i)) {
      text_ += symbol(atom.element);
    } else {
      text_ += '[';
      text_ += symbol(atom.element);
      if (centre_[index(i)] != nullptr) text_ += turn(i);
      if (atom.n_hydrogens > 0) text_ += 'H';
      if (atom.n_hydrogens > 1) text_ += std::to_string(atom.n_hydrogens);
      if (atom.charge != 0) text_ += atom.charge > 0 ? '+' : '-';
      if (std::abs(atom.charge) > 1) text_ += std::to_string(std::abs(atom.charge));
      text_ += ']';
    }
    for (const int bond : closures_[index(i)]) write_closure(bond);
  }

  std::string turn(int i) const {
    std::vector<int> order;
    if (parent_[index(i)] >= 0) order.push_back(parent_[index(i)]);
    if (graph_.atoms[index(i)].n_hydrogens > 0) order.push_back(kHydrogen);
    for (const int bond : closures_[index(i)]) order.push_back(other(bond, i));
    for (const int bond : children_[index(i)]) order.push_back(other(bond, i));
    DW_CHECK(order.size() == 4, "a stereo centre has four neighbours");
    return clockwise_in_order(*centre_[index(i)], {order[0], order[1], order[2], order[3]}) ? "@@"
                                                                                            : "@";
  }

  void write_closure(int bond) {
    int& digit = digit_[index(bond)];
    if (digit == 0) {
      DW_CHECK(!free_.empty(), "more than 99 open rings");
      digit = *free_.begin();
      free_.erase(free_.begin());
      write_bond(bond);
      text_ += closure_text(digit);
    } else {
      text_ += closure_text(digit);
      free_.insert(digit);
    }
  }

  static std::string closure_text(int digit) {
    return digit < 10 ? std::to_string(digit) : fmt::format("%{}", digit);
  }

  const AtomGraph& graph_;
  std::vector<std::vector<int>> bonds_;
  std::vector<int> parent_;
  std::vector<bool> seen_;
  std::vector<bool> done_;
  std::vector<std::vector<int>> children_;
  std::vector<std::vector<int>> closures_;
  std::vector<const Centre*> centre_;
  std::vector<int> digit_;
  std::set<int> free_;
  std::string text_;
};

}  // namespace

std::string to_smiles(const AtomGraph& graph) {
  return Writer(graph).write();
}

}  // namespace dosewright::molecule
