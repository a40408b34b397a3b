#include "dosewright/protocol/parse_region.hpp"

#include <algorithm>
#include <set>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/engine.hpp"
#include "dosewright/protocol/guard.hpp"

namespace dosewright::protocol {
namespace {

std::string near(const std::string& word, const std::vector<std::string>& known) {
  const std::string nearest = nearest_name(word, known);
  if (!nearest.empty()) return "did you mean '" + nearest + "'?";
  return known.empty() ? "" : "known: " + join(known, ", ");
}

class RegionReader {
 public:
  RegionReader(Node table, std::string name, Protocol& protocol, const Surroundings& surroundings,
               Faults& faults)
      : table_(std::move(table)),
        protocol_(protocol),
        surroundings_(surroundings),
        faults_(faults) {
    region_.name = std::move(name);
    index_ = static_cast<int>(protocol.regions.size());
  }

  Region read(std::vector<RuleBlock>& blocks) {
    region_.title = table_.at("title").text();
    Node initial = table_.at("initial");
    region_.simulated = table_.find("simulated").boolean_or(true);
    Node states = table_.at("state");
    for (const Node& state : states.items()) read_state(state);
    if (region_.states.empty()) {
      if (states.exists()) states.fault("a region has at least one state");
      region_.stays.emplace_back();
      region_.states.emplace_back();  // what transitions refer to until the fault is told
      stateless_ = true;
    }
    if (initial.exists()) region_.initial = find_state(initial, initial.text());
    for (const Node& rule : table_.find("transition").items()) read_transition(rule, blocks);
    table_.finish();
    work_out();
    if (!stateless_) check_paths();
    check_order();
    return std::move(region_);
  }

 private:
  // Unknown states are index 0: the fault is told, and reading goes on.
  int find_state(Node node, const std::string& name) {
    std::vector<std::string> names;
    for (const State& state : region_.states) {
      if (state.name == name) return static_cast<int>(names.size());
      names.push_back(state.name);
    }
    if (!name.empty()) {
      node.fault("no state '" + name + "' in region '" + region_.name + "'", near(name, names));
    }
    return 0;
  }

  Permission read_allows(Node node) {
    static constexpr std::pair<std::string_view, Permission> kWords[] = {
        {"full", Permission::kFull},
        {"reduced", Permission::kReduced},
        {"withheld", Permission::kWithheld},
        {"stopped", Permission::kStopped}};
    const std::string word = node.text();
    for (const auto& [text, permission] : kWords) {
      if (word == text) return permission;
    }
    if (!word.empty()) {
      node.fault("a state allows full, reduced, withheld or stopped, found '" + word + "'");
    }
    return Permission::kWithheld;
  }

  void read_regimen(Node node, State& state, Node& table) {
    if (state.allows != Permission::kReduced) {
      if (node.exists()) node.fault("only a state that allows \"reduced\" names a regimen");
      return;
    }
    if (!node.exists()) {
      return table.fault("state '" + state.name + "' reduces the dose but does not say to what",
                         "add regimen = \"...\"");
    }
    state.regimen = node.text();
    const Regimen* regimen = find_regimen(surroundings_.regimens, state.regimen);
    if (regimen != nullptr) {
      state.weekly_mg = regimen->weekly_mg();
      return;
    }
    std::vector<std::string> ids;
    for (const Regimen& one : surroundings_.regimens) ids.push_back(one.id);
    node.fault("no regimen '" + state.regimen + "'", near(state.regimen, ids));
  }

  Owing read_owing(Node table, const char* first) {
    Owing owing;
    owing.panel = parse_panel_name(table.at("panel"), protocol_);
    owing.first = parse_delay(table.at(first));
    if (std::string_view(first) == "first") {
      Node every = table.find("every");
      owing.every = parse_delay(every);
      if (every.exists() && owing.every == 0) every.fault("'every' must be longer than nothing");
    }
    owing.because = table.at("because").text();
    Node source = table.find("source");
    if (source.exists()) owing.source = parse_source(source, &surroundings_.sources);
    table.finish();
    return owing;
  }

