import json

from exchange import scenario


@scenario
def create_and_get(c):
    e = c.experiment()
    r = c.run(e)
    created = c.post("logged-models", {
        "experiment_id": e, "name": "pump", "model_type": "xgboost", "source_run_id": r,
        "params": [{"key": "lr", "value": "0.1"}], "tags": [{"key": "team", "value": "ops"}],
    })  # fmt: skip
    m = created.get("model.info.model_id")
    c.get(f"logged-models/{m}")
    c.patch(f"logged-models/{m}", {"model_id": m, "status": "LOGGED_MODEL_READY"})
    c.get(f"logged-models/{m}")
    c.patch(f"logged-models/{m}", {"model_id": m, "status": "LOGGED_MODEL_UPLOAD_FAILED"})
    c.patch(f"logged-models/{m}", {"status": "LOGGED_MODEL_PENDING"})
    c.patch(f"logged-models/{m}", {"model_id": m, "status": 2})
    for body in ({}, {"status": "READY"}, {"model_id": m}, {"model_id": m, "status": "LOGGED_MODEL_STATUS_UNSPECIFIED"}, {"model_id": m, "status": True}):
        c.patch(f"logged-models/{m}", body)
    c.post("logged-models", {"experiment_id": e})
    c.post("logged-models", {"experiment_id": e, "name": ""})
    c.post("logged-models", {"experiment_id": e, "name": "pump"})
    c.post("logged-models", {"experiment_id": e, "name": "with a space and 이름"})


@scenario
def create_refused(c):
    e = c.experiment()
    for body in (
        {}, {"experiment_id": ""}, {"experiment_id": "999999999", "name": "x"}, {"experiment_id": "abc", "name": "x"}, {"experiment_id": 5, "name": "x"}, {"experiment_id": e, "name": 5},
        {"experiment_id": e, "name": "a/b"}, {"experiment_id": e, "name": "a:b"}, {"experiment_id": e, "name": "a.b"}, {"experiment_id": e, "name": "a%b"}, {"experiment_id": e, "name": "a\"b"}, {"experiment_id": e, "name": "n" * 501},
        {"experiment_id": e, "name": "../x"}, {"experiment_id": e, "name": "x", "params": "y"}, {"experiment_id": e, "name": "x", "tags": "y"}, {"experiment_id": e, "name": "x", "params": [{"key": "k" * 251, "value": "v"}]},
        {"experiment_id": e, "name": "x", "params": [{"key": "p", "value": "v" * 6001}]}, {"experiment_id": e, "name": "x", "tags": [{"key": "../t", "value": "v"}]}, {"experiment_id": e, "name": "x", "model_type": 5},
        {"experiment_id": e, "name": "x", "source_run_id": 5}, {"experiment_id": e, "name": "x", "tags": [{"key": "t", "value": "v" * 8001}]}, {"experiment_id": e, "name": "x", "source_run_id": "0" * 32},
    ):  # fmt: skip
        c.post("logged-models", body)


@scenario
def missing(c):
    none = "m-" + "0" * 32
    c.get(f"logged-models/{none}")
    c.patch(f"logged-models/{none}", {"model_id": none, "status": "LOGGED_MODEL_READY"})
    c.delete(f"logged-models/{none}")
    c.patch(f"logged-models/{none}/tags", {"tags": [{"key": "a", "value": "b"}]})
    c.delete(f"logged-models/{none}/tags/a")
    c.post(f"logged-models/{none}/params", {"params": [{"key": "a", "value": "b"}]})
    c.get(f"logged-models/{none}/artifacts/directories")
    c.get("logged-models/x")


@scenario
def delete(c):
    e = c.experiment()
    m = c.logged_model(e)
    c.delete(f"logged-models/{m}")
    c.get(f"logged-models/{m}")
    c.get(f"logged-models/{m}", allow_deleted="true")
    c.get(f"logged-models/{m}", allow_deleted="True")
    c.get(f"logged-models/{m}", allow_deleted="false")
    c.get(f"logged-models/{m}", allow_deleted="maybe")
    c.delete(f"logged-models/{m}")
    c.post("logged-models/search", {"experiment_ids": [e]})
    c.patch(f"logged-models/{m}/tags", {"tags": [{"key": "a", "value": "b"}]})


