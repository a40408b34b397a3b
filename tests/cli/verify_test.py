"""Drives `dosewright programme verify`, `diff` and `draw`. Usage: verify_test.py PROGRAM"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

PROGRAM = os.path.abspath(sys.argv.pop())
PROGRAMME = "programmes/mipomersen"


def run(*arguments, **options):
    return subprocess.run([PROGRAM, "programme", *arguments], capture_output=True, text=True,
                          timeout=900, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.mine = os.path.join(self.folder, "mine")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def changed(self, before, after, profile="label"):
        """A copy of the programme with one piece of a protocol exchanged."""
        shutil.copytree(PROGRAMME, self.mine)
        path = os.path.join(self.mine, "protocol", profile + ".toml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        self.assertEqual(text.count(before), 1, before)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(before, after))
        return self.mine


class Verify(Folder):
    def test_all_profiles_are_proved(self):
        result = run("verify", PROGRAMME, "--json")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        reports = json.loads(result.stdout)
        self.assertEqual([one["profile"] for one in reports], ["cs12", "cs5", "cs7", "label", "m108", "ole", "study"])
        for report in reports:
            self.assertTrue(report["proved"])
            invariants = [f for f in report["findings"] if f["aspect"] == "invariant"]
            self.assertGreaterEqual(len(invariants), 8)
            for finding in invariants:
                self.assertEqual(finding["outcome"], "proved", finding)
                self.assertTrue(finding["source"])
            reached = [f for f in report["findings"] if f["aspect"] == "state reached"]
            for finding in reached:
                self.assertEqual(finding["outcome"], "shown", finding)
                self.assertTrue(finding["patient"]["csv"].startswith(
                    "date,kind,code,value,unit,uln\n"))

    def test_a_hole_is_shown_by_a_patient(self):
        mine = self.changed('never_dose_when = "max(ALT.last, AST.last) >= 5 ULN"',
                            'never_dose_when = "max(ALT.last, AST.last) >= 3 ULN"')
        result = run("verify", mine, "--profile", "label")
        self.assertEqual(result.returncode, 2)
        self.assertIn("FAILS", result.stdout)
        self.assertIn("no dose while the last ALT", result.stdout)
        self.assertIn("date,kind,code,value,unit,uln", result.stdout)
        self.assertIn("123,U/L,41", result.stdout)
        self.assertIn("treating -> confirming, by hepatic.confirm", result.stdout)
        self.assertIn("Not a medical device", result.stdout)

    def test_bad_input(self):
        self.assertEqual(run("verify", os.path.join(self.folder, "nowhere")).returncode, 2)
        result = run("verify", PROGRAMME, "--profile", "labl", "--timeout", "5")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'label'", result.stderr)
        result = run("verify", PROGRAMME, "--timeout", "0", "--visits", "99")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--timeout", result.stderr)
        self.assertIn("--visits", result.stderr)

    def test_help_teaches(self):
        for command in ["verify", "diff", "draw"]:
            result = run(command, "--help")
            self.assertEqual(result.returncode, 0)
            self.assertIn("Example", result.stdout)
            self.assertIn("Exit code", result.stdout)


class Diff(Folder):
    def test_a_programme_does_not_differ_from_itself(self):
        result = run("diff", PROGRAMME, PROGRAMME, "--profile-a", "cs5", "--profile-b", "cs5",
                     "--visits", "2", "--json")
        self.assertEqual(result.returncode, 0)
        report = json.loads(result.stdout)
        self.assertEqual(report["differences"], [])
        self.assertTrue(report["complete"])

    def test_label_against_trial(self):
        result = run("diff", PROGRAMME, PROGRAMME, "--profile-a", "label", "--profile-b", "cs5",
                     "--visits", "2", "--examples", "3", "--json")
        self.assertEqual(result.returncode, 0)
        kinds = {one["kind"] for one in json.loads(result.stdout)["differences"]}
        self.assertIn("only the second lets a dose through", kinds)

    def test_bad_input(self):
        result = run("diff", PROGRAMME, PROGRAMME, "--profile-a", "x", "--profile-b", "y")
        self.assertEqual(result.returncode, 2)
        self.assertIn("'x'", result.stderr)
        self.assertIn("'y'", result.stderr)


class Documents(unittest.TestCase):
    """The liver rules of two source documents as printed: what docs/verify.md publishes is still found."""

    FOLDER = "tests/data/documents_as_printed"

    def test_holes_and_contradictions(self):
        self.assertIn("no fault found", run("check", self.FOLDER).stdout)
        result = run("verify", self.FOLDER, "--json")
        self.assertEqual((result.returncode, result.stderr), (2, ""))
        found = {(report["profile"], one["aspect"], one["subject"]): one for report in json.loads(result.stdout)
                 for one in report["findings"] if one["outcome"] not in ("proved", "shown", "not declared")}
        self.assertEqual(sorted(found), [
            ("s2-boxed", "invariant", "no-dose-on-old-tests"),
            ("s2-section", "exhaustive", "confirming"),
            ("s2-section", "invariant", "no-dose-from-3-uln"),
            ("s2-section", "invariant", "no-dose-on-old-tests"),
            ("s4", "exhaustive", "confirming"),
            ("s4", "invariant", "no-dose-above-bilirubin-2-uln"),
            ("s4", "invariant", "no-dose-on-old-tests"),
            ("s4", "invariant", "no-dose-with-symptoms"),
            ("s4", "order of rules", "confirming")])
        self.assertEqual({one["outcome"] for one in found.values()}, {"FAILS"})
        hole = found["s2-section", "exhaustive", "confirming"]
        self.assertIn("2024-01-09  decides: full", hole["story"], "eight days later, no repeat, and doses go on")
        two = found["s4", "order of rules", "confirming"]["claim"]
        self.assertIn("confirmed-reduce and hepatic.confirmed-interrupt", two)

    def differences(self, a, b):
        result = run("diff", self.FOLDER, self.FOLDER, "--profile-a", a, "--profile-b", b, "--visits", "3",
                     "--examples", "5")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        return result.stdout

    def test_the_documents_contradict_each_other_and_themselves(self):
        boxed = self.differences("s2-section", "s2-boxed")
        self.assertIn("s2-section: full (hepatic: confirming)\n  s2-boxed: withheld", boxed)
        told = self.differences("s2-section", "s4")
        for part in ["s2-section: stopped (hepatic: stopped)\n  s4: full (hepatic: treating)",
                     "lab,BILI,2.4,mg/dL,1.2",
                     "s2-section: withheld (hepatic: withheld)\n  s4: reduced to 100mg-qw",
                     "s2-section: full (hepatic: resumed)\n  s4: withheld (hepatic: interrupted)"]:
            self.assertIn(part, told)


class Draw(Folder):
    def test_drawings_are_whole(self):
        out = os.path.join(self.folder, "out")
        result = run("draw", PROGRAMME, "--profile", "m108", "--out", out)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(out)),
                         ["m108-hepatic.svg", "m108-persistence.svg", "m108-symptoms.svg",
                          "m108.svg"])
        for name in os.listdir(out):
            with open(os.path.join(out, name), encoding="utf-8") as file:
                text = file.read()
            xml.etree.ElementTree.fromstring(text)
            self.assertIn("Not a medical device", text)
            self.assertIn("Source: FDA-MedR", text)

    def test_bad_input_writes_nothing(self):
        out = os.path.join(self.folder, "out")
        self.assertEqual(run("draw", PROGRAMME, "--profile", "x", "--out", out).returncode, 2)
        self.assertFalse(os.path.exists(out))
        result = run("draw", PROGRAMME, "--out", out, env={**os.environ, "PATH": self.folder})
        self.assertEqual(result.returncode, 2)
        self.assertIn("apt-get install graphviz", result.stderr)
        self.assertFalse(os.path.exists(out))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
