#include "dosewright/base/stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "dosewright/base/text.hpp"

namespace dosewright {
namespace {

constexpr std::size_t kLongestLine = 1'000'000;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Fault system_fault(const char* what, const std::string& path, int error) {
  const char* hint = error == ENOENT ? "check the path" : "";
  if (error == EACCES || error == EPERM) hint = "check the permissions";
  if (error == ENOSPC) hint = "the disk is full";
  return {{path, 0, 0}, fmt::format("cannot {}: {}", what, std::strerror(error)), hint, {}};
}

}  // namespace

Result<LineReader> LineReader::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return system_fault("read the file", path, errno);
  struct stat status;
  if (::fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    ::close(fd);
    return system_fault("read the file", path, EISDIR);
  }
  return LineReader(path, fd);
}

LineReader::LineReader(LineReader&& other) noexcept
    : path_(std::move(other.path_)),
      fd_(std::exchange(other.fd_, -1)),
      line_(other.line_),
      buffer_(std::move(other.buffer_)),
      begin_(other.begin_),
      end_(other.end_),
      faults_(std::move(other.faults_)) {}

LineReader::~LineReader() {
  if (fd_ >= 0) ::close(fd_);
}

bool LineReader::fill() {
  for (;;) {
    const ssize_t count = ::read(fd_, buffer_.data(), buffer_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) faults_.add(system_fault("read the file", path_, errno));
    begin_ = 0;
    end_ = count > 0 ? static_cast<std::size_t>(count) : 0;
    return count > 0;
  }
}

bool LineReader::next(std::string& line) {
  line.clear();
  bool any = false;
  while (faults_.empty()) {
    if (begin_ == end_ && !fill()) break;
    any = true;
    const char* const from = buffer_.data() + begin_;
    const auto* const stop = static_cast<const char*>(std::memchr(from, '\n', end_ - begin_));
    const auto length = stop != nullptr ? static_cast<std::size_t>(stop - from) : end_ - begin_;
    line.append(from, length);
    begin_ += length + (stop != nullptr ? 1 : 0);
    if (line.size() > kLongestLine) {
      faults_.add({path_, line_ + 1, 0}, "a line is longer than a million bytes",
                  "is this a text file with one record a line?");
      return false;
    }
    if (stop != nullptr) return accept(line);
  }
  return any && faults_.empty() && accept(line);
}

bool LineReader::accept(std::string& line) {
  ++line_;
  if (line_ == 1 && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
  if (line.ends_with('\r')) line.pop_back();
  const std::size_t bad = first_invalid_utf8(line);
  if (bad == std::string::npos) return true;
  const auto byte = static_cast<unsigned>(static_cast<unsigned char>(line[bad]));
  faults_.add({path_, line_, static_cast<int>(bad) + 1},
              fmt::format("expected UTF-8 text, found the byte 0x{:02X}", byte),
              "save the file as UTF-8");
  return false;
}

Result<AsideFile> AsideFile::open(const std::string& path) {
  struct stat status;
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return system_fault("write the file", path, EISDIR);
  }
  std::string aside = fmt::format("{}.{}.part", path, ::getpid());
  ::unlink(aside.c_str());
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd < 0) return system_fault("write the file", path, errno);
  return AsideFile(path, std::move(aside), fd);
}

AsideFile::AsideFile(AsideFile&& other) noexcept
    : path_(std::move(other.path_)),
      aside_(std::exchange(other.aside_, {})),
      fd_(std::exchange(other.fd_, -1)) {}

AsideFile::~AsideFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!aside_.empty()) ::unlink(aside_.c_str());
}

Fault AsideFile::fault(const char* what, int error) const {
  return system_fault(what, path_, error);
}

Result<Done> AsideFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fault("write the file", errno);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return Done{};
}

Result<Done> AsideFile::commit() {
  if (::fsync(fd_) != 0 && errno != EINVAL) return fault("write the file", errno);
  if (::close(std::exchange(fd_, -1)) != 0) return fault("write the file", errno);
  if (std::rename(aside_.c_str(), path_.c_str()) != 0) return fault("write the file", errno);
  aside_.clear();
  return Done{};
}

}  // namespace dosewright
