// molecule/residues.toml as it was when the program was built.
#pragma once

#include <string_view>

namespace dosewright::molecule {

std::string_view residues_text();

}  // namespace dosewright::molecule
