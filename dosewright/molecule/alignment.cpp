#include "dosewright/molecule/alignment.hpp"

#include <algorithm>
#include <cctype>

namespace dosewright::molecule {
namespace {

// The columns of the matrix of edit distances, each for all rows. D[i][j]: between the first i
// letters of the pattern and the best stretch of the text that ends with its letter j.
class EditMatrix {
 public:
  EditMatrix(std::span<const std::uint8_t> pattern, std::span<const std::uint8_t> text)
      : height_(pattern.size() + 1), cells_(height_ * (text.size() + 1)) {
    for (std::size_t i = 0; i < height_; ++i) cells_[i] = static_cast<int>(i);
    for (std::size_t j = 1; j <= text.size(); ++j) {
      int* const column = cells_.data() + j * height_;
      const int* const before = column - height_;
      for (std::size_t i = 1; i < height_; ++i) {
        const int pair = before[i - 1] + (match(pattern[i - 1], text[j - 1]) ? 0 : 1);
        column[i] = std::min(pair, std::min(before[i], column[i - 1]) + 1);
      }
    }
  }
  int at(std::size_t i, std::size_t j) const { return cells_[j * height_ + i]; }

 private:
  std::size_t height_;
  std::vector<int> cells_;
};

// G of one strand with U or T of the other, each given as its own letter.
bool is_wobble(std::uint8_t target, std::uint8_t oligo) {
  return (target == 4 && oligo == 8) || (target == 8 && oligo == 4);
}

// The steps of a hit along its target, 5' to 3', and the target's letters.
struct Walk {
  std::string steps;
  std::vector<std::uint8_t> target;
};

Walk walk_of(const PackedText& text, const std::vector<std::uint8_t>& wanted, const ScanHit& hit,
             Difference difference) {
  const TextRecord& record = text.records()[static_cast<std::size_t>(hit.record)];
  Walk walk;
  walk.target = text.masks(record.start + hit.position - 1, static_cast<std::size_t>(hit.length));
  if (difference == Difference::kMismatches) {
    walk.steps.assign(wanted.size(), 'm');
  } else {
    std::vector<std::uint8_t> pattern = wanted;
    if (hit.minus) {  // as the scan saw it, along the text
      std::ranges::reverse(pattern);
      for (std::uint8_t& mask : pattern) mask = complement(mask);
    }
    walk.steps = trace_back(pattern, walk.target).steps;
  }
  if (hit.minus) {
    std::ranges::reverse(walk.steps);
    std::ranges::reverse(walk.target);
    for (std::uint8_t& mask : walk.target) mask = complement(mask);
  }
  return walk;
}

// Draws step by step and counts what lies in the gap.
class Drawing {
 public:
  Drawing(const ScanQuery& query) : query_(query), gap_(longest_gap(query.sugars)) {
    drawn_.gap_first = gap_.first + (gap_.second >= gap_.first ? 1 : 0);
    drawn_.gap_last = gap_.second + 1;
  }

  SitePairing draw(const Walk& walk) {
    std::size_t at = 0, residue = query_.bases.size();  // the next residue is the one before
    for (const char step : walk.steps) {
      const std::uint8_t target = step == 'q' ? std::uint8_t{0} : walk.target[at++];
      if (step == 't') {
        take(base_letter(target), ' ', '-', ' ');
        count(false, is_in_gap(residue) && residue > 0 && is_in_gap(residue - 1));
        continue;
      }
      --residue;
      const std::uint8_t oligo = base_mask(query_.bases[residue]);
      const bool pairs = step == 'm' && match(complement(oligo), target);
      const char mark = pairs ? '|' : step == 'm' && is_wobble(target, oligo) ? ':' : ' ';
      take(step == 'q' ? '-' : base_letter(target), mark, query_.bases[residue], sugar(residue));
      count(pairs, is_in_gap(residue));
    }
    return drawn_;
  }

 private:
  bool is_in_gap(std::size_t residue) const {
    const auto i = static_cast<std::ptrdiff_t>(residue);
    return i >= gap_.first && i <= gap_.second;
  }
  char sugar(std::size_t residue) const {
    return query_.sugars.empty() ? ' ' : query_.sugars[residue] == 'd' ? 'd' : 'x';
  }
  void take(char target, char mark, char oligo, char sugar_letter) {
    drawn_.target += target;
    drawn_.marks += mark;
    drawn_.oligo += static_cast<char>(std::toupper(static_cast<unsigned char>(oligo)));
    if (!query_.sugars.empty()) drawn_.sugars += sugar_letter;
  }
  void count(bool pairs, bool in_gap) {
    run_ = pairs && in_gap ? run_ + 1 : 0;
    drawn_.paired_dna = std::max(drawn_.paired_dna, run_);
    if (pairs || query_.sugars.empty()) return;
    ++(in_gap ? drawn_.in_gap : drawn_.in_wings);
  }

  const ScanQuery& query_;
  std::pair<int, int> gap_;
  SitePairing drawn_;
  int run_ = 0;
};

}  // namespace

bool match(std::uint8_t a, std::uint8_t b) {
  return (a & b & 15U) != 0;
}

Trace trace_back(std::span<const std::uint8_t> pattern, std::span<const std::uint8_t> text) {
  const EditMatrix matrix(pattern, text);
  std::size_t i = pattern.size(), j = text.size();
  Trace trace;
  trace.distance = matrix.at(i, j);
  while (i > 0) {
    const int here = matrix.at(i, j);
    if (j > 0 && here == matrix.at(i - 1, j - 1) + (match(pattern[i - 1], text[j - 1]) ? 0 : 1)) {
      trace.steps += 'm';
      --i, --j;
    } else if (j > 0 && here == matrix.at(i, j - 1) + 1) {
      trace.steps += 't';
      --j;
    } else {
      trace.steps += 'q';
      --i;
    }
  }
  trace.text_letters = static_cast<int>(text.size() - j);
  std::ranges::reverse(trace.steps);
  return trace;
}

std::pair<int, int> longest_gap(const std::string& sugars) {
  std::pair<int, int> best = {0, -1};
  for (std::size_t i = 0; i < sugars.size(); ++i) {
    std::size_t end = i;
    while (end < sugars.size() && sugars[end] == 'd') ++end;
    if (static_cast<int>(end - i) > best.second - best.first + 1) {
      best = {static_cast<int>(i), static_cast<int>(end) - 1};
    }
    i = std::max(i, end);
  }
  return best;
}

SitePairing pairing(const PackedText& text, const ScanQuery& query, const ScanHit& hit,
                    Difference difference) {
  std::vector<std::uint8_t> wanted;  // the target, 5' to 3'
  for (const char letter : query.bases) wanted.push_back(complement(base_mask(letter)));
  std::ranges::reverse(wanted);
  return Drawing(query).draw(walk_of(text, wanted, hit, difference));
}

}  // namespace dosewright::molecule
