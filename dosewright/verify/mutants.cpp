#include "dosewright/verify/mutants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "dosewright/base/text.hpp"

namespace dosewright::verify {

namespace {

constexpr double kShift = 0.01;

struct Span {
  std::size_t begin = 0, end = 0;
  std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

// The value of `key = "..."` or `key = [...]` within the block; empty where there is none.
Span value_of(std::string_view text, Span block, const std::string& key, char close) {
  const std::size_t at = text.find("\n" + key + " = ", block.begin);
  if (at == std::string_view::npos || at >= block.end) return {};
  const std::size_t begin = at + key.size() + 5;  // behind the opening quote or bracket
  return {begin, text.find(close, begin)};
}

std::vector<Span> transition_blocks(std::string_view text) {
  std::vector<Span> blocks;
  static constexpr std::string_view kOpen = "\n[[region.", kKind = ".transition]]";
  for (std::size_t at = text.find(kOpen); at != std::string_view::npos;) {
    const std::size_t line_end = text.find('\n', at + 1);
    const std::size_t next = text.find("\n[", line_end);
    const std::size_t end = next == std::string_view::npos ? text.size() : next;
    if (text.substr(at, line_end - at).ends_with(kKind)) blocks.push_back({at, end});
    at = text.find(kOpen, line_end);
  }
  return blocks;
}

std::string replaced(std::string_view text, Span span, std::string_view by) {
  return std::string(text.substr(0, span.begin)) + std::string(by) +
         std::string(text.substr(span.end));
}

// One comparison operator of a guard, and the literal behind it.
struct Comparison {
  Span op, number, unit;
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::vector<Comparison> comparisons_in(std::string_view text, Span guard) {
  std::vector<Comparison> found;
  for (std::size_t i = guard.begin; i < guard.end; ++i) {
    if (text[i] != '<' && text[i] != '>') continue;
    Comparison one;
    one.op = {i, i + (text[i + 1] == '=' ? 2U : 1U)};
    i = one.op.end;
    std::size_t at = text.find_first_not_of(' ', i);
    one.number = {at, at};
    while (is_digit(text[one.number.end]) || text[one.number.end] == '.') ++one.number.end;
    at = text.find_first_not_of(' ', one.number.end);
    one.unit = {at, text.find_first_of(" )\"", at)};
    found.push_back(one);
  }
  return found;
}

class Breeder {
 public:
  explicit Breeder(const std::string& text) : text_(text) {}

  std::vector<Mutant> all() {
    for (const Span block : transition_blocks(text_)) {
      rule_ = value_of(text_, block, "id", '"').of(text_);
      const Span guard = value_of(text_, block, "when", '"');
      for (const Comparison& one : comparisons_in(text_, guard)) {
        shift(one);
        flip(one);
      }
      drop(block);
    }
    return std::move(mutants_);
  }

 private:
  void add(std::string change, std::string text) {
    mutants_.push_back({rule_, std::move(change), std::move(text)});
  }

  void shift(const Comparison& one) {
    const std::string number(one.number.of(text_));
    if (number.empty()) return;
    const std::string unit(one.unit.of(text_));
    const double value = std::strtod(number.c_str(), nullptr);
    for (const int way : {1, -1}) {
      std::string now = number_text(value * (1 + way * kShift), 9) + " " + unit;
      if (unit == "d" || unit == "wk") {
        now = number_text(value * (unit == "wk" ? 7 : 1) + way, 9) + " d";
      }
      add(std::string(one.op.of(text_)) + " " + number + " " + unit + " -> " + now,
          replaced(text_, {one.number.begin, one.unit.end}, now));
    }
  }

  void flip(const Comparison& one) {
    const std::string op(one.op.of(text_));
    const std::string strict = op == ">=" ? ">" : op == ">" ? ">=" : op == "<=" ? "<" : "<=";
    const std::string turned = op == ">=" ? "<" : op == ">" ? "<=" : op == "<=" ? ">" : ">=";
    const std::string beside(Span{one.op.begin, one.unit.end}.of(text_));
    add(beside + " made " + strict, replaced(text_, one.op, strict));
    add(beside + " turned to " + turned, replaced(text_, one.op, turned));
  }

  void drop(Span block) {
    add("left out", replaced(text_, block, ""));
    const Span from = value_of(text_, block, "from", ']');
    if (from.begin == 0 || text_[from.begin - 1] != '[') return;
    const std::vector<std::string_view> states = split(from.of(text_), ',');
    for (std::size_t i = 0; i < states.size() && states.size() > 1; ++i) {
      std::vector<std::string> left;
      for (std::size_t j = 0; j < states.size(); ++j) {
        if (j != i) left.emplace_back(trim(states[j]));
      }
      add("left out from " + std::string(trim(states[i])), replaced(text_, from, join(left, ", ")));
    }
  }

  const std::string& text_;
  std::string rule_;
  std::vector<Mutant> mutants_;
};

// Faults of cases are told in these words (cases.cpp, coverage.cpp); with any other fault the
// protocol is not whole and cannot be verified.
bool about_cases(const Fault& fault) {
  return fault.message.starts_with("case '") || fault.message.starts_with("no case of '");
}

}  // namespace

std::vector<Mutant> mutants_of(const std::string& text) {
  return Breeder(text).all();
}

std::vector<Verdict> judge_mutants(const std::string& text,
                                   const protocol::Surroundings& surroundings,
                                   const Options& options, bool ask_proof_always) {
  std::vector<Verdict> verdicts;
  const std::vector<Mutant> mutants = mutants_of(text);
  for (const Mutant& mutant : mutants) {
    if (options.stop && options.stop()) break;
    if (options.progress) {
      options.progress(
          fmt::format("mutant {} of {}: {}", verdicts.size() + 1, mutants.size(), mutant.rule));
    }
    Verdict verdict{mutant.rule, mutant.change, false, false, ""};
    Document document = Document::parse(mutant.text, "mutant.toml");
    const protocol::Protocol protocol = protocol::parse_protocol(document, surroundings);
    const Faults& faults = document.faults();
    verdict.by_case = !faults.empty();
    const bool whole = std::all_of(faults.begin(), faults.end(), about_cases);
    if (whole && (ask_proof_always || !verdict.by_case)) {
      Options quick = options;
      quick.progress = nullptr;
      quick.reachability = false;
      quick.search = false;
      quick.first_failure = true;
      const Report report = verify(protocol, quick);
      const auto failed = std::find_if(
          report.findings.begin(), report.findings.end(),
          [](const Finding& finding) { return finding.outcome > Outcome::kUndeclared; });
      verdict.by_proof = failed != report.findings.end();
      if (verdict.by_proof) verdict.proof = to_text(failed->aspect) + " " + failed->subject;
    }
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

}  // namespace dosewright::verify
