// Nucleotide texts packed for the scan: four bits a base, 512 stretches side by side.
//
// A base is a set: A, C, G, T (or U) are one bit each, an IUPAC code is its bases, N is the empty
// set, because N matches nothing. Base p of the text stands in block p / 524288, lane
// p % 524288 / 1024, row p % 1024: bit `lane` of the plane of each of its bases. The records of a
// FASTA file follow each other without a gap; `records` says where each begins.
//
// File format ("packed text", *.dwp), little-endian:
//   0    8 bytes  "DWPACK1\n"
//   8    u64      bases        16  u64  records     24  u64  blocks
//   32   u64      bytes of the table of records
//   40   u64      where the blocks begin, a multiple of 4096
//   48   64 bytes SHA-256 of the blocks, in lower-case hexadecimal digits
//   112  64 bytes SHA-256 of bytes 0 to 111 and the table
//   176  table: for each record u64 bases, u64 bytes of its name, the name; then zeros up to
//   the blocks, each 1024 rows of 4 planes (A, C, G, T) of 8 words of 64 bits
// Opening checks magic, lengths and the second hash; `check_blocks` the first.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/scan_kernels.hpp"

namespace dosewright::molecule {

inline constexpr std::uint8_t kNoBase = 0x80;  // base_mask of what is no nucleotide code

// A = 1, C = 2, G = 4, T and U = 8, other IUPAC codes their sum, N = 0; upper and lower case.
std::uint8_t base_mask(char letter);
char base_letter(std::uint8_t mask);         // upper case, T for 8, N for 0
std::uint8_t complement(std::uint8_t mask);  // A and T, C and G exchanged

struct TextRecord {
  std::string name;         // the first word of the FASTA header
  std::uint64_t start = 0;  // of its first base in the text
  std::uint64_t length = 0;
};

class PackedText {
 public:
  std::uint64_t size() const { return size_; }
  const std::vector<TextRecord>& records() const { return records_; }
  std::int64_t n_blocks() const { return n_blocks_; }
  const std::uint64_t* block(std::int64_t i) const { return words_ + i * kBlockWords; }
  std::uint8_t mask(std::uint64_t at) const;  // at < size()
  std::vector<std::uint8_t> masks(std::uint64_t first, std::uint64_t n) const;
  // The index of the record that holds the base; at < size().
  int record_at(std::uint64_t at) const;

 private:
  friend class TextPacker;
  friend Result<PackedText> open_packed(const std::string& path);

  std::shared_ptr<const void> owner_;  // of the words: memory, or a mapped file
  const std::uint64_t* words_ = nullptr;
  std::int64_t n_blocks_ = 0;
  std::uint64_t size_ = 0;
  std::vector<TextRecord> records_;
};

class TextPacker {
 public:
  TextPacker();
  void begin_record(std::string name);
  void append(std::span<const std::uint8_t> masks);  // of the record that was begun last
  PackedText finish();                               // once

 private:
  struct alignas(64) Block {
    std::uint64_t words[kBlockWords];
  };
  void pack_block();

  std::vector<std::uint8_t> waiting_;  // masks of the block that is being filled
  std::size_t n_waiting_ = 0;
  std::shared_ptr<std::vector<Block>> blocks_;
  PackedText text_;
};

// Writes the file whole or not at all.
Result<Done> write_packed(const PackedText& text, const std::string& path);
// Maps the file into memory. A fault says what does not fit: magic, length, hash of the header.
Result<PackedText> open_packed(const std::string& path);
// Reads every block and compares their hash with the header's.
Result<Done> check_blocks(const PackedText& text, const std::string& path);
bool is_packed_file(const std::string& path);  // by its first bytes

}  // namespace dosewright::molecule
