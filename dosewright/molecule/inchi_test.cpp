#include "dosewright/molecule/inchi.hpp"

#include <doctest/doctest.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "dosewright/base/file.hpp"
#include "dosewright/molecule/published_test.hpp"

namespace dosewright::molecule {
namespace {

std::string key_of(const Molecule& molecule) {
  const auto graph = build_graph(molecule);
  REQUIRE_MESSAGE(graph.ok(), to_text(graph.faults()));
  const auto inchi = to_inchi(*graph);
  REQUIRE_MESSAGE(inchi.ok(), to_text(inchi.faults()));
  return inchi->key;
}

std::string nucleoside(const char* base, const char* sugar) {
  return key_of(single({{{base, sugar, ""}}, {}, {}, ""}));
}

// Keys of public compound records, from memory; Open Babel gives the same for their SMILES.
TEST_CASE("free nucleosides have their published keys") {
  CHECK(nucleoside("A", "r") == "OIRDTQYFTABQOQ-KQYNXXCUSA-N");
  CHECK(nucleoside("G", "r") == "NYHBQMYGNKIUIF-UUOKFMHZSA-N");
  CHECK(nucleoside("C", "r") == "UHDGCWIWMRVCDJ-XVFCMESISA-N");
  CHECK(nucleoside("U", "r") == "DRTQHJPVMGBUCF-XVFCMESISA-N");
  CHECK(nucleoside("I", "r") == "UGQMRVRMYYASKQ-KQYNXXCUSA-N");
  CHECK(nucleoside("A", "d") == "OLXZPDWKRNYJJZ-RRKCRQDMSA-N");
  CHECK(nucleoside("G", "d") == "YKBGVTZYEHREMT-KVQBGUIXSA-N");
  CHECK(nucleoside("C", "d") == "CKTSBUTUHBMZGZ-SHYZEUOFSA-N");
  CHECK(nucleoside("T", "d") == "IQFYYKKMVGJFEH-XLPZGREQSA-N");
}

TEST_CASE("mipomersen has the InChI and the key of S1, byte for byte") {
  const auto published = read_text(std::string(DOSEWRIGHT_ROOT) + "/tests/data/mipomersen.inchi");
  REQUIRE(published.ok());
  const auto graph = build_graph(published::mipomersen());
  REQUIRE(graph.ok());
  const auto inchi = to_inchi(*graph);
  REQUIRE_MESSAGE(inchi.ok(), to_text(inchi.faults()));
  CHECK(inchi->text + "\n" == *published);
  CHECK(inchi->key == "XLTMQWVJFPYGMC-QVKFEXRMSA-N");
  // From memory of the public compound record.
  CHECK(key_of(published::nusinersen()) == "WWFDJIVIDXJAQR-FFWSQMGZSA-N");
}

TEST_CASE("Rp and Sp and undefined phosphorus are three keys with one skeleton") {
  const auto key = [](const char* link) {
    Molecule molecule = single(published::strand("TT", "d", "s"));
    molecule.strands[0].units[0].link = link;
    return key_of(molecule);
  };
  CHECK(key("sR") != key("sS"));
  CHECK(key("sR") != key("s"));
  CHECK(key("sR").substr(0, 14) == key("sS").substr(0, 14));
}

TEST_CASE("above 1023 atoms there is an error, never a part of a key") {
  const auto both = build_graph(published::inclisiran());
  REQUIRE(both.ok());
  CHECK(n_heavy_atoms(*both) == 529 + 12 + 176 + 316 + 43 + 6);
  const auto refused = to_inchi(*both);
  REQUIRE(!refused.ok());
  CHECK(to_text(refused.faults()).find("fewer than 1024 atoms besides hydrogen, found 1082") !=
        std::string::npos);
  CHECK(!to_inchi({}).ok());
}

TEST_CASE("exactly 1023 atoms have a key, 1024 have none") {
  AtomGraph graph;
  graph.atoms.push_back({Element::C, 0, 3});
  while (graph.atoms.size() < 1023) {
    graph.atoms.push_back({Element::C, 0, 2});
    const auto n = static_cast<int>(graph.atoms.size());
    graph.bonds.push_back({n - 2, n - 1, 1});
  }
  graph.atoms.back().n_hydrogens = 3;
  const auto longest = to_inchi(graph);
  REQUIRE_MESSAGE(longest.ok(), to_text(longest.faults()));
  CHECK(longest->text.starts_with("InChI=1S/C1023H2048/"));
  graph.atoms.back().n_hydrogens = 2;
  graph.atoms.push_back({Element::C, 0, 3});
  graph.bonds.push_back({1022, 1023, 1});
  CHECK(!to_inchi(graph).ok());
}

TEST_CASE("threads that ask at once all get the right key") {
  std::vector<std::thread> threads;
  std::array<std::string, 4> keys;
  for (std::string& key : keys) {
    threads.emplace_back([&key] {
      const auto graph = build_graph(single(published::strand("ACGT", "d", "s")));
      for (int i = 0; i < 20; ++i) key = to_inchi(*graph)->key;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& key : keys) CHECK(key == keys[0]);
  CHECK(keys[0].size() == 27);
}

}  // namespace
}  // namespace dosewright::molecule
