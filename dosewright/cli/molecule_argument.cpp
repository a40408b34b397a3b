#include "dosewright/cli/molecule_argument.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>

#include "dosewright/base/file.hpp"
#include "dosewright/base/text.hpp"
#include "dosewright/molecule/mass.hpp"

namespace dosewright::cli {

namespace {

// A notation may be longer than any file name, and then asking for it is an error of its own.
bool is_file(const std::string& text) {
  std::error_code error;
  return std::filesystem::is_regular_file(text, error);
}

// A mistyped file name shall not be explained as a bad notation.
bool looks_like_file(const std::string& text) {
  const std::string extension = std::filesystem::path(text.substr(0, 4096)).extension().string();
  return extension == ".toml" || extension == ".helm" || extension == ".txt" ||
         extension == ".fasta" || extension == ".fa";
}

molecule::Methyl methyl_of(const std::string& text) {
  if (text == "all") return molecule::Methyl::kAll;
  return text == "none" ? molecule::Methyl::kNone : molecule::Methyl::kAsk;
}

}  // namespace

void add_molecule_argument(CLI::App& command, MoleculeArgument& argument) {
  command.add_option("MOLECULE", argument.text, "a file, or the notation itself")->required();
  command.add_option("--dialect", argument.dialect,
                     "how the notation is to be read: " + join(molecule::dialect_names(), ", ") +
                         " (default: found out)");
  command
      .add_option("--methyl", argument.methyl,
                  "C and U whose 5-methyl the notation leaves open: all carry it, or none")
      ->check(CLI::IsMember({"all", "none"}));
  command.add_option("--link", argument.link,
                     "links that the notation leaves open: p, s, sR, sS or n");
}

Result<molecule::Reading> read_molecule(const MoleculeArgument& argument) {
  molecule::ReadOptions options;
  options.methyl = methyl_of(argument.methyl);
  options.link = argument.link;
  if (!argument.dialect.empty()) {
    DW_TRY(dialect, molecule::dialect_named(argument.dialect));
    options.dialect = dialect;
  }
  if (!is_file(argument.text)) {
    if (!looks_like_file(argument.text)) return molecule::read_notation(argument.text, options);
    return Fault{{},
                 "there is no file '" + shown_text(argument.text) + "'",
                 "name a file that exists, or write the notation itself",
                 {}};
  }
  options.file = argument.text;
  DW_TRY(text, read_text(argument.text));
  return molecule::read_notation(text, options);
}

Result<std::vector<molecule::Counterion>> read_adducts(const std::string& text) {
  std::vector<molecule::Counterion> list;
  Faults faults;
  for (const std::string_view word : split(text, ',')) {
    if (trim(text).empty()) break;
    const auto ion = molecule::counterion_named(trim(word));
    if (ion.ok()) {
      list.push_back(*ion);
    } else {
      faults.merge(ion.faults());
    }
  }
  if (!faults.empty()) return faults;
  return list;
}

}  // namespace dosewright::cli
