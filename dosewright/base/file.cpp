#include "dosewright/base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <set>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

constexpr std::size_t kLargestFile = 64U << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string hint_for(int error) {
  switch (error) {
    case ENOENT:
      return "check the path";
    case EACCES:
    case EPERM:
    case EROFS:
      return "check the permissions, or choose a folder that you may write to";
    case ENOSPC:
    case EDQUOT:
      return "the disk is full: free some space, or choose a folder on another disk";
    case EFBIG:
      return "the file would be larger than the system lets this process write";
    case ENOTDIR:
      return "a part of the path is a file: choose another folder";
    case EISDIR:
      return "a folder has that name: remove it, or choose another folder";
    case ENAMETOOLONG:
      return "use a shorter name";
    default:
      return {};
  }
}

Fault system_fault(const std::string& what, const std::string& path, int error) {
  return {
      {path, 0, 0}, fmt::format("cannot {}: {}", what, std::strerror(error)), hint_for(error), {}};
}

// A file descriptor that is closed at the latest when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  bool close() {
    if (fd_ < 0) return true;
    const int fd = fd_;
    fd_ = -1;
    return ::close(fd) == 0;
  }

 private:
  int fd_;
};

Fault encoding_fault(const std::string& path, std::string_view text, std::size_t at) {
  const std::string_view before = text.substr(0, at);
  const auto line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  int column = 1;
  for (const char c : before.substr(line_start)) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) ++column;
  }
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>(text[at]));
  return {{path, line, column},
          fmt::format("expected UTF-8 text, found the byte 0x{:02X}", byte),
          "save the file as UTF-8",
          quote_with_caret(text, line, column)};
}

Fault too_large(const std::string& path) {
  return {{path, 0, 0},
          fmt::format("the file is larger than {} MiB", kLargestFile >> 20),
          "split it, or check that it is the right file",
          {}};
}

// Up to one byte more than allowed, so that the caller can tell.
std::optional<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 1 << 16> buffer;
  while (text.size() <= kLargestFile) {
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

// Returns 0 or the system's error.
int write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return 0;
}

// `content` part by part. An error of the system is returned; content that broke off is ECANCELED.
int write_new_file(const std::string& path, const FileSet::Make& content) {
  ::unlink(path.c_str());  // left by a process of the same number that was killed
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (!file.open()) return errno;
  int error = 0;
  const bool whole = content([&](std::string_view part) {
    if (error == 0) error = write_all(file.get(), part);
    return error == 0;
  });
  if (error != 0 || !whole) return error != 0 ? error : ECANCELED;
  if (::fsync(file.get()) != 0) return errno;
  return file.close() ? 0 : errno;
}

bool is_folder(const std::string& path) {
  struct stat status;
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

// Makes the renames durable. A file system that cannot flush a folder has still renamed.
void flush_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.open()) ::fsync(folder.get());
}

// One commit: every step leaves behind what undo needs, and the destructor undoes what was not
// finished.
class Commit {
 public:
  explicit Commit(std::string directory) : directory_(std::move(directory)) {
    if (directory_.empty()) directory_ = ".";
  }
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;
  ~Commit() {
    if (!finished_) undo();
  }

  std::optional<Fault> make_directory() {
    for (std::size_t end = 1; end <= directory_.size(); ++end) {
      if (end < directory_.size() && directory_[end] != '/') continue;
      const std::string part = directory_.substr(0, end);
      if (::mkdir(part.c_str(), 0777) == 0) {
        made_.push_back(part);
      } else if (const int error = errno; !is_folder(part)) {
        // Something that is no folder stands there: the system's "file exists" would mislead.
        return system_fault("create the folder", part, error == EEXIST ? ENOTDIR : error);
      }
    }
    return std::nullopt;
  }

  std::optional<Fault> write(const std::string& name, std::string_view content) {
    return write(name, [&](const FileSet::Put& put) { return put(content); });
  }

  std::optional<Fault> write(const std::string& name, const FileSet::Make& content) {
    steps_.push_back({name, false, false, false});
    const int error = write_new_file(temporary(name), content);
    if (error == 0) return std::nullopt;
    return system_fault("write the file", path(name), error);
  }

  std::optional<Fault> rename_all() {
    for (Step& step : steps_) {
      if (const int error = replace(step); error != 0) {
        return system_fault("write the file", path(step.name), error);
      }
    }
    for (const Step& step : steps_) {
      if (step.saved) ::unlink(saved(step.name).c_str());
    }
    flush_folder(directory_);
    finished_ = true;
    return std::nullopt;
  }

