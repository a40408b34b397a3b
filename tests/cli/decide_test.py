"""Drives `dosewright decide` and `dosewright storage` as a user would. Usage: decide_test.py PROGRAM"""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.path.abspath(sys.argv.pop())
PROGRAMME = "programmes/mipomersen"
PATIENT = "tests/data/decide/virtual_patient.csv"
HEADER = "date,kind,code,value,unit,uln\n"


def run(*arguments, **options):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=600, **options)


def decide(patient, at, *more):
    return run("decide", PROGRAMME, "--patient", patient, "--at", at, *more)


def resolved(schema, root):
    while "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        schema = {**root["$defs"][name], **{k: v for k, v in schema.items() if k != "$ref"}}
    return schema


TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}


def is_type(value, name):
    if name == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if name == "number":
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return isinstance(value, TYPES[name])


def breaches(value, schema, root, path="$"):
    """What in a value breaks the schema: those keywords that docs/decide.schema.json uses."""
    schema = resolved(schema, root)
    known = {"$schema", "$defs", "title", "description", "type", "enum", "pattern", "minLength", "minimum",
             "minItems", "items", "properties", "required", "additionalProperties"}
    found = [f"{path}: unknown keyword {key}" for key in schema if key not in known]
    names = schema.get("type", [])
    names = names if isinstance(names, list) else [names]
    if names and not any(is_type(value, name) for name in names):
        return found + [f"{path}: expected {names}, found {value!r}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{path}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            found.append(f"{path}: is empty")
        if "pattern" in schema and not re.search(schema["pattern"], value):
            found.append(f"{path}: {value!r} is not of the form {schema['pattern']}")
    if isinstance(value, (int, float)) and value < schema.get("minimum", value):
        found.append(f"{path}: {value} is too small")
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            found.append(f"{path}: too few items")
        for index, item in enumerate(value):
            found += breaches(item, schema.get("items", {}), root, f"{path}[{index}]")
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        found += [f"{path}: {key} is missing" for key in schema.get("required", []) if key not in value]
        for key, item in value.items():
            if key in properties:
                found += breaches(item, properties[key], root, f"{path}.{key}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{path}: {key} is not in the schema")
    return found


class Decide(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="dosewright-")
        with open("docs/decide.schema.json", encoding="utf-8") as file:
            self.schema = json.load(file)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        path = os.path.join(self.folder.name, name)
        with open(path, "w" if isinstance(text, str) else "wb") as file:
            file.write(text)
        return path

    def answer(self, patient, at, *more):
        result = decide(patient, at, "--json", *more)
        self.assertEqual((result.returncode, result.stderr), (0, ""), result.stdout)
        answer = json.loads(result.stdout)
        self.assertEqual(breaches(answer, self.schema, self.schema), [])
        return answer

    def refused(self, patient, *parts):
        result = decide(patient, "2013-06-01")
        self.assertEqual(result.returncode, 2)
        self.assertEqual(result.stdout, "")
        for part in parts:
            self.assertIn(part, result.stderr)

    def test_the_validator_bites(self):
        answer = self.answer(PATIENT, "2014-03-01")
        for spoil in [lambda a: a["order"].update(action="perhaps"), lambda a: a.pop("rules"),
                      lambda a: a.update(extra=1), lambda a: a["regions"][0].update(since="soon"),
                      lambda a: a.update(doses="many"), lambda a: a.update(regions=[])]:
            copy = json.loads(json.dumps(answer))
            spoil(copy)
            self.assertNotEqual(breaches(copy, self.schema, self.schema), [])

    def test_a_virtual_patient_through_time_matches_the_schema(self):
        actions = set()
        for at in ["2012-12-31", "2013-03-01", "2013-07-01", "2013-09-01", "2014-01-15", "2014-06-01", "2016-01-01"]:
            for profile in ["label", "study", "cs5"]:
                actions.add(self.answer(PATIENT, at, "--profile", profile)["order"]["action"])
        self.assertLessEqual({"give", "withhold"}, actions)

    def test_text_explains_itself(self):
        result = decide(PATIENT, "2014-03-01", "--jurisdiction", "US")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        for part in ["ORDER:", "STATE of each region", "OWED", "WARNINGS", "ELIGIBILITY", "RULES that were asked",
                     "S2, ", "Not a medical device"]:
            self.assertIn(part, result.stdout)
        self.assertLess(max(len(line) for line in result.stdout.splitlines()), 130)

    def test_explain_and_what_if(self):
        told = decide(PATIENT, "2014-03-01", "--explain", "hepatic.withhold").stdout
        self.assertIn("max(ALT, AST) >= 5 ULN", told)
        self.assertIn("S2, adjustment for toxicity", told)
        result = decide(PATIENT, "2014-03-01", "--explain", "hepatic.withold")
        self.assertEqual(result.returncode, 2)
        self.assertIn("did you mean 'hepatic.withhold'?", result.stderr)
        what_if = decide(PATIENT, "2014-03-01", "--what-if", "ALT=400 U/L@2014-03-02").stdout
        self.assertIn("not in the patient's file", what_if)
        self.assertIn("ORDER: withhold", what_if)

    def test_what_if_of_a_medicine_and_what_is_not_understood(self):
        told = self.answer(PATIENT, "2013-03-25", "--what-if", "paracetamol=4.5 g/d 3 d/wk@2013-03-26")
        self.assertIn("interaction.acetaminophen.above", {one["id"] for one in told["warnings"]})
        self.assertEqual(told["at"], "2013-03-26")
        self.assertIn("what if", {note["kind"] for note in told["notes"]})
        taken = decide(PATIENT, "2013-03-25", "--what-if", "doxycycline=200 mg@2013-03-25", "--what-if", "jaundice=no@2013-03-25")
        self.assertEqual(taken.returncode, 0, taken.stderr)
        self.assertIn("tetracyclines", taken.stdout)
        result = decide(PATIENT, "2013-03-25", "--what-if", "jaundice=mild@2013-03-26", "--what-if", "aspirin@2013-03-26")
        self.assertEqual(result.returncode, 2)
        for part in ['write "jaundice@2013-03-26"', 'another medicine as "MEDICINE=1 g@2013-03-26"']:
            self.assertIn(part, result.stderr)

    def test_where_to_inject_and_how_it_ended(self):
        with open(PATIENT, encoding="utf-8") as file:
            header, *rows = file.read().splitlines()
        sites = iter(["left thigh", "right thigh", "left abdomen"])
        rows = [row + "," + (next(sites, "upper arm") if ",dose," in row else "") for row in rows]
        columns = header.split(",")
        more = {"date": "2013-03-20", "kind": "reaction", "code": "injection_site_reaction", "value": "2",
                "site": "left thigh"}
        rows.append(",".join(more.get(name, "") for name in [*columns, "site"]))
        patient = self.write("sites.csv", "\n".join([header + ",site", *rows]) + "\n")
        told = json.loads(decide(patient, "2013-04-01", "--json").stdout)
        self.assertEqual(breaches(told, self.schema, self.schema), [])
        verdicts = {one["site"]: one["verdict"] for one in told["sites"]["sites"]}
        self.assertEqual(verdicts["left thigh"], "not here")
        self.assertEqual(verdicts["left outer upper arm"], "ask first", "the side of the last dose was not said")
        self.assertEqual(told["sites"]["next"], "right abdomen")
        self.assertIn("where: right abdomen", decide(patient, "2013-04-01").stdout)
        ended = self.write("ended.csv", "\n".join([header + ",site", *rows]) + "\n" +
                           ",".join({"date": "2013-03-30", "kind": "disposition", "code": "withdrew"}.get(name, "")
                                    for name in [*columns, "site"]) + "\n")
        told = json.loads(decide(ended, "2013-04-01", "--json").stdout)
        self.assertEqual(breaches(told, self.schema, self.schema), [])
        self.assertEqual((told["order"]["action"], told["disposition"]["ended"]["what"]), ("stop", "withdrew"))
        self.assertEqual(json.loads(decide(ended, "2013-03-29", "--json").stdout)["order"]["action"], "give")

    def test_supply(self):
        answer = self.answer(PATIENT, "2014-03-01", "--jurisdiction", "EU")
        self.assertEqual(answer["supply"]["status"], "refused")
        self.assertEqual(answer["order"]["action"], "withhold")
        self.assertTrue(any(answer["supply"]["treated"] in one for one in answer["order"]["because"]))
        self.assertIn("tell-liver-signs", [one["id"] for one in answer["advice"]])
        self.assertEqual(self.answer(PATIENT, "2020-01-01", "--jurisdiction", "US")["supply"]["verdict"], "closed")
        self.assertEqual(decide(PATIENT, "2014-03-01", "--jurisdiction", "JP").returncode, 2)

    def test_who_may_start_the_other_drugs_can_be_answered(self):
        labs = "".join(f"2025-09-01,lab,{test},{value},U/L,{uln}\n" for test, value, uln in
                       [("ALT", 20, 40), ("AST", 20, 40), ("ALP", 80, 120)]) + "2025-09-01,lab,BILI,0.5,mg/dL,1.2\n"
        for drug, wanted, unwanted in [
                ("lomitapide", "hofh", ["child_pugh_b_or_c", "active_liver_disease", "cyp3a4_inhibitor", "pregnant"]),
                ("bosentan", "pah", ["child_pugh_b_or_c", "pregnant"])]:
            facts = f"2025-09-01,fact,{wanted},yes,,\n" + "".join(f"2025-09-01,fact,{no},no,,\n" for no in unwanted)
            for rows, action in [(facts, "give"), (facts.replace("pregnant,no", "pregnant,yes"), "do not start"),
                                 (facts.replace(f"{wanted},yes", "pregnant,no"), "do not start")]:
                patient = self.write(f"{drug}.csv", HEADER + rows + labs)
                result = run("decide", f"programmes/{drug}", "--patient", patient, "--at", "2025-09-03",
                             "--jurisdiction", "US", "--json")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                self.assertEqual(json.loads(result.stdout)["order"]["action"], action, drug + rows)

    def test_bad_files(self):
        self.refused(os.path.join(self.folder.name, "nowhere.csv"), "cannot be read")
        self.refused(self.write("a.csv", HEADER + "1970-01-01,birth,,,,\n1971-01-01,birth,,,,\n"), "a second birth date")
        self.refused(self.write("b.csv", HEADER + "2013-05-01,lab,ALT,30,U/L,\n"), "b.csv:2", "--uln")
        self.refused(self.write("c.csv", "date,kind,code\n2013-05-01,symptom,f\xe9ver\n".encode("latin-1")), "iconv")
        self.refused(self.write("g.csv", "\ufeffdate,kind,code,value,unit,uln,text\r\n"
                                "2013-05-01,lab,ALT,30,U/L,41,\"two\r\nlines\"\r\n2013-05-01,dose,mipomersn,200,mg,,\r\n"),
                     "did you mean 'mipomersen'?")
        self.refused(self.write("d.json", '{"facts": [' + "[" * 1_000_000), "nested more than 64 deep")
        self.refused(self.write("e.json", '{"resourceType": "Bundle", "entry": {}}'), "/entry: expected an array")
        self.assertEqual(decide(PATIENT, "yesterday").returncode, 2)
        self.assertEqual(decide(PATIENT, "2014-03-01", "--profile", "lable").returncode, 2)
        listed = decide(self.write("f.csv", HEADER + "2013-05-01,lab,ALT,30,,\n"), "2013-06-01", "--json")
        self.assertEqual(listed.returncode, 2)
        self.assertEqual(len(json.loads(listed.stdout)["faults"]), 1)

    def test_a_file_above_200_mb_is_not_read(self):
        path = os.path.join(self.folder.name, "large.json")
        with open(path, "wb") as file:
            file.truncate(201 << 20)  # sparse: takes no room
        self.refused(path, "at most 200 MB are read")

    def test_hundreds_of_thousands_of_entries(self):
        rows = ["date,kind,code,value,unit,uln"]
        for minute in range(75_000):
            at = f"2013-{1 + minute // 40_000:02}-{1 + minute // 1440 % 27:02}T{minute // 60 % 24:02}:{minute % 60:02}"
            rows += [f"{at},lab,ALT,30,U/L,41", f"{at},lab,AST,30,U/L,41", f"{at},lab,ALP,70,U/L,120",
                     f"{at},lab,BILI,0.5,mg/dL,1.2"]
        answer = self.answer(self.write("many.csv", "\n".join(rows)), "2013-06-01")
        self.assertEqual(answer["entries"], 300_000)
        self.assertEqual(answer["regions"][0]["state"], "treating")

    def test_help(self):
        for command in ["decide", "storage"]:
            text = run(command, "--help").stdout
            self.assertIn("Example", text)
            self.assertIn("Exit code 0", text)


class Storage(unittest.TestCase):
    def judge(self, rows, *more):
        with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
            file.write("time,temperature\n" + rows)
            file.flush()
            return run("storage", PROGRAMME, "--log", file.name, *more)

    def test_the_log_of_the_documentation(self):
        result = run("storage", PROGRAMME, "--log", "tests/data/decide/fridge.csv")
        self.assertEqual(result.returncode, 0)
        self.assertIn("8 h outside 2 to 8 Cel", result.stdout)

    def test_usable_discard_and_faults(self):
        good = self.judge("2013-05-01T08:00,5\n2013-05-01T09:00,6\n")
        self.assertEqual(good.returncode, 0)
        self.assertIn("usable", good.stdout)
        self.assertIn("S2, storage", good.stdout)
        hot = self.judge("2013-05-01T08:00,5\n2013-05-01T09:00,31\n", "--json")
        self.assertEqual(hot.returncode, 1)
        self.assertFalse(json.loads(hot.stdout)["usable"])
        gap = self.judge("2013-05-01,5\n2013-05-03,6\n")
        self.assertEqual(gap.returncode, 2)
        self.assertIn("--longest-gap", gap.stderr)
        self.assertEqual(self.judge("2013-05-01,5\n2013-05-03,6\n", "--longest-gap", "2 d").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0]])
