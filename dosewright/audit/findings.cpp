#include "dosewright/audit/findings.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace dosewright::audit {
namespace {

struct Fixed {  // what of a finding is no text
  std::int64_t at = 0, until = 0;
  std::int32_t times = 0, kind = 0;
};
static_assert(sizeof(Fixed) == 24);

constexpr std::uint32_t kLongestText = 1U << 24;

}  // namespace

bool FindingStore::fail() {
  error_ = errno != 0 ? errno : EIO;
  return false;
}

bool FindingStore::put_text(const std::string& text) {
  const auto size = static_cast<std::uint32_t>(std::min<std::size_t>(text.size(), kLongestText));
  if (std::fwrite(&size, sizeof size, 1, file_.get()) != 1) return fail();
  if (std::fwrite(text.data(), 1, size, file_.get()) != size) return fail();
  bytes_ += static_cast<std::int64_t>(sizeof size + size);
  return true;
}

std::optional<std::int64_t> FindingStore::put(const std::vector<Finding>& findings) {
  errno = 0;
  if (file_ == nullptr) file_.reset(open_nameless());
  if (file_ == nullptr || std::fseek(file_.get(), 0, SEEK_END) != 0) {
    fail();
    return std::nullopt;
  }
  const std::int64_t begin = bytes_;
  for (const Finding& one : findings) {
    const Fixed fixed{one.at, one.until.value_or(kNoEnd), one.times,
                      static_cast<std::int32_t>(one.kind)};
    if (std::fwrite(&fixed, sizeof fixed, 1, file_.get()) != 1) {
      fail();
      return std::nullopt;
    }
    bytes_ += static_cast<std::int64_t>(sizeof fixed);
    for (const std::string* text : {&one.rule, &one.seen, &one.expected, &one.source}) {
      if (!put_text(*text)) return std::nullopt;
    }
  }
  size_ += static_cast<std::int64_t>(findings.size());
  return begin;
}

bool FindingStore::get_text(std::string& text) {
  std::uint32_t size = 0;
  if (std::fread(&size, sizeof size, 1, file_.get()) != 1 || size > kLongestText) return fail();
  text.resize(size);
  return std::fread(text.data(), 1, size, file_.get()) == size || fail();
}

std::vector<Finding> FindingStore::get(std::int64_t at, std::int64_t count) {
  std::vector<Finding> list;
  errno = 0;
  if (std::fseek(file_.get(), static_cast<long>(at), SEEK_SET) != 0) {
    fail();
    return list;
  }
  for (std::int64_t i = 0; i < count; ++i) {
    Fixed fixed;
    Finding one;
    if (std::fread(&fixed, sizeof fixed, 1, file_.get()) != 1) {
      fail();
      return list;
    }
    one.kind = static_cast<Kind>(fixed.kind);
    one.at = fixed.at;
    if (fixed.until != kNoEnd) one.until = fixed.until;
    one.times = fixed.times;
    for (std::string* text : {&one.rule, &one.seen, &one.expected, &one.source}) {
      if (!get_text(*text)) return list;
    }
    list.push_back(std::move(one));
  }
  return list;
}

std::optional<Fault> FindingStore::fault() const {
  if (error_ == 0) return std::nullopt;
  std::error_code error;
  return Fault{{std::filesystem::temp_directory_path(error).string(), 0, 0},
               std::string("findings cannot be put aside or read back: ") + std::strerror(error_),
               "set TMPDIR to a folder with room for about 300 bytes a finding",
               ""};
}

std::vector<Finding> findings_of(const Audit& audit, const Subject& subject) {
  if (subject.stored_at < 0) return subject.findings;
  return audit.stored->get(subject.stored_at, subject.n_findings);
}

std::optional<Fault> findings_fault(const Audit& audit) {
  return audit.stored == nullptr ? std::nullopt : audit.stored->fault();
}

}  // namespace dosewright::audit
