#include "dosewright/molecule/alignment.hpp"

#include <doctest/doctest.h>

namespace dosewright::molecule {
namespace {

SitePairing first_pairing(const std::string& record, const ScanQuery& query,
                          const ScanOptions& options) {
  TextPacker packer;
  packer.begin_record("r");
  std::vector<std::uint8_t> masks;
  for (const char letter : record) masks.push_back(base_mask(letter));
  packer.append(masks);
  const PackedText text = packer.finish();
  const auto result = scan(text, std::vector<ScanQuery>{query}, options);
  REQUIRE(result.ok());
  REQUIRE(!result->hits.empty());
  return pairing(text, query, result->hits.front(), options.difference);
}

const ScanQuery kGapmer = {"q", "GCCTCAGTCTGCTTCGCACC", "xxxxxddddddddddxxxxx"};

}  // namespace

TEST_CASE("the full site: every residue paired, the whole gap too") {
  const SitePairing drawn = first_pairing("AAGGTGCGAAGCAGACTGAGGCAA", kGapmer, {});
  CHECK(drawn.target == "GGTGCGAAGCAGACTGAGGC");
  CHECK(drawn.marks == "||||||||||||||||||||");
  CHECK(drawn.oligo == "CCACGCTTCGTCTGACTCCG");
  CHECK(drawn.sugars == "xxxxxddddddddddxxxxx");
  CHECK(drawn.gap_first == 6);
  CHECK(drawn.gap_last == 15);
  CHECK(drawn.paired_dna == 10);
  CHECK(drawn.in_gap + drawn.in_wings == 0);
}

TEST_CASE("mismatches in wing and gap are told apart; G with T is marked, and counts") {
  // Third base of the target A for T (residue 18), eighth G for A (residue 13, a T).
  const SitePairing drawn = first_pairing("GGAGCGAGGCAGACTGAGGC", kGapmer, {});
  CHECK(drawn.marks == "|| ||||:||||||||||||");
  CHECK(drawn.in_wings == 1);
  CHECK(drawn.in_gap == 1);
  CHECK(drawn.paired_dna == 7);  // residues 6 to 12
}

TEST_CASE("the other strand is drawn as the target that pairs") {
  ScanOptions options;
  options.both_strands = true;
  const SitePairing drawn = first_pairing("AAGCCTCAGTCTGCTTCGCTCCAA", kGapmer, options);
  CHECK(drawn.target == "GGAGCGAAGCAGACTGAGGC");
  CHECK(drawn.marks == "|| |||||||||||||||||");
  CHECK(drawn.in_wings == 1);
  options.difference = Difference::kEdits;
  const SitePairing edits = first_pairing("AAGCCTCAGTCTGCTTCGCTCCAA", kGapmer, options);
  CHECK(edits.marks == drawn.marks);
  CHECK(edits.target == drawn.target);
}

TEST_CASE("bulges: a base that the target has more, and one that it lacks") {
  ScanOptions options;
  options.difference = Difference::kEdits;
  options.k = 1;
  const SitePairing more = first_pairing("TTGGTGCGAAGCTAGACTGAGGCTT", kGapmer, options);
  CHECK(more.target == "GGTGCGAAGCTAGACTGAGGC");
  CHECK(more.marks == "|||||||||| ||||||||||");
  CHECK(more.oligo == "CCACGCTTCG-TCTGACTCCG");
  CHECK(more.sugars == "xxxxxddddd dddddxxxxx");
  CHECK(more.in_gap == 1);
  CHECK(more.paired_dna == 5);
  const SitePairing less = first_pairing("TTGGTGGAAGCAGACTGAGGCTT", kGapmer, options);
  CHECK(less.target == "GGTG-GAAGCAGACTGAGGC");
  CHECK(less.oligo == "CCACGCTTCGTCTGACTCCG");
  CHECK(less.in_wings == 1);
  CHECK(less.paired_dna == 10);
}

TEST_CASE("without sugars nothing is said of gap and wings") {
  const SitePairing drawn = first_pairing("GGAGCGAGGCAGACTGAGGC", {"q", kGapmer.bases, {}}, {});
  CHECK(drawn.sugars.empty());
  CHECK(drawn.in_gap + drawn.in_wings + drawn.gap_first + drawn.paired_dna == 0);
}

TEST_CASE("the longest stretch of deoxyriboses") {
  CHECK(longest_gap("xxdddxddddx") == std::pair(6, 9));
  CHECK(longest_gap("ddd") == std::pair(0, 2));
  CHECK(longest_gap("xxx") == std::pair(0, -1));
  CHECK(longest_gap("") == std::pair(0, -1));
}

}  // namespace dosewright::molecule