  void read_state(Node table) {
    State state;
    Node name = table.at("name");
    state.name = name.text();
    check_name(name, state.name);
    const bool twice = std::any_of(region_.states.begin(), region_.states.end(),
                                   [&](const State& s) { return s.name == state.name; });
    if (twice) name.fault("region '" + region_.name + "' has two states '" + state.name + "'");
    state.title = table.at("title").text();
    state.allows = read_allows(table.at("allows"));
    read_regimen(table.find("regimen"), state, table);
    for (const Node& owing : table.find("owes").items()) {
      state.owes.push_back(read_owing(owing, "first"));
    }
    state.suspends_schedules = table.find("suspends_schedules").boolean_or(false);
    read_stays(table.find("stays"));
    read_needs(table.find("dosing_needs"), state);
    table.finish();
    region_.states.push_back(std::move(state));
  }

  void read_needs(Node node, State& state) {
    if (node.exists() && state.allows >= Permission::kWithheld) {
      node.fault("state '" + state.name + "' lets no dose through and needs no test for it");
    }
    for (Node item : node.items()) {
      const std::string code = item.text();
      const int analyte = protocol_.vocabulary.analyte(code);
      if (analyte < 0) {
        item.fault("no test '" + code + "' in labs.toml");
        continue;
      }
      state.dosing_needs |= std::uint64_t{1} << static_cast<unsigned>(analyte);
      check_measured(analyte, item.place());
    }
  }

  void read_stays(const Node& node) {
    Transition stays;
    stays.id = region_.name + ".stays";
    stays.from = stays.to = static_cast<int>(region_.states.size());
    if (node.exists() && parse_condition(node, protocol_, stays, faults_)) {
      check_answerable(stays, node.place());
    }
    region_.stays.push_back(std::move(stays));
  }

  std::vector<int> read_from(Node node) {
    std::vector<int> from;
    if (node.exists() && node.is_array()) {
      for (Node item : node.items()) {
        const int state = find_state(item, item.text());
        if (std::find(from.begin(), from.end(), state) != from.end()) {
          item.fault("a state stands twice in 'from'");
        } else {
          from.push_back(state);
        }
      }
    } else {
      from.push_back(find_state(node, node.text()));
    }
    if (from.empty()) node.fault("a transition begins in at least one state");
    return from;
  }

  // The parts of a rule that do not depend on the state that it leaves.
  Transition read_rule(Node& table) {
    Transition rule;
    rule.place = table.place();
    Node id = table.at("id");
    rule.id = id.text();
    if (!rule.id.empty() && !rule.id.starts_with(region_.name + ".")) {
      id.fault("the id of a rule begins with its region, found '" + rule.id + "'",
               "write '" + region_.name + "." + rule.id + "'");
    }
    if (!ids_.insert(rule.id).second) id.fault("there are two rules '" + rule.id + "'");
    Node to = table.at("to");
    rule.to = find_state(to, to.text());
    rule.because = table.at("because").text();
    rule.source = parse_source(table.at("source"), &surroundings_.sources);
    rule.cause = table.find("cause").text_or("");
    rule.before = table.find("before").texts();
    for (const Node& owing : table.find("owe").items())
      rule.owe.push_back(read_owing(owing, "within"));
    return rule;
  }

  void check_cause(Node& table, const Transition& rule) {
    if (stateless_) return;
    const State& to = region_.states[static_cast<std::size_t>(rule.to)];
    const bool stops = to.allows == Permission::kStopped;
    if (stops && rule.cause.empty()) {
      table.fault("'" + rule.id + "' stops treatment but records no cause",
                  "add cause = \"...\": what stands in tables of discontinuation");
    } else if (!stops && !rule.cause.empty()) {
      table.at("cause").fault("only a rule that stops treatment records a cause");
    }
  }

