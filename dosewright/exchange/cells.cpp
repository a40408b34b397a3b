#include "dosewright/exchange/cells.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "dosewright/base/text.hpp"

namespace dosewright::exchange {
namespace {

struct KindWord {
  std::string_view word;
  EntryKind kind;
};
constexpr KindWord kKinds[] = {
    {"birth", EntryKind::kBirth},       {"sex", EntryKind::kSex},
    {"lab", EntryKind::kLab},           {"dose", EntryKind::kDose},
    {"missed", EntryKind::kMissedDose}, {"fact", EntryKind::kFact},
    {"symptom", EntryKind::kFact},      {"diagnosis", EntryKind::kFact},
    {"allergy", EntryKind::kFact},      {"weight", EntryKind::kFact},
    {"reaction", EntryKind::kReaction}, {"medication", EntryKind::kMedication},
    {"intake", EntryKind::kIntake},     {"disposition", EntryKind::kDisposition},
};

class CellReader {
 public:
  CellReader(const Cells& cells, Entry& entry) : cells_(cells), entry_(entry) {}

  bool read() {
    read_kind();
    read_date();
    if (good_) read_code();
    if (good_) read_value();
    entry_.text = cells_.text;
    if (!cells_.site.empty()) entry_.site.push_back(code_of(cells_.site));
    return good_;
  }

 private:
  void fault(std::string_view cell, const std::string& message, const std::string& hint) {
    good_ = false;
    cells_.fault(cell, message, hint);
  }

  void read_kind() {
    for (const KindWord& known : kKinds) {
      if (cells_.kind == known.word) {
        entry_.kind = known.kind;
        return;
      }
    }
    std::vector<std::string> words;
    for (const KindWord& known : kKinds) words.emplace_back(known.word);
    const std::string near = nearest_name(cells_.kind, words);
    fault("kind", "expected a kind of entry, found '" + shown_text(cells_.kind) + "'",
          near.empty() ? "kinds are " + join(words, ", ") : "did you mean '" + near + "'?");
  }

  Minutes date_of(std::string_view cell, std::string_view text) {
    const Result<Minutes> at = parse_wall_clock(text);
    if (at.ok()) return *at;
    fault(cell, at.faults()[0].message, at.faults()[0].hint);
    return 0;
  }

  void read_date() {
    if (cells_.date.empty() && entry_.kind == EntryKind::kSex) return;
    entry_.at = date_of("date", cells_.date);
    if (!cells_.until.empty()) entry_.until = date_of("until", cells_.until);
    if (entry_.until && *entry_.until < entry_.at) {
      fault("until", "it ends before it begins", "exchange the two dates");
    }
  }

  void read_code() {
    std::string_view code = cells_.code;
    if (cells_.kind == "weight") code = "weight";
    const bool needless = entry_.kind == EntryKind::kBirth || entry_.kind == EntryKind::kDose ||
                          entry_.kind == EntryKind::kMissedDose;
    if (code.empty()) {
      if (!needless) fault("code", "this entry says not what it is about", "fill the column code");
      return;
    }
    entry_.codes.push_back(code_of(code));
  }

  std::optional<double> number(std::string_view cell, std::string_view text) {
    if (text.empty()) return std::nullopt;
    const Result<double> value = parse_number(text);
    if (value.ok()) return *value;
    fault(cell, value.faults()[0].message, value.faults()[0].hint);
    return std::nullopt;
  }

  void read_value() {
    entry_.unit = cells_.unit;
    switch (entry_.kind) {
      case EntryKind::kBirth:
      case EntryKind::kSex:
      case EntryKind::kMissedDose:
      case EntryKind::kDisposition:
        return;
      case EntryKind::kFact:
        return read_fact();
      case EntryKind::kMedication:
        return read_medication();
      default:
        break;
    }
    entry_.value = number("value", cells_.value);
    if (good_ && !entry_.value) {
      fault("value", "the value is missing",
            "a value that is not known is no entry: remove the row");
    }
    if (entry_.kind != EntryKind::kLab) return;
    entry_.uln = number("uln", cells_.uln);
    entry_.lln = number("lln", cells_.lln);
  }

  void read_fact() {
    if (cells_.value.empty() || cells_.value == "yes" || cells_.value == "no") {
      entry_.present = cells_.value != "no";
      return;
    }
    entry_.value = number("value", cells_.value);
  }

  // "3 d/wk" in the column text: on how many days a week.
  void read_medication() {
    entry_.value = number("value", cells_.value);
    const std::size_t mark = cells_.text.find(" d/wk");
    if (mark == std::string_view::npos) return;
    const std::size_t begin = cells_.text.find_last_of(' ', mark == 0 ? 0 : mark - 1);
    const std::size_t from = begin == std::string_view::npos ? 0 : begin + 1;
    const Result<double> days = parse_number(cells_.text.substr(from, mark - from));
    if (!days.ok() || *days < 0 || *days > 7) {
      return fault("text", "expected days a week from 0 to 7 before 'd/wk'", "write '3 d/wk'");
    }
    entry_.days_per_week = *days;
  }

  const Cells& cells_;
  Entry& entry_;
  bool good_ = true;
};

}  // namespace

Code code_of(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return {"", std::string(text)};
  return {std::string(trim(text.substr(0, colon))), std::string(trim(text.substr(colon + 1)))};
}

bool read_cells(const Cells& cells, Entry& entry) {
  return CellReader(cells, entry).read();
}

}  // namespace dosewright::exchange
