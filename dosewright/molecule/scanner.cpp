#include "dosewright/molecule/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dosewright/base/text.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::string_view kRightQuote = "\xE2\x80\x99";  // U+2019
constexpr std::string_view kPrime = "\xE2\x80\xB2";       // U+2032

struct LookAlike {
  char32_t code;
  std::string_view means;
};

// From the confusables that a keyboard or a word processor really produces.
constexpr std::array kLookAlikes = {
    LookAlike{0x0410, "A"},       LookAlike{0x0412, "B"},       LookAlike{0x0421, "C"},
    LookAlike{0x0415, "E"},       LookAlike{0x041D, "H"},       LookAlike{0x0406, "I"},
    LookAlike{0x041A, "K"},       LookAlike{0x041C, "M"},       LookAlike{0x041E, "O"},
    LookAlike{0x0420, "P"},       LookAlike{0x0405, "S"},       LookAlike{0x0422, "T"},
    LookAlike{0x0425, "X"},       LookAlike{0x0430, "a"},       LookAlike{0x0441, "c"},
    LookAlike{0x0435, "e"},       LookAlike{0x0456, "i"},       LookAlike{0x043E, "o"},
    LookAlike{0x0440, "p"},       LookAlike{0x0455, "s"},       LookAlike{0x0443, "y"},
    LookAlike{0x0445, "x"},       LookAlike{0x0391, "A"},       LookAlike{0x0395, "E"},
    LookAlike{0x0397, "H"},       LookAlike{0x0399, "I"},       LookAlike{0x039A, "K"},
    LookAlike{0x039C, "M"},       LookAlike{0x039D, "N"},       LookAlike{0x039F, "O"},
    LookAlike{0x03A1, "P"},       LookAlike{0x03A4, "T"},       LookAlike{0x03A5, "Y"},
    LookAlike{0x03A7, "X"},       LookAlike{0x03BF, "o"},       LookAlike{0x00A0, "a blank"},
    LookAlike{0x2009, "a blank"}, LookAlike{0x200B, "nothing"}, LookAlike{0xFEFF, "nothing"},
    LookAlike{0x2010, "-"},       LookAlike{0x2011, "-"},       LookAlike{0x2012, "-"},
    LookAlike{0x2013, "-"},       LookAlike{0x2212, "-"},       LookAlike{0x2018, "'"},
    LookAlike{0x00B4, "'"},       LookAlike{0x201C, "\""},      LookAlike{0x201D, "\""},
    LookAlike{0x2217, "*"},       LookAlike{0x204E, "*"},       LookAlike{0x2044, "/"},
    LookAlike{0x2215, "/"},
};

// Signs that names and lists are printed with: primes, arrow, em dash.
bool is_typography(char32_t code) {
  return code == 0x2019 || code == 0x2032 || code == 0x2192 || code == 0x2014;
}

// The code point at an offset of well-formed UTF-8, and its length in bytes.
std::pair<char32_t, std::size_t> decode(std::string_view text, std::size_t offset) {
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[offset + i]));
  };
  if (byte(0) < 0x80) return {byte(0), 1};
  if (byte(0) < 0xE0) return {((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F), 2};
  if (byte(0) < 0xF0) {
    return {((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F), 3};
  }
  return {((byte(0) & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) |
              (byte(3) & 0x3F),
          4};
}

std::string meaning(char32_t code) {
  for (const LookAlike& known : kLookAlikes) {
    if (known.code == code) return std::string(known.means);
  }
  if (code > 0xFF00 && code < 0xFF5F) return {static_cast<char>(code - 0xFF00 + 0x20)};
  return {};
}

void fault_of_character(Scanner& scanner, std::size_t offset, char32_t code) {
  const std::string number = fmt::format("U+{:04X}", static_cast<unsigned>(code));
  const std::string means = meaning(code);
  if (code < 0x20 || code == 0x7F) {
    scanner.fault(offset, "a control character stands here, " + number, "remove it");
  } else if (means.empty()) {
    scanner.fault(
        offset,
        fmt::format("{} ({}) has no meaning in a notation", scanner.shown_at(offset), number),
        "remove it");
  } else if (means == "nothing" || means == "a blank") {
    scanner.fault(offset, fmt::format("an invisible character stands here, {}", number),
                  "remove it");
  } else {
    scanner.fault(offset,
                  fmt::format("{} ({}) looks like '{}' and is another character",
                              scanner.shown_at(offset), number, means),
                  fmt::format("type '{}'", means));
  }
}

}  // namespace

char Scanner::peek(std::size_t ahead) const {
  return offset_ + ahead < text_.size() ? text_[offset_ + ahead] : '\0';
}

bool Scanner::take_if(char expected) {
  if (at_end() || text_[offset_] != expected) return false;
  ++offset_;
  return true;
}

bool Scanner::take_if(std::string_view expected) {
  if (!rest().starts_with(expected)) return false;
  offset_ += expected.size();
  return true;
}

bool Scanner::take_prime() {
  return take_if('\'') || take_if(kRightQuote) || take_if(kPrime);
}

void Scanner::skip_blanks() {
  while (peek() == ' ' || peek() == '\t' || peek() == '\n' || peek() == '\r') ++offset_;
}

Place Scanner::place(std::size_t offset) const {
  const std::string_view before = text_.substr(0, offset);
  const auto line = static_cast<int>(std::ranges::count(before, '\n')) + 1;
  const std::size_t newline = before.rfind('\n');
  const std::string_view part =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = std::ranges::count_if(
      part, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
  return {file_, line, static_cast<int>(column) + 1};
}

void Scanner::fault(std::size_t offset, std::string message, std::string hint) {
  first_fault_ = std::min(first_fault_, offset);
  if (full()) return;
  const Place at = place(offset);
  faults_.add(
      Fault{at, std::move(message), std::move(hint), quote_with_caret(text_, at.line, at.column)});
}

void Scanner::fault(std::string message, std::string hint) {
  fault(offset_, std::move(message), std::move(hint));
}

void Scanner::adopt(const Faults& faults) {
  first_fault_ = std::min(first_fault_, offset_);
  for (Fault fault : faults) {
    // A key that is missing from the whole document has no line: it is missing from the first on.
    if (fault.place.line < 1) fault.place = place(0);
    if (!full()) faults_.add(std::move(fault));
  }
}

std::string Scanner::shown_at(std::size_t offset) const {
  if (offset >= text_.size()) return "the end";
  const std::string_view part = text_.substr(offset);
  const std::size_t length = std::min(decode(text_, offset).second, part.size());
  return "'" + shown_text(part.substr(0, length)) + "'";
}

void check_characters(Scanner& scanner) {
  const std::string_view text = scanner.text();
  const std::size_t broken = first_invalid_utf8(text);
  const std::size_t end = std::min(broken, text.size());
  for (std::size_t offset = 0; offset < end && !scanner.full();) {
    const auto [code, length] = decode(text, offset);
    const bool is_blank = code == '\t' || code == '\n' || code == '\r';
    const bool is_plain = code >= 0x20 && code < 0x7F;
    if (!is_blank && !is_plain && !is_typography(code)) fault_of_character(scanner, offset, code);
    offset += length;
  }
  if (broken != std::string_view::npos) {
    scanner.fault(broken, "the text is not UTF-8 from here on", "save it as UTF-8");
  }
}

}  // namespace dosewright::molecule
