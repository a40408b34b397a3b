#include "dosewright/refine/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <set>
#include <utility>

#include "dosewright/base/text.hpp"
#include "dosewright/refine/schedule.hpp"

namespace dosewright::refine {

namespace {

using programme::Programme;

constexpr int kMostDoses = 1000;
constexpr Minutes kShortestGap = kMinutesPerHour;  // one injection an hour has luck of its own
constexpr Minutes kLongestGap = 366 * kMinutesPerDay;

// Unknown where it is no mass, which is a fault already.
double mg_of(Node node) {
  const Result<Unit> unit = parse_unit("mg");
  const Measure measure = node.measure_of(unit->dimension);
  return measure.unit.code == "1" ? lang::kUnknown : measure.canonical;
}

// "150 %" of the dose per injection.
double factor_of(Node node) {
  const double factor = node.measure_of(Dimension{}).canonical;
  if (node.exists() && !(factor > 0 && factor <= 10)) {
    node.fault("expected above 0 % to 1000 % of the dose per injection");
  }
  return factor;
}

std::vector<double> read_range(Node& node) {
  std::vector<double> doses;
  Node step = node.at("step");
  const double from = mg_of(node.at("from"));
  const double to = mg_of(node.at("to"));
  const double by = mg_of(step);
  node.finish();
  if (lang::is_unknown(from + to + by)) return doses;
  if (!(by > 0) || !(to >= from)) {
    node.fault("a range of doses ascends: from = \"50 mg\", to = \"200 mg\", step = \"25 mg\"");
    return doses;
  }
  const double count = std::floor((to - from) / by + 1e-9) + 1;
  if (count > kMostDoses) {
    step.fault(fmt::format("at most {} doses, found {:.0f}", kMostDoses, count), "widen the step");
    return doses;
  }
  for (int i = 0; i < static_cast<int>(count); ++i) doses.push_back(from + i * by);
  return doses;
}

std::vector<double> read_doses(Node node) {
  if (!node.exists()) return {};
  std::vector<double> doses;
  if (node.is_table()) {
    doses = read_range(node);
  } else {
    for (Node& item : node.items()) doses.push_back(mg_of(item));
  }
  for (std::size_t i = 0; i < doses.size(); ++i) {
    const double before = i == 0 ? 0 : doses[i - 1];
    if (doses[i] > before || lang::is_unknown(doses[i]) || lang::is_unknown(before)) continue;
    node.fault("doses are above 0 mg and ascend");
    break;
  }
  if (node.is_array() && doses.empty()) node.fault("no dose to choose from");
  return doses;
}

double gap_of(const Interval& interval) {
  return static_cast<double>(interval.period) / static_cast<double>(interval.offsets.size());
}

std::vector<Interval> read_intervals(Node node) {
  std::vector<Interval> intervals;
  for (Node& item : node.items()) intervals.push_back(read_interval(item));
  if (node.is_array() && intervals.empty()) node.fault("no interval to choose from");
  std::stable_sort(intervals.begin(), intervals.end(),
                   [](const auto& a, const auto& b) { return gap_of(a) > gap_of(b); });
  for (std::size_t i = 1; i < intervals.size(); ++i) {
    if (gap_of(intervals[i]) != gap_of(intervals[i - 1])) continue;
    node.fault("'" + intervals[i].text + "' and '" + intervals[i - 1].text + "' are as frequent",
               "leave one of them out");
  }
  return intervals;
}

// A list of tables, or "none" for the way without.
template <class Option, class Read>
std::vector<Option> read_options(Node node, const Read& read) {
  if (!node.exists()) return {Option{}};
  std::vector<Option> options;
  std::set<std::string> texts;
  for (Node& item : node.items()) {
    Option option;
    if (!item.is_string()) {
      read(item, option);
      item.finish();
    } else if (item.text() != "none") {
      item.fault("expected \"none\" or a table, found '" + shown_text(item.text()) + "'");
    }
    if (!texts.insert(option.text).second) item.fault("'" + option.text + "' stands here twice");
    options.push_back(std::move(option));
  }
  if (options.empty()) node.fault("nothing to choose from", "write [\"none\"], or leave it out");
  return options;
}

std::string percent(double factor) {
  return number_text(100 * factor, 6) + " %";
}

void read_loading(Node& node, Loading& loading) {
  loading.factor = factor_of(node.at("dose"));
  Node length = node.at("for");
  loading.length = length.duration();
  if (length.exists() && loading.length <= 0) length.fault("a loading phase lasts for a while");
  loading.text = percent(loading.factor) + " for " + time_text(loading.length);
}

void read_step_down(Node& node, StepDown& step) {
  step.factor = factor_of(node.at("dose"));
  Node from = node.at("from");
  step.from = from.duration();
  if (from.exists() && step.from <= 0) from.fault("a step-down comes after the first dose");
  step.text = percent(step.factor) + " from " + time_text(step.from);
}

Monitoring read_monitoring(Node node) {
  Monitoring monitoring;
  const std::string text = node.text();
  if (text == "as the profile") return monitoring;
  monitoring.every = node.duration();
  monitoring.text = time_text(monitoring.every);
  if (monitoring.every < kMinutesPerDay) node.fault("tests are a day apart at least");
  return monitoring;
}

class SearchReader {
 public:
  explicit SearchReader(const Programme& programme) : programme_(programme) {}

