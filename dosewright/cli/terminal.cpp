#include "dosewright/cli/terminal.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "dosewright/cli/commands.hpp"

namespace dosewright::cli {

namespace {

std::atomic<bool> interrupted{false};
struct sigaction before_interrupt{};

void on_interrupt(int) {
  interrupted.store(true);
  sigaction(SIGINT, &before_interrupt, nullptr);
}

std::string grouped(std::int64_t n) {
  std::string text = std::to_string(n);
  for (auto i = static_cast<std::ptrdiff_t>(text.size()) - 3; i > 0; i -= 3) {
    text.insert(static_cast<std::size_t>(i), " ");
  }
  return text;
}

}  // namespace

void print(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void print_error(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fputc('\n', stderr);
}

void print_in_place(std::string_view text) {
  std::fputs("\r\033[K", stderr);
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

std::string refuse_nan(const std::string& text) {
  return std::isnan(std::strtod(text.c_str(), nullptr)) ? "'" + text + "' is not a number" : "";
}

void print_faults(const Faults& faults) {
  print_error(to_text(faults));
}

std::string faults_json(const Faults& faults) {
  nlohmann::json list = nlohmann::json::array();
  for (const Fault& fault : faults) {
    list.push_back({{"file", fault.place.file},
                    {"line", fault.place.line},
                    {"column", fault.place.column},
                    {"message", fault.message},
                    {"hint", fault.hint}});
  }
  return nlohmann::json{{"faults", list}}.dump(2) + "\n";
}

int fail(const Faults& faults, bool json) {
  json ? print(faults_json(faults)) : print_faults(faults);
  return kExitBadInput;
}

ProgressLine::ProgressLine(const std::atomic<std::int64_t>& done, std::int64_t total,
                           const char* noun)
    : done_(done), fixed_total_(total), total_(fixed_total_), noun_(noun) {
  start();
}

ProgressLine::ProgressLine(const std::atomic<std::int64_t>& done,
                           const std::atomic<std::int64_t>& total, const char* noun)
    : done_(done), fixed_total_(0), total_(total), noun_(noun) {
  start();
}

void ProgressLine::start() {
  if (isatty(STDERR_FILENO) == 0) return;
  thread_ = std::thread([this] {
    const auto start = std::chrono::steady_clock::now();
    while (!finished_.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      show(done_.load(), elapsed.count());
    }
  });
}

ProgressLine::~ProgressLine() {
  finished_.store(true);
  if (!thread_.joinable()) return;
  thread_.join();
  std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(std::int64_t done, double seconds) const {
  const double rate = static_cast<double>(done) / seconds;
  const std::int64_t total = std::max(total_.load(), done);
  const double left = rate > 0 ? static_cast<double>(total - done) / rate : 0;
  const std::string line =
      fmt::format("\r\033[K{} of {} {}, {}/s, {:.0f} s left", grouped(done), grouped(total), noun_,
                  grouped(static_cast<std::int64_t>(rate)), left);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

CountLine::CountLine(const std::atomic<std::int64_t>& done, std::string_view what) {
  if (isatty(STDERR_FILENO) == 0) return;
  thread_ = std::thread([this, &done, what = std::string(what)] {
    while (!finished_.load()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      const std::string line = fmt::format("\r\033[K{} {}", grouped(done.load()), what);
      std::fwrite(line.data(), 1, line.size(), stderr);
      std::fflush(stderr);
    }
  });
}

CountLine::~CountLine() {
  finished_.store(true);
  if (!thread_.joinable()) return;
  thread_.join();
  std::fputs("\r\033[K", stderr);
}

InterruptGuard::InterruptGuard() {
  interrupted.store(false);
  struct sigaction action{};
  action.sa_handler = on_interrupt;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, &before_interrupt);
}

InterruptGuard::~InterruptGuard() {
  sigaction(SIGINT, &before_interrupt, nullptr);
}

const std::atomic<bool>& InterruptGuard::flag() {
  return interrupted;
}

}  // namespace dosewright::cli
