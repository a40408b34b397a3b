#include "dosewright/molecule/scan.hpp"

#include <fmt/format.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <tuple>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/alignment.hpp"

namespace dosewright::molecule {
namespace {

constexpr std::size_t kPatternsAtOnce = 16;  // of a panel: searched in a block while it is in cache

const ScanKernels* kernels_of(Simd width) {
  switch (width) {
    case Simd::kAvx512:
      return avx512_kernels();
    case Simd::kAvx2:
      return avx2_kernels();
    default:
      return portable_kernels();
  }
}

// A query's target on one strand of the text, as the kernels want it.
struct Pattern {
  int query = 0;
  bool minus = false;
  std::vector<std::uint8_t> masks;
  std::vector<std::uint32_t> offsets, planes;  // see MismatchPlan, EditPlan
  bool has_codes = false;

  int length() const { return static_cast<int>(masks.size()); }
};

std::vector<std::uint8_t> masks_of(const std::string& bases) {
  std::vector<std::uint8_t> masks;
  for (const char letter : bases) masks.push_back(base_mask(letter));
  return masks;
}

Pattern make_pattern(int query, bool minus, const std::string& bases) {
  Pattern pattern;
  pattern.query = query;
  pattern.minus = minus;
  pattern.masks = masks_of(bases);
  if (!minus) {
    std::ranges::reverse(pattern.masks);
    for (std::uint8_t& mask : pattern.masks) mask = complement(mask);
  }
  std::uint32_t row = 0;
  for (const std::uint8_t mask : pattern.masks) {
    const std::uint32_t plane = mask == 1 ? 0 : mask == 2 ? 1 : mask == 4 ? 2 : 3;
    if (mask != (1U << plane)) pattern.has_codes = true;
    pattern.planes.push_back(plane * kPlaneWords);
    pattern.offsets.push_back(row * kRowWords + plane * kPlaneWords);
    ++row;
  }
  return pattern;
}

std::vector<Pattern> make_patterns(std::span<const ScanQuery> queries, bool both_strands) {
  std::vector<Pattern> patterns;
  for (std::size_t i = 0; i < queries.size(); ++i) {
    patterns.push_back(make_pattern(static_cast<int>(i), false, queries[i].bases));
    if (both_strands) {
      patterns.push_back(make_pattern(static_cast<int>(i), true, queries[i].bases));
    }
  }
  return patterns;
}

// Where a pattern was found, before the site around it is known.
struct Found {
  std::int32_t pattern = 0;
  std::int32_t distance = 0;
  std::uint64_t at = 0;  // of the first base (mismatches) or the last (edits) in the text

  bool operator<(const Found& other) const {
    return std::tie(pattern, at) < std::tie(other.pattern, other.at);
  }
};

// Row r of the next lane stands in row kRows + r of a lane, if lanes went on.
void copy_next(const PackedText& text, std::int64_t block, int row, std::uint64_t* to) {
  const std::uint64_t* const here = text.block(block) + static_cast<std::int64_t>(row) * kRowWords;
  const bool last = block + 1 == text.n_blocks();
  for (int plane = 0; plane < 4; ++plane) {
    const std::uint64_t* const from = here + plane * kPlaneWords;
    const std::uint64_t beyond = last ? 0 : from[kBlockWords];
    for (int word = 0; word < kPlaneWords; ++word) {
      const std::uint64_t next = word + 1 < kPlaneWords ? from[word + 1] : beyond;
      to[plane * kPlaneWords + word] = from[word] >> 1 | next << 63;
    }
  }
}

// Row r of the lane before.
void copy_before(const PackedText& text, std::int64_t block, int row, std::uint64_t* to) {
  const std::uint64_t* const here = text.block(block) + static_cast<std::int64_t>(row) * kRowWords;
  for (int plane = 0; plane < 4; ++plane) {
    const std::uint64_t* const from = here + plane * kPlaneWords;
    const std::uint64_t beyond = block == 0 ? 0 : (from - kBlockWords)[kPlaneWords - 1];
    for (int word = 0; word < kPlaneWords; ++word) {
      const std::uint64_t before = word > 0 ? from[word - 1] : beyond;
      to[plane * kPlaneWords + word] = from[word] << 1 | before >> 63;
    }
  }
}

// One search: the text, the patterns, and what became of them.
class Search {
 public:
  Search(const PackedText& text, std::vector<Pattern> patterns, const ScanOptions& options)
      : text_(text),
        patterns_(std::move(patterns)),
        options_(options),
        kernels_(*kernels_of(options.width)) {
    for (const Pattern& pattern : patterns_) longest_ = std::max(longest_, pattern.length());
  }

