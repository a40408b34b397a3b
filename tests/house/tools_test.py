"""The tools of the house find what they are for, and leave sound files alone."""

import importlib.machinery
import importlib.util
import os
import shutil
import subprocess
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
TOOLS = os.path.join(ROOT, "tools")


def load(name):
    """A tool as a Python module; tools have no suffix."""
    loader = importlib.machinery.SourceFileLoader(name, os.path.join(TOOLS, name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    loader.exec_module(module)
    return module


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


def write(root, files):
    for name, text in files.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def function_of(n_lines, head="int f(int x)"):
    return head + " {\n" + "  ++x;\n" * (n_lines - 2) + "}\n"


class Tidy(unittest.TestCase):
    tidy = load("tidy")

    def faults(self, text):
        return [f"{line}: {message}" for line, message in self.tidy.check_text(text)[0]]

    def n_functions(self, text):
        return len(self.tidy.check_text(text)[1])

    def test_sixty_lines_pass_and_sixty_one_fail(self):
        self.assertEqual(self.faults("\n" + function_of(60)), [])
        self.assertEqual(self.faults("\n" + function_of(61)),
                         ["2: function 'f' has 61 lines, at most 60 are allowed: split it"])

    def test_long_functions_are_found_wherever_they_stand(self):
        for head in ("Result<int> Reader::read(const std::map<int, int>& m) const noexcept",
                     "template <class T>\nauto g(T x) -> std::vector<T>",
                     "Reader::Reader(int a) : a_{a}, b_(3)",
                     "Reader::Reader(int a) : a_(a), b_{3}",
                     "bool operator()(int a) const",
                     'extern "C" int LLVMFuzzerTestOneInput(const char* data, int n)',
                     'TEST_CASE("a brace { in a name")'):
            for before, after in (("", ""), ("namespace a::b {\nnamespace {\n", "}\n}\n"),
                                  ("struct X final : Y<int> {\n public:\n", "};\n"),
                                  ("const int kTable[] = {1, 2};\nenum class E { kA };\n", "")):
                with self.subTest(head=head, before=before):
                    text = before + function_of(62, head) + after
                    self.assertEqual(len(self.faults(text)), 1, self.faults(text))

    def test_types_tables_and_namespaces_are_no_functions(self):
        self.assertEqual(self.n_functions("struct A {\n" + "  int a = 0;\n" * 70 + "};\n"), 0)
        self.assertEqual(self.n_functions("const std::array<Row, 9> k = {{\n" + "  {1, f(2)},\n" * 70
                                          + "}};\nint g() { return 1; }\n"), 1)
        self.assertEqual(self.n_functions("namespace a {\n" + "int g() { return 1; }\n" * 70 + "}\n"), 70)

    def test_braces_in_text_and_comments_and_macros_do_not_count(self):
        text = ('int f() {\n  // }\n  const char* s = "}{"; char c = \'{\';\n  auto r = R"x(}}} " )x";\n'
                "  return 1\'000;\n}\n#define OPEN(x) \\\n  if (x) {\nint g() { return 1; }\n")
        self.assertEqual(self.tidy.check_text(text), ([], [6, 1]))

    def test_six_parameters_pass_and_seven_fail(self):
        six = "map<int, int> a, int b, int c = g(1, 2), function<T(int, int)> d, T e, T f"
        self.assertEqual(self.faults(f"int h({six});\nint k({six}) {{ return 1; }}\n"), [])
        self.assertEqual(
            self.faults(f"int h({six},\n      int g);\nint k({six}, int g) {{\n  return 1;\n}}\n"),
            [f"{line}: function '{name}' has 7 parameters, at most 6 are allowed: make them a struct"
             for line, name in ((1, "h"), (3, "k"))])

    def test_a_value_built_from_many_arguments_is_no_declaration(self):
        self.assertEqual(self.faults("const Row kRow(1, 2, 3, 4, 5, 6, 7);\n"), [])

    def test_a_file_of_701_lines_and_a_line_of_101_columns_fail(self):
        self.assertEqual(self.faults("int x;\n" * 700), [])
        self.assertEqual(self.faults("int x;\n" * 701),
                         ["701: the file has 701 lines, at most 700 are allowed: split it"])
        self.assertEqual(self.faults("//" + "a" * 98 + "\n"), [])
        self.assertEqual(self.faults("//" + "µ" * 99 + "\n"),
                         ["1: the line has 101 columns, at most 100 are allowed"])

    def test_a_property_whose_answer_nobody_looks_at_fails(self):
        self.assertEqual(len(self.faults("  rc::check([] {});\n")), 1)
        self.assertEqual(self.faults("  const bool held = rc::check([] {});\n  CHECK(held);\n"), [])

    def test_the_exit_status_tells(self):
        with tempfile.TemporaryDirectory() as root:
            write(root, {"a/long.cpp": function_of(61)})
            done = run([os.path.join(TOOLS, "tidy"), "--root", root])
            self.assertEqual(done.returncode, 1)
            self.assertIn("a/long.cpp:1: function 'f' has 61 lines", done.stdout)
            write(root, {"a/long.cpp": function_of(60)})
            self.assertEqual(run([os.path.join(TOOLS, "tidy"), "--root", root]).returncode, 0)


class Docs(unittest.TestCase):
    def faults(self, files):
        with tempfile.TemporaryDirectory() as root:
            write(root, files)
            done = run([os.path.join(TOOLS, "docs"), "--root", root])
            lines = done.stdout.strip().split("\n")
            self.assertEqual(done.returncode, 1 if len(lines) > 1 else 0)
            return lines[:-1]

    def test_unfinished_work_is_found(self):
        for word in ("TO" + "DO", "FIX" + "ME", "a st" + "ub", "Place" + "holder",
                     "not imple" + "mented"):
            with self.subTest(word):
                faults = self.faults({"docs/a.md": f"# A\n\nThis is {word} text.\n"})
                self.assertEqual(len(faults), 1, faults)
                self.assertIn("docs/a.md:3:", faults[0])

    def test_paths_of_one_machine_are_found(self):
        for path in ("/wo" + "rk/a", "`/ho" + "me/me/x`", "(/ro" + "ot/x)"):
            with self.subTest(path):
                self.assertEqual(len(self.faults({"src/a.cpp": f"// see {path}\n"})), 1)

    def test_like_words_and_urls_are_left_alone(self):
        self.assertEqual(self.faults({
            "a.md": "Stubborn work/ho" + "me/ro" + "ot, https://example.org/ho" + "me/x and ../wo" + "rk/x.\n",
            "web/a.mjs": 'input.setAttribute("place' + 'holder", "filter");\n'}), [])

    def test_dead_links_are_found(self):
        faults = self.faults({
            "README.md": "# Top\n[a](docs/a.md) [b](docs/b.md) ![c](c.png)\n",
            "docs/a.md": "# One two: `three`\n## One two: three\n[up](../README.md#top)\n"
                         "[here](#one-two-three) [again](#one-two-three-1) [dead](#four)\n"
                         "```\n[code](nowhere.md)\n```\n`[x](nowhere.md)` [web](https://a.b/c)\n"
                         "[gone](../README.md#bottom)\n\n[ref]: gone.md\n"})
        self.assertEqual([fault.split(":")[0] + ":" + fault.split(":")[1] for fault in faults],
                         ["README.md:2", "README.md:2", "docs/a.md:4", "docs/a.md:9", "docs/a.md:11"])


class Setup(unittest.TestCase):
    """tools/setup in a copy of the repository's outline, with the machine's commands replaced."""

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        os.makedirs(os.path.join(self.root, "tools"))
        shutil.copy(os.path.join(TOOLS, "setup"), os.path.join(self.root, "tools"))

    def run_setup(self, *arguments, **commands):
        defaults = {"id": "echo 1000", "sudo": "exit 1", "node": "echo v20", "npm": "exit 0",
                    "dpkg-query": "exit 1", "apt-get": 'echo "$@" >>"$APT_LOG"'}
        folder = os.path.join(self.root, "bin")
        for name, script in {**defaults, **commands}.items():
            write(folder, {name: f"#!/bin/sh\n{script}\n"})
            os.chmod(os.path.join(folder, name), 0o755)
        log = os.path.join(self.root, "apt.log")
        environment = {"PATH": f"{folder}:/usr/bin:/bin", "APT_LOG": log}
        done = run([os.path.join(self.root, "tools", "setup"), *arguments], env=environment)
        if not os.path.exists(log):
            return done, ""
        with open(log, encoding="utf-8") as file:
            return done, file.read()

    def test_without_root_or_sudo_it_says_what_to_install_and_stops(self):
        done, apt = self.run_setup("build")
        self.assertEqual(done.returncode, 1)
        self.assertIn("apt-get install --no-install-recommends", done.stderr)
        self.assertIn("tao-pegtl-dev", done.stderr)
        self.assertEqual(apt, "")

    def test_as_root_it_installs_what_is_missing_and_says_so(self):
        installed = "cat <<'T'\n" + "\n".join(
            f"{name} installed" for name in self.run_setup("--list", "build")[0].stdout.split()
            if name not in ("cmake", "libfmt-dev")) + "\ncmake config-files\nT"
        done, apt = self.run_setup("build", id="echo 0", **{"dpkg-query": installed})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("installing 2 Debian packages: cmake libfmt-dev", done.stdout)
        self.assertTrue(apt.strip().endswith("install --no-install-recommends cmake libfmt-dev"), apt)

    def test_when_nothing_is_missing_it_is_silent(self):
        everything = 'shift 3; for p in "$@"; do echo "$p installed"; done'
        done, apt = self.run_setup("check", **{"dpkg-query": everything})
        self.assertEqual((done.returncode, done.stdout, apt), (0, "", ""), done.stderr)

    def test_a_failed_installation_is_an_error(self):
        done, _ = self.run_setup("build", id="echo 0", **{"apt-get": "echo no space; exit 100"})
        self.assertEqual(done.returncode, 1)

    def test_node_packages_are_installed_once_and_again_when_the_lock_changes(self):
        everything = 'shift 3; for p in "$@"; do echo "$p installed"; done'
        npm = 'mkdir -p node_modules; echo "$@" >>../npm.log'
        for lock, expected in (("one", 1), ("one", 1), ("two", 2)):
            write(self.root, {"web/package-lock.json": lock})
            done, _ = self.run_setup("build", npm=npm, **{"dpkg-query": everything})
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(os.path.join(self.root, "npm.log"), encoding="utf-8") as file:
                lines = file.read().split("\n")[:-1]
            self.assertEqual(len(lines), expected)
            self.assertTrue(lines[-1].startswith("ci "))

    def test_each_purpose_includes_the_one_before(self):
        build, test, check = (set(self.run_setup("--list", purpose)[0].stdout.split())
                              for purpose in ("build", "test", "check"))
        self.assertTrue(build < test < check)
        self.assertIn("chromium", test - build)
        self.assertIn("clang-tidy-19", check - test)

    def test_bad_arguments_are_named(self):
        for arguments in ((), ("cellar",)):
            done, _ = self.run_setup(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn("expected build, test or check", done.stderr)


@unittest.skipUnless(shutil.which("clang-format-19") and shutil.which("clang-tidy-19")
                     and shutil.which("cppcheck") and shutil.which("git"),
                     "the tools of tools/setup check are not installed")
class Check(unittest.TestCase):
    """tools/check in a small repository: a fault of each kind is found, and all steps run."""

    def setUp(self):
        self.root = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.root)
        for folder in ("tools", "cmake"):
            shutil.copytree(os.path.join(ROOT, folder), os.path.join(self.root, folder))
        for file in (".clang-format", ".clang-tidy", "CMakePresets.json"):
            shutil.copy(os.path.join(ROOT, file), self.root)
        write(self.root, {
            "CMakeLists.txt": "cmake_minimum_required(VERSION 3.25)\nproject(small CXX)\n"
                              "set(CMAKE_EXPORT_COMPILE_COMMANDS ON)\n"
                              "add_library(small dosewright/base/a.cpp)\n",
            ".gitignore": "/build/\n",
            "dosewright/base/a.cpp": "int twice(int x) {\n  return 2 * x;\n}\n"})
        self.git("init", "-q")
        self.commit()

    def git(self, *arguments):
        subprocess.run(["git", "-C", self.root, "-c", "user.name=t", "-c", "user.email=t@t.invalid",
                        *arguments], check=True, capture_output=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "state")

    def check(self):
        done = run([os.path.join(self.root, "tools", "check"), "--no-tests"])
        return done.returncode, done.stdout + done.stderr

    def test_a_sound_repository_passes(self):
        status, output = self.check()
        self.assertEqual(status, 0, output)
        self.assertIn("check: all passed", output)

    def test_every_step_fails_on_its_own_fault(self):
        write(self.root, {
            "dosewright/base/a.cpp":
                "int  BadName(int x) {\n  int a[2] = {1, 2};\n  return a[2] + x;\n}\n"
                + function_of(61).replace("f(", "g("),
            "docs/a.md": "[gone](gone.md)\n"})
        status, output = self.check()
        self.assertEqual(status, 1)
        self.assertIn("check: failed: clang-format tidy docs cppcheck clang-tidy", output)
        self.assertIn("BadName", output)

    def test_fix_formats_and_then_the_check_passes(self):
        write(self.root, {"dosewright/base/a.cpp": "int  twice(int x){return 2*x;}\n"})
        self.assertEqual(self.check()[0], 1)
        self.assertEqual(run([os.path.join(self.root, "tools", "check"), "--fix"]).returncode, 0)
        self.assertEqual(self.check()[0], 0)

    def test_outside_a_checkout_it_does_not_pass(self):
        shutil.rmtree(os.path.join(self.root, ".git"))
        done = run([os.path.join(self.root, "tools", "check"), "--no-tests"])
        self.assertEqual(done.returncode, 2)
        self.assertIn("no git checkout", done.stderr)

    def test_clang_tidy_reads_only_what_changed(self):
        write(self.root, {"dosewright/base/a.cpp": "int BadName(int x) {\n  return 2 * x;\n}\n"})
        self.commit()
        write(self.root, {"note.txt": "later\n"})
        self.commit()
        status, output = self.check()
        self.assertEqual(status, 0, output)
        self.assertIn("no C++ file changed", output)


class Help(unittest.TestCase):
    def test_every_tool_explains_itself(self):
        for name in ("tidy", "docs", "setup", "check"):
            done = run([os.path.join(TOOLS, name), "--help"])
            self.assertEqual(done.returncode, 0, name)
            self.assertIn("usage: ", done.stdout, name)

    def test_unknown_options_are_refused(self):
        for name in ("tidy", "docs", "setup", "check"):
            self.assertEqual(run([os.path.join(TOOLS, name), "--cellar"]).returncode, 2, name)

    def test_make_help_has_a_line_for_every_target(self):
        lines = run(["make", "-s", "-C", ROOT, "help"]).stdout.strip().split("\n")
        self.assertEqual([line.split()[1] for line in lines],
                         ["help", "setup", "demo", "test", "check", "bench", "clean"])
        for line in lines:
            self.assertGreater(len(line.split()), 4, line)


if __name__ == "__main__":
    unittest.main()
