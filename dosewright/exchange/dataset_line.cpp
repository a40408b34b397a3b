#include "dosewright/exchange/dataset_line.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "dosewright/base/text.hpp"

namespace dosewright::exchange {
namespace {

constexpr std::size_t kLongestNumber = 64;

// The text after an opening quote; `at` moves behind the closing one.
std::optional<LineFault> take_quoted(std::string_view line, std::size_t& at, std::string& text) {
  const auto opened = static_cast<int>(at);
  for (; at < line.size(); ++at) {
    if (line[at] != '"') {
      text += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      text += line[at++];
    } else {
      ++at;
      return std::nullopt;
    }
  }
  return LineFault{opened, "a quoted field has no end on its line",
                   "close it with a double quote; a quote inside it is written twice"};
}

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

constexpr const char* kAfterQuote = "text follows the end of a quoted field";
constexpr const char* kDoubled = "write a quote inside a quoted field twice";

// Runs of blanks separate, as in NONMEM's tables: no field is empty.
std::optional<LineFault> split_at_blanks(std::string_view line, std::vector<Cell>& cells) {
  for (std::size_t at = 0;;) {
    while (at < line.size() && is_blank(line[at])) ++at;
    if (at >= line.size()) return std::nullopt;
    Cell& cell = cells.emplace_back();
    cell.column = static_cast<int>(at) + 1;
    if (line[at] == '"') {
      if (auto fault = take_quoted(line, ++at, cell.text)) return fault;
      if (at < line.size() && !is_blank(line[at])) {
        return LineFault{static_cast<int>(at) + 1, kAfterQuote, kDoubled};
      }
    } else {
      const std::size_t end = std::min(line.find_first_of(" \t", at), line.size());
      cell.text = line.substr(at, end - at);
      at = end;
    }
  }
}

}  // namespace

char separator_of(std::string_view header) {
  if (header.find(',') != std::string_view::npos) return ',';
  return trim(header).find('\t') != std::string_view::npos ? '\t' : ' ';
}

std::optional<LineFault> split_line(std::string_view line, std::vector<Cell>& cells,
                                    char separator) {
  cells.clear();
  if (separator == ' ') return split_at_blanks(line, cells);
  const auto blank = [separator](char c) { return is_blank(c) && c != separator; };
  for (std::size_t at = 0;; ++at) {
    while (at < line.size() && blank(line[at])) ++at;
    Cell& cell = cells.emplace_back();
    cell.column = static_cast<int>(at) + 1;
    if (at < line.size() && line[at] == '"') {
      if (auto fault = take_quoted(line, ++at, cell.text)) return fault;
      while (at < line.size() && blank(line[at])) ++at;
      if (at < line.size() && line[at] != separator) {
        return LineFault{static_cast<int>(at) + 1, kAfterQuote, kDoubled};
      }
    } else {
      const std::size_t end = std::min(line.find(separator, at), line.size());
      cell.text = trim(line.substr(at, end - at));
      at = end;
    }
    if (at >= line.size()) return std::nullopt;
  }
}

bool is_missing(std::string_view text) {
  return text.empty() || text == "." || text == "NA";
}

std::optional<double> to_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.empty() || text.size() > kLongestNumber) return std::nullopt;
  std::array<char, kLongestNumber> copy{};
  for (std::size_t i = 0; i < text.size(); ++i) {
    copy[i] = text[i] == 'D' || text[i] == 'd' ? 'e' : text[i];
  }
  double value = 0;
  const auto [end, error] = std::from_chars(copy.data(), copy.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == copy.data() + text.size();
  return whole && std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

}  // namespace dosewright::exchange
