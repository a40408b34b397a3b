// Off-targets of a 20-mer in random sequence: our scan against a scalar scan, and against EMBOSS
// fuzznuc and bowtie where they are installed.
//
// Candidates run interleaved in one process, after their hits have been held against each other;
// each counter is the median over rounds. Gb/s are 10^9 bases of text a second of wall clock, with
// all cores, reading a text that is packed and in memory; Gb per cpu-s the same for one thread and
// a second of its processor, and so is the ratio with its quartiles. Packing is measured apart. The
// external programs run on a shorter text and are compared by their rate; bowtie's index is built
// before. DOSEWRIGHT_BENCH_SMALL, which ctest sets, makes all texts short.
#include <benchmark/benchmark.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/fasta.hpp"
#include "dosewright/molecule/scan.hpp"

namespace dosewright::molecule {
namespace {

bool small() {
  return std::getenv("DOSEWRIGHT_BENCH_SMALL") != nullptr;
}

std::size_t size_or(std::size_t large) {
  return small() ? std::size_t{700'000} : large;
}

const std::vector<ScanQuery>& query() {
  static const std::vector<ScanQuery> queries = {{"mipomersen", "GCCTCAGTCTGCTTCGCACC", {}}};
  return queries;
}

std::vector<std::uint8_t> target() {
  std::vector<std::uint8_t> masks;
  const std::string& bases = query().front().bases;
  for (auto i = bases.rbegin(); i != bases.rend(); ++i) {
    masks.push_back(complement(base_mask(*i)));
  }
  return masks;
}

// splitmix64: two bits of it are a base.
std::vector<std::uint8_t> random_masks(std::size_t n) {
  std::vector<std::uint8_t> masks(n);
  std::uint64_t counter = 1;
  for (std::size_t i = 0; i < n; i += 32) {
    std::uint64_t z = counter += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    z ^= z >> 31;
    for (std::size_t j = i; j < std::min(n, i + 32); ++j, z >>= 2) {
      masks[j] = static_cast<std::uint8_t>(1U << (z & 3U));
    }
  }
  // A few near sites, so that there is something to find in any text.
  const std::vector<std::uint8_t> site = target();
  for (std::size_t at = 5000, k = 0; at + 100 < n && k < 40; at += n / 40, ++k) {
    std::ranges::copy(site, masks.begin() + static_cast<std::ptrdiff_t>(at));
    for (std::size_t i = 0; i < k % 5; ++i) {
      std::uint8_t& mask = masks[at + 3 + 4 * i];
      mask = mask == 1 ? 2 : 1;
    }
  }
  return masks;
}

PackedText pack(const std::vector<std::uint8_t>& masks) {
  TextPacker packer;
  packer.begin_record("random");
  packer.append(masks);
  return packer.finish();
}

double seconds(const std::function<void()>& call) {
  const auto begin = std::chrono::steady_clock::now();
  call();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Of the processors, all threads together: what a machine that is busy with other things leaves
// comparable.
double cpu_seconds(const std::function<void()>& call) {
  const std::clock_t begin = std::clock();
  call();
  return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

using Places = std::vector<std::pair<std::uint64_t, int>>;  // from 1, with the distance

Places places(const std::vector<ScanHit>& hits, bool ends) {
  Places found;
  for (const ScanHit& hit : hits) {
    const auto last = static_cast<std::uint64_t>(ends ? hit.length - 1 : 0);
    found.emplace_back(hit.position + last, hit.distance);
  }
  std::ranges::sort(found);
  return found;
}

std::string hash(const Places& found) {  // FNV-1a
  std::uint64_t result = 14695981039346656037ULL;
  for (const auto& [at, distance] : found) {
    result = (result ^ at) * 1099511628211ULL;
    result = (result ^ static_cast<std::uint64_t>(distance)) * 1099511628211ULL;
  }
  return std::to_string(found.size()) + " hits, hash " + std::to_string(result);
}

// Myers' algorithm [Myers1999] with one word for the column, a base at a time; ends of sites.
Places scalar_edits(const std::vector<std::uint8_t>& text, int k) {
  const std::vector<std::uint8_t> pattern = target();
  std::array<std::uint64_t, 16> equal{};
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    for (std::size_t mask = 1; mask < 16; ++mask) {
      if ((pattern[i] & mask) != 0) equal[mask] |= std::uint64_t{1} << i;
    }
  }
  std::uint64_t plus = ~std::uint64_t{0}, minus = 0;
  int score = static_cast<int>(pattern.size());
  const std::size_t last = pattern.size() - 1;
  Places found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::uint64_t match = equal[text[at]];
    const std::uint64_t vertical = match | minus;
    const std::uint64_t zero = (((match & plus) + plus) ^ plus) | vertical;
    std::uint64_t up = minus | ~(zero | plus), down = plus & zero;
    score += static_cast<int>(up >> last & 1) - static_cast<int>(down >> last & 1);
    up <<= 1;
    down <<= 1;
    plus = down | ~(zero | up);
    minus = up & zero;
    if (score <= k) found.emplace_back(at + 1, score);
  }
  return found;
}

// Two bits a base in one word: exclusive or, and a population count.
Places scalar_mismatches(const std::vector<std::uint8_t>& text, int k) {
  const std::vector<std::uint8_t> pattern = target();
  std::uint64_t wanted = 0, window = 0;
  const std::uint64_t all = (std::uint64_t{1} << 2 * pattern.size()) - 1;
  const std::uint64_t low = 0x5555555555555555ULL & all;
  std::array<std::uint64_t, 16> codes{};
  codes[1] = 0, codes[2] = 1, codes[4] = 2, codes[8] = 3;
  for (const std::uint8_t mask : pattern) wanted = wanted << 2 | codes[mask];
  Places found;
  for (std::size_t at = 0; at < text.size(); ++at) {
    window = (window << 2 | codes[text[at]]) & all;
    const std::uint64_t differ = window ^ wanted;
    const int distance = std::popcount((differ | differ >> 1) & low);
    if (distance <= k && at + 1 >= pattern.size()) {
      found.emplace_back(at + 2 - pattern.size(), distance);
    }
  }
  return found;
}

ScanOptions options_for(Difference difference, Simd width) {
  ScanOptions options;
  options.difference = difference;
  options.every_end = true;
  options.width = width;
  return options;
}

Places our_places(const PackedText& text, const ScanOptions& options) {
  const auto result = scan(text, query(), options);
  DW_CHECK(result.ok(), "the scan failed");
  return places(result->hits, options.difference == Difference::kEdits);
}

// Every width of ours against the scalar scan, on all cores and on one.
void compare(benchmark::State& state, Difference difference, std::size_t n) {
  const std::vector<std::uint8_t> masks = random_masks(n);
  const PackedText text = pack(masks);
  const auto scalar = difference == Difference::kEdits ? scalar_edits : scalar_mismatches;
  const Places expected = scalar(masks, 3);
  const std::vector<Simd> widths = simd_widths();
  for (const Simd width : widths) {
    DW_CHECK(our_places(text, options_for(difference, width)) == expected,
             std::string(to_text(width)) + " and the scalar scan disagree");
  }
  std::vector<std::vector<double>> ours(widths.size());
  std::vector<double> our_cpu, their_cpu;
  for (auto round : state) {
    static_cast<void>(round);
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const ScanOptions options = options_for(difference, widths[i]);
      ours[i].push_back(seconds([&] { benchmark::DoNotOptimize(scan(text, query(), options)); }));
    }
    ScanOptions options = options_for(difference, widths.back());
    options.threads = 1;
    our_cpu.push_back(cpu_seconds([&] { benchmark::DoNotOptimize(scan(text, query(), options)); }));
    their_cpu.push_back(cpu_seconds([&] { benchmark::DoNotOptimize(scalar(masks, 3)); }));
  }
  const double giga = static_cast<double>(n) / 1e9;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    state.counters["Gb/s " + std::string(to_text(widths[i]))] = giga / median(ours[i]);
  }
  state.counters["Gb per cpu-s"] = giga / median(our_cpu);
  state.counters["Gb per cpu-s scalar"] = giga / median(their_cpu);
  std::vector<double> ratios;
  for (std::size_t i = 0; i < our_cpu.size(); ++i) ratios.push_back(their_cpu[i] / our_cpu[i]);
  std::ranges::sort(ratios);
  state.counters["scalar_over_ours"] = ratios[ratios.size() / 2];
  state.counters["lower_quartile"] = ratios[ratios.size() / 4];
  state.counters["upper_quartile"] = ratios[3 * ratios.size() / 4];
  state.SetLabel(hash(expected));
}

void at_most_3_mismatches(benchmark::State& state) {
  compare(state, Difference::kMismatches, size_or(200'000'000));
}
BENCHMARK(at_most_3_mismatches)->Unit(benchmark::kMillisecond)->UseRealTime();

void at_most_3_edits(benchmark::State& state) {
  compare(state, Difference::kEdits, size_or(50'000'000));
}
BENCHMARK(at_most_3_edits)->Unit(benchmark::kMillisecond)->UseRealTime();

// 200 queries at once: text times queries a second.
void panel_of_200(benchmark::State& state) {
  const std::size_t n = size_or(20'000'000);
  const std::vector<std::uint8_t> masks = random_masks(n);
  const PackedText text = pack(masks);
  std::vector<ScanQuery> panel;
  for (std::size_t i = 0; i < 200; ++i) {
    std::string bases;
    for (std::size_t j = 0; j < 20; ++j) bases += base_letter(masks[1000 + 50 * i + j]);
    panel.push_back({"q" + std::to_string(i), bases, {}});
  }
  const ScanOptions options = options_for(Difference::kMismatches, simd_widths().back());
  std::vector<double> times;
  for (auto round : state) {
    static_cast<void>(round);
    times.push_back(seconds([&] { benchmark::DoNotOptimize(scan(text, panel, options)); }));
  }
  state.counters["Gb/s"] = static_cast<double>(n) / 1e9 * 200 / median(times);
}
BENCHMARK(panel_of_200)->Unit(benchmark::kMillisecond)->UseRealTime();

std::string fasta_of(const std::vector<std::uint8_t>& masks) {
  std::string fasta = ">random\n";
  fasta.reserve(masks.size() + masks.size() / 60);
  for (std::size_t i = 0; i < masks.size(); ++i) {
    fasta += base_letter(masks[i]);
    if (i % 70 == 69) fasta += '\n';
  }
  return fasta + "\n";
}

void packing(benchmark::State& state) {
  const std::size_t n = size_or(50'000'000);
  const std::vector<std::uint8_t> masks = random_masks(n);
  const std::string fasta = fasta_of(masks);
  std::vector<double> from_masks, from_fasta;  // cpu seconds
  for (auto round : state) {
    static_cast<void>(round);
    from_masks.push_back(cpu_seconds([&] { benchmark::DoNotOptimize(pack(masks)); }));
    from_fasta.push_back(cpu_seconds([&] {
      TextPacker packer;
      const FastaSink sink = {
          [&packer](std::string name) { packer.begin_record(std::move(name)); },
          [&packer](std::span<const std::uint8_t> piece) { packer.append(piece); }};
      DW_CHECK(read_fasta_text(fasta, "random", sink).ok(), "our own FASTA is refused");
      benchmark::DoNotOptimize(packer.finish());
    }));
  }
  const double giga = static_cast<double>(n) / 1e9;
  state.counters["Gb per cpu-s packing"] = giga / median(from_masks);
  state.counters["Gb per cpu-s FASTA read and packed"] = giga / median(from_fasta);
}
BENCHMARK(packing)->Unit(benchmark::kMillisecond)->UseRealTime();

// The first of the words is a program; its output goes to a file.
bool runs(const std::string& command) {
  return std::system((command + " >/dev/null 2>&1").c_str()) == 0;
}

class Folder {
 public:
  Folder() { DW_CHECK(mkdtemp(path_.data()) != nullptr, "no folder can be made in /tmp"); }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_ = "/tmp/dosewright-bench-XXXXXX";
};

struct Outside {
  const char* program;
  std::function<std::string(const std::string& folder)> prepare, search;
  std::function<Places(const std::string& folder)> read;
};

std::string target_letters() {
  std::string letters;
  for (const std::uint8_t mask : target()) letters += base_letter(mask);
  return letters;
}

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  for (std::size_t at = 0; at <= line.size();) {
    const std::size_t end = std::min(line.find('\t', at), line.size());
    fields.push_back(line.substr(at, end - at));
    at = end + 1;
  }
  return fields;
}

