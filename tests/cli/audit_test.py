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
FILES = ["audit.html", "candidates.csv", "deviations.csv", "study.csv", "subjects.csv", "summary.json"]
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
        self.assertEqual([*summary["not_judged_reasons"].values()], [1])

    def test_where_nobody_is_judged_silence_is_no_answer(self):
        self.lb = self.lb.replace(",40,", ",,").replace(",20,20", ",20,")
        told = self.audit().stdout
        self.assertIn('3  ALT has no upper limit of normal', told)
        self.assertIn('say it once for all: --uln "ALT=LIMIT UNIT"', told)
        self.assertIn("not judged: no subject could be judged", told)
        self.assertNotIn("nobody passes", told)
        with open(os.path.join(self.out, "audit.html"), encoding="utf-8") as file:
            self.assertNotIn("Nobody passed", file.read())

    def test_what_the_study_never_measured_is_said_once(self):
        files = ("--lb", self.put("lb.csv", self.lb),
                 "--ex", self.put("ex.csv", self.ex + dose("S-1", 21) + dose("S-1", 28)), "--out", self.out)
        self.assertEqual(self.call(*files).returncode, 0)
        rows = {row["test"]: row for row in self.table("study.csv")}
        self.assertEqual((rows["LDL"]["subjects"], rows["LDL"]["rules"]), ("1", "lipids-first-year"))
        self.assertNotIn("ALT", rows)
        self.assertNotIn("lipids-first-year", {row["rule"] for row in self.table("deviations.csv")})
        summary = self.summary()
        said = {one["test"]: one["subjects"] for one in summary["never_measured"]}
        self.assertEqual({name: str(count) for name, count in said.items()},
                         {name: row["subjects"] for name, row in rows.items()})
        with open(os.path.join(self.out, "audit.html"), encoding="utf-8") as file:
            self.assertIn("The study as a whole", file.read())
        self.assertEqual(self.call(*files, "--absent-by-subject").returncode, 0)
        found = [row for row in self.table("deviations.csv") if row["rule"] == "lipids-first-year"]
        self.assertEqual([row["subject"] for row in found], ["S-1"])
        self.assertEqual(self.summary()["never_measured"], summary["never_measured"])

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

    def wait_until_open(self, process, path):
        """Until the program reads the file: from then on it knows what to do when it is interrupted."""
        folder = f"/proc/{process.pid}/fd"
        for _ in range(6000):
            for name in os.listdir(folder):
                try:
                    if os.readlink(os.path.join(folder, name)) == os.path.realpath(path):
                        return
                except FileNotFoundError:
                    pass  # closed meanwhile
            time.sleep(0.01)
        self.fail("the program never opened its file")

    def test_interrupted_writes_nothing(self):
        rows = "".join(panel("S-9", -7) for _ in range(2000))
        path = self.put("lb.csv", self.lb)
        with open(path, "a", encoding="utf-8") as file:
            for _ in range(300):
                file.write(rows)
        process = subprocess.Popen([PROGRAM, "audit", PROGRAMME, "--lb", path, "--out", self.out],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.wait_until_open(process, path)
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


DOSING = ("dose_while_withheld", "dose_without_test", "dose_above_reduced", "stopped_late", "missed_dose_rule")
ARMS = ("--arm", "70 mg TIW=70mg-tiw", "--arm", "30 mg QD=30mg-qd", "--treatment", "PLACEBO")


def later(date, days):
    return (datetime.datetime.fromisoformat(date) + datetime.timedelta(days=days)).isoformat(timespec="minutes")


class Export(Study):
    """A virtual study is written, read back, and deviations planted into it are found."""

    unaltered = None

    @classmethod
    def setUpClass(cls):
        cls.home = tempfile.mkdtemp(prefix="dosewright-")
        out = os.path.join(cls.home, "trial")
        done = subprocess.run([PROGRAM, "trial", PROGRAMME, "--design", "schedules", "--patients", "40", "--replicates",
                               "1", "--export", "sdtm", "--out", out], capture_output=True, text=True, timeout=600,
                              check=False)
        assert done.returncode == 0, done.stderr
        cls.study = {}
        for name in ("dm", "ex", "lb", "ae", "ds"):
            with open(os.path.join(out, "sdtm", name + ".csv"), encoding="utf-8", newline="") as file:
                cls.study[name] = list(csv.DictReader(file))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.home)

    def findings(self, **changed):
        """The rows of deviations.csv for the study, some of its tables exchanged."""
        arguments = []
        for name, rows in {**self.study, **changed}.items():
            path = os.path.join(self.folder, name + ".csv")
            with open(path, "w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
            arguments += ["--" + name, path]
        result = self.call(*arguments, *ARMS, "--out", self.out)
        self.assertEqual(result.returncode, 0, result.stderr)
        return self.table("deviations.csv")

    def new(self, **changed):
        """Kind and rule, by subject, of what is found beside the findings of the study as it came."""
        before = {tuple(row.values()) for row in self.as_it_came()}
        return {(row["subject"], row["kind"], row["rule"]) for row in self.findings(**changed)
                if tuple(row.values()) not in before}

    def as_it_came(self):
        if Export.unaltered is None:
            Export.unaltered = self.findings()
        return Export.unaltered

    def elevated(self, low, high):
        """(subject, date) of readings of ALT on a programme's dose, in multiples of the limit."""
        placebo = {dose["USUBJID"] for dose in self.study["ex"] if dose["EXTRT"] == "PLACEBO"}
        for row in self.study["lb"]:
            ratio = float(row["LBSTRESN"]) / float(row["LBSTNRHI"]) if row["LBTESTCD"] == "ALT" else 0
            if low <= ratio < high and row["USUBJID"] not in placebo:
                yield row["USUBJID"], row["LBDTC"]

    def quiet(self):
        """A subject without a finding who was dosed for the whole two years."""
        found = {row["subject"] for row in self.as_it_came()}
        full = {row["USUBJID"] for row in self.study["ds"] if row["DSDECOD"] == "COMPLETED"}
        weekly = {row["USUBJID"] for row in self.study["dm"] if row["ARM"] == "200 mg QW"}
        high = {who for who, _ in self.elevated(2, 99)}
        return sorted((full & weekly) - found - high)[0]

    def test_unaltered_there_is_no_dosing_deviation(self):
        self.findings()
        summary = self.summary()
        self.assertEqual(summary["subjects"], {"judged": 40})
        self.assertEqual([summary["by_kind"][kind] for kind in DOSING], [0] * len(DOSING))
        doses = sum(int(row["doses"]) for row in self.table("subjects.csv"))
        self.assertEqual(doses, len(self.study["ex"]))
        readings = sum(int(row["readings"]) for row in self.table("subjects.csv"))
        self.assertGreater(readings, 3000)

    def test_a_dose_while_withheld(self):
        high = list(self.elevated(3, 5))
        who, when = next((a, x) for (a, x), (b, y) in zip(high, high[1:]) if a == b and later(x, 7) == y)
        dose = dict(next(row for row in self.study["ex"] if row["USUBJID"] == who))
        dose["EXSTDTC"] = dose["EXENDTC"] = later(when, 9)
        self.assertIn((who, "dose_while_withheld", "hepatic.confirmed"), self.new(ex=self.study["ex"] + [dose]))

    def test_a_confirmation_removed(self):
        who, when = next(self.elevated(3, 5))
        rows = [row for row in self.study["lb"]
                if row["USUBJID"] != who or not later(when, 1) <= row["LBDTC"] <= later(when, 10)]
        self.assertLess(len(rows), len(self.study["lb"]))
        kinds = {(kind, rule) for subject, kind, rule in self.new(lb=rows) if subject == who}
        self.assertTrue({("confirmation_late", "hepatic.confirm"), ("confirmation_missing", "hepatic.confirm")} & kinds,
                        kinds)

    def test_a_lab_removed(self):
        who = self.quiet()
        first = next(row["RFXSTDTC"] for row in self.study["dm"] if row["USUBJID"] == who)
        rows = [row for row in self.study["lb"] if row["USUBJID"] != who or row["LBTESTCD"] != "BILI"
                or not later(first, 100) <= row["LBDTC"] <= later(first, 125)]
        self.assertEqual(len(rows), len(self.study["lb"]) - 1)
        self.assertIn((who, "test_overdue", "hepatic-first-year"), self.new(lb=rows))

    def test_a_bilirubin_raised(self):
        who = self.quiet()
        first = next(row["RFXSTDTC"] for row in self.study["dm"] if row["USUBJID"] == who)
        rows = [dict(row) for row in self.study["lb"]]
        for row in rows:
            visit = row["USUBJID"] == who and later(first, 80) <= row["LBDTC"] <= later(first, 90)
            if visit and row["LBTESTCD"] in ("ALT", "BILI"):
                row["LBSTRESN"] = str(2.5 * float(row["LBSTNRHI"]) * (2 if row["LBTESTCD"] == "ALT" else 1))
        found = self.new(lb=rows)
        self.assertIn((who, "stopped_late", "hepatic.stop-bilirubin"), found)
        self.assertIn((who, "hys_law_candidate", "hys_law"), found)

    def test_a_dose_moved_next_to_the_one_after_it(self):
        who = self.quiet()
        rows = [dict(row) for row in self.study["ex"]]
        mine = [row for row in rows if row["USUBJID"] == who]
        pair = next((a, b) for a, b in zip(mine[5:], mine[6:]) if later(a["EXSTDTC"], 7) == b["EXSTDTC"])
        pair[0]["EXSTDTC"] = pair[0]["EXENDTC"] = later(pair[0]["EXSTDTC"], 5)
        self.assertIn((who, "missed_dose_rule", "missed_dose"), self.new(ex=rows))


if __name__ == "__main__":
    unittest.main()
