#include "dosewright/molecule/write.hpp"

#include <fmt/format.h>

#include <array>
#include <optional>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/graph.hpp"
#include "dosewright/molecule/inchi.hpp"
#include "dosewright/molecule/molfile.hpp"
#include "dosewright/molecule/notation.hpp"
#include "dosewright/molecule/smiles.hpp"
#include "dosewright/molecule/writers.hpp"

namespace dosewright::molecule {

namespace {

struct FormatEntry {
  Format format;
  std::string_view name;
  std::optional<Dialect> dialect;  // which reader reads it
};

constexpr std::array kFormats = {FormatEntry{Format::kHelm, "helm", Dialect::kHelm},
                                 FormatEntry{Format::kHelmEditor, "helm-editor", Dialect::kHelm},
                                 FormatEntry{Format::kIdt, "idt", Dialect::kIdt},
                                 FormatEntry{Format::kAxolabs, "axolabs", Dialect::kAxolabs},
                                 FormatEntry{Format::kCase, "case", Dialect::kCase},
                                 FormatEntry{Format::kName, "name", Dialect::kName},
                                 FormatEntry{Format::kShorthand, "shorthand", Dialect::kShorthand},
                                 FormatEntry{Format::kSequence, "sequence", std::nullopt},
                                 FormatEntry{Format::kFasta, "fasta", std::nullopt},
                                 FormatEntry{Format::kSmiles, "smiles", std::nullopt},
                                 FormatEntry{Format::kMolfile, "molfile", std::nullopt},
                                 FormatEntry{Format::kInchi, "inchi", std::nullopt},
                                 FormatEntry{Format::kInchiKey, "inchikey", std::nullopt}};

const FormatEntry& format_entry(Format format) {
  return kFormats[static_cast<std::size_t>(format)];
}

std::string fasta(const Molecule& molecule, bool with_headers) {
  std::string text;
  for (std::size_t i = 0; i < molecule.strands.size(); ++i) {
    const Strand& strand = molecule.strands[i];
    if (i > 0) text += '\n';
    if (with_headers) {
      const std::string fallback =
          molecule.name.empty() ? fmt::format("strand{}", i + 1) : molecule.name;
      text += fmt::format(">{}\n", shown_text(strand.name.empty() ? fallback : strand.name, 200));
    }
    text += plain_sequence(strand);
  }
  return text;
}

Result<std::string> structure(const Molecule& molecule, Format format) {
  const bool with_places = format == Format::kMolfile;
  auto built = build_graph(molecule, with_places ? WithPlaces::kYes : WithPlaces::kNo);
  if (!built.ok()) return built.faults();
  auto graph = add_sodium(std::move(*built), molecule.n_sodium);
  if (!graph.ok()) return graph.faults();
  if (format == Format::kSmiles) return to_smiles(*graph);
  if (with_places) return to_molfile(*graph, molecule.name);
  const auto inchi = to_inchi(*graph);
  if (!inchi.ok()) return inchi.faults();
  return format == Format::kInchi ? inchi->text : inchi->key;
}

Result<std::string> text_of(const Molecule& molecule, Format format) {
  switch (format) {
    case Format::kHelm:
      return write_helm(molecule, false);
    case Format::kHelmEditor:
      return write_helm(molecule, true);
    case Format::kIdt:
      return write_idt(molecule);
    case Format::kAxolabs:
      return write_case(molecule, "axolabs");
    case Format::kCase:
      return write_case(molecule, "case");
    case Format::kName:
      return write_name(molecule);
    case Format::kShorthand:
      return write_shorthand(molecule);
    case Format::kSequence:
      return fasta(molecule, false);
    case Format::kFasta:
      return fasta(molecule, true);
    default:
      return structure(molecule, format);
  }
}

// What reading the text does not give back.
std::vector<std::string> lost_in(const std::string& text, Format format, const Molecule& molecule) {
  if (format == Format::kInchiKey) return {"a key is a hash: it identifies and cannot be read"};
  std::vector<std::string> lost;
  const bool is_structure =
      format == Format::kSmiles || format == Format::kMolfile || format == Format::kInchi;
  if (is_structure) {
    if (!molecule.pairing.empty()) lost.emplace_back("the pairing of the strands");
    lost.emplace_back("the names of residues, which this program does not read back from atoms");
    return lost;
  }
  if (format == Format::kSequence || format == Format::kFasta) {
    return {"sugars, links, ends, conjugates and modifications of bases"};
  }
  ReadOptions options;
  options.dialect = format_entry(format).dialect;
  const auto reading = read_notation(text, options);
  if (!reading.ok()) return {"whether C and U carry 5-methyl, which the notation leaves open"};
  return differences(molecule, reading->molecule);
}

void compare_strands(const Strand& a, const Strand& b, std::vector<std::string>& found) {
  if (a.units.size() != b.units.size()) {
    found.push_back(
        fmt::format("the number of residues, {} and {}", a.units.size(), b.units.size()));
    return;
  }
  std::array<int, 3> n{};
  for (std::size_t i = 0; i < a.units.size(); ++i) {
    n[0] += a.units[i].base != b.units[i].base;
    n[1] += a.units[i].sugar != b.units[i].sugar;
    n[2] += a.units[i].link != b.units[i].link;
  }
  constexpr std::array<std::string_view, 3> kParts = {"base", "sugar", "link"};
  for (std::size_t part = 0; part < n.size(); ++part) {
    if (n[part] == 0) continue;
    found.push_back(
        fmt::format("the {} of {} residue{}", kParts[part], n[part], n[part] == 1 ? "" : "s"));
  }
  if (a.five_end != b.five_end) found.emplace_back("the 5' end");
  if (a.three_end != b.three_end) found.emplace_back("the 3' end");
  if (a.name != b.name) found.push_back(fmt::format("the strand's name '{}'", shown_text(a.name)));
}

}  // namespace

std::string residue_text(const Molecule& molecule, std::size_t strand, std::size_t unit) {
  std::string text = fmt::format("residue {}", unit + 1);
  if (molecule.strands.size() > 1) text += fmt::format(" of strand {}", strand + 1);
  return text;
}

std::string_view to_text(Format format) {
  return format_entry(format).name;
}

std::vector<std::string> format_names() {
  std::vector<std::string> names;
  for (const FormatEntry& known : kFormats) names.emplace_back(known.name);
  return names;
}

Result<Format> format_named(std::string_view name) {
  for (const FormatEntry& known : kFormats) {
    if (known.name == name) return known.format;
  }
  return Fault{{},
               fmt::format("'{}' is no known format", shown_text(name, 30)),
               "known are " + join(format_names(), ", "),
               {}};
}

std::vector<std::string> differences(const Molecule& a, const Molecule& b) {
  std::vector<std::string> found;
  if (a.strands.size() != b.strands.size()) {
    found.emplace_back("the number of strands");
  } else {
    for (std::size_t i = 0; i < a.strands.size(); ++i) {
      compare_strands(a.strands[i], b.strands[i], found);
    }
  }
  if (a.pairing != b.pairing) found.emplace_back("the pairing of the strands");
  if (a.n_sodium != b.n_sodium) found.push_back(fmt::format("{} sodium ions", a.n_sodium));
  if (a.name != b.name) found.push_back(fmt::format("the name '{}'", shown_text(a.name)));
  return found;
}

Result<Written> write(const Molecule& molecule, Format format) {
  auto text = text_of(molecule, format);
  if (!text.ok()) return text.faults();
  Written written{std::move(*text), {}};
  written.lost = lost_in(written.text, format, molecule);
  return written;
}

}  // namespace dosewright::molecule
