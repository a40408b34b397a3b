"""Reading sources for the house's checks: which files there are, and C++ with comments and literals blanked."""

import os
import re
import subprocess

CPP_SUFFIXES = (".cpp", ".hpp")
LEFT_OUT = {".git", "build", "out", "node_modules", "dist", "__pycache__"}

_TOKEN = re.compile(
    r'(?P<raw>R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)")'
    r"|(?P<comment>//[^\n]*|/\*.*?\*/)"
    r'|(?P<string>"(?:\\.|[^"\\\n])*")'
    r"|(?P<char>(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+')",
    re.DOTALL,
)


def blank(text, keep_strings=False):
    """C++ text of the same length and lines, comments turned to spaces and literals to quoted spaces."""

    def spaces(found):
        return re.sub(r"[^\n]", " ", found)

    def replace(match):
        found = match.group(0)
        if match.group("comment"):
            return spaces(found)
        if keep_strings:
            return found
        return found[0].replace("R", '"') + spaces(found[1:-1]) + found[-1]

    return _TOKEN.sub(replace, text)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def files(root):
    """All files of the repository, relative to root: tracked and new ones, without what git ignores."""
    if os.path.isdir(os.path.join(root, ".git")):
        listing = subprocess.run(
            ["git", "-C", root, "ls-files", "-co", "--exclude-standard", "-z"],
            capture_output=True, text=True)
        if listing.returncode == 0:
            names = set(listing.stdout.split("\0")) - {""}
            return sorted(n for n in names if os.path.isfile(os.path.join(root, n)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in LEFT_OUT]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def cpp_files(root):
    return [name for name in files(root) if name.endswith(CPP_SUFFIXES)]