  // In the order of pattern and place.
  std::vector<Found> run() {
    const std::size_t n_groups = (patterns_.size() + kPatternsAtOnce - 1) / kPatternsAtOnce;
    const std::size_t n_items = n_groups * static_cast<std::size_t>(text_.n_blocks());
    std::vector<std::vector<Found>> found(n_items);
    tbb::task_arena arena(options_.threads <= 0 ? tbb::task_arena::automatic : options_.threads);
    arena.execute([&] {
      tbb::parallel_for(std::size_t{0}, n_items, [&](std::size_t item) {
        if (stopped()) return;
        const std::size_t first = item % n_groups * kPatternsAtOnce;
        const std::size_t last = std::min(first + kPatternsAtOnce, patterns_.size());
        search_block(static_cast<std::int64_t>(item / n_groups), first, last, found[item]);
        n_found_ += static_cast<std::int64_t>(found[item].size());
        if (options_.done != nullptr) *options_.done += static_cast<std::int64_t>(last - first);
      });
    });
    std::vector<Found> all;
    if (too_many()) return all;
    for (const std::vector<Found>& part : found) all.insert(all.end(), part.begin(), part.end());
    std::ranges::sort(all, std::less<>());
    return all;
  }

  bool too_many() const { return n_found_ > kMostHits; }
  const std::vector<Pattern>& patterns() const { return patterns_; }

  // The site that ends there: its first base, and how many differences it has.
  Trace trace(const Found& end) const {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(end.pattern)];
    const std::uint64_t start = record_of(end.at).start;
    const std::uint64_t reach =
        static_cast<std::uint64_t>(pattern.length()) + static_cast<std::uint64_t>(options_.k);
    const std::uint64_t first = end.at + 1 - start > reach ? end.at + 1 - reach : start;
    return trace_back(pattern.masks, text_.masks(first, end.at + 1 - first));
  }

 private:
  bool stopped() const { return too_many() || (options_.stop != nullptr && options_.stop->load()); }

  const TextRecord& record_of(std::uint64_t at) const {
    return text_.records()[static_cast<std::size_t>(text_.record_at(at))];
  }

  void search_block(std::int64_t block, std::size_t first, std::size_t last,
                    std::vector<Found>& found) const {
    // Rows around the end (mismatches) or before the beginning (edits) of the block's lanes.
    const bool edits = options_.difference == Difference::kEdits;
    const int reach = edits ? longest_ + options_.k : longest_ - 1;
    const std::vector<std::uint64_t> seam =
        edits ? rows_before(block, reach) : rows_around_end(block, reach);
    for (std::size_t i = first; i < last; ++i) {
      const auto index = static_cast<std::int32_t>(i);
      if (edits) {
        search_edits(block, index, {seam.data(), seam.size()}, found);
      } else {
        search_mismatches(block, index, {seam.data(), seam.size()}, found);
      }
    }
  }

  // The last n rows of the lanes, and the n rows that follow them.
  std::vector<std::uint64_t> rows_around_end(std::int64_t block, int n) const {
    std::vector<std::uint64_t> rows(static_cast<std::size_t>(2 * n) * kRowWords);
    const std::size_t half = static_cast<std::size_t>(n) * kRowWords;
    if (n > 0) std::memcpy(rows.data(), text_.block(block) + (kBlockWords - half), half * 8);
    for (int row = 0; row < n; ++row) {
      copy_next(text_, block, row, rows.data() + half + static_cast<std::size_t>(row) * kRowWords);
    }
    return rows;
  }

