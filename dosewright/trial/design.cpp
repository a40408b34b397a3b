#include "dosewright/trial/design.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "dosewright/base/text.hpp"

namespace dosewright::trial {

namespace {

using programme::Programme;

constexpr int kMostPatients = 1'000'000;  // per arm: the summaries of medians keep one float each

// A source text is a key of programme.toml, then a blank and the place within it.
bool knows_source(const Programme& programme, std::string_view text) {
  return std::any_of(programme.sources.begin(), programme.sources.end(), [&](const auto& source) {
    return text == source.key || text.starts_with(source.key + " ");
  });
}

// Every number of a design says where it comes from, as in parameters.toml.
std::string read_origin(Node& table, const Programme& programme) {
  Node source = table.find("source");
  Node assumed = table.find("assumed");
  if (source.exists() == assumed.exists()) {
    table.fault("expected exactly one of 'source' and 'assumed'",
                "say where these numbers come from: source = \"FDA-MedR Table 11\"");
    return {};
  }
  if (assumed.exists()) return "assumed: " + assumed.text();
  std::string text = source.text();
  if (!knows_source(programme, text)) {
    source.fault("source '" + text + "' does not begin with a known source key",
                 "the keys stand in programme.toml under [sources]");
  }
  return text;
}

struct PopulationReader {
  const Programme& programme;

  void bounds(Node& table, const Dimension& dimension, CovariateDraw& draw) const {
    Node low = table.find("low");
    Node high = table.find("high");
    if (low.exists() != high.exists()) table.fault("'low' and 'high' come together");
    if (!low.exists() || !high.exists()) return;
    draw.low = low.measure_of(dimension).canonical;
    draw.high = high.measure_of(dimension).canonical;
    if (draw.low >= draw.high) table.fault("'low' must be below 'high'");
  }

  void spread(Node& table, const Dimension& dimension, CovariateDraw& draw) const {
    using Kind = CovariateDraw::Kind;
    if (Node fixed = table.find("fixed"); fixed.exists()) {
      draw.kind = Kind::kFixed;
      draw.centre = fixed.measure_of(dimension).canonical;
    } else if (Node share = table.find("share"); share.exists()) {
      draw.kind = Kind::kShare;
      draw.centre = share.number();
      if (!(draw.centre >= 0 && draw.centre <= 1)) share.fault("a share lies between 0 and 1");
    } else if (Node mean = table.find("mean"); mean.exists()) {
      draw.kind = Kind::kNormal;
      draw.centre = mean.measure_of(dimension).canonical;
      draw.spread = table.at("sd").measure_of(dimension).canonical;
    } else if (Node median = table.find("median"); median.exists()) {
      draw.kind = Kind::kLognormal;
      draw.centre = median.measure_of(dimension).canonical;
      draw.spread = table.at("sd_log").number();
    } else {
      table.fault("expected one of 'fixed', 'share', 'mean' with 'sd', 'median' with 'sd_log'");
    }
    if (!(draw.spread >= 0)) table.fault("a spread cannot be negative");
  }

