// Findings beyond those that are kept in memory, on disk.
//
// Problem: a study that never had a protocol deviates from it everywhere, and millions of findings
// would fill the memory. Idea: the findings of one subject after another are appended to a file
// without a name; a subject remembers where its own begin. Whoever lists them reads one subject at
// a time. Cost: two passes over the file for each table that is written.
#pragma once

#include <memory>
#include <optional>

#include "dosewright/audit/audit.hpp"
#include "dosewright/audit/spool.hpp"

namespace dosewright::audit {

class FindingStore {
 public:
  // Where they begin; none: the disk did not take them, see fault().
  std::optional<std::int64_t> put(const std::vector<Finding>& findings);
  // Fewer than asked for: they could not be read back, see fault().
  std::vector<Finding> get(std::int64_t at, std::int64_t count);
  std::optional<Fault> fault() const;
  std::int64_t size() const { return size_; }

 private:
  bool put_text(const std::string& text);
  bool get_text(std::string& text);
  bool fail();

  FilePointer file_;
  std::int64_t size_ = 0, bytes_ = 0;
  int error_ = 0;  // of the system
};

}  // namespace dosewright::audit
