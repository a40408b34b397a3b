#include "dosewright/audit/spool.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dosewright::audit {

// TMPDIR says where, as for other programs.
std::FILE* open_nameless() {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  std::string path = (error ? std::filesystem::path("/tmp") : folder) / "dosewright-audit-XXXXXX";
  const int descriptor = ::mkstemp(path.data());
  if (descriptor < 0) return nullptr;
  ::unlink(path.c_str());
  std::FILE* file = ::fdopen(descriptor, "w+b");
  if (file == nullptr) ::close(descriptor);
  return file;
}

bool Spool::add(const Record& record) {
  kept_[record.subject % kBuckets].push_back(record);
  ++size_;
  return ++in_memory_ <= limit_ || spill();
}

bool Spool::spill() {
  spilled_ = true;
  for (std::size_t i = 0; i < kept_.size(); ++i) {
    if (kept_[i].empty()) continue;
    if (files_[i] == nullptr) files_[i].reset(open_nameless());
    const std::size_t n = kept_[i].size();
    if (files_[i] == nullptr ||
        std::fwrite(kept_[i].data(), sizeof(Record), n, files_[i].get()) != n) {
      error_ = errno;
      return false;
    }
    kept_[i].clear();
  }
  in_memory_ = 0;
  return true;
}

Fault Spool::fault() const {
  std::error_code error;
  return {{std::filesystem::temp_directory_path(error).string(), 0, 0},
          std::string("records cannot be put aside: ") + std::strerror(error_),
          "set TMPDIR to a folder with room for about 50 bytes a row",
          ""};
}

Result<std::vector<Record>> Spool::take(int bucket) {
  const auto index = static_cast<std::size_t>(bucket);
  std::vector<Record> records;
  if (std::FILE* file = files_[index].get()) {
    const bool ready = std::fflush(file) == 0 && std::fseek(file, 0, SEEK_END) == 0;
    const long bytes = ready ? std::ftell(file) : -1;
    if (bytes < 0) {
      error_ = errno;
      return fault();
    }
    records.resize(static_cast<std::size_t>(bytes) / sizeof(Record));
    if (std::fseek(file, 0, SEEK_SET) != 0 ||
        std::fread(records.data(), sizeof(Record), records.size(), file) != records.size()) {
      error_ = errno;
      return fault();
    }
    files_[index].reset();
  }
  records.insert(records.end(), kept_[index].begin(), kept_[index].end());
  kept_[index] = {};
  return records;
}

}  // namespace dosewright::audit
