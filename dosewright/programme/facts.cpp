// Reads facts.toml, interactions.toml, reactions.toml, and the questions of eligibility.toml and
// statements.toml.
#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/programme/read.hpp"

namespace dosewright::programme {
namespace {

std::string source_of(Node table, const Known& known, const char* key = "source") {
  return protocol::parse_source(table.at(key), &known.sources);
}

bool is_word(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// { system = "ATC", value = "N02BE01" }; the table's source holds for them.
std::vector<Code> codes_of(Node list, const std::string& source) {
  std::vector<Code> codes;
  for (Node table : list.items()) {
    codes.push_back({table.at("system").text(), table.at("value").text(), "", source});
    table.finish();
  }
  return codes;
}

std::optional<Unit> unit_of(Node node) {
  if (!node.exists()) return std::nullopt;
  Result<Unit> unit = parse_unit(node.text());
  if (unit.ok()) return *unit;
  for (const Fault& fault : unit.faults()) node.fault(fault.message, fault.hint);
  return std::nullopt;
}

double milligrams_a_day(Node node) {
  if (!node.exists()) return 0;
  return node.measure_of(parse_unit("mg/d")->dimension).canonical * 24;
}

Interaction::Level level_of(Node node) {
  const std::string level = node.text();
  if (level == "avoid") return Interaction::Level::kAvoid;
  if (level == "modify") return Interaction::Level::kModify;
  if (level != "monitor" && !level.empty()) {
    node.fault("expected level monitor, modify or avoid, found '" + level + "'");
  }
  return Interaction::Level::kMonitor;
}

void read_above(Node table, const Known& known, Interaction& interaction) {
  if (!table.exists()) return;
  interaction.above_mg_per_day = milligrams_a_day(table.at("above"));
  Node days = table.at("days_per_week");
  interaction.days_per_week = days.number();
  if (interaction.days_per_week < 1 || interaction.days_per_week > 7) {
    days.fault("expected days a week from 1 to 7");
  }
  interaction.says_above = table.at("says").text();
  interaction.source_above = source_of(table, known);
  table.finish();
}

double fraction(Node node) {
  const double value = node.measure_of(Dimension{}).canonical;
  if (value < 0 || value > 1) node.fault("a share of patients lies between 0 and 100 %");
  return value;
}

}  // namespace

void read_facts(Node root, const Known& known, Programme& programme) {
  for (Node table : root.at("fact").items()) {
    FactWord fact;
    Node id = table.at("id");
    fact.id = id.text();
    if (!is_word(fact.id)) {
      id.fault("the id of a fact is one word that questions can use, found '" + fact.id + "'",
               "use small letters, digits and '_'");
    }
    check_unique(id, programme.facts, fact.id, "facts");
    fact.title = table.at("title").text();
    fact.source = source_of(table, known);
    fact.terms = table.find("terms").texts();
    fact.codes = codes_of(table.find("codes"), fact.source);
    fact.implies = table.find("implies").texts();
    for (Node step : table.find("at_grade").items()) {
      fact.at_grade.push_back({step.at("grade").number(), step.at("implies").text()});
      step.finish();
    }
    fact.unit = unit_of(table.find("unit"));
    Node stale = table.find("stale_after");
    if (stale.exists()) fact.stale_after = stale.duration();
    table.finish();
    programme.facts.push_back(std::move(fact));
  }
  root.finish();
}

void check_facts(Node root, Programme& programme) {
  std::vector<std::string> names;
  for (const FactWord& fact : programme.facts) names.push_back(fact.id);
  for (const auto& protocol : programme.protocols) {
    const auto& signs = protocol.vocabulary.signs;
    names.insert(names.end(), signs.begin(), signs.end());
  }
  std::vector<Node> tables = root.at("fact").items();
  for (std::size_t i = 0; i < tables.size() && i < programme.facts.size(); ++i) {
    std::vector<std::string> implied = programme.facts[i].implies;
    for (const auto& step : programme.facts[i].at_grade) implied.push_back(step.implies);
    for (const std::string& name : implied) {
      check_reference(tables[i].at("id"), name, names, "fact or sign");
    }
  }
}

void read_interactions(Node root, const Known& known, Programme& programme) {
  for (Node table : root.at("interaction").items()) {
    Interaction interaction;
    Node id = table.at("id");
    interaction.id = id.text();
    check_unique(id, programme.interactions, interaction.id, "interactions");
    interaction.title = table.at("title").text();
    interaction.level = level_of(table.at("level"));
    interaction.effect = table.at("effect").text();
    interaction.says = table.at("says").text();
    interaction.source = source_of(table, known);
    interaction.names = table.at("names").texts();
    interaction.classes = table.find("classes").texts();
    interaction.codes = codes_of(table.find("codes"), "");
    if (table.find("codes").exists()) source_of(table, known, "codes_source");
    read_above(table.find("above"), known, interaction);
    table.finish();
    programme.interactions.push_back(std::move(interaction));
  }
  root.finish();
}

void read_reactions(Node root, const Known& known, Programme& programme) {
  for (Node table : root.at("reaction").items()) {
    Reaction reaction;
    Node id = table.at("id");
    reaction.id = id.text();
    check_unique(id, programme.reactions, reaction.id, "reactions");
    reaction.term = table.at("term").text();
    reaction.organ_class = table.at("organ_class").text();
    reaction.severity = table.find("severity").text_or("");
    reaction.frequency = table.find("frequency").text_or("");
    Node share = table.find("share");
    if (share.exists()) reaction.share_low = reaction.share_high = fraction(share);
    Node low = table.find("share_from");
    if (low.exists()) {
      reaction.share_low = fraction(low);
      reaction.share_high = fraction(table.at("share_to"));
    }
    if (!share.exists() && !low.exists() && reaction.frequency.empty()) {
      table.fault("how often '" + reaction.term + "' was seen is not said",
                  "add share = \"5 %\", share_from and share_to, or frequency = \"<1 %\"");
    }
    Node placebo = table.find("placebo");
    if (placebo.exists()) reaction.placebo = fraction(placebo);
    reaction.source = source_of(table, known);
    table.finish();
    programme.reactions.push_back(std::move(reaction));
  }
  root.finish();
}

std::vector<lang::Symbol> criterion_scope(const Programme& programme) {
  std::vector<lang::Symbol> scope;
  const auto number = [&scope](std::string name, Unit unit, std::string uln = {}) {
    lang::Symbol symbol;
    symbol.name = std::move(name);
    symbol.unit = std::move(unit);
    symbol.uln = std::move(uln);
    scope.push_back(std::move(symbol));
  };
  for (const protocol::Analyte& analyte : programme.analytes) {
    number(analyte.code, analyte.unit, analyte.uln > 0 ? analyte.code + ".ULN" : "");
    if (analyte.uln > 0) number(analyte.code + ".ULN", analyte.unit);
  }
  for (const FactWord& fact : programme.facts) {
    number("fact." + fact.id, fact.unit.value_or(Unit{}));
    if (!fact.unit) scope.back().type = lang::Type::kBoolean;
  }
  number("patient.age", *parse_unit("a"));
  return scope;
}

namespace {

// Empty, with a fault told, where it cannot be asked.
std::shared_ptr<const lang::Node> question_of(Node when, const std::vector<lang::Symbol>& scope,
                                              Faults& faults) {
  Place at = when.place();
  ++at.column;  // the quote
  Result<lang::Expression> parsed = lang::parse_expression(when.text(), at);
  if (!parsed.ok()) {
    faults.merge(parsed.faults());
    return nullptr;
  }
  Result<lang::Expression> checked = lang::check_guard(std::move(*parsed), scope);
  if (checked.ok()) return std::move(*checked);
  faults.merge(checked.faults());
  return nullptr;
}

template <class List>
void ask_questions(Node tables, List& list, const Programme& programme, Faults& faults) {
  const std::vector<lang::Symbol> scope = criterion_scope(programme);
  std::vector<Node> items = tables.items();
  for (std::size_t i = 0; i < items.size() && i < list.size(); ++i) {
    if (!list[i].when.empty()) list[i].question = question_of(items[i].at("when"), scope, faults);
  }
}

}  // namespace

void read_questions(Node root, Programme& programme, Faults& faults) {
  ask_questions(root.at("criterion"), programme.eligibility, programme, faults);
}

void read_remark_questions(Node root, Programme& programme, Faults& faults) {
  ask_questions(root.at("statement"), programme.remarks, programme, faults);
}

}  // namespace dosewright::programme
