#pragma once

#include <string>
#include <string_view>

namespace dosewright {

// Text from outside for HTML, XML and SVG, between tags or inside an attribute in double quotes.
// &, <, > and double quotes become entities; an apostrophe stays: names of nucleosides are full of
// them. Control characters other than tab and line ends, U+FFFE, U+FFFF and bytes that are not
// UTF-8 become U+FFFD, which readers see: XML 1.0 [XML10, sec. 2.2] cannot write most of them.
std::string escaped(std::string_view text);

}  // namespace dosewright
