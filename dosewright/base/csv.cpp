#include "dosewright/base/csv.hpp"

#include <algorithm>
#include <optional>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

// Walks the text once; knows the line and column it stands at.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  bool done() const { return at_ >= text_.size(); }
  int line() const { return line_; }
  int column() const { return column_; }
  char peek() const { return done() ? '\n' : text_[at_]; }
  bool at_line_end() const {
    return done() || text_[at_] == '\n' || (text_[at_] == '\r' && next_is('\n'));
  }
  char take() {
    const char c = text_[at_++];
    if (c == '\n') {
      ++line_;
      column_ = 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
    return c;
  }
  void skip_line_end() {
    while (!done() && take() != '\n') {
    }
  }

 private:
  bool next_is(char c) const { return at_ + 1 < text_.size() && text_[at_ + 1] == c; }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

struct RowFault {
  int line, column;
  std::string message, hint;
};

// The text of a quoted field after its first quote. A missing end is a fault of the whole rest.
std::optional<RowFault> take_quoted(Scanner& scanner, CsvField& field) {
  for (;;) {
    if (scanner.done()) {
      return RowFault{field.line, field.column, "a quoted field has no end",
                      "close it with a double quote; a quote inside it is written twice"};
    }
    const char c = scanner.take();
    if (c != '"') {
      field.text += c;
    } else if (!scanner.done() && scanner.peek() == '"') {
      field.text += scanner.take();
    } else {
      break;
    }
  }
  if (scanner.at_line_end() || scanner.peek() == ',') return std::nullopt;
  return RowFault{scanner.line(), scanner.column(), "text follows the end of a quoted field",
                  "write a quote inside a quoted field twice"};
}

std::optional<RowFault> take_field(Scanner& scanner, CsvField& field) {
  field.line = scanner.line();
  field.column = scanner.column();
  if (!scanner.at_line_end() && scanner.peek() == '"') {
    scanner.take();
    return take_quoted(scanner, field);
  }
  while (!scanner.at_line_end() && scanner.peek() != ',') {
    if (scanner.peek() == '"') {
      return RowFault{scanner.line(), scanner.column(), "a quote stands inside an unquoted field",
                      "put the whole field in quotes and write the quote twice"};
    }
    field.text += scanner.take();
  }
  return std::nullopt;
}

// After a fault the next row is taken to begin on the next line: a quote that was left open must
// not swallow the rows below it.
std::optional<RowFault> take_row(Scanner& scanner, std::vector<CsvField>& fields) {
  const Scanner start = scanner;
  for (;;) {
    fields.emplace_back();
    if (std::optional<RowFault> fault = take_field(scanner, fields.back())) {
      scanner = start;
      scanner.skip_line_end();
      return fault;
    }
    if (scanner.at_line_end()) break;
    scanner.take();
  }
  scanner.skip_line_end();
  return std::nullopt;
}

bool is_blank(const std::vector<CsvField>& fields) {
  return fields.size() == 1 && trim(fields[0].text).empty();
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : scanner_(text) {
    table_.file = file;
    table_.text = text;
  }

  CsvTable read() {
    read_header();
    int number = 0;
    while (!table_.header.empty() && !scanner_.done()) read_row(++number);
    if (left_out_ > 0) {
      table_.faults.add(table_.fault(
          0, 0, std::to_string(left_out_) + " more rows are broken and not listed here", ""));
    }
    return std::move(table_);
  }

 private:
  void read_header() {
    std::vector<CsvField> fields;
    if (std::optional<RowFault> fault = take_row(scanner_, fields)) {
      add("the header: " + fault->message, *fault);
      return;
    }
    if (is_blank(fields)) {
      table_.faults.add(table_.fault(1, 0, "expected a header with the names of the columns",
                                     "the first line names the columns, parted by commas"));
      return;
    }
    for (const CsvField& field : fields) table_.header.emplace_back(trim(field.text));
  }

  void read_row(int number) {
    CsvRow row{number, {}};
    const int line = scanner_.line();
    const std::string name = "row " + std::to_string(number);
    if (std::optional<RowFault> fault = take_row(scanner_, row.fields)) {
      const std::size_t column = std::min(row.fields.size(), table_.header.size()) - 1;
      add(name + ", column '" + shown_text(table_.header[column]) + "': " + fault->message, *fault);
      keep_key(row);
      return;
    }
    if (is_blank(row.fields)) return;
    if (row.fields.size() != table_.header.size()) {
      add(name + ": expected " + std::to_string(table_.header.size()) + " fields, found " +
              std::to_string(row.fields.size()) + where_it_ends(row),
          RowFault{line, 0, "", "a field with a comma in it stands in double quotes"});
      keep_key(row);
      return;
    }
    table_.rows.push_back(std::move(row));
  }

  void keep_key(const CsvRow& row) {
    if (row.fields.size() > 1) table_.broken_keys.emplace_back(trim(row.fields[0].text));
  }

  std::string where_it_ends(const CsvRow& row) const {
    if (row.fields.size() >= table_.header.size()) return " (more than there are columns)";
    return " (nothing for column '" + shown_text(table_.header[row.fields.size()]) + "' and on)";
  }

  void add(std::string message, const RowFault& fault) {
    if (table_.faults.size() >= kMostCsvFaults) {
      ++left_out_;
    } else {
      table_.faults.add(table_.fault(fault.line, fault.column, std::move(message), fault.hint));
    }
  }

  Scanner scanner_;
  CsvTable table_;
  int left_out_ = 0;
};

}  // namespace

Fault CsvTable::fault(int line, int column, std::string message, std::string hint) const {
  return {{file, line, column},
          std::move(message),
          std::move(hint),
          quote_with_caret(text, line, column)};
}

CsvTable read_csv(std::string_view text, const std::string& file) {
  return Reader(text, file).read();
}

void append_csv_field(std::string& out, std::string_view text) {
  if (trim(text).size() == text.size() && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string csv_field(std::string_view text) {
  std::string field;
  append_csv_field(field, text);
  return field;
}

}  // namespace dosewright
