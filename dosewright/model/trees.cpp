#include "dosewright/model/trees.hpp"

#include <algorithm>

namespace dosewright::model {

void add_names(const lang::Node& node, std::set<std::string>& names) {
  if (node.op == lang::Op::kName) names.insert(node.name);
  for (const lang::Expression& argument : node.arguments) add_names(*argument, names);
}

lang::Expression copy(const lang::Node& node) {
  auto twin = std::make_unique<lang::Node>();
  twin->op = node.op;
  twin->place = node.place;
  twin->number = node.number;
  twin->unit = node.unit;
  twin->name = node.name;
  for (const lang::Expression& argument : node.arguments) {
    twin->arguments.push_back(copy(*argument));
  }
  return twin;
}

namespace {

lang::Statement copy_statement(const lang::Statement& statement) {
  return {statement.kind,         statement.target, statement.declared,
          copy(*statement.value), statement.place,  statement.comment};
}

}  // namespace

std::vector<lang::Statement> needed_definitions(std::span<const lang::Statement> definitions,
                                                const std::vector<const lang::Node*>& roots) {
  std::set<std::string> names;
  for (const lang::Node* root : roots) add_names(*root, names);
  // Sorted definitions use earlier ones only: one pass from the end finds them all.
  std::vector<lang::Statement> needed;
  for (std::size_t i = definitions.size(); i-- > 0;) {
    if (!names.contains(definitions[i].target)) continue;
    add_names(*definitions[i].value, names);
    needed.push_back(copy_statement(definitions[i]));
  }
  std::ranges::reverse(needed);
  return needed;
}

std::set<std::string> dependents(std::span<const lang::Statement> statements,
                                 std::set<std::string> names) {
  const auto uses_any = [&](const lang::Statement& statement) {
    std::set<std::string> used;
    add_names(*statement.value, used);
    return std::ranges::any_of(used, [&](const std::string& name) { return names.contains(name); });
  };
  for (bool grown = true; grown;) {
    grown = false;
    for (const lang::Statement& statement : statements) {
      if (names.contains(statement.target) || !uses_any(statement)) continue;
      names.insert(statement.target);
      grown = true;
    }
  }
  return names;
}

}  // namespace dosewright::model