  // The n rows before the first one of each lane.
  std::vector<std::uint64_t> rows_before(std::int64_t block, int n) const {
    std::vector<std::uint64_t> rows(static_cast<std::size_t>(n) * kRowWords);
    for (int row = 0; row < n; ++row) {
      copy_before(text_, block, kRows - n + row,
                  rows.data() + static_cast<std::size_t>(row) * kRowWords);
    }
    return rows;
  }

  void search_mismatches(std::int64_t block, std::int32_t index,
                         std::span<const std::uint64_t> seam, std::vector<Found>& found) const {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(index)];
    MismatchPlan plan{pattern.offsets.data(), pattern.has_codes ? pattern.masks.data() : nullptr,
                      pattern.length(), 0, 0};
    while ((1 << plan.n_bits) <= options_.k) ++plan.n_bits;
    plan.bias = (1 << plan.n_bits) - 1 - options_.k;
    const int inside = kRows - (pattern.length() - 1);  // windows that end in their own lane
    // The seam begins longest_ - 1 rows before the end of the lanes.
    const std::uint64_t* const tail =
        seam.data() + seam.size() / 2 - static_cast<std::size_t>(kRows - inside) * kRowWords;
    HitWords hits;
    for (int row = 0; row < kRows;) {
      const bool in_tail = row >= inside;
      const int n = std::min(kMostRows, (in_tail ? kRows : inside) - row);
      const std::uint64_t* const rows =
          in_tail ? tail + static_cast<std::int64_t>(row - inside) * kRowWords
                  : text_.block(block) + static_cast<std::int64_t>(row) * kRowWords;
      hits.n = 0;
      kernels_.mismatches(rows, n, plan, hits);
      if (hits.n > 0) keep(block, row, index, hits, found);
      row += n;
    }
  }

  void search_edits(std::int64_t block, std::int32_t index, std::span<const std::uint64_t> seam,
                    std::vector<Found>& found) const {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(index)];
    const int m = pattern.length(), reach = m + options_.k;
    EditPlan plan{pattern.planes.data(), pattern.has_codes ? pattern.masks.data() : nullptr, m, 1};
    // Scores go from -(k + 1) to m - (k + 1).
    while ((1 << (plan.n_bits - 1)) < std::max(options_.k + 1, m - options_.k)) ++plan.n_bits;
    std::vector<std::uint64_t> state = first_column(plan);
    const std::uint64_t* const before =
        seam.data() + seam.size() - static_cast<std::size_t>(reach) * kRowWords;
    kernels_.edits(before, reach, plan, state.data(), nullptr);
    HitWords hits;
    for (int row = 0; row < kRows; row += kMostRows) {
      hits.n = 0;
      kernels_.edits(text_.block(block) + static_cast<std::int64_t>(row) * kRowWords, kMostRows,
                     plan, state.data(), &hits);
      if (hits.n > 0) keep(block, row, index, hits, found);
    }
  }

  // D[i][0] = i: every vertical difference is +1.
  std::vector<std::uint64_t> first_column(const EditPlan& plan) const {
    std::vector<std::uint64_t> state(
        static_cast<std::size_t>(edit_state_words(plan.length, plan.n_bits)), 0);
    const auto fill = [&state](int vector) {
      std::fill_n(state.begin() + vector * kPlaneWords, kPlaneWords, ~std::uint64_t{0});
    };
    for (int i = 0; i < plan.length; ++i) fill(2 * i);
    const int score = plan.length - (options_.k + 1);
    for (int bit = 0; bit < plan.n_bits; ++bit) {
      if ((score >> bit & 1) != 0) fill(2 * plan.length + bit);
    }
    return state;
  }

  // row: of the text, for row 0 of the hits.
  void keep(std::int64_t block, int row, std::int32_t index, const HitWords& hits,
            std::vector<Found>& found) const {
    for (int i = 0; i < hits.n; ++i) {
      const HitWord& hit = hits.words[i];
      for (std::uint64_t bits = hit.bits; bits != 0; bits &= bits - 1) {
        const auto lane = hit.word * 64 + static_cast<std::uint64_t>(std::countr_zero(bits));
        const std::uint64_t at = static_cast<std::uint64_t>(block) * kBlockBases + lane * kRows +
                                 static_cast<std::uint64_t>(row) + hit.row;
        if (at < text_.size()) verify({index, 0, at}, found);
      }
    }
  }

  // The kernels know no records: what crosses from one into the next is dropped here.
  void verify(Found candidate, std::vector<Found>& found) const {
    const Pattern& pattern = patterns_[static_cast<std::size_t>(candidate.pattern)];
    if (options_.difference == Difference::kEdits) {
      candidate.distance = trace(candidate).distance;
    } else {
      const TextRecord& record = record_of(candidate.at);
      const auto length = static_cast<std::uint64_t>(pattern.length());
      if (candidate.at + length > record.start + record.length) return;
      for (std::uint64_t i = 0; i < length; ++i) {
        if (!match(pattern.masks[i], text_.mask(candidate.at + i))) ++candidate.distance;
      }
    }
    if (candidate.distance <= options_.k) found.push_back(candidate);
  }

  const PackedText& text_;
  std::vector<Pattern> patterns_;
  const ScanOptions& options_;
  const ScanKernels& kernels_;
  int longest_ = 0;
  std::atomic<std::int64_t> n_found_{0};
};

