"""`dosewright simulate` as its users meet it. Usage: simulate_test.py PROGRAM

The theophylline data of the shared folder are looked for in $DOSEWRIGHT_SHARED_DATA/pk, else in
../shared/data/pk beside the repository; without them that test is skipped and says so.
"""

import csv
import json
import math
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
PROGRAMME = os.path.join(ROOT, "programmes", "mipomersen")


def shared_pk():
    folder = os.environ.get("DOSEWRIGHT_SHARED_DATA", os.path.join(ROOT, "..", "shared", "data"))
    return os.path.join(folder, "pk")


class Desk(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="dosewright-")
        self.out = os.path.join(self.folder, "p.csv")

    def tearDown(self):
        shutil.rmtree(self.folder)

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        return path

    def call(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=600,
                              cwd=self.folder, check=False)

    def simulate(self, data, *more, model="pk1"):
        path = self.put("d.csv", data)
        return self.call("simulate", "--model", model, "--data", path, "--out", self.out, *more)

    def rows(self):
        with open(self.out, encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def refused(self, result, *parts):
        self.assertEqual(result.returncode, 2, result.stderr)
        for part in parts:
            self.assertIn(part, result.stderr)
        self.assertFalse(os.path.exists(self.out))
        self.assertEqual([name for name in os.listdir(self.folder) if name.endswith(".part")], [])


class BadInput(Desk):
    def test_rows(self):
        cases = [
            ("ID,TIME,AMT\n1,0,x\n", "d.csv:2:5", "row 1, column 'AMT'", "found 'x'"),
            ("ID,TIME,EVID\n1,0,7\n", "d.csv:2:5", "column 'EVID'", "from 0 to 4"),
            ("ID,TIME,AMT,ADDL\n1,0,10,3\n", "ADDL 3 needs the interval"),
            ("ID,TIME,AMT,SS\n1,0,10,1\n", "SS 1 needs the interval"),
            ("ID,TIME,AMT,RATE\n1,0,10,-3\n", "d.csv:2:8", "a rate above 0, -1 or -2"),
            ("ID,TIME,AMT,RATE\n1,0,10,-2\n", "RATE -2 needs D1"),
            ("ID,TIME,AMT,CMT\n1,0,10,3\n", "column 'CMT'", "1 to 1"),
            ("ID,TIME,AMT\n1,5,10\n1,4,.\n", "d.csv:3:3", "time runs back from 5 to 4"),
            ("ID,TIME,AMT\n1,8:30,10\n", "clock times are not supported"),
            ("ID,TIME,AMT\n1,0\n", "expected 3 fields, found 2"),
            ("ID,TIME,\"AMT\n", "a quoted field has no end"),
            ("ID,AMT\n1,10\n", "column 'TIME' is missing"),
            ("ID,TIME,DATE\n1,0,1\n", "dates are not supported"),
            ("ID,TIME,CLL\n1,0,1\n", "column 'CLL'", "did you mean 'CL'", "--ignore CLL"),
            ("", "the file is empty"),
            ("ID,TIME,AMT\n1,0,1e999\n", "expected a number"),
        ]
        for data, *parts in cases:
            with self.subTest(data):
                self.refused(self.simulate(data), *parts)

    def test_all_faults_at_once_and_as_json(self):
        data = "ID,TIME,AMT,EVID\n1,0,x,1\n1,y,.,0\n2,0,5,9\n"
        result = self.simulate(data)
        self.refused(result, "row 1", "row 2", "row 3", "3 faults")
        listed = json.loads(self.simulate(data, "--json").stdout)["faults"]
        self.assertEqual([fault["line"] for fault in listed], [2, 3, 4])
        self.assertEqual([fault["column"] for fault in listed], [5, 3, 7])

    def test_arguments(self):
        data = "ID,TIME,AMT\n1,0,10\n"
        self.refused(self.simulate(data, "--covariates", "next", "--format", "xml", "--tol", "0",
                                   "--threads", "-1", "--random", "some", "--solver", "fast",
                                   "--seed", "-4", "--column", "ID", "--comment", "ab"),
                     "--covariates", "--format", "--tol", "--threads", "--random", "--solver",
                     "--seed", "--column", "--comment")
        self.refused(self.simulate(data, "--outputs", "CQ"), "no 'CQ'", "it has CENTRAL, CP")
        self.refused(self.simulate(data, "--ignore", "WT"), "no column 'WT' to ignore")
        self.refused(self.simulate(data, model="pk1_orl"), "did you mean 'pk1_oral'")
        self.assertEqual(self.simulate(data, "--bogus").returncode, 2)
        self.assertEqual(self.call("simulate", "--model", "pk1").returncode, 2)
        missing = self.call("simulate", "--model", "pk1", "--data", "none.csv", "--out", self.out)
        self.refused(missing, "none.csv")
        away = self.call("simulate", "--model", "pk1", "--data", self.put("d.csv", data),
                         "--out", os.path.join(self.folder, "no", "p.csv"))
        self.refused(away, "no/p.csv", "check the path")

    def test_parameters(self):
        data = "ID,TIME,AMT\n1,0,10\n"
        self.refused(self.simulate(data, "--params", self.put("p.toml", "CLL = 4\n")), "CLL")
        self.refused(self.simulate(data, "--params", self.put("p.toml", "CL = \"4 L\"\n")),
                     "p.toml:1")
        self.refused(self.simulate(data, "--params", self.put("p.toml", "CL = = 4\n")), "p.toml:1")
        text = self.put("m.txt", "d/dt(A) [mg] = -k * A\n")
        self.refused(self.simulate(data, model=text), "--params")

    def test_what_was_there_stays(self):
        with open(self.out, "w", encoding="utf-8") as file:
            file.write("before")
        self.assertEqual(self.simulate("ID,TIME,AMT\n1,0,x\n").returncode, 2)
        with open(self.out, encoding="utf-8") as file:
            self.assertEqual(file.read(), "before")


class Good(Desk):
    def test_the_first_example(self):
        result = self.simulate("ID,TIME,AMT,II,ADDL,DV\n1,0,100,12,3,.\n1,2,.,.,.,1.4\n"
                               "1,24,.,.,.,0.9\n", model="pk1_oral")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("1 subjects, 3 records, 0 failed; a linear model, solved exactly",
                      result.stdout)
        self.assertIn("Not a medical device", result.stdout)
        rows = self.rows()
        self.assertEqual(list(rows[0]), ["ID", "TIME", "AMT", "II", "ADDL", "DV", "EVID", "CP"])
        ka, ke, dose = 1.0, 5 / 50, 100 / 50
        expected = dose * ka / (ka - ke) * (math.exp(-ke * 2) - math.exp(-ka * 2))
        self.assertLess(abs(float(rows[1]["CP"]) / expected - 1), 1e-9)

    def test_byte_order_mark_crlf_and_quotes(self):
        result = self.simulate("\ufeff\"ID\",TIME,\"AMT\"\r\n\"A, b\",0,100\r\n\"A, b\",1,.\r\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = self.rows()
        self.assertEqual([row["ID"] for row in rows], ["A, b", "A, b"])
        self.assertAlmostEqual(float(rows[1]["CP"]), 2 * math.exp(-0.1), places=12)

    def test_modelled_duration_reset_and_steady_state(self):
        result = self.simulate(
            "ID,TIME,AMT,RATE,II,SS,EVID,D1\n1,0,100,-2,.,.,1,4\n1,4,.,.,.,.,0,4\n"
            "1,0,.,.,.,.,3,4\n1,0,.,.,.,.,0,4\n1,1,100,.,12,1,4,4\n")
        self.assertEqual(result.returncode, 0, result.stderr)
        cp = [float(row["CP"]) for row in self.rows()]
        self.assertAlmostEqual(cp[1], 25 / 5 * -math.expm1(-0.4), places=12)
        self.assertEqual(cp[3], 0)
        self.assertAlmostEqual(cp[4], 2 / -math.expm1(-1.2), places=12)

    def test_a_subject_without_steady_state_makes_exit_code_1(self):
        result = self.simulate("ID,TIME,AMT,SS,II,CL\n1,0,100,1,12,0\n2,0,100,1,12,5\n")
        self.assertEqual(result.returncode, 1)
        self.assertIn("subject 1: from row 1 on: no steady state", result.stderr)
        self.assertEqual(self.rows()[0]["CP"], ".")
        self.assertNotEqual(self.rows()[1]["CP"], ".")

    def test_a_million_records_in_bounded_memory(self):
        with open(PROGRAM, "rb") as program:
            code = program.read()
        # A sanitizer reserves terabytes of addresses: there the limit would say nothing.
        limited = b"__asan_init" not in code and b"__tsan_init" not in code
        subjects = 20000 if limited else 1000
        path = os.path.join(self.folder, "large.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("ID,TIME,AMT,II,ADDL\n")
            for i in range(subjects):
                file.write(f"{i},0,100,24,3\n" + "".join(f"{i},{t},.,.,.\n" for t in range(1, 50)))
        before = time.monotonic()

        def limit():
            resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))

        process = subprocess.run([PROGRAM, "simulate", "--model", "pk1_oral", "--data", path, "--out",
                                  self.out, "--json"], capture_output=True, text=True, check=False,
                                 preexec_fn=limit if limited else None)
        self.assertEqual(process.returncode, 0, process.stderr)
        self.assertEqual(json.loads(process.stdout)["records"], subjects * 50)
        with open(self.out, encoding="utf-8") as file:
            self.assertEqual(sum(1 for _ in file), subjects * 50 + 1)
        print(f"{subjects * 50} records: {time.monotonic() - before:.1f} s", file=sys.stderr)


class Documented(Desk):
    """Every command of docs/simulate.md."""

    def commands(self):
        with open(os.path.join(ROOT, "docs", "simulate.md"), encoding="utf-8") as file:
            text = file.read()
        blocks = re.findall(r"```\n(.*?)```", text.split("## Worked examples")[1], re.DOTALL)
        return [line for block in blocks for line in block.splitlines()
                if line.startswith("dosewright simulate")]

    def test_all(self):
        self.put("mine.toml", "CL = \"6 L/h\"\nV1 = 22\n")
        self.put("d.csv", "ID,TIME,AMT\n1,0,100\n1,5,.\n")
        self.put("doses.csv", "ID,TIME,AMT,II,ADDL,DV\n1,0,100,12,3,.\n1,2,.,.,.,1.4\n")
        self.put("other.csv", "Subject,Time,AMT,note,arm\n1,0,100,a,x\n1,3,.,b,x\n")
        self.put("weight.txt", "CP [mg/L] = A / V\n"
                               "d/dt(A) [mg] = -CL * (WT / 70 kg) ^ 0.75 * CP\n")
        self.put("weight.toml", "CL = \"5 L/h\"\nV = \"50 L\"\n[covariates]\nWT = \"70 kg\"\n")
        self.put("wt.csv", "ID,TIME,AMT,WT\n1,0,100,70\n1,5,.,90\n1,9,.,90\n")
        self.put("weekly.csv", "ID,TIME,AMT,II,ADDL\n1,0,200,168,3\n1,4,.,.,.\n1,700,.,.,.\n")
        self.put("commented.csv", "ID,TIME,AMT\nC,0,1\n1,0,100\n")
        self.put("theoph.toml", "KA = \"1.5 1/h\"\nCL = \"2.8 L/h\"\nV = \"32 L\"\n")
        self.put("theoph_nonmem.csv", "ID,TIME,AMT,DV,WT\n1,0,320,.,80\n1,1,.,8,80\n")
        os.symlink(os.path.abspath(os.path.join(ROOT, "programmes")),
                   os.path.join(self.folder, "programmes"))
        commands = self.commands()
        self.assertGreaterEqual(len(commands), 7)
        for command in commands:
            with self.subTest(command):
                result = self.call(*command.split()[1:])
                self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(len(self.rows()), 2)
        with open(os.path.join(self.folder, "p.json"), encoding="utf-8") as file:
            self.assertEqual(len(json.load(file)["records"]), 2)

    def test_help_teaches(self):
        text = self.call("simulate", "--help").stdout
        for part in ["Example", "Exit code", "--covariates", "pk3_oral", "docs/simulate.md"]:
            self.assertIn(part, text)

    def test_theophylline(self):
        path = os.path.join(shared_pk(), "theoph.csv")
        if not os.path.exists(path):
            self.skipTest(f"the theophylline data are not there: {path}")
        lines, last = ["ID,TIME,AMT,DV,WT"], None
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["Subject"] != last:
                    last = row["Subject"]
                    dose = float(row["Wt"]) * float(row["Dose"])
                    lines.append(f"{last},0,{dose!r},.,{row['Wt']}")
                lines.append(f"{last},{row['Time']},.,{row['conc']},{row['Wt']}")
        params = self.put("theoph.toml", "KA = \"1.5 1/h\"\nCL = \"2.8 L/h\"\nV = \"32 L\"\n")
        result = self.simulate("\n".join(lines) + "\n", "--params", params, "--ignore", "WT",
                               model="pk1_oral")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        rows = self.rows()
        self.assertEqual(len({row["ID"] for row in rows}), 12)
        self.assertEqual(len(rows), 12 + 132)
        pairs = [(float(row["DV"]), float(row["CP"])) for row in rows if row["EVID"] == "0"]
        error = sum(abs(dv - cp) for dv, cp in pairs) / len(pairs)
        self.assertLess(error, 1.5)  # mg/L, of concentrations up to 11: the model fits on the whole
        ka, ke, dose = 1.5, 2.8 / 32, 79.6 * 4.02 / 32
        t = 1.12
        expected = dose * ka / (ka - ke) * (math.exp(-ke * t) - math.exp(-ka * t))
        found = [float(row["CP"]) for row in rows if row["ID"] == "1" and row["TIME"] == "1.12"]
        self.assertLess(abs(found[0] / expected - 1), 1e-9)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