@scenario
def tags_and_params(c):
    e = c.experiment()
    m = c.logged_model(e)
    c.patch(f"logged-models/{m}/tags", {"tags": [{"key": "a", "value": "1"}, {"key": "b/c", "value": ""}]})
    c.patch(f"logged-models/{m}/tags", {"tags": [{"key": "a", "value": "2"}]})
    c.patch(f"logged-models/{m}/tags", {"model_id": m, "tags": []})
    c.patch(f"logged-models/{m}/tags", {})
    c.patch(f"logged-models/{m}/tags", {"tags": "x"})
    c.patch(f"logged-models/{m}/tags", {"tags": [{"key": "k" * 251, "value": "v"}]})
    c.post(f"logged-models/{m}/params", {"params": [{"key": "lr", "value": "0.1"}, {"key": "empty", "value": ""}]})
    c.post(f"logged-models/{m}/params", {"params": [{"key": "lr", "value": "0.1"}]})
    c.post(f"logged-models/{m}/params", {"params": [{"key": "lr", "value": "0.2"}]})
    c.post(f"logged-models/{m}/params", {})
    c.post(f"logged-models/{m}/params", {"params": "x"})
    c.post(f"logged-models/{m}/params", {"params": [{"key": f"p{n}", "value": "1"} for n in range(101)]})
    c.get(f"logged-models/{m}")
    c.delete(f"logged-models/{m}/tags/a")
    c.delete(f"logged-models/{m}/tags/a")
    c.delete(f"logged-models/{m}/tags/none")
    c.get(f"logged-models/{m}")


@scenario
def metrics(c):
    e = c.experiment()
    r = c.run(e)
    m = c.logged_model(e, source_run_id=r)
    c.post("runs/log-metric", {"run_id": r, "key": "acc", "value": 0.5, "timestamp": 10, "step": 1, "model_id": m})
    c.post("runs/log-metric", {"run_id": r, "key": "acc", "value": 0.7, "timestamp": 20, "step": 2, "model_id": m})
    c.post("runs/log-metric", {"run_id": r, "key": "acc", "value": 0.6, "timestamp": 15, "step": 2, "model_id": m, "dataset_name": "pumps", "dataset_digest": "d1"})
    c.post("runs/log-batch", {"run_id": r, "metrics": [{"key": "loss", "value": 1.5, "timestamp": 5, "step": 0, "model_id": m}, {"key": "loss", "value": "NaN", "timestamp": 6, "step": 1, "model_id": m}]})
    c.post("runs/log-metric", {"run_id": r, "key": "acc", "value": 0.7, "timestamp": 20, "step": 2, "model_id": "m-" + "0" * 32})
    c.get(f"logged-models/{m}")
    c.get("runs/get", run_id=r)
    c.get("metrics/get-history", run_id=r, metric_key="acc", max_results=100)


def five(c):
    e = c.experiment()
    r = c.run(e)
    for name, kind, params, tags, metrics in (
        ("alpha", "xgboost", {"lr": "0.1"}, {"team": "ops"}, {"acc": 0.9, "loss": 0.1}),
        ("beta", "torch", {"lr": "0.2"}, {"team": "lab"}, {"acc": 0.8}),
        ("gamma", "xgboost", {}, {}, {"acc": "NaN"}),
        ("alpha", "", {"lr": "x"}, {"odd key": "it's"}, {}),
        ("delta", "torch", {}, {"team": "ops"}, {"loss": 0.05, "acc": -1}),
    ):
        m = c.logged_model(e, name=name, model_type=kind, params=[{"key": k, "value": v} for k, v in params.items()], tags=[{"key": k, "value": v} for k, v in tags.items()])
        for key, value in metrics.items():
            c.post("runs/log-metric", {"run_id": r, "key": key, "value": value, "timestamp": 10, "step": 1, "model_id": m}, compare=False)
        if name in ("beta", "gamma"):
            c.patch(f"logged-models/{m}", {"model_id": m, "status": "LOGGED_MODEL_READY"}, compare=False)
    return e


