#include "dosewright/base/text.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <cstring>
#include <limits>

namespace dosewright {
namespace {

TEST_CASE("split keeps empty parts, join undoes it") {
  CHECK(split("", ',').size() == 1);
  const auto parts = split("a,,b,", ',');
  REQUIRE(parts.size() == 4);
  CHECK(parts[0] == "a");
  CHECK(parts[1] == "");
  CHECK(parts[3] == "");
  const std::vector<std::string> owned(parts.begin(), parts.end());
  CHECK(join(owned, ",") == "a,,b,");
  CHECK(join({}, ", ") == "");
}

TEST_CASE("trim removes blanks at both ends only") {
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim("  ") == "");
  CHECK(trim("") == "");
}

TEST_CASE("nearest_name") {
  const std::vector<std::string> known = {"within", "when", "then", "source", "ALT", "AST"};
  CHECK(nearest_name("withn", known) == "within");
  CHECK(nearest_name("whne", known) == "when");  // a swap is one edit
  CHECK(nearest_name("when", std::vector<std::string>{"then", "whne"}) == "whne");  // one each
  CHECK(nearest_name("alt", known) == "ALT");
  CHECK(nearest_name("ATL", known) == "ALT");
  CHECK(nearest_name("sourcee", known) == "source");
  CHECK(nearest_name("bilirubin", known) == "");
  CHECK(nearest_name("wh", known) == "");
  CHECK(nearest_name("", known) == "");
  CHECK(nearest_name("when", {}) == "");
  CHECK(nearest_name(std::string(1 << 20, 'w'), known) == "");
}

TEST_CASE("shortest number text reads back as the same double") {
  CHECK(number_text(0.1) == "0.1");
  CHECK(number_text(200.0) == "200");
  CHECK(number_text(-0.5) == "-0.5");
  const bool held = rc::check([](double value) {
    const std::string text = number_text(value);
    RC_ASSERT(std::strtod(text.c_str(), nullptr) == value);
  });
  CHECK(held);
}

TEST_CASE("number text with significant digits") {
  struct Row {
    double value;
    int digits;
    const char* text;
  };
  const Row rows[] = {
      {0, 6, "0"},
      {120.5, 6, "120.5"},
      {1.0 / 3, 3, "0.333"},
      {2.0 / 3, 3, "0.667"},
      {0.00012345, 3, "0.000123"},
      {0.00001234, 3, "1.23e-5"},
      {999.96, 4, "1000"},
      {123456789, 6, "123457000"},
      {1e9, 6, "1000000000"},
      {1.5e20, 6, "1.5e20"},
      {-2.5e-7, 6, "-2.5e-7"},
      {1e100, 3, "1e100"},
      {0.1 + 0.2, 17, "0.30000000000000004"},
      {-1234.5678, 5, "-1234.6"},
      {100, 1, "100"},
      {std::numeric_limits<double>::infinity(), 3, "inf"},
  };
  for (const Row& row : rows) CHECK(number_text(row.value, row.digits) == row.text);
}

TEST_CASE("number text with digits stays near the number") {
  const bool held = rc::check([](double value) {
    RC_PRE(value != 0);
    const double back = std::strtod(number_text(value, 6).c_str(), nullptr);
    RC_ASSERT(std::abs(back - value) <= 5.0000001e-6 * std::abs(value));
  });
  CHECK(held);
}

TEST_CASE("the first byte that is not UTF-8") {
  constexpr auto kNone = std::string_view::npos;
  CHECK(first_invalid_utf8("") == kNone);
  CHECK(first_invalid_utf8("plain") == kNone);
  CHECK(first_invalid_utf8("\xC2\xB5g \xE2\x89\xA5 \xF0\x9F\x92\x89") == kNone);
  CHECK(first_invalid_utf8("ab\xFF") == 2);
  CHECK(first_invalid_utf8("ab\xE4 Latin-1") == 2);
  CHECK(first_invalid_utf8("\xC0\x80") == 0);          // overlong
  CHECK(first_invalid_utf8("\xE0\x80\x80") == 0);      // overlong
  CHECK(first_invalid_utf8("\xED\xA0\x80") == 0);      // surrogate
  CHECK(first_invalid_utf8("\xF4\x90\x80\x80") == 0);  // above U+10FFFF
  CHECK(first_invalid_utf8("x\xE2\x89") == 1);         // cut off
}

TEST_CASE("text from outside is shown on one line, short and without control characters") {
  CHECK(shown_text("3 ULN") == "3 ULN");
  CHECK(shown_text("a\nb\x1b[31m\xFF\tc") == "a?b?[31m? c");
  CHECK(shown_text("\xC2\x9B") == "?");  // a C1 control character
  CHECK(shown_text("abcdef", 3) == "abc...");
  CHECK(shown_text("abc", 3) == "abc");
  CHECK(shown_text("\xC2\xB5\xC2\xB5\xC2\xB5", 2) == "\xC2\xB5\xC2\xB5...");
}

TEST_CASE("a quote has its caret below the column") {
  const std::string text = "first\nwhen = \"ALT >= 3\"\nlast";
  CHECK(quote_with_caret(text, 2, 8) == "when = \"ALT >= 3\"\n       ^");
  CHECK(quote_with_caret(text, 1, 1) == "first\n^");
  CHECK(quote_with_caret(text, 3, 5) == "last\n    ^");
  CHECK(quote_with_caret(text, 3, 99) == "last\n    ^");  // just behind the end
  CHECK(quote_with_caret(text, 2, 0) == "when = \"ALT >= 3\"");
  CHECK(quote_with_caret(text, 0, 1) == "");
  CHECK(quote_with_caret(text, 9, 0) == "");
  CHECK(quote_with_caret("a\tb\r\n", 1, 3) == "a b\n  ^");
  CHECK(quote_with_caret("\xC2\xB5g = 1", 1, 3) == "\xC2\xB5g = 1\n  ^");  // columns are characters
}

TEST_CASE("a long line is cut around the caret") {
  std::string line(5000, 'a');
  line[3999] = 'X';
  const std::string quote = quote_with_caret(line, 1, 4000);
  const auto lines = split(quote, '\n');
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].size() < 101);
  REQUIRE(lines[1].back() == '^');
  CHECK(lines[0][lines[1].size() - 1] == 'X');
  const std::string at_end = quote_with_caret(line, 1, 5001);
  CHECK(split(at_end, '\n')[1].size() < 101);
}

TEST_CASE("any bytes can be quoted") {
  const bool held = rc::check([](const std::string& bytes) {
    const int line = *rc::gen::inRange(-1, 5);
    const int column = *rc::gen::inRange(-1, 300);
    const std::string quote = quote_with_caret(bytes, line, column);
    RC_ASSERT(first_invalid_utf8(quote) == std::string_view::npos);
    RC_ASSERT(split(quote, '\n').size() <= 2);
  });
  CHECK(held);
}

}  // namespace
}  // namespace dosewright
