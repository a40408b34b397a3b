"""The layering check is seen to fail on every edge that it forbids, and to pass on a sound house."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))

FLOORS = "set(DOSEWRIGHT_FLOORS\n  base=0\n  lang=1 num=1\n  model=2\n  cli=6)\n"
SOUND = {
    "cmake/modules.cmake": FLOORS,
    "dosewright/base/CMakeLists.txt": "dosewright_module(base LIBRARIES fmt SOURCES text.cpp)\n",
    "dosewright/base/text.hpp": "#pragma once\n#include <string>\n",
    "dosewright/base/text.cpp": '#include "dosewright/base/text.hpp"\n',
    "dosewright/lang/CMakeLists.txt": "dosewright_module(lang\n  DEPENDS base  # text\n"
                                      "  SOURCES parse.cpp)\n",
    "dosewright/lang/parse.cpp": '#include "dosewright/base/text.hpp"\n'
                                 '// std::cout is only named here, and "system_clock" too.\n'
                                 'int printf_width = 3; const char* k = "std::cout";\n',
    "dosewright/num/CMakeLists.txt": "dosewright_module(num DEPENDS base SOURCES step.cpp)\n",
    "dosewright/num/step.cpp": '#include "dosewright/base/text.hpp"\n',
    "dosewright/model/CMakeLists.txt": "dosewright_module(model DEPENDS base lang TESTS model_test.cpp)\n",
    "dosewright/model/model.hpp": '#include "dosewright/lang/parse.hpp"\n',
    "dosewright/model/model_test.cpp": "#include <cstdio>\nint main() { std::puts(\"\"); }\n",
    "dosewright/cli/CMakeLists.txt": "dosewright_module(cli DEPENDS base)\n",
    "dosewright/cli/main.cpp": "#include <iostream>\nint main() { std::cout << 1; }\n",
    "programmes/examplidine/programme.toml": 'name = "examplidine"\ntitle = "examplidine (Exambra, Exonda)"\n'
                                            'synonyms = ["EX 1"]\n',
}


def run_on(changes):
    """Exit status and output of the check on the sound house with some files changed."""
    with tempfile.TemporaryDirectory() as root:
        for name, text in {**SOUND, **changes}.items():
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        done = subprocess.run([sys.executable, "-B", os.path.join(HERE, "layering.py"), root],
                              capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


class Layering(unittest.TestCase):
    def assert_fault(self, changes, *expected):
        status, output = run_on(changes)
        self.assertEqual(status, 1, output)
        for words in expected:
            self.assertIn(words, output)

    def test_a_sound_house_passes(self):
        status, output = run_on({})
        self.assertEqual((status, output.strip()), (
            0, "layering: 7 files, 0 faults; of 4 names of drugs, 0 lines of C++ hold one"))

    def test_a_forbidden_include_and_a_forbidden_edge_are_both_named(self):
        self.assert_fault(
            {"dosewright/num/step.cpp": '#include <cmath>\n#include "dosewright/lang/parse.hpp"\n',
             "dosewright/lang/CMakeLists.txt": "dosewright_module(lang DEPENDS base model SOURCES parse.cpp)\n"},
            "dosewright/num/step.cpp:2: #include of dosewright/lang/parse.hpp, but num does not name "
            "lang in DEPENDS",
            "lang (floor 1) DEPENDS on model (floor 2)",
            "2 faults")

    def test_a_module_on_the_same_floor_may_not_be_used(self):
        self.assert_fault(
            {"dosewright/num/CMakeLists.txt":
                 "dosewright_module(num DEPENDS lang SOURCES step.cpp)\n"},
            "num (floor 1) DEPENDS on lang (floor 1)")

    def test_test_sources_keep_to_the_edges_too(self):
        self.assert_fault({"dosewright/num/step_test.cpp": "#include <dosewright/model/model.hpp>\n"},
                          "dosewright/num/step_test.cpp:1:")

    def test_unknown_modules_are_named(self):
        self.assert_fault(
            {"dosewright/num/CMakeLists.txt": "dosewright_module(num DEPENDS base attic)\n",
             "dosewright/num/step.cpp": '#include "dosewright/base/text.hpp"\n'
                                        '#include "dosewright/cellar/wine.hpp"\n',
             "dosewright/shed/tool.cpp": "int x;\n"},
            "DEPENDS on 'attic', which is no module",
            "step.cpp:2: #include of dosewright/cellar/wine.hpp: 'cellar' is no module",
            "module 'shed' has no floor")

    def test_an_undeclared_module_and_a_wrong_name_are_faults(self):
        self.assert_fault({"dosewright/num/CMakeLists.txt": "dosewright_module(numbers)\n"},
                          "expected dosewright_module(num ...)")

    def test_a_source_that_is_not_built_is_named(self):
        self.assert_fault({"dosewright/num/lost_test.cpp": "int x;\n"},
                          "dosewright/num/CMakeLists.txt: does not build lost_test.cpp", "1 faults")

    def test_includes_are_by_full_path(self):
        self.assert_fault({"dosewright/base/text.cpp": '#include "text.hpp"\n'},
                          '#include "text.hpp" is not by its full path')

    def test_only_cli_prints(self):
        for code in ("std::cout << 1;", 'std::printf("x");', 'printf("x");', 'fmt::print("x");',
                     "std::cerr << 1;", 'std::fputs("x", stderr);'):
            with self.subTest(code):
                self.assert_fault({"dosewright/lang/parse.cpp": f"void f() {{\n  {code}\n}}\n"},
                                  "dosewright/lang/parse.cpp:2:", "only cli prints")

    def test_only_cli_reads_the_clock(self):
        for code in ("std::chrono::system_clock::now();", "steady_clock::now();", "time(nullptr);",
                     "std::time(nullptr);", "clock_gettime(0, &t);"):
            with self.subTest(code):
                self.assert_fault({"dosewright/model/model.hpp": f"void f() {{\n  {code}\n}}\n"},
                                  "dosewright/model/model.hpp:2:", "reads the clock")

    def test_text_formatting_and_members_are_no_printing(self):
        status, output = run_on({"dosewright/lang/parse.cpp":
                                 'void f() { std::snprintf(b, 3, "x"); p->time(0); state.time(0); '
                                 'fmt::format("x"); }\n'})
        self.assertEqual(status, 0, output)

    def test_no_library_knows_a_drug(self):
        self.assert_fault({"dosewright/model/model.hpp": 'const char* k = "Examplidine";\n'},
                          "model.hpp:1: names the drug 'examplidine'")

    def test_no_line_of_any_module_names_a_drug_or_a_brand(self):
        for path, line, name in (("dosewright/cli/main.cpp", "// as for exambra", "Exambra"),
                                 ("dosewright/cli/main.cpp", 'const char* k = "EXONDA";', "Exonda"),
                                 ("dosewright/model/model.hpp", "// EX 1 is given weekly", "EX 1"),
                                 ("dosewright/model/model.hpp", "// examplidine", "examplidine")):
            with self.subTest(line):
                self.assert_fault({path: f"int a;\n{line}\n"}, f"{path}:2: names the drug '{name}'")

    def test_tests_may_name_a_drug_and_longer_words_are_no_drug(self):
        status, output = run_on({"dosewright/model/model_test.cpp": "// examplidine\n",
                                 "dosewright/model/model.hpp": "int examplidinestat = 0;\n"})
        self.assertEqual(status, 0, output)
        self.assertIn("0 lines of C++ hold one", output)


if __name__ == "__main__":
    unittest.main()
