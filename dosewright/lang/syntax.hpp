// The syntax tree of the one small language: equations of a model, guards of a protocol.
//
// Literals. A number may be followed by a UCUM unit without blanks: "3 ULN", "100 mg/dL", "35%",
// "150 10*9/L", "0.5 /d", "2 1/h". What follows a number is a unit when it begins with
//   - a letter, and the word is no keyword (and or not if else min max exp log pow sqrt abs known):
//     it must then be a known unit, so "3 CL" is a fault and not a silent product, and minutes,
//     whose code is a keyword, are written in hours;
//   - "%", "[" or "{";
//   - "10*" or "10^" after a blank: "150 10*9/L";
//   - "1/" after a blank: "2 1/h";
//   - "/" after a blank and directly before a letter, if all of it is a known unit: "0.5 /d".
// All else is arithmetic: "1/kout", "3 / x" and "0.5 / d" (divided by what is named d). Inside a
// unit "/" and "." bind only to what follows directly ("5 mg / Vc" is a quotient, "5 mg/2" too).
// A literal 0 without a unit fits any dimension.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/unit.hpp"
#include "dosewright/lang/instruction.hpp"

namespace dosewright::lang {

// The text that a tree was read from: so that a fault found later can still quote its line.
struct Source {
  std::string text;
  Place at;                               // of the first character of the text
  std::vector<std::uint32_t> line_start;  // offsets

  Source(std::string_view text, Place at);
  Place place(std::size_t offset) const;
  std::string quote(std::size_t offset) const;  // the line and a caret
};

struct Node {
  Op op = Op::kNumber;
  Place place;        // of its first character; of a binary operation: of its operator
  double number = 0;  // kNumber: canonical value
  Unit unit;          // kNumber: as written ("1" where none)
  std::string name;   // kName
  std::vector<std::unique_ptr<Node>> arguments;
  std::shared_ptr<const Source> source;  // may be empty
  std::uint32_t offset = 0;              // of the place, in the source
};
using Expression = std::unique_ptr<Node>;

std::string to_text(const Node& node);  // canonical spelling, minimal parentheses
std::string shown(const Node& node);    // the same for a message, shortened
Expression clone(const Node& node);
bool same(const Node& a, const Node& b);  // the same tree; places do not count

// A fault at this node, with its line quoted where the source is known.
Fault fault_at(const Node& node, std::string message, std::string hint = {});

enum class StatementKind : std::uint8_t { kDefinition, kDerivative, kInitial };

// "CP [mg/L] = CENTRAL / Vc  # plasma concentration"
struct Statement {
  StatementKind kind = StatementKind::kDefinition;
  std::string target;  // CP; for d/dt(X) and X(0): X
  std::optional<Unit>
      declared;  // of the target; required for d/dt(X) (the unit of X, not its rate)
  Expression value;
  Place place;
  std::string comment;
  std::uint32_t offset = 0;  // of the place, in value->source
};

Fault fault_at(const Statement& statement, std::string message, std::string hint = {});

// Bounds that keep a hostile text cheap: nesting 64, 10 000 statements, 4 MiB of text,
// 100 000 nodes. A line of a million parentheses is a fault after the 65th. Trees are at most
// 512 high, so that a chain of operators cannot exhaust the stack of those who walk them.
inline constexpr int kMaxNesting = 64;
inline constexpr int kMaxHeight = 512;
inline constexpr std::size_t kMaxStatements = 10'000;
inline constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxNodes = 100'000;

// Lines "target [unit] = expression  # comment"; a line goes on inside open parentheses. Each
// faulty statement adds its faults and reading goes on at the next line.
Result<std::vector<Statement>> parse_statements(std::string_view text, const std::string& file);

// One expression (a guard). `at` is where the text stands in its file, for messages.
Result<Expression> parse_expression(std::string_view text, const Place& at);

}  // namespace dosewright::lang
