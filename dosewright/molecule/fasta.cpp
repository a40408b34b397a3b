#include "dosewright/molecule/fasta.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>

#include "dosewright/base/text.hpp"

namespace dosewright::molecule {
namespace {

constexpr std::size_t kPiece = 1 << 20;
constexpr std::string_view kAminoAcidsOnly = "EFILPQXZJO*efilpqxzjo";
constexpr std::string_view kBlanks = " \t\r";
// How much of a record is looked at, and which part of it may be codes of several bases. The human
// transcripts of RefSeq have fewer than one in a thousand.
constexpr std::uint64_t kLookedAt = 1000, kFewestLooked = 20;
constexpr double kMostCodes = 0.25;

bool is_code(std::uint8_t mask) {
  return std::popcount(mask) > 1;
}

std::string shown_byte(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  if (value > 0x20 && value < 0x7F) return fmt::format("'{}'", byte);
  return fmt::format("the byte 0x{:02X}", value);
}

std::string hint_for(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  if (kAminoAcidsOnly.find(byte) != std::string_view::npos) {
    return "no nucleotide has this letter; this reads as a FASTA of protein: give the transcripts";
  }
  if (byte == '-' || byte == '.')
    return "take gaps out: a transcript is searched, not an alignment";
  if (byte == '>') return "a header begins its line: a line end is missing before it";
  if (value == 0x1F) return "this looks like a compressed file: decompress it first";
  if (value < 0x20 || value > 0x7E) return "this looks like a binary file: give FASTA text";
  return "A C G T U and the IUPAC codes R Y S W K M B D H V N are read";
}

}  // namespace

FastaReader::FastaReader(std::string file, FastaSink sink)
    : file_(std::move(file)), sink_(std::move(sink)) {}

void FastaReader::fault(std::size_t column, std::string message, std::string hint) {
  faults_.add({file_, line_, static_cast<int>(std::min<std::size_t>(column, 2'000'000'000))},
              std::move(message), std::move(hint));
}

void FastaReader::bad_byte(char byte, std::size_t column) {
  if (line_is_faulty_) return;
  line_is_faulty_ = true;
  if (in_record_) {
    fault(column, "expected a nucleotide, found " + shown_byte(byte), hint_for(byte));
  } else {
    fault(column, "expected a FASTA header that begins with '>', found " + shown_byte(byte),
          static_cast<unsigned char>(byte) < 0x20 || static_cast<unsigned char>(byte) > 0x7E
              ? hint_for(byte)
              : "write '>name' on a line of its own before the bases");
  }
}

void FastaReader::start_line(char first) {
  column_ = 0;
  line_is_faulty_ = false;
  state_ = first == '>' ? State::kHeader : first == ';' ? State::kComment : State::kBases;
  if (state_ == State::kHeader) header_.clear();
}

std::size_t FastaReader::skip_line(std::string_view piece) const {
  return std::min(piece.find('\n'), piece.size());
}

std::size_t FastaReader::read_header(std::string_view piece) {
  const std::size_t n = skip_line(piece);
  // One byte for '>', one to know that the name was cut.
  const std::size_t wanted =
      std::min(n, kLongestName + 2 - std::min(header_.size(), kLongestName + 2));
  header_.append(piece.substr(0, wanted));
  return n;
}

void FastaReader::begin_record() {
  end_record();
  std::string_view name = trim(std::string_view(header_).substr(1));
  name = name.substr(0, std::min(name.find_first_of(kBlanks), kLongestName));
  in_record_ = true;
  record_line_ = line_;
  record_bases_ = looked_at_ = codes_ = 0;
  ++counts_.records;
  if (name.empty()) {
    fault(1, "a record needs a name after '>'", "write '>name'");
  } else if (first_invalid_utf8(name) != std::string::npos ||
             shown_text(name, kLongestName) != name) {
    fault(2, "expected a name in plain text, found " + shown_text(name), "rename the record");
  }
  sink_.begin_record(std::string(name));
}

void FastaReader::end_record() {
  if (!in_record_) return;
  if (record_bases_ == 0) ++counts_.empty_records;
  if (looked_at_ >= kFewestLooked &&
      static_cast<double>(codes_) > kMostCodes * static_cast<double>(looked_at_)) {
    faults_.add({file_, record_line_, 1},
                fmt::format("{} of the first {} letters of this record are codes of several bases",
                            codes_, looked_at_),
                "this reads as a FASTA of protein: give the transcripts");
  }
}

void FastaReader::look_for_protein(std::span<const std::uint8_t> masks) {
  const auto n = std::min<std::uint64_t>(masks.size(), kLookedAt - looked_at_);
  looked_at_ += n;
  codes_ += static_cast<std::uint64_t>(std::ranges::count_if(masks.first(n), is_code));
}

std::size_t FastaReader::read_bases(std::string_view piece) {
  const std::size_t n = skip_line(piece);
  masks_.resize(n);
  std::uint8_t seen = 0;
  for (std::size_t i = 0; i < n; ++i) seen |= masks_[i] = base_mask(piece[i]);
  std::size_t kept = n;
  if ((seen & kNoBase) != 0 || !in_record_) {
    kept = 0;
    for (std::size_t i = 0; i < n; ++i) {
      if (kBlanks.find(piece[i]) != std::string_view::npos) continue;
      if (masks_[i] == kNoBase || !in_record_) {
        bad_byte(piece[i], column_ + i + 1);
        if (full()) break;  // where a piece of the text ends must not matter
      } else {
        masks_[kept++] = masks_[i];
      }
    }
  }
  const std::span<const std::uint8_t> bases(masks_.data(), kept);
  if (looked_at_ < kLookedAt) look_for_protein(bases);
  record_bases_ += kept;
  counts_.bases += kept;
  if (in_record_ && kept > 0) sink_.bases(bases);
  return n;
}

bool FastaReader::feed(std::string_view piece) {
  while (!piece.empty() && !full()) {
    if (state_ == State::kLineStart) start_line(piece.front());
    const std::size_t n = state_ == State::kHeader    ? read_header(piece)
                          : state_ == State::kComment ? skip_line(piece)
                                                      : read_bases(piece);
    column_ += n;
    piece.remove_prefix(n);
    if (piece.empty()) break;
    if (state_ == State::kHeader) begin_record();
    piece.remove_prefix(1);  // the line end
    ++line_;
    state_ = State::kLineStart;
  }
  return !full();
}

Result<FastaCounts> FastaReader::finish() {
  if (!full()) {
    if (state_ == State::kHeader) begin_record();
    end_record();
  }
  if (full()) {
    const int line = faults_[faults_.size() - 1].place.line;
    faults_.add({file_, line, 0}, "too many faults: the rest of the file was not read", "");
  }
  if (faults_.empty() && counts_.bases == 0) {
    faults_.add({file_, 0, 0},
                counts_.records == 0 ? "expected FASTA records, found an empty file"
                                     : "expected bases, found headers only",
                "give the transcripts as FASTA: '>name', then lines of bases");
  }
  if (!faults_.empty()) return faults_;
  return counts_;
}

Result<FastaCounts> read_fasta_text(std::string_view text, const std::string& file,
                                    const FastaSink& sink) {
  FastaReader reader(file, sink);
  reader.feed(text);
  return reader.finish();
}

Result<FastaCounts> read_fasta(const std::string& path, const FastaSink& sink) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const auto cannot = [&path](int error) {
    return Fault{{path, 0, 0},
                 fmt::format("cannot read: {}", std::strerror(error)),
                 "check the path and the permissions",
                 {}};
  };
  if (fd < 0) return cannot(errno);
  FastaReader reader(path, sink);
  std::vector<char> buffer(kPiece);
  int error = 0;
  for (;;) {
    const ssize_t n = ::read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) error = errno;
    if (n <= 0 || !reader.feed({buffer.data(), static_cast<std::size_t>(n)})) break;
  }
  ::close(fd);
  if (error != 0) return cannot(error);
  return reader.finish();
}

Result<LoadedText> load_text(const std::string& path) {
  LoadedText loaded;
  if (is_packed_file(path)) {
    DW_TRY(text, open_packed(path));
    loaded.text = std::move(text);
    loaded.was_packed = true;
    loaded.counts = {loaded.text.size(), loaded.text.records().size(), 0};
    for (const TextRecord& record : loaded.text.records()) {
      if (record.length == 0) ++loaded.counts.empty_records;
    }
    return loaded;
  }
  TextPacker packer;
  DW_TRY(
      counts,
      read_fasta(path, {[&packer](std::string name) { packer.begin_record(std::move(name)); },
                        [&packer](std::span<const std::uint8_t> masks) { packer.append(masks); }}));
  loaded.text = packer.finish();
  loaded.counts = counts;
  return loaded;
}

}  // namespace dosewright::molecule
