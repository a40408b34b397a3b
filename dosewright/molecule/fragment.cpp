#include "dosewright/molecule/fragment.hpp"

#include "dosewright/base/document.hpp"

namespace dosewright::molecule {

void read_fragment(Node& table, Fragment& fragment) {
  for (Node row : table.find("atoms").items()) {
    FragmentAtom atom;
    atom.name = row.at("name").text();
    atom.element = row.at("element").text();
    fragment.atoms.push_back(std::move(atom));
  }
}

}  // namespace dosewright::molecule
