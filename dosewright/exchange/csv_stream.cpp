#include "dosewright/exchange/csv_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>

#include "dosewright/base/text.hpp"

namespace dosewright::exchange {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 16;
constexpr int kEnd = -1;

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    return std::tolower(static_cast<unsigned char>(x)) ==
           std::tolower(static_cast<unsigned char>(y));
  });
}

}  // namespace

Result<CsvStream> CsvStream::open(const std::string& path, Faults& faults) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) {
    return Fault{{path, 0, 0},
                 fmt::format("cannot be read: {}", std::strerror(errno)),
                 "check the name and that you may read the file",
                 ""};
  }
  CsvStream stream;
  stream.file_ = path;
  stream.handle_ = std::shared_ptr<std::FILE>(file, [](std::FILE* f) { std::fclose(f); });
  stream.read_header(faults);
  return stream;
}

CsvStream CsvStream::over(std::string_view text, const std::string& file, Faults& faults) {
  CsvStream stream;
  stream.file_ = file;
  stream.buffer_ = text;
  stream.bytes_ = static_cast<std::int64_t>(text.size());
  stream.read_header(faults);
  return stream;
}

int CsvStream::column(std::string_view name) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (same_name(header_[i], name)) return static_cast<int>(i);
  }
  return -1;
}

void CsvStream::read_header(Faults& faults) {
  peek();
  if (std::string_view(buffer_).substr(at_).starts_with("\xEF\xBB\xBF")) at_ += 3;
  FaultList list(faults);
  if (!read_row(list) || n_fields_ == 0 || (n_fields_ == 1 && fields_[0].empty())) {
    if (faults.empty()) {
      faults.add({file_, 1, 0}, "expected a header with the names of the columns",
                 "the first line names the columns, parted by commas");
    }
    return;
  }
  for (std::size_t i = 0; i < n_fields_; ++i) header_.emplace_back(trim(fields_[i]));
}

bool CsvStream::fill() {
  if (handle_ == nullptr) return false;
  buffer_.resize(kBuffer);
  const std::size_t got = std::fread(buffer_.data(), 1, kBuffer, handle_.get());
  buffer_.resize(got);
  bytes_ += static_cast<std::int64_t>(got);
  at_ = 0;
  return got > 0;
}

int CsvStream::peek() {
  if (at_ >= buffer_.size() && !fill()) return kEnd;
  return static_cast<unsigned char>(buffer_[at_]);
}

int CsvStream::get() {
  const int c = peek();
  if (c == kEnd) return kEnd;
  ++at_;
  ++row_bytes_;
  if (c == '\n') ++line_;
  return c;
}

void CsvStream::skip_line() {
  for (int c = get(); c != kEnd && c != '\n';) c = get();
}

bool CsvStream::read_quoted(std::string& problem) {
  std::string& field = fields_[n_fields_ - 1];
  for (;;) {
    const int c = get();
    if (c == kEnd || row_bytes_ > kLongestRow) {
      problem = "a quoted field has no end";
      return false;
    }
    if (c != '"') {
      field += static_cast<char>(c);
    } else if (peek() == '"') {
      field += static_cast<char>(get());
    } else {
      break;
    }
  }
  const int after = peek();
  if (after == ',' || after == '\n' || after == '\r' || after == kEnd) return true;
  problem = "text follows the end of a quoted field";
  return false;
}

bool CsvStream::read_field(std::string& problem) {
  if (++n_fields_ > kMostFields) {
    problem = fmt::format("a row has at most {} fields", kMostFields);
    return false;
  }
  if (fields_.size() < n_fields_) fields_.emplace_back();
  std::string& field = fields_[n_fields_ - 1];
  field.clear();
  if (peek() == '"') {
    get();
    return read_quoted(problem);
  }
  for (int c = peek(); c != ',' && c != '\n' && c != kEnd; c = peek()) {
    if (c == '"') {
      problem = "a quote stands inside an unquoted field";
      return false;
    }
    if (row_bytes_ > kLongestRow) {
      problem = "a row is longer than a megabyte";
      return false;
    }
    field += static_cast<char>(get());
  }
  return true;
}

// True: a row is there, whole or not (then it is told, and has no fields). False: the end.
bool CsvStream::read_row(FaultList& faults) {
  n_fields_ = 0;
  row_bytes_ = 0;
  row_line_ = line_;
  if (peek() == kEnd) return false;
  std::string problem;
  for (;;) {
    if (!read_field(problem)) break;
    if (get() != ',') break;  // a line end, or the end
  }
  if (problem.empty()) {
    if (n_fields_ > 0 && fields_[n_fields_ - 1].ends_with('\r')) fields_[n_fields_ - 1].pop_back();
    for (std::size_t i = 0; i < n_fields_ && problem.empty(); ++i) {
      const std::size_t bad = first_invalid_utf8(fields_[i]);
      if (bad != std::string::npos) {
        faults.add({{file_, row_line_, static_cast<int>(i) + 1},
                    "this row is not UTF-8 text, perhaps Latin-1 or Windows-1252",
                    "convert the file: iconv -f WINDOWS-1252 -t UTF-8 IN > OUT",
                    ""});
        n_fields_ = 0;
      }
    }
    return true;
  }
  faults.add({{file_, row_line_, static_cast<int>(n_fields_)},
              problem,
              "a field with a comma or a quote in it stands in double quotes, and a quote inside "
              "it is written twice",
              ""});
  n_fields_ = 0;
  skip_line();
  return true;
}

bool CsvStream::next(FaultList& faults) {
  while (!header_.empty() && read_row(faults)) {
    if (n_fields_ == 0) continue;
    const bool blank = n_fields_ == 1 && trim(fields_[0]).empty();
    if (blank) continue;
    if (n_fields_ == header_.size()) return true;
    faults.add({{file_, row_line_, 0},
                fmt::format("expected {} fields, found {}", header_.size(), n_fields_),
                "a field with a comma in it stands in double quotes",
                ""});
  }
  return false;
}

std::string_view CsvStream::field(int column) const {
  if (column < 0 || static_cast<std::size_t>(column) >= n_fields_) return {};
  return trim(fields_[static_cast<std::size_t>(column)]);
}

Place CsvStream::place(int column) const {
  return {file_, row_line_, column < 0 ? 0 : column + 1};
}

Fault CsvStream::fault(int column, std::string message, std::string hint) const {
  if (column >= 0) {
    message = "column '" + shown_text(header_[static_cast<std::size_t>(column)]) + "': " + message;
  }
  return {place(column), std::move(message), std::move(hint), ""};
}

}  // namespace dosewright::exchange
