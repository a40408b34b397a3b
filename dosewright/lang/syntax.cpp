#include "dosewright/lang/syntax.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "dosewright/base/text.hpp"

namespace dosewright::lang {
namespace {

// How tightly an operation binds; a lower one inside a higher one needs parentheses.
int precedence(const Node& node) {
  switch (node.op) {
    case Op::kIf:
      return 0;
    case Op::kOr:
      return 1;
    case Op::kAnd:
      return 2;
    case Op::kNot:
      return 3;
    case Op::kLess:
    case Op::kLessEqual:
    case Op::kGreater:
    case Op::kGreaterEqual:
    case Op::kEqual:
    case Op::kNotEqual:
      return 4;
    case Op::kAdd:
    case Op::kSubtract:
      return 5;
    case Op::kMultiply:
    case Op::kDivide:
      return node.unit.code == "ULN" ? 9 : 6;
    case Op::kNegate:
      return 7;
    case Op::kPower:
      return 8;
    default:
      return 9;
  }
}

std::string_view spelling(Op op) {
  switch (op) {
    case Op::kOr:
      return " or ";
    case Op::kAnd:
      return " and ";
    case Op::kLess:
      return " < ";
    case Op::kLessEqual:
      return " <= ";
    case Op::kGreater:
      return " > ";
    case Op::kGreaterEqual:
      return " >= ";
    case Op::kEqual:
      return " == ";
    case Op::kNotEqual:
      return " != ";
    case Op::kAdd:
      return " + ";
    case Op::kSubtract:
      return " - ";
    case Op::kMultiply:
      return " * ";
    case Op::kDivide:
      return " / ";
    case Op::kPower:
      return " ^ ";
    case Op::kMin:
      return "min";
    case Op::kMax:
      return "max";
    case Op::kExp:
      return "exp";
    case Op::kLog:
      return "log";
    case Op::kSqrt:
      return "sqrt";
    case Op::kAbs:
      return "abs";
    case Op::kKnown:
      return "known";
    default:
      return "";
  }
}

bool reads_back(const std::string& text, const Unit& unit, double canonical) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() &&
         unit.to_canonical(value) == canonical;
}

// Fewest digits that read back as the same canonical value: 2.9999999999999996 h is 3 h to a
// person only if the factor of the unit gives the same double again.
std::string digits_text(const Node& node) {
  const double value = node.unit.from_canonical(node.number);
  for (int digits = 1; digits <= 17; ++digits) {
    std::string text = number_text(value, digits);
    if (reads_back(text, node.unit, node.number)) return text;
  }
  for (const double toward : {0.0, 2 * value}) {
    std::string text = number_text(std::nextafter(value, toward));
    if (reads_back(text, node.unit, node.number)) return text;
  }
  return number_text(value);
}

void write(const Node& node, std::string& out);

void write_inside(const Node& node, bool parentheses, std::string& out) {
  if (parentheses) out += '(';
  write(node, out);
  if (parentheses) out += ')';
}

void write_number(const Node& node, std::string& out) {
  out += digits_text(node);
  if (node.unit.code != "1") out += ' ' + node.unit.code;
}

void write_prefix(const Node& node, std::string_view prefix, std::string& out) {
  out += prefix;
  const Node& inner = *node.arguments[0];
  write_inside(inner, precedence(inner) < precedence(node), out);
}

void write_if(const Node& node, std::string& out) {
  out += "if (";
  write(*node.arguments[0], out);
  out += ") ";
  write_inside(*node.arguments[1], node.arguments[1]->op == Op::kIf, out);
  out += " else ";
  write(*node.arguments[2], out);
}

void write_call(const Node& node, std::string& out) {
  out += spelling(node.op);
  out += '(';
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    if (i > 0) out += ", ";
    write(*node.arguments[i], out);
  }
  out += ')';
}

// Same precedence: + - * / and or read from the left, ^ from the right, comparisons not at all.
void write_binary(const Node& node, std::string& out) {
  if (node.op == Op::kDivide && node.unit.code == "ULN") return write(*node.arguments[0], out);
  const int own = precedence(node);
  const bool comparison = own == 4;
  const bool from_right = node.op == Op::kPower;
  for (std::size_t i = 0; i < node.arguments.size(); ++i) {
    if (i > 0) out += spelling(node.op);
    const int inner = precedence(*node.arguments[i]);
    const bool loose_end = from_right ? i + 1 < node.arguments.size() : i > 0;
    write_inside(*node.arguments[i], inner < own || (inner == own && (comparison || loose_end)),
                 out);
  }
}

