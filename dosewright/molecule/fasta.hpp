// FASTA of nucleotides, read as a stream: memory does not grow with the file or with its lines.
//
// A header line begins with '>' and names a record by its first word; the lines after it, up to the
// next header, are its bases: A C G T U and the IUPAC codes, upper or lower case, U as T. Blank
// lines, spaces, tabs, CR before LF and old comment lines (';') carry nothing. A protein is
// refused, with the place of the first letter that no nucleotide has, or, where every letter is
// also a nucleotide code, because no transcript consists of codes.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/result.hpp"
#include "dosewright/molecule/packed_text.hpp"

namespace dosewright::molecule {

inline constexpr std::size_t kMostFastaFaults = 20;  // then reading stops
inline constexpr std::size_t kLongestName = 200;     // of a record; longer ones are cut

struct FastaSink {
  std::function<void(std::string name)> begin_record;
  std::function<void(std::span<const std::uint8_t> masks)>
      bases;  // see base_mask; a piece at a time
};

struct FastaCounts {
  std::uint64_t bases = 0;
  std::uint64_t records = 0;
  std::uint64_t empty_records = 0;  // headers without bases: kept, because dumps have them
};

// Takes a file in pieces of any size.
class FastaReader {
 public:
  FastaReader(std::string file, FastaSink sink);
  // False once enough faults are known: more pieces change nothing.
  bool feed(std::string_view piece);
  Result<FastaCounts> finish();

 private:
  enum class State { kLineStart, kHeader, kComment, kBases };

  bool full() const { return faults_.size() >= kMostFastaFaults; }
  void start_line(char first);
  std::size_t read_header(std::string_view piece);
  std::size_t read_bases(std::string_view piece);
  std::size_t skip_line(std::string_view piece) const;
  void begin_record();
  void end_record();
  void look_for_protein(std::span<const std::uint8_t> masks);
  void bad_byte(char byte, std::size_t column);
  void fault(std::size_t column, std::string message, std::string hint);

  std::string file_;
  FastaSink sink_;
  FastaCounts counts_;
  Faults faults_;
  State state_ = State::kLineStart;
  int line_ = 1;
  std::size_t column_ = 0;  // bytes of the line that were read
  std::string header_;      // as far as it is needed
  bool in_record_ = false;
  bool line_is_faulty_ = false;  // one fault a line is enough
  std::uint64_t record_bases_ = 0;
  int record_line_ = 0;
  std::uint64_t looked_at_ = 0, codes_ = 0;  // letters of the record's start, codes among them
  std::vector<std::uint8_t> masks_;          // scratch
};

Result<FastaCounts> read_fasta_text(std::string_view text, const std::string& file,
                                    const FastaSink& sink);
Result<FastaCounts> read_fasta(const std::string& path, const FastaSink& sink);

struct LoadedText {
  PackedText text;
  FastaCounts counts;
  bool was_packed = false;
};

// A FASTA file, or a file that `write_packed` wrote; told apart by the first bytes.
Result<LoadedText> load_text(const std::string& path);

}  // namespace dosewright::molecule