  std::vector<CovariateDraw> read(Node table) const {
    const auto& covariates = programme.model.covariates;
    std::vector<CovariateDraw> draws;
    for (std::size_t i = 0; i < covariates.size(); ++i) {
      Node entry = table.find(covariates[i].name);
      CovariateDraw draw;
      draw.covariate = static_cast<int>(i);
      draw.centre = covariates[i].typical;
      if (entry.exists()) {
        spread(entry, covariates[i].unit.dimension, draw);
        bounds(entry, covariates[i].unit.dimension, draw);
        draw.source = read_origin(entry, programme);
        entry.finish();
      } else {
        table.fault("covariate '" + covariates[i].name + "' of the model is not given",
                    covariates[i].name + " = { fixed = \"" +
                        to_text(covariates[i].typical, covariates[i].unit) +
                        "\", assumed = \"...\" }");
      }
      draws.push_back(draw);
    }
    table.finish();
    return draws;
  }
};

// A regimen's id; nullptr, and a fault, where there is none of that name.
const protocol::Regimen* read_regimen(Node node, const Arm& arm, const Programme& programme) {
  const std::string id = node.text();
  const auto* known = protocol::find_regimen(programme.regimens, id);
  if (known != nullptr) return known;
  std::vector<std::string> ids;
  for (const auto& r : programme.regimens) ids.push_back(r.id);
  const std::string near = nearest_name(id, ids);
  node.fault("arm '" + arm.name + "' names an unknown regimen '" + id + "'",
             near.empty() ? "the regimens stand in regimens.toml: " + join(ids, ", ")
                          : "did you mean '" + near + "'?");
  return nullptr;
}

// The regimens that follow the first; whether any of them gives drug.
bool read_later(Node list, Arm& arm, const Programme& programme) {
  bool active = false;
  for (Node& node : list.items()) {
    LaterRegimen later;
    Node from = node.at("from");
    later.from = from.duration();
    if (later.from <= (arm.later.empty() ? 0 : arm.later.back().from)) {
      from.fault("later regimens begin after the first dose, each after the one before it");
    }
    const auto* known = read_regimen(node.at("regimen"), arm, programme);
    active = active || (known != nullptr && known->amount_mg > 0);
    if (known != nullptr) later.regimen = known->id;
    node.finish();
    arm.later.push_back(std::move(later));
  }
  return active;
}

Arm read_arm(Node node, const Programme& programme) {
  Arm arm;
  arm.name = node.at("name").text();
  const auto* known = read_regimen(node.at("regimen"), arm, programme);
  if (known != nullptr) arm.regimen = known->id;
  const bool later_active = read_later(node.find("later"), arm, programme);
  arm.active = known == nullptr || known->amount_mg > 0 || later_active;
  Node n = node.at("n");
  const std::int64_t count = n.integer();
  if (count < 1 || count > kMostPatients) {
    n.fault("an arm has 1 to " + std::to_string(kMostPatients) + " patients, found " +
            std::to_string(count));
  }
  arm.n = static_cast<int>(std::clamp<std::int64_t>(count, 1, kMostPatients));
  arm.evidence = node.find("evidence").text_or(arm.name);
  node.finish();
  return arm;
}

Adherence read_adherence(Node node, const Programme& programme) {
  Adherence adherence;
  if (!node.exists()) return adherence;
  const auto probability = [&](std::string_view key, double fallback) {
    Node value = node.find(key);
    const double p = value.number_or(fallback);
    if (!(p >= 0 && p <= 1)) value.fault("a probability lies between 0 and 1");
    return p;
  };
  adherence.take = probability("take", 1);
  adherence.make_up = probability("make_up", 0);
  adherence.attend = probability("attend", 1);
  if (Node delay = node.find("test_delay"); delay.exists()) adherence.test_delay = delay.duration();
  if (adherence.attend < 1 && adherence.test_delay <= 0) {
    node.fault("'attend' below 1 needs 'test_delay': when is a missed test drawn?");
  }
  read_origin(node, programme);
  node.finish();
  return adherence;
}

std::vector<Minutes> read_times(Node node) {
  std::vector<Minutes> times;
  for (Node& item : node.items()) times.push_back(item.duration());
  if (!std::is_sorted(times.begin(), times.end())) node.fault("times must ascend");
  return times;
}

Imaging read_imaging(Node node, const Programme& programme) {
  Imaging imaging;
  Node lab = node.at("lab");
  imaging.lab = programme.model.lab(lab.text());
  if (imaging.lab < 0) {
    lab.fault("no model observes a lab '" + lab.text() + "'", "labs with a model: see labs.toml");
    imaging.lab = 0;
  }
  imaging.at = read_times(node.at("at"));
  imaging.share = node.find("share").number_or(1);
  read_origin(node, programme);
  node.finish();
  return imaging;
}

const protocol::Protocol* read_protocol(Node node, const Programme& programme) {
  const std::string name = node.text();
  for (const auto& protocol : programme.protocols) {
    if (protocol.name == name) return &protocol;
  }
  node.fault("no protocol is called '" + name + "'", "they stand in protocol/*.toml");
  return nullptr;
}

// A panel with a test that no model observes could never be drawn, and would stay owed for ever.
void check_observed(Node& node, const protocol::Protocol& protocol, const Programme& programme) {
  for (const std::string& code : unobserved_tests(protocol, programme)) {
    node.fault("protocol '" + protocol.name + "' asks for '" + code + "', which no model observes",
               "give it a model in labs.toml, or take it out of the panels of that protocol");
  }
}

void read_times_of(Node root, Design& design) {
  if (Node baseline = root.find("baseline"); baseline.exists()) {
    design.baseline = read_times(baseline);
    if (!design.baseline.empty() && design.baseline.back() > 0) {
      baseline.fault("baseline readings come before the first dose or at it (\"0 d\")");
    }
  }
  Node treatment = root.at("treatment");
  Node end = root.at("end");
  design.treatment = treatment.duration();
  design.end = end.duration();
  if (design.treatment <= 0) treatment.fault("'treatment' must be longer than nothing");
  if (design.end < design.treatment) end.fault("'end' must not lie before the end of 'treatment'");
  if (design.end > 40 * 366 * kMinutesPerDay) end.fault("a trial lasts at most 40 years");
  if (Node pet = root.find("pet_after_last_dose"); pet.exists()) {
    design.pet_after_last_dose = pet.duration();
  }
}

Design read_design(Node root, const Programme& programme) {
  Design design;
  design.name = root.at("name").text();
  design.title = root.at("title").text();
  design.source = read_origin(root, programme);
  design.trial_number = static_cast<int>(root.find("number").integer_or(0));
  design.evidence_trial = root.find("evidence_trial").text_or("");
  Node protocol = root.at("protocol");
  design.protocol = read_protocol(protocol, programme);
  if (design.protocol != nullptr) {
    check_observed(protocol, *design.protocol, programme);
    design.regions_off = design.protocol->regions_not_simulated();
  }
  read_times_of(root, design);
  design.population = PopulationReader{programme}.read(root.at("population"));
  for (Node& arm : root.at("arm").items()) design.arms.push_back(read_arm(arm, programme));
  if (design.arms.empty()) root.fault("a design has at least one [[arm]]");
  design.adherence = read_adherence(root.find("adherence"), programme);
  for (Node& item : root.find("imaging").items()) {
    design.imaging.push_back(read_imaging(item, programme));
  }
  root.finish();
  return design;
}

std::string design_path(const Programme& programme, const std::string& name) {
  const bool file = name.find('/') != std::string::npos || name.ends_with(".toml");
  return file ? name : programme.directory + "/designs/" + name + ".toml";
}

Fault unknown_design(const Programme& programme, const std::string& name) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry :
       std::filesystem::directory_iterator(programme.directory + "/designs", ignored)) {
    const auto& path = entry.path();
    if (path.extension() == ".toml" && path.stem() != "evidence") names.push_back(path.stem());
  }
  std::sort(names.begin(), names.end());
  const std::string near = nearest_name(name, names);
  return {{programme.directory + "/designs", 0, 0},
          "no design is called '" + name + "'",
          (near.empty() ? "" : "did you mean '" + near + "'? ") + std::string("designs here: ") +
              join(names, ", ") + "; a file is given by its path",
          {}};
}