void write(const Node& node, std::string& out) {
  switch (node.op) {
    case Op::kNumber:
      return write_number(node, out);
    case Op::kName:
      out += node.name;
      return;
    case Op::kNegate:
      return write_prefix(node, "-", out);
    case Op::kNot:
      return write_prefix(node, "not ", out);
    case Op::kIf:
      return write_if(node, out);
    default:
      break;
  }
  if (precedence(node) == 9 && node.op != Op::kDivide) return write_call(node, out);
  write_binary(node, out);
}

}  // namespace

Source::Source(std::string_view source_text, Place start)
    : text(source_text), at(std::move(start)) {
  line_start.push_back(0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_start.push_back(static_cast<std::uint32_t>(i + 1));
  }
}

namespace {
// The second and later bytes of a UTF-8 character.
bool is_inner_byte(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

std::size_t line_index(const Source& source, std::size_t offset) {
  const auto after = std::upper_bound(source.line_start.begin(), source.line_start.end(), offset);
  return static_cast<std::size_t>(after - source.line_start.begin()) - 1;
}
}  // namespace

// Columns count characters. Beyond the first bytes of a line every byte counts as one: nobody reads
// there, and each node of a hostile line of megabytes asks.
Place Source::place(std::size_t offset) const {
  constexpr std::size_t kReadableBytes = 1000;
  if (at.line == 0) return at;
  const std::size_t line = line_index(*this, offset);
  const std::size_t bytes = offset - line_start[line];
  const auto first = text.begin() + static_cast<std::ptrdiff_t>(line_start[line]);
  const auto last = first + static_cast<std::ptrdiff_t>(std::min(bytes, kReadableBytes));
  const auto inner = std::count_if(first, last, is_inner_byte);
  const int column = static_cast<int>(bytes) - static_cast<int>(inner);
  const int first_column = line == 0 ? std::max(at.column, 1) : 1;
  return {at.file, at.line + static_cast<int>(line), first_column + column};
}

// Only what can be shown of the line goes to quote_with_caret, which reads all it is given: many
// faults in a long text would otherwise take time squared.
std::string Source::quote(std::size_t offset) const {
  constexpr std::size_t kWindow = 400;
  const std::size_t line = line_index(*this, offset);
  const std::size_t line_end =
      line + 1 < line_start.size() ? line_start[line + 1] - 1 : text.size();
  std::size_t begin = line_start[line];
  if (offset > begin + kWindow) begin = offset - kWindow;
  while (begin < offset && is_inner_byte(text[begin])) ++begin;
  const std::size_t end = std::min(line_end, offset + kWindow);
  const std::string_view shown = std::string_view(text).substr(begin, end - begin);
  const std::string_view before = shown.substr(0, offset - begin);
  const auto inner = std::count_if(before.begin(), before.end(), is_inner_byte);
  return quote_with_caret(shown, 1, static_cast<int>(before.size()) - static_cast<int>(inner) + 1);
}

std::string to_text(const Node& node) {
  std::string out;
  write(node, out);
  return out;
}

std::string shown(const Node& node) {
  return shown_text(to_text(node), 40);
}

Expression clone(const Node& node) {
  auto copy = std::make_unique<Node>();
  copy->op = node.op;
  copy->place = node.place;
  copy->number = node.number;
  copy->unit = node.unit;
  copy->name = node.name;
  copy->source = node.source;
  copy->offset = node.offset;
  copy->arguments.reserve(node.arguments.size());
  for (const Expression& argument : node.arguments) copy->arguments.push_back(clone(*argument));
  return copy;
}

bool same(const Node& a, const Node& b) {
  if (a.op != b.op || a.arguments.size() != b.arguments.size()) return false;
  if (a.op == Op::kNumber && (a.number != b.number || a.unit.code != b.unit.code)) return false;
  if (a.op == Op::kName && a.name != b.name) return false;
  if (a.op == Op::kDivide && a.unit.code != b.unit.code) return false;
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    if (!same(*a.arguments[i], *b.arguments[i])) return false;
  }
  return true;
}

Fault fault_at(const Node& node, std::string message, std::string hint) {
  std::string quote = node.source ? node.source->quote(node.offset) : std::string();
  return {node.place, std::move(message), std::move(hint), std::move(quote)};
}

Fault fault_at(const Statement& statement, std::string message, std::string hint) {
  const bool known = statement.value && statement.value->source;
  std::string quote = known ? statement.value->source->quote(statement.offset) : std::string();
  return {statement.place, std::move(message), std::move(hint), std::move(quote)};
}

}  // namespace dosewright::lang
