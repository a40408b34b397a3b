// Records put aside by subject, so that a study in any order is judged subject by subject.
//
// Problem: the rows of a subject may lie anywhere in files that do not fit into memory. Idea: each
// record goes to one of 64 buckets by its subject; when the buckets together pass the limit, all
// are appended to files of their own. A bucket is read back whole. Limits: a bucket must fit into
// memory, which takes about a 64th of the study, or its largest subject. The files have no name
// (they are unlinked as soon as they are open), so nothing is left behind whatever happens.
#pragma once

#include <array>
#include <cstdio>
#include <memory>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/base/time.hpp"

namespace dosewright::audit {

inline constexpr int kBuckets = 64;

struct Record {
  std::uint32_t subject = 0;
  std::uint32_t what = 0;  // index into the words of the study: test and unit, drug, term
  Minutes at = 0;
  Minutes until = 0;  // kNoEnd: none
  double value = 0;   // NaN: none
  double uln = 0;     // NaN: none
  std::int32_t row = 0;
  std::int32_t domain = 0;
};
static_assert(sizeof(Record) == 48);
inline constexpr Minutes kNoEnd = INT64_MIN;

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using FilePointer = std::unique_ptr<std::FILE, FileCloser>;

// For reading and writing, in the folder for temporary files (TMPDIR); nullptr: see errno.
std::FILE* open_nameless();

class Spool {
 public:
  explicit Spool(std::size_t limit_bytes) : limit_(limit_bytes / sizeof(Record)) {}

  // False: the disk did not take it; see fault().
  bool add(const Record& record);
  std::int64_t size() const { return size_; }
  bool spilled() const { return spilled_; }
  Fault fault() const;

  // All records of a bucket, in the order in which they came. Gives its memory back.
  Result<std::vector<Record>> take(int bucket);

 private:
  bool spill();

  std::size_t limit_;  // records in memory
  std::size_t in_memory_ = 0;
  std::int64_t size_ = 0;
  bool spilled_ = false;
  int error_ = 0;  // of the system
  std::array<std::vector<Record>, kBuckets> kept_;
  std::array<FilePointer, kBuckets> files_;
};

}  // namespace dosewright::audit
