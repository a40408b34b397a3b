#include "dosewright/programme/page.hpp"

#include <algorithm>

#include "dosewright/base/text.hpp"

namespace dosewright::programme {
namespace {

constexpr int kGap = 2;         // between columns
constexpr int kNarrowest = 20;  // of the last column, however much the others take

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// The bytes of the first `width` characters.
std::size_t bytes_of(std::string_view text, int width) {
  std::size_t at = 0;
  for (int taken = 0; at < text.size() && taken < width; ++taken) {
    ++at;
    while (at < text.size() && continues_character(text[at])) ++at;
  }
  return at;
}

std::string padded(const std::string& text, int width) {
  const int missing = width - text_width(text);
  return missing > 0 ? text + std::string(static_cast<std::size_t>(missing), ' ') : text;
}

void add_word(std::string_view word, int width, std::vector<std::string>& lines) {
  if (!lines.back().empty() && text_width(lines.back()) + 1 + text_width(word) > width) {
    lines.emplace_back();
  }
  if (!lines.back().empty()) lines.back() += ' ';
  while (text_width(word) > width) {
    const std::size_t bytes = bytes_of(word, width);
    lines.back() += word.substr(0, bytes);
    word.remove_prefix(bytes);
    lines.emplace_back();
  }
  lines.back() += word;
}

std::vector<int> column_widths(const std::vector<std::vector<std::string>>& rows, int indent,
                               int widest) {
  std::vector<int> widths(rows.front().size(), 0);
  int used = indent;
  for (std::size_t c = 0; c + 1 < widths.size(); ++c) {
    for (const auto& row : rows) widths[c] = std::max(widths[c], text_width(row[c]));
    widths[c] = std::min(widths[c], widest);
    used += widths[c] + kGap;
  }
  widths.back() = std::max(kPageWidth - used, kNarrowest);
  return widths;
}

void trim_end(std::string& text) {
  while (!text.empty() && text.back() == ' ') text.pop_back();
}

}  // namespace

int text_width(std::string_view text) {
  return static_cast<int>(
      std::ranges::count_if(text, [](char c) { return !continues_character(c); }));
}

std::vector<std::string> wrap(std::string_view text, int width) {
  std::vector<std::string> lines(1);
  for (std::string_view word : split(text, ' ')) {
    if (!word.empty()) add_word(word, width, lines);
  }
  return lines;
}

void Page::title(std::string_view text) {
  text_ += std::string(text) + '\n' + std::string(static_cast<std::size_t>(text_width(text)), '=') +
           '\n';
}

void Page::heading(std::string_view text) {
  text_ += '\n' + std::string(text) + '\n' +
           std::string(static_cast<std::size_t>(text_width(text)), '-') + '\n';
}

void Page::paragraph(std::string_view text, int indent) {
  for (const std::string& line : wrap(text, kPageWidth - indent)) {
    text_ += std::string(static_cast<std::size_t>(indent), ' ') + line + '\n';
  }
}

void Page::table(const std::vector<std::vector<std::string>>& rows, int indent, int widest) {
  if (rows.empty()) return;
  const std::vector<int> widths = column_widths(rows, indent, widest);
  for (const auto& row : rows) {
    std::vector<std::vector<std::string>> cells;
    std::size_t height = 1;
    for (std::size_t c = 0; c < row.size(); ++c) {
      cells.push_back(wrap(row[c], widths[c]));
      height = std::max(height, cells.back().size());
    }
    for (std::size_t h = 0; h < height; ++h) {
      std::string line(static_cast<std::size_t>(indent), ' ');
      for (std::size_t c = 0; c < cells.size(); ++c) {
        line += padded(h < cells[c].size() ? cells[c][h] : "", widths[c] + kGap);
      }
      trim_end(line);
      text_ += line + '\n';
    }
  }
}

}  // namespace dosewright::programme
