#include "dosewright/molecule/packed_text.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <fstream>
#include <iterator>

#include "dosewright/base/folder_test.hpp"
#include "dosewright/molecule/fasta.hpp"

namespace dosewright::molecule {
namespace {

std::vector<std::uint8_t> some_masks(std::size_t n) {
  std::vector<std::uint8_t> masks(n);
  for (std::size_t i = 0; i < n; ++i) masks[i] = static_cast<std::uint8_t>((i * i / 7 + i) % 15);
  return masks;
}

PackedText sample(std::size_t n) {
  TextPacker packer;
  const std::vector<std::uint8_t> masks = some_masks(n);
  const std::span<const std::uint8_t> all(masks);
  packer.begin_record("first");
  packer.append(all.first(n / 3));
  packer.begin_record("none");
  packer.begin_record("second");
  packer.append(all.subspan(n / 3, n / 5));
  packer.append(all.subspan(n / 3 + n / 5));
  packer.begin_record("last, empty");
  return packer.finish();
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("letters, sets and complements are those of IUPAC") {
  for (const char letter : std::string("ACGTRYSWKMBDHVN")) {
    CHECK(base_letter(base_mask(letter)) == letter);
    CHECK(complement(complement(base_mask(letter))) == base_mask(letter));
  }
  CHECK(base_mask('u') == base_mask('T'));
  CHECK(base_mask('R') == (base_mask('A') | base_mask('G')));
  CHECK(base_mask('B') == (base_mask('C') | base_mask('G') | base_mask('T')));
  CHECK(base_letter(complement(base_mask('R'))) == 'Y');
  CHECK(base_letter(complement(base_mask('D'))) == 'H');
  for (const char letter : std::string("EFILPQXZJO*- >1")) CHECK(base_mask(letter) == kNoBase);
}

TEST_CASE("what was packed is read back, base by base, over the bound of a block") {
  for (const std::size_t n : {std::size_t{0}, std::size_t{5}, std::size_t{kBlockBases},
                              std::size_t{kBlockBases} + 70'001}) {
    const PackedText text = sample(n);
    REQUIRE(text.size() == n);
    CHECK(text.masks(0, n) == some_masks(n));
    CHECK(text.records().size() == 4);
    if (n < 10) continue;
    CHECK(text.record_at(0) == 0);
    CHECK(text.record_at(n / 3 - 1) == 0);
    CHECK(text.record_at(n / 3) == 2);
    CHECK(text.record_at(n - 1) == 2);
  }
}

TEST_CASE("a packed file is the text again") {
  const TestFolder folder;
  const PackedText text = sample(kBlockBases + 1234);
  const std::string path = folder / "t.dwp";
  REQUIRE(write_packed(text, path).ok());
  CHECK(is_packed_file(path));
  const auto again = open_packed(path);
  REQUIRE(again.ok());
  CHECK(again->masks(0, again->size()) == some_masks(kBlockBases + 1234));
  CHECK(again->records().size() == 4);
  CHECK(again->records()[3].name == "last, empty");
  CHECK(check_blocks(*again, path).ok());
  CHECK(load_text(path)->was_packed);
  CHECK(load_text(path)->counts.empty_records == 2);
}

TEST_CASE("a damaged packed file is refused: cut anywhere, any byte of the header flipped") {
  const TestFolder folder;
  const std::string path = folder / "t.dwp";
  REQUIRE(write_packed(sample(1000), path).ok());
  const std::string good = bytes_of(path);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, std::size_t{175}, std::size_t{4096}, good.size() - 1}) {
    write_bytes(path, good.substr(0, length));
    CHECK(!open_packed(path).ok());
  }
  write_bytes(path, good + "x");
  CHECK(!open_packed(path).ok());
  for (std::size_t at = 0; at < 260; ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x10);
    write_bytes(path, bad);
    CAPTURE(at);
    // Behind the table there are zeros that mean nothing.
    if (at < 176 + 4 * 16 + 5 + 4 + 6 + 11) CHECK(!open_packed(path).ok());
  }
  std::string bad = good;
  bad[good.size() - 5000] = static_cast<char>(bad[good.size() - 5000] ^ 1);
  write_bytes(path, bad);
  const auto text = open_packed(path);
  REQUIRE(text.ok());  // opening does not read the bases
  CHECK(!check_blocks(*text, path).ok());
  CHECK(!open_packed(folder / "nowhere.dwp").ok());
}

TEST_CASE("a packed file that cannot be written says so") {
  CHECK(!write_packed(sample(10), "/proc/nowhere/t.dwp").ok());
}

}  // namespace dosewright::molecule
