#include "dosewright/molecule/notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "dosewright/base/text.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/readers.hpp"

namespace dosewright::molecule {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{16} << 20;

struct Entry {
  Dialect dialect;
  std::string_view name;
  Reader read;
};

constexpr std::array kEntries = {Entry{Dialect::kHelm, "helm", read_helm},
                                 Entry{Dialect::kIdt, "idt", read_idt},
                                 Entry{Dialect::kAxolabs, "axolabs", read_axolabs},
                                 Entry{Dialect::kCase, "case", read_case},
                                 Entry{Dialect::kName, "name", read_name},
                                 Entry{Dialect::kShorthand, "shorthand", read_shorthand},
                                 Entry{Dialect::kList, "list", read_list},
                                 Entry{Dialect::kDna, "dna", read_dna},
                                 Entry{Dialect::kRna, "rna", read_rna},
                                 Entry{Dialect::kFields, "fields", read_fields}};

const Entry& entry(Dialect dialect) {
  return kEntries[static_cast<std::size_t>(dialect)];
}

// One way to read the text.
struct Variant {
  Dialect dialect;
  Draft draft;
  std::string choice;  // the options that choose it
};

struct Attempt {
  std::vector<Variant> variants;  // empty where the text is not of this notation
  Faults faults;
  std::size_t first_fault = 0;
};

Draft run(const Entry& entry, std::string_view text, const std::string& file,
          const Choices& choices) {
  Scanner scanner(text, file);
  return entry.read(scanner, choices);
}

// Reads with every combination of the choices that the text leaves open and the options do not
// make.
Attempt attempt(const Entry& entry, std::string_view text, const ReadOptions& options) {
  Choices choices{options.methyl == Methyl::kAll, options.link.empty() ? "p" : options.link};
  Scanner scanner(text, options.file);
  Draft first = entry.read(scanner, choices);
  Attempt attempt;
  if (scanner.failed()) {
    attempt.faults = scanner.faults();
    attempt.first_fault = scanner.first_fault();
    return attempt;
  }
  const bool ask_methyl = first.methyl_open && options.methyl == Methyl::kAsk;
  const bool ask_link = first.link_open && options.link.empty();
  const std::string dialect = fmt::format("--dialect {}", entry.name);
  const auto add = [&](Draft draft, bool methyl, std::string_view link) {
    std::string choice = dialect;
    if (ask_methyl) choice += methyl ? " --methyl all" : " --methyl none";
    if (ask_link) choice += fmt::format(" --link {}", link);
    attempt.variants.push_back({entry.dialect, std::move(draft), std::move(choice)});
  };
  add(first, choices.methyl, choices.link);
  if (ask_methyl) add(run(entry, text, options.file, {true, choices.link}), true, choices.link);
  if (!ask_link) return attempt;
  add(run(entry, text, options.file, {choices.methyl, "s"}), choices.methyl, "s");
  if (ask_methyl) add(run(entry, text, options.file, {true, "s"}), true, "s");
  return attempt;
}

bool is_shorthand(std::string_view text) {
  const std::size_t blank = text.find_first_of(" \t,");
  if (blank == std::string_view::npos) return false;
  for (const std::string_view word : split(text, ' ')) {
    const std::string_view token = trim(word);
    if (library().find_synonym(Kind::kSugar, "shorthand", token) != nullptr ||
        library().find_synonym(Kind::kLink, "shorthand", token) != nullptr || token == "5mC") {
      return true;
    }
    const bool digits_first = !token.empty() && token[0] >= '0' && token[0] <= '9';
    if (digits_first && token.find_first_not_of("0123456789-") == std::string_view::npos) {
      return true;
    }
  }
  return false;
}

bool is_name(std::string_view text) {
  const std::string normal = normal_name(text.substr(0, 4000));
  return normal.find("ylyl") != std::string::npos || normal.find("idine") != std::string::npos ||
         normal.find("osine") != std::string::npos || normal.starts_with(kAmbo);
}

// The notations that the text may be of, by signs that only they have.
std::vector<Dialect> candidates(std::string_view text) {
  const auto has = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  const bool has_braces = has("{") || has("$");
  if (has("\nsequence") || text.starts_with("sequence")) return {Dialect::kFields};
  if (has_braces) return {Dialect::kHelm};
  if (has("](") || has("[")) return {Dialect::kList};
  if (is_name(text)) return {Dialect::kName};
  if (has("/") || has("*") || has("+")) return {Dialect::kIdt};
  if (text.starts_with('>')) return {Dialect::kDna, Dialect::kRna};
  if (is_shorthand(text)) return {Dialect::kShorthand};
  return {Dialect::kDna, Dialect::kRna, Dialect::kIdt, Dialect::kAxolabs, Dialect::kCase};
}

// The residue of the text at which two readings part, as an offset.
std::size_t first_difference(const Draft& a, const Draft& b) {
  std::size_t unit = 0;
  for (std::size_t s = 0; s < a.molecule.strands.size() && s < b.molecule.strands.size(); ++s) {
    const std::vector<Unit>& first = a.molecule.strands[s].units;
    const std::vector<Unit>& second = b.molecule.strands[s].units;
    for (std::size_t i = 0; i < first.size() && i < second.size(); ++i, ++unit) {
      if (first[i] != second[i]) return unit < a.offsets.size() ? a.offsets[unit] : 0;
    }
  }
  return 0;
}

std::string described(const Variant& variant) {
  const Formula acid = acid_formula(variant.draft.molecule);
  return fmt::format("\n    {:<40} {} {:.1f} g/mol", variant.choice, to_text(acid),
                     average_mass(acid, WeightTable::kIupac2021));
}

Faults ambiguity(std::string_view text, const std::string& file,
                 const std::vector<Variant>& variants) {
  std::string hint = "choose one of them; formula and mass are of the free acid:";
  for (const Variant& variant : variants) hint += described(variant);
  Scanner scanner(text, file);
  scanner.fault(first_difference(variants[0].draft, variants[1].draft),
                fmt::format("the text has {} readings that part here", variants.size()),
                std::move(hint));
  return scanner.faults();
}

std::vector<Variant> distinct(std::vector<Variant> variants) {
  std::vector<Variant> kept;
  for (Variant& variant : variants) {
    const bool known = std::ranges::any_of(
        kept, [&](const Variant& other) { return other.draft.molecule == variant.draft.molecule; });
    if (!known) kept.push_back(std::move(variant));
  }
  return kept;
}

Reading finish(Variant variant, const ReadOptions& options) {
  Reading reading{std::move(variant.draft.molecule), variant.dialect,
                  std::move(variant.draft.notes)};
  if (variant.draft.methyl_open) {
    reading.notes.emplace_back(options.methyl == Methyl::kAll
                                   ? "C and U whose 5-methyl is left open carry it, as chosen"
                                   : "C and U whose 5-methyl is left open carry none, as chosen");
  }
  if (variant.draft.link_open) {
    reading.notes.push_back(
        fmt::format("the links are left open and are '{}', as chosen", options.link));
  }
  return reading;
}

}  // namespace

