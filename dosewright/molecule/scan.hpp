// Off-targets: every site of a text that pairs with an oligonucleotide within k differences.
//
// A query is the oligonucleotide; what is searched is its target, the reverse complement, and with
// `both_strands` also the target on the other strand of each record. Letters are sets of bases:
// two match where the sets share a base, N matches nothing. A site lies in one record.
// The order of hits (query, place, strand) and the hits themselves do not depend on threads or on
// the width of the processor's vectors. Cost: see scan_kernel.hpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/packed_text.hpp"

namespace dosewright::molecule {

inline constexpr int kLongestQuery = 256;
inline constexpr int kMostMismatches = 15;
inline constexpr int kMostEdits = 15;
inline constexpr std::int64_t kMostHits = 2'000'000;

enum class Difference { kMismatches, kEdits };

enum class Simd { kPortable, kAvx2, kAvx512 };
std::vector<Simd> simd_widths();  // those that this machine can run, the widest last
std::string_view to_text(Simd width);

struct ScanQuery {
  std::string name;
  std::string bases;  // of the oligonucleotide, 5' to 3': A C G T U and IUPAC codes, no N
  // As many letters: 'd' for a deoxyribose, any other for another sugar. Empty: not known.
  std::string sugars;
};

struct ScanOptions {
  Difference difference = Difference::kMismatches;
  int k = 3;
  bool both_strands = false;
  // With edits, ends of sites that follow each other without a gap are one site, the best of them
  // (the first of equals). True: each of them is a hit of its own.
  bool every_end = false;
  int threads = 0;  // 0: one per core
  Simd width = simd_widths().back();
  const std::atomic<bool>* stop = nullptr;    // asked between blocks
  std::atomic<std::int64_t>* done = nullptr;  // counts blocks times patterns
};

struct ScanHit {
  int query = 0;
  int record = 0;
  bool minus = false;          // the target is on the other strand of the record
  std::uint64_t position = 0;  // of the site's first base in the record, counted from 1
  int length = 0;              // bases of the record that it covers
  int distance = 0;            // mismatches, or edits

  bool operator==(const ScanHit&) const = default;
};

struct ScanResult {
  std::vector<ScanHit> hits;
  bool interrupted = false;
};

// What is wrong with queries and options, all of it, with the place in the query: empty, longer
// than kLongestQuery, a letter that is no code, N, sugars of another number, k out of range.
Faults check_scan(std::span<const ScanQuery> queries, const ScanOptions& options);

// Faults of check_scan, or more than kMostHits hits.
Result<ScanResult> scan(const PackedText& text, std::span<const ScanQuery> queries,
                        const ScanOptions& options);

// What `scan` counts to in options.done.
std::int64_t scan_work(const PackedText& text, std::span<const ScanQuery> queries,
                       const ScanOptions& options);

}  // namespace dosewright::molecule
