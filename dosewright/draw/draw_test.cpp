#include <doctest/doctest.h>

#include "dosewright/draw/chart.hpp"
#include "dosewright/draw/graphviz.hpp"
#include "dosewright/draw/words.hpp"
#include "dosewright/protocol/fixture_test.hpp"

namespace dosewright::draw {
namespace {

using protocol::Protocol;

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("guards in words") {
  const Protocol protocol = protocol::toy_protocol();
  const auto words = [&](const std::string& when) {
    protocol::Transition rule;
    rule.when = when;
    return guard_in_words(rule, protocol);
  };
  CHECK(words("max(ALT, BILI) >= 3 ULN") == "ALT or BILI at least 3 ULN");
  CHECK(words("max(ALT, BILI) < 3 ULN") == "ALT and BILI below 3 ULN");
  CHECK(words("min(ALT, BILI) > 1 ULN") == "ALT and BILI above 1 ULN");
  CHECK(words("sign.pain and not sign.rash") == "pain where injected and no rash");
  CHECK(words("state.age > 7 d and not ALT.new") ==
        "time in this state above 7 d and ALT not read anew");
  CHECK(words("ALT >= 3 ULN and (BILI >= 2 ULN or not known(LDL))") ==
        "ALT at least 3 ULN and (BILI at least 2 ULN or LDL not known)");
  CHECK(words("ALT.previous >= 5 ULN or ALT.state_age >= 4 wk") ==
        "the ALT before at least 5 ULN or time in this state at the last ALT at least 4 wk");
}

TEST_CASE("every state and every rule of a region is drawn, with its source on hover") {
  const Protocol protocol = protocol::toy_protocol();
  const Drawing drawing = draw_region(protocol, 0);
  CHECK(drawing.name == "toy-liver");
  for (const protocol::State& state : protocol.regions[0].states) {
    CHECK(has(drawing.dot, "label=\"" + state.name));
  }
  std::string hovers;
  for (const auto& [id, text] : drawing.hovers) hovers += text + "\n";
  for (const protocol::Transition& rule : protocol.regions[0].transitions) {
    CHECK_MESSAGE(has(hovers, rule.id), rule.id);
    CHECK(has(hovers, "Source: " + rule.source));
  }
  CHECK(has(drawing.dot, "Not a medical device"));
  CHECK(has(draw_workflow(protocol).dot, "the most"));
}

TEST_CASE("Graphviz makes an SVG of it, and hover texts are put in safely") {
  const Protocol protocol = protocol::toy_protocol();
  for (const Drawing& drawing :
       {draw_region(protocol, 0), draw_region(protocol, 1), draw_workflow(protocol)}) {
    const auto svg = svg_of(drawing.dot);
    REQUIRE(svg.ok());
    const std::string whole = with_hovers(*svg, drawing);
    CHECK(has(whole, "<svg"));
    CHECK(has(whole, "Source: Label"));
    CHECK(has(whole, "&gt;= "));
    CHECK_FALSE(has(whole, "<title>s0</title>"));
  }
  const auto broken = svg_of("digraph {");
  REQUIRE_FALSE(broken.ok());
  CHECK(has(to_text(broken.faults()), "refused"));
}

}  // namespace
}  // namespace dosewright::draw