  void read_transition(Node table, std::vector<RuleBlock>& blocks) {
    const std::vector<int> from = read_from(table.at("from"));
    Node when = table.at("when");
    const std::string text = when.text();
    RuleBlock block{index_, {}, {}, table.place()};
    for (Node one : table.at("cases").items()) block.cases.push_back({one.text(), one.place()});
    const Transition first = read_rule(table);
    check_cause(table, first);
    table.finish();
    if (left_out(first.id)) return;
    Place at = when.place();
    ++at.column;  // the quote
    bool good = !text.empty();
    for (std::size_t i = 0; i < from.size() && good; ++i) {
      good = add_transition(first, from[i], {text, at}, block);
      if (from[i] == first.to) {
        table.at("to").fault("'" + first.id + "' leads back to the state that it leaves");
      }
    }
    if (good) blocks.push_back(std::move(block));
  }

  bool left_out(const std::string& id) const {
    const auto& ids = protocol_.without;
    return std::find(ids.begin(), ids.end(), id) != ids.end();
  }

  struct When {
    std::string text;
    Place at;
  };

  bool add_transition(const Transition& first, int from, const When& when, RuleBlock& block) {
    Transition rule;
    rule.id = first.id;
    rule.from = from;
    rule.to = first.to;
    rule.owe = first.owe;
    rule.before = first.before;
    rule.because = first.because;
    rule.cause = first.cause;
    rule.source = first.source;
    rule.place = first.place;
    for (const CaseText& one : block.cases) rule.cases.push_back(one.text);
    if (!compile_guard(when.text, when.at, protocol_, rule, faults_)) return false;
    check_answerable(rule, when.at);
    block.transitions.push_back(static_cast<int>(region_.transitions.size()));
    region_.transitions.push_back(std::move(rule));
    return true;
  }

  // A test that nobody takes, or that never grows old unsaid, is a rule that sleeps.
  void check_answerable(const Transition& rule, const Place& at) {
    std::uint64_t analytes = analytes_of(rule);
    for (std::size_t i = 0; analytes != 0; ++i, analytes >>= 1) {
      if ((analytes & 1) != 0) check_measured(static_cast<int>(i), at);
    }
  }

  void check_measured(int analyte, const Place& at) {
    const auto i = static_cast<std::size_t>(analyte);
    const std::string& code = protocol_.vocabulary.analytes[i].code;
    if (protocol_.panel_of[i] < 0 && told_.insert("panel " + code).second) {
      faults_.add(at, "rules ask for '" + code + "', but no panel measures it",
                  "add it to the tests of a panel");
    }
    if (protocol_.stale_after[i] < 0 && told_.insert("stale " + code).second) {
      faults_.add(at, "rules ask for '" + code + "', but nothing says when a reading is stale",
                  "add [test." + code + "] with stale_after = \"45 d\" (or \"never\")");
    }
  }

  void work_out() {
    for (std::size_t i = 0; i < region_.transitions.size(); ++i) {
      Transition& rule = region_.transitions[i];
      State& from = region_.states[static_cast<std::size_t>(rule.from)];
      const State& to = region_.states[static_cast<std::size_t>(rule.to)];
      rule.restricts = engine::permits_less(to, from);
      from.outgoing.push_back(static_cast<int>(i));
      from.analytes |= analytes_of(rule);
      from.signs |= signs_of(rule);
      from.reads_doses |= reads_doses(rule);
      from.timed |= rule.timed;
      if (rule.restricts) from.needs |= analytes_of(rule);
    }
    merge_guards(protocol_, region_);
  }

  // Every state is reached from the initial one, and left, unless treatment is over.
  void check_paths() {
    if (region_.transitions.size() != expected_transitions()) return;
    std::vector<bool> reached(region_.states.size());
    std::vector<int> open = {region_.initial};
    reached[static_cast<std::size_t>(region_.initial)] = true;
    while (!open.empty()) {
      const int state = open.back();
      open.pop_back();
      for (int index : region_.states[static_cast<std::size_t>(state)].outgoing) {
        const int to = region_.transitions[static_cast<std::size_t>(index)].to;
        if (!reached[static_cast<std::size_t>(to)]) open.push_back(to);
        reached[static_cast<std::size_t>(to)] = true;
      }
    }
    std::vector<Node> tables = table_.at("state").items();
    for (std::size_t i = 0; i < region_.states.size(); ++i) {
      const State& state = region_.states[i];
      if (!reached[i]) {
        tables[i].fault("no rule ever leads to state '" + state.name + "'",
                        "add a transition to it, or remove it");
      }
      const bool holds = state.allows == Permission::kWithheld;
      if (holds && state.outgoing.empty()) {
        tables[i].fault("state '" + state.name + "' withholds doses and is never left",
                        "add a transition from it, or let it allow \"stopped\"");
      }
    }
  }

