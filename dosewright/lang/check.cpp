#include "dosewright/lang/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <unordered_map>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/infer.hpp"
#include "dosewright/lang/order.hpp"
#include "dosewright/lang/rewrite.hpp"

namespace dosewright::lang {
namespace {

void each_name(const Node& node, const std::function<void(const Node&)>& visit) {
  if (node.op == Op::kName) visit(node);
  for (const Expression& inner : node.arguments) each_name(*inner, visit);
}

Dimension time_dimension() {
  Dimension time;
  time.exponent[static_cast<std::size_t>(BaseDimension::kTime)] = 1;
  return time;
}

std::string line_text(const Place& place) {
  return place.line > 0 ? fmt::format(" in line {}", place.line) : std::string();
}

class ModelChecker {
 public:
  ModelChecker(std::span<const Symbol> externals, std::span<const std::string> exported)
      : exported_(exported), inference_(scope_, Limits::kForbidden, faults_) {
    for (const Symbol& symbol : externals) scope_.add(symbol);
    model_.externals.assign(externals.begin(), externals.end());
  }

  Result<CheckedModel> check(std::vector<Statement> statements) {
    if (!statements.empty()) file_ = statements.front().place.file;
    for (Statement& statement : statements) sort_in(std::move(statement));
    match_initials();
    const Order order = order_definitions();
    for (const std::size_t i : order.sorted) check_definition(definitions_[i], true);
    for (const std::size_t i : order.left) check_definition(definitions_[i], false);
    for (const Statement& statement : model_.derivatives) check_derivative(statement);
    for (std::size_t i = 0; i < model_.states.size(); ++i) check_initial(i);
    check_uses();
    if (!faults_.empty()) return std::move(faults_);
    for (const std::size_t i : order.sorted) give_definition(std::move(definitions_[i]));
    return std::move(model_);
  }

 private:
  // Adds the target to the names; false where it may not be assigned.
  bool declare(const Statement& statement, Symbol symbol) {
    symbol.place = statement.place;
    if (Scope::Entry* entry = scope_.add(std::move(symbol))) {
      entry->bad = statement.kind == StatementKind::kDefinition || !statement.declared;
      origin_.emplace(statement.target, statement.place);
      return true;
    }
    const auto earlier = origin_.find(statement.target);
    if (earlier == origin_.end()) {
      faults_.add(fault_at(
          statement,
          fmt::format("'{}' is given from outside and cannot be assigned", statement.target),
          "choose another name, or remove it from the parameters"));
    } else {
      faults_.add(fault_at(statement,
                           fmt::format("'{}' is defined twice, first{}", statement.target,
                                       line_text(earlier->second)),
                           "remove one of the two"));
    }
    return false;
  }

  void sort_in(Statement statement) {
    if (statement.kind == StatementKind::kInitial) {
      initials_.push_back(std::move(statement));
      return;
    }
    Symbol symbol;
    symbol.name = statement.target;
    if (statement.declared) symbol.unit = *statement.declared;
    if (statement.kind == StatementKind::kDefinition) {
      if (declare(statement, symbol)) {
        index_.emplace(statement.target, definitions_.size());
        definitions_.push_back(std::move(statement));
      }
      return;
    }
    if (!statement.declared) {
      faults_.add(
          fault_at(statement,
                   fmt::format("d/dt({}) needs the unit of {}", statement.target, statement.target),
                   fmt::format("write 'd/dt({}) [mg] = ...'; it is the unit of the state, "
                               "not of its rate",
                               statement.target)));
    }
    if (declare(statement, symbol)) {
      state_index_.emplace(statement.target, model_.states.size());
      model_.states.push_back(std::move(symbol));
      model_.derivatives.push_back(std::move(statement));
    }
  }

  void match_initials() {
    initial_of_.resize(model_.states.size(), nullptr);
    std::vector<std::string> states;
    for (const Symbol& state : model_.states) states.push_back(state.name);
    for (Statement& initial : initials_) {
      const auto state = state_index_.find(initial.target);
      if (state == state_index_.end()) {
        const std::string nearest = nearest_name(initial.target, states);
        faults_.add(fault_at(
            initial,
            fmt::format("{}(0) is given, but there is no d/dt({})", initial.target, initial.target),
            nearest.empty() ? "only a state has an initial value"
                            : fmt::format("did you mean '{}'?", nearest)));
        inference_.infer(*initial.value);
      } else if (const Statement* first = initial_of_[state->second]) {
        faults_.add(fault_at(
            initial,
            fmt::format("{}(0) is given twice, first{}", initial.target, line_text(first->place)),
            "remove one of the two"));
      } else {
        initial_of_[state->second] = &initial;
      }
    }
  }

  Order order_definitions() {
    std::vector<std::vector<std::size_t>> uses(definitions_.size());
    for (std::size_t i = 0; i < definitions_.size(); ++i) {
      each_name(*definitions_[i].value, [&](const Node& name) {
        const auto used = index_.find(name.name);
        if (used != index_.end()) uses[i].push_back(used->second);
      });
    }
    Order order = order_by_use(uses);
    for (const auto& cycle : order.cycles) report_cycle(cycle);
    return order;
  }

  void report_cycle(const std::vector<std::size_t>& cycle) {
    constexpr std::size_t kShown = 12;
    std::string text;
    for (std::size_t i = 0; i < std::min(cycle.size(), kShown); ++i) {
      text += definitions_[cycle[i]].target + " -> ";
    }
    if (cycle.size() > kShown) text += "... -> ";
    const Statement& first = definitions_[cycle[0]];
    faults_.add(fault_at(
        first, fmt::format("'{}' depends on itself: {}{}", first.target, text, first.target),
        "one of them must be a state (d/dt) or use something else"));
  }

