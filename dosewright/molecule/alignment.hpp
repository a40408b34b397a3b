// The pairing of an oligonucleotide with one site, letter by letter.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/molecule/packed_text.hpp"
#include "dosewright/molecule/scan.hpp"

namespace dosewright::molecule {

// m: both letters, that match or not; q: a letter of the pattern alone; t: of the text alone.
struct Trace {
  std::string steps;     // of 'm', 'q', 't', from the first letter on
  int distance = 0;      // differences
  int text_letters = 0;  // that it covers, the last ones of the text
};

bool match(std::uint8_t a, std::uint8_t b);  // do the sets share a base?

// The best alignment of the whole pattern with an end of the text: edits, Levenshtein's
// [Sellers1980]. Of equals the one that, from the end backwards, pairs letters rather than leave
// one of the text out, and that rather than one of the pattern.
Trace trace_back(std::span<const std::uint8_t> pattern, std::span<const std::uint8_t> text);

struct SitePairing {
  std::string target;  // 5' to 3' on its own strand; '-' where the target has no base
  std::string marks;   // '|' a pair, ':' G with U or T, a mismatch for all that, ' ' none
  std::string oligo;   // 3' to 5'; '-' where the oligonucleotide has no base
  std::string sugars;  // 'd' deoxyribose, 'x' other, ' ' none; empty: not known
  int in_gap = 0;      // differences at or within the longest stretch of deoxyriboses
  int in_wings = 0;    // the other differences
  int paired_dna = 0;  // the longest stretch of deoxyriboses that are all paired
  int gap_first = 0;   // of the longest stretch of deoxyriboses, residues from 1; 0: there is none
  int gap_last = 0;
};

// A hit that `scan` found, drawn. Sugars of the query empty: counts of gap and wings stay 0.
SitePairing pairing(const PackedText& text, const ScanQuery& query, const ScanHit& hit,
                    Difference difference);

// The first and last residue, from 0, of the longest stretch of 'd'; {0, -1}: there is none.
std::pair<int, int> longest_gap(const std::string& sugars);

}  // namespace dosewright::molecule
