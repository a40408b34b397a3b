// Files too large to hold: read line by line, written aside and renamed when whole.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"

namespace dosewright {

// The lines of a text file, in bounded memory. A byte order mark is skipped; lines end in LF or
// CRLF; a line may have at most a million bytes and must be UTF-8.
class LineReader {
 public:
  static Result<LineReader> open(const std::string& path);
  LineReader(LineReader&& other) noexcept;
  LineReader& operator=(LineReader&&) = delete;
  LineReader(const LineReader&) = delete;
  LineReader& operator=(const LineReader&) = delete;
  ~LineReader();

  /// The next line without its end. False at the end of the file, and after a fault.
  bool next(std::string& line);
  int line() const { return line_; }                // number of the last line, from 1
  const Faults& faults() const { return faults_; }  // the file could not be read to its end

 private:
  LineReader(std::string path, int fd) : path_(std::move(path)), fd_(fd), buffer_(1 << 18) {}
  bool fill();
  bool accept(std::string& line);

  std::string path_;
  int fd_ = -1;
  int line_ = 0;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  Faults faults_;
};

// A file that appears whole or not at all: written beside its place under a temporary name, then
// renamed. Without commit() nothing stays and what was there before is untouched.
class AsideFile {
 public:
  static Result<AsideFile> open(const std::string& path);
  AsideFile(AsideFile&& other) noexcept;
  AsideFile& operator=(AsideFile&&) = delete;
  AsideFile(const AsideFile&) = delete;
  AsideFile& operator=(const AsideFile&) = delete;
  ~AsideFile();

  Result<Done> write(std::string_view bytes);
  Result<Done> commit();

 private:
  AsideFile(std::string path, std::string aside, int fd)
      : path_(std::move(path)), aside_(std::move(aside)), fd_(fd) {}
  Fault fault(const char* what, int error) const;

  std::string path_, aside_;
  int fd_ = -1;
};

}  // namespace dosewright
