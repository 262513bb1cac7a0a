#!/usr/bin/env python3
"""Asks a server every case of cases/ and stores its answers, or compares them with the stored ones.

  differential.py record URL            store what a real MLflow server answers in recorded/
  differential.py replay URL [PATTERN]  compare; exit code 1 when an answer differs and differences.yaml does not list it

MILLWRIGHT_TOKEN is sent as bearer token when it is set.
"""

import argparse
import collections
import difflib
import fnmatch
import importlib
import json
import os
import pathlib
import secrets
import sys
import traceback

import exchange

HERE = pathlib.Path(__file__).resolve().parent
RECORDED = HERE / "recorded"


def load_cases():
    sys.path.insert(0, str(HERE))
    for path in sorted((HERE / "cases").glob("*.py")):
        importlib.import_module(f"cases.{path.stem}")


def ask(url, function):
    """The scenario's answers, and why it ended early, if it did."""
    session = exchange.Session(url, secrets.token_hex(4), os.environ.get("MILLWRIGHT_TOKEN"))
    early_end = None
    try:
        function(session)
    except exchange.Stop as stop:
        early_end = str(stop)
    except Exception:  # a scenario that trips over an unexpected answer is a finding, not the end of the run
        early_end = traceback.format_exc(limit=-2)
    finally:
        session.close()
    return session.records(), early_end


def record(url):
    RECORDED.mkdir(exist_ok=True)
    by_module = collections.defaultdict(dict)
    for name, function in exchange.SCENARIOS:
        records, early_end = ask(url, function)
        if early_end:
            sys.exit(f"{name} could not be recorded: {early_end}")
        by_module[name.partition(".")[0]][name] = records
    for old in RECORDED.glob("*.json"):
        old.unlink()
    for module, scenarios in by_module.items():
        lines = []
        for name, records in scenarios.items():
            rows = ",\n  ".join(json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":")) for row in records)
            lines.append(f"{json.dumps(name)}: [\n  {rows}\n]")
        (RECORDED / f"{module}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
    print(f"recorded {sum(len(r) for s in by_module.values() for r in s.values())} answers of {len(exchange.SCENARIOS)} scenarios")


def load_differences():
    import yaml

    entries = yaml.safe_load((HERE / "differences.yaml").read_text()) or []
    for entry in entries:
        for field in ("name", "rule", "reason", "cases"):
            if not entry.get(field):
                sys.exit(f"differences.yaml: an entry lacks {field}: {entry}")
    return entries


def answer_of(row):
    return {key: value for key, value in row.items() if key != "request"}


def differing(want, have, path=""):
    """The paths where two answers differ.

    A message that was only the database driver's is recorded empty and may be anything; of the web framework's own pages only the
    status is recorded.
    """
    if not path and want.keys() == {"status"}:
        have = {"status": have["status"]}
    if isinstance(want, dict) and isinstance(have, dict):
        for key in sorted(want.keys() | have.keys()):
            yield from differing(want.get(key), have.get(key), f"{path}.{key}" if path else key)
    elif want != have and not (path == "json.message" and want == "" and isinstance(have, str)):
        yield path


def is_listed(entry, case, paths):
    return any(fnmatch.fnmatch(case, c) for c in entry["cases"]) and set(paths) <= set(entry.get("only") or paths)


def replay(url, pattern):
    recorded = {}
    for path in RECORDED.glob("*.json"):
        recorded.update(json.loads(path.read_text()))
    differences = load_differences()
    used = collections.Counter()
    cases = same = listed = different = 0
    for name, function in exchange.SCENARIOS:
        if not fnmatch.fnmatch(name, pattern):
            continue
        wanted = recorded.get(name)
        if wanted is None:
            sys.exit(f"{name} was never recorded: run tests/conformance/mlflow/record")
        cases += len(wanted)
        got, early_end = ask(url, function)
        for number, want in enumerate(wanted, 1):
            case = f"{name}#{number}"
            have = got[number - 1] if number <= len(got) else None
            paths = None if have is None else list(differing(answer_of(want), answer_of(have)))
            if paths == []:
                same += 1
                continue
            entry = next((e for e in differences if paths and is_listed(e, case, paths)), None)
            if entry is not None:
                listed += 1
                used[entry["name"]] += 1
                continue
            different += 1
            print(f"\n-- {case}: {want['request'][:600]}")
            if have is None:
                print(f"   not reached: {early_end}")
                continue
            show(answer_of(want), answer_of(have))
    for entry in differences:
        if pattern == "*" and not used[entry["name"]]:
            print(f"listed difference no longer seen: {entry['name']}")
            different += 1
    print(f"\n{cases} cases: {same} equal, {listed} differ as listed ({len(used)} of {len(differences)} differences), "
          f"{different} differ unlisted")
    return 1 if different else 0


def show(want, have):
    before = json.dumps(want, indent=1, sort_keys=True, ensure_ascii=False).splitlines()
    after = json.dumps(have, indent=1, sort_keys=True, ensure_ascii=False).splitlines()
    for line in list(difflib.unified_diff(before, after, "mlflow", "ours", n=1, lineterm=""))[2:62]:
        print("   " + line[:900])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["record", "replay", "list"])
    parser.add_argument("url", nargs="?")
    parser.add_argument("pattern", nargs="?", default="*")
    arguments = parser.parse_args()
    load_cases()
    if arguments.action == "list":
        print("\n".join(name for name, _ in exchange.SCENARIOS))
        return 0
    if arguments.action == "record":
        return record(arguments.url)
    return replay(arguments.url, arguments.pattern)


if __name__ == "__main__":
    sys.exit(main())
