#include "dosewright/programme/evidence.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <set>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/model/origin.hpp"

namespace dosewright::programme {
namespace {

std::string shown(std::string_view text) {
  return shown_text(text);
}

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return std::isfinite(value) ? std::optional<double>(value) : std::nullopt;
}

// One column of a table: its name, whether it must be there, and where its value goes.
template <class Row>
struct Column {
  const char* name;
  bool required = false;  // the column must exist and no field of it may be empty
  std::string Row::* text = nullptr;
  std::optional<double> Row::* number = nullptr;
};

const std::vector<Column<EvidenceRow>>& evidence_columns() {
  using R = EvidenceRow;
  static const std::vector<Column<R>> columns = {
      {"id", true, &R::id},
      {"trial", true, &R::trial},
      {"population", false, &R::population},
      {"arm", true, &R::arm},
      {"n", false, &R::n},
      {"week", false, &R::week},
      {"endpoint", true, &R::endpoint},
      {"statistic", true, &R::statistic},
      {"value", true, &R::value},
      {"unit", false, &R::unit},
      {"sd_or_ci", false, &R::sd_or_ci},
      {"source", true, &R::source},
      {"status", true, &R::status},
      {"note", false, &R::note},
      {"n_num", false, nullptr, &R::n_num},
      {"week_num", false, nullptr, &R::week_num},
      {"value_num", false, nullptr, &R::value_num},
      {"sd_num", false, nullptr, &R::sd_num},
      {"ci95_lo", false, nullptr, &R::ci95_lo},
      {"ci95_hi", false, nullptr, &R::ci95_hi},
      {"iqr_lo", false, nullptr, &R::iqr_lo},
      {"iqr_hi", false, nullptr, &R::iqr_hi},
      {"range_lo", false, nullptr, &R::range_lo},
      {"range_hi", false, nullptr, &R::range_hi},
  };
  return columns;
}

const std::vector<Column<IndividualReading>>& individual_columns() {
  using R = IndividualReading;
  static const std::vector<Column<R>> columns = {
      {"label", true, &R::label},         {"trial", true, &R::trial},
      {"time_unit", true, &R::time_unit}, {"time", true, &R::time},
      {"measure", true, &R::measure},     {"value", true, &R::value},
      {"unit", true, &R::unit},           {"note", false, &R::note},
      {"source", true, &R::source},       {"status", true, &R::status},
  };
  return columns;
}

// Reads the rows of a table into Row, by the columns that it has.
template <class Row>
class RowReader {
 public:
  RowReader(CsvTable table, const std::vector<Column<Row>>& columns)
      : table_(std::move(table)), columns_(columns), faults_(table_.faults) {
    usable_ = check_header();
  }

  bool usable() const { return usable_; }
  const std::vector<CsvRow>& rows() const { return usable_ ? table_.rows : kNoRows; }
  Faults& faults() { return faults_; }
  const std::string& first_column() const { return table_.header.front(); }
  const std::vector<std::string>& broken_keys() const { return table_.broken_keys; }

  // Fills the row; each field that is wrong is a fault. True if all were right.
  bool fill(const CsvRow& csv, Row& row) {
    row.line = csv.fields.empty() ? 0 : csv.fields[0].line;
    bool good = true;
    for (std::size_t i = 0; i < csv.fields.size(); ++i) {
      const Column<Row>& column = columns_[static_cast<std::size_t>(column_of_[i])];
      const std::string text(trim(csv.fields[i].text));
      good = take(column, text, csv, i, row) && good;
    }
    return good;
  }

  void fault(const CsvRow& csv, std::string_view column, const std::string& message,
             const std::string& hint = {}) {
    const auto at = std::ranges::find(table_.header, column) - table_.header.begin();
    const CsvField& field = csv.fields[static_cast<std::size_t>(at)];
    add(field.line, field.column,
        "row " + std::to_string(csv.number) + ", column '" + std::string(column) + "': " + message,
        hint);
  }

