// Files: read whole, written aside and renamed, so that no half file is ever left behind.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dosewright/base/result.hpp"

namespace dosewright {

// The whole file, without a byte order mark; at most 64 MiB; must be UTF-8 (the fault has the place
// of the first byte that is not).
Result<std::string> read_text(const std::string& path);

// Files that appear together or not at all: every file is written beside its place under a
// temporary name, flushed to disk, then all are renamed. On any failure (unwritable folder, full
// disk) the temporary files are removed and nothing that was there before has changed.
class FileSet {
 public:
  explicit FileSet(std::string directory) : directory_(std::move(directory)) {}
  // name: a plain file name, no path. Two files of one name are a fault of commit().
  void add(std::string name, std::string content) {
    files_.push_back({std::move(name), std::move(content), nullptr});
  }
  // The content of a large file, part by part: `make` hands each to `put`, and gives up with false
  // where `put` does, or where it has no whole content to give; the latter is a fault of commit().
  using Put = std::function<bool(std::string_view)>;
  using Make = std::function<bool(const Put& put)>;
  void add(std::string name, Make make) {
    files_.push_back({std::move(name), {}, std::move(make)});
  }
  // Creates the directory, one or more levels, where it is missing; removes it again on failure.
  Result<Done> commit();

 private:
  struct File {
    std::string name, content;
    Make make;  // or null: `content` it is
  };
  std::string directory_;
  std::vector<File> files_;
};

// Can files be written there? Creates nothing that stays. For asking before hours of work, not
// after.
Result<Done> probe_directory(const std::string& directory);

std::string sha256_hex(std::string_view bytes);  // 64 lower-case digits

}  // namespace dosewright
