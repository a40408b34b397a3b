// Walks over the text of a notation and collects faults with their places.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "dosewright/base/result.hpp"

namespace dosewright::molecule {

class Scanner {
 public:
  Scanner(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

  std::string_view text() const { return text_; }
  const std::string& file() const { return file_; }
  std::size_t offset() const { return offset_; }
  void seek(std::size_t offset) { offset_ = offset; }
  bool at_end() const { return offset_ >= text_.size(); }
  char peek(std::size_t ahead = 0) const;  // '\0' past the end
  std::string_view rest() const { return text_.substr(offset_); }

  char take() { return text_[offset_++]; }  // not at the end
  bool take_if(char expected);
  bool take_if(std::string_view expected);
  bool take_prime();   // ' or one of the two signs that typesetters use for it
  void skip_blanks();  // space, tab, line ends

  // A fault at the given offset. After kMaxFaults further ones are counted, not kept.
  void fault(std::size_t offset, std::string message, std::string hint = {});
  void fault(std::string message, std::string hint = {});  // here
  void adopt(const Faults& faults);  // those of another reader of the same text
  bool failed() const { return !faults_.empty(); }
  bool full() const { return faults_.size() >= kMaxFaults; }
  const Faults& faults() const { return faults_; }
  // How far the reader came before its first fault.
  std::size_t first_fault() const { return first_fault_; }
  // "'x'", or "the end", as a message names what stands at an offset.
  std::string shown_at(std::size_t offset) const;

 private:
  static constexpr std::size_t kMaxFaults = 20;

  Place place(std::size_t offset) const;

  std::string_view text_;
  std::string file_;
  std::size_t offset_ = 0;
  std::size_t first_fault_ = std::string_view::npos;
  Faults faults_;
};

// Faults of characters that no notation has: control characters, broken UTF-8, and letters that
// look like one of ours and are another. Typesetters' primes, arrows and dashes of names are let
// through.
void check_characters(Scanner& scanner);

}  // namespace dosewright::molecule
