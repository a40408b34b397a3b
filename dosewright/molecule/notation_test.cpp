#include "dosewright/molecule/notation.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <array>
#include <set>

#include "dosewright/base/file.hpp"
#include "dosewright/molecule/library.hpp"
#include "dosewright/molecule/mass.hpp"
#include "dosewright/molecule/mipomersen_test.hpp"
#include "dosewright/molecule/names.hpp"
#include "dosewright/molecule/strands_test.hpp"
#include "dosewright/molecule/write.hpp"

using namespace dosewright;
using namespace dosewright::molecule;

namespace {

Molecule read(std::string_view text, const ReadOptions& options = {}) {
  const auto reading = read_notation(text, options);
  REQUIRE_MESSAGE(reading.ok(), to_text(reading.ok() ? Faults() : reading.faults()));
  return reading->molecule;
}

ReadOptions in(Dialect dialect) {
  ReadOptions options;
  options.dialect = dialect;
  return options;
}

Molecule read_as(std::string_view text, Dialect dialect) {
  return read(text, in(dialect));
}

std::string faults_of(std::string_view text, const ReadOptions& options = {}) {
  const auto reading = read_notation(text, options);
  REQUIRE_FALSE(reading.ok());
  return to_text(reading.faults());
}

// "1:24" of the first fault.
std::string place_of(std::string_view text, const ReadOptions& options = {}) {
  const auto reading = read_notation(text, options);
  REQUIRE_FALSE(reading.ok());
  const Place& place = reading.faults()[0].place;
  return std::to_string(place.line) + ":" + std::to_string(place.column);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string written(const Molecule& molecule, Format format) {
  const auto text = write(molecule, format);
  REQUIRE_MESSAGE(text.ok(), to_text(text.ok() ? Faults() : text.faults()));
  return text->text;
}

}  // namespace

TEST_CASE("mipomersen reads alike from seven notations") {
  const Molecule expected = single(mipomersen());
  CHECK(read(kMipomersenHelm) == expected);
  CHECK(read("5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC") == expected);
  CHECK(read("5-10-5 2'-MOE ps 5mC GCCTCAGTCTGCTTCGCACC") == expected);
  CHECK(read("/52MOErG/*/i2MOErC/*/i2MOErC/*/i2MOErT/*/i2MOErC/*A*G*T*/iMe-dC/*T*G*/iMe-dC/*T*T*"
             "/iMe-dC/*/i2MOErG/*/i2MOErC/*/i2MOErA/*/i2MOErC/*/32MOErC/") == expected);
  const auto file =
      read_text(std::string(DOSEWRIGHT_ROOT) + "/programmes/mipomersen/molecule.toml");
  REQUIRE(file.ok());
  CHECK(read(*file) == expected);
  ReadOptions links;
  links.link = "s";
  CHECK(read(kMipomersenList, links) == expected);
  Molecule salt = read(kMipomersenName);
  CHECK(salt.n_sodium == 19);
  salt.n_sodium = 0;
  CHECK(salt == expected);
  std::string editors = written(expected, Format::kHelmEditor);
  CHECK(contains(editors, "[MOE]([5meC])[sP].[MOE](T)[sP]"));
  CHECK(read(editors) == expected);
  CHECK(to_text(acid_formula(expected)) == "C230H324N67O122P19S19");  // [S1; FDA-ClinPharmR]
}

TEST_CASE("the systematic name of S1 is regenerated from the strand, but for its blanks") {
  Molecule salt = single(mipomersen());
  salt.n_sodium = 19;
  const auto name = write(salt, Format::kName);
  REQUIRE(name.ok());
  CHECK(normal_name(name->text) == normal_name(kMipomersenName));
  CHECK(name->text != kMipomersenName);
  CHECK(name->lost.empty());
}

TEST_CASE("published drugs in their notations have their published formulae") {
  // Nusinersen: sequence of the INN record as the Guide to Pharmacology quotes it; formula of the
  // Japanese approved name, C234H323N61Na17O128P17S17 as the salt of 17 links.
  const Molecule nusinersen = read("MOE PS 5mC TCACTTTCATAATGCTGG");
  CHECK(to_text(acid_formula(nusinersen)) == "C234H340N61O128P17S17");
  // Fomivirsen: Vitravene label, 21 phosphorothioate deoxynucleotides, C204H243N63O114P20S20Na20.
  const Molecule fomivirsen = read("G*C*G*T*T*T*G*C*T*C*T*T*C*T*T*C*T*T*G*C*G");
  CHECK(to_text(acid_formula(fomivirsen)) == "C204H263N63O114P20S20");
  CHECK(read("DNA PS GCGTTTGCTCTTCTTCTTGCG") == fomivirsen);
  // Patisiran: Onpattro label, C412H480N148Na40O290P40.
  const Molecule patisiran_read = read("GuAAccAAGAGuAuuccAudTdT\nAUGGAAuACUCUUGGUuACdTdT");
  CHECK(patisiran_read == patisiran());
  CHECK(to_text(acid_formula(patisiran_read)) == "C412H520N148O290P40");
  // Inclisiran: Leqvio label, C529H664F12N176Na43O316P43S6.
  Molecule inclisiran_read =
      read("csusagacCfuGfudTuugcuuuuguL96; asCfsAfaAfAfgCfaAfaAfcAfgGfuCfuagsasa");
  inclisiran_read.strands[0].name = "sense";
  inclisiran_read.strands[1].name = "antisense";
  CHECK(inclisiran_read == inclisiran());
  CHECK(to_text(acid_formula(inclisiran_read)) == "C529H707F12N176O316P43S6");
  // Eteplirsen: Exondys 51 label, C364H569N177O122P30.
  std::string helm = "RNA1{";
  const std::string_view sequence = "CTCCAACATCAAGGAAGATGGCATTTCTAG";
  for (std::size_t i = 0; i < sequence.size(); ++i) {
    helm += std::string(i > 0 ? "[pmo]." : "") + "[mph](" + sequence[i] + ")";
  }
  const Molecule eteplirsen = read(helm + "}|CHEM1{[EG3]}$RNA1,CHEM1,1:R1-1:R1$$$V2.0");
  CHECK(to_text(acid_formula(eteplirsen)) == "C364H569N177O122P30");
  CHECK(read(written(eteplirsen, Format::kHelm)) == eteplirsen);
}

TEST_CASE("HELM: ends, conjugates, names and pairs of two strands") {
  const Molecule duplex = read(
      "RNA1{r(A)p.[m](C)[sp].[fl2r](U)p}\"sense\"|RNA2{p.r(A)p.d(G)p.r(U)}\"antisense\"|"
      "CHEM1{[L96]}$RNA1,CHEM1,9:R2-1:R1|RNA1,RNA2,2:pair-9:pair$$$V2.0");
  REQUIRE(duplex.strands.size() == 2);
  CHECK(duplex.strands[0].name == "sense");
  CHECK(duplex.strands[0].three_end.conjugate == "L96");
  CHECK(duplex.strands[0].three_end.link == "p");
  CHECK(duplex.strands[1].five_end.group == "P");
  CHECK(duplex.pairing == Pairing{{0, 2}});
  CHECK(read(written(duplex, Format::kHelm)) == duplex);
  // As a public rule set of Ionis writes its GalNAc conjugates.
  const Molecule tha =
      read("RNA1{p.[moe](A)[sp].d(T)}|CHEM1{[THAGN3]}$CHEM1,RNA1,1:R1-1:R1$$$V2.0");
  CHECK(tha.strands[0].five_end == End{"OH", "THA", "p"});
  CHECK(read("RNA1{r(A)p.r(C)}|RNA2{r(G)p.r(U)}$$RNA1,RNA2,2:pair-5:pair$$").pairing ==
        Pairing{{0, 1}});
}

TEST_CASE("IDT: ends and prefixes") {
  const Molecule strand = read("/5Phos/mA*rG+TfC*/i2MOErC//3Phos/");
  const Strand& read_strand = strand.strands[0];
  CHECK(read_strand.five_end.group == "P");
  CHECK(read_strand.three_end.group == "P");
  CHECK(read_strand.units[0] == molecule::Unit{"A", "m", "s"});
  CHECK(read_strand.units[2] == molecule::Unit{"T", "lna", "p"});
  CHECK(read_strand.units[4] == molecule::Unit{"5mC", "moe", ""});
}

TEST_CASE("Am is two substances: the error shows both with formula and mass") {
  const std::string text = faults_of("GmsAmsGm");
  CHECK(contains(text, "2 readings"));
  CHECK(contains(text, "--dialect axolabs"));
  CHECK(contains(text, "--dialect case"));
  const Molecule moe = read_as("GmsAmsGm", Dialect::kAxolabs);
  const Molecule methyl = read_as("GmsAmsGm", Dialect::kCase);
  CHECK(moe.strands[0].units[1].sugar == "moe");
  CHECK(methyl.strands[0].units[1].sugar == "m");
  CHECK(contains(text, to_text(acid_formula(moe))));
  CHECK(contains(text, to_text(acid_formula(methyl))));
  CHECK(contains(text, "g/mol"));
}

TEST_CASE("5-methyl left open is asked for, and chosen by an option") {
  const std::string_view text = "5-10-5 MOE PS GCCTCAGTCTGCTTCGCACC";
  const std::string faults = faults_of(text);
  CHECK(contains(faults, "--methyl all"));
  CHECK(contains(faults, "--methyl none"));
  CHECK(place_of(text) == "1:16");  // the first C
  ReadOptions options;
  options.methyl = Methyl::kAll;
  CHECK(read(text, options) == single(mipomersen()));
  options.methyl = Methyl::kNone;
  CHECK(read(text, options) == read("5-10-5 MOE PS plainC GCCTCAGTCTGCTTCGCACC"));
  CHECK(contains(faults_of("MOE PS 5mC UCACUUUCAUAAUGCUGG"), "--methyl all"));
  CHECK(contains(faults_of("+A+C+G"), "--methyl all"));
  CHECK(contains(faults_of("5'-AmCm-3'", in(Dialect::kAxolabs)), "--methyl none"));
}

TEST_CASE("links and sugars that the text does not state are asked for") {
  CHECK(contains(faults_of(kMipomersenList), "--link s"));
  CHECK(contains(faults_of("5-10-5 MOE 5mC GCCTCAGTCTGCTTCGCACC"), "--link p"));
  const std::string bases = faults_of("ACGGCA");
  CHECK(contains(bases, "readings"));
  CHECK(contains(bases, "--dialect rna"));
  CHECK(read("ACGT").strands[0].units[0].sugar == "d");
  CHECK(read("ACGU").strands[0].units[0].sugar == "r");
  CHECK(read(">one\nACGT\n>two\nACGT\n").strands[1].name == "two");
}

TEST_CASE("bad input: place, finding and way out") {
  struct Row {
    const char* text;
    const char* place;
    const char* message;
  };
  const std::array rows = {
      Row{"RNA1{[meo](G)[sp].d(A)}$$$$V2.0", "1:7", "did you mean moe"},
      Row{"RNA1{d(A)p.d(C}$$$$V2.0", "1:13", "'(' is never closed"},
      Row{"RNA1{d(A)p.[moe(C)}$$$$V2.0", "1:12", "'[' is never closed"},
      Row{"RNA1{d(A)p.d(C)", "1:5", "'{' is never closed"},
      Row{"RNA1{d(A)p.d(C)}", "1:17", "expected '$'"},
      Row{"RNA1{d(A)p.d(C).d(G)}$$$$V2.0", "1:17", "between residues 2 and 3 is missing"},
      Row{"RNA1{d(A)pp.d(C)}$$$$V2.0", "1:11", "two links stand in a row"},
      Row{"RNA1{d(A)p..d(C)}$$$$V2.0", "1:11", "a residue is missing"},
      Row{"RNA1{d(A)}|CHEM1{[L96]}$$$$V2.0", "1:12", "bound to no strand"},
      Row{"RNA1{d(A)}$RNA1,CHEM1,2:R2-1:R1$$$V2.0", "1:12", "no polymer 'CHEM1'"},
      Row{"PEPTIDE1{A.C}$$$$V2.0", "1:1", "RNA1{...}"},
      Row{"RNA1{d(A)}|RNA1{d(C)}$$$$V2.0", "1:12", "two polymers 'RNA1'"},
      Row{"RNA{d(A)}$$$$V2.0", "1:1", "'RNA' has no number"},
      Row{"RNAx{d(A)}$$$$V2.0", "1:1", "'RNAx' has no number"},
      Row{"RNA1{d(A)}|CHEM1{[L96]}$RNA1,CHEM1,2:R2-1:R2$$$V2.0", "1:25", "has no group 'R2'"},
      Row{"RNA1{d(A)}|RNA2{d(T)}$RNA1,RNA2,2:pair-2:pair|RNA1,RNA2,2:pair-2:pair$$$V2.0", "1:47",
          "paired already"},
      Row{"/52MOErG/*/i2MOErX/", "1:11", "no known IDT code"},
      Row{"A**C*G", "1:3", "two '*'"},
      Row{"A*C*", "1:4", "no residue behind"},
      Row{"/52MOErG/*/52MOErC/*A", "1:11", "5' end stands within"},
      Row{"/52MOErG/*/32MOErC/*A", "1:11", "3' end stands within"},
      Row{"/52MOErG*A", "1:1", "never closed"},
      Row{"csusxgf", "1:5", "'x' is no known residue"},
      Row{"csusags", "1:7", "no residue behind"},
      Row{"csusaL96g", "1:9", "nothing may stand behind"},
      Row{"5-10-4 MOE PS 5mC GCCTCAGTCTGCTTCGCACC", "1:1", "of 19 residues"},
      Row{"5-10-5 MOF PS 5mC GCCTCAGTCTGCTTCGCACC", "1:8", "did you mean MOE"},
      Row{"5-10-5 MOE PS 5mC GCCTCAGTXTGCTTCGCACC", "1:27", "'X' is no base"},
      Row{"P-thioguanylyl-(3'->5')-2'-deoxyadenosin", "1:33", "no known nucleoside"},
      Row{"guanylyladenosine", "1:1", "no known nucleoside"},
      Row{":5'-[G](adenosine)-[A]-3'", "1:8", "contradicts"},
      Row{":5'-[G][A]-3'", "1:8", "expected '-'"},
      Row{"ACGTN", "1:5", "'N' is no base of DNA"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const std::string text = faults_of(row.text);
    CAPTURE(text);
    CHECK(place_of(row.text) == row.place);
    CHECK(contains(text, row.message));
  }
}

TEST_CASE("all faults of a text are told at once") {
  ReadOptions options;
  options.file = "strand.helm";
  const auto reading = read_notation("RNA1{[q](G)p.d(Y)\n[zp].d(A).d(C)}$$$$", options);
  REQUIRE_FALSE(reading.ok());
  CHECK(reading.faults().size() >= 2);
  CHECK(reading.faults()[0].place.file == "strand.helm");
}

TEST_CASE("repeats of HELM are written out") {
  CHECK(read("RNA1{(d(A)p)'3'.d(T)}$$$$V2.0") == read("RNA1{d(A)p.d(A)p.d(A)p.d(T)}$$$$V2.0"));
  CHECK(read("RNA1{d(G)p.((d(A)p.d(C)[sp])'2'.d(T)p)'2'.d(T)}$$$$V2.0") ==
        read("RNA1{d(G)p.d(A)p.d(C)[sp].d(A)p.d(C)[sp].d(T)p.d(A)p.d(C)[sp].d(A)p.d(C)[sp].d(T)p."
             "d(T)}$$$$V2.0"));
  CHECK(read("RNA1{(d(A)p)'1'.d(T)}$$$$V2.0") == read("RNA1{d(A)p.d(T)}$$$$V2.0"));
}

TEST_CASE("broken repeats of HELM") {
  CHECK(contains(faults_of("RNA1{(d(A)p)'3-5'.d(T)}$$$$V2.0"), "a range of counts is more than"));
  CHECK(contains(faults_of("RNA1{(d(A)p)'0'.d(T)}$$$$V2.0"), "how often"));
  CHECK(contains(faults_of("RNA1{(d(A)p).d(T)}$$$$V2.0"), "how often"));
  CHECK(contains(faults_of("RNA1{(d(A)p'3'.d(T)}$$$$V2.0"), "expected a monomer"));
  CHECK(contains(faults_of("RNA1{(d(A)p}$$$$V2.0"), "this '(' is never closed"));
  CHECK(contains(faults_of("RNA1{()'3'.d(T)}$$$$V2.0"), "holds no residue"));
  CHECK(contains(faults_of("RNA1{(d(A))'3'}$$$$V2.0"), "the link between residues 1 and 2"));
  CHECK(contains(faults_of("RNA1{(((((d(A)p)'2')'2')'2')'2')'2'}$$$$V2.0"), "more than 4 repeats"));
  CHECK(contains(faults_of("RNA1{((d(A)p)'9999')'9999'}$$$$V2.0"), "more than 10000 residues"));
  // A fault within is told once.
  const std::string unknown = faults_of("RNA1{(d(Q)p)'50'.d(T)}$$$$V2.0");
  CHECK(unknown.find("'Q'") == unknown.rfind("'Q'"));
}

TEST_CASE("letters that only look like ours are named with their place") {
  const std::string cyrillic = faults_of("5-10-5 MOE PS 5mC GCCTC\xD0\x90GTCTGCTTCGCACC");
  CHECK(place_of("5-10-5 MOE PS 5mC GCCTC\xD0\x90GTCTGCTTCGCACC") == "1:24");
  CHECK(contains(cyrillic, "U+0410"));
  CHECK(contains(cyrillic, "type 'A'"));
  CHECK(contains(faults_of("A*C\xE2\x88\x97G"), "type '*'"));
  CHECK(contains(faults_of("A*C\xE2\x80\x8BG"), "invisible"));
  CHECK(contains(faults_of("\xEF\xBC\xA1"
                           "CGT"),
                 "type 'A'"));
  CHECK(contains(faults_of(std::string_view("AC\0GT", 5)), "control character"));
  CHECK(contains(faults_of("AC\xFFGT"), "not UTF-8"));
  // Typesetters' signs are part of how names are printed.
  CHECK(read("5\xE2\x80\x99-dAdC-3\xE2\x80\xB2").strands[0].units.size() == 2);
}

TEST_CASE("a million residues are refused, and quickly") {
  std::string helm = "RNA1{";
  std::string idt;
  std::string dna;
  for (int i = 0; i < 1'000'000; ++i) {
    helm += i > 0 ? "p.d(A)" : "d(A)";
    idt += i > 0 ? "*A" : "A";
    dna += 'T';
  }
  for (const std::string& text : {helm + "}$$$$V2.0", idt, dna, "5-10-5 MOE PS 5mC " + dna}) {
    CHECK(contains(faults_of(text), "more than 10000 residues"));
  }
  CHECK(contains(faults_of(std::string(std::size_t{17} << 20, 'A')), "bytes"));
}

TEST_CASE("multiplying prefixes") {
  CHECK(multiplying_prefix(2) == "di");
  CHECK(multiplying_prefix(19) == "nonadeca");
  CHECK(multiplying_prefix(20) == "icosa");
  CHECK(multiplying_prefix(21) == "henicosa");
  CHECK(multiplying_prefix(22) == "docosa");
  CHECK(multiplying_prefix(31) == "hentriaconta");
  CHECK(multiplying_prefix(43) == "tritetraconta");
  CHECK(number_of_prefix("eicosa") == 20);
  CHECK_FALSE(number_of_prefix("nonedeca").has_value());
  std::set<std::string> all;
  for (int n = 1; n <= 99; ++n) {
    all.insert(multiplying_prefix(n));
    CHECK(number_of_prefix(multiplying_prefix(n)) == n);
  }
  CHECK(all.size() == 99);
}

TEST_CASE("writers refuse what they have no words for, residue by residue") {
  const Molecule locked = read("3-4-3 cEt PS plainC GCATTGGTAT");
  const auto idt = write(locked, Format::kIdt);
  REQUIRE_FALSE(idt.ok());
  CHECK(idt.faults().size() == 6);
  CHECK(contains(to_text(idt.faults()), "residue 1, base G on sugar cet"));
  CHECK_FALSE(write(inclisiran(), Format::kName).ok());
  CHECK_FALSE(write(inclisiran(), Format::kShorthand).ok());
  CHECK_FALSE(write(inclisiran(), Format::kAxolabs).ok());
}

TEST_CASE("what a format loses is said") {
  const auto case_text = write(inclisiran(), Format::kCase);
  REQUIRE(case_text.ok());
  CHECK(case_text->lost ==
        std::vector<std::string>{"the strand's name 'sense'", "the strand's name 'antisense'"});
  CHECK(write(inclisiran(), Format::kHelm)->lost.empty());
  CHECK(write(single(mipomersen()), Format::kIdt)->lost.empty());
  CHECK(write(single(mipomersen()), Format::kShorthand)->lost.empty());
  CHECK_FALSE(write(single(mipomersen()), Format::kSequence)->lost.empty());
  Molecule salt = single(mipomersen());
  salt.n_sodium = 19;
  CHECK(write(salt, Format::kHelm)->lost == std::vector<std::string>{"19 sodium ions"});
}

namespace {

std::string any_id(Kind kind) {
  std::vector<std::string> ids;
  for (const Monomer& monomer : library().monomers()) {
    if (monomer.kind == kind) ids.push_back(monomer.id);
  }
  return *rc::gen::elementOf(ids);
}

End any_end() {
  End end;
  const int which = *rc::gen::inRange(0, 4);
  if (which == 1) end.group = "P";
  if (which == 2) end.group = "PS";
  if (which == 3) {
    end.conjugate = any_id(Kind::kConjugate);
    end.link = *rc::gen::element(std::string(), std::string("p"), std::string("s"));
  }
  return end;
}

Strand any_strand() {
  Strand strand;
  const int n = *rc::gen::inRange(1, 12);
  for (int i = 0; i < n; ++i) {
    strand.units.push_back({any_id(Kind::kBase), any_id(Kind::kSugar),
                            i + 1 < n ? any_id(Kind::kLink) : std::string()});
  }
  strand.five_end = any_end();
  strand.three_end = any_end();
  return strand;
}

}  // namespace

TEST_CASE("property: HELM of any molecule reads back as it was") {
  const bool held = rc::check([] {
    Molecule molecule;
    molecule.strands.push_back(any_strand());
    if (*rc::gen::arbitrary<bool>()) {
      molecule.strands.push_back(any_strand());
      molecule.strands[1].name = "guide";
      molecule.pairing = {{0, static_cast<int>(molecule.strands[1].units.size()) - 1}};
    }
    for (const Format format : {Format::kHelm, Format::kHelmEditor}) {
      const auto text = write(molecule, format);
      RC_ASSERT(text.ok());
      RC_ASSERT(text->lost.empty());
    }
  });
  CHECK(held);
}

TEST_CASE("property: what any other format writes, it reads back; losses are only stated ones") {
  const bool held = rc::check([] {
    Molecule molecule;
    molecule.strands.push_back(any_strand());
    for (const Format format :
         {Format::kIdt, Format::kCase, Format::kAxolabs, Format::kName, Format::kShorthand}) {
      const auto text = write(molecule, format);
      if (text.ok()) RC_ASSERT(text->lost.empty());
    }
  });
  CHECK(held);
}
