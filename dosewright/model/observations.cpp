// Reads what can be seen of a model: the `model` part of labs.toml, and observations.toml.
#include <algorithm>

#include "dosewright/model/reading.hpp"

namespace dosewright::model {
namespace {

// The unit of a test whose faults are reported by the reader of its identity.
std::optional<Unit> quiet_unit(Node node) {
  if (!node.is_string()) return std::nullopt;
  Result<Unit> unit = parse_unit(node.text());
  return unit.ok() ? std::optional<Unit>(*unit) : std::nullopt;
}

double read_additive(Node node, const std::optional<Unit>& unit) {
  if (!node.exists()) return 0;
  if (!unit) return node.is_number() ? node.number() : node.measure().canonical;
  const Dimension& expected = unit->dimension;
  const double value = node.is_number() ? read_sd(node) : node.measure_of(expected).canonical;
  if (node.is_number() && !expected.dimensionless() && value != 0) {
    node.fault("an additive error needs a unit, found a bare number",
               "write it as in \"2 " + unit->code + "\"");
  }
  if (!(value >= 0)) node.fault("expected an additive error of 0 or more");
  return std::max(value, 0.0);
}

void read_lab_model(Node table, const std::string& code, const std::optional<Unit>& unit,
                    Reading& reading) {
  LabModel lab;
  lab.code = code;
  lab.unit = unit.value_or(Unit{});
  Node output = table.at("output");
  lab.output_name = output.text();
  lab.within_subject = read_sd(table.find("within_subject"));
  lab.proportional = read_sd(table.find("proportional"));
  lab.additive = read_additive(table.find("additive"), unit);
  lab.may_be_negative = table.find("may_be_negative").boolean_or(false);
  lab.origin = read_origin(table, "", true, reading.references);
  table.finish();
  if (output.exists() && !lab.output_name.empty()) {
    std::optional<Dimension> expected;
    if (unit) expected = unit->dimension;
    reading.uses.push_back({output, lab.output_name, expected, "lab '" + code + "'"});
  }
  reading.model.labs.push_back(std::move(lab));
}

// The name of an event or hazard, which must be its own.
std::string read_name(Node table, const std::vector<std::string>& taken) {
  Node node = table.at("name");
  std::string name = node.text();
  if (index_of(taken, name) >= 0) node.fault("the name '" + name + "' is given twice");
  return name;
}

void use_output(Node table, const std::string& wanted, const Dimension& expected,
                std::string& output_name, Reading& reading) {
  Node output = table.at("output");
  output_name = output.text();
  if (!output.exists() || output_name.empty()) return;
  reading.uses.push_back({output, output_name, expected, wanted});
}

EventModel::Kind read_kind(Node node) {
  const std::string kind = node.text();
  if (kind == "poisson") return EventModel::Kind::kPoisson;
  if (kind != "bernoulli" && node.exists() && !kind.empty()) {
    node.fault("expected kind bernoulli or poisson, found '" + kind + "'");
  }
  return EventModel::Kind::kBernoulli;
}

void read_event_type(Node node, EventModel& event) {
  EventType type;
  type.name = node.at("name").text();
  Node share = node.at("share");
  type.share = share.number();
  if (share.is_number() && !(type.share >= 0 && type.share <= 1)) {
    share.fault("expected a share between 0 and 1");
  }
  node.finish();
  event.types.push_back(std::move(type));
}

void read_event(Node table, std::vector<std::string>& taken, Reading& reading) {
  EventModel event;
  event.name = read_name(table, taken);
  taken.push_back(event.name);
  event.title = table.at("title").text();
  event.kind = read_kind(table.at("kind"));
  use_output(table, "event '" + event.name + "'", {}, event.output_name, reading);
  Node delay = table.find("delay");
  if (delay.exists()) event.delay_h_max = delay.measure_of(parse_unit("h")->dimension).canonical;
  if (event.delay_h_max < 0) delay.fault("expected a delay of 0 or more");
  event.also_placebo = table.find("also_placebo").boolean_or(true);
  Node types = table.find("types");
  for (Node& type : types.items()) read_event_type(type, event);
  event.origin = read_origin(table, "", true, reading.references);
  table.finish();
  reading.model.events.push_back(std::move(event));
}

void read_hazard(Node table, std::vector<std::string>& taken, Reading& reading) {
  HazardModel hazard;
  hazard.name = read_name(table, taken);
  taken.push_back(hazard.name);
  hazard.title = table.at("title").text();
  use_output(table, "hazard '" + hazard.name + "'", Dimension{} / parse_unit("h")->dimension,
             hazard.output_name, reading);
  hazard.recurrent = table.find("recurrent").boolean_or(false);
  hazard.on_treatment_only = table.find("on_treatment_only").boolean_or(false);
  hazard.discontinues = table.find("discontinues").text_or("");
  hazard.sets_sign = table.find("sets_sign").text_or("");
  hazard.origin = read_origin(table, "", true, reading.references);
  table.finish();
  reading.model.hazards.push_back(std::move(hazard));
}

// Definitions that reports show though no test sees them: show = [{ output = "CP", unit = "ug/L"
// }].
void read_shown(Node list, Reading& reading) {
  for (Node table : list.items()) {
    Node unit_node = table.at("unit");
    Result<Unit> unit = parse_unit(unit_node.text());
    if (unit_node.exists() && !unit.ok()) {
      unit_node.fault(unit.faults()[0].message, unit.faults()[0].hint);
    }
    std::string name;
    use_output(table, "the unit shown", unit.ok() ? unit->dimension : Dimension{}, name, reading);
    table.finish();
  }
}

}  // namespace

void read_labs(std::vector<Node>& labs, Reading& reading) {
  for (Node& table : labs) {
    Node model = table.find("model");
    if (model.exists()) {
      read_lab_model(model, table.find("code").text_or(""), quiet_unit(table.find("unit")),
                     reading);
    }
    table.finish();
  }
}

void read_observations(Document& document, Reading& reading) {
  if (!document.faults().empty()) {
    reading.uses_known = false;
    return;
  }
  Node root = document.root();
  Node dose_state = root.find("dose_state");
  if (dose_state.exists()) {
    reading.dose_state_node = dose_state;
    reading.dose_state = dose_state.text();
  }
  read_shown(root.find("show"), reading);
  std::vector<std::string> taken;
  for (Node& table : root.find("event").items()) read_event(table, taken, reading);
  for (Node& table : root.find("hazard").items()) read_hazard(table, taken, reading);
  root.finish();
}

}  // namespace dosewright::model
