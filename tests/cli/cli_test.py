"""Drives the program `dosewright` as a user would, bad input first. Usage: cli_test.py PROGRAM"""

import json
import os
import pty
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
PROGRAMME = "programmes/mipomersen"
RESULTS = ["arms.csv", "evidence.csv", "report.html", "series.csv", "summary.json"]


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=600, **options)


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.out = os.path.join(self.folder, "out")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def trial(self, *arguments, **options):
        return run("trial", PROGRAMME, "--design", "cs5", "--replicates", "2", "--out", self.out,
                   *arguments, **options)

    def written(self, name):
        with open(os.path.join(self.out, name), "rb") as file:
            return file.read()

    def assert_nothing_written(self):
        self.assertEqual(os.listdir(self.folder), [])


class Arguments(Folder):
    def test_number_of_patients(self):
        for value in ["0", "-5", "1e12", "1000000000000", "many", "1.5"]:
            result = self.trial("--patients", value)
            self.assertEqual(result.returncode, 2, value)
            self.assertIn("--patients", result.stderr)
        self.assertIn("must lie between 1 and 1000000", self.trial("--patients", "-5").stderr)
        self.assert_nothing_written()

    def test_all_faults_of_a_line_at_once(self):
        result = run("trial", PROGRAMME, "--design", "cs5", "--out", self.out,
                     "--patients", "0", "--replicates", "0", "--threads", "-1")
        self.assertEqual(result.returncode, 2)
        for name in ["--patients", "--replicates", "--threads"]:
            self.assertIn(name, result.stderr)

    def test_unknown_words(self):
        self.assertEqual(self.trial("--sead", "3").returncode, 2)
        self.assertEqual(run("trail").returncode, 2)
        self.assertEqual(run().returncode, 2)
        result = run("trial", PROGRAMME, "--design", "cs55", "--out", self.out)
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'cs5'", result.stderr)

    def test_help_teaches(self):
        for words in [["--help"], ["trial", "--help"], ["programme", "check", "--help"],
                      ["calibrate", "--help"]]:
            result = run(*words)
            self.assertEqual(result.returncode, 0)
        self.assertIn("Example", run("trial", "--help").stdout)
        self.assertIn("Not a medical device", run("--help").stdout)

    def test_out_is_needed(self):
        result = run("trial", PROGRAMME, "--design", "cs5")
        self.assertEqual(result.returncode, 2)
        self.assertIn("--out", result.stderr)


