// Constraints in words. Four sentences are understood:
//
//   at most N injection(s) a day|week           of the schedule itself, whoever gets it
//   at most X mg a week | an injection
//   [confirmed] LAB >= M ULN in at most P %     of patients: highest reading, or confirmed
//   MEASURE at most|at least VALUE [UNIT]       a measure by its name, in its own unit
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "dosewright/base/text.hpp"
#include "dosewright/refine/search.hpp"

namespace dosewright::refine {

namespace {

using Words = std::vector<std::string>;

constexpr const char* kHint =
    "write 'at most one injection a day', 'at most 200 mg a week', 'confirmed ALT >= 3 ULN in at "
    "most 5 %' or 'MEASURE at least 20 %'";

Words words_of(const std::string& text) {
  Words words;
  for (const std::string_view word : split(text, ' ')) {
    if (!trim(word).empty()) words.emplace_back(trim(word));
  }
  return words;
}

bool read_number(const std::string& word, double& value) {
  constexpr std::array<std::string_view, 11> kNames{
      "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"};
  const auto named = std::find(kNames.begin(), kNames.end(), word);
  if (named != kNames.end()) {
    value = static_cast<double>(named - kNames.begin());
    return true;
  }
  const auto [stop, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  return error == std::errc() && stop == word.data() + word.size() && std::isfinite(value);
}

// Whether the words are these, "#" standing for any one.
bool reads(std::span<const std::string> words, std::initializer_list<std::string_view> pattern) {
  if (words.size() != pattern.size()) return false;
  std::size_t i = 0;
  return std::all_of(pattern.begin(), pattern.end(), [&](std::string_view part) {
    const std::string& word = words[i++];
    return part == "#" || part == word || (part == "injection" && word == "injections");
  });
}

class Sentence {
 public:
  Sentence(Node node, const trial::Names& names, std::vector<Quantity>& quantities)
      : node_(std::move(node)), names_(names), quantities_(quantities) {
    constraint_.text = node_.text();
    constraint_.place = node_.place();
    words_ = words_of(constraint_.text);
  }

  Constraint read() {
    if (words_.empty()) return constraint_;  // text() has said so
    const bool read = of_the_schedule() || of_a_lab() || of_a_measure();
    if (!read && !told_) fault("no constraint is written like this", kHint);
    return constraint_;
  }

 private:
  void fault(const std::string& message, const std::string& hint) {
    told_ = true;
    node_.fault(message + ": '" + shown_text(constraint_.text) + "'", hint);
  }

  double number(const std::string& word) {
    double value = 0;
    if (!read_number(word, value) && !told_) {
      fault("expected a number, found '" + shown_text(word) + "'", kHint);
    }
    return value;
  }

  bool of_the_schedule() {
    using Kind = Constraint::Kind;
    const std::span<const std::string> words(words_);
    if (reads(words, {"at", "most", "#", "injection", "a", "day"})) {
      constraint_.kind = Kind::kInjectionsADay;
    } else if (reads(words, {"at", "most", "#", "injection", "a", "week"})) {
      constraint_.kind = Kind::kInjectionsAWeek;
    } else if (reads(words, {"at", "most", "#", "mg", "a", "week"})) {
      constraint_.kind = Kind::kMgAWeek;
    } else if (reads(words, {"at", "most", "#", "mg", "an", "injection"})) {
      constraint_.kind = Kind::kMgAnInjection;
    } else {
      return false;
    }
    constraint_.limit = number(words_[2]);
    if (!told_ && constraint_.limit <= 0) fault("a limit must be above 0", kHint);
    return true;
  }

  int lab(const std::string& code) {
    std::vector<std::string> codes;
    for (std::size_t i = 0; i < names_.labs.size(); ++i) {
      if (names_.labs[i].code == code) {
        if (!(names_.labs[i].uln > 0)) fault("'" + code + "' has no upper limit of normal", kHint);
        return static_cast<int>(i);
      }
      codes.push_back(names_.labs[i].code);
    }
    const std::string near = nearest_name(code, codes);
    fault("no lab is called '" + shown_text(code) + "'",
          near.empty() ? "known: " + join(codes, ", ") : "did you mean '" + near + "'?");
    return 0;
  }

  bool of_a_lab() {
    const bool confirmed = words_.front() == "confirmed";
    const auto words = std::span<const std::string>(words_).subspan(confirmed ? 1 : 0);
    if (!reads(words, {"#", ">=", "#", "ULN", "in", "at", "most", "#", "%"})) return false;
    Quantity quantity;
    quantity.unit = "%";
    trial::Statistic& statistic = quantity.statistic;
    statistic.outcome.measure =
        confirmed ? trial::Measure::kConfirmedUln : trial::Measure::kPeakUln;
    statistic.outcome.index = lab(words[0]);
    statistic.summary = trial::Summary::kPercent;
    statistic.within.low = number(words[2]);
    statistic.within.low_closed = true;
    constraint_.limit = number(words[7]);
    if (!told_ && !(constraint_.limit >= 0 && constraint_.limit <= 100)) {
      fault("a share of patients lies between 0 and 100 %", kHint);
    }
    quantity.name =
        fmt::format("{}{}_from_{}_uln", confirmed ? "confirmed_" : "", words[0], words[2]);
    quantity.title =
        fmt::format("{}{} {} x ULN or more", confirmed ? "confirmed " : "", words[0], words[2]);
    constraint_.quantity = index_of(quantity);
    return true;
  }

  int index_of(const Quantity& quantity) {
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      if (quantities_[i].same_as(quantity)) return static_cast<int>(i);
    }
    quantities_.push_back(quantity);
    return static_cast<int>(quantities_.size()) - 1;
  }

  bool of_a_measure() {
    const std::span<const std::string> words(words_);
    if (words.size() < 4 || words[1] != "at" || (words[2] != "most" && words[2] != "least")) {
      return false;
    }
    std::vector<std::string> known;
    for (std::size_t i = 0; i < quantities_.size(); ++i) {
      if (quantities_[i].name == words[0]) constraint_.quantity = static_cast<int>(i);
      known.push_back(quantities_[i].name);
    }
    if (constraint_.quantity < 0) {
      const std::string near = nearest_name(words[0], known);
      fault("no measure is called '" + shown_text(words[0]) + "'",
            near.empty() ? "known: " + join(known, ", ") : "did you mean '" + near + "'?");
      return true;
    }
    constraint_.at_most = words[2] == "most";
    constraint_.limit = number(words[3]);
    Words unit(words_.begin() + 4, words_.end());
    const std::string& expected = quantities_[static_cast<std::size_t>(constraint_.quantity)].unit;
    if (!told_ && join(unit, " ") != expected) {
      fault("'" + words[0] + "' is told in '" + expected + "', found '" + join(unit, " ") + "'",
            fmt::format("write '{} at {} {} {}'", words[0], words[2], words[3], expected));
    }
    return true;
  }

  Node node_;
  const trial::Names& names_;
  std::vector<Quantity>& quantities_;
  Words words_;
  Constraint constraint_;
  bool told_ = false;
};

}  // namespace

Constraint read_constraint(Node node, const trial::Names& names,
                           std::vector<Quantity>& quantities) {
  return Sentence(std::move(node), names, quantities).read();
}

}  // namespace dosewright::refine
