from exchange import scenario


def history(c, r, key, **query):
    return c.get("metrics/get-history", run_id=r, metric_key=key, max_results=25000, **query)


@scenario
def log_metric(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-metric"
    for number, value in enumerate((1, 1.5, -0.0, 0, 1e308, 5e-324, "NaN", "Infinity", "-Infinity", "1.5", 123456789012345678, 0.1)):
        c.post(path, {"run_id": r, "key": "all", "value": value, "timestamp": 1700000000000 + number, "step": 0})
    c.get("runs/get", run_id=r)
    history(c, r, "all")
    c.post(path, {"run_id": r, "key": "steps", "value": 1, "timestamp": 5, "step": 3})
    c.post(path, {"run_id": r, "key": "steps", "value": 2, "timestamp": 6, "step": 1})
    c.post(path, {"run_id": r, "key": "steps", "value": 3, "timestamp": 4, "step": -2})
    c.post(path, {"run_id": r, "key": "steps", "value": 4, "timestamp": 4})
    c.post(path, {"run_id": r, "key": "steps", "value": 5, "timestamp": "7", "step": "2"})
    c.post(path, {"run_id": r, "key": "steps", "value": 6, "timestamp": 0, "step": 9223372036854775807})
    c.get("runs/get", run_id=r)
    history(c, r, "steps")
    c.post(path, {"run_uuid": r, "key": "by uuid", "value": 1, "timestamp": 1})
    c.post(path, {"run_id": r, "key": "키/온도 (C)", "value": 1, "timestamp": 1})
    c.post(path, {"run_id": r, "key": "온도/a.b-c d:e", "value": 1, "timestamp": 1})
    c.post(path, {"run_id": r, "key": "k" * 250, "value": 1, "timestamp": 1})
    c.get("runs/get", run_id=r)


@scenario
def log_metric_refused(c):
    e = c.experiment()
    r = c.run(e)
    good = {"run_id": r, "key": "m", "value": 1, "timestamp": 1}
    for field, values in (
        ("run_id", (None, "", 5, "0" * 32, "not an id", "a" * 300)),
        ("key", (None, "", 5, "k" * 251, "a//b", "../a", "/a", ".", "a/", "a*b", "a\u0000b", ["k"])),
        ("value", (None, "", "x", True, False, [1], {"a": 1}, "nan", "inf", "-inf", "1e5", "0x10", 10**400)),
        ("timestamp", (None, "", "x", -1, 1.5, 1.0, True, 2**63, "1.0", [1])),
        ("step", (None, "", "x", 1.5, 1.0, True, 2**63, -(2**63), [1])),
        ("model_id", (5, "m-none")),
        ("dataset_name", (5,)),
    ):  # fmt: skip
        for value in values:
            c.post("runs/log-metric", {**good, field: value})
        without = dict(good)
        without.pop(field, None)
        if field in good:
            c.post("runs/log-metric", without)
    c.get("runs/get", run_id=r)


@scenario
def latest_rule(c):
    e = c.experiment()
    r = c.run(e)
    c.batch(r, metrics=[
        ("by step", 1, 10, 1), ("by step", 2, 5, 2), ("by time", 1, 10, 1), ("by time", 2, 11, 1), ("by value", 5, 10, 1), ("by value", 7, 10, 1), ("by value", 6, 10, 1),
        ("nan last", 5, 10, 1), ("nan last", "NaN", 10, 1), ("nan first", "NaN", 10, 1), ("nan first", 5, 10, 1), ("nan and negative", "NaN", 1, 1), ("nan and negative", -1, 1, 1),
        ("same twice", 1, 1, 1), ("same twice", 1, 1, 1),
    ])  # fmt: skip
    c.get("runs/get", run_id=r)
    for key in ("by step", "by time", "by value", "nan last", "nan first", "nan and negative", "same twice"):
        history(c, r, key)
    c.batch(r, metrics=[("by step", 9, 99, 1)])
    c.batch(r, metrics=[("by step", 0, 99, 3)])
    c.get("runs/get", run_id=r)


@scenario
def history_pages_and_missing(c):
    e = c.experiment()
    r = c.run(e)
    c.batch(r, metrics=[("m", v, 100 - v // 3, v % 3) for v in range(9)])
    history(c, r, "m")
    page = c.get("metrics/get-history", run_id=r, metric_key="m", max_results=4)
    page = c.get("metrics/get-history", run_id=r, metric_key="m", max_results=4, page_token=page.get("next_page_token"))
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results=4, page_token=page.get("next_page_token"))
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results=9)
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results=-1)
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results="x")
    c.get("metrics/get-history", run_id=r, metric_key="m", max_results=4, page_token="rubbish")
    c.get("metrics/get-history", run_uuid=r, metric_key="m", max_results=25000)
    history(c, r, "none such")
    history(c, "0" * 32, "m")
    c.get("metrics/get-history", run_id=r)
    c.get("metrics/get-history", metric_key="m")
    c.get("metrics/get-history", run_id=r, metric_key="")
    c.get("metrics/get-history")


