// The type and the dimension of every part of a tree.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "dosewright/lang/check.hpp"

namespace dosewright::lang {

// What the checker knows of an expression. `bad`: a fault is reported already, say no more of it.
struct Kind {
  Type type = Type::kNumber;
  Dimension dimension;
  bool any = false;  // the literal 0: fits every dimension
  bool bad = false;
  std::optional<double> literal;  // its value, where no name is involved
};

// A unit of that dimension in canonical units, to show values in: "L/h".
Unit canonical_unit(const Dimension& dimension);

// Names that may be used, and those that were.
class Scope {
 public:
  struct Entry {
    Symbol symbol;
    bool bad = false;  // its own definition is at fault: known, but of no known kind
    bool used = false;
  };

  Entry* add(Symbol symbol);  // nullptr where the name exists
  Entry* find(std::string_view name);
  const Entry* find(std::string_view name) const;
  std::string nearest(std::string_view name);  // quoted in a hint, or ""
  std::string analytes() const;                // "ALT, AST": names that have a limit of normal

 private:
  std::vector<std::string> names_;  // in order of addition, for messages
  std::unordered_map<std::string, Entry> entries_;
  int searches_left_ = 200;  // the nearest name is dear; a hostile text has thousands of unknowns
};

enum class Limits : std::uint8_t { kForbidden, kAllowed };  // multiples of ULN

class Inference {
 public:
  Inference(Scope& scope, Limits limits, Faults& faults)
      : scope_(scope), limits_(limits), faults_(faults) {}

  Kind infer(const Node& node);
  // Faults unless the kind is as wanted; `what` begins the message: "d/dt(X)".
  bool expect_number(const Node& node, const Kind& kind, const std::string& why);
  bool expect_boolean(const Node& node, const Kind& kind, const std::string& why);
  bool expect_dimension(const Node& node, const Kind& kind, const Dimension& wanted,
                        const std::string& what);

 private:
  Kind infer_number(const Node& node);
  Kind infer_name(const Node& node);
  Kind infer_sum(const Node& node);
  Kind infer_product(const Node& node);
  Kind infer_power(const Node& node);
  Kind infer_function(const Node& node);
  Kind infer_root(const Node& node, const Kind& inner);
  Kind infer_comparison(const Node& node);
  Kind infer_logic(const Node& node);
  Kind infer_if(const Node& node);

  Kind fault(const Node& node, std::string message, std::string hint = {});
  Kind differ(const Node& node, const std::string& action, const Kind& a, const Kind& b);
  Kind bounded(const Node& node, Kind kind);
  std::string describe(const Node& node, const Kind& kind) const;
  std::string limit_hint(const Node& node) const;
  std::string bare_number_hint(const Node& node) const;

  Scope& scope_;
  Limits limits_;
  Faults& faults_;
  bool multiples_ = false;  // inside a comparison with multiples of ULN
};

bool is_comparison(Op op);
bool is_limit(const Node& node);   // a literal in ULN
bool has_limit(const Node& node);  // ... somewhere in it, not inside an inner comparison
inline Unit limit_unit() {
  Unit unit{"ULN", 1, {}};
  unit.dimension.exponent[static_cast<std::size_t>(BaseDimension::kUln)] = 1;
  return unit;
}

}  // namespace dosewright::lang
