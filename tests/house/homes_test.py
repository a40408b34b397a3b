"""docs/homes.md: every file and every id that it names as the home of a statement is there."""

import csv
import functools
import os
import re
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FOLDER = os.path.join(ROOT, "programmes", "mipomersen")
# Sentences that a home is allowed to be instead of a file.
IN_WORDS = ("the rows of S2 above", "no home, because")
KEY = re.compile(r'\b(?:id|name|code|about|status|fact|what|system|profile)\s*=\s*"([^"]+)"')
TABLE = re.compile(r"^\s*\[+([\w.\-]+)\]+", re.MULTILINE)


@functools.lru_cache(maxsize=None)
def ids_of(path):
    """The ids of a file of data: keys that name something, and the last word of each table."""
    with open(path, encoding="utf-8") as file:
        if path.endswith(".csv"):
            return {row[0] for row in csv.reader(file) if row}
        text = file.read()
    tables = {name.split(".")[-1] for name in TABLE.findall(text)}
    return set(KEY.findall(text)) | tables | {os.path.splitext(os.path.basename(path))[0]}


def rows_of(page):
    """(line, statement, place, home) of each row of the tables."""
    for number, line in enumerate(page.split("\n"), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("|") and len(cells) == 3 and cells[0] not in ("statement", "---"):
            yield number, *cells


def faults_of(page, folder):
    """Everything that is wrong with the page, and the set of (file, id) that it names."""
    faults, named = [], set()
    for number, statement, place, home in rows_of(page):
        if not statement or not place or not home:
            faults.append(f"{number}: an empty cell")
        if home.startswith(IN_WORDS):
            continue
        path = None
        for word in re.findall(r"`([^`]+)`", home):
            if word.endswith((".toml", ".csv", ".txt")):
                path = os.path.join(folder, word)
                if not os.path.isfile(path):
                    faults.append(f"{number}: there is no file {word}")
                    path = None
            elif path is not None:
                named.add((os.path.basename(path), word))
                if word not in ids_of(path):
                    faults.append(f"{number}: {os.path.basename(path)} has no '{word}'")
        if "`" not in home:
            faults.append(f"{number}: no home is named")
    return faults, named


class Homes(unittest.TestCase):
    def setUp(self):
        with open(os.path.join(ROOT, "docs", "homes.md"), encoding="utf-8") as file:
            self.page = file.read()

    def test_every_home_is_there(self):
        faults, _ = faults_of(self.page, FOLDER)
        self.assertEqual(faults, [])
        self.assertGreater(len(list(rows_of(self.page))), 150)

    def test_every_statement_and_rule_of_entry_is_named(self):
        _, named = faults_of(self.page, FOLDER)
        for name in ("statements.toml", "eligibility.toml", "reactions.toml"):
            with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
                ids = re.findall(r'\bid = "([^"]+)"', file.read())
            self.assertEqual([one for one in ids if (name, one) not in named], [], name)

    def test_it_can_fail(self):
        head = "| statement | place | home |\n| --- | --- | --- |\n"
        for row, part in [("| a | b | `facts.toml` `no_such_fact` |", "no 'no_such_fact'"),
                          ("| a | b | `fact.toml` `hofh` |", "no file"),
                          ("| a | b | somewhere |", "no home")]:
            faults, _ = faults_of(head + row + "\n", FOLDER)
            self.assertTrue(any(part in one for one in faults), (row, faults))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-v"])