@scenario
def search(c):
    e = five(c)
    path = "logged-models/search"
    by_name = [{"field_name": "name"}, {"field_name": "creation_timestamp"}]
    c.post(path, {"experiment_ids": [e]})
    for text in (
        "name = 'alpha'", "name != 'alpha'", "name LIKE 'a%'", "name ILIKE 'ALPHA'", "attributes.name = 'beta'", "attribute.name = 'beta'", "attr.name = 'beta'", "model_type = 'torch'", "status = 'READY'", "status = 'LOGGED_MODEL_READY'",
        "status = 'PENDING'", "status != 'READY'", "name IN ('alpha', 'beta')", "name NOT IN ('alpha')", "creation_timestamp > 0", "creation_time > 0", "creation_timestamp_ms > 0", "last_updated_timestamp >= 1", "creation_timestamp < 5",
        "metrics.acc > 0.5", "metrics.acc >= 0.8", "metrics.acc < 0", "metrics.acc != 0.9", "metrics.acc = 0.9", "metrics.none > 0", "params.lr = '0.1'", "params.lr != '0.1'", "params.lr LIKE '0%'", "params.lr ILIKE 'X'", "tags.team = 'ops'",
        "tags.team != 'ops'", "tags.`odd key` = \"it's\"", "tags.team LIKE 'o%'", "tags.team IN ('ops', 'lab')", "name = 'alpha' AND metrics.acc > 0.5", "source_run_id = 'x'", "experiment_id = 'x'", "model_id LIKE 'm-%'",
        "name", "name >", "name > 'a'", "name = 5", "metrics.acc = 'x'", "metrics.acc LIKE '1'", "params.lr > '0'", "params.lr = 0.1", "foo = 'x'", "foo.bar = 'x'", "name = 'a' OR name = 'b'", "(name = 'alpha')", "metrics > 1", "creation_timestamp = 'x'",
    ):  # fmt: skip
        c.post(path, {"experiment_ids": [e], "filter": text, "order_by": by_name}, compare="models")
    for order in (
        [{"field_name": "name"}], [{"field_name": "name", "ascending": False}], [{"field_name": "creation_timestamp"}], [{"field_name": "creation_time", "ascending": False}], [{"field_name": "metrics.acc"}],
        [{"field_name": "metrics.acc", "ascending": False}], [{"field_name": "metrics.loss"}, {"field_name": "name"}], [{"field_name": "model_type"}, {"field_name": "name", "ascending": False}], [{"field_name": "metrics.none"}],
        [{"field_name": "metrics.acc", "dataset_name": "pumps"}], [{"field_name": "metrics.acc", "dataset_name": "pumps", "dataset_digest": "d"}], [{"field_name": "metrics.acc", "dataset_digest": "d"}], [{"field_name": "last_updated_timestamp"}],
        [{"field_name": "foo"}], [{"field_name": "params.lr"}], [{"field_name": "tags.team"}], [{"field_name": ""}], [{}], "name", [5], [{"field_name": "metrics.acc", "ascending": "x"}], [{"field_name": "attributes.name"}],
    ):  # fmt: skip
        c.post(path, {"experiment_ids": [e], "order_by": order}, compare="models")


@scenario
def search_pages_and_limits(c):
    e = five(c)
    path = "logged-models/search"
    query = {"experiment_ids": [e], "max_results": 2, "order_by": [{"field_name": "name"}, {"field_name": "creation_timestamp"}]}
    page = c.post(path, query, compare="models")
    page = c.post(path, {**query, "page_token": page.get("next_page_token")}, compare="models")
    c.post(path, {**query, "page_token": page.get("next_page_token")}, compare="models")
    token = page.get("next_page_token")
    c.post(path, {**query, "page_token": token, "filter": "name = 'alpha'"}, compare="models")
    c.post(path, {**query, "page_token": token, "order_by": [{"field_name": "name", "ascending": False}]}, compare="models")
    c.post(path, {**query, "page_token": token, "experiment_ids": ["0"]}, compare="models")
    c.post(path, {**query, "page_token": "rubbish"}, compare="models")
    for most in (0, -1, 5, 50, 51, 1000, 50001, "x", "3", None):
        c.post(path, {**query, "max_results": most}, compare="models")
    for body in ({}, {"experiment_ids": []}, {"experiment_ids": e}, {"experiment_ids": ["999999999"]}, {"experiment_ids": [5]}, {"experiment_ids": [e], "filter": 5}, {"experiment_ids": [""]}):
        c.post(path, body, compare="models")
    c.post(path, {**query, "datasets": [{"dataset_name": "pumps"}], "filter": "metrics.acc > 0"}, compare="models")
    c.post(path, {**query, "datasets": [{}]}, compare="models")
    c.post(path, {**query, "datasets": "x"}, compare="models")


@scenario
def legacy_log_model(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-model"
    model = {"artifact_path": "model", "flavors": {"xgboost": {}}, "utc_time_created": "2026-01-01 00:00:00.000000", "run_id": r, "model_uuid": "u"}
    c.post(path, {"run_id": r, "model_json": json.dumps(model)})
    c.get("runs/get", run_id=r)
    c.post(path, {"run_id": r, "model_json": json.dumps({**model, "artifact_path": "second"})})
    c.get("runs/get", run_id=r)
    for gone in ("artifact_path", "flavors", "utc_time_created", "run_id"):
        c.post(path, {"run_id": r, "model_json": json.dumps({k: v for k, v in model.items() if k != gone})})
    for text in ("", "no json", "5", "[]", "null", 5, {"a": 1}):
        c.post(path, {"run_id": r, "model_json": text})
    c.post(path, {"run_id": r})
    c.post(path, {"model_json": json.dumps(model)})
    c.post(path, {"run_id": "0" * 32, "model_json": json.dumps(model)})


@scenario
def keys_may_be_empty(c):
    e = c.experiment()
    m = c.post("logged-models", {"experiment_id": e, "name": "x", "params": [{"key": "", "value": "1"}], "tags": [{"value": "2"}]}).get("model.info.model_id")
    c.patch(f"logged-models/{m}/tags", {"tags": [{"key": None, "value": "3"}, {"key": "a", "value": "4"}]})
    c.post(f"logged-models/{m}/params", {"params": [5]})
    c.get(f"logged-models/{m}")
    c.patch("logged-models/m-none/tags", {"tags": [{"key": "", "value": "1"}]})
