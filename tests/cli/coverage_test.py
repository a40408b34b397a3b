"""The first programme's four trials against what was published, family by family of endpoints.

Usage: coverage_test.py PROGRAM"""

import json
import os
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
FAMILIES = ["ALT", "LDL-C", "Lp(a)", "apoB", "discontinuation", "flu-like", "liver fat", "reactions"]


class Coverage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory(prefix="dosewright-") as folder:
            result = subprocess.run(
                [PROGRAM, "trial", "programmes/mipomersen", "--design", "phase3", "--replicates", "40",
                 "--seed", "1", "--out", folder], capture_output=True, text=True, timeout=800)
            cls.table = result.stdout
            with open(os.path.join(folder, "summary.json"), encoding="utf-8") as file:
                cls.coverage = json.load(file)["coverage"]

    def test_no_family_is_below_70_percent(self):
        families = self.coverage["families"]
        self.assertEqual(sorted(families), FAMILIES)
        for name, part in families.items():
            with self.subTest(name):
                self.assertGreaterEqual(part["inside"], 0.7 * part["total"], part)

    def test_rows_and_shares_of_all(self):
        parts = [self.coverage["calibrated"], self.coverage["untouched"]]
        total = sum(part["total"] for part in parts)
        self.assertGreaterEqual(total, 150)
        self.assertGreaterEqual(sum(part["inside"] for part in parts), 0.85 * total)
        self.assertLessEqual(self.coverage["width_ratio"], 2)

    def test_the_terminal_tells_each_family(self):
        for name in FAMILIES:
            self.assertIn(f"by family of endpoints: {name} ", self.table)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
