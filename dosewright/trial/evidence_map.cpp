#include "dosewright/trial/evidence_map.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "dosewright/base/text.hpp"

namespace dosewright::trial {

namespace {

template <class Value, std::size_t kSize>
using NameTable = std::array<std::pair<std::string_view, Value>, kSize>;

constexpr NameTable<Measure, 22> kMeasures{{
    {"baseline", Measure::kBaseline},
    {"value", Measure::kValue},
    {"change", Measure::kChange},
    {"percent-change", Measure::kPercentChange},
    {"peak-uln", Measure::kPeakUln},
    {"confirmed-uln", Measure::kConfirmedUln},
    {"days-above-uln", Measure::kDaysAboveUln},
    {"time-at-goal", Measure::kTimeAtGoal},
    {"readings", Measure::kReadings},
    {"any", Measure::kAnyEvent},
    {"count", Measure::kEventCount},
    {"first-day", Measure::kFirstEventDay},
    {"struck", Measure::kStruck},
    {"struck-count", Measure::kStruckCount},
    {"discontinued", Measure::kDiscontinued},
    {"completed", Measure::kCompleted},
    {"days-on-treatment", Measure::kDaysOnTreatment},
    {"injections", Measure::kInjections},
    {"held-doses", Measure::kHeldDoses},
    {"region-left", Measure::kRegionLeft},
    // Two that read more naturally in a rule.
    {"peak", Measure::kPeakUln},
    {"confirmed", Measure::kConfirmedUln},
}};

constexpr NameTable<Summary, 10> kSummaries{{
    {"mean", Summary::kMean},
    {"median", Summary::kMedian},
    {"count", Summary::kCount},
    {"percent", Summary::kPercent},
    {"share", Summary::kShare},
    {"sum", Summary::kSum},
    {"per-injection", Summary::kPerInjection},
    {"per-week", Summary::kPerWeek},
    {"per-100-patient-years", Summary::kPer100PatientYears},
    {"difference", Summary::kDifference},
}};

void unknown_name(Node node, std::string_view what, const std::string& found,
                  const std::vector<std::string>& known) {
  const std::string near = nearest_name(found, known);
  node.fault("no " + std::string(what) + " is called '" + found + "'",
             near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
}

template <class Value, std::size_t kSize>
Value read_name(Node node, std::string_view what, const NameTable<Value, kSize>& table) {
  const std::string found = node.text();
  std::vector<std::string> known;
  for (const auto& [name, value] : table) {
    if (name == found) return value;
    known.emplace_back(name);
  }
  if (!found.empty()) unknown_name(node, what, found, known);
  return table.front().second;
}

int index_in(Node node, std::string_view what, const std::vector<std::string>& known) {
  const std::string found = node.text();
  const auto at = std::find(known.begin(), known.end(), found);
  if (at != known.end()) return static_cast<int>(at - known.begin());
  if (!found.empty()) unknown_name(node, what, found, known);
  return 0;
}

std::vector<std::string> codes_of(const std::vector<protocol::Analyte>& labs) {
  std::vector<std::string> codes;
  for (const auto& lab : labs) codes.push_back(lab.code);
  return codes;
}

// One text, or a list of them.
std::vector<std::string> one_or_more(Node node) {
  if (!node.exists()) return {};
  return node.is_array() ? node.texts() : std::vector<std::string>{node.text()};
}

enum class Subject : std::uint8_t { kLab, kEvent, kHazard, kTreatment };

Subject subject_of(Measure measure) {
  switch (measure) {
    case Measure::kBaseline:
    case Measure::kValue:
    case Measure::kChange:
    case Measure::kPercentChange:
    case Measure::kPeakUln:
    case Measure::kConfirmedUln:
    case Measure::kDaysAboveUln:
    case Measure::kTimeAtGoal:
    case Measure::kReadings:
      return Subject::kLab;
    case Measure::kAnyEvent:
    case Measure::kEventCount:
    case Measure::kFirstEventDay:
      return Subject::kEvent;
    case Measure::kStruck:
    case Measure::kStruckCount:
      return Subject::kHazard;
    default:
      return Subject::kTreatment;
  }
}

bool needs_time(Measure measure) {
  return measure == Measure::kValue || measure == Measure::kChange ||
         measure == Measure::kPercentChange;
}

bool yes_or_no(Measure measure) {
  return measure == Measure::kAnyEvent || measure == Measure::kStruck ||
         measure == Measure::kDiscontinued || measure == Measure::kCompleted ||
         measure == Measure::kRegionLeft;
}

class Reader {
 public:
  explicit Reader(const Names& names) : names_(names), codes_(codes_of(names.labs)) {}

  // `at_week` null: a time point may not be left to the row's week.
  OutcomeSpec outcome(Node node, bool* at_week, bool time_follows = false) {
    OutcomeSpec spec;
    spec.measure = read_name(node.at("measure"), "measure", kMeasures);
    switch (subject_of(spec.measure)) {
      case Subject::kLab:
        spec.index = index_in(node.at("lab"), "lab", codes_);
        break;
      case Subject::kEvent:
        spec.index = index_in(node.at("event"), "event of the model", names_.events);
        break;
      case Subject::kHazard:
        spec.index = index_in(node.at("hazard"), "hazard of the model", names_.hazards);
        break;
      case Subject::kTreatment:
        break;
    }
    if (needs_time(spec.measure) && !time_follows) read_time(node, spec, at_week);
    if (spec.measure == Measure::kTimeAtGoal) read_goal(node, spec);
    read_rest(node, spec);
    return spec;
  }

  // `of_rows`: the time and the summary may be left to a published row.
  Recipe recipe(Node node, bool of_rows) {
    Recipe recipe;
    Statistic& statistic = recipe.statistic;
    statistic.outcome = outcome(node.at("outcome"), of_rows ? &recipe.at_week : nullptr);
    const Node summary = node.find("summary");
    recipe.summary_by_row = of_rows && !summary.exists();
    if (!recipe.summary_by_row) {
      statistic.summary = read_name(node.at("summary"), "summary", kSummaries);
    }
    statistic.within = interval_or_yes(node.find("within"), statistic.outcome.measure);
    check_interval(node, recipe);
    Node given = node.find("given");
    if (given.exists()) {
      const OutcomeSpec spec = outcome(given, of_rows ? &recipe.given_at_week : nullptr);
      const bool optional = yes_or_no(spec.measure);
      Node within = optional ? given.find("within") : given.at("within");
      statistic.given = Given{spec, interval_or_yes(within, spec.measure)};
    }
    Node where = node.find("where");
    if (where.exists()) statistic.where = condition(where);
    return recipe;
  }

  int lab(Node node) { return index_in(std::move(node), "lab", codes_); }

 private:
  void read_time(Node node, OutcomeSpec& spec, bool* at_week) {
    Node at = node.at("at");
    const std::string text = at.text();
    if (text == "pet") {
      spec.at_pet = true;
    } else if (text == "week" && at_week != nullptr) {
      *at_week = true;
    } else if (!text.empty()) {
      spec.at = at.duration();
    }
  }

  // fall = "25 %" of the baseline, or below = "100 mg/dL".
  void read_goal(Node node, OutcomeSpec& spec) const {
    Node fall = node.find("fall");
    Node below = node.find("below");
    if (fall.exists() == below.exists()) {
      node.fault("a goal is one of 'fall' and 'below'",
                 "write fall = \"25 %\" (of the baseline), or below = \"100 mg/dL\"");
      return;
    }
    spec.goal_is_fall = fall.exists();
    const auto& unit = names_.labs[static_cast<std::size_t>(spec.index)].unit;
    spec.goal = spec.goal_is_fall ? fall.measure_of(Dimension{}).canonical
                                  : below.measure_of(unit.dimension).canonical;
    if (spec.goal_is_fall && !(spec.goal >= 0 && spec.goal < 1)) {
      fall.fault("a fall lies between 0 % and below 100 % of the baseline");
    }
  }

  void read_rest(Node node, OutcomeSpec& spec) {
    Node window = node.find("window");
    if (window.exists()) spec.window = window.duration();
    Node until = node.find("until");
    if (until.exists()) spec.until = until.duration();
    Node during = node.find("during");
    if (during.exists()) {
      const std::string text = during.text();
      spec.on_treatment = text == "treatment";
      if (text != "treatment" && text != "study") {
        during.fault("expected 'treatment' or 'study', found '" + text + "'");
      }
    }
    spec.threshold = node.find("threshold_uln").number_or(spec.threshold);
    spec.causes = one_or_more(node.find("causes"));
    if (spec.measure == Measure::kRegionLeft) {
      Node region = node.at("region");
      spec.region = region.text();
      index_in(region, "region of a protocol", names_.regions);
    }
  }

  // Yes-or-no outcomes are counted where they are yes.
  static Interval interval_or_yes(Node node, Measure measure) {
    Interval interval;
    if (!node.exists()) {
      interval.low_closed = yes_or_no(measure);
      if (interval.low_closed) interval.low = 1;
      return interval;
    }
    auto parsed = parse_interval(node.text(), node.place());
    if (parsed.ok()) return *parsed;
    node.fault(parsed.faults()[0].message, parsed.faults()[0].hint);
    return interval;
  }

  // Of all other outcomes the rule must say what counts.
  static void check_interval(Node node, const Recipe& recipe) {
    const bool counting = counts_patients(recipe.statistic.summary);
    if (!counting || recipe.summary_by_row || yes_or_no(recipe.statistic.outcome.measure)) return;
    if (node.find("within").exists()) return;
    node.fault("a count of patients needs 'within'", "write within = \"[3, 5)\"");
  }

  std::shared_ptr<const Where> condition(Node node) {
    const std::string text = node.text();
    auto where = parse_where(text, node.place(), names_.covariates);
    if (where.ok()) return *where;
    for (const Fault& fault : where.faults()) node.fault(fault.message, fault.hint);
    return nullptr;
  }

  const Names& names_;
  std::vector<std::string> codes_;
};

Rule read_rule(Node node, Reader& reader) {
  Rule rule;
  rule.place = node.place();
  rule.endpoints = one_or_more(node.at("endpoint"));
  rule.statistics = one_or_more(node.at("statistic"));
  rule.populations = one_or_more(node.find("population"));
  rule.weeks = one_or_more(node.find("week"));
  rule.trial = node.find("trial").text_or("");
  rule.arm_ends = node.find("arm_ends").text_or("");
  rule.recipe = reader.recipe(node, true);
  Node unit = node.find("unit");
  if (unit.exists()) {
    auto parsed = parse_unit(unit.text());
    if (parsed.ok()) {
      rule.unit = *parsed;
    } else {
      unit.fault(parsed.faults()[0].message, parsed.faults()[0].hint);
    }
  }
  Node molar = node.find("molar_mass");
  if (molar.exists()) {
    Dimension expected;
    expected.exponent[static_cast<std::size_t>(BaseDimension::kMass)] = 1;
    expected.exponent[static_cast<std::size_t>(BaseDimension::kAmount)] = -1;
    rule.molar_mass = molar.measure_of(expected).canonical;
  }
  rule.group = node.at("group").text();
  rule.note = node.find("note").text_or("");
  return rule;
}

MeasureRule read_measure(Node node, Reader& reader, bool in_tables) {
  MeasureRule measure;
  measure.name = node.at("name").text();
  measure.title = node.at("title").text();
  measure.unit = node.at("unit").text();
  measure.bounds = node.find("bounds").text_or("");
  measure.shown = one_or_more(in_tables ? node.at("shown") : node.find("shown"));
  for (const std::string& table : measure.shown) {
    if (table == "comparison" || table == "reactions") continue;
    node.at("shown").fault("expected 'comparison' or 'reactions', found '" + table + "'");
  }
  measure.statistic = reader.recipe(node, false).statistic;
  if (measure.statistic.summary == Summary::kDifference) {
    node.at("summary").fault("a measure is of one arm; a difference needs two");
  }
  return measure;
}

SeriesRule read_series(Node node, Reader& reader) {
  SeriesRule series;
  series.code = node.at("code").text();
  series.title = node.at("title").text();
  series.unit = node.at("unit").text();
  Node outcome = node.at("outcome");
  series.outcome = reader.outcome(outcome, nullptr, true);
  if (!needs_time(series.outcome.measure)) {
    outcome.fault("a curve over weeks needs the measure value, change or percent-change");
  }
  series.low = node.at("low").number();
  series.high = node.at("high").number();
  series.bin = node.at("bin").number();
  const double bins = (series.high - series.low) / series.bin;
  if (!(series.bin > 0) || !(bins >= 1) || bins > 20000) {
    node.at("bin").fault("low, high and bin must make 1 to 20000 bins");
    series.low = 0;
    series.high = series.bin = 1;
  }
  return series;
}

}  // namespace

// After the measures, which it names.
CriterionRule read_criterion(Node node, const EvidenceMap& map) {
  CriterionRule criterion;
  Node id = node.at("id");
  criterion.id = id.text();
  for (const CriterionRule& other : map.criteria) {
    if (other.id == criterion.id) id.fault("there are two criteria '" + criterion.id + "'");
  }
  criterion.question = node.at("question").text();
  criterion.source = node.at("source").text();
  std::vector<std::string> known;
  for (const MeasureRule& measure : map.measures) known.push_back(measure.name);
  criterion.measures = node.find("measures").texts();
  for (const std::string& name : criterion.measures) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const std::string near = nearest_name(name, known);
    node.at("measures")
        .fault("no [[measure]] '" + name + "'",
               near.empty() ? "measures are " + join(known, ", ") : "did you mean '" + near + "'?");
  }
  criterion.rows = node.find("rows").texts();
  Node least = node.find("least_treatment");
  if (least.exists()) criterion.least_treatment = least.duration();
  criterion.not_simulated = node.find("not_simulated").text_or("");
  if (criterion.measures.empty() && criterion.not_simulated.empty()) {
    node.fault("nothing of the simulation answers this, and why is not said",
               "name measures = [\"...\"], or say not_simulated = \"...\"");
  }
  return criterion;
}

EvidenceMap read_evidence_map(Document& document, const Names& names) {
  EvidenceMap map;
  Reader reader(names);
  Node root = document.root();
  map.plain_arms = root.find("plain_arms").texts();
  for (Node& node : root.find("pool").items()) {
    map.pools.push_back({node.at("trial").text(), node.at("designs").texts()});
  }
  for (Node& node : root.find("family").items()) {
    Family family{node.at("name").text(), node.at("endpoints").texts()};
    for (const Family& old : map.families) {
      if (old.name == family.name) node.fault("there are two families '" + family.name + "'");
    }
    map.families.push_back(std::move(family));
  }
  for (Node& node : root.find("map").items()) map.rules.push_back(read_rule(node, reader));
  for (Node& node : root.find("measure").items()) {
    map.measures.push_back(read_measure(node, reader, true));
  }
  for (Node& node : root.find("criterion").items()) {
    map.criteria.push_back(read_criterion(node, map));
  }
  for (Node& node : root.find("series").items()) map.series.push_back(read_series(node, reader));
  Node edish = root.find("edish");
  if (edish.exists()) {
    map.edish_alt = reader.lab(edish.at("alt"));
    map.edish_bilirubin = reader.lab(edish.at("bilirubin"));
  }
  root.finish();
  return map;
}

std::vector<MeasureRule> read_measures(Node list, const Names& names) {
  Reader reader(names);
  std::vector<MeasureRule> measures;
  for (Node& node : list.items()) measures.push_back(read_measure(node, reader, false));
  return measures;
}

bool counts_patients(Summary summary) {
  return summary == Summary::kCount || summary == Summary::kPercent || summary == Summary::kShare;
}

std::optional<Summary> summary_of(std::string_view statistic) {
  constexpr NameTable<Summary, 4> kWords{{{"mean", Summary::kMean},
                                          {"median", Summary::kMedian},
                                          {"count", Summary::kCount},
                                          {"proportion", Summary::kPercent}}};
  for (const auto& [word, summary] : kWords) {
    if (statistic.starts_with(word)) return summary;
  }
  return std::nullopt;
}

}  // namespace dosewright::trial
