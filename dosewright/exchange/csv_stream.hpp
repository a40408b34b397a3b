// Comma-separated values by RFC 4180, one row at a time, in memory that does not grow with the
// file. Quoted fields may hold commas, doubled quotes and line ends; lines end in LF or CRLF; a
// byte order mark is skipped. The text must be UTF-8: a row that is not is a fault that says how to
// convert. A broken row is a fault and reading goes on at the next line.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/exchange/entry.hpp"

namespace dosewright::exchange {

inline constexpr std::size_t kLongestRow = std::size_t{1} << 20;  // bytes
inline constexpr std::size_t kMostFields = 1000;

class CsvStream {
 public:
  // Both read the header at once. open() faults where the file cannot be read.
  static Result<CsvStream> open(const std::string& path, Faults& faults);
  static CsvStream over(std::string_view text, const std::string& file, Faults& faults);

  const std::vector<std::string>& header() const { return header_; }
  int column(std::string_view name) const;  // -1: no such column; upper and lower case are alike

  // The next whole row, false at the end. Faulty rows are told and passed over.
  bool next(FaultList& faults);
  std::string_view field(int column) const;  // of the row; "" for column -1; blanks are trimmed
  Place place(int column) const;             // of the row (line; columns count fields)
  Fault fault(int column, std::string message, std::string hint) const;
  std::int64_t bytes_read() const { return bytes_; }

 private:
  CsvStream() = default;
  void read_header(Faults& faults);
  int get();
  int peek();
  bool fill();
  bool read_row(FaultList& faults);
  bool read_field(std::string& problem);
  bool read_quoted(std::string& problem);
  void skip_line();

  std::string file_;
  std::shared_ptr<std::FILE> handle_;  // empty: reads text_ only
  std::string buffer_;
  std::size_t at_ = 0;
  std::int64_t bytes_ = 0;
  int line_ = 1;      // that is read next
  int row_line_ = 1;  // where the row began
  std::size_t row_bytes_ = 0;
  std::vector<std::string> header_;
  std::vector<std::string> fields_;
  std::size_t n_fields_ = 0;
};

}  // namespace dosewright::exchange