 private:
  struct Step {
    std::string name;
    bool saved;     // the file that was there before is kept under the name saved()
    bool replaced;  // the new file has its name
    bool moved;     // the old file was renamed away rather than linked
  };

  std::string path(const std::string& name) const { return directory_ + "/" + name; }
  std::string temporary(const std::string& name) const {
    return fmt::format("{}/.{}.tmp-{}", directory_, name, ::getpid());
  }
  std::string saved(const std::string& name) const {
    return fmt::format("{}/.{}.old-{}", directory_, name, ::getpid());
  }

  int replace(Step& step) {
    const std::string target = path(step.name);
    if (is_folder(target)) return EISDIR;
    struct stat status;
    if (::lstat(target.c_str(), &status) == 0) {
      ::unlink(saved(step.name).c_str());
      // A second link keeps the name filled at every moment; not every file system has links.
      step.saved = ::link(target.c_str(), saved(step.name).c_str()) == 0;
      if (!step.saved) {
        if (::rename(target.c_str(), saved(step.name).c_str()) != 0) return errno;
        step.saved = step.moved = true;
      }
    }
    if (::rename(temporary(step.name).c_str(), target.c_str()) != 0) return errno;
    step.replaced = true;
    return 0;
  }

  void undo() {
    for (const Step& step : steps_) {
      if (step.replaced && !step.saved) ::unlink(path(step.name).c_str());
      if (step.saved && (step.replaced || step.moved)) {
        ::rename(saved(step.name).c_str(), path(step.name).c_str());
      }
      if (step.saved) ::unlink(saved(step.name).c_str());
      ::unlink(temporary(step.name).c_str());
    }
    for (auto part = made_.rbegin(); part != made_.rend(); ++part) ::rmdir(part->c_str());
  }

  std::string directory_;
  std::vector<std::string> made_;
  std::vector<Step> steps_;
  bool finished_ = false;
};

Faults faults_of_names(const std::string& directory, const std::vector<std::string>& names) {
  Faults faults;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    const bool plain = !name.empty() && name != "." && name != ".." &&
                       name.find('/') == std::string::npos && name.find('\0') == std::string::npos;
    if (!plain) {
      faults.add({directory, 0, 0}, fmt::format("'{}' is not a plain file name", shown_text(name)),
                 "use a name without '/'");
    } else if (!seen.insert(name).second) {
      faults.add({directory, 0, 0}, fmt::format("two files have the name '{}'", shown_text(name)),
                 "give each file its own name");
    }
  }
  return faults;
}

}  // namespace

Result<std::string> read_text(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.open()) return system_fault("open the file", path, errno);
  struct stat status;
  if (::fstat(file.get(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return Fault{{path, 0, 0}, "expected a file, found a folder", "name a file in it", {}};
  }
  std::optional<std::string> text = read_all(file.get());
  if (!text) return system_fault("read the file", path, errno);
  if (text->size() > kLargestFile) return too_large(path);
  if (text->starts_with(kByteOrderMark)) text->erase(0, kByteOrderMark.size());
  const std::size_t bad = first_invalid_utf8(*text);
  if (bad != std::string::npos) return encoding_fault(path, *text, bad);
  return std::move(*text);
}

Result<Done> FileSet::commit() {
  std::vector<std::string> names;
  for (const File& file : files_) names.push_back(file.name);
  if (Faults faults = faults_of_names(directory_, names); !faults.empty()) return faults;
  Commit commit(directory_);
  if (auto fault = commit.make_directory()) return *fault;
  for (const auto& [name, content, make] : files_) {
    auto fault = make ? commit.write(name, make) : commit.write(name, std::string_view(content));
    if (fault) return *fault;
  }
  if (auto fault = commit.rename_all()) return *fault;
  return Done{};
}

Result<Done> probe_directory(const std::string& directory) {
  Commit commit(directory);  // never finished: what it makes is undone when it goes out of scope
  if (auto fault = commit.make_directory()) return *fault;
  if (auto fault = commit.write("probe", "can this be written?\n")) return *fault;
  return Done{};
}

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  const int done =
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr);
  DW_CHECK(done == 1 && size == 32, "SHA-256 of OpenSSL");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

}  // namespace dosewright
