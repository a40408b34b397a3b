// Printing: results to standard output, faults and progress to standard error.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>

#include "dosewright/base/result.hpp"

namespace dosewright::cli {

void print(std::string_view text);           // to standard output
void print_error(std::string_view text);     // to standard error, with a newline
void print_faults(const Faults& faults);     // to standard error
void print_in_place(std::string_view text);  // over the last line of standard error; "": clears it
std::string faults_json(const Faults& faults);

// Prints the faults, as JSON to standard output or else to standard error, and returns
// kExitBadInput.
int fail(const Faults& faults, bool json = false);

// A line "12 400 of 78 200 patients, 3 100/s, 21 s left" that is rewritten in place while its owner
// lives: on a terminal only, never in a pipe.
class ProgressLine {
 public:
  ProgressLine(const std::atomic<std::int64_t>& done, std::int64_t total,
               const char* noun = "patients");
  // The total may change while it lives.
  ProgressLine(const std::atomic<std::int64_t>& done, const std::atomic<std::int64_t>& total,
               const char* noun = "patients");
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void start();
  void show(std::int64_t done, double seconds) const;

  const std::atomic<std::int64_t>& done_;
  const std::atomic<std::int64_t> fixed_total_;
  const std::atomic<std::int64_t>& total_;
  const char* noun_;
  std::atomic<bool> finished_{false};
  std::thread thread_;
};

// A line "12 400 entries" that is rewritten in place while its owner lives, where there is no
// total.
class CountLine {
 public:
  CountLine(const std::atomic<std::int64_t>& done, std::string_view what);
  ~CountLine();
  CountLine(const CountLine&) = delete;
  CountLine& operator=(const CountLine&) = delete;

 private:
  std::atomic<bool> finished_{false};
  std::thread thread_;
};

// For CLI11's check(): a range lets "nan" through, because that is neither below nor above it.
// Empty where the text is no NaN, else what to say.
std::string refuse_nan(const std::string& text);

// While it lives, Ctrl-C sets the flag instead of ending the process; a second one ends it.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  static const std::atomic<bool>& flag();
};

}  // namespace dosewright::cli