  bool has(std::string_view column) const {
    return std::ranges::find(table_.header, column) != table_.header.end();
  }

 private:
  bool check_header() {
    std::vector<std::string> known;
    for (const Column<Row>& column : columns_) known.emplace_back(column.name);
    bool good = !table_.header.empty();
    for (const std::string& name : table_.header) {
      const auto found = std::ranges::find(known, name) - known.begin();
      column_of_.push_back(static_cast<int>(found));
      if (found == static_cast<std::ptrdiff_t>(known.size())) {
        header_fault("unknown column '" + shown(name) + "'", nearest_name(name, known), known);
        good = false;
      } else if (std::ranges::count(table_.header, name) > 1) {
        header_fault("column '" + shown(name) + "' is there more than once", "", known);
        good = false;
      }
    }
    return check_required() && good;
  }

  bool check_required() {
    bool good = true;
    for (const Column<Row>& column : columns_) {
      if (!column.required || table_.header.empty() || has(column.name)) continue;
      add(1, 0, "column '" + std::string(column.name) + "' is missing",
          "add it to the header and to every row");
      good = false;
    }
    return good;
  }

  void header_fault(std::string message, const std::string& near,
                    const std::vector<std::string>& known) {
    add(1, 0, std::move(message),
        near.empty() ? "known columns are " + join(known, ", ")
                     : "the nearest known column is '" + near + "'");
  }

  bool take(const Column<Row>& column, const std::string& text, const CsvRow& csv, std::size_t i,
            Row& row) {
    if (column.text != nullptr) {
      row.*(column.text) = text;
      if (!column.required || !text.empty()) return true;
      fault(csv, table_.header[i], "expected a text, found nothing");
      return false;
    }
    if (text.empty()) return true;
    row.*(column.number) = parse_number(text);
    if (row.*(column.number)) return true;
    fault(csv, table_.header[i], "expected a number, found '" + shown(text) + "'",
          "write digits with a point, no unit and no sign but '-'; or leave it empty");
    return false;
  }

  void add(int line, int column, std::string message, std::string hint) {
    if (faults_.size() > kMostCsvFaults) return;
    faults_.add(table_.fault(line, column, std::move(message), std::move(hint)));
  }

  static inline const std::vector<CsvRow> kNoRows;
  CsvTable table_;
  const std::vector<Column<Row>>& columns_;
  std::vector<int> column_of_;
  Faults faults_;
  bool usable_ = false;
};

template <class Row>
bool check_source(RowReader<Row>& reader, const CsvRow& csv, const std::string& source,
                  std::span<const std::string> known_sources) {
  if (known_sources.empty()) return true;
  const model::Citations citations = model::read_citations(source, known_sources);
  for (const std::string& unknown : citations.unknown) {
    reader.fault(csv, "source", "expected a known source, found '" + shown(unknown) + "'",
                 model::citation_hint(unknown, known_sources));
  }
  return citations.unknown.empty();
}

bool check_interval(RowReader<EvidenceRow>& reader, const CsvRow& csv, const char* low_column,
                    const char* high_column, const std::optional<double>& low,
                    const std::optional<double>& high) {
  if (low.has_value() != high.has_value()) {
    reader.fault(csv, low ? low_column : high_column,
                 "an interval has two ends, but '" + std::string(low ? high_column : low_column) +
                     "' is empty");
    return false;
  }
  if (!low || *low <= *high) return true;
  reader.fault(csv, low_column,
               number_text(*low) + " is above '" + high_column + "' (" + number_text(*high) + ")",
               "exchange the two");
  return false;
}

bool check_status(RowReader<EvidenceRow>& reader, const CsvRow& csv, const EvidenceRow& row) {
  if (row.status.empty()) return false;
  if (row.status == "found" || row.status == "document" || row.status == "derived") return true;
  reader.fault(csv, "status",
               "expected found, document or derived, found '" + shown(row.status) + "'");
  return false;
}

bool check_row(RowReader<EvidenceRow>& reader, const CsvRow& csv, EvidenceRow& row) {
  bool good = check_status(reader, csv, row);
  good = check_interval(reader, csv, "ci95_lo", "ci95_hi", row.ci95_lo, row.ci95_hi) && good;
  good = check_interval(reader, csv, "iqr_lo", "iqr_hi", row.iqr_lo, row.iqr_hi) && good;
  good = check_interval(reader, csv, "range_lo", "range_hi", row.range_lo, row.range_hi) && good;
  if (row.sd_num && *row.sd_num < 0) {
    reader.fault(csv, "sd_num",
                 "expected a standard deviation of 0 or more, found " + number_text(*row.sd_num));
    good = false;
  }
  if (row.n_num && !(*row.n_num > 0)) {
    reader.fault(csv, "n_num",
                 "expected a number of people above 0, found " + number_text(*row.n_num));
    good = false;
  }
  return good;
}

// A table without the numeric columns still has numbers where the text is nothing but one.
void fill_missing_numbers(const RowReader<EvidenceRow>& reader, EvidenceRow& row) {
  if (!reader.has("value_num")) row.value_num = parse_number(row.value);
  if (!reader.has("n_num")) row.n_num = parse_number(row.n);
  if (!reader.has("week_num")) row.week_num = parse_number(row.week);
}

}  // namespace

