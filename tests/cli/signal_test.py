"""Drives `dosewright signal`. Usage: signal_test.py PROGRAM

The pilot study of CDISC lies outside the repository: DOSEWRIGHT_CDISC_PILOT names its folder.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
PROGRAMME = "programmes/mipomersen"
PILOT = os.environ.get("DOSEWRIGHT_CDISC_PILOT", os.path.join("..", "shared", "data", "cdisc-pilot"))


def run(*arguments):
    return subprocess.run([PROGRAM, "signal", *arguments], capture_output=True, text=True, timeout=300)


class Study(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def test_what_stands_out(self):
        dm, ae = "USUBJID,ARMCD,ARM\n", "USUBJID,AEDECOD,AESTDTC\n"
        for i in range(80):
            dm += f"{i},{'P,Placebo' if i < 40 else 'D,Drug'}\n"
            if 40 <= i < 60:
                ae += f"{i},PYREXIA,2013-01-01\n"
            if i % 20 == 0:
                ae += f"{i},Hiccups,2013-01-01\n"
        files = ["--ae", self.write("ae.csv", ae), "--dm", self.write("dm.csv", dm)]
        result = run(PROGRAMME, *files)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("Drug: 20 of 40 = 50 % (33.8 % to 66.2 %), odds ratio infinite", result.stdout)
        self.assertIn("! at least 33.8 % (95 %): above the published 8 %", result.stdout)
        self.assertIn("  2/2 Hiccups", result.stdout)
        self.assertIn("Not a medical device", result.stdout)
        report = json.loads(run(PROGRAMME, *files, "--json").stdout)
        first = report["terms"][0]
        self.assertEqual(first["term"], "PYREXIA")
        self.assertEqual(len(first["arms"][1]["stands_out"]), 2)
        self.assertIsNone(first["arms"][1]["odds_ratio"]["ratio"])

    def test_bad_input(self):
        dm = self.write("dm.csv", "USUBJID,ARM\n1,Drug\n1,Drug\n")
        ae = self.write("ae.csv", "USUBJID,AEDECOD\n2,Nausea\n")
        result = run(PROGRAMME, "--ae", ae, "--dm", dm)
        self.assertEqual((result.returncode, result.stdout), (2, ""))
        self.assertIn("stands twice", result.stderr)
        self.assertIn("no row of DM is about subject '2'", result.stderr)
        self.assertEqual(run(PROGRAMME, "--ae", "nowhere.csv", "--dm", dm).returncode, 2)
        result = run("programmes/bosentan", "--ae", ae, "--dm", dm)
        self.assertEqual(result.returncode, 2)
        self.assertIn("add reactions.toml", result.stderr)

    def test_help_teaches(self):
        result = run("--help")
        self.assertIn("Example", result.stdout)
        self.assertIn("Exit code", result.stdout)

    @unittest.skipUnless(os.path.isdir(PILOT), f"the pilot study is not here: no folder {PILOT}")
    def test_the_pilot_study(self):
        files = ["--ae", os.path.join(PILOT, "ae.csv"), "--ex", os.path.join(PILOT, "ex.csv")]
        from_csv = run(PROGRAMME, *files, "--dm", os.path.join(PILOT, "dm.csv"), "--json")
        self.assertEqual((from_csv.returncode, from_csv.stderr), (0, ""))
        report = json.loads(from_csv.stdout)
        self.assertEqual({arm["name"]: arm["at_risk"] for arm in report["arms"]},
                         {"Placebo": 86, "Xanomeline High Dose": 72, "Xanomeline Low Dose": 96})
        standing = [term["term"] for term in report["terms"]
                    if any(arm["stands_out"] for arm in term["arms"])]
        self.assertIn("APPLICATION SITE PRURITUS", standing)  # a patch on the skin
        from_xpt = run(PROGRAMME, "--ae", os.path.join(PILOT, "ae.csv"), "--dm",
                       os.path.join(PILOT, "dm.xpt"), "--ex", os.path.join(PILOT, "ex.xpt"), "--json")
        self.assertEqual(from_xpt.stdout, from_csv.stdout)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