// Columns of fuzznuc's table: sequence, start, end, score, strand, pattern, mismatches ("." none).
Places read_fuzznuc(const std::string& folder) {
  std::ifstream in(folder + "/fuzznuc.txt");
  Places found;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() < 7 || fields[0] != "random") continue;
    found.emplace_back(std::stoull(fields[1]), fields[6] == "." ? 0 : std::stoi(fields[6]));
  }
  std::ranges::sort(found);
  return found;
}

// Columns of bowtie's lines: query, strand, reference, offset from 0, bases, qualities, other
// places, mismatches ("4:A>C,..").
Places read_bowtie(const std::string& folder) {
  std::ifstream in(folder + "/bowtie.txt");
  Places found;
  for (std::string line; std::getline(in, line);) {
    const std::vector<std::string> fields = fields_of(line);
    if (fields.size() < 8) continue;
    found.emplace_back(std::stoull(fields[3]) + 1,
                       static_cast<int>(std::ranges::count(fields[7], ':')));
  }
  std::ranges::sort(found);
  return found;
}

Outside fuzznuc() {
  return {"fuzznuc", [](const std::string&) { return std::string("true"); },
          [](const std::string& folder) {
            return "fuzznuc -sequence " + folder + "/t.fa -pattern " + target_letters() +
                   " -pmismatch 3 -rformat2 excel -outfile " + folder + "/fuzznuc.txt";
          },
          read_fuzznuc};
}

