"""Drives `dosewright molecule scan`, `pack` and `hybrid`. Usage: molecule_scan_test.py PROGRAM"""

import csv
import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
MIPOMERSEN = "programmes/mipomersen/molecule.toml"
OLIGO = "GCCTCAGTCTGCTTCGCACC"
SITE = "GGTGCGAAGCAGACTGAGGC"


def run(*arguments):
    return subprocess.run([PROGRAM, "molecule", *arguments], capture_output=True, text=True,
                          timeout=600)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def transcripts(self):
        draw = random.Random(1)
        bases = "".join(draw.choice("ACGU") for _ in range(3000))
        near = SITE[:9] + "T" + SITE[10:]
        return self.write("t.fa", f">NM_1 the target\r\n{bases[:1500]}\r\n{SITE.lower()}\r\n"
                                  f"{bases[1500:]}\r\n>NM_2\r\n{bases[:70]}{near}\r\n")


class Scan(Folder):
    def test_the_target_of_mipomersen(self):
        result = run("scan", MIPOMERSEN, "--in", self.transcripts())
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["NM_1 1501-1520 (+): 0 mismatches; gap 0, wings 0; 10 of 10",
                     "NM_2 71-90 (+): 1 mismatch; gap 1, wings 0; 5 of 10", f"target 5' {SITE} 3'",
                     f"oligo  3' {OLIGO[::-1]} 5'", "sugars    xxxxxddddddddddxxxxx",
                     "Not a medical device"]:
            self.assertIn(part, result.stdout)

    def test_packed_csv_json_and_threads_say_the_same(self):
        path, packed = self.transcripts(), os.path.join(self.folder, "t.dwp")
        self.assertEqual(run("pack", path, packed).returncode, 0)
        self.assertEqual(run("pack", packed, "--check").returncode, 0)
        from_fasta = run("scan", OLIGO, "--in", path, "--edits", "3", "--csv")
        for threads in ["1", "2", "3"]:
            from_packed = run("scan", OLIGO, "--in", packed, "--edits", "3", "--csv",
                              "--threads", threads)
            self.assertEqual(from_packed.stdout, from_fasta.stdout)
        rows = list(csv.DictReader(io.StringIO(from_fasta.stdout.split("\n", 1)[1])))
        self.assertEqual([(row["record"], row["first"], row["edits"]) for row in rows],
                         [("NM_1", "1501", "0"), ("NM_2", "71", "1")])
        answer = json.loads(run("scan", OLIGO, "--in", packed, "--json").stdout)
        self.assertEqual([site["first"] for site in answer["queries"][0]["sites"]], [1501, 71])

    def test_both_strands(self):
        path = self.write("t.fa", f">minus\nAAAA{OLIGO}AAAA\n")
        self.assertIn("0 sites", run("scan", OLIGO, "--in", path).stdout)
        self.assertIn("minus 5-24 (-): 0 mismatches",
                      run("scan", OLIGO, "--in", path, "--both-strands").stdout)

    def test_a_panel(self):
        panel = self.write("panel.csv", f"name,molecule\nplain,{OLIGO}\n"
                                        f"gapmer,5-10-5 MOE PS 5mC {OLIGO}\n")
        answer = json.loads(run("scan", panel, "--in", self.transcripts(), "--json").stdout)
        self.assertEqual([query["name"] for query in answer["queries"]], ["plain", "gapmer"])
        self.assertNotIn("gap", answer["queries"][0]["sites"][0])
        self.assertEqual(answer["queries"][1]["sites"][0]["gap"]["paired_in_a_row"], 10)


class BadInput(Folder):
    def assert_refused(self, part, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, 2, arguments)
        self.assertIn(part, result.stderr)
        self.assertEqual(result.stdout, "")

    def test_queries(self):
        path = self.transcripts()
        self.assert_refused("the query is empty", "scan", "", "--in", path)
        self.assert_refused("residue 5 is N, which matches nothing", "scan", "ACGTNACGTACGT",
                            "--in", path)
        self.assert_refused("must lie between 0 and 15, found 16", "scan", OLIGO, "--in", path,
                            "--mismatches", "16")
        self.assert_refused("every place would do", "scan", "ACGT", "--in", path, "--edits", "4")
        panel = self.write("panel.csv", "name,molecule\nlong," + "ACGT" * 250_000 + "\n")
        self.assert_refused("1000000 bases, at most 256", "scan", panel, "--in", path)
        panel = self.write("panel.csv", "name,strand\na,ACGT\n")
        self.assert_refused("needs the columns", "scan", panel, "--in", path)

    def test_transcripts(self):
        protein = self.write("p.fa", ">apoB\nMDPPRPALLALLALPALLLLLLAGARAEEEMLEN\n")
        self.assert_refused("FASTA of protein", "scan", OLIGO, "--in", protein)
        self.assert_refused(":2:3", "scan", OLIGO, "--in", protein)
        self.assert_refused("empty file", "scan", OLIGO, "--in", self.write("e.fa", ""))
        self.assert_refused("cannot read", "scan", OLIGO, "--in", "/nowhere.fa")
        broken = self.write("b.dwp", "DWPACK1\nxxxx")
        self.assert_refused("pack the FASTA file again", "scan", OLIGO, "--in", broken)

    def test_pack(self):
        self.assert_refused("OUT is needed", "pack", self.transcripts())
        self.assert_refused("--check needs a packed text", "pack", self.transcripts(), "--check")


class Hybrid(Folder):
    def test_mipomersen(self):
        result = run("hybrid", MIPOMERSEN, "--transcript", self.transcripts())
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["GGUGCGAAGCAGACUGAGGC", "dH -166.1 kcal/mol", "10 x 2'-O-methoxyethyl",
                     "9 x 5-methylcytosine", "19 x phosphorothioate", "residues 6-15 are DNA",
                     "NM_1 1501-1520, 0 mismatches; RNase H window 1506-1515",
                     "Not a medical device"]:
            self.assertIn(part, result.stdout)

    def test_json_and_conditions(self):
        answer = json.loads(run("hybrid", MIPOMERSEN, "--json", "--salt", "1", "--conc", "100").stdout)
        self.assertAlmostEqual(answer["tm_plain_C"]["low"], 90.66, places=1)
        self.assertAlmostEqual(answer["tm_plain_C"]["high"], answer["tm_plain_C"]["low"])
        self.assertLess(answer["tm_C"]["low"], answer["tm_C"]["high"])

    def test_what_is_not_covered(self):
        result = run("hybrid", "--dialect", "rna", "ACGUACGUACGU")
        self.assertEqual(result.returncode, 2)
        self.assertIn("no hybrid data for the sugar 'r'", result.stderr)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
