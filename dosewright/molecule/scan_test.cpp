// The scan against a plain reading of what it promises, for every width of vector that the machine
// has: the reference below looks at one place after another and knows nothing of lanes or blocks.
#include "dosewright/molecule/scan.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <tuple>

#include "dosewright/base/random.hpp"
#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/fasta.hpp"

namespace dosewright::molecule {
namespace {

using Records = std::vector<std::string>;

PackedText packed(const Records& records) {
  TextPacker packer;
  int number = 0;
  for (const std::string& record : records) {
    packer.begin_record("r" + std::to_string(++number));
    std::vector<std::uint8_t> masks;
    for (const char letter : record) masks.push_back(base_mask(letter));
    packer.append(masks);
  }
  return packer.finish();
}

std::string reverse_complement(const std::string& bases) {
  std::string result;
  for (auto i = bases.rbegin(); i != bases.rend(); ++i) {
    result += base_letter(complement(base_mask(*i)));
  }
  return result;
}

bool pairs(char a, char b) {
  return match(base_mask(a), base_mask(b));
}

// record, place (first base: mismatches; last base: edits, both from 1), minus, distance
using Place4 = std::tuple<int, std::uint64_t, bool, int>;

void naive_mismatches(const std::string& pattern, bool minus, const Records& records, int k,
                      std::vector<Place4>& found) {
  for (std::size_t r = 0; r < records.size(); ++r) {
    for (std::size_t at = 0; at + pattern.size() <= records[r].size(); ++at) {
      int distance = 0;
      for (std::size_t i = 0; i < pattern.size() && distance <= k; ++i) {
        if (!pairs(pattern[i], records[r][at + i])) ++distance;
      }
      if (distance <= k) found.emplace_back(static_cast<int>(r), at + 1, minus, distance);
    }
  }
}

void naive_edits(const std::string& pattern, bool minus, const Records& records, int k,
                 std::vector<Place4>& found) {
  for (std::size_t r = 0; r < records.size(); ++r) {
    std::vector<int> column(pattern.size() + 1);
    for (std::size_t i = 0; i < column.size(); ++i) column[i] = static_cast<int>(i);
    for (std::size_t at = 0; at < records[r].size(); ++at) {
      int diagonal = column[0];
      for (std::size_t i = 1; i < column.size(); ++i) {
        const int here = std::min({diagonal + (pairs(pattern[i - 1], records[r][at]) ? 0 : 1),
                                   column[i] + 1, column[i - 1] + 1});
        diagonal = column[i];
        column[i] = here;
      }
      if (column.back() <= k) {
        found.emplace_back(static_cast<int>(r), at + 1, minus, column.back());
      }
    }
  }
}

std::vector<Place4> naive(const std::string& oligo, const Records& records,
                          const ScanOptions& options) {
  std::vector<Place4> found;
  const auto search = options.difference == Difference::kEdits ? naive_edits : naive_mismatches;
  search(reverse_complement(oligo), false, records, options.k, found);
  if (options.both_strands) search(oligo, true, records, options.k, found);
  std::ranges::sort(found);
  return found;
}

std::vector<Place4> places(const std::vector<ScanHit>& hits, Difference difference) {
  std::vector<Place4> found;
  for (const ScanHit& hit : hits) {
    const std::uint64_t last = hit.position + static_cast<std::uint64_t>(hit.length) - 1;
    found.emplace_back(hit.record, difference == Difference::kEdits ? last : hit.position,
                       hit.minus, hit.distance);
  }
  std::ranges::sort(found);
  return found;
}

int edit_distance(const std::string& a, const std::string& b) {
  std::vector<int> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = static_cast<int>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int here =
          std::min({diagonal + (pairs(a[i - 1], b[j - 1]) ? 0 : 1), row[j] + 1, row[j - 1] + 1});
      diagonal = row[j];
      row[j] = here;
    }
  }
  return row.back();
}

std::string random_bases(std::uint64_t seed, std::size_t n, std::string_view alphabet) {
  std::string bases;
  for (std::size_t i = 0; i < n; ++i) {
    bases += alphabet[philox4x32({static_cast<std::uint32_t>(i), 1, 2, 3},
                                 {static_cast<std::uint32_t>(seed), 7})[0] %
                      alphabet.size()];
  }
  return bases;
}

void compare_with_naive(const std::string& oligo, const Records& records, ScanOptions options) {
  const PackedText text = packed(records);
  const std::vector<Place4> expected = naive(oligo, records, options);
  options.every_end = true;
  const std::vector<ScanQuery> queries = {{"q", oligo, {}}};
  for (const Simd width : simd_widths()) {
    options.width = width;
    const auto result = scan(text, queries, options);
    REQUIRE(result.ok());
    CAPTURE(to_text(width));
    CHECK(places(result->hits, options.difference) == expected);
    if (options.difference == Difference::kMismatches) continue;
    for (const ScanHit& hit : result->hits) {  // the start is one that gives the distance
      const std::string site = records[static_cast<std::size_t>(hit.record)].substr(
          hit.position - 1, static_cast<std::size_t>(hit.length));
      CHECK(edit_distance(hit.minus ? oligo : reverse_complement(oligo), site) == hit.distance);
    }
  }
}

