"""Drives `dosewright refine` as a user would, bad input first. Usage: refine_test.py PROGRAM"""

import csv
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
PROGRAMME = "programmes/mipomersen"
RESULTS = ["candidates.csv", "pareto.csv", "refine.html", "summary.json"]

SEARCH = """
name = "short"
title = "Eight weeks"
assumed = "for a test"
design = "DESIGN"
profile = "label"
patients = 100
constraints = ["at most one injection a day", "confirmed ALT >= 3 ULN in at most 90 %"]

[space]
dose = ["50 mg", "100 mg", "200 mg"]
interval = ["2 wk", "1 wk"]

[[objective]]
measure = "ldl_change"
better = "less"

[[objective]]
measure = "isr_per_week"
better = "less"

[[point]]
name = "200 mg QW"
regimen = "200mg-qw"
source = "S2, dosing: adult"
"""


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.out = os.path.join(self.folder, "out")
        with open(f"{PROGRAMME}/designs/cs5.toml", encoding="utf-8") as file:
            text = file.read()
        text = text.replace('treatment = "26 wk"', 'treatment = "8 wk"')
        text = text.replace('end = "50 wk"', 'end = "10 wk"')
        text += '\n[[imaging]]\nlab = "LDL"\nat = ["56 d", "70 d"]\nshare = 1\nassumed = "a test"\n'
        self.design = self.write("design.toml", text)
        self.search = self.write("search.toml", SEARCH.replace("DESIGN", self.design))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def refine(self, *arguments, search=None):
        return subprocess.run(
            [PROGRAM, "refine", PROGRAMME, "--search", search or self.search, "--out", self.out, *arguments],
            capture_output=True, text=True, timeout=600)

    def edited(self, *pairs):
        with open(self.search, encoding="utf-8") as file:
            text = file.read()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new, 1)
        return self.write("edited.toml", text)

    def written(self, name):
        with open(os.path.join(self.out, name), "rb") as file:
            return file.read()

    def table(self, name):
        lines = self.written(name).decode("utf-8").split("\r\n")
        self.assertTrue(lines[0].startswith("# For research. Not a medical device."))
        return list(csv.DictReader(lines[1:]))


class BadInput(Folder):
    def test_all_faults_of_the_file_at_once_with_place(self):
        search = self.edited(("200mg-qw", "200mg-wq"), ('"50 mg"', '"50 mL"'),
                             ("isr_per_week", "isr_per_weak"), ('profile = "label"', 'profile = "lebel"'),
                             ("at most one injection", "at least one injection"))
        result = self.refine(search=search)
        self.assertEqual(result.returncode, 2)
        for part in ["did you mean '200mg-qw'", "found volume", "did you mean 'isr_per_week'",
                     "did you mean 'label'", "no constraint is written like this", "5 faults"]:
            self.assertIn(part, result.stderr)
        self.assertEqual(len(re.findall(r"edited\.toml:\d+:\d+", result.stderr)), 5, result.stderr)
        self.assertFalse(os.path.exists(self.out))

    def test_all_faults_of_the_line_at_once(self):
        result = subprocess.run([PROGRAM, "refine", PROGRAMME, "--search", "nowhere", "--patients", "5",
                                 "--seed", "-1"], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 2)
        for part in ["--patients must lie between 100", "--seed", "--out DIR is needed",
                     "no search is called 'nowhere'"]:
            self.assertIn(part, result.stderr)

    def test_a_programme_without_a_model(self):
        result = subprocess.run([PROGRAM, "refine", "programmes/clozapine", "--search", "x", "--out", self.out],
                                capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 2)
        self.assertIn("has no model", result.stderr)

    def test_empty_space(self):
        result = self.refine(search=self.edited(("at most one injection a day", "at most 10 mg a week")))
        self.assertEqual(result.returncode, 2)
        self.assertIn("no schedule of the space meets 'at most 10 mg a week'", result.stderr)
        self.assertIn("the nearest is '50 mg every 2 wk' with 25", result.stderr)
        self.assertFalse(os.path.exists(self.out))

    def test_a_constraint_that_nobody_keeps_names_the_nearest(self):
        result = self.refine(search=self.edited(("confirmed ALT >= 3 ULN in at most 90 %",
                                                 "ldl_change at most -95 %")))
        self.assertEqual(result.returncode, 2)
        self.assertIn("no schedule that was searched keeps 'ldl_change at most -95 %'", result.stderr)
        self.assertIn("the nearest is '200 mg QW' with -", result.stderr)
        self.assertIn("edited.toml:8:", result.stderr)
        self.assertEqual(sorted(os.listdir(self.out)), RESULTS)
        self.assertEqual(self.table("pareto.csv"), [])


