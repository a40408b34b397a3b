#!/usr/bin/env python3
"""Fails on every edge between modules that the house does not allow.

A module may use only modules that its CMakeLists.txt names in DEPENDS, each on a lower floor; the floors
are the list in cmake/modules.cmake. Below the top floor nothing prints or reads the clock. No line of C++
but of tests names a drug, in code or comment: its ingredient, its brands and its synonyms are read from
programmes/*/programme.toml. Every source that lies in a module's folder is built.

usage: layering.py REPOSITORY
"""

import os
import re
import sys
import tomllib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import source_text  # noqa: E402

INCLUDE = re.compile(r"^[ \t]*#[ \t]*include[ \t]*([\"<])([^\">]+)[\">]", re.MULTILINE)
KEYWORDS = ("DEPENDS", "LIBRARIES", "TEST_LIBRARIES", "SOURCES", "TESTS", "BENCHES", "LABELS")

PRINTS = re.compile(r"\bstd::(?:cout|cerr|clog)\b|\bfmt::print(?:ln)?\s*\(|\bstd::print(?:ln)?\s*\("
                    r"|(?<![\w.>])(?:std::)?(?:f?printf|puts|putchar|fputs|perror)\s*\(")
CLOCK = re.compile(r"\b(?:system_clock|steady_clock|high_resolution_clock|utc_clock)\b"
                   r"|(?<![\w.>])(?:std::)?(?:gettimeofday|clock_gettime|localtime(?:_r)?|timespec_get)\s*\("
                   r"|(?<![\w.>:])(?:std::|::)?time\s*\(\s*(?:nullptr|NULL|0)\s*\)")

# A failed DW_CHECK says why before it ends the process; nothing above could print it afterwards.
MAY_PRINT = {"dosewright/base/check.cpp"}
MAY_PRINT_AND_READ_THE_CLOCK = {"cli"}


def read_floors(root):
    """Floor by module name, from the list in cmake/modules.cmake."""
    text = re.sub(r"#[^\n]*", "", source_text.read(os.path.join(root, "cmake", "modules.cmake")))
    found = re.search(r"set\(DOSEWRIGHT_FLOORS([^)]*)\)", text)
    return {name: int(floor) for name, floor in re.findall(r"(\w+)=(\d+)", found.group(1))}


def read_depends(path):
    """(module name, DEPENDS, all words) of a module's CMakeLists.txt, or None without a module."""
    text = re.sub(r"#[^\n]*", "", source_text.read(path))
    found = re.search(r"dosewright_module\(\s*(\w+)([^)]*)\)", text)
    if not found:
        return None
    depends, keyword = [], None
    for word in found.group(2).split():
        if word in KEYWORDS:
            keyword = word
        elif keyword == "DEPENDS":
            depends.append(word)
    return found.group(1), depends, set(found.group(2).split())


def read_drug_names(root):
    """What the programmes call their drugs: folder, name, synonyms, and the title with its brands."""
    names = set()
    programmes = os.path.join(root, "programmes")
    for folder in sorted(os.listdir(programmes)) if os.path.isdir(programmes) else []:
        names.add(folder)
        path = os.path.join(programmes, folder, "programme.toml")
        if not os.path.isfile(path):
            continue
        identity = tomllib.loads(source_text.read(path))
        names.add(identity.get("name", folder))
        names.update(identity.get("synonyms", []))
        for brands in re.findall(r"\(([^)]*)\)", identity.get("title", "")):
            names.update(brand.strip() for brand in brands.split(","))
    return sorted(name for name in names if name)