  Search read(Node root) {
    search_.name = root.at("name").text();
    search_.title = root.at("title").text();
    search_.origin = read_origin(root);
    read_base(root.at("design"));
    read_profiles(root.at("profile"));
    Node patients = root.find("patients");
    search_.patients = static_cast<int>(std::clamp<std::int64_t>(
        patients.integer_or(search_.patients), kFewestPatients, kMostPatients));
    if (patients.exists() && patients.integer() != search_.patients) {
      patients.fault(fmt::format("expected {} to {} patients", kFewestPatients, kMostPatients));
    }
    read_space(root.at("space"));
    read_quantities(root.find("measure"));
    for (Node& node : root.at("objective").items()) read_objective(node);
    for (Node& node : root.find("constraints").items()) {
      search_.constraints.push_back(read_constraint(node, names_, search_.quantities));
    }
    for (Node& node : root.find("point").items()) read_point(node);
    if (n_objectives_ < 2) {
      root.fault("a set of best schedules needs two objectives at least",
                 "add [[objective]] with measure and better = \"more\" or \"less\"");
    }
    // Without the design its measures are not known, and were not read.
    if (has_base_) root.finish();
    return std::move(search_);
  }

  Faults faults;  // of other documents

 private:
  std::string read_origin(Node& table) {
    Node source = table.find("source");
    Node assumed = table.find("assumed");
    if (source.exists() == assumed.exists()) {
      table.fault("expected exactly one of 'source' and 'assumed'",
                  "say where the question comes from: assumed = \"a question of mine\"");
      return {};
    }
    if (assumed.exists()) return "assumed: " + assumed.text();
    return read_source(source);
  }

  std::string read_source(Node node) {
    std::vector<std::string> keys;
    for (const auto& source : programme_.sources) keys.push_back(source.key);
    return protocol::parse_source(std::move(node), &keys);
  }

  void read_base(Node node) {
    const std::string name = node.text();
    if (name.empty()) return;
    auto set = trial::load_designs(programme_, name);
    if (!set.ok()) {
      faults.merge(set.faults());
      return;
    }
    if (set->trials.size() != 1) {
      node.fault("'" + name + "' is a set of trials; a search is about one population",
                 "name one of its members");
      return;
    }
    names_ = trial::names_of(programme_, *set);
    auto mapping = trial::map_evidence(programme_, *set, {});
    if (mapping.ok()) {
      for (const auto& measure : mapping->map.measures) add_quantity(measure, nullptr);
    } else {
      faults.merge(mapping.faults());
    }
    search_.base = std::move(set->trials.front());
    has_base_ = true;
  }

