#include "dosewright/molecule/fasta.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include "dosewright/base/folder_test.hpp"

namespace dosewright::molecule {
namespace {

struct Read {
  std::vector<std::string> names;
  std::vector<std::string> bases;
  FastaCounts counts;
  std::string faults;
};

FastaSink sink_into(Read& read) {
  return {[&read](std::string name) {
            read.names.push_back(std::move(name));
            read.bases.emplace_back();
          },
          [&read](std::span<const std::uint8_t> masks) {
            for (const std::uint8_t mask : masks) read.bases.back() += base_letter(mask);
          }};
}

// In pieces of so many bytes; 0: whole.
Read read_text(const std::string& text, std::size_t piece = 0) {
  Read read;
  FastaReader reader("t.fa", sink_into(read));
  for (std::size_t at = 0; at < text.size(); at += piece) {
    if (piece == 0) piece = text.size();
    if (!reader.feed(std::string_view(text).substr(at, piece))) break;
  }
  const auto result = reader.finish();
  if (result.ok()) {
    read.counts = *result;
  } else {
    read.faults = to_text(result.faults());
  }
  return read;
}

}  // namespace

TEST_CASE("names are first words; case, U, CRLF, blanks and comments do not matter") {
  const Read read = read_text(
      ">one of two\r\nACgt\r\n\r\nUU nn\r\n;an old comment with EFI\n>two\n RYSWKMBDHV\t\n");
  CHECK(read.faults == "");
  CHECK(read.names == std::vector<std::string>{"one", "two"});
  CHECK(read.bases == std::vector<std::string>{"ACGTTTNN", "RYSWKMBDHV"});
}

TEST_CASE("the pieces in which a file arrives do not matter") {
  const std::string good = ">a b\nACGT\nNNRY\r\n>" + std::string(500, 'n') + "\n>c\nA\nC\nG\nT";
  const std::string bad = ">a\nACGT\nAC-T\n>\nACGE\nQQQQ\n>d\n\x1f\x8b";
  std::string too_bad = ">a\n";
  for (int i = 0; i < 30; ++i) too_bad += "RYSW!KMBDHVRYSWKMBDHV!\n";
  for (const std::string& text : {good, bad, too_bad}) {
    const Read whole = read_text(text);
    for (std::size_t piece = 1; piece < 20; ++piece) {
      const Read parts = read_text(text, piece);
      CHECK(parts.names == whole.names);
      CHECK(parts.bases == whole.bases);
      CHECK(parts.faults == whole.faults);
    }
  }
  CHECK(read_text(good).names[1].size() == kLongestName);
  CHECK(read_text(good).counts.empty_records == 1);
  CHECK(read_text(good).counts.bases == 12);
}

TEST_CASE("a protein is refused with its place") {
  const Read read = read_text(
      ">sp|P04114|APOB\nMDPPRPALLALLALPALLLLLLAGARAEEEMLENVSLVCPKDATRFKHLRKYTYNYEAESSS\n");
  CHECK(read.faults.find("expected a nucleotide, found 'P' (t.fa:2:3)") != std::string::npos);
  CHECK(read.faults.find("FASTA of protein") != std::string::npos);
  // Every letter is a nucleotide code too.
  const Read codes = read_text(">x\nMKVSRHDNGTWKYVMSDRHKVKYSMDWRV\n");
  CHECK(codes.faults.find("(t.fa:1:1)") != std::string::npos);
  CHECK(codes.faults.find("are codes of several bases") != std::string::npos);
  CHECK(codes.faults.find("FASTA of protein") != std::string::npos);
  CHECK(read_text(">x\nACGTACGTACGTACGTRYACGTNNNNNNNNNNNNNNN\n").faults == "");
}

TEST_CASE("empty, binary, headless and gapped files: each a fault with a way out") {
  CHECK(read_text("").faults.find("found an empty file") != std::string::npos);
  CHECK(read_text("\n\n").faults.find("found an empty file") != std::string::npos);
  CHECK(read_text(">a\n>b\n").faults.find("found headers only") != std::string::npos);
  const std::string headless = read_text("ACGT\n>a\nACGT\n").faults;
  CHECK(headless.find("expected a FASTA header that begins with '>', found 'A' (t.fa:1:1)") !=
        std::string::npos);
  CHECK(read_text("\x1f\x8b\x08\x01").faults.find("decompress") != std::string::npos);
  CHECK(read_text(std::string(">a\nAC\0GT\n", 9)).faults.find("t.fa:2:3") != std::string::npos);
  CHECK(read_text(">a\nAC--GT\n").faults.find("take gaps out") != std::string::npos);
  CHECK(read_text(">a\nACGT>b\nACGT\n").faults.find("line end is missing") != std::string::npos);
  CHECK(read_text(">\nACGT\n").faults.find("needs a name") != std::string::npos);
  CHECK(read_text(">\xff\xfe\nACGT\n").faults.find("plain text") != std::string::npos);
}

TEST_CASE("all faults at once, one a line, and an end to them") {
  const Read few = read_text(">a\nACGT1111\nACGT\n>\nAC*\n");
  CHECK(few.faults.find("t.fa:2:5") != std::string::npos);
  CHECK(few.faults.find("t.fa:4:1") != std::string::npos);
  CHECK(few.faults.find("t.fa:5:3") != std::string::npos);
  CHECK(few.faults.find("3 faults") != std::string::npos);
  std::string many = ">a\n";
  for (int i = 0; i < 1000; ++i) many += "ACGT!\n";
  CHECK(read_text(many).faults.find("21 faults") != std::string::npos);
}

TEST_CASE("a line of ten million bases is read in little memory") {
  Read read;
  std::uint64_t n = 0;
  FastaReader reader("t.fa", {[](const std::string&) {},
                              [&n](std::span<const std::uint8_t> masks) { n += masks.size(); }});
  reader.feed(">long\n");
  const std::string piece(100'000, 'G');
  for (int i = 0; i < 100; ++i) reader.feed(piece);
  CHECK(reader.finish()->bases == 10'000'000);
  CHECK(n == 10'000'000);
}

TEST_CASE("a file that is not there, and one that is") {
  CHECK(!load_text("/nowhere/x.fa").ok());
  const TestFolder folder;
  const auto loaded = load_text(folder.put("x.fa", ">x\nACGT\n"));
  REQUIRE(loaded.ok());
  CHECK(loaded->text.size() == 4);
  CHECK(!loaded->was_packed);
}

}  // namespace dosewright::molecule