// Of ends that follow each other in one record, the best; `ends` in the order of pattern and place.
std::vector<Found> best_ends(const PackedText& text, const std::vector<Found>& ends) {
  std::vector<Found> best;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const bool goes_on = i > 0 && ends[i].pattern == ends[i - 1].pattern &&
                         ends[i].at == ends[i - 1].at + 1 &&
                         text.record_at(ends[i].at) == text.record_at(ends[i - 1].at);
    if (!goes_on) {
      best.push_back(ends[i]);
    } else if (ends[i].distance < best.back().distance) {
      best.back() = ends[i];
    }
  }
  return best;
}

ScanHit to_hit(const PackedText& text, const Search& search, const Found& found,
               Difference difference) {
  const Pattern& pattern = search.patterns()[static_cast<std::size_t>(found.pattern)];
  ScanHit hit;
  hit.query = pattern.query;
  hit.minus = pattern.minus;
  hit.distance = found.distance;
  hit.record = text.record_at(found.at);
  const std::uint64_t place =
      found.at - text.records()[static_cast<std::size_t>(hit.record)].start + 1;
  hit.length = pattern.length();
  hit.position = place;
  if (difference == Difference::kEdits) {
    hit.length = search.trace(found).text_letters;
    hit.position = place + 1 - static_cast<std::uint64_t>(hit.length);
  }
  return hit;
}

Place place_of(const ScanQuery& query, std::size_t column) {
  return {query.name.empty() ? "query" : query.name, 0, static_cast<int>(column)};
}

void check_letters(const ScanQuery& query, Faults& faults) {
  for (std::size_t i = 0; i < query.bases.size(); ++i) {
    const std::uint8_t mask = base_mask(query.bases[i]);
    if (mask != 0 && mask != kNoBase) continue;
    const std::string place = fmt::format("residue {}", i + 1);
    if (mask == 0) {
      faults.add(place_of(query, i + 1), place + " is N, which matches nothing",
                 "search the parts beside it, or write the codes of the bases that it may be");
    } else {
      faults.add(place_of(query, i + 1),
                 fmt::format("{}: expected a nucleotide code, found '{}'", place,
                             shown_text(std::string_view(query.bases).substr(i, 1))),
                 "A C G T U and the IUPAC codes R Y S W K M B D H V are searched");
    }
  }
}