@scenario
def history_bulk(c):
    e = c.experiment()
    first, second = c.run(e), c.run(e)
    c.batch(first, metrics=[("m", v, 10 + v, v) for v in range(12)])
    c.batch(second, metrics=[("m", 2 * v, 20 + v, v) for v in range(0, 40, 5)])
    bulk = "/ajax-api/2.0/mlflow/metrics/get-history-bulk"
    c.get(bulk, run_id=first, metric_key="m")
    c.get(bulk, run_id=first, metric_key="m", max_results=3)
    c.get(bulk, run_id=first)
    c.get(bulk, metric_key="m")
    c.get(bulk, run_id=["0" * 32] * 101, metric_key="m")
    c.get(bulk, run_id="0" * 32, metric_key="m")
    path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval"
    c.get(path, run_ids=[first], metric_key="m")
    c.get(path, run_ids=[first], metric_key="m", max_results=5)
    c.get(path, run_ids=[second], metric_key="m", max_results=3)
    c.get(path, run_ids=[first], metric_key="m", start_step=3, end_step=7)
    c.get(path, run_ids=[first], metric_key="m", start_step=0, end_step=11, max_results=4)
    c.get(path, run_ids=[first], metric_key="m", start_step=3)
    c.get(path, run_ids=[first], metric_key="m", end_step=3)
    c.get(path, run_ids=[first], metric_key="m", start_step=9, end_step=3)
    c.get(path, run_ids=[first], metric_key="m", max_results=0)
    c.get(path, run_ids=[first], metric_key="m", max_results=2501)
    c.get(path, run_ids=["0" * 32] * 101, metric_key="m")
    c.get(path, metric_key="m")
    c.get(path, run_ids=[first])
    c.get(path, run_ids=[first], metric_key="none such")


