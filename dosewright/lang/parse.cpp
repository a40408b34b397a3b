// Texts into statements, statements into trees.
//
// A text is first cut into statements by lines and parentheses alone, so that a fault in one
// cannot hide those of the next. A line with a bare "=" always begins a statement, even where a
// parenthesis is still open: a forgotten ")" costs one statement, not the rest of the file.
#include <fmt/format.h>

#include <algorithm>

#include "dosewright/base/text.hpp"
#include "dosewright/lang/reader.hpp"

namespace dosewright::lang {
namespace {

// Where one statement stands in its text, and what its comments say.
struct Span {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string comment;
};

std::string_view code_of(std::string_view line) {
  return line.substr(0, line.find('#'));
}

std::string comment_of(std::string_view line) {
  const std::size_t hash = line.find('#');
  if (hash == std::string_view::npos) return {};
  return std::string(trim(line.substr(hash + 1)));
}

// Where an "=" stands that is no part of == != <= >=; npos where none does.
std::size_t bare_equals(std::string_view code) {
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] != '=') continue;
    const char before = i > 0 ? code[i - 1] : ' ';
    const bool doubled = i + 1 < code.size() && code[i + 1] == '=';
    if (doubled) {
      ++i;
    } else if (before != '<' && before != '>' && before != '!') {
      return i;
    }
  }
  return std::string_view::npos;
}

int opened_by(std::string_view code, int open) {
  for (const char c : code) {
    if (c == '(') ++open;
    if (c == ')') open = std::max(open - 1, 0);
  }
  return open;
}

std::vector<Span> cut(std::string_view text) {
  std::vector<Span> spans;
  int open = 0;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    const std::string_view code = code_of(line);
    const std::size_t equals = bare_equals(code);
    const bool goes_on = open > 0 && equals == std::string_view::npos;
    if (!goes_on && trim(code).empty()) {
      open = 0;
    } else if (goes_on) {
      const std::string comment = comment_of(line);
      if (!comment.empty() && !spans.back().comment.empty()) spans.back().comment += ' ';
      spans.back().comment += comment;
      spans.back().end = end;
      open = opened_by(code, open);
    } else {
      if (spans.size() > kMaxStatements) return spans;
      spans.push_back({begin, end, comment_of(line)});
      open = opened_by(code.substr(std::min(equals, code.size())), 0);
    }
    begin = end + 1;
  }
  return spans;
}

std::optional<Fault> too_long(std::string_view text, const Place& place) {
  if (text.size() <= kMaxTextBytes) return std::nullopt;
  return Fault{
      place,
      fmt::format("the text has {} bytes; at most {} are read", text.size(), kMaxTextBytes),
      "split it into several files",
      {}};
}

}  // namespace

Result<std::vector<Statement>> parse_statements(std::string_view text, const std::string& file) {
  if (auto fault = too_long(text, {file, 0, 0})) return *fault;
  Reading reading;
  reading.source = std::make_shared<const Source>(text, Place{file, 1, 1});
  std::vector<Span> spans = cut(text);
  if (spans.size() > kMaxStatements) {
    reading.fault(spans.back().begin, fmt::format("more than {} statements", kMaxStatements),
                  "split the text");
    spans.pop_back();
  }
  std::vector<Statement> statements;
  for (Span& span : spans) {
    std::optional<Statement> statement = read_statement(reading, span.begin, span.end);
    if (reading.too_many_faults()) break;
    if (!statement) continue;
    statement->comment = std::move(span.comment);
    statements.push_back(std::move(*statement));
  }
  if (!reading.faults.empty()) return std::move(reading.faults);
  return statements;
}

Result<Expression> parse_expression(std::string_view text, const Place& at) {
  if (auto fault = too_long(text, at)) return *fault;
  Reading reading;
  reading.source = std::make_shared<const Source>(text, at);
  Expression expression = read_expression(reading, 0, text.size());
  if (!reading.faults.empty()) return std::move(reading.faults);
  return expression;
}

}  // namespace dosewright::lang