// Records whose bounds lie anywhere, in an alphabet that makes near matches common.
Records random_records(std::uint64_t seed, std::string_view alphabet) {
  const auto lengths = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 2500));
  Records records = {random_bases(seed, 40, alphabet)};
  for (std::size_t i = 0; i < lengths.size() && i < 4; ++i) {
    records.push_back(random_bases(seed + i + 1, static_cast<std::size_t>(lengths[i]), alphabet));
  }
  return records;
}

}  // namespace

TEST_CASE("hits are those of a naive scan of random text, for each width, k and kind") {
  CHECK(rc::check([] {
    const auto seed = static_cast<std::uint64_t>(*rc::gen::inRange(0, 1'000'000));
    const std::string alphabet = *rc::gen::element<std::string>("ACGT", "AC", "AAAG", "ACGTNRYK");
    ScanOptions options;
    options.k = *rc::gen::inRange(0, 8);
    options.both_strands = *rc::gen::arbitrary<bool>();
    options.difference = *rc::gen::element(Difference::kMismatches, Difference::kEdits);
    const auto length = static_cast<std::size_t>(options.k + 1 + *rc::gen::inRange(0, 30));
    const std::string codes = *rc::gen::element<std::string>("ACGT", "AC", "ACGTRYSWKMBDHV");
    compare_with_naive(random_bases(seed + 99, length, codes), random_records(seed, alphabet),
                       options);
  }));
}

TEST_CASE("sites across lanes, blocks and the text's end are found, and none across records") {
  const std::string oligo = "GCCTCAGTCTGCTTCGCACC", site = reverse_complement(oligo);
  std::string first = random_bases(5, kBlockBases + 5000, "ACGT");
  const std::vector<std::size_t> planted = {
      0, kRows - 10, 2 * kRows - 20, 3 * kRows - 1, 40 * kRows, kBlockBases - 7, kBlockBases + 600};
  for (const std::size_t at : planted) first.replace(at, 20, site);
  first.replace(9000, 20, site.substr(0, 8) + "A" + site.substr(8, 11));  // one base more
  first.replace(9200, 19, site.substr(0, 8) + site.substr(9));            // one base less
  first.resize(first.size() - 10);
  first += site.substr(0, 11);  // the rest of it begins the second record
  const Records records = {first, site.substr(11) + random_bases(6, 300, "ACGT") + site};
  for (int k = 0; k <= 3; ++k) {
    for (const Difference difference : {Difference::kMismatches, Difference::kEdits}) {
      ScanOptions options;
      options.k = k;
      options.difference = difference;
      options.both_strands = k == 2;
      compare_with_naive(oligo, records, options);
    }
  }
  ScanOptions exact;
  exact.k = 0;
  const auto result = scan(packed(records), std::vector<ScanQuery>{{"q", oligo, {}}}, exact);
  REQUIRE(result.ok());
  CHECK(result->hits.size() == planted.size() + 1);
  CHECK(result->hits.back() == ScanHit{0, 1, false, 310, 20, 0});
}

TEST_CASE("a query as long as they may be, in a text shorter than it and longer") {
  const std::string oligo = random_bases(8, kLongestQuery, "ACGT");
  const std::string site = reverse_complement(oligo);
  for (const Difference difference : {Difference::kMismatches, Difference::kEdits}) {
    ScanOptions options;
    options.k = 15;
    options.difference = difference;
    compare_with_naive(oligo, {site.substr(1)}, options);
    compare_with_naive(oligo, {random_bases(9, 900, "ACGT") + site + "ACGT"}, options);
  }
}

TEST_CASE("N matches nothing; a code matches where it shares a base; U is T; case does not count") {
  const auto hits = [](const std::string& oligo, const Records& records, int k) {
    ScanOptions options;
    options.k = k;
    const auto result = scan(packed(records), std::vector<ScanQuery>{{"q", oligo, {}}}, options);
    return result.ok() ? static_cast<int>(result->hits.size()) : -1;
  };
  CHECK(hits("GATTACA", {"TGTAATC"}, 0) == 1);
  CHECK(hits("GAUUACA", {"uguaauc"}, 0) == 1);
  CHECK(hits("GATTACA", {"TGTANTC"}, 0) == 0);
  CHECK(hits("GATTACA", {"TGTANTC"}, 1) == 1);
  CHECK(hits("GATTACA", {"TGTARTC"}, 0) == 1);  // R may be A
  CHECK(hits("GATTACA", {"TGTAYTC"}, 0) == 0);  // Y may not
  CHECK(hits("GATYACA", {"TGTRATC", "TGTGATC", "TGTCATC"}, 0) == 2);
  CHECK(hits("GATTACA", {"TGTA", "ATC"}, 0) == 0);
}