@scenario
def log_batch(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-batch"
    c.post(path, {
        "run_id": r,
        "metrics": [{"key": "a", "value": 1, "timestamp": 1, "step": 0}, {"key": "a", "value": 2, "timestamp": 2}, {"key": "n", "value": "NaN", "timestamp": 2, "step": 1}],
        "params": [{"key": "p", "value": "1"}, {"key": "q", "value": ""}],
        "tags": [{"key": "t", "value": "1"}, {"key": "mlflow.runName", "value": "batch"}],
    })  # fmt: skip
    c.get("runs/get", run_id=r)
    c.post(path, {"run_id": r})
    c.post(path, {"run_id": r, "metrics": [], "params": [], "tags": []})
    c.post(path, {"run_id": r, "params": [{"key": "p", "value": "1"}]})
    c.post(path, {"run_id": r, "params": [{"key": "p", "value": "2"}], "metrics": [{"key": "after", "value": 1, "timestamp": 1}]})
    c.post(path, {"run_id": r, "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "1"}]})
    c.post(path, {"run_id": r, "params": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]})
    c.post(path, {"run_id": r, "tags": [{"key": "d", "value": "1"}, {"key": "d", "value": "2"}]})
    c.get("runs/get", run_id=r)


@scenario
def log_batch_refused(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-batch"
    metric = {"key": "m", "value": 1, "timestamp": 1}
    for body in (
        {}, {"run_id": ""}, {"run_id": 5}, {"run_id": "0" * 32}, {"run_id": "not/an id"}, {"run_id": "a" * 257}, {"run_id": r, "metrics": "x"},
        {"run_id": r, "metrics": {"key": "m"}}, {"run_id": r, "params": "x"}, {"run_id": r, "tags": 5}, {"run_id": r, "metrics": [{"key": "m", "value": 1}]},
        {"run_id": r, "metrics": [metric, {"value": 1, "timestamp": 1}]}, {"run_id": r, "metrics": [{"key": "m", "timestamp": 1}]},
        {"run_id": r, "params": [{"value": "1"}]}, {"run_id": r, "params": [{"key": "p"}]}, {"run_id": r, "tags": [{"value": "1"}]}, {"run_id": r, "tags": [{"key": "t"}]},
        {"run_id": r, "metrics": [{**metric, "value": "x"}]}, {"run_id": r, "metrics": [{**metric, "value": True}]}, {"run_id": r, "metrics": [{**metric, "timestamp": -1}]},
        {"run_id": r, "metrics": [{**metric, "timestamp": "x"}]}, {"run_id": r, "metrics": [{**metric, "step": "x"}]}, {"run_id": r, "metrics": [{**metric, "key": "a//b"}]},
        {"run_id": r, "metrics": [{**metric, "key": "k" * 251}]}, {"run_id": r, "params": [{"key": "a//b", "value": "1"}]}, {"run_id": r, "params": [{"key": 5, "value": "1"}]},
        {"run_id": r, "params": [{"key": "p", "value": 5}]}, {"run_id": r, "tags": [{"key": "k" * 251, "value": "1"}]}, {"run_id": r, "tags": [{"key": "../t", "value": "1"}]},
        {"run_id": r, "metrics": [metric, {**metric, "key": "b//c"}]}, {"run_id": r, "metrics": [None]}, {"run_id": r, "metrics": [5]}, {"run_id": r, "params": ["p"]},
    ):  # fmt: skip
        c.post(path, body)
    c.get("runs/get", run_id=r)


@scenario
def log_batch_limits(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-batch"

    def body(metrics=0, params=0, tags=0):
        return {
            "run_id": r,
            "metrics": [{"key": f"m{n}", "value": n, "timestamp": 1} for n in range(metrics)],
            "params": [{"key": f"p{n}", "value": "1"} for n in range(params)],
            "tags": [{"key": f"t{n}", "value": "1"} for n in range(tags)],
        }

    for counts in ((1000, 0, 0), (1001, 0, 0), (0, 100, 0), (0, 101, 0), (0, 0, 100), (0, 0, 101), (801, 100, 100), (800, 100, 100), (901, 100, 0)):
        c.post(path, body(*counts))
    c.post(path, {"run_id": r, "params": [{"key": "long", "value": "v" * 6001}], "tags": [{"key": "long", "value": "v" * 8001}]})
    r = c.run(e)
    c.post(path, {"run_id": r, "params": [{"key": "exact", "value": "v" * 6000}], "tags": [{"key": "exact", "value": "v" * 8000}]})
    c.get("runs/get", run_id=r)


@scenario
def deleted_run_takes_nothing(c):
    e = c.experiment()
    r = c.run(e)
    c.batch(r, metrics=[("m", 1, 1, 1)])
    c.post("runs/delete", {"run_id": r})
    c.post("runs/log-batch", {"run_id": r, "metrics": [{"key": "m", "value": 1, "timestamp": 1}]})
    c.post("runs/log-batch", {"run_id": r, "params": [{"key": "m", "value": "1"}]})
    c.post("runs/log-batch", {"run_id": r, "tags": [{"key": "m", "value": "1"}]})
    c.post("runs/log-batch", {"run_id": r})
    history(c, r, "m")
