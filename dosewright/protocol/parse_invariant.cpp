// [[invariant]]: what must hold on all paths, written as data beside the rules that it holds to
// account. The executor never asks an invariant; `verify` proves it.

#include <algorithm>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/guard.hpp"
#include "dosewright/protocol/parse_region.hpp"

namespace dosewright::protocol {
namespace {

using Kind = Invariant::Kind;

struct Demand {
  const char* key;
  Kind kind;
};
constexpr Demand kDemands[] = {{"never_dose_when", Kind::kNeverDoseWhen},
                               {"dose_when", Kind::kDoseWhen},
                               {"never_when", Kind::kNeverWhen},
                               {"resumes_only_when", Kind::kResumesOnlyWhen},
                               {"never_left", Kind::kNeverLeft}};

// What only makes sense in a state: its age, and readings taken since it was entered.
bool belongs_to_state(const Transition& condition) {
  return std::any_of(condition.slots.begin(), condition.slots.end(), [](const Slot& slot) {
    return slot.kind == SlotKind::kNew || slot.kind == SlotKind::kStateAge ||
           slot.kind == SlotKind::kStateAgeThen;
  });
}

class InvariantReader {
 public:
  InvariantReader(Protocol& protocol, const Surroundings& surroundings, Faults& faults)
      : protocol_(protocol), surroundings_(surroundings), faults_(faults) {}

  void read(Node table) {
    Invariant invariant;
    invariant.place = table.place();
    Node id = table.at("id");
    invariant.id = id.text();
    check_name(id, invariant.id);
    if (!ids_.insert(invariant.id).second) {
      id.fault("there are two invariants '" + invariant.id + "'");
    }
    invariant.says = table.at("says").text();
    read_state(table.find("state"), invariant);
    read_demand(table, invariant);
    invariant.source = parse_source(table.at("source"), &surroundings_.sources);
    table.finish();
    protocol_.invariants.push_back(std::move(invariant));
  }

 private:
  // "hepatic.withheld"
  void read_state(Node node, Invariant& invariant) {
    if (!node.exists()) return;
    const std::string name = node.text();
    std::vector<std::string> known;
    for (std::size_t r = 0; r < protocol_.regions.size(); ++r) {
      const Region& region = protocol_.regions[r];
      for (std::size_t s = 0; s < region.states.size(); ++s) {
        known.push_back(region.name + "." + region.states[s].name);
        if (known.back() != name) continue;
        invariant.region = static_cast<int>(r);
        invariant.state = static_cast<int>(s);
      }
    }
    if (invariant.state >= 0 || name.empty()) return;
    const std::string near = nearest_name(name, known);
    node.fault("no state '" + name + "'",
               near.empty() ? "write REGION.STATE" : "did you mean '" + near + "'?");
  }

  void read_demand(Node& table, Invariant& invariant) {
    int demands = 0;
    for (const Demand& demand : kDemands) {
      Node node = table.find(demand.key);
      if (!node.exists()) continue;
      ++demands;
      invariant.kind = demand.kind;
      read_condition(node, invariant);
    }
    if (demands != 1) {
      table.fault("an invariant makes one demand, found " + std::to_string(demands),
                  "write one of never_dose_when, dose_when, never_when, resumes_only_when, "
                  "never_left");
    }
    const bool needs_state =
        invariant.kind >= Kind::kNeverWhen || belongs_to_state(invariant.condition);
    if (demands == 1 && needs_state && !table.find("state").exists()) {
      table.fault("this invariant is about a state and does not say which",
                  "add state = \"REGION.STATE\"");
    }
  }

  void read_condition(Node node, Invariant& invariant) {
    if (invariant.kind == Kind::kNeverLeft) {
      if (!node.boolean_or(false)) node.fault("never_left is true, or left out");
      return;
    }
    invariant.condition.id = invariant.id;
    invariant.condition.from = invariant.condition.to = std::max(invariant.state, 0);
    parse_condition(node, protocol_, invariant.condition, faults_);
  }

  Protocol& protocol_;
  const Surroundings& surroundings_;
  Faults& faults_;
  std::set<std::string> ids_;
};

}  // namespace

bool parse_condition(Node node, const Protocol& protocol, Transition& condition, Faults& faults) {
  const std::string text = node.text();
  if (text.empty()) return false;
  Place at = node.place();
  condition.place = at;
  ++at.column;  // the quote
  return compile_guard(text, at, protocol, condition, faults);
}

void parse_invariants(Node invariants, Protocol& protocol, const Surroundings& surroundings,
                      Faults& faults) {
  InvariantReader reader(protocol, surroundings, faults);
  for (const Node& table : invariants.items()) reader.read(table);
}

}  // namespace dosewright::protocol
