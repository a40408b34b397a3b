#include "dosewright/lang/literal.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/builder.hpp"

namespace dosewright::lang {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80U;
}

char at(std::string_view text, std::size_t i) {
  return i < text.size() ? text[i] : '\0';
}

// The micro sign and the degree sign begin no operator; the unit reader says what to write.
bool starts_foreign_unit(std::string_view text) {
  return text.starts_with("\xC2\xB5") || text.starts_with("\xCE\xBC") ||
         text.starts_with("\xC2\xB0");
}

bool starts_power_of_ten(std::string_view text) {
  return text.starts_with("10") && (at(text, 2) == '*' || at(text, 2) == '^') &&
         is_digit(at(text, 3));
}

std::size_t bracket_length(std::string_view text) {
  const char closing = text[0] == '[' ? ']' : '}';
  const std::size_t end = text.find_first_of(std::string{closing, '\n'});
  if (end == std::string_view::npos) return text.size();
  return text[end] == closing ? end + 1 : end;
}

// How far a unit reaches: words, brackets and "%", joined by "/" and "." without blanks.
std::size_t unit_length(std::string_view text) {
  std::size_t i = starts_power_of_ten(text) ? 3 : 0;
  while (i < text.size()) {
    const char c = text[i];
    const char next = at(text, i + 1);
    const bool joins = (c == '/' || c == '.') &&
                       (is_word(next) || next == '[' || next == '{' || next == '%') &&
                       !is_digit(next);
    if (c == '[' || c == '{') {
      i += bracket_length(text.substr(i));
    } else if (is_word(c) || c == '%' || joins) {
      ++i;
    } else {
      break;
    }
  }
  return i;
}

std::string_view first_word(std::string_view text) {
  const auto* end = std::find_if_not(text.begin(), text.end(), is_word);
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

enum class Start { kNone, kUnit, kPerhaps };

Start start_of(std::string_view text, bool after_blank) {
  const char c = at(text, 0);
  if (is_letter(c)) return is_keyword(first_word(text)) ? Start::kNone : Start::kUnit;
  if (c == '%' || c == '[' || c == '{' || starts_foreign_unit(text)) return Start::kUnit;
  if (!after_blank) return Start::kNone;
  if (starts_power_of_ten(text)) return Start::kUnit;
  if (text.starts_with("1/") && is_letter(at(text, 2))) return Start::kUnit;
  return c == '/' && is_letter(at(text, 1)) ? Start::kPerhaps : Start::kNone;
}

Fault unit_fault(std::string_view number, std::string_view code, const Fault& cause) {
  static const std::string kLimit[] = {"ULN"};
  constexpr std::size_t kLongHint = 80;  // the list of all units would bury the likely cause
  std::string hint = is_letter(code[0]) && cause.hint.size() > kLongHint ? "" : cause.hint;
  if (code.size() == 3 && !nearest_name(code, kLimit).empty()) hint = "did you mean 'ULN'?";
  if (is_letter(code[0])) {
    const std::size_t slash = code.find('/');
    const std::string_view first = code.substr(0, slash);
    const bool quotient = slash != std::string_view::npos && parse_unit(first).ok();
    if (!hint.empty()) hint += "; ";
    hint += quotient
                ? fmt::format("write a division as '{} {} / {}'", number, first,
                              shown_text(code.substr(slash + 1), 40))
                : fmt::format("write a multiplication as '{} * {}'", number, shown_text(code, 40));
  }
  return {{}, cause.message, std::move(hint), {}};
}

}  // namespace

UnitScan scan_unit(std::string_view number, std::string_view rest) {
  const std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
  rest.remove_prefix(blanks);
  UnitScan scan;
  const Start start = start_of(rest, blanks > 0);
  if (start == Start::kNone) return scan;
  const std::string_view code = rest.substr(0, unit_length(rest));
  Result<Unit> unit = parse_unit(code);
  if (!unit.ok() && start == Start::kPerhaps) return scan;
  scan.blanks = blanks;
  scan.length = code.size();
  if (unit.ok()) {
    scan.unit = std::move(*unit);
  } else {
    scan.fault = unit_fault(shown_text(number, 20), code, unit.faults()[0]);
  }
  return scan;
}

}  // namespace dosewright::lang