class Results(Folder):
    def test_front_points_and_page(self):
        result = self.refine()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(self.out)), RESULTS)
        for line in result.stdout.splitlines():
            self.assertLessEqual(len(line), 120, line)
        self.assertIn("Not a medical device", result.stdout)
        front = self.table("pareto.csv")
        names = [row["name"] for row in front]
        self.assertIn("200 mg QW", names)
        self.assertIn("50 mg every 2 wk", names)
        changes = [float(row["ldl_change"]) for row in front]
        self.assertEqual(changes, sorted(changes))
        for row in front:
            self.assertGreater(float(row["ldl_change_se"]), 0)
            self.assertLess(float(row["ldl_change_lo"]), float(row["ldl_change"]))
            self.assertTrue(0 <= float(row["probability_feasible"]) <= 1)
            self.assertTrue(row["front_is"] == "clear" or row["front_is"].startswith("within noise of"))
        rows = self.table("candidates.csv")
        self.assertEqual(len(rows), 6)
        self.assertEqual([row["name"] for row in rows if row["named"] == "1"], ["200 mg QW"])
        summary = json.loads(self.written("summary.json"))
        self.assertEqual(summary["points"][0]["source"], "S2, dosing: adult")
        self.assertEqual(len(summary["front"]), len(front))
        html = self.written("refine.html").decode("utf-8")
        for part in ["Not a medical device", "default-src 'none'", "<svg", "200 mg QW"]:
            self.assertIn(part, html)
        self.assertNotIn("<script", html)
        self.assertNotIn("src=", html)

    def test_same_seed_same_bytes_whatever_the_threads(self):
        contents = []
        for threads in ["1", "3"]:
            self.assertEqual(self.refine("--threads", threads).returncode, 0)
            contents.append([self.written(name) for name in RESULTS])
        self.assertEqual(contents[0], contents[1])
        self.refine("--seed", "2")
        self.assertNotEqual(contents[0][0], self.written("candidates.csv"))

    def test_json(self):
        self.assertIn("front", json.loads(self.refine("--json").stdout))

    def test_help_teaches(self):
        text = subprocess.run([PROGRAM, "refine", "--help"], capture_output=True, text=True, timeout=60).stdout
        for part in ["Example", "constraints", "Exit code", "docs/refine.md"]:
            self.assertIn(part, text)


class Running(Folder):
    def test_interrupted_leaves_nothing(self):
        process = subprocess.Popen(
            [PROGRAM, "refine", PROGRAMME, "--search", "two-years", "--patients", "50000", "--out", self.out],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(10)  # well into the simulation, also in a slow build
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130)
        self.assertIn("nothing was written", errors)
        self.assertFalse(os.path.exists(self.out))

    def test_progress_on_a_terminal(self):
        try:
            parent, child = pty.openpty()
        except OSError:
            self.skipTest("this system gives no pseudo-terminals")
        process = subprocess.Popen(
            [PROGRAM, "refine", PROGRAMME, "--search", self.search, "--patients", "400", "--out", self.out],
            stdout=subprocess.DEVNULL, stderr=child)
        os.close(child)
        shown = b""
        while True:
            try:
                piece = os.read(parent, 4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(parent)
        self.assertEqual(process.wait(), 0)
        self.assertIn(b" patients, ", shown)
        self.assertIn(b"s left", shown)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