TEST_CASE("a panel gives each query the hits that it has alone, with any number of threads") {
  const Records records = {random_bases(1, 700'000, "ACGT"), random_bases(2, 900, "ACGT")};
  const PackedText text = packed(records);
  std::vector<ScanQuery> panel;
  for (std::uint64_t i = 0; i < 40; ++i) {
    panel.push_back({"q", random_bases(100 + i, 9 + i % 8, "ACGT"), {}});
  }
  for (const Difference difference : {Difference::kMismatches, Difference::kEdits}) {
    ScanOptions options;
    options.k = difference == Difference::kEdits ? 1 : 2;
    options.difference = difference;
    std::vector<ScanHit> one_by_one;
    for (std::size_t i = 0; i < panel.size(); ++i) {
      const auto alone = scan(text, std::span(panel).subspan(i, 1), options);
      REQUIRE(alone.ok());
      for (ScanHit hit : alone->hits) {
        hit.query = static_cast<int>(i);
        one_by_one.push_back(hit);
      }
    }
    CHECK(one_by_one.size() > 100);
    for (const int threads : {1, 2, 3}) {
      options.threads = threads;
      const auto together = scan(text, panel, options);
      REQUIRE(together.ok());
      CHECK(together->hits == one_by_one);
    }
  }
}

TEST_CASE("ends that follow each other are one site, the best of them") {
  ScanOptions options;
  options.k = 3;
  options.difference = Difference::kEdits;
  const std::string oligo = "GCCTCAGTCTGCTTCGCACC";
  const Records records = {random_bases(1, 100, "ACGT") + reverse_complement(oligo) +
                           random_bases(2, 100, "ACGT")};
  const std::vector<ScanQuery> query = {{"q", oligo, {}}};
  const auto result = scan(packed(records), query, options);
  REQUIRE(result.ok());
  CHECK(result->hits == std::vector<ScanHit>{{0, 0, false, 101, 20, 0}});
  options.every_end = true;
  CHECK(scan(packed(records), query, options)->hits.size() == 7);  // 3 before to 3 after
}

TEST_CASE("a scan that is told to stop says so") {
  const std::atomic<bool> stop{true};
  std::atomic<std::int64_t> done{0};
  ScanOptions options;
  options.stop = &stop;
  options.done = &done;
  const PackedText text = packed({random_bases(1, 5000, "ACGT")});
  const std::vector<ScanQuery> query = {{"q", "GATTACAGATTACA", {}}};
  CHECK(scan(text, query, options)->interrupted);
  CHECK(done == 0);
  options.stop = nullptr;
  CHECK(!scan(text, query, options)->interrupted);
  CHECK(done == scan_work(text, query, options));
}

TEST_CASE("bad queries: every fault at once, with its place") {
  ScanOptions options;
  options.k = -1;
  const std::vector<ScanQuery> queries = {{"empty", "", {}},
                                          {"with N", "ACGTNACGT", {}},
                                          {"protein", "MKLV", {}},
                                          {"long", std::string(1'000'000, 'A'), {}},
                                          {"sugars", "ACGT", "ddd"}};
  const Faults faults = check_scan(queries, options);
  const std::string text = to_text(faults);
  CAPTURE(text);
  CHECK(faults.size() == 6);  // of the protein the L: M, K and V are codes
  CHECK(text.find("the query is empty") != std::string::npos);
  CHECK(text.find("residue 5 is N, which matches nothing") != std::string::npos);
  CHECK(text.find("residue 3: expected a nucleotide code, found 'L'") != std::string::npos);
  CHECK(text.find("the query has 1000000 bases, at most 256 are searched") != std::string::npos);
  CHECK(text.find("--mismatches must lie between 0 and 15, found -1") != std::string::npos);
  CHECK(text.find("3 sugars for 4 bases") != std::string::npos);
  CHECK(!scan(packed({"ACGT"}), queries, options).ok());
}

TEST_CASE("k too large: above the limit, above the query, or more hits than can be kept") {
  ScanOptions options;
  options.k = 16;
  CHECK(check_scan(std::vector<ScanQuery>{{"q", std::string(40, 'A'), {}}}, options).size() == 1);
  options.k = 4;
  CHECK(check_scan(std::vector<ScanQuery>{{"q", "ACGT", {}}}, options).size() == 1);
  options.k = 3;
  CHECK(check_scan(std::vector<ScanQuery>{{"q", "ACGT", {}}}, options).empty());
  TextPacker packer;
  packer.begin_record("r");
  packer.append(std::vector<std::uint8_t>(2'100'000, 1));
  const auto result = scan(packer.finish(), std::vector<ScanQuery>{{"q", "TTTTTTTT", {}}}, options);
  REQUIRE(!result.ok());
  CHECK(to_text(result.faults()).find("more than 2000000 hits") != std::string::npos);
}

}  // namespace dosewright::molecule
