#include "dosewright/draw/graphviz.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace dosewright::draw {
namespace {

constexpr int kNoSuchProgram = 127;

// A file without a name, which is gone when it is closed: pipes could block both sides.
class Scratch {
 public:
  Scratch() : file_(std::tmpfile()) {}
  ~Scratch() {
    if (file_ != nullptr) std::fclose(file_);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  bool ok() const { return file_ != nullptr; }
  int descriptor() const { return fileno(file_); }

  bool write(const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), file_) == text.size() &&
           std::fflush(file_) == 0 && lseek(descriptor(), 0, SEEK_SET) == 0;
  }

  std::string read() const {
    std::string text;
    std::array<char, 65536> piece;
    lseek(descriptor(), 0, SEEK_SET);
    for (ssize_t n; (n = ::read(descriptor(), piece.data(), piece.size())) > 0;) {
      text.append(piece.data(), static_cast<std::size_t>(n));
    }
    return text;
  }

 private:
  std::FILE* file_;
};

Fault fault(std::string message, std::string hint) {
  return {{"graphviz", 0, 0}, std::move(message), std::move(hint), {}};
}

// The exit status of `dot -Tsvg`, or kNoSuchProgram.
int run_dot(const Scratch& in, const Scratch& out, const Scratch& errors) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.descriptor(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.descriptor(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, errors.descriptor(), STDERR_FILENO);
  std::array<std::string, 2> words = {"dot", "-Tsvg"};
  std::array<char*, 3> arguments = {words[0].data(), words[1].data(), nullptr};
  pid_t child = 0;
  const int failed = posix_spawnp(&child, "dot", &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (failed != 0) return kNoSuchProgram;
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

}  // namespace

Result<std::string> svg_of(const std::string& dot) {
  Scratch in;
  const Scratch out, errors;
  if (!in.ok() || !out.ok() || !errors.ok() || !in.write(dot)) {
    return fault("cannot write a temporary file: " + std::string(std::strerror(errno)),
                 "is the disk full?");
  }
  const int status = run_dot(in, out, errors);
  if (status == kNoSuchProgram) {
    return fault("the program 'dot' was not found", "install Graphviz: apt-get install graphviz");
  }
  if (status != 0) return fault("'dot' refused the drawing: " + errors.read(), "");
  return out.read();
}

}  // namespace dosewright::draw