  bool all_constant(const Node& node) const {
    bool constant = true;
    each_name(node, [&](const Node& name) {
      const Scope::Entry* entry = scope_.find(name.name);
      constant = constant && entry != nullptr && entry->symbol.constant;
    });
    return constant;
  }

  // One behind a cycle stays bad, unless its unit is declared: then its users can be checked.
  void check_definition(const Statement& statement, bool sorted) {
    const Kind kind = inference_.infer(*statement.value);
    Scope::Entry& entry = *scope_.find(statement.target);
    if (statement.declared) {
      inference_.expect_dimension(*statement.value, kind, statement.declared->dimension,
                                  statement.target);
    } else if (!kind.bad) {
      entry.symbol.unit = canonical_unit(kind.dimension);
      entry.symbol.type = kind.type;
    }
    entry.symbol.constant = all_constant(*statement.value);
    entry.bad = !statement.declared && (kind.bad || !sorted);
  }

  void check_derivative(const Statement& statement) {
    const Kind kind = inference_.infer(*statement.value);
    if (!statement.declared) return;
    inference_.expect_dimension(*statement.value, kind,
                                statement.declared->dimension / time_dimension(),
                                fmt::format("d/dt({})", statement.target));
  }

  void check_initial(std::size_t i) {
    const Symbol& state = model_.states[i];
    if (initial_of_[i] == nullptr) {
      auto zero = std::make_unique<Node>();
      zero->unit = state.unit;
      zero->place = state.place;
      model_.initials.push_back(std::move(zero));
      return;
    }
    Statement& statement = *initial_of_[i];
    const Kind kind = inference_.infer(*statement.value);
    const std::string what = state.name + "(0)";
    if (!scope_.find(state.name)->bad) {
      inference_.expect_dimension(*statement.value, kind, state.unit.dimension, what);
    }
    check_declared(statement, state);
    each_name(*statement.value, [&](const Node& name) {
      const Scope::Entry* entry = scope_.find(name.name);
      if (entry == nullptr || entry->bad || entry->symbol.constant) return;
      faults_.add(fault_at(name,
                           fmt::format("{} uses '{}', which changes with time", what, name.name),
                           "an initial value is made of constants only"));
    });
    model_.initials.push_back(std::move(statement.value));
  }

  void check_declared(const Statement& initial, const Symbol& state) {
    if (!initial.declared || initial.declared->dimension == state.unit.dimension) return;
    faults_.add(fault_at(
        initial, fmt::format("{}(0) [{}] and d/dt({}) [{}] differ: {} and {}", state.name,
                             initial.declared->code, state.name, state.unit.code,
                             to_text(initial.declared->dimension), to_text(state.unit.dimension))));
  }

  void check_uses() {
    for (const std::string& name : exported_) {
      if (Scope::Entry* entry = scope_.find(name)) {
        entry->used = true;
      } else {
        faults_.add({file_, 0, 0}, fmt::format("no equation gives '{}', which is asked for", name),
                    scope_.nearest(name));
      }
    }
    for (const Statement& statement : definitions_) {
      if (scope_.find(statement.target)->used) continue;
      faults_.add(fault_at(statement, fmt::format("'{}' is never used", statement.target),
                           "use it, or remove the line"));
    }
    for (const Symbol& symbol : model_.externals) {
      if (!symbol.must_be_used || scope_.find(symbol.name)->used) continue;
      faults_.add(symbol.place, fmt::format("'{}' is never used by the equations", symbol.name),
                  "use it, or remove it");
    }
  }

  void give_definition(Statement statement) {
    model_.definition_symbols.push_back(scope_.find(statement.target)->symbol);
    model_.definitions.push_back(std::move(statement));
  }

  std::span<const std::string> exported_;
  Scope scope_;
  Faults faults_;
  Inference inference_;
  CheckedModel model_;
  std::string file_;
  std::vector<Statement> definitions_;
  std::vector<Statement> initials_;
  std::vector<Statement*> initial_of_;  // by state
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_map<std::string, std::size_t> state_index_;
  std::unordered_map<std::string, Place> origin_;
};

Scope scope_of(std::span<const Symbol> symbols) {
  Scope scope;
  for (const Symbol& symbol : symbols) scope.add(symbol);
  return scope;
}

}  // namespace

Result<CheckedModel> check_model(std::vector<Statement> statements,
                                 std::span<const Symbol> externals,
                                 std::span<const std::string> exported) {
  return ModelChecker(externals, exported).check(std::move(statements));
}

Result<Expression> check_guard(Expression guard, std::span<const Symbol> symbols) {
  Scope scope = scope_of(symbols);
  Faults faults;
  Inference inference(scope, Limits::kAllowed, faults);
  const Kind kind = inference.infer(*guard);
  inference.expect_boolean(*guard, kind, "a guard");
  if (faults.empty()) guard = rewrite_guard(std::move(guard), scope, faults);
  if (!faults.empty()) return faults;
  return guard;
}

Result<Expression> check_number(Expression expression, std::span<const Symbol> symbols,
                                const Dimension& expected) {
  Scope scope = scope_of(symbols);
  Faults faults;
  Inference inference(scope, Limits::kForbidden, faults);
  const Kind kind = inference.infer(*expression);
  inference.expect_dimension(*expression, kind, expected, "the expression");
  if (!faults.empty()) return faults;
  return expression;
}

}  // namespace dosewright::lang
