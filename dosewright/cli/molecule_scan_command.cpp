// dosewright molecule scan: off-targets; dosewright molecule pack: transcripts, ready to be
// scanned.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "dosewright/base/csv.hpp"
#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/cli/commands.hpp"
#include "dosewright/cli/molecule_argument.hpp"
#include "dosewright/cli/terminal.hpp"
#include "dosewright/molecule/alignment.hpp"
#include "dosewright/molecule/fasta.hpp"
#include "dosewright/molecule/hybrid.hpp"
#include "dosewright/molecule/scan.hpp"

namespace dosewright::cli {

namespace {

using molecule::Difference;
using molecule::ScanHit;
using molecule::ScanQuery;
using molecule::SitePairing;

struct CommandOptions {
  MoleculeArgument molecule;
  std::string in;
  int mismatches = 3;
  int edits = 3;
  bool by_edits = false;
  bool both_strands = false;
  bool every_end = false;
  int threads = 0;
  int show = 20;
  bool csv = false;
  bool json = false;
};

bool is_plain(std::string_view text) {
  return std::ranges::all_of(
      text, [](char letter) { return molecule::base_mask(letter) != molecule::kNoBase; });
}

// The strands of a notation, each a query; a row of codes is a query without sugars.
Result<std::vector<ScanQuery>> queries_of(const MoleculeArgument& argument,
                                          const std::string& name) {
  std::vector<ScanQuery> queries;
  const std::string_view bare = trim(argument.text);
  if (is_plain(bare) && argument.dialect.empty()) {
    queries.push_back({name.empty() ? "query" : name, std::string(bare), {}});
    return queries;
  }
  DW_TRY(reading, read_molecule(argument));
  int number = 0;
  for (const molecule::Strand& strand : reading.molecule.strands) {
    std::string label = !name.empty()                   ? name
                        : reading.molecule.name.empty() ? "query"
                                                        : reading.molecule.name;
    if (reading.molecule.strands.size() > 1) label += fmt::format(" strand {}", ++number);
    queries.push_back(
        {std::move(label), molecule::plain_sequence(strand), molecule::sugar_letters(strand)});
  }
  return queries;
}

// Columns `name` and `molecule` (or `sequence`); others are left alone.
Result<std::vector<ScanQuery>> read_panel(const CommandOptions& options) {
  const std::string& path = options.molecule.text;
  DW_TRY(text, read_text(path));
  const CsvTable table = read_csv(text, path);
  Faults faults = table.faults;
  const auto column = [&table](std::string_view wanted) {
    return std::ranges::find(table.header, wanted) - table.header.begin();
  };
  const auto n = static_cast<std::ptrdiff_t>(table.header.size());
  const std::ptrdiff_t name = column("name"),
                       molecule = std::min(column("molecule"), column("sequence"));
  if (name == n || molecule == n) {
    faults.add(table.fault(1, 1, "a panel needs the columns 'name' and 'molecule' (or 'sequence')",
                           "begin the file with: name,molecule"));
    return faults;
  }
  std::vector<ScanQuery> queries;
  for (const CsvRow& row : table.rows) {
    const CsvField& cell = row.fields[static_cast<std::size_t>(molecule)];
    MoleculeArgument argument = options.molecule;
    argument.text = cell.text;
    auto read = queries_of(argument, row.fields[static_cast<std::size_t>(name)].text);
    if (read.ok()) {
      std::ranges::move(*read, std::back_inserter(queries));
      continue;
    }
    for (const Fault& fault : read.faults()) {
      faults.add(table.fault(cell.line, cell.column, fault.message, fault.hint));
    }
  }
  if (!faults.empty()) return faults;
  return queries;
}

Result<std::vector<ScanQuery>> read_queries(const CommandOptions& options) {
  if (options.molecule.text.ends_with(".csv")) return read_panel(options);
  return queries_of(options.molecule, {});
}

struct Scanned {
  std::vector<ScanQuery> queries;
  molecule::LoadedText loaded;
  molecule::ScanOptions options;
  molecule::ScanResult result;

