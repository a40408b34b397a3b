#include "dosewright/exchange/dataset.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "dosewright/base/text.hpp"
#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {
namespace {

int index_in(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

int item_of(std::string_view name) {
  const auto found = std::ranges::find(kItemNames, name);
  return found == kItemNames.end() ? -1 : static_cast<int>(found - kItemNames.begin());
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_date(std::string_view name) {
  return name == "DATE" || name == "DAT1" || name == "DAT2" || name == "DAT3";
}

// IDs are numbers in NONMEM: 1 and 1.0 are one subject. Here they may be any text.
std::string id_key(const std::string& text) {
  const auto value = to_number(text);
  return value ? number_text(*value) : text;
}

}  // namespace

Result<Dataset> Dataset::open(const std::string& path, DatasetOptions options) {
  auto reader = LineReader::open(path);
  if (!reader.ok()) return reader.faults();
  Dataset dataset(std::move(*reader), path, std::move(options));
  dataset.read_header();
  if (!dataset.good()) return dataset.faults();
  return dataset;
}

void Dataset::fault(int column, std::string message, std::string hint) {
  row_good_ = false;
  if (faults_.size() >= kMostFaults) {
    ++left_out_;
    return;
  }
  faults_.add({{path_, reader_.line(), column},
               std::move(message),
               std::move(hint),
               quote_with_caret(line_, 1, column)});
}

Faults Dataset::faults() const {
  Faults all = faults_;
  all.merge(reader_.faults());
  if (left_out_ > 0) {
    all.add({path_, 0, 0}, fmt::format("{} more faults are not listed here", left_out_));
  }
  return all;
}

void Dataset::add_fault(const DatasetRow& row, const Complaint& complaint) {
  const int index = index_in(header_, complaint.column);
  const int column =
      index >= 0 && index < static_cast<int>(cells_.size()) && row.line == reader_.line()
          ? cells_[static_cast<std::size_t>(index)].column
          : 0;
  fault(column,
        fmt::format("row {}, column '{}': {}", row.number, complaint.column, complaint.message),
        complaint.hint);
}

void Dataset::read_header() {
  while (reader_.next(line_)) {
    // A table that NONMEM wrote begins with "TABLE NO.  1".
    if (!trim(line_).empty() && !trim(line_).starts_with("TABLE NO.")) break;
  }
  if (!reader_.faults().empty()) return;
  if (trim(line_).empty()) {
    faults_.add({path_, 0, 0}, "the file is empty",
                "its first line names the columns: ID,TIME,AMT,...");
    return;
  }
  // A header may be marked as a comment for NONMEM: "#ID,TIME" and "@ID,TIME".
  const std::size_t first = line_.find_first_not_of(" \t");
  if (line_[first] == '#' || line_[first] == '@') line_[first] = ' ';
  separator_ = separator_of(line_);
  if (const auto broken = split_line(line_, cells_, separator_)) {
    fault(broken->column, "the header: " + broken->message, broken->hint);
    return;
  }
  for (const Cell& name : cells_) header_.push_back(name.text);
  if (separator_ != ',' && line_.find(';') != std::string::npos) {
    fault(static_cast<int>(line_.find(';')) + 1, "the fields are separated by semicolons",
          "write commas, tabs or blanks between them, and a point in numbers");
    return;
  }
  name_columns();
  name_items();
  for (int i = 0; i < static_cast<int>(header_.size()); ++i) assign_column(i);
  require_columns();
  for (const auto& [column, name] : values_) value_names_.push_back(name);
  for (const int column : carried_) {
    carried_names_.push_back(header_[static_cast<std::size_t>(column)]);
  }
}

// --column ID=Subject: the column Subject is read as ID.
void Dataset::name_columns() {
  for (const auto& [name, column] : options_.columns) {
    const int index = index_in(header_, column);
    if (index < 0) {
      const std::string near = nearest_name(column, header_);
      fault(
          0, fmt::format("there is no column '{}' to read {} from", column, name),
          near.empty() ? "the columns are " + join(header_, ", ") : "did you mean '" + near + "'?");
    } else {
      header_[static_cast<std::size_t>(index)] = name;
    }
  }
  for (const auto* list : {&options_.ignore, &options_.keep}) {
    for (const std::string& column : *list) {
      if (index_in(header_, column) >= 0) continue;
      fault(0,
            fmt::format("there is no column '{}' to {}", column,
                        list == &options_.keep ? "keep" : "ignore"),
            "the columns are " + join(header_, ", "));
    }
  }
}

// id, time, amt: data items in small letters, where no other column is the item.
void Dataset::name_items() {
  for (std::string& name : header_) {
    std::string large = name;
    for (char& c : large) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const bool small = std::ranges::none_of(name, [](char c) { return c >= 'A' && c <= 'Z'; });
    const bool chosen = index_in(options_.names, name) >= 0 || index_in(options_.keep, name) >= 0 ||
                        index_in(options_.ignore, name) >= 0;
    const bool free = item_of(large) >= 0 && index_in(header_, large) < 0;
    if (small && free && !chosen) name = large;
  }
}

void Dataset::assign_column(int index) {
  const std::string& name = header_[static_cast<std::size_t>(index)];
  const int at = cells_[static_cast<std::size_t>(index)].column;
  if (name.empty()) return fault(at, "a column has no name", "name every column in the first line");
  if (index_in(header_, name) != index) {
    return fault(at, fmt::format("there are two columns '{}'", name), "rename one of them");
  }
  const bool kept = index_in(options_.keep, name) >= 0;
  const bool ignored = index_in(options_.ignore, name) >= 0;
  if (kept && ignored) {
    return fault(at, fmt::format("column '{}' is both kept and ignored", name), "drop one option");
  }
  const int item = item_of(name);
  if (kept || (item >= 0 && !ignored)) carried_.push_back(index);
  if (ignored) return;
  if (item >= 0) {
    of_item_[static_cast<std::size_t>(item)] = index;
  } else if (index_in(options_.names, name) >= 0) {
    values_.emplace_back(index, name);
  } else if (!kept && is_date(name)) {
    fault(at, fmt::format("column '{}': dates are not supported", name),
          "give TIME in hours since any origin and add --ignore " + name);
  } else if (!kept) {
    std::vector<std::string> known(kItemNames.begin(), kItemNames.end());
    known.insert(known.end(), options_.names.begin(), options_.names.end());
    const std::string near = nearest_name(name, known);
    fault(at,
          fmt::format("column '{}' is no data item, parameter or covariate of the model",
                      shown_text(name)),
          (near.empty() ? std::string() : "did you mean '" + near + "'? Otherwise ") + "--ignore " +
              name + " leaves it out, --keep " + name + " carries it to the output");
  }
}

void Dataset::require_columns() {
  for (const Item item : {Item::kId, Item::kTime}) {
    if (has(item)) continue;
    const std::string name(kItemNames[static_cast<std::size_t>(item)]);
    fault(0, fmt::format("column '{}' is missing", name),
          "name a column so, or say which it is: --column " + name + "=COLUMN");
  }
}

bool Dataset::is_comment() const {
  if (line_.empty()) return false;
  if (options_.comment.empty()) return line_.starts_with('#');  // as NM-TRAN without IGNORE
  if (options_.comment != "@") return line_.starts_with(options_.comment);
  const std::size_t first = line_.find_first_not_of(" \t");
  return first != std::string::npos && (is_letter(line_[first]) || line_[first] == '@');
}

bool Dataset::read_row(DatasetRow& row, std::string& id) {
  while (reader_.next(line_)) {
    if (is_comment() || trim(line_).empty()) continue;
    row = {};
    row.number = ++rows_;
    row.line = reader_.line();
    row_good_ = true;
    if (parse_row(row, id)) return true;
  }
  return false;
}

bool Dataset::parse_row(DatasetRow& row, std::string& id) {
  if (const auto broken = split_line(line_, cells_, separator_)) {
    fault(broken->column, fmt::format("row {}: {}", row.number, broken->message), broken->hint);
    return false;
  }
  if (cells_.size() != header_.size()) {
    fault(0,
          fmt::format("row {}: expected {} fields, found {}", row.number, header_.size(),
                      cells_.size()),
          "a field with the separator in it stands in double quotes; a missing value is '.'");
    return false;
  }
  id = id_key(cell(Item::kId)->text);
  if (is_missing(cell(Item::kId)->text)) {
    item_fault(Item::kId, "every record needs the ID of its subject", "");
  }
  read_items(row);
  for (const auto& [column, name] : values_) {
    const Cell& found = cells_[static_cast<std::size_t>(column)];
    const auto value = to_number(found.text);
    if (!value && !is_missing(found.text)) {
      fault(found.column,
            fmt::format("row {}, column '{}': expected a number, found '{}'", row.number, name,
                        shown_text(found.text)),
            "a missing value is '.'");
    }
    row.values.push_back(value.value_or(std::numeric_limits<double>::quiet_NaN()));
  }
  for (const int column : carried_) {
    row.carried.push_back(cells_[static_cast<std::size_t>(column)].text);
  }
  check_order(row, id);
  if (row_good_ && options_.check) {
    if (const auto complaint = options_.check(row)) add_fault(row, *complaint);
  }
  return row_good_;
}

bool Dataset::next(DatasetSubject& subject) {
  subject.rows.clear();
  if (!ahead_ && !read_row(ahead_row_, ahead_id_)) return false;
  subject.id = ahead_id_;
  subject.number = subjects_++;
  do {
    subject.rows.push_back(std::move(ahead_row_));
    ahead_ = read_row(ahead_row_, ahead_id_);
  } while (ahead_ && ahead_id_ == subject.id);
  return true;
}

}  // namespace dosewright::exchange
