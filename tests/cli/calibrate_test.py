"""Interrupts `dosewright calibrate` and goes on. Usage: calibrate_test.py PROGRAM"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())


class Interrupted(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.out = os.path.join(self.folder, "out")
        self.state = os.path.join(self.out, "calibration.state.json")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def kept(self):
        if not os.path.exists(self.state):
            return 0
        with open(self.state, encoding="utf-8") as file:
            return len(json.load(file)["simulations"])

    def interrupted_after(self, simulations, *arguments):
        process = subprocess.Popen(
            [PROGRAM, "calibrate", "programmes/mipomersen", "--design", "all", "--replicates", "2",
             "--steps", "1", "--out", self.out, *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while self.kept() < simulations and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=300)
        return process.returncode, output, errors

    def test_the_same_command_goes_on(self):
        code, _, errors = self.interrupted_after(1)
        self.assertEqual(code, 130)
        self.assertIn("the same command goes on from there", errors)
        self.assertEqual(os.listdir(self.out), ["calibration.state.json"])
        before = self.kept()
        code, output, errors = self.interrupted_after(before + 1)
        self.assertEqual(code, 130)
        self.assertIn(f"{before} of ", output)
        self.assertIn("were there from an earlier run", output)
        self.assertGreater(self.kept(), before)
        code, _, errors = self.interrupted_after(10**6, "--seed", "12")
        self.assertEqual(code, 2)
        self.assertIn("belongs to another calibration", errors)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
