"""Drives `dosewright programme verify --mutants`. Usage: verify_mutants_test.py PROGRAM"""

import os
import re
import subprocess
import sys
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())


def verify(programme, *options):
    return subprocess.run([PROGRAM, "programme", "verify", programme, *options], capture_output=True, text=True,
                          timeout=900)


class Mutants(unittest.TestCase):
    def test_mutants(self):
        result = verify("programmes/mipomersen", "--mutants", "--timeout", "5")
        counts = re.findall(r"^\w+: (\d+) of (\d+) mutants caught", result.stdout, re.MULTILINE)
        self.assertEqual(len(counts), 7, result.stdout)
        for caught, total in counts:
            self.assertGreaterEqual(int(caught), 0.95 * int(total), result.stdout)
        self.assertGreater(sum(int(total) for _, total in counts), 500)
        self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
