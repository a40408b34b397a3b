#include "dosewright/molecule/packed_text.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"

namespace dosewright::molecule {
namespace {

static_assert(std::endian::native == std::endian::little, "packed files are little-endian");

constexpr std::string_view kMagic = "DWPACK1\n";
constexpr std::string_view kLetters = "NACMGRSVTWYHKDBN";  // by mask; 15 is any base, as N
constexpr std::size_t kHashed = 112, kTable = 176, kDigits = 64;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kBlockBytes = std::uint64_t{kBlockWords} * 8;

std::array<std::uint8_t, 256> make_masks() {
  std::array<std::uint8_t, 256> masks;
  masks.fill(kNoBase);
  const auto set = [&masks](char upper, std::size_t mask) {
    masks[static_cast<unsigned char>(upper)] = static_cast<std::uint8_t>(mask);
    masks[static_cast<unsigned char>(upper - 'A' + 'a')] = static_cast<std::uint8_t>(mask);
  };
  for (std::size_t mask = 0; mask < 15; ++mask) set(kLetters[mask], mask);
  set('U', 8);
  return masks;
}

// Bit `plane` of eight bytes, each moved to the lowest bit of its byte.
constexpr std::uint64_t kLowBits = 0x0101010101010101;

// Eight lanes by eight rows: byte r of the result holds the lanes' bits of row r.
std::uint64_t turn(const std::array<std::uint64_t, 8>& lanes, int plane) {
  std::uint64_t rows = 0;
  for (std::size_t lane = 0; lane < 8; ++lane) {
    rows |= (lanes[lane] >> plane & kLowBits) << lane;
  }
  return rows;
}

void store_byte(std::uint64_t* row, std::size_t byte, std::uint8_t value) {
  std::memcpy(reinterpret_cast<unsigned char*>(row) + byte, &value, 1);
}

// masks: kBlockBases of them. words: kBlockWords, all written.
void pack(const std::uint8_t* masks, std::uint64_t* words) {
  for (std::size_t row = 0; row < kRows; row += 8) {
    for (std::size_t octet = 0; octet < kLanes / 8; ++octet) {
      std::array<std::uint64_t, 8> lanes;
      for (std::size_t lane = 0; lane < 8; ++lane) {
        std::memcpy(&lanes[lane], masks + (octet * 8 + lane) * kRows + row, 8);
      }
      for (int plane = 0; plane < 4; ++plane) {
        const std::uint64_t rows = turn(lanes, plane);
        for (std::size_t r = 0; r < 8; ++r) {
          store_byte(words + (row + r) * kRowWords + static_cast<std::size_t>(plane) * kPlaneWords,
                     octet, static_cast<std::uint8_t>(rows >> (8 * r)));
        }
      }
    }
  }
}

void put(std::string& bytes, std::uint64_t value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

std::uint64_t get(const char* at) {
  std::uint64_t value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

std::string_view block_bytes(const PackedText& text) {
  if (text.n_blocks() == 0) return {};
  return {reinterpret_cast<const char*>(text.block(0)),
          static_cast<std::size_t>(text.n_blocks()) * kBlockBytes};
}

std::string table_of(const PackedText& text) {
  std::string table;
  for (const TextRecord& record : text.records()) {
    put(table, record.length);
    put(table, record.name.size());
    table += record.name;
  }
  return table;
}

std::uint64_t blocks_begin(std::uint64_t table_bytes) {
  return (kTable + table_bytes + kPage - 1) / kPage * kPage;
}

Fault damaged(const std::string& path, const std::string& what) {
  return {{path, 0, 0},
          "packed text: " + what,
          "pack the FASTA file again: dosewright molecule pack",
          {}};
}

// A file mapped for reading, given back when the last owner goes.
struct Mapping {
  void* at = MAP_FAILED;
  std::size_t size = 0;
  ~Mapping() {
    if (at != MAP_FAILED) munmap(at, size);
  }
};

Result<std::shared_ptr<Mapping>> map_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Fault{
        {path, 0, 0}, fmt::format("cannot read: {}", std::strerror(errno)), "check the path", {}};
  }
  struct stat info{};
  auto mapping = std::make_shared<Mapping>();
  if (fstat(fd, &info) == 0 && info.st_size > 0) {
    mapping->size = static_cast<std::size_t>(info.st_size);
    mapping->at = mmap(nullptr, mapping->size, PROT_READ, MAP_SHARED, fd, 0);
  }
  ::close(fd);
  if (mapping->at == MAP_FAILED) return damaged(path, "the file cannot be mapped into memory");
  return mapping;
}

struct Header {
  std::uint64_t bases, records, blocks, table_bytes, begin;
};

// What does not fit, or "".
std::string header_fault(const Header& header, const char* file, std::uint64_t size) {
  if (header.table_bytes > size - kTable) {
    return fmt::format("the table of records needs {} bytes, the file has {}", header.table_bytes,
                       size);
  }
  std::string hashed(file, kHashed);
  hashed.append(file + kTable, header.table_bytes);
  if (sha256_hex(hashed) != std::string_view(file + kHashed, kDigits)) {
    return "the header's hash does not fit: the file is damaged";
  }
  if (header.begin != blocks_begin(header.table_bytes) || header.blocks > size / kBlockBytes ||
      header.begin + header.blocks * kBlockBytes != size) {
    return fmt::format("{} blocks need a file of {} bytes, found {}", header.blocks,
                       header.begin + header.blocks * kBlockBytes, size);
  }
  if (header.blocks != header.bases / kBlockBases + (header.bases % kBlockBases != 0 ? 1 : 0)) {
    return fmt::format("{} bases do not fill {} blocks", header.bases, header.blocks);
  }
  return {};
}

// False where the table does not hold the records that the header names.
bool read_table(const char* table, const Header& header, std::vector<TextRecord>& records) {
  std::uint64_t at = 0, start = 0;
  for (std::uint64_t i = 0; i < header.records; ++i) {
    if (header.table_bytes - at < 16) return false;
    const std::uint64_t length = get(table + at), name = get(table + at + 8);
    at += 16;
    if (name > header.table_bytes - at || length > header.bases - start) return false;
    records.push_back({std::string(table + at, name), start, length});
    at += name;
    start += length;
  }
  return at == header.table_bytes && start == header.bases;
}

}  // namespace

std::uint8_t base_mask(char letter) {
  static const std::array<std::uint8_t, 256> masks = make_masks();
  return masks[static_cast<unsigned char>(letter)];
}

char base_letter(std::uint8_t mask) {
  return kLetters[mask & 15U];
}

std::uint8_t complement(std::uint8_t mask) {
  return static_cast<std::uint8_t>((mask & 1U) << 3 | (mask & 2U) << 1 | (mask & 4U) >> 1 |
                                   (mask & 8U) >> 3);
}

std::uint8_t PackedText::mask(std::uint64_t at) const {
  const std::uint64_t lane = at % kBlockBases / kRows, row = at % kRows;
  const std::uint64_t* const words =
      block(static_cast<std::int64_t>(at / kBlockBases)) + row * kRowWords + lane / 64;
  std::uint64_t mask = 0;
  for (unsigned plane = 0; plane < 4; ++plane) {
    mask |= (words[plane * kPlaneWords] >> lane % 64 & 1U) << plane;
  }
  return static_cast<std::uint8_t>(mask);
}

std::vector<std::uint8_t> PackedText::masks(std::uint64_t first, std::uint64_t n) const {
  std::vector<std::uint8_t> result(n);
  for (std::uint64_t i = 0; i < n; ++i) result[i] = mask(first + i);
  return result;
}

int PackedText::record_at(std::uint64_t at) const {
  // The last record that starts there or before; of several that start there only it has bases.
  const auto next = std::ranges::upper_bound(records_, at, {}, &TextRecord::start);
  return static_cast<int>(next - records_.begin()) - 1;
}

TextPacker::TextPacker() : waiting_(kBlockBases), blocks_(std::make_shared<std::vector<Block>>()) {}

void TextPacker::begin_record(std::string name) {
  text_.records_.push_back({std::move(name), text_.size_, 0});
}

void TextPacker::append(std::span<const std::uint8_t> masks) {
  text_.size_ += masks.size();
  text_.records_.back().length += masks.size();
  while (!masks.empty()) {
    const std::size_t n = std::min(masks.size(), waiting_.size() - n_waiting_);
    std::memcpy(waiting_.data() + n_waiting_, masks.data(), n);
    n_waiting_ += n;
    masks = masks.subspan(n);
    if (n_waiting_ == waiting_.size()) pack_block();
  }
}

void TextPacker::pack_block() {
  blocks_->emplace_back();
  pack(waiting_.data(), blocks_->back().words);
  n_waiting_ = 0;
}

PackedText TextPacker::finish() {
  if (n_waiting_ > 0) {
    std::fill(waiting_.begin() + static_cast<std::ptrdiff_t>(n_waiting_), waiting_.end(), 0);
    pack_block();
  }
  text_.n_blocks_ = static_cast<std::int64_t>(blocks_->size());
  text_.words_ = blocks_->empty() ? nullptr : blocks_->front().words;
  text_.owner_ = blocks_;
  return std::move(text_);
}

Result<Done> write_packed(const PackedText& text, const std::string& path) {
  const std::string table = table_of(text);
  std::string bytes(kMagic);
  const std::uint64_t begin = blocks_begin(table.size());
  bytes.reserve(begin + block_bytes(text).size());
  for (const std::uint64_t value :
       {text.size(), std::uint64_t{text.records().size()},
        static_cast<std::uint64_t>(text.n_blocks()), std::uint64_t{table.size()}, begin}) {
    put(bytes, value);
  }
  bytes += sha256_hex(block_bytes(text));
  bytes += sha256_hex(bytes + table);
  bytes += table;
  bytes.resize(begin);
  bytes += block_bytes(text);
  const std::filesystem::path target(path);
  FileSet files(target.has_parent_path() ? target.parent_path().string() : ".");
  files.add(target.filename().string(), std::move(bytes));
  return files.commit();
}

Result<PackedText> open_packed(const std::string& path) {
  DW_TRY(mapping, map_file(path));
  const char* const file = static_cast<const char*>(mapping->at);
  if (mapping->size < kTable || std::string_view(file, kMagic.size()) != kMagic) {
    return damaged(path, "the file does not begin as one");
  }
  const Header header = {get(file + 8), get(file + 16), get(file + 24), get(file + 32),
                         get(file + 40)};
  if (const std::string fault = header_fault(header, file, mapping->size); !fault.empty()) {
    return damaged(path, fault);
  }
  PackedText text;
  if (!read_table(file + kTable, header, text.records_)) {
    return damaged(path, "the table of records does not fit the number of bases");
  }
  text.words_ = reinterpret_cast<const std::uint64_t*>(file + header.begin);
  text.n_blocks_ = static_cast<std::int64_t>(header.blocks);
  text.size_ = header.bases;
  text.owner_ = mapping;
  return text;
}

Result<Done> check_blocks(const PackedText& text, const std::string& path) {
  DW_TRY(mapping, map_file(path));
  const std::string_view expected(static_cast<const char*>(mapping->at) + 48, kDigits);
  if (sha256_hex(block_bytes(text)) != expected) {
    return damaged(path, "the hash of the bases does not fit: the file is damaged");
  }
  return Done{};
}

bool is_packed_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  std::array<char, 8> start{};
  const ssize_t n = ::pread(fd, start.data(), start.size(), 0);
  ::close(fd);
  return n == 8 && std::string_view(start.data(), start.size()) == kMagic;
}

}  // namespace dosewright::molecule
