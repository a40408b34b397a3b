#include "dosewright/exchange/json_stream.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "dosewright/base/text.hpp"

namespace dosewright::exchange {
namespace {

class Walker {
 public:
  Walker(std::string_view text, const std::string& file, FaultList& faults)
      : text_(text), file_(file), faults_(faults) {}

  void walk(const std::string& list, const JsonVisitor& visitor) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    blanks();
    if (!take('{')) return fault("expected an object '{' at the top");
    blanks();
    if (take('}')) return end();
    do {
      std::string key;
      if (!take_key(key)) return;
      blanks();
      if (key == list && peek() == '[') {
        if (!walk_list(visitor)) return;
      } else {
        const std::size_t begin = at_;
        if (!skip_value()) return;
        visitor.member(key, text_.substr(begin, at_ - begin), begin);
      }
      blanks();
    } while (take(','));
    if (!take('}')) return fault("expected ',' or '}'");
    end();
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  void fault(const std::string& message) {
    faults_.add({place_of(text_, at_, file_), message + ", found " + found(),
                 "the file is no whole JSON text: was it cut off?", ""});
  }
  std::string found() const {
    if (at_ >= text_.size()) return "the end";
    return "'" + shown_text(text_.substr(at_, 20)) + "'";
  }
  void end() {
    blanks();
    if (at_ < text_.size()) fault("expected nothing after the top object");
  }

  bool take_key(std::string& key) {
    blanks();
    const std::size_t begin = at_;
    if (peek() != '"' || !skip_string()) return fault("expected a key in double quotes"), false;
    key = std::string(text_.substr(begin + 1, at_ - begin - 2));
    blanks();
    if (!take(':')) return fault("expected ':'"), false;
    return true;
  }

  bool walk_list(const JsonVisitor& visitor) {
    take('[');
    blanks();
    if (take(']')) return true;
    std::size_t index = 0;
    do {
      blanks();
      const std::size_t begin = at_;
      if (!skip_value()) return false;
      visitor.item(index++, text_.substr(begin, at_ - begin), begin);
      blanks();
    } while (take(','));
    if (!take(']')) return fault("expected ',' or ']'"), false;
    return true;
  }

  bool skip_string() {
    ++at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        ++at_;
        return true;
      }
    }
    at_ = text_.size();
    return false;
  }

  // To the end of the value, by brackets alone; what stands inside is checked when it is parsed.
  bool skip_value() {
    int depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        if (!skip_string()) return fault("a text in quotes has no end"), false;
      } else if (c == '{' || c == '[') {
        if (++depth > kDeepestJson) return too_deep(), false;
        ++at_;
      } else if (c == '}' || c == ']') {
        if (depth == 0) return fault("expected a value"), false;
        --depth;
        ++at_;
      } else if (depth == 0 && c == ',') {
        return fault("expected a value"), false;
      } else {
        at_ = depth == 0 ? std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size())
                         : std::min(text_.find_first_of("\"{}[]", at_), text_.size());
        if (depth == 0) return true;
        continue;
      }
      if (depth == 0) return true;
    }
    return fault("a value has no end"), false;
  }

  void too_deep() {
    faults_.add({place_of(text_, at_, file_),
                 fmt::format("values are nested more than {} deep", kDeepestJson),
                 "no patient's record is nested so deep: is this the right file?", ""});
  }

  std::string_view text_;
  const std::string& file_;
  FaultList& faults_;
  std::size_t at_ = 0;
};

}  // namespace

void walk_json(std::string_view text, const std::string& file, const std::string& list,
               const JsonVisitor& visitor, FaultList& faults) {
  const std::size_t bad = first_invalid_utf8(text);
  if (bad != std::string::npos) {
    faults.add({place_of(text, bad, file), "this is not UTF-8 text",
                "JSON is UTF-8 (RFC 8259): convert the file", ""});
    return;
  }
  Walker(text, file, faults).walk(list, visitor);
}

Place place_of(std::string_view text, std::size_t offset, const std::string& file) {
  offset = std::min(offset, text.size());
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n');
  const std::size_t start = before.rfind('\n');
  const std::size_t column = start == std::string_view::npos ? offset : offset - start - 1;
  return {file, static_cast<int>(line) + 1,
          static_cast<int>(std::min<std::size_t>(column, 1000000)) + 1};
}

Result<std::string> read_json_file(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (error) {
    return Fault{{path, 0, 0},
                 "cannot be read: " + error.message(),
                 "check the name and that you may read the file",
                 ""};
  }
  if (size > kLargestJson) {
    return Fault{{path, 0, 0},
                 fmt::format("a file of {} MB is too large: at most 200 MB are read", size >> 20),
                 "export this patient alone, or as CSV, which is read in any length",
                 ""};
  }
  std::string text(size, '\0');
  std::ifstream stream(path, std::ios::binary);
  stream.read(text.data(), static_cast<std::streamsize>(size));
  if (!stream) {
    return Fault{{path, 0, 0}, "cannot be read to its end", "check that you may read the file", ""};
  }
  return text;
}

}  // namespace dosewright::exchange