class House:
    """One repository's modules, and the faults found in them."""

    def __init__(self, root):
        self.root = root
        self.floors = read_floors(root)
        self.faults = []
        self.n_files = 0
        self.drugs = read_drug_names(root)
        self.n_drug_lines = 0

    def check(self):
        modules = os.path.join(self.root, "dosewright")
        for name in sorted(os.listdir(modules)):
            if os.path.isdir(os.path.join(modules, name)) and os.listdir(os.path.join(modules, name)):
                self.check_module(name)
        return self.faults

    def check_module(self, name):
        place = f"dosewright/{name}/CMakeLists.txt"
        if name not in self.floors:
            self.faults.append(f"dosewright/{name}: module '{name}' has no floor; "
                               "give it one in cmake/modules.cmake")
            return
        if not os.path.exists(os.path.join(self.root, place)):
            self.faults.append(f"{place}: expected, not found; every module is declared")
            return
        declared = read_depends(os.path.join(self.root, place))
        if declared is None or declared[0] != name:
            self.faults.append(f"{place}: expected dosewright_module({name} ...)")
            return
        self.check_edges(place, name, declared[1])
        self.check_files(name, declared[1])
        self.check_all_built(place, name, declared[2])

    def check_edges(self, place, name, depends):
        for other in depends:
            if other not in self.floors:
                self.faults.append(f"{place}: DEPENDS on '{other}', which is no module")
            elif self.floors[other] >= self.floors[name]:
                self.faults.append(
                    f"{place}: {name} (floor {self.floors[name]}) DEPENDS on {other} (floor "
                    f"{self.floors[other]}); only lower floors may be used")

    def check_all_built(self, place, name, words):
        """A test that no one lists would never run, and nobody would notice."""
        folder = os.path.join(self.root, "dosewright", name)
        for file in sorted(os.listdir(folder)):
            if file.endswith(".cpp") and file != "main.cpp" and file not in words:
                self.faults.append(f"{place}: does not build {file}")

    def check_files(self, name, depends):
        for folder, _, files in os.walk(os.path.join(self.root, "dosewright", name)):
            for file in sorted(files):
                if file.endswith(source_text.CPP_SUFFIXES):
                    path = os.path.relpath(os.path.join(folder, file), self.root)
                    self.n_files += 1
                    self.check_file(path, name, depends)

    def check_file(self, path, name, depends):
        whole = source_text.read(os.path.join(self.root, path))
        text = source_text.blank(whole, keep_strings=True)
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start(2)) + 1
            self.check_include(f"{path}:{line}", name, depends, match.group(1), match.group(2))
        is_test = re.search(r"_(test|bench)\.[ch]pp$", path)
        if not is_test:
            self.check_drugs(path, whole)
        if not is_test and name not in MAY_PRINT_AND_READ_THE_CLOCK:
            self.check_code(path, text)

    def check_include(self, place, name, depends, quote, target):
        parts = target.split("/")
        if parts[0] != "dosewright":
            if quote == '"':
                self.faults.append(f"{place}: #include \"{target}\" is not by its full path; "
                                   "write \"dosewright/<module>/...\"")
            return
        other = parts[1] if len(parts) > 2 else ""
        if other not in self.floors:
            self.faults.append(f"{place}: #include of {target}: '{other}' is no module")
        elif other != name and other not in depends:
            self.faults.append(f"{place}: #include of {target}, but {name} does not name {other} "
                               "in DEPENDS")

    def check_code(self, path, text):
        code = source_text.blank(text)
        rules = [(PRINTS, "prints; only cli prints")] if path not in MAY_PRINT else []
        rules.append((CLOCK, "reads the clock; take the instant as an argument"))
        for pattern, message in rules:
            for match in pattern.finditer(code):
                line = code.count("\n", 0, match.start()) + 1
                self.faults.append(f"{path}:{line}: '{match.group(0).strip()}' {message}")

    def check_drugs(self, path, text):
        for number, line in enumerate(text.splitlines(), 1):
            named = [drug for drug in self.drugs
                     if re.search(rf"\b{re.escape(drug)}\b", line, re.IGNORECASE)]
            self.n_drug_lines += bool(named)
            for drug in named:
                self.faults.append(f"{path}:{number}: names the drug '{drug}'; a drug is a folder of "
                                   "data, no C++")


def main():
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        print(__doc__)
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    house = House(sys.argv[1])
    faults = house.check()
    for fault in faults:
        print(fault)
    print(f"layering: {house.n_files} files, {len(faults)} faults; of {len(house.drugs)} names of drugs, "
          f"{house.n_drug_lines} lines of C++ hold one")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