Evidence read_evidence(std::string_view text, const std::string& file,
                       std::span<const std::string> known_sources) {
  RowReader<EvidenceRow> reader(read_csv(text, file), evidence_columns());
  Evidence evidence;
  if (reader.usable() && reader.first_column() == "id") evidence.broken_ids = reader.broken_keys();
  std::set<std::string> ids;
  for (const CsvRow& csv : reader.rows()) {
    EvidenceRow row;
    bool good = reader.fill(csv, row);
    good = check_row(reader, csv, row) && good;
    if (!row.source.empty()) good = check_source(reader, csv, row.source, known_sources) && good;
    if (!row.id.empty() && !ids.insert(row.id).second) {
      reader.fault(csv, "id", "the id '" + shown(row.id) + "' is given twice", "ids are unique");
      good = false;
    }
    if (good) {
      fill_missing_numbers(reader, row);
      evidence.rows.push_back(std::move(row));
    } else if (!row.id.empty()) {
      evidence.broken_ids.push_back(row.id);
    }
  }
  evidence.faults = reader.faults();
  return evidence;
}

Evidence load_evidence(const std::string& path, std::span<const std::string> known_sources) {
  Result<std::string> text = read_text(path);
  if (text.ok()) return read_evidence(*text, path, known_sources);
  return {{}, text.faults(), {}};
}

Individuals read_individuals(std::string_view text, const std::string& file,
                             std::span<const std::string> known_sources) {
  RowReader<IndividualReading> reader(read_csv(text, file), individual_columns());
  Individuals individuals;
  for (const CsvRow& csv : reader.rows()) {
    IndividualReading reading;
    bool good = reader.fill(csv, reading);
    if (!reading.source.empty()) {
      good = check_source(reader, csv, reading.source, known_sources) && good;
    }
    if (!good) continue;
    reading.time_num = reading.time == "baseline" ? 0 : parse_number(reading.time);
    reading.value_num = parse_number(reading.value);
    individuals.readings.push_back(std::move(reading));
  }
  individuals.faults = reader.faults();
  return individuals;
}

Individuals load_individuals(const std::string& path, std::span<const std::string> known_sources) {
  Result<std::string> text = read_text(path);
  if (text.ok()) return read_individuals(*text, path, known_sources);
  return {{}, text.faults()};
}

const EvidenceRow* find_row(std::span<const EvidenceRow> rows, std::string_view id) {
  const auto found = std::ranges::find(rows, id, &EvidenceRow::id);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace dosewright::programme
