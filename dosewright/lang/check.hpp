// The checker: every name known, every unit right, no cycle; and the order to compute things in.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dosewright/lang/syntax.hpp"

namespace dosewright::lang {

enum class Type : std::uint8_t { kNumber, kBoolean };

// A name that the surroundings give to the language: a parameter, a covariate, a fact.
struct Symbol {
  std::string name;
  Unit unit;  // canonical dimension and the unit to show values in
  Type type = Type::kNumber;
  bool constant = false;      // fixed for one patient: may be computed once, ahead of the steps
  std::string uln;            // for an analyte: the symbol that holds its upper limit of normal
  Place place;                // where it is declared, for "unused" messages; may be empty
  bool must_be_used = false;  // an unused one is a fault (parameters), at `place`
};

// A checked model: statements in an order in which each uses only what stands before it.
// States are those with a d/dt. Every state has an initial value (X(0); absent means 0).
struct CheckedModel {
  std::vector<Symbol> externals;
  std::vector<Statement> definitions;  // sorted; may use states, externals and earlier definitions
  std::vector<Symbol>
      definition_symbols;              // same order: inferred unit (or the declared one, checked)
  std::vector<Statement> derivatives;  // one per state, in order of the file
  std::vector<Symbol> states;          // same order
  std::vector<Expression> initials;    // same order; may use constant names only
};

// `exported`: names of definitions that something outside reads (labs, hazards); a definition that
// neither a statement nor the outside uses is a fault, and so is an exported name that is unknown.
Result<CheckedModel> check_model(std::vector<Statement> statements,
                                 std::span<const Symbol> externals,
                                 std::span<const std::string> exported);

// A guard is Boolean. Comparisons with multiples of ULN read each analyte on the other side as a
// multiple of its own limit; max/min in a comparison become or/and, so that one known value that
// decides is enough. Rewrites the tree accordingly: "max(ALT, AST) >= 3 ULN" becomes
// (ALT / ALT.ULN >= 3) or (AST / AST.ULN >= 3), where the quotients are kDivide nodes that carry
// the unit ULN, by which to_text still writes "ALT >= 3 ULN or AST >= 3 ULN".
Result<Expression> check_guard(Expression guard, std::span<const Symbol> scope);

// An expression that must have this dimension (and be a number).
Result<Expression> check_number(Expression expression, std::span<const Symbol> scope,
                                const Dimension& expected);

}  // namespace dosewright::lang
