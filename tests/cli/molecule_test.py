"""Drives `dosewright molecule` and `dosewright molecule convert`. Usage: molecule_test.py PROGRAM"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = os.path.abspath(sys.argv.pop())
FILE = "programmes/mipomersen/molecule.toml"
SHORTHAND = "5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC"
KEY = "XLTMQWVJFPYGMC-QVKFEXRMSA-N"  # [S1]


def run(*arguments):
    return subprocess.run([PROGRAM, "molecule", *arguments], capture_output=True, text=True,
                          timeout=600)


class Card(unittest.TestCase):
    def test_file_and_strand_have_one_identity(self):
        for molecule in [FILE, SHORTHAND]:
            result = run(molecule, "--mg", "200")
            self.assertEqual(result.returncode, 0, result.stderr)
            for part in ["C230H324N67O122P19S19", "C230H305N67Na19O122P19S19", KEY,
                         "26.33 umol", "189.0 mg", "For research"]:
                self.assertIn(part, result.stdout)

    def test_json(self):
        result = run(SHORTHAND, "--json", "--mg", "200")
        card = json.loads(result.stdout)
        self.assertEqual(card["inchikey"], KEY)
        self.assertEqual(card["salt"]["sodium"], 19)
        self.assertEqual(card["strands"][0]["sequence"], "GCCTCAGTCTGCTTCGCACC")
        self.assertEqual(card["notations"]["shorthand"], {"text": SHORTHAND, "lost": []})
        self.assertAlmostEqual(card["amount"]["umol"], 26.33, places=2)

    def test_amounts_go_both_ways(self):
        amount = json.loads(run(SHORTHAND, "--json", "--umol", "26.333945").stdout)["amount"]
        self.assertAlmostEqual(amount["salt_mg"], 200, places=3)
        self.assertAlmostEqual(amount["acid_mg"], 189.0, places=2)
        self.assertEqual(run(SHORTHAND, "--umol", "1", "--mg", "1").returncode, 2)
        for option in ["--mg", "--umol"]:
            result = run(SHORTHAND, option, "nan")
            self.assertEqual(result.returncode, 2, result.stdout)
            self.assertIn(f"{option}: 'nan' is not a number", result.stderr)

    def test_a_duplex_has_no_inchi_and_says_why(self):
        result = run("csusagacCfuGfudTuugcuuuuguL96; asCfsAfaAfAfgCfaAfaAfcAfgGfuCfuagsasa")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("C529H664F12N176Na43O316P43S6", result.stdout)  # Leqvio label
        self.assertIn("1024", result.stdout)

    def test_two_readings(self):
        result = run("GmsAmsGm")
        self.assertEqual(result.returncode, 2)
        for part in ["2 readings", "--dialect axolabs", "--dialect case", "g/mol"]:
            self.assertIn(part, result.stderr)
        self.assertEqual(result.stdout, "")
        for dialect in ["axolabs", "case"]:
            self.assertEqual(run("GmsAmsGm", "--dialect", dialect).returncode, 0)

    def test_options_that_settle_what_is_open(self):
        open_c = SHORTHAND.replace("5mC ", "")
        self.assertEqual(run(open_c).returncode, 2)
        self.assertIn(KEY, run(open_c, "--methyl", "all").stdout)
        self.assertNotIn(KEY, run(open_c, "--methyl", "none").stdout)
        open_link = SHORTHAND.replace("PS ", "")
        self.assertEqual(run(open_link).returncode, 2)
        self.assertIn(KEY, run(open_link, "--link", "s").stdout)

    def test_bad_input(self):
        for text, part in [("RNA1{[meo](G)}$$$$V2.0", "did you mean moe"),
                           ("5-10-5 MOE PS 5mC GCCTC\u0410GTCTGCTTCGCACC", "U+0410"),
                           ("", "MOLECULE"), ("no/such/file.toml", "no file")]:
            result = run(text) if text else run()
            self.assertEqual(result.returncode, 2, text)
            self.assertIn(part, result.stderr)
        self.assertEqual(run(SHORTHAND, "--dialect", "quark").returncode, 2)
        faults = json.loads(run("A*C*", "--json").stdout)["faults"]
        self.assertEqual((faults[0]["line"], faults[0]["column"]), (1, 4))

    def test_faults_of_a_file_name_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".helm") as file:
            file.write("RNA1{d(A)p.d(C).d(G)}$$$$V2.0\n")
            file.flush()
            result = run(file.name)
            self.assertEqual(result.returncode, 2)
            self.assertIn(file.name + ":1:17", result.stderr)


class Convert(unittest.TestCase):
    def test_every_readable_format_comes_back(self):
        helm = run("convert", FILE, "--to", "helm").stdout
        for name in ["helm", "helm-editor", "idt", "name", "shorthand"]:
            result = run("convert", FILE, "--to", name)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("lossless", result.stderr)
            self.assertEqual(run("convert", result.stdout.strip(), "--to", "helm").stdout, helm)

    def test_structures(self):
        self.assertEqual(run("convert", FILE, "--to", "inchikey").stdout.strip(), KEY)
        self.assertIn("V3000", run("convert", FILE, "--to", "molfile").stdout)
        self.assertIn("[Na+]", run("convert", FILE, "--to", "smiles", "--salt").stdout)
        self.assertIn("lost", run("convert", FILE, "--to", "fasta").stderr)
        converted = json.loads(run("convert", FILE, "--to", "shorthand", "--json").stdout)
        self.assertEqual((converted["text"], converted["lost"]), (SHORTHAND, []))

    def test_what_cannot_be_written(self):
        result = run("convert", FILE, "--to", "case")
        self.assertEqual(result.returncode, 2)
        self.assertIn("residue 1", result.stderr)
        self.assertEqual(result.stdout, "")
        result = run("convert", "A*C*", "--to", "quark")
        self.assertEqual(result.returncode, 2)
        self.assertIn("residue behind", result.stderr)
        self.assertIn("quark", result.stderr)


class Draw(unittest.TestCase):
    def draw(self, *arguments):
        """The elements of the drawing by their names without namespace, and its text."""
        with tempfile.TemporaryDirectory(prefix="dosewright-") as folder:
            out = os.path.join(folder, "drawing.svg")
            result = run("draw", *arguments, "--out", out)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("For research", result.stdout)
            root = xml.etree.ElementTree.parse(out).getroot()
        texts = ["".join(element.itertext()).strip() for element in root.iter()
                 if element.tag.endswith("}text")]
        return [element.tag.rsplit("}", 1)[-1] for element in root.iter()], texts

    def test_a_strand_has_a_tile_for_each_residue(self):
        _, texts = self.draw(FILE)
        letters = [text[0] for text in texts if text and text[0] in "ACGT" and len(text) <= 3]
        self.assertEqual("".join(letters)[:20], "GCCTCAGTCTGCTTCGCACC")
        self.assertTrue(any("MOE" in text.upper() or "methoxyethyl" in text for text in texts))

    def test_one_residue_is_a_structure(self):
        tags, texts = self.draw(SHORTHAND, "--residue", "4")
        self.assertIn("S", texts)
        self.assertGreater(len(tags), 30)

    def test_bad_input(self):
        with tempfile.TemporaryDirectory(prefix="dosewright-") as folder:
            out = os.path.join(folder, "drawing.svg")
            result = run("draw", SHORTHAND, "--residue", "21", "--out", out)
            self.assertEqual(result.returncode, 2)
            self.assertIn("20", result.stderr)
            self.assertFalse(os.path.exists(out))
            in_the_way = os.path.join(folder, "file")
            open(in_the_way, "w", encoding="utf-8").close()
            result = run("draw", SHORTHAND, "--out", os.path.join(in_the_way, "x.svg"))
            self.assertEqual(result.returncode, 2)
            self.assertIn("a part of the path is a file", result.stderr)


if __name__ == "__main__":
    unittest.main()
