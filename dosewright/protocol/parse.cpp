// Reads protocol/<name>.toml, all but its regions.

#include <algorithm>
#include <functional>

#include "dosewright/base/text.hpp"
#include "dosewright/protocol/guard.hpp"
#include "dosewright/protocol/parse_region.hpp"
#include "dosewright/protocol/scope.hpp"

namespace dosewright::protocol {
namespace {

constexpr Minutes kNotSaid = -1;  // until [test.X] says when a reading is stale

std::vector<std::string> codes_of(const Vocabulary& words) {
  std::vector<std::string> codes;
  for (const Analyte& analyte : words.analytes) codes.push_back(analyte.code);
  return codes;
}

class ProtocolReader {
 public:
  ProtocolReader(Document& document, const Surroundings& surroundings)
      : document_(document), root_(document.root()), surroundings_(surroundings) {}

  Protocol read() {
    read_identity(root_);
    read_in_force(root_.find("in_force"));
    protocol_.conflicts = root_.find("conflicts").texts();
    return read_rules();
  }

  // The rules of this document under the identity of another, which leaves some out and adds some.
  Protocol read_as(Document& derived) {
    Node root = derived.root();
    read_identity(root);
    read_in_force(root.find("in_force"));
    protocol_.conflicts = root.find("conflicts").texts();
    protocol_.based_on = root.at("based_on").text();
    read_without(root.find("without"));
    if (!root.find("without").exists() && !root.find("region").exists()) {
      root.fault("'" + protocol_.name + "' is '" + protocol_.based_on + "' with nothing changed",
                 "name rules in 'without', or add a region");
    }
    derived_ = &derived;
    for (const char* key : {"name", "title", "source", "conflicts", "in_force"}) root_.find(key);
    return read_rules();
  }

 private:
  Protocol read_rules() {
    const std::size_t faults_before = n_faults();
    take_surroundings();
    root_.at("panel");
    each("sign", [this](Node signs) { read_signs(std::move(signs)); });
    each("panel", [this](Node panels) { read_panels(std::move(panels)); });
    each("test", [this](Node tests) { read_tests(std::move(tests)); });
    read_missed_dose(root_.find("missed_dose"));
    read_baseline(root_.find("baseline"));
    for (const Node& table : root_.find("schedule").items()) read_schedule(table);
    each("count", [this](Node counts) { read_counts(std::move(counts)); });
    build_scope(protocol_);
    each("count", [this](Node counts) { compile_counts(std::move(counts)); });
    const std::vector<RuleBlock> blocks =
        parse_regions(root_.at("region"), protocol_, surroundings_, document_.faults());
    parse_invariants(root_.find("invariant"), protocol_, surroundings_, document_.faults());
    root_.finish();
    check_signs();
    check_counts();
    // A case can only be run in a protocol that is whole.
    if (n_faults() == faults_before) document_.faults().merge(check_cases(protocol_, blocks));
    if (derived_ != nullptr) add_regions();
    for (Minutes& limit : protocol_.stale_after) limit = std::max<Minutes>(limit, 0);
    return std::move(protocol_);
  }

  // After the cases of the base have been run: they know nothing of what is added.
  void add_regions() {
    const std::size_t faults_before = n_faults();
    Node root = derived_->root();
    Node added = root.find("region");
    const std::vector<RuleBlock> blocks =
        added.exists() ? parse_regions(added, protocol_, surroundings_, derived_->faults())
                       : std::vector<RuleBlock>();
    for (const std::string& name : added.keys()) protocol_.added.push_back(name);
    parse_invariants(root.find("invariant"), protocol_, surroundings_, derived_->faults());
    root.finish();
    if (n_faults() == faults_before && faults_before == 0) {
      derived_->faults().merge(check_cases(protocol_, blocks));
    }
  }

  std::size_t n_faults() {
    return document_.faults().size() + (derived_ != nullptr ? derived_->faults().size() : 0);
  }

  // A section of this document, and that of the one derived from it.
  void each(std::string_view section, const std::function<void(Node)>& read) {
    Node own = root_.find(section);
    if (own.exists()) read(own);
    if (derived_ == nullptr) return;
    Node added = derived_->root().find(section);
    if (added.exists()) read(added);
  }

  void refuse_twice(Node table, const std::string& name, bool known) {
    if (known) {
      table.fault("'" + protocol_.based_on + "' has '" + name + "' already",
                  "give this one another name");
    }
  }

