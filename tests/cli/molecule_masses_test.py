"""`dosewright molecule ladder` and `match` as their users meet them. Usage: molecule_masses_test.py PROGRAM"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
MIPOMERSEN = "programmes/mipomersen/molecule.toml"
ACID = 7172.0917  # monoisotopic, Da
DISCLAIMER = "Not a medical device"


def run(*arguments):
    return subprocess.run([PROGRAM, "molecule", *arguments], capture_output=True, text=True,
                          timeout=300)


def table(*arguments):
    """The rows of a CSV answer, behind its comment lines."""
    lines = run(*arguments).stdout.splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert any(DISCLAIMER in line for line in comments), comments
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def peaks(self, text):
        path = os.path.join(self.folder, "peaks.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def refused(self, *arguments):
        result = run(*arguments)
        self.assertEqual(result.returncode, 2, result.stdout[:500])
        self.assertEqual(result.stdout, "")
        return result.stderr


class Ladder(Folder):
    def test_text(self):
        result = run("ladder", MIPOMERSEN, "--charge", "-8")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["1-20", "[M-8H]8-", "6-20, 5'-PS", "1-10, 3'-P", "CNET", "7172.0917",
                     "C230H324N67O122P19S19", "assumed, because", DISCLAIMER]:
            self.assertIn(part, result.stdout)

    def test_json_and_csv_agree(self):
        listed = json.loads(run("ladder", MIPOMERSEN, "--json", "--charge=-8", "--charge=-9",
                                "--adducts", "Na,K").stdout)
        self.assertIn(DISCLAIMER, listed["disclaimer"])
        self.assertAlmostEqual(listed["products"][0]["monoisotopic_Da"], ACID, 3)
        self.assertEqual(len(listed["products"][0]["ions"]), 6)
        rows = table("ladder", MIPOMERSEN, "--csv", "--charge=-8", "--charge=-9", "--adducts", "Na,K")
        self.assertEqual(len(rows), 6 * len(listed["products"]))
        for row, ion in zip(rows, listed["products"][0]["ions"]):
            self.assertEqual(row["ion"], ion["ion"])
            self.assertAlmostEqual(float(row["mz"]), ion["mz"], 5)

    def test_isotopes(self):
        listed = json.loads(run("ladder", MIPOMERSEN, "--isotopes", "--json").stdout)["isotopes"][0]
        peaks = listed["peaks"]
        self.assertAlmostEqual(peaks[0]["mean_mass_Da"], ACID, 3)
        self.assertAlmostEqual(sum(peak["fraction"] for peak in peaks) + listed["cut_off"], 1, 9)
        top = max(peaks, key=lambda peak: peak["fraction"])
        self.assertEqual(top["mean_mass_Da"], listed["most_abundant_mass_Da"])
        self.assertEqual(top["mass_number"] - peaks[0]["mass_number"], 4)
        text = run("ladder", MIPOMERSEN, "--isotopes", "--charge", "-8").stdout
        self.assertIn("most abundant isotopologue: 1H324 12C", text)

    def test_table_of_weights(self):
        masses = {}
        for table in ["IUPAC2021", "IUPAC2007", "IUPAC1993"]:
            listed = json.loads(run("ladder", MIPOMERSEN, "--json", "--table", table).stdout)
            self.assertEqual(listed["average_table"], table)
            masses[table] = listed["products"][0]["average_Da"]
        self.assertEqual(len(set(masses.values())), 3)

    def test_bad_input(self):
        self.assertIn("between 1 and 100", self.refused("ladder", MIPOMERSEN, "--charge", "0"))
        self.assertIn("IUPAC2021", self.refused("ladder", MIPOMERSEN, "--table", "IUPAC1870"))
        self.assertIn("Na, K, NH4, TEA", self.refused("ladder", MIPOMERSEN, "--adducts", "Fe"))
        self.assertIn("deletions", self.refused("ladder", MIPOMERSEN, "--deletions", "9"))
        both = self.refused("ladder", MIPOMERSEN, "--charge", "0", "--adducts", "Fe,Xe")
        self.assertIn("3 faults", both)


class Match(Folder):
    def test_the_drug(self):
        result = run("match", MIPOMERSEN, str(ACID))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["neutral mass 7172.0917 Da", "1-20 [parent]", "Looked for",
                     "Nothing else was looked for", DISCLAIMER]:
            self.assertIn(part, result.stdout)

    def test_a_mass_is_never_one_molecule(self):
        # n-1 without one 2'-MOE 5-methylcytidine: from the 3' end, or from within.
        found = json.loads(run("match", MIPOMERSEN, "6779.0157", "--json").stdout)["peaks"][0]
        names = [member["name"] for member in found["members"]]
        self.assertIn("1-19, 3'-OH", names)
        self.assertIn("1-20 without 1 moe-5mC-s", names)
        priors = [member["prior"] for member in found["members"]]
        self.assertEqual(priors, sorted(priors, reverse=True))
        self.assertAlmostEqual(sum(member["share"] for member in found["members"]), 1, 6)
        self.assertTrue(any("MS/MS" in means for pair in found["separations"]
                            for means in pair["means"]))

    def test_an_ion_is_its_neutral_mass(self):
        mz = (ACID - 8 * 1.00727647) / 8
        by_ion = json.loads(run("match", MIPOMERSEN, f"{mz:.6f}", "--charge", "-8", "--json").stdout)
        self.assertAlmostEqual(by_ion["peaks"][0]["neutral_mass_Da"], ACID, 4)
        self.assertEqual(by_ion["peaks"][0]["members"][0]["name"], "1-20")

    def test_what_the_notation_left_open_is_said(self):
        shown = run("match", "5-10-5 MOE PS 5mC GCCTCAGTCTGCTTCGCACC", str(ACID), "--json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        found = json.loads(shown.stdout)
        self.assertEqual(found["peaks"][0]["members"][0]["name"], "1-20")
        self.assertIsInstance(found["notes"], list)
        self.assertEqual(run("match", "5-10-5 MOE PS 5mC GCCTCAGTXTGCTTCGCACC", "7000").returncode, 2)

    def test_adducts(self):
        found = json.loads(run("match", MIPOMERSEN, str(ACID + 21.98194), "--adducts", "Na,K",
                               "--json").stdout)["peaks"][0]
        self.assertEqual(found["members"][0]["name"], "1-20, +Na")

    def test_average_masses_name_their_table(self):
        found = json.loads(run("match", MIPOMERSEN, "7177.11", "--average", "IUPAC2021",
                               "--json").stdout)
        self.assertEqual(found["scale"], "average (IUPAC2021)")
        self.assertEqual(found["peaks"][0]["members"][0]["name"], "1-20")

    def test_peak_list(self):
        path = self.peaks("mass,intensity\n7172.0917,100\n6779.0157,3.5\n100,1\n")
        rows = table("match", MIPOMERSEN, "--peaks", path, "--csv")
        self.assertEqual({row["peak"] for row in rows}, {"1", "2", "3"})
        self.assertEqual([row["name"] for row in rows if row["rank"] == "1"][0], "1-20")
        self.assertEqual([row["name"] for row in rows if row["peak"] == "3"], [""])
        text = run("match", MIPOMERSEN, "--peaks", path).stdout
        self.assertIn("nothing in the search space has this mass", text)
        ions = self.peaks("mz,charge\n895.504183,-8\n")
        found = json.loads(run("match", MIPOMERSEN, "--peaks", ions, "--json").stdout)
        self.assertEqual(found["peaks"][0]["members"][0]["name"], "1-20")

    def test_bad_numbers(self):
        for ppm in ["0", "-5", "nan", "inf"]:
            self.assertIn("tolerance must lie above 0", self.refused(
                "match", MIPOMERSEN, "7172", f"--ppm={ppm}"), ppm)
        for mass in ["0", "-7172", "nan", "inf"]:
            self.assertIn("a mass must be a number above 0", self.refused(
                "match", MIPOMERSEN, "--ppm", "5", "--", mass), mass)
        self.assertIn("MASS", self.refused("match", MIPOMERSEN, "heavy"))
        self.assertIn("charge 0", self.refused("match", MIPOMERSEN, "7172", "--charge", "0"))
        self.assertIn("changes", self.refused("match", MIPOMERSEN, "7172", "--changes", "9"))
        self.assertIn("MASS or --peaks", self.refused("match", MIPOMERSEN))
        self.assertIn("MASS or --peaks", self.refused(
            "match", MIPOMERSEN, "7172", "--peaks", self.peaks("mass\n1\n")))

    def test_bad_peak_lists(self):
        for text, place, finding in [
                ("mass\n", "peaks.csv", "no peaks"),
                ("", "peaks.csv", ""),
                ("mass\n7172\nheavy\n", "peaks.csv:3:1", "found 'heavy'"),
                ("mass,intensity\n7172,strong\n", "peaks.csv:2:6", "found 'strong'"),
                ("mz,charge\n895.5,0\n", "peaks.csv:2:7", "other than 0"),
                ("mz,charge\n895.5,-1.5\n", "peaks.csv:2:7", "found '-1.5'"),
                ("mz\n895.5\n", "peaks.csv:1:1", "mz and charge"),
                ("mass\nnan\n-1\n", "peaks.csv:2:1", "above 0"),
                ("mass,colour\n1,red\n", "peaks.csv:1:1", "'colour' is not a column"),
                ("mass,intensity\n7172\n", "peaks.csv:2", "")]:
            error = self.refused("match", MIPOMERSEN, "--peaks", self.peaks(text))
            self.assertIn(place, error, text)
            self.assertIn(finding, error, text)

    def test_all_faults_at_once(self):
        path = self.peaks("mass\nheavy\nheavier\n")
        error = self.refused("match", MIPOMERSEN, "--peaks", path, "--ppm", "0")
        self.assertIn("3 faults", error)
        listed = run("match", MIPOMERSEN, "--peaks", path, "--ppm", "0", "--json")
        self.assertEqual(listed.returncode, 2)
        self.assertEqual(len(json.loads(listed.stdout)["faults"]), 3)

    def test_missing_file(self):
        error = self.refused("match", MIPOMERSEN, "--peaks", os.path.join(self.folder, "none.csv"))
        self.assertIn("none.csv", error)


if __name__ == "__main__":
    unittest.main()
