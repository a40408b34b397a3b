#include "dosewright/verify/story.hpp"

#include <fmt/format.h>

namespace dosewright::verify {

std::string tell_story(const protocol::Protocol& protocol, const Replay& replay) {
  std::string text;
  const auto state_name = [](const protocol::Region& region, int state) {
    return region.states[static_cast<std::size_t>(state)].name;
  };
  const auto day = [](Minutes minutes) {
    return date_of(static_cast<int>(minutes / kMinutesPerDay));
  };
  for (const Replay::Fired& fired : replay.log) {
    const protocol::Firing& firing = fired.firing;
    const protocol::Region& region = protocol.regions[static_cast<std::size_t>(firing.region)];
    text += fmt::format("{}  {}: {} -> {}, by {}\n", day(firing.at), region.name,
                        state_name(region, firing.from), state_name(region, firing.to),
                        firing.rule->id);
  }
  const protocol::Decision& decision = replay.decision;
  text += fmt::format("{}  decides: {}; {}\n", day(decision.at), to_text(decision.permission),
                      decision.because);
  return text;
}

}  // namespace dosewright::verify