Outside bowtie() {
  return {"bowtie",
          [](const std::string& folder) {
            return "bowtie-build --threads 2 " + folder + "/t.fa " + folder + "/index";
          },
          [](const std::string& folder) {
            return "bowtie -v 3 -a --norc -p 2 -c " + folder + "/index " + target_letters() + " " +
                   folder + "/bowtie.txt";
          },
          read_bowtie};
}

void against(benchmark::State& state, const Outside& outside) {
  if (!runs(std::string("command -v ") + outside.program)) {
    state.SkipWithError((std::string(outside.program) + " is not installed").c_str());
    return;
  }
  const std::size_t n = size_or(20'000'000);
  const std::vector<std::uint8_t> masks = random_masks(n);
  const Folder folder;
  std::ofstream(folder.path() + "/t.fa") << fasta_of(masks);
  const double preparing =
      seconds([&] { DW_CHECK(runs(outside.prepare(folder.path())), "it cannot prepare"); });
  const PackedText text = pack(masks);
  const ScanOptions options = options_for(Difference::kMismatches, simd_widths().back());
  std::vector<double> ours, theirs;
  for (auto round : state) {
    static_cast<void>(round);
    ours.push_back(seconds([&] { benchmark::DoNotOptimize(scan(text, query(), options)); }));
    theirs.push_back(
        seconds([&] { DW_CHECK(runs(outside.search(folder.path())), "it cannot search"); }));
  }
  const Places expected = our_places(text, options);
  DW_CHECK(outside.read(folder.path()) == expected, "it has other hits than ours");
  state.counters["Gb/s ours"] = static_cast<double>(n) / 1e9 / median(ours);
  state.counters["Gb/s theirs"] = static_cast<double>(n) / 1e9 / median(theirs);
  state.counters["theirs_over_ours"] = median(theirs) / median(ours);
  state.counters["prepared_in_s"] = preparing;
  state.SetLabel(hash(expected));
}

void against_fuzznuc(benchmark::State& state) {
  against(state, fuzznuc());
}
BENCHMARK(against_fuzznuc)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(1);

void against_bowtie(benchmark::State& state) {
  against(state, bowtie());
}
BENCHMARK(against_bowtie)->Unit(benchmark::kMillisecond)->UseRealTime()->Iterations(3);

}  // namespace
}  // namespace dosewright::molecule