  const molecule::TextRecord& record(const ScanHit& hit) const {
    return loaded.text.records()[static_cast<std::size_t>(hit.record)];
  }
  const ScanQuery& query(const ScanHit& hit) const {
    return queries[static_cast<std::size_t>(hit.query)];
  }
  SitePairing drawn(const ScanHit& hit) const {
    return molecule::pairing(loaded.text, query(hit), hit, options.difference);
  }
  const char* unit(int n) const {
    if (options.difference == Difference::kEdits) return n == 1 ? "edit" : "edits";
    return n == 1 ? "mismatch" : "mismatches";
  }
};

std::uint64_t last_of(const ScanHit& hit) {
  return hit.position + static_cast<std::uint64_t>(hit.length) - 1;
}

std::string hit_text(const Scanned& scanned, const ScanHit& hit) {
  const SitePairing drawn = scanned.drawn(hit);
  std::string text =
      fmt::format("\n  {} {}-{} ({}): {} {}", scanned.record(hit).name, hit.position, last_of(hit),
                  hit.minus ? '-' : '+', hit.distance, scanned.unit(hit.distance));
  if (drawn.gap_first > 0) {
    text += fmt::format("; gap {}, wings {}; {} of {} residues of the gap paired in a row",
                        drawn.in_gap, drawn.in_wings, drawn.paired_dna,
                        drawn.gap_last - drawn.gap_first + 1);
  }
  text += fmt::format("\n    target 5' {} 3'\n              {}\n    oligo  3' {} 5'\n",
                      drawn.target, drawn.marks, drawn.oligo);
  if (!drawn.sugars.empty()) text += fmt::format("    sugars    {}\n", drawn.sugars);
  return text;
}

std::string query_text(const Scanned& scanned, int index, int show) {
  const ScanQuery& query = scanned.queries[static_cast<std::size_t>(index)];
  const auto of_query = [index](const ScanHit& hit) { return hit.query == index; };
  const auto n = std::ranges::count_if(scanned.result.hits, of_query);
  std::string text = fmt::format("\n{}: {} ({} residues), {} {}\n", query.name, query.bases,
                                 query.bases.size(), n, n == 1 ? "site" : "sites");
  int shown = 0;
  for (const ScanHit& hit : scanned.result.hits) {
    if (of_query(hit) && shown++ < show) text += hit_text(scanned, hit);
  }
  if (n > show) {
    text +=
        fmt::format("\n  {} of {} sites are shown; --show N, --csv or --json has more.\n", show, n);
  }
  return text;
}

std::string text_of(const Scanned& scanned, int show) {
  const auto& counts = scanned.loaded.counts;
  std::string text =
      fmt::format("Sites with at most {} {} in {} bases of {} {}, {}.\n", scanned.options.k,
                  scanned.unit(scanned.options.k), counts.bases, counts.records,
                  counts.records == 1 ? "record" : "records",
                  scanned.options.both_strands ? "both strands" : "the strand as given");
  if (counts.empty_records > 0) {
    text += fmt::format("{} of the records have no bases.\n", counts.empty_records);
  }
  text += "'|' pairs, ':' G with U or T (counted as a mismatch); d deoxyribose, x another sugar.\n";
  for (std::size_t i = 0; i < scanned.queries.size(); ++i) {
    text += query_text(scanned, static_cast<int>(i), show);
  }
  return text + "\n" + kDisclaimer + "\n";
}

std::string csv_of(const Scanned& scanned) {
  std::string text = fmt::format(
      "# {}\nquery,record,first,last,strand,{},in_gap,in_wings,paired_gap,target,pairing,oligo\n",
      kDisclaimer, scanned.unit(2));
  for (const ScanHit& hit : scanned.result.hits) {
    const SitePairing drawn = scanned.drawn(hit);
    const bool known = drawn.gap_first > 0;
    text += fmt::format("{},{},{},{},{},{},", csv_field(scanned.query(hit).name),
                        csv_field(scanned.record(hit).name), hit.position, last_of(hit),
                        hit.minus ? '-' : '+', hit.distance);
    text += known ? fmt::format("{},{},{}", drawn.in_gap, drawn.in_wings, drawn.paired_dna)
                  : std::string(",,");
    text += fmt::format(",{},{},{}\n", drawn.target, csv_field(drawn.marks), drawn.oligo);
  }
  return text;
}

nlohmann::json hit_json(const Scanned& scanned, const ScanHit& hit) {
  const SitePairing drawn = scanned.drawn(hit);
  nlohmann::json json = {{"record", scanned.record(hit).name},
                         {"first", hit.position},
                         {"last", last_of(hit)},
                         {"strand", hit.minus ? "-" : "+"},
                         {"distance", hit.distance},
                         {"target_5to3", drawn.target},
                         {"pairing", drawn.marks},
                         {"oligo_3to5", drawn.oligo}};
  if (drawn.gap_first > 0) {
    json["gap"] = {{"first_residue", drawn.gap_first},
                   {"last_residue", drawn.gap_last},
                   {"differences", drawn.in_gap},
                   {"paired_in_a_row", drawn.paired_dna}};
    json["wings"] = {{"differences", drawn.in_wings}};
  }
  return json;
}

std::string json_of(const Scanned& scanned) {
  nlohmann::json queries = nlohmann::json::array();
  for (const ScanQuery& query : scanned.queries) {
    queries.push_back(
        {{"name", query.name}, {"bases", query.bases}, {"sites", nlohmann::json::array()}});
  }
  for (const ScanHit& hit : scanned.result.hits) {
    queries[static_cast<std::size_t>(hit.query)]["sites"].push_back(hit_json(scanned, hit));
  }
  return nlohmann::json{{"disclaimer", kDisclaimer},
                        {"at_most", scanned.options.k},
                        {"counted", scanned.unit(2)},
                        {"both_strands", scanned.options.both_strands},
                        {"bases", scanned.loaded.counts.bases},
                        {"records", scanned.loaded.counts.records},
                        {"queries", queries}}
             .dump(2) +
         "\n";
}

molecule::ScanOptions scan_options(const CommandOptions& options) {
  molecule::ScanOptions scan;
  scan.difference = options.by_edits ? Difference::kEdits : Difference::kMismatches;
  scan.k = options.by_edits ? options.edits : options.mismatches;
  scan.both_strands = options.both_strands;
  scan.every_end = options.every_end;
  scan.threads = options.threads;
  scan.stop = &InterruptGuard::flag();
  return scan;
}

Result<Scanned> run_scan(const CommandOptions& options) {
  Faults faults;
  Scanned scanned;
  scanned.options = scan_options(options);
  auto queries = read_queries(options);
  if (queries.ok()) {
    scanned.queries = std::move(*queries);
    faults.merge(molecule::check_scan(scanned.queries, scanned.options));
  } else {
    faults.merge(queries.faults());
  }
  if (!faults.empty()) return faults;
  const InterruptGuard guard;
  DW_TRY(loaded, molecule::load_text(options.in));
  scanned.loaded = std::move(loaded);
  std::atomic<std::int64_t> done{0};
  scanned.options.done = &done;
  {
    const std::int64_t work =
        molecule::scan_work(scanned.loaded.text, scanned.queries, scanned.options);
    const ProgressLine line(done, work, "blocks");
    DW_TRY(result, molecule::scan(scanned.loaded.text, scanned.queries, scanned.options));
    scanned.result = std::move(result);
  }
  scanned.options.done = nullptr;
  return scanned;
}

int scan_and_print(const CommandOptions& options) {
  const auto scanned = run_scan(options);
  if (!scanned.ok()) return fail(scanned.faults(), options.json);
  if (scanned->result.interrupted) {
    print_error("interrupted: the sites found so far are discarded");
    return kExitInterrupted;
  }
  print(options.json  ? json_of(*scanned)
        : options.csv ? csv_of(*scanned)
                      : text_of(*scanned, options.show));
  return kExitDone;
}

struct PackOptions {
  std::string in, out;
  bool check = false;
};

int pack(const PackOptions& options) {
  const auto loaded = molecule::load_text(options.in);
  if (!loaded.ok()) return fail(loaded.faults(), false);
  if (options.check) {
    if (!loaded->was_packed) {
      return fail(Faults({{options.in, 0, 0}, "--check needs a packed text", {}, {}}), false);
    }
    const auto checked = molecule::check_blocks(loaded->text, options.in);
    if (!checked.ok()) return fail(checked.faults(), false);
  } else if (options.out.empty()) {
    return fail(Faults({{"command line", 0, 0}, "OUT is needed: where does it go?", {}, {}}),
                false);
  } else {
    const auto written = molecule::write_packed(loaded->text, options.out);
    if (!written.ok()) return fail(written.faults(), false);
  }
  print(fmt::format("{}: {} bases of {} records{}\n{}\n", options.check ? options.in : options.out,
                    loaded->counts.bases, loaded->counts.records,
                    options.check ? ", hashes and lengths are right" : "", kDisclaimer));
  return kExitDone;
}

void add_pack_command(CLI::App& group, int& exit_code) {
  CLI::App* command =
      group.add_subcommand("pack", "pack transcripts (FASTA) once, for scans that start at once");
  const auto options = std::make_shared<PackOptions>();
  command->add_option("IN", options->in, "a FASTA file; with --check a packed text")->required();
  command->add_option("OUT", options->out, "the packed text, usually *.dwp");
  command->add_flag("--check", options->check, "read IN whole and compare its hashes");
  command->callback([options, &exit_code] { exit_code = pack(*options); });
  command->footer(
      "Example: dosewright molecule pack transcripts.fa transcripts.dwp\n"
      "Four bits a base; the file is mapped into memory when it is scanned.\n"
      "Exit code 0: done. 2: bad input, or output that cannot be written.");
}

}  // namespace

void add_molecule_scan_command(CLI::App& group, int& exit_code) {
  CLI::App* command = group.add_subcommand(
      "scan", "find every site of transcripts that pairs with an oligonucleotide, or nearly");
  const auto options = std::make_shared<CommandOptions>();
  add_molecule_argument(*command, options->molecule);
  command->get_option("MOLECULE")
      ->description(
          "a file, a notation, bases with IUPAC codes, or a panel: a *.csv with the "
          "columns name,molecule");
  command->add_option("--in", options->in, "transcripts: FASTA, or what `molecule pack` wrote")
      ->required();
  auto* mismatches = command->add_option("--mismatches", options->mismatches,
                                         "at most so many mismatches, 0 to 15 (default 3)");
  auto* edits = command->add_option("--edits", options->edits,
                                    "instead: at most so many mismatches, insertions and "
                                    "deletions, 0 to 15");
  edits->excludes(mismatches);
  command->add_flag("--both-strands", options->both_strands,
                    "also targets on the other strand of each record");
  command->add_flag("--every-end", options->every_end,
                    "with --edits: every end of a site, not the best of those in a row");
  command
      ->add_option("--threads", options->threads, "0: one per core; the sites do not depend on it")
      ->check(CLI::Range(0, 1024));
  command->add_option("--show", options->show, "sites per query in the text (default 20)")
      ->check(CLI::Range(0, 1'000'000));
  command->add_flag("--csv", options->csv, "print every site as a table");
  command->add_flag("--json", options->json, "print every site as JSON");
  command->callback([options, edits, &exit_code] {
    options->by_edits = edits->count() > 0;
    exit_code = scan_and_print(*options);
  });
  command->footer(
      "Examples:\n"
      "  dosewright molecule scan programmes/NAME/molecule.toml --in transcripts.fa\n"
      "  dosewright molecule scan GCCTCAGTCTGCTTCGCACC --in transcripts.dwp --edits 2 --csv\n"
      "The target, the reverse complement of the oligonucleotide, is what is looked for. U is T,\n"
      "N matches nothing, a code matches where it shares a base; no site crosses two records.\n"
      "Exit code 0: done, with or without sites. 2: bad input. 130: interrupted.");
  add_pack_command(group, exit_code);
}

}  // namespace dosewright::cli
