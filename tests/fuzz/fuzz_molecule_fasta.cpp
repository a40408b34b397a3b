// Any bytes as a FASTA file: whole and in pieces alike, and what was read can be packed, read back
// and scanned with the same hits as one base after another would give.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dosewright/base/check.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/fasta.hpp"
#include "dosewright/molecule/scan.hpp"

namespace {

using namespace dosewright;
using namespace dosewright::molecule;

struct Read {
  std::vector<std::string> names;
  std::vector<std::vector<std::uint8_t>> masks;
  std::string faults;
};

Read read(std::string_view text, std::size_t piece) {
  Read result;
  FastaReader reader("input.fa", {[&result](std::string name) {
                                    result.names.push_back(std::move(name));
                                    result.masks.emplace_back();
                                  },
                                  [&result](std::span<const std::uint8_t> masks) {
                                    result.masks.back().insert(result.masks.back().end(),
                                                               masks.begin(), masks.end());
                                  }});
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (!reader.feed(text.substr(at, piece))) break;
  }
  const auto counts = reader.finish();
  if (!counts.ok()) {
    result.faults = to_text(counts.faults());
    DW_CHECK(first_invalid_utf8(result.faults) == std::string::npos);
    return result;
  }
  std::uint64_t bases = 0;
  for (const auto& record : result.masks) bases += record.size();
  DW_CHECK(counts->bases == bases && counts->records == result.names.size());
  return result;
}

std::size_t count_sites(const Read& text, const std::vector<std::uint8_t>& pattern) {
  std::size_t n = 0;
  for (const auto& record : text.masks) {
    for (std::size_t at = 0; at + pattern.size() <= record.size(); ++at) {
      int differ = 0;
      for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (!match(pattern[i], record[at + i])) ++differ;
      }
      if (differ <= 1) ++n;
    }
  }
  return n;
}

void pack_and_scan(const Read& input) {
  TextPacker packer;
  for (std::size_t i = 0; i < input.names.size(); ++i) {
    packer.begin_record(input.names[i]);
    packer.append(input.masks[i]);
  }
  const PackedText text = packer.finish();
  for (std::size_t i = 0; i < input.names.size(); ++i) {
    const TextRecord& record = text.records()[i];
    DW_CHECK(text.masks(record.start, record.length) == input.masks[i]);
  }
  // TTAC is what the oligonucleotide GTAA pairs with.
  const std::vector<std::uint8_t> pattern = {8, 8, 1, 2};
  const std::vector<ScanQuery> query = {{"q", "GTAA", {}}};
  ScanOptions options;
  options.k = 1;
  const auto result = scan(text, query, options);
  DW_CHECK(result.ok() && result->hits.size() == count_sites(input, pattern));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Read whole = read(text, size);
  const Read parts = read(text, data[0] % 16 + 1U);
  DW_CHECK(whole.names == parts.names && whole.masks == parts.masks);
  DW_CHECK(whole.faults == parts.faults);
  // Packing a block takes its time: only some of the inputs.
  if (whole.faults.empty() && data[0] >= 240) pack_and_scan(whole);
  return 0;
}