class Programme(Folder):
    def test_twelve_faults_in_five_files(self):
        result = run("programme", "check", "tests/data/programme_twelve_faults")
        self.assertEqual(result.returncode, 2)
        self.assertIn("12 faults", result.stderr)
        listed = json.loads(
            run("programme", "check", "tests/data/programme_twelve_faults", "--json").stdout)
        self.assertEqual(len(listed["faults"]), 12)
        self.assertEqual(len({fault["file"] for fault in listed["faults"]}), 5)
        for fault in listed["faults"]:
            self.assertGreater(fault["line"], 0, fault)

    def test_no_programme_has_one(self):
        folders = sorted(os.listdir("programmes"))
        self.assertGreaterEqual(len(folders), 6)
        for folder in folders:
            with self.subTest(folder):
                result = run("programme", "check", f"programmes/{folder}")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                if folder == "mipomersen":
                    self.assertIn("S1 mixes two substances", result.stdout)
                    self.assertIn("S1's SMILES: known conflict", result.stdout)

    def test_without_a_model_nothing_is_simulated(self):
        for words in (["trial", "programmes/clozapine", "--design", "any", "--out", self.out],
                      ["calibrate", "programmes/clozapine", "--design", "any"]):
            with self.subTest(words[0]):
                result = run(*words)
                self.assertEqual(result.returncode, 2)
                self.assertIn("'clozapine' has no model: it can be checked, shown and decided, but "
                              "not simulated", result.stderr)
                self.assertIn("model.txt", result.stderr)
        self.assert_nothing_written()

    def test_show_without_a_model(self):
        result = run("programme", "show", "programmes/clozapine")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["benign ethnic neutropenia", "not simulated", "2025-06-13", "Not a medical device"]:
            self.assertIn(part, result.stdout)

    def test_show_the_regulatory_record_of_a_day(self):
        result = run("programme", "show", PROGRAMME, "--on", "2013-02-01", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        told = json.loads(result.stdout)
        status = {one["jurisdiction"]: one["status"] for one in told["regulatory_record"]}
        self.assertEqual(status, {"EU": "negative opinion", "US": "approved, REMS"})
        languages = told["regulatory_record"][0]["documents"][0]["languages"]
        self.assertEqual(len(languages), 22)
        self.assertTrue(languages["bg"].endswith("_bg.pdf"))
        wrong = run("programme", "show", PROGRAMME, "--on", "1 February")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("expected a date", wrong.stderr)

    def test_show(self):
        text = run("programme", "show", PROGRAMME).stdout
        for part in ["2013-05-29", "200 mg", "EMA-AR", "hepatic", "Not a medical device"]:
            self.assertIn(part, text)

    def test_missing_folder(self):
        result = run("programme", "check", os.path.join(self.folder, "nowhere"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("nowhere", result.stderr)

    def test_arm_with_unknown_regimen(self):
        mine = os.path.join(self.folder, "mine.toml")
        with open(f"{PROGRAMME}/designs/cs5.toml", encoding="utf-8") as source:
            text = source.read().replace('regimen = "200mg-qw"', 'regimen = "200mg-wq"', 1)
        with open(mine, "w", encoding="utf-8") as target:
            target.write(text)
        result = run("trial", PROGRAMME, "--design", mine, "--out", self.out)
        self.assertEqual(result.returncode, 2)
        self.assertIn("200mg-wq", result.stderr)
        self.assertIn("mine.toml:", result.stderr)


class Trial(Folder):
    def test_writes_everything_and_is_quiet_in_a_pipe(self):
        result = self.trial()
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(sorted(os.listdir(self.out)), RESULTS)
        summary = json.loads(self.written("summary.json"))
        for part in ["calibrated", "untouched"]:
            counts = summary["coverage"][part]
            self.assertTrue(0 <= counts["inside"] <= counts["total"])
        self.assertGreater(summary["coverage"]["untouched"]["total"], 40)
        for name in RESULTS:
            self.assertIn(b"Not a medical device", self.written(name), name)

    def test_same_seed_same_bytes_whatever_the_threads(self):
        contents = []
        for threads in ["1", "2", "3"]:
            self.assertEqual(self.trial("--threads", threads).returncode, 0)
            contents.append([self.written(name) for name in RESULTS])
        self.assertEqual(contents[0], contents[1])
        self.assertEqual(contents[0], contents[2])
        self.trial("--seed", "2")
        self.assertNotEqual(contents[0][1], self.written("evidence.csv"))

    def test_json(self):
        self.assertIn("coverage", json.loads(self.trial("--json").stdout))

    def test_replay(self):
        result = self.trial("--replay", "100000000000")
        self.assertEqual(result.returncode, 0)
        self.assertIn("given: 200 mg", result.stdout)
        self.assertFalse(os.path.exists(self.out))
        missing = self.trial("--replay", "17")
        self.assertEqual(missing.returncode, 2)
        self.assertIn("the first patient is 100000000000", missing.stderr)

    def test_progress_on_a_terminal(self):
        try:
            parent, child = pty.openpty()
        except OSError:
            self.skipTest("this system gives no pseudo-terminals")
        process = subprocess.Popen(
            [PROGRAM, "trial", PROGRAMME, "--design", "cs5", "--replicates", "40", "--out", self.out],
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
        self.assertIn(b"of 2 040 patients", shown)
        self.assertIn(b"s left", shown)


class Evidence(Folder):
    def test_a_broken_row_is_named_and_the_rest_is_used(self):
        path = os.path.join(self.folder, "mine.csv")
        with open(f"{PROGRAMME}/evidence/trials.csv", encoding="utf-8") as source:
            lines = source.read().splitlines()
        lines[3] = lines[3].replace(",388.2,", ",eleven,")
        with open(path, "w", encoding="utf-8") as target:
            target.write("\n".join(lines) + "\n")
        result = self.trial("--evidence", path)
        self.assertEqual(result.returncode, 2)
        self.assertIn("mine.csv:4", result.stderr)
        self.assertIn("eleven", result.stderr)
        self.assertEqual(sorted(os.listdir(self.out)), RESULTS)
        rows = [row["row"] for row in json.loads(self.written("summary.json"))["rows"]]
        self.assertNotIn("R0003", rows)
        self.assertIn("R0004", rows)


class Output(Folder):
    def test_a_file_stands_where_the_folder_should(self):
        open(self.out, "w").close()
        result = self.trial()
        self.assertEqual(result.returncode, 2)
        self.assertIn(self.out, result.stderr)
        self.assertEqual(os.listdir(self.folder), ["out"])

    @unittest.skipIf(os.geteuid() == 0, "root may write anywhere")
    def test_a_folder_that_may_not_be_written(self):
        os.chmod(self.folder, 0o500)
        self.assertEqual(self.trial().returncode, 2)
        os.chmod(self.folder, 0o700)
        self.assert_nothing_written()

    def test_a_file_that_cannot_be_written_whole_leaves_none(self):
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

        result = self.trial(preexec_fn=limit)
        self.assertEqual(result.returncode, 2)
        self.assertIn("report.html", result.stderr)
        self.assert_nothing_written()

    def test_a_disk_that_fills(self):
        disk = os.path.join(self.folder, "disk")
        os.mkdir(disk)
        mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk]
        if subprocess.run(mount, capture_output=True).returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        try:
            kept = os.path.join(disk, "summary.json")
            with open(kept, "w") as file:
                file.write("of an earlier run")
            result = run("trial", PROGRAMME, "--design", "cs5", "--replicates", "2", "--out", disk)
            self.assertEqual(result.returncode, 2)
            self.assertIn("disk is full", result.stderr)
            self.assertEqual(os.listdir(disk), ["summary.json"])
            with open(kept, encoding="utf-8") as file:
                self.assertEqual(file.read(), "of an earlier run")
        finally:
            subprocess.run(["umount", disk], check=True)

    def test_interrupted(self):
        process = subprocess.Popen(
            [PROGRAM, "trial", PROGRAMME, "--design", "phase3", "--replicates", "5000",
             "--out", self.out], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(10)  # well into the simulation, also in a slow build
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("nothing was written", errors)
        self.assert_nothing_written()


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