std::string_view to_text(Dialect dialect) {
  return entry(dialect).name;
}

std::vector<std::string> dialect_names() {
  std::vector<std::string> names;
  for (const Entry& known : kEntries) names.emplace_back(known.name);
  return names;
}

Result<Dialect> dialect_named(std::string_view name) {
  for (const Entry& known : kEntries) {
    if (known.name == name) return known.dialect;
  }
  return Fault{{},
               fmt::format("'{}' is no known notation", shown_text(name, 30)),
               "known are " + join(dialect_names(), ", "),
               {}};
}

Result<Reading> read_notation(std::string_view text, const ReadOptions& options) {
  if (text.size() > kMaxBytes) {
    return Fault{
        {options.file, 1, 1},
        fmt::format("the text has {} bytes; a notation has at most {}", text.size(), kMaxBytes),
        "oligonucleotides are far shorter",
        {}};
  }
  if (!options.link.empty() && library().find(Kind::kLink, options.link) == nullptr) {
    return Fault{{},
                 fmt::format("'{}' is no link", shown_text(options.link, 20)),
                 "known are p, s, sR, sS, n",
                 {}};
  }
  Scanner scanner(text, options.file);
  check_characters(scanner);
  if (scanner.failed()) return scanner.faults();
  const std::vector<Dialect> dialects =
      options.dialect ? std::vector<Dialect>{*options.dialect} : candidates(trim(text));
  std::vector<Variant> variants;
  Attempt best;
  for (const Dialect dialect : dialects) {
    Attempt tried = attempt(entry(dialect), text, options);
    if (!tried.variants.empty()) {
      std::ranges::move(tried.variants, std::back_inserter(variants));
    } else if (best.faults.empty() || tried.first_fault > best.first_fault) {
      best = std::move(tried);
    }
  }
  if (variants.empty()) return best.faults;
  variants = distinct(std::move(variants));
  if (variants.size() > 1) return ambiguity(text, options.file, variants);
  return finish(std::move(variants.front()), options);
}

}  // namespace dosewright::molecule
