// Plain text for a terminal: headings, wrapped paragraphs and aligned columns in 100 columns.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dosewright::programme {

inline constexpr int kPageWidth = 100;

// Columns that a text takes: its code points (UTF-8; double-width characters are not counted).
int text_width(std::string_view text);

// Breaks at spaces; a word longer than a line is broken where the line ends.
std::vector<std::string> wrap(std::string_view text, int width);

class Page {
 public:
  void title(std::string_view text);    // underlined with '='
  void heading(std::string_view text);  // an empty line, then underlined with '-'
  void paragraph(std::string_view text, int indent = 0);
  void line() { text_ += '\n'; }

  // Rows of equal length. Every column but the last is as wide as its widest text, `widest` at
  // most; whatever does not fit wraps below itself.
  void table(const std::vector<std::vector<std::string>>& rows, int indent = 2, int widest = 34);

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace dosewright::programme
