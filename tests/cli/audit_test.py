"""`dosewright audit` as its users meet it. Usage: audit_test.py PROGRAM

The study of the shared folder is looked for in $DOSEWRIGHT_SHARED_DATA/cdisc-pilot, else in
../shared/data/cdisc-pilot beside the repository; without it those tests are skipped and say so.
"""

import csv
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PROGRAMME = os.path.join(ROOT, "programmes", "mipomersen")
FILES = ["audit.html", "candidates.csv", "deviations.csv", "subjects.csv", "summary.json"]
LB = "USUBJID,LBTESTCD,LBSTRESN,LBSTRESU,LBSTNRHI,LBDTC\n"
EX = "USUBJID,EXTRT,EXDOSE,EXDOSU,EXSTDTC,EXENDTC\n"


def pilot(name):
    folder = os.environ.get("DOSEWRIGHT_SHARED_DATA", os.path.join(ROOT, "..", "shared", "data"))
    return os.path.join(folder, "cdisc-pilot", name)


def day(offset):
    return (datetime.date(2013, 1, 7) + datetime.timedelta(days=offset)).isoformat()


def panel(who, at, alt=20, bili=10, alp=50):
    rows = (("ALT", alt, "U/L", 40), ("AST", 20, "U/L", 40), ("BILI", bili, "umol/L", 20),
            ("ALP", alp, "U/L", 100))
    return "".join(f"{who},{test},{value},{unit},{limit},{day(at)}T08:00\n" for test, value, unit, limit in rows)


def dose(who, at):
    return f"{who},mipomersen,200,mg,{day(at)}T09:00,{day(at)}T09:00\n"


class Study(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.out = os.path.join(self.folder, "out", "audit")
        # S-1 as the protocol asks; S-2 dosed above 5 ULN; S-3 a reading without a limit.
        self.lb = LB + panel("S-1", -7) + panel("S-2", -7) + panel("S-2", 10, alt=240) + panel("S-3", -7)
        self.lb += f"S-3,AST,20,U/L,,{day(2)}\n"
        self.ex = EX + "".join(dose(who, at) for who in ("S-1", "S-2", "S-3") for at in (0, 7, 14))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def call(self, *arguments):
        return subprocess.run([PROGRAM, "audit", PROGRAMME, *arguments], capture_output=True, text=True,
                              timeout=600, cwd=self.folder, check=False)

    def audit(self, *more):
        return self.call("--lb", self.put("lb.csv", self.lb), "--ex", self.put("ex.csv", self.ex),
                         "--region", "hepatic", "--out", self.out, *more)

    def table(self, name, out=None):
        with open(os.path.join(out or self.out, name), encoding="utf-8", newline="") as file:
            self.assertTrue(file.readline().startswith("# For research."))
            return list(csv.DictReader(file))

    def summary(self, out=None):
        with open(os.path.join(out or self.out, "summary.json"), encoding="utf-8") as file:
            return json.load(file)


class Audit(Study):
    def test_finds_what_was_done_otherwise(self):
        result = self.audit()
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sorted(os.listdir(self.out)), FILES)
        self.assertEqual(result.stderr, "", "a pipe has no progress line")
        found = [row for row in self.table("deviations.csv") if row["kind"] == "dose_while_withheld"]
        self.assertEqual(len(found), 1)
        row = found[0]
        self.assertEqual((row["subject"], row["rule"], row["times"]), ("S-2", "hepatic.withhold", "1"))
        self.assertEqual(row["date"], day(14) + " 09:00")
        self.assertIn("ALT = 240 U/L = 6 x ULN (40 U/L)", row["seen"])
        self.assertIn("no dose", row["expected"])
        self.assertIn("S2", row["source"])
        verdicts = {row["subject"]: (row["verdict"], row["why"]) for row in self.table("subjects.csv")}
        self.assertEqual(verdicts["S-1"], ("judged", ""))
        self.assertEqual(verdicts["S-3"][0], "not judged")
        self.assertRegex(verdicts["S-3"][1], r"lb\.csv:18: AST has no upper limit of normal")
        self.assertIn("NOT JUDGED", result.stdout)
        self.assertIn("Not a medical device", result.stdout)

    def test_json_is_the_summary(self):
        result = self.audit("--json")
        self.assertEqual(json.loads(result.stdout), self.summary())
        summary = self.summary()
        self.assertEqual(summary["subjects"], {"judged": 2, "not judged": 1})
        self.assertEqual(summary["by_kind"]["dose_while_withheld"], 1)
        self.assertEqual(summary["not_judged"][0]["subject"], "S-3")

    def test_limit_from_the_command_line(self):
        self.assertEqual(self.audit("--uln", "AST=40 U/L").returncode, 0)
        self.assertEqual(self.summary()["subjects"], {"judged": 3})

    def test_candidate_with_timeline(self):
        self.lb += panel("S-2", 12, alt=300, bili=50)
        self.assertEqual(self.audit().returncode, 0)
        rows = self.table("candidates.csv")
        self.assertEqual([(row["subject"], row["verdict"]) for row in rows], [("S-2", "candidate")])
        self.assertEqual((rows[0]["peak_ALT"], rows[0]["peak_BILI"]), ("7.50", "2.50"))
        with open(os.path.join(self.out, "audit.html"), encoding="utf-8") as file:
            page = file.read()
        self.assertEqual(page.count("<svg"), 2, "the plot of all subjects and one timeline")
        self.assertIsNone(re.search(r"https?://|<script|src=|@import", page), "the page needs nothing else")
        self.assertIn("hys_law_candidate", {row["kind"] for row in self.table("deviations.csv")})

    def refused(self, result, *parts):
        self.assertEqual(result.returncode, 2, result.stdout)
        for part in parts:
            self.assertIn(part, result.stderr)
        self.assertFalse(os.path.exists(self.out))

    def test_refuses_what_it_cannot_read(self):
        self.ex = self.ex.replace("mipomersen", "OTHER")
        self.refused(self.audit(), "OTHER (9 doses)", "--treatment NAME")
        self.refused(self.audit("--profile", "labl"), "did you mean 'label'?")
        self.refused(self.audit("--grace", "3"), "write \"3 d\"")
        self.lb = self.lb.replace("LBDTC", "LBDT")
        self.refused(self.audit(), "the column LBDTC is missing")
        self.refused(self.call("--lb", os.path.join(self.folder, "no.csv"), "--out", self.out), "no.csv")

    def test_broken_row_refuses_the_file(self):
        self.lb += "S-1,ALT\n"
        self.refused(self.audit(), "expected 6 fields, found 2", "lb.csv:19")

    def test_output_that_cannot_be_written(self):
        result = self.call("--lb", self.put("lb.csv", self.lb), "--out", os.path.join(self.put("file", ""), "x"))
        self.assertEqual(result.returncode, 2)
        self.assertIn("folder", result.stderr)

    def test_interrupted_writes_nothing(self):
        rows = "".join(panel("S-9", -7) for _ in range(2000))
        path = self.put("lb.csv", self.lb)
        with open(path, "a", encoding="utf-8") as file:
            for _ in range(300):
                file.write(rows)
        process = subprocess.Popen([PROGRAM, "audit", PROGRAMME, "--lb", path, "--out", self.out],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 130, error)
        self.assertIn("nothing was written", error)
        self.assertFalse(os.path.exists(self.out))


