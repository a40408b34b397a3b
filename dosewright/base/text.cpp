#include "dosewright/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>

#include "dosewright/base/check.hpp"
#include "dosewright/base/utf8.hpp"

namespace dosewright {
namespace {

constexpr std::size_t kQuoteColumns = 100;
constexpr std::size_t kLongestName = 128;  // bounds the cost of nearest_name on hostile input

bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

// Optimal string alignment: insert, delete, replace or swap two neighbours, each at cost 1.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        now[j] = std::min(now[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(now);
  }
  return last[b.size()];
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  std::size_t length = 0;
  while (length < a.size() && length < b.size() && a[length] == b[length]) ++length;
  return length;
}

std::string_view line_of(std::string_view text, int line) {
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  text = text.substr(0, text.find('\n'));
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  return text;
}

// One entry a character, each safe to show on a terminal; at most so many characters.
std::vector<std::string> shown_characters(std::string_view line, std::size_t most) {
  std::vector<std::string> shown;
  while (!line.empty() && shown.size() < most) {
    const std::size_t length = utf8_length(line);
    if (line[0] == '\t') {
      shown.emplace_back(" ");
    } else if (length == 0 || is_control(line)) {
      shown.emplace_back("?");
    } else {
      shown.emplace_back(line.substr(0, length));
    }
    line.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

// Significant digits without an exponent; the first digit has the value digit * 10^exponent.
std::string fixed_text(const std::string& digits, int exponent) {
  const auto zeros = [](int count) { return std::string(static_cast<std::size_t>(count), '0'); };
  const int count = static_cast<int>(digits.size());
  if (exponent < 0) return "0." + zeros(-1 - exponent) + digits;
  const int whole = exponent + 1;
  if (whole >= count) return digits + zeros(whole - count);
  return std::string(digits).insert(static_cast<std::size_t>(whole), ".");
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += separator;
    text += parts[i];
  }
  return text;
}

std::string nearest_name(std::string_view name, std::span<const std::string> known) {
  if (name.empty() || name.size() > kLongestName) return {};
  const std::string wanted = lower(name);
  const std::size_t limit = name.size() / 3;
  std::size_t best = limit + 1;
  std::size_t best_prefix = 0;  // people seldom mistype the first letters, so it breaks ties
  std::string nearest;
  for (const std::string& candidate : known) {
    const std::size_t gap = candidate.size() > name.size() ? candidate.size() - name.size()
                                                           : name.size() - candidate.size();
    if (gap > limit) continue;
    const std::string lowered = lower(candidate);
    const std::size_t distance = edit_distance(wanted, lowered);
    const std::size_t prefix = common_prefix(wanted, lowered);
    const bool better = distance < best || (distance == best && prefix > best_prefix);
    if (distance > limit || !better) continue;
    best = distance;
    best_prefix = prefix;
    nearest = candidate;
  }
  return nearest;
}

std::string number_text(double value) {
  return fmt::format("{}", value);
}

std::string number_text(double value, int digits) {
  DW_CHECK(digits >= 1 && digits <= 17, "significant digits of a number");
  if (!std::isfinite(value)) return fmt::format("{}", value);
  if (value == 0) return "0";
  const std::string exact = fmt::format("{:.{}e}", std::abs(value), digits - 1);
  const std::size_t mark = exact.find('e');
  const int exponent = std::atoi(exact.c_str() + mark + 1);
  std::string mantissa;
  for (const char c : exact.substr(0, mark)) {
    if (c != '.') mantissa += c;
  }
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  const std::string sign = value < 0 ? "-" : "";
  if (exponent >= -4 && exponent <= 9) return sign + fixed_text(mantissa, exponent);
  return sign + fixed_text(mantissa, 0) + fmt::format("e{}", exponent);
}

std::size_t first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::string_view::npos;
}

std::string shown_text(std::string_view text, std::size_t longest) {
  const std::vector<std::string> characters = shown_characters(text, longest + 1);
  std::string shown;
  for (std::size_t i = 0; i < std::min(characters.size(), longest); ++i) shown += characters[i];
  return characters.size() > longest ? shown + "..." : shown;
}

std::string quote_with_caret(std::string_view text, int line, int column) {
  if (line < 1) return {};
  const std::vector<std::string> shown = shown_characters(line_of(text, line), std::string::npos);
  if (shown.empty() && column < 1) return {};
  const std::size_t caret =
      column < 1 ? 0 : std::min(static_cast<std::size_t>(column - 1), shown.size());
  std::size_t first = 0;
  if (shown.size() > kQuoteColumns && caret > kQuoteColumns / 2) {
    first = std::min(caret - kQuoteColumns / 2, shown.size() - kQuoteColumns + 1);
  }
  const std::size_t last = std::min(shown.size(), first + kQuoteColumns - 1);
  std::string quote;
  for (std::size_t i = first; i < last; ++i) quote += shown[i];
  if (column < 1) return quote;
  return quote + "\n" + std::string(caret - first, ' ') + "^";
}

}  // namespace dosewright
