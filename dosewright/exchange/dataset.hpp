// NONMEM-style datasets: one event record a line, subject by subject. [NONMEM-VI, V]
//
// Read as a stream in memory that one subject bounds. Whatever is wrong is kept with line and
// column, and reading goes on, so that all faults of a file come together (the first 200 of them).
// Columns are the data items ID TIME AMT RATE II ADDL SS EVID CMT DV MDV, and those that the caller
// names (parameters, covariates). Any other column is a fault unless it is ignored or kept.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dosewright/base/stream.hpp"
#include "dosewright/exchange/dataset_line.hpp"

namespace dosewright::exchange {

enum class Item : std::uint8_t { kId, kTime, kAmt, kRate, kIi, kAddl, kSs, kEvid, kCmt, kDv, kMdv };
inline constexpr std::array<std::string_view, 11> kItemNames = {
    "ID", "TIME", "AMT", "RATE", "II", "ADDL", "SS", "EVID", "CMT", "DV", "MDV"};

struct DatasetRow {
  std::int64_t number = 0;  // 1 is the first row after the header
  int line = 0;
  double time = 0;
  double amt = 0, rate = 0, ii = 0;
  std::int64_t addl = 0;
  int ss = 0;
  int evid = 0;
  int cmt = 0;                       // from 1; negative: to be switched off; 0: not given
  std::vector<double> values;        // of Dataset::value_names(); NaN where missing
  std::vector<std::string> carried;  // of Dataset::carried_names(), as written

  bool is_dose() const { return evid == 1 || evid == 4; }
};

struct DatasetSubject {
  std::string id;
  std::int64_t number = 0;  // from 0, in order of the file; an ID that comes again is a new subject
  std::vector<DatasetRow> rows;
};

// What a caller finds wrong with a row; `column` is one of the file's.
struct Complaint {
  std::string column, message, hint;
};

struct DatasetOptions {
  // Lines to skip: "" those that begin with "#"; "@" those whose first character is a letter or
  // "@", as NONMEM's IGNORE=@; otherwise those that begin with this character. Never the header.
  std::string comment;
  std::vector<std::pair<std::string, std::string>> columns;  // item or name, the column it is in
  std::vector<std::string> ignore, keep;
  std::vector<std::string> names;         // what further columns may hold numbers of
  std::vector<std::string> compartments;  // CMT 1 is the first
  std::function<std::optional<Complaint>(const DatasetRow&)> check;  // may be empty
};

class Dataset {
 public:
  /// Reads the header. Faults: the file, the header, unknown or missing columns.
  static Result<Dataset> open(const std::string& path, DatasetOptions options);

  /// The next subject; rows at fault are left out of it. False at the end.
  bool next(DatasetSubject& subject);

  const std::vector<std::string>& value_names() const { return value_names_; }
  const std::vector<std::string>& carried_names() const { return carried_names_; }
  bool has(Item item) const { return of_item_[static_cast<std::size_t>(item)] >= 0; }
  std::int64_t rows() const { return rows_; }

  /// Of the rows read so far; with how many more there are than are listed.
  Faults faults() const;
  bool good() const { return faults_.empty() && reader_.faults().empty(); }

  /// Called once the header is read, before the first row: options may need its names.
  void set_check(std::function<std::optional<Complaint>(const DatasetRow&)> check) {
    options_.check = std::move(check);
  }
  void add_fault(const DatasetRow& row, const Complaint& complaint);

 private:
  Dataset(LineReader reader, std::string path, DatasetOptions options)
      : reader_(std::move(reader)), path_(std::move(path)), options_(std::move(options)) {
    of_item_.fill(-1);
  }

  void read_header();
  void name_columns();
  void name_items();
  void assign_column(int index);
  void require_columns();
  bool is_comment() const;
  bool read_row(DatasetRow& row, std::string& id);
  bool parse_row(DatasetRow& row, std::string& id);
  void fault(int column, std::string message, std::string hint);

  // dataset_row.cpp: one row's items
  const Cell* cell(Item item) const;
  void item_fault(Item item, const std::string& message, const std::string& hint);
  double number(Item item);
  std::int64_t whole(Item item, std::int64_t low, std::int64_t high, const std::string& hint);
  void read_time(DatasetRow& row);
  void read_items(DatasetRow& row);
  void read_compartment(DatasetRow& row);
  void check_dose(const DatasetRow& row);
  void check_steady(const DatasetRow& row);
  void check_no_dose(const DatasetRow& row);
  void check_order(const DatasetRow& row, const std::string& id);

  LineReader reader_;
  std::string path_;
  DatasetOptions options_;
  std::string line_;
  std::vector<Cell> cells_;
  char separator_ = ',';
  std::vector<std::string> header_;
  std::array<int, kItemNames.size()> of_item_{};
  std::vector<std::pair<int, std::string>> values_;  // column, name
  std::vector<int> carried_;
  std::vector<std::string> value_names_, carried_names_;
  Faults faults_;
  std::int64_t left_out_ = 0, rows_ = 0, subjects_ = 0;
  bool row_good_ = true;
  bool ahead_ = false;
  DatasetRow ahead_row_;
  std::string ahead_id_;
  std::string last_id_;
  double last_time_ = 0;
  bool any_row_ = false;
};

}  // namespace dosewright::exchange