@unittest.skipUnless(os.path.exists(pilot("lb.xpt")), "skipped: absent: shared/data/cdisc-pilot")
class Pilot(Study):
    """306 subjects of another drug, to which the hepatic region is applied."""

    def run_on(self, ending):
        out = os.path.join(self.folder, ending)
        named = [(option, pilot(f"{option[2:]}.{ending}")) for option in ("--lb", "--dm", "--ex", "--ds")]
        result = self.call(*(part for pair in named for part in pair), "--ae", pilot("ae.csv"), "--region", "hepatic",
                           "--treatment", "XANOMELINE", "--treatment", "PLACEBO", "--grace", "3 d", "--out", out)
        self.assertEqual(result.returncode, 0, result.stderr)
        return out

    def test_csv_and_transport_give_the_same_answer(self):
        a, b = self.run_on("csv"), self.run_on("xpt")
        for name in ("deviations.csv", "candidates.csv"):
            self.assertEqual(self.table(name, a), self.table(name, b), name)
        places = r"\S*\.(csv|xpt):\d+(:\d+)?"
        for x, y in zip(self.table("subjects.csv", a), self.table("subjects.csv", b), strict=True):
            self.assertEqual([re.sub(places, "ROW", v) for v in x.values()],
                             [re.sub(places, "ROW", v) for v in y.values()])
        one, other = self.summary(a), self.summary(b)
        for summary in (one, other):
            del summary["files"]
        self.assertEqual(one, other)

    def test_the_subject_above_both_limits_is_cholestatic(self):
        out = self.run_on("xpt")
        self.assertEqual(sum(self.summary(out)["subjects"].values()), 306)
        rows = {row["subject"]: row for row in self.table("candidates.csv", out)}
        self.assertEqual(list(rows), ["01-705-1186"])
        row = rows["01-705-1186"]
        self.assertEqual(row["verdict"], "cholestatic")
        self.assertEqual((row["peak_AST"], row["peak_BILI"], row["peak_ALP"]), ("3.97", "5.94", "5.97"))


if __name__ == "__main__":
    unittest.main()