  // `before` names rules of this region that come later in the file.
  void check_order() {
    for (Node table : table_.find("transition").items()) {
      std::vector<std::string> later;
      bool reached = false;
      const std::string id = table.at("id").text();
      for (const Transition& rule : region_.transitions) {
        if (rule.id == id) reached = true;
        if (reached && rule.id != id) later.push_back(rule.id);
      }
      for (Node item : table.find("before").items()) {
        const std::string named = item.text();
        if (!reached || left_out(named) ||
            std::find(later.begin(), later.end(), named) != later.end())
          continue;
        item.fault("no rule '" + named + "' comes after '" + id + "'", near(named, later));
      }
    }
  }

  // Where a guard did not compile its transition is absent, and paths would be missed.
  std::size_t expected_transitions() {
    std::size_t expected = 0;
    for (Node rule : table_.find("transition").items()) {
      if (left_out(rule.at("id").text())) continue;
      Node from = rule.at("from");
      expected += from.is_array() ? from.items().size() : 1;
    }
    return expected;
  }

  Node table_;
  Protocol& protocol_;
  const Surroundings& surroundings_;
  Faults& faults_;
  Region region_;
  int index_ = 0;
  bool stateless_ = false;
  std::set<std::string> ids_;
  std::set<std::string> told_;
};

}  // namespace

Minutes parse_delay(Node node) {
  if (!node.exists()) return 0;
  const Minutes delay = node.duration();
  if (delay < 0) node.fault("a delay cannot be negative");
  if (delay > kLongestTime) node.fault("expected a time of at most 100 years");
  return std::clamp<Minutes>(delay, 0, kLongestTime);
}

int parse_panel_name(Node node, const Protocol& protocol) {
  const std::string name = node.text();
  const int index = protocol.panel(name);
  if (index >= 0 || name.empty()) return std::max(index, 0);
  std::vector<std::string> names;
  for (const Panel& panel : protocol.panels) names.push_back(panel.name);
  node.fault("no panel '" + name + "'", near(name, names));
  return 0;
}

void check_name(Node node, std::string_view name, bool hyphens) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto good = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || c == '_' || (hyphens && c == '-');
  };
  if (name.empty()) return;
  if (!letter(name.front()) || !std::all_of(name.begin(), name.end(), good)) {
    node.fault("a name is made of letters, digits and '_'" + std::string(hyphens ? " or '-'" : "") +
               ", beginning with a letter, found '" + std::string(name) + "'");
  }
}

std::vector<RuleBlock> parse_regions(Node regions, Protocol& protocol,
                                     const Surroundings& surroundings, Faults& faults) {
  std::vector<RuleBlock> blocks;
  for (const std::string& name : regions.keys()) {
    Node table = regions.at(name);
    check_name(table, name);
    if (protocol.regions.size() == static_cast<std::size_t>(kMaxRegions)) {
      table.fault("a protocol has at most " + std::to_string(kMaxRegions) + " regions");
      break;
    }
    if (std::any_of(protocol.regions.begin(), protocol.regions.end(),
                    [&](const Region& region) { return region.name == name; })) {
      table.fault("'" + protocol.based_on + "' has a region '" + name + "' already",
                  "give this one another name");
      continue;
    }
    protocol.regions.push_back(
        RegionReader(table, name, protocol, surroundings, faults).read(blocks));
  }
  return blocks;
}

}  // namespace dosewright::protocol