// Reads one file; a file with `trials = [...]` stands for those designs beside it.
void read_file(const Programme& programme, const std::string& name, DesignSet& set,
               Faults& faults) {
  const std::string path = design_path(programme, name);
  if (!std::filesystem::exists(path)) {
    faults.add(unknown_design(programme, name));
    return;
  }
  Document document = Document::load(path);
  Node root = document.root();
  if (document.faults().empty()) {
    if (Node trials = root.find("trials"); trials.exists()) {
      set.name = root.at("name").text();
      set.title = root.at("title").text();
      const auto members = trials.texts();
      root.finish();
      for (const auto& member : members) {
        if (member == name) {
          trials.fault("a set of trials cannot contain itself");
          break;
        }
        read_file(programme, member, set, faults);
      }
    } else {
      set.trials.push_back(read_design(root, programme));
      if (set.name.empty()) {
        set.name = set.trials.back().name;
        set.title = set.trials.back().title;
      }
    }
  }
  faults.merge(document.faults());
}

}  // namespace

std::vector<std::string> unobserved_tests(const protocol::Protocol& protocol,
                                          const Programme& programme) {
  std::vector<std::string> codes;
  for (std::size_t p = 0; p < protocol.panels.size(); ++p) {
    if (!protocol.panel_is_simulated(static_cast<int>(p))) continue;
    for (const int analyte : protocol.panels[p].analytes) {
      const auto& code = protocol.vocabulary.analytes[static_cast<std::size_t>(analyte)].code;
      const bool told = std::find(codes.begin(), codes.end(), code) != codes.end();
      if (programme.model.lab(code) < 0 && !told) codes.push_back(code);
    }
  }
  return codes;
}

Result<DesignSet> load_designs(const Programme& programme, const std::string& name_or_file) {
  DesignSet set;
  Faults faults;
  read_file(programme, name_or_file, set, faults);
  for (std::size_t i = 0; i < set.trials.size(); ++i) {
    Design& design = set.trials[i];
    if (design.trial_number == 0) design.trial_number = static_cast<int>(100 + i);
  }
  if (!faults.empty()) return faults;
  return set;
}

}  // namespace dosewright::trial