void check_query(const ScanQuery& query, const ScanOptions& options, Faults& faults) {
  if (query.bases.empty()) {
    faults.add(place_of(query, 0), "the query is empty", "give the bases of the oligonucleotide");
    return;
  }
  if (query.bases.size() > kLongestQuery) {
    faults.add(place_of(query, 0),
               fmt::format("the query has {} bases, at most {} are searched", query.bases.size(),
                           kLongestQuery),
               "search a part of it");
    return;
  }
  check_letters(query, faults);
  if (!query.sugars.empty() && query.sugars.size() != query.bases.size()) {
    faults.add(place_of(query, 0),
               fmt::format("{} sugars for {} bases", query.sugars.size(), query.bases.size()));
  }
  if (options.k >= 0 && static_cast<std::size_t>(options.k) >= query.bases.size()) {
    faults.add(place_of(query, 0),
               fmt::format("{} differences are too many for {} bases: every place would do",
                           options.k, query.bases.size()),
               "allow fewer; 3 of 20 is usual");
  }
}

}  // namespace

std::vector<Simd> simd_widths() {
  std::vector<Simd> widths = {Simd::kPortable};
#if defined(__x86_64__)
  if (avx2_kernels() != nullptr && __builtin_cpu_supports("avx2")) widths.push_back(Simd::kAvx2);
  if (avx512_kernels() != nullptr && __builtin_cpu_supports("avx512f")) {
    widths.push_back(Simd::kAvx512);
  }
#endif
  return widths;
}

std::string_view to_text(Simd width) {
  switch (width) {
    case Simd::kAvx512:
      return "AVX-512";
    case Simd::kAvx2:
      return "AVX2";
    default:
      return "64-bit words";
  }
}

Faults check_scan(std::span<const ScanQuery> queries, const ScanOptions& options) {
  Faults faults;
  const bool edits = options.difference == Difference::kEdits;
  const int most = edits ? kMostEdits : kMostMismatches;
  if (options.k < 0 || options.k > most) {
    faults.add({"command line", 0, 0},
               fmt::format("{} must lie between 0 and {}, found {}",
                           edits ? "--edits" : "--mismatches", most, options.k),
               "3 is usual for a 20-mer");
  }
  if (queries.empty()) faults.add({"command line", 0, 0}, "there is nothing to search for");
  for (const ScanQuery& query : queries) check_query(query, options, faults);
  return faults;
}

std::int64_t scan_work(const PackedText& text, std::span<const ScanQuery> queries,
                       const ScanOptions& options) {
  return text.n_blocks() * static_cast<std::int64_t>(queries.size()) *
         (options.both_strands ? 2 : 1);
}

Result<ScanResult> scan(const PackedText& text, std::span<const ScanQuery> queries,
                        const ScanOptions& options) {
  if (Faults faults = check_scan(queries, options); !faults.empty()) return faults;
  Search search(text, make_patterns(queries, options.both_strands), options);
  std::vector<Found> found = search.run();
  if (search.too_many()) {
    return Fault{{"command line", 0, 0},
                 fmt::format("more than {} hits", kMostHits),
                 "allow fewer differences, or search fewer queries at once",
                 {}};
  }
  ScanResult result;
  result.interrupted = options.stop != nullptr && options.stop->load();
  const bool edits = options.difference == Difference::kEdits;
  if (edits && !options.every_end) found = best_ends(text, found);
  for (const Found& one : found) {
    result.hits.push_back(to_hit(text, search, one, options.difference));
  }
  std::ranges::stable_sort(result.hits, [](const ScanHit& a, const ScanHit& b) {
    return std::tie(a.query, a.record, a.position, a.length, a.minus) <
           std::tie(b.query, b.record, b.position, b.length, b.minus);
  });
  return result;
}

}  // namespace dosewright::molecule
