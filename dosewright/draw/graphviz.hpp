// Runs Graphviz's program `dot`. A program and not the library: a fault in a layout cannot take
// ours along, nothing of it is kept between drawings, and only those who draw need it.
#pragma once

#include <string>

#include "dosewright/base/result.hpp"

namespace dosewright::draw {

// SVG of a drawing in Graphviz's language. Faults: `dot` is not installed, or refuses the text.
Result<std::string> svg_of(const std::string& dot);

}  // namespace dosewright::draw