  void read_profiles(Node node) {
    std::vector<Node> nodes = node.is_array() ? node.items() : std::vector<Node>{node};
    for (Node& item : nodes) {
      const std::string name = item.text();
      if (name.empty()) continue;
      const auto* protocol = programme_.protocol(name);
      if (protocol == nullptr) {
        std::vector<std::string> known;
        for (const auto& p : programme_.protocols) known.push_back(p.name);
        const std::string near = nearest_name(name, known);
        item.fault("no protocol is called '" + shown_text(name) + "'",
                   near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
        continue;
      }
      for (const std::string& code : trial::unobserved_tests(*protocol, programme_)) {
        item.fault("protocol '" + name + "' asks for '" + code + "', which no model observes");
      }
      search_.space.profiles.push_back(name);
    }
  }

  void read_space(Node node) {
    Space& space = search_.space;
    space.doses_mg = read_doses(node.at("dose"));
    space.intervals = read_intervals(node.at("interval"));
    space.loading = read_options<Loading>(node.find("loading"), read_loading);
    space.step_down = read_options<StepDown>(node.find("step_down"), read_step_down);
    Minutes longest = 0;
    for (const Loading& loading : space.loading) longest = std::max(longest, loading.length);
    for (const StepDown& step : space.step_down) {
      if (step.from == 0 || step.from > longest) continue;
      node.at("step_down")
          .fault("a step-down comes after the end of every loading phase (" +
                 duration_text(longest) + ")");
    }
    if (Node monitoring = node.find("monitoring"); monitoring.exists()) {
      read_monitored(monitoring);
    }
    node.finish();
  }

  void read_monitored(Node node) {
    Space& space = search_.space;
    for (Node& item : node.at("schedules").items()) {
      space.monitored.push_back(item.text());
      for (const std::string& profile : space.profiles) check_schedule(item, profile);
    }
    space.monitoring.clear();
    for (Node& item : node.at("every").items()) space.monitoring.push_back(read_monitoring(item));
    for (std::size_t i = 1; i < space.monitoring.size(); ++i) {
      if (space.monitoring[i].every > space.monitoring[i - 1].every) continue;
      node.at("every").fault("intervals of tests ascend; \"as the profile\" comes first");
      break;
    }
    if (space.monitoring.empty()) space.monitoring.push_back({});
    node.finish();
  }

  void check_schedule(Node item, const std::string& profile) const {
    const std::string id = item.text();
    std::vector<std::string> known;
    for (const auto& schedule : programme_.protocol(profile)->schedules) {
      if (schedule.every > 0) known.push_back(schedule.id);
    }
    if (std::find(known.begin(), known.end(), id) != known.end()) return;
    item.fault("protocol '" + profile + "' has no repeated schedule '" + shown_text(id) + "'",
               known.empty() ? "it has none that falls due every so often"
                             : "it has: " + join(known, ", "));
  }

  void add_quantity(const trial::MeasureRule& measure, Node* place) {
    for (const Quantity& old : search_.quantities) {
      if (old.name != measure.name) continue;
      if (place != nullptr) place->fault("there are two measures '" + measure.name + "'");
      return;
    }
    if (!can_be_searched(measure.statistic.summary)) {
      if (place == nullptr) return;
      place->fault("measure '" + measure.name + "' is neither a mean nor a share nor a rate",
                   "use the summary mean, percent, share, per-week, per-injection or "
                   "per-100-patient-years");
      return;
    }
    search_.quantities.push_back(quantity_of(measure));
  }

  void read_quantities(Node list) {
    if (!has_base_ || !list.exists()) return;
    std::vector<Node> nodes = list.items();
    const auto measures = trial::read_measures(list, names_);
    for (std::size_t i = 0; i < measures.size(); ++i) add_quantity(measures[i], &nodes[i]);
  }

  int quantity(Node node) {
    const std::string name = node.text();
    std::vector<std::string> known;
    for (std::size_t i = 0; i < search_.quantities.size(); ++i) {
      if (search_.quantities[i].name == name) return static_cast<int>(i);
      known.push_back(search_.quantities[i].name);
    }
    if (name.empty() || !has_base_) return -1;
    const std::string near = nearest_name(name, known);
    node.fault("no measure is called '" + shown_text(name) + "'",
               near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
    return -1;
  }

  void read_objective(Node node) {
    Node measure = node.at("measure");
    const int index = quantity(measure);
    Node better = node.at("better");
    const std::string text = better.text();
    if (text != "neither") ++n_objectives_;
    if (!text.empty() && text != "more" && text != "less" && text != "neither") {
      better.fault("expected 'more', 'less', or 'neither' (told only), found '" + shown_text(text) +
                   "'");
    }
    Node matters = node.find("matters");
    const double least = matters.number_or(0);
    if (!(least >= 0)) matters.fault("a difference that matters cannot be below 0");
    node.finish();
    if (index < 0) return;
    for (const Objective& old : search_.objectives) {
      if (old.quantity == index) measure.fault("'" + measure.text() + "' is an objective already");
    }
    if (text == "neither") {
      search_.shown.push_back(index);
    } else {
      search_.objectives.push_back({index, text == "more", least});
    }
  }

  std::string read_regimen(Node node) const {
    std::string id = node.text();
    std::vector<std::string> known;
    for (const auto& regimen : programme_.regimens) known.push_back(regimen.id);
    if (!id.empty() && protocol::find_regimen(programme_.regimens, id) == nullptr) {
      const std::string near = nearest_name(id, known);
      node.fault("no regimen is called '" + shown_text(id) + "'",
                 near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
      return known.empty() ? "" : known.front();
    }
    return id;
  }

  void read_point(Node node) {
    Point point;
    Node name = node.at("name");
    point.name = name.text();
    for (const Point& old : search_.points) {
      if (old.name == point.name) name.fault("there are two points '" + point.name + "'");
    }
    point.regimen = read_regimen(node.at("regimen"));
    for (Node& item : node.find("later").items()) {
      Node from = item.at("from");
      trial::LaterRegimen later{from.duration(), read_regimen(item.at("regimen"))};
      if (later.from <= (point.later.empty() ? 0 : point.later.back().from)) {
        from.fault("later regimens begin after the first dose, each after the one before it");
      }
      item.finish();
      point.later.push_back(std::move(later));
    }
    if (Node monitoring = node.find("monitoring"); monitoring.exists()) {
      point.monitoring = read_monitoring(monitoring);
    }
    Node source = node.find("source");
    if (source.exists()) {
      point.source = read_source(source);
    } else {
      point.source = "assumed: " + node.at("assumed").text();
    }
    node.finish();
    search_.points.push_back(std::move(point));
  }

  const Programme& programme_;
  Search search_;
  trial::Names names_;
  bool has_base_ = false;
  int n_objectives_ = 0;  // as written, also where one of them is a fault
};

// Only what is searched by, told or constrained is worked out for every patient.
void keep_used_quantities(Search& search) {
  std::vector<int*> uses;
  for (Objective& objective : search.objectives) uses.push_back(&objective.quantity);
  for (int& shown : search.shown) uses.push_back(&shown);
  for (Constraint& constraint : search.constraints) {
    if (constraint.quantity >= 0) uses.push_back(&constraint.quantity);
  }
  std::vector<Quantity> kept;
  std::vector<int> moved(search.quantities.size(), -1);
  for (int* use : uses) {
    int& to = moved[static_cast<std::size_t>(*use)];
    if (to < 0) {
      to = static_cast<int>(kept.size());
      kept.push_back(search.quantities[static_cast<std::size_t>(*use)]);
    }
    *use = to;
  }
  search.quantities = std::move(kept);
}

Fault unknown_search(const Programme& programme, const std::string& name) {
  std::vector<std::string> names;
  std::error_code ignored;
  const std::string folder = programme.directory + "/searches";
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    if (entry.path().extension() == ".toml") names.push_back(entry.path().stem());
  }
  std::sort(names.begin(), names.end());
  const std::string near = nearest_name(name, names);
  return {{folder, 0, 0},
          "no search is called '" + shown_text(name) + "'",
          (near.empty() ? "" : "did you mean '" + near + "'? ") +
              (names.empty() ? std::string("there is none here") : "here: " + join(names, ", ")) +
              "; a file is given by its path",
          {}};
}

}  // namespace

Interval read_interval(Node node) {
  Interval interval;
  interval.text = node.text();
  if (interval.text.ends_with("/wk")) {
    int times = 0;
    const char* end = interval.text.data() + interval.text.size() - 3;
    const auto [stop, error] = std::from_chars(interval.text.data(), end, times);
    if (error != std::errc() || stop != end || times < 1 || times > 7) {
      node.fault("expected 1/wk to 7/wk, found '" + shown_text(interval.text) + "'",
                 "a shorter interval is a duration: \"12 h\"");
      return interval;
    }
    interval.offsets.clear();
    for (int i = 0; i < times; ++i) interval.offsets.push_back(i * 7 / times * kMinutesPerDay);
    return interval;
  }
  interval.period = node.duration();
  if (node.exists() && (interval.period < kShortestGap || interval.period > kLongestGap)) {
    node.fault("expected an interval of 1 h to 366 d, found '" + shown_text(interval.text) + "'");
    interval.period = kMinutesPerWeek;
  }
  return interval;
}

Result<Search> load_search(const Programme& programme, const std::string& name_or_file) {
  const bool file = name_or_file.find('/') != std::string::npos || name_or_file.ends_with(".toml");
  const std::string path =
      file ? name_or_file : programme.directory + "/searches/" + name_or_file + ".toml";
  std::error_code ignored;
  if (!file && !std::filesystem::exists(path, ignored)) {
    return unknown_search(programme, name_or_file);
  }
  Document document = Document::load(path);
  Faults faults;
  if (!document.faults().empty()) return document.faults();
  SearchReader reader(programme);
  Search search = reader.read(document.root());
  search.file = path;
  faults.merge(document.faults());
  faults.merge(reader.faults);
  if (!faults.empty()) return faults;
  faults = space_faults(programme, search);
  if (!faults.empty()) return faults;
  keep_used_quantities(search);
  return search;
}

}  // namespace dosewright::refine
