"""Drives `dosewright programme verify` over every programme but mipomersen, which verify_test.py proves.

Usage: verify_programmes_test.py PROGRAM"""

import json
import os
import subprocess
import sys
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
OTHERS = {"bosentan": ["label", "rems", "rems-until-2025"], "clozapine": ["label", "rems"],
          "inotersen": ["eu", "rems", "us"], "lomitapide": ["label", "rems"], "volanesorsen": ["eu"]}


def verify(programme, *options):
    return subprocess.run([PROGRAM, "programme", "verify", programme, *options], capture_output=True, text=True,
                          timeout=900)


class Programmes(unittest.TestCase):
    def test_every_other_programme_is_proved(self):
        for name, profiles in OTHERS.items():
            result = verify("programmes/" + name, "--json")
            self.assertEqual((name, result.returncode, result.stderr), (name, 0, ""))
            reports = json.loads(result.stdout)
            self.assertEqual(sorted(one["profile"] for one in reports), sorted(profiles))
            for report in reports:
                invariants = [f for f in report["findings"] if f["aspect"] == "invariant"]
                self.assertGreaterEqual(len(invariants), 3)
                for finding in invariants:
                    self.assertEqual(finding["outcome"], "proved", finding)
                    self.assertTrue(finding["source"])

    def test_every_programme_is_named_here(self):
        self.assertEqual(sorted(os.listdir("programmes")), sorted([*OTHERS, "mipomersen"]))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
