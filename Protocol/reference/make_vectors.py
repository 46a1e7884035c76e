#!/usr/bin/env python3
"""Writes ../vectors/*.json from the cases and the reference; with --check compares instead and fails on a difference.

Also checks that the table of limits is that of the reference, that every clause of the specification is named by a
vector file or by the table of clauses that tests of whole programs show (README.md, last section), and that nothing
names a clause that does not exist.
"""

import importlib
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
PROTOCOL = HERE.parent
SUBJECTS = ["stamps", "merges", "addresses", "hashes", "json_values", "bodies", "logs", "registers"]


def rendered(vector_file):
    """One case a line, so that a change of one case is a change of one line."""

    def line(value):
        return json.dumps(value, ensure_ascii=True, separators=(", ", ": "))

    cases = ",\n".join("  " + line(case) for case in vector_file.cases)
    head = f'{{\n "about": {line(vector_file.about)},\n "clauses": {line(vector_file.clauses)},\n'
    return f'{head} "cases": [\n{cases}\n ]\n}}\n'


def clause_faults(files):
    defined, listed = [], set()
    for path in sorted(PROTOCOL.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        defined += re.findall(r"^\*\*([A-Z]+-[0-9]+)\*\*", text, re.MULTILINE)
        listed |= set(re.findall(r"^\| ([A-Z]+-[0-9]+) \|", text, re.MULTILINE))
    named = {clause for vector_file in files for clause in vector_file.clauses}
    faults = [f"{clause} is defined twice" for clause in sorted(set(defined)) if defined.count(clause) > 1]
    faults += [f"{clause} is shown by nothing" for clause in defined if clause not in named | listed]
    faults += [f"{clause} is named but not defined" for clause in sorted((named | listed) - set(defined))]
    return faults


def limit_faults():
    # The second table is of what an operator sets, which no vector depends on.
    text = (PROTOCOL / "limits.md").read_text(encoding="utf-8").split("**LIM-4**")[0]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) \|", text, re.MULTILINE)
    table = {name: int(number) for name, number in rows}
    names = sorted(table.items() ^ importlib.import_module("offprint_reference").LIMITS.items())
    return [f"limits.md and the reference differ in {name}" for name in sorted({name for name, _ in names})]


def main():
    sys.path.insert(0, str(HERE))
    checking = "--check" in sys.argv[1:]
    files = [file for subject in SUBJECTS for file in importlib.import_module(f"cases.{subject}").files()]
    folder = PROTOCOL / "vectors"
    folder.mkdir(exist_ok=True)
    faults = clause_faults(files) + limit_faults()
    for vector_file in files:
        path = folder / f"{vector_file.name}.json"
        text = rendered(vector_file)
        if checking:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                faults.append(f"{path.name} differs from what the reference makes")
        else:
            path.write_text(text, encoding="utf-8")
    strays = {path.stem for path in folder.glob("*.json")} - {file.name for file in files}
    faults += [f"vectors/{stray}.json is made by nothing" for stray in sorted(strays)]
    print(f"{len(files)} files, {sum(len(file.cases) for file in files)} cases")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
