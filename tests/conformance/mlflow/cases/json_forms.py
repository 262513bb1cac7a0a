"""How a body is read: forms that are odd but accepted, and forms that are refused."""

import json

from exchange import API, scenario

CREATE = API + "runs/create"


def raw(c, path, body, content_type="application/json", method="POST"):
    headers = {"Content-Type": content_type} if content_type else {}
    return c.send(method, path, body, headers=headers)


@scenario
def bodies(c):
    e = c.experiment()
    r = c.run(e)
    log = "runs/log-metric"
    good = json.dumps({"run_id": r, "key": "m", "value": 1, "timestamp": 1})
    raw(c, log, good.encode())
    raw(c, log, json.dumps(good).encode())  # a JSON string that holds JSON, as old clients sent
    raw(c, log, good.encode(), "application/json; charset=utf-8")
    raw(c, log, good.encode(), "application/json;charset=UTF-8")
    raw(c, log, b"  " + good.encode() + b"\n")
    raw(c, log, b"\xef\xbb\xbf" + good.encode())
    raw(c, log, good.encode(), "text/plain")
    raw(c, log, good.encode(), "application/x-www-form-urlencoded")
    raw(c, log, b"", "application/json")
    for body in (b"{", b"nonsense", b"[]", b"5", b"null", b"true", b'"text"', b'""', b"{}", b'{"run_id": }', b"{'run_id': 'x'}", b"\xff\xfe", b'{"a": 1} trailing', b'{"run_id": "\xff"}', b"[1, 2]", b'[{"run_id": "x"}]'):
        raw(c, log, body)
    c.get("runs/get", run_id=r)


@scenario
def field_names_and_types(c):
    e = c.experiment()
    r = c.run(e)
    log = "runs/log-metric"
    for body in (
        {"runId": r, "key": "m", "value": 1, "timestamp": 1}, {"run_id": r, "key": "m", "value": 1, "timestamp": 1, "extra": {"deep": [1]}}, {"run_id": r, "key": "m", "value": "2", "timestamp": "3", "step": "4"},
        {"run_id": r, "key": "m", "value": 1, "timestamp": 1e3}, {"run_id": r, "key": "m", "value": 1, "timestamp": 1, "step": 1e2}, {"run_id": r, "key": "m", "value": 1, "timestamp": 1, "step": -0}, {"run_id": r, "run_uuid": r, "key": "m", "value": 1, "timestamp": 1},
        {"run_id": r, "run_uuid": "0" * 32, "key": "m", "value": 1, "timestamp": 1}, {"RUN_ID": r, "key": "m", "value": 1, "timestamp": 1}, {"run_id": [r], "key": "m", "value": 1, "timestamp": 1}, {"run_id": {"a": r}, "key": "m", "value": 1, "timestamp": 1},
    ):  # fmt: skip
        c.post(log, body)
    raw(c, log, f'{{"run_id": "{r}", "key": "m", "value": NaN, "timestamp": 1}}'.encode())
    raw(c, log, f'{{"run_id": "{r}", "key": "m", "value": Infinity, "timestamp": 1}}'.encode())
    raw(c, log, f'{{"run_id": "{r}", "key": "m", "value": 1, "value": 2, "timestamp": 1}}'.encode())
    raw(c, log, f'{{"run_id": "{r}", "key": "\\ud83d\\udee0", "value": 1, "timestamp": 1}}'.encode())
    raw(c, log, f'{{"run_id": "{r}", "key": "lone \\ud83d", "value": 1, "timestamp": 1}}'.encode())
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results=100)


def partly_filled(number, fields):
    """A field that does not parse hides those behind it only when no check refuses it first."""

    def function(c):
        c.post("runs/create", {"experiment_id": c.experiment(), **fields})

    function.__name__ = f"partly_filled_{number}"
    function.__module__ = __name__
    scenario(function)


for number, fields in enumerate((
    {"tags": [{"key": "a", "value": 5}]}, {"tags": [5]}, {"tags": [None]}, {"tags": [{"key": "a"}]}, {"tags": [{"value": "a"}]}, {"user_id": 5}, {"tags": None}, {"experiment_id": None}, {"start_time": None}, {"start_time": ""},
    {"run_name": None}, {"tags": {}}, {"tags": [["a"]]},
), 1):  # fmt: skip
    partly_filled(number, fields)


@scenario
def queries(c):
    e = c.experiment()
    r = c.run(e)
    c.send("GET", f"runs/get?run_id={r}&run_id=other")
    c.send("GET", f"runs/get?run_id={r}&unknown=1")
    c.send("GET", f"runs/get?RUN_ID={r}")
    c.send("GET", f"runs/get?run_id={r}", b'{"run_id": "x"}')
    c.send("GET", "runs/get", json.dumps({"run_id": r}).encode())
    c.send("GET", f"runs/get?run_id=%20{r}")
    c.send("GET", "experiments/get?experiment_id=0&experiment_id=1")
    c.send("POST", f"runs/update?run_id={r}", {"status": "FINISHED"})
    c.send("GET", f"experiments/search?max_results=5&max_results=6&filter=name+%3D+%27{c.name('e')}%27")
    c.send("GET", f"experiments/search?max_results=5&order_by=name&filter=name+%3D+%27{c.name('e')}%27")
    c.send("GET", f"experiments/search?max_results=5&order_by[]=name&filter=name+%3D+%27{c.name('e')}%27")
    c.send("GET", "runs/get?run_id=%ff")
    c.send("GET", "runs/get?run_id")


@scenario
def other_groups_are_not_found(c):
    for path in ("/api/2.0/mlflow/no-group/x", "/api/3.0/mlflow/no-group", "/api/2.0/nothing", "/api/4.0/mlflow/runs/get"):
        c.send("GET", path)
        c.send("POST", path, {})
