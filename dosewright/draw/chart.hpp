// Statecharts as Graphviz text: states by what they allow, guards in words, sources on hover.
#pragma once

#include <string>
#include <vector>

#include "dosewright/protocol/protocol.hpp"

namespace dosewright::draw {

// A drawing and what its parts say on hover: pairs of the id in the SVG and the text.
struct Drawing {
  std::string name;  // "label-hepatic", "label": a file name without ending
  std::string dot;
  std::vector<std::pair<std::string, std::string>> hovers;
};

// One region: a state a box, a rule an arrow. A rule of several states whose target is the same is
// one arrow label in each.
Drawing draw_region(const protocol::Protocol& protocol, int region);

// The whole protocol on one page: planned tests, regions side by side, and how the dose is decided.
Drawing draw_workflow(const protocol::Protocol& protocol);

// Puts the hover texts into the SVG that Graphviz made, as <title> elements.
std::string with_hovers(std::string svg, const Drawing& drawing);

}  // namespace dosewright::draw
