// Plots as inline SVG. Private to the module.
#pragma once

#include <string>

#include "dosewright/audit/audit.hpp"

namespace dosewright::audit {

// Peak aminotransferase against peak bilirubin, both x ULN on logarithmic axes, one point a
// subject [Watkins2011]. Of those below both limits at most `most` are drawn.
std::string edish_svg(const Audit& audit, std::size_t most);

// The four liver tests of a subject over the days since its first dose, x ULN on a logarithmic
// axis, with the span of doses.
std::string timeline_svg(const Subject& subject);

}  // namespace dosewright::audit
