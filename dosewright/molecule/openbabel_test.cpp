// Open Babel as a judge: it reads our SMILES and our Molfiles, finds stereo centres in its own way
// (from @ marks, and from wedges in the plane), and must arrive at the InChI that we have from the
// atom graph directly. Not installed: the case says so and judges nothing.
#include <doctest/doctest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "dosewright/base/file.hpp"
#include "dosewright/molecule/inchi.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/molfile.hpp"
#include "dosewright/molecule/published_test.hpp"
#include "dosewright/molecule/smiles.hpp"

namespace dosewright::molecule {
namespace {

namespace fs = std::filesystem;

bool is_installed() {
  return std::system("obabel -V >/dev/null 2>&1") == 0;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line.substr(0, line.find_first_of(" \t\r")));
  }
  return lines;
}

// One InChI per structure of the text.
std::vector<std::string> judged(const std::string& text, const std::string& format) {
  const fs::path base =
      fs::temp_directory_path() / ("dosewright_openbabel_" + std::to_string(::getpid()));
  const std::string in = base.string() + ".in";
  const std::string out = base.string() + ".out";
  std::ofstream(in) << text;
  const std::string command =
      "obabel -i" + format + " " + in + " -oinchi -O " + out + " >/dev/null 2>&1";
  REQUIRE(std::system(command.c_str()) == 0);
  const std::vector<std::string> lines = lines_of(*read_text(out));
  fs::remove(in);
  fs::remove(out);
  return lines;
}

std::vector<std::string> ids(Kind kind) {
  std::vector<std::string> list;
  for (const Monomer& monomer : library().monomers()) {
    if (monomer.kind == kind) list.push_back(monomer.id);
  }
  return list;
}

// Strands in which every monomer meets every other sooner or later, from a fixed seed.
std::vector<Molecule> random_strands(int n) {
  std::vector<Molecule> molecules;
  std::uint64_t state = 20310;
  const auto pick = [&state](const std::vector<std::string>& from) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return from[(state >> 33U) % from.size()];
  };
  for (int i = 0; i < n; ++i) {
    Strand strand;
    for (int k = 0; k < 8; ++k) {
      strand.units.push_back(
          {pick(ids(Kind::kBase)), pick(ids(Kind::kSugar)), k < 7 ? pick(ids(Kind::kLink)) : ""});
    }
    strand.five_end.group = pick({"OH", "P", "PS"});
    if (i % 3 == 0) {
      strand.three_end.conjugate = pick(ids(Kind::kConjugate));
      strand.three_end.link = "p";
    }
    molecules.push_back(single(strand));
  }
  return molecules;
}

struct Asked {
  std::string smiles, sdf;
  std::vector<std::string> inchis;

  void add(const AtomGraph& graph) {
    const auto inchi = to_inchi(graph);
    REQUIRE_MESSAGE(inchi.ok(), to_text(inchi.faults()));
    inchis.push_back(inchi->text);
    smiles += to_smiles(graph) + "\n";
    sdf += to_molfile(graph, "strand") + "$$$$\n";
  }
};

}  // namespace

TEST_CASE("Open Babel finds the same InChI in our SMILES and in our Molfiles") {
  if (!is_installed()) {
    MESSAGE("Open Babel is not installed (tools/setup test installs it): nothing was judged");
    return;
  }
  Asked asked;
  for (const Molecule& molecule :
       {published::mipomersen(), published::nusinersen(), published::fomivirsen(),
        published::eteplirsen(), published::eplontersen()}) {
    asked.add(*build_graph(molecule, WithPlaces::kYes));
  }
  Molecule sense = published::inclisiran();
  sense.strands.pop_back();
  asked.add(*build_graph(sense, WithPlaces::kYes));
  asked.add(*add_sodium(*build_graph(published::mipomersen(), WithPlaces::kYes), 19));
  for (const Molecule& molecule : random_strands(24)) {
    asked.add(*build_graph(molecule, WithPlaces::kYes));
  }
  const std::vector<std::string> from_smiles = judged(asked.smiles, "smi");
  const std::vector<std::string> from_molfile = judged(asked.sdf, "sdf");
  REQUIRE(from_smiles.size() == asked.inchis.size());
  REQUIRE(from_molfile.size() == asked.inchis.size());
  for (std::size_t i = 0; i < asked.inchis.size(); ++i) {
    CAPTURE(i);
    CHECK(from_smiles[i] == asked.inchis[i]);
    CHECK(from_molfile[i] == asked.inchis[i]);
  }
}

}  // namespace dosewright::molecule