  void read_identity(Node root) {
    Node name = root.at("name");
    protocol_.name = name.text();
    check_name(name, protocol_.name);
    protocol_.title = root.at("title").text();
    protocol_.source = parse_source(root.at("source"), &surroundings_.sources);
  }

  void read_without(Node without) {
    std::vector<std::string> known;
    for (const std::string& region : root_.find("region").keys()) {
      Node table = root_.at("region").at(region);
      for (Node rule : table.find("transition").items()) known.push_back(rule.at("id").text());
    }
    for (Node item : without.items()) {
      const std::string id = item.text();
      if (std::find(known.begin(), known.end(), id) == known.end()) {
        const std::string near = nearest_name(id, known);
        item.fault("'" + protocol_.based_on + "' has no rule '" + id + "'",
                   near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
      }
      protocol_.without.push_back(id);
    }
  }

  void take_surroundings() {
    protocol_.vocabulary.analytes = surroundings_.analytes;
    if (surroundings_.analytes.size() > static_cast<std::size_t>(kMaxAnalytes)) {
      root_.fault("a programme has at most " + std::to_string(kMaxAnalytes) + " tests");
      protocol_.vocabulary.analytes.resize(kMaxAnalytes);
    }
    protocol_.stale_after.assign(protocol_.vocabulary.analytes.size(), kNotSaid);
    protocol_.stale_source.assign(protocol_.vocabulary.analytes.size(), "");
    protocol_.ordinary.assign(protocol_.vocabulary.analytes.size(), lang::kUnknown);
    protocol_.panel_of.assign(protocol_.vocabulary.analytes.size(), -1);
  }

  void read_signs(Node signs) {
    for (const std::string& name : signs.keys()) {
      Node table = signs.at(name);
      check_name(table, name, /*hyphens=*/false);
      refuse_twice(table, name, protocol_.vocabulary.sign(name) >= 0);
      protocol_.signs.push_back({name, table.at("title").text()});
      protocol_.vocabulary.signs.push_back(name);
      table.finish();
    }
    limit_count(signs, protocol_.signs, kMaxSigns, "signs");
    protocol_.vocabulary.signs.resize(protocol_.signs.size());
  }

  template <class List>
  void limit_count(Node node, List& list, int most, const char* what) {
    if (list.size() <= static_cast<std::size_t>(most)) return;
    node.fault("a protocol has at most " + std::to_string(most) + " " + what + ", found " +
               std::to_string(list.size()));
    list.resize(static_cast<std::size_t>(most));
  }

  int find_analyte(Node node, const std::string& code) {
    const int index = protocol_.vocabulary.analyte(code);
    if (index < 0 && !code.empty()) {
      const std::vector<std::string> known = codes_of(protocol_.vocabulary);
      const std::string near = nearest_name(code, known);
      node.fault("no test '" + code + "' in labs.toml",
                 near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
    }
    return index;
  }

  void read_panels(Node panels) {
    for (const std::string& name : panels.keys()) {
      Node table = panels.at(name);
      check_name(table, name);
      refuse_twice(table, name, protocol_.panel(name) >= 0);
      Panel panel;
      panel.name = name;
      panel.title = table.find("title").text_or(name);
      Node tests = table.at("tests");
      for (const Node& test : tests.items()) add_to_panel(test, panel);
      if (tests.exists() && panel.analytes.empty()) tests.fault("a panel has at least one test");
      table.finish();
      protocol_.panels.push_back(std::move(panel));
    }
    limit_count(panels, protocol_.panels, kMaxPanels, "panels");
  }

  void add_to_panel(Node test, Panel& panel) {
    const int analyte = find_analyte(test, test.text());
    if (analyte < 0) return;
    const auto index = static_cast<std::size_t>(analyte);
    if ((panel.mask >> index & 1) != 0) return test.fault("this test stands twice in the panel");
    panel.mask |= std::uint64_t{1} << index;
    panel.analytes.push_back(analyte);
    int& first = protocol_.panel_of[index];
    if (first < 0) first = static_cast<int>(protocol_.panels.size());
  }

  void read_tests(Node tests) {
    for (const std::string& code : tests.keys()) {
      Node table = tests.at(code);
      const int analyte = find_analyte(table, code);
      Node limit = table.at("stale_after");
      const Minutes minutes = parse_stale_after(limit);
      if (analyte >= 0) protocol_.stale_after[static_cast<std::size_t>(analyte)] = minutes;
      read_ordinary(table.find("ordinary"), analyte);
      std::string source = parse_source(table.at("source"), &surroundings_.sources);
      if (analyte >= 0)
        protocol_.stale_source[static_cast<std::size_t>(analyte)] = std::move(source);
      table.finish();
    }
  }

  void read_ordinary(Node node, int analyte) {
    if (!node.exists() || analyte < 0) return;
    const auto index = static_cast<std::size_t>(analyte);
    protocol_.ordinary[index] =
        node.measure_of(protocol_.vocabulary.analytes[index].unit.dimension).canonical;
  }

  // What a count compares stands before the operator: the first word is the code of its test.
  void read_counts(Node counts) {
    for (const std::string& name : counts.keys()) {
      Node table = counts.at(name);
      check_name(table, name, /*hyphens=*/false);
      Count count;
      count.name = name;
      count.title = table.find("title").text_or("");
      count.place = table.place();
      Node of = table.at("of");
      const std::string text = of.text();
      count.analyte = std::max(find_analyte(of, text.substr(0, text.find_first_of(" <>=!"))), 0);
      table.finish();
      refuse_twice(table, name, has_count(name));
      protocol_.counts.push_back(std::move(count));
    }
    limit_count(counts, protocol_.counts, kMaxCounts, "counts");
  }

  bool has_count(const std::string& name) const {
    return std::any_of(protocol_.counts.begin(), protocol_.counts.end(),
                       [&](const Count& one) { return one.name == name; });
  }

  void compile_counts(Node counts) {
    for (Count& count : protocol_.counts) {
      Node table = counts.find(count.name);
      if (!table.exists()) continue;  // the other document's
      Node of = table.at("of");
      Place at = of.place();
      ++at.column;  // the quote
      const std::string text = of.text();
      if (!text.empty()) compile_count(text, at, protocol_, count, document_.faults());
    }
  }

  void check_counts() {
    std::vector<bool> used(protocol_.counts.size());
    for (const Region& region : protocol_.regions) {
      for (const Transition& rule : region.transitions) {
        for (const Slot& slot : rule.slots) {
          if (slot.kind == SlotKind::kCount) used[static_cast<std::size_t>(slot.which)] = true;
        }
      }
    }
    for (std::size_t i = 0; i < used.size() && protocol_.based_on.empty(); ++i) {
      if (used[i]) continue;
      document_.faults().add(protocol_.counts[i].place,
                             "no rule asks for the count '" + protocol_.counts[i].name + "'",
                             "remove it, or use it as count." + protocol_.counts[i].name);
    }
  }

  void read_in_force(Node table) {
    if (!table.exists()) return;
    InForce held;
    held.jurisdiction = table.at("jurisdiction").text();
    held.from = read_day(table.find("from"));
    held.until = read_day(table.find("until"));
    if (!held.until.empty() && !in_force_on(held, held.from)) {
      table.at("until").fault("a protocol ends after it begins");
    }
    held.source = parse_source(table.at("source"), &surroundings_.sources);
    table.finish();
    protocol_.in_force = std::move(held);
  }

  // "2025-06-13", "2025-04" or "2025".
  static std::string read_day(Node node) {
    const std::string day = node.exists() ? node.text() : "";
    const bool good = day.empty() || parse_date(day).ok() || parse_date(day + "-01").ok() ||
                      parse_date(day + "-01-01").ok();
    if (!good) {
      node.fault("expected a date, or the year, or the year and month, found '" + day + "'",
                 "write \"2013-05-29\", \"2013-05\" or \"2013\"");
    }
    return day;
  }

  Minutes parse_stale_after(Node node) {
    if (!node.exists() || node.text() == "never") return 0;
    const Minutes limit = parse_delay(node);
    const Result<Measure> written = parse_measure(node.is_string() ? node.text() : "");
    if (written.ok() && written->canonical == 0) {
      node.fault("a reading keeps for longer than nothing", "or write \"never\"");
    }
    return limit;
  }

  void read_missed_dose(Node table) {
    if (!table.exists()) return;
    MissedDose rule;
    rule.least_gap_to_next = parse_delay(table.at("least_gap_to_next"));
    rule.source = parse_source(table.at("source"), &surroundings_.sources);
    table.finish();
    protocol_.missed_dose = std::move(rule);
  }

  void read_baseline(Node table) {
    if (!table.exists()) return;
    BaselineRule rule;
    Node within = table.at("mean_within");
    rule.mean_within = within.measure_of(Dimension{}).canonical;
    if (rule.mean_within < 0) within.fault("a difference cannot be negative");
    rule.source = parse_source(table.at("source"), &surroundings_.sources);
    table.finish();
    protocol_.baseline = std::move(rule);
  }

  void read_schedule(Node table) {
    Schedule schedule;
    Node id = table.at("id");
    schedule.id = id.text();
    check_name(id, schedule.id);
    const bool twice = std::any_of(protocol_.schedules.begin(), protocol_.schedules.end(),
                                   [&](const Schedule& one) { return one.id == schedule.id; });
    if (twice) id.fault("there are two schedules '" + schedule.id + "'");
    schedule.panel = parse_panel_name(table.at("panel"), protocol_);
    Node at = table.find("at");
    at.exists() ? read_times(at, table, schedule) : read_interval(table, schedule);
    Node window = table.at("window");
    schedule.window = parse_delay(window);
    check_window(window, schedule);
    schedule.source = parse_source(table.at("source"), &surroundings_.sources);
    table.finish();
    protocol_.schedules.push_back(std::move(schedule));
  }

  void read_times(Node at, Node& table, Schedule& schedule) {
    for (Node item : at.items()) {
      const Minutes offset = parse_delay(item);
      if (!schedule.at.empty() && offset <= schedule.at.back()) {
        item.fault("planned times ascend, found " + duration_text(offset) + " after " +
                   duration_text(schedule.at.back()));
        continue;
      }
      schedule.at.push_back(offset);
    }
    if (schedule.at.empty()) at.fault("a schedule plans at least one time");
    for (const char* key : {"from", "until", "every"}) {
      Node other = table.find(key);
      if (other.exists()) other.fault("a schedule has either 'at' or 'from', 'until', 'every'");
    }
  }

  void read_interval(Node& table, Schedule& schedule) {
    schedule.from = parse_delay(table.at("from"));
    Node every = table.at("every");
    schedule.every = parse_delay(every);
    if (every.exists() && schedule.every == 0) every.fault("'every' must be longer than nothing");
    Node until = table.find("until");
    schedule.until = parse_delay(until);
    if (until.exists() && schedule.until <= schedule.from) {
      until.fault("a schedule ends after it begins");
    }
  }

  // One test must not answer for two planned times.
  void check_window(Node node, const Schedule& schedule) {
    Minutes least = schedule.every;
    for (std::size_t i = 1; i < schedule.at.size(); ++i) {
      const Minutes gap = schedule.at[i] - schedule.at[i - 1];
      least = least == 0 ? gap : std::min(least, gap);
    }
    if (least > 0 && 2 * schedule.window >= least) {
      node.fault("windows of +-" + duration_text(schedule.window) +
                     " overlap: planned times are as close as " + duration_text(least),
                 "use a window below half of that");
    }
  }

  void check_signs() {
    std::uint64_t used = 0;
    for (const Region& region : protocol_.regions) {
      for (const State& state : region.states) used |= state.signs;
    }
    // A derived protocol may have lost the rules that ask for a sign.
    if (protocol_.signs.empty() || !protocol_.based_on.empty()) return;
    Node signs = root_.find("sign");
    for (std::size_t i = 0; i < protocol_.signs.size(); ++i) {
      if ((used >> i & 1) != 0) continue;
      signs.at(protocol_.signs[i].name)
          .fault("no rule asks for the sign '" + protocol_.signs[i].name + "'",
                 "remove it, or use it as sign." + protocol_.signs[i].name);
    }
  }

  Document& document_;
  Document* derived_ = nullptr;  // whose identity is read, where it is another
  Node root_;
  const Surroundings& surroundings_;
  Protocol protocol_;
};

}  // namespace

Protocol parse_protocol(Document& document, const Surroundings& surroundings) {
  return ProtocolReader(document, surroundings).read();
}

Protocol derive_protocol(Document& derived, Document& base, const Surroundings& surroundings) {
  return ProtocolReader(base, surroundings).read_as(derived);
}

}  // namespace dosewright::protocol
