from exchange import scenario


@scenario
def create(c):
    e = c.experiment()

    def noted(body):
        created = c.post("runs/create", body)
        if created.status == 200:
            c.get("runs/get", run_id=created.get("run.info.run_id"))

    noted({"experiment_id": e})
    noted({"experiment_id": e, "start_time": 1700000000000, "run_name": "first", "user_id": "u"})
    noted({"experiment_id": e, "start_time": 1700000000000, "run_name": "first", "user_id": "u", "tags": [{"key": "a", "value": "1"}, {"key": "mlflow.note.content", "value": "n"}, {"key": "z", "value": ""}]})
    noted({"experiment_id": e, "tags": [{"key": "mlflow.runName", "value": "by tag"}]})
    noted({"experiment_id": e, "run_name": "same", "tags": [{"key": "mlflow.runName", "value": "same"}]})
    noted({"experiment_id": e, "run_name": ""})
    noted({"experiment_id": e, "run_name": "이름 with spaces / and signs"})
    noted({"experiment_id": e, "tags": [{"key": "mlflow.user", "value": "tag user"}, {"key": "mlflow.source.name", "value": "train.py"}, {"key": "mlflow.source.type", "value": "LOCAL"}]})
    noted({"experiment_id": e, "start_time": 0})
    noted({"experiment_id": e, "start_time": "1700000000000"})
    noted({"experiment_id": e, "unknown_field": 1, "start_time": 5})
    noted({"experiment_id": e, "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]})
    noted({"experiment_id": e, "tags": [{"key": "long", "value": "v" * 8001}]})


@scenario
def create_refused(c):
    e = c.experiment()
    for body in (
        {"experiment_id": "999999999"}, {"experiment_id": "abc"}, {"experiment_id": 5}, {"experiment_id": e, "start_time": "x"},
        {"experiment_id": e, "start_time": 1.5}, {"experiment_id": e, "start_time": True}, {"experiment_id": e, "run_name": 5},
        {"experiment_id": e, "tags": "a"}, {"experiment_id": e, "tags": [{"key": "k" * 251, "value": "v"}]},
        {"experiment_id": e, "tags": [{"key": "a*b", "value": "v"}]},
        {"experiment_id": e, "run_name": "one", "tags": [{"key": "mlflow.runName", "value": "two"}]},
        {"experiment_id": e, "user_id": 4},
    ):  # fmt: skip
        c.post("runs/create", body)


@scenario
def get(c):
    e = c.experiment()
    r = c.run(e)
    c.get("runs/get", run_id=r)
    c.get("runs/get", run_uuid=r)
    c.get("runs/get", run_id=r, run_uuid=r)
    c.get("runs/get", run_id="0" * 32)
    c.get("runs/get", run_id="")
    c.get("runs/get", run_id="short")
    c.get("runs/get", run_id="../../etc")
    c.get("runs/get", run_id="a" * 300)
    c.get("runs/get")


@scenario
def update(c):
    e = c.experiment()
    r = c.run(e)
    c.post("runs/update", {"run_id": r})
    for status in ("FINISHED", "RUNNING", "SCHEDULED", "FAILED", "KILLED"):
        c.post("runs/update", {"run_id": r, "status": status, "end_time": 1700000100000})
    c.post("runs/update", {"run_id": r, "status": "RUNNING"})
    c.post("runs/update", {"run_id": r, "run_name": "renamed"})
    c.get("runs/get", run_id=r)
    c.post("runs/update", {"run_id": r, "run_name": ""})
    c.post("runs/update", {"run_uuid": r, "status": "FINISHED"})
    c.post("runs/update", {"run_id": r, "status": 3})
    c.post("runs/update", {"run_id": r, "end_time": 0})
    c.post("runs/update", {"run_id": r, "end_time": "1700000200000"})
    c.post("runs/update", {"run_id": r, "end_time": -5})
    c.post("runs/set-tag", {"run_id": r, "key": "mlflow.runName", "value": "named by tag"})
    c.get("runs/get", run_id=r)
    c.post("runs/delete-tag", {"run_id": r, "key": "mlflow.runName"})
    c.get("runs/get", run_id=r)


@scenario
def update_refused(c):
    e = c.experiment()
    r = c.run(e)
    for body in (
        {}, {"run_id": ""}, {"run_id": "0" * 32, "status": "FINISHED"}, {"run_id": r, "status": "DONE"}, {"run_id": r, "status": "finished"},
        {"run_id": r, "status": 9}, {"run_id": r, "end_time": "x"}, {"run_id": r, "end_time": 1.5}, {"run_id": r, "run_name": 7}, {"run_id": 7},
        {"run_id": r, "end_time": True}, {"run_id": r, "status": ["FINISHED"]},
    ):  # fmt: skip
        c.post("runs/update", body)
    c.get("runs/get", run_id=r)


@scenario
def delete_and_restore(c):
    e = c.experiment()
    r = c.run(e)
    c.batch(r, metrics=[("m", 1, 1, 0)], params=[("p", "1")], tags=[("t", "1")])
    c.post("runs/delete", {"run_id": r})
    c.get("runs/get", run_id=r)
    c.post("runs/delete", {"run_id": r})
    c.post("runs/log-metric", {"run_id": r, "key": "m", "value": 1, "timestamp": 1})
    c.post("runs/log-parameter", {"run_id": r, "key": "p", "value": "1"})
    c.post("runs/set-tag", {"run_id": r, "key": "t", "value": "1"})
    c.post("runs/delete-tag", {"run_id": r, "key": "t"})
    c.post("runs/update", {"run_id": r, "status": "FINISHED"})
    c.post("runs/log-batch", {"run_id": r, "metrics": [{"key": "m", "value": 1, "timestamp": 1}]})
    c.post("runs/log-inputs", {"run_id": r, "datasets": [{"dataset": {"name": "d", "digest": "1", "source_type": "s", "source": "{}"}}]})
    c.get("metrics/get-history", run_id=r, metric_key="m")
    c.get("artifacts/list", run_id=r)
    c.post("runs/search", {"experiment_ids": [e]})
    c.post("runs/search", {"experiment_ids": [e], "run_view_type": "DELETED_ONLY"})
    c.post("runs/search", {"experiment_ids": [e], "run_view_type": "ALL"})
    c.post("runs/restore", {"run_id": r})
    c.post("runs/restore", {"run_id": r})
    c.get("runs/get", run_id=r)
    for verb in ("delete", "restore"):
        for body in ({}, {"run_id": ""}, {"run_id": "0" * 32}, {"run_id": 1}, {"run_uuid": r}):
            c.post(f"runs/{verb}", body)


@scenario
def nested_and_resumed(c):
    e = c.experiment()
    parent = c.run(e, run_name="parent")
    child = c.run(e, run_name="child", tags=[{"key": "mlflow.parentRunId", "value": parent}])
    c.get("runs/get", run_id=child)
    c.post("runs/search", {"experiment_ids": [e], "filter": f"tags.mlflow.parentRunId = '{parent}'"})
    c.post("runs/update", {"run_id": parent, "status": "FINISHED", "end_time": 1700000100000})
    c.post("runs/update", {"run_id": parent, "status": "RUNNING"})
    c.post("runs/log-metric", {"run_id": parent, "key": "m", "value": 2, "timestamp": 5})
    c.post("runs/update", {"run_id": parent, "status": "FINISHED", "end_time": 1700000200000})
    c.get("runs/get", run_id=parent)
    c.post("runs/delete", {"run_id": parent})
    c.get("runs/get", run_id=child)


@scenario
def tags(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/set-tag"
    for key, value in (("a", "1"), ("a", "2"), ("b.c/d-e f:g", "x"), ("빈", ""), ("long", "v" * 8000), ("cut", "w" * 8001), ("lines", "a\nb\t\"c\"")):
        c.post(path, {"run_id": r, "key": key, "value": value})
    c.post(path, {"run_id": r, "key": "none"})
    c.post(path, {"run_uuid": r, "key": "uuid", "value": "v"})
    c.get("runs/get", run_id=r)
    for body in (
        {"run_id": r}, {"run_id": r, "key": ""}, {"run_id": r, "key": None, "value": "v"}, {"run_id": r, "key": 1, "value": "v"},
        {"run_id": r, "key": "k", "value": 1}, {"run_id": r, "key": "k", "value": None}, {"run_id": r, "key": "k" * 251, "value": "v"}, {"key": "k", "value": "v"},
        {"run_id": "0" * 32, "key": "k", "value": "v"}, {"run_id": r, "key": "a//b", "value": "v"}, {"run_id": r, "key": "../a", "value": "v"},
        {"run_id": r, "key": "/a", "value": "v"}, {"run_id": r, "key": "a/", "value": "v"}, {"run_id": r, "key": "a?b", "value": "v"},
        {"run_id": r, "key": "a/./b", "value": "v"}, {"run_id": r, "key": "..", "value": "v"}, {"run_id": r, "key": "a\nb", "value": "v"},
        {"run_id": r, "key": "mlflow.runName", "value": ""},
    ):  # fmt: skip
        c.post(path, body)
    path = "runs/delete-tag"
    for body in ({"run_id": r, "key": "a"}, {"run_id": r, "key": "a"}, {"run_id": r}, {"key": "a"}, {"run_id": "0" * 32, "key": "a"}, {"run_id": r, "key": ""}):
        c.post(path, body)


@scenario
def params(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-parameter"
    for key, value in (("a", "1"), ("a", "1"), ("a", "2"), ("empty", ""), ("b.c/d-e f:g", "x"), ("six", "v" * 6000), ("cut", "w" * 6001), ("키", "값")):
        c.post(path, {"run_id": r, "key": key, "value": value})
    c.post(path, {"run_id": r, "key": "none"})
    c.post(path, {"run_id": r, "key": "none"})
    c.post(path, {"run_id": r, "key": "empty", "value": "no longer"})
    c.post(path, {"run_uuid": r, "key": "uuid", "value": "v"})
    for body in (
        {"run_id": r}, {"run_id": r, "key": ""}, {"run_id": r, "key": 1, "value": "v"}, {"run_id": r, "key": "n", "value": 1},
        {"run_id": r, "key": "n", "value": True}, {"run_id": r, "key": "n", "value": ["a"]}, {"run_id": r, "key": "k" * 251, "value": "v"},
        {"key": "k", "value": "v"}, {"run_id": "0" * 32, "key": "k", "value": "v"}, {"run_id": r, "key": "a//b", "value": "v"},
        {"run_id": r, "key": "a#b", "value": "v"}, {"run_id": r, "key": ".", "value": "v"}, {"run_id": r, "key": "k" * 250, "value": "v"},
    ):  # fmt: skip
        c.post(path, body)
    c.get("runs/get", run_id=r)


@scenario
def aliases_and_other_prefixes(c):
    e = c.experiment()
    r = c.run(e)
    c.get("/ajax-api/2.0/mlflow/runs/get", run_id=r)
    c.send("POST", "/ajax-api/2.0/mlflow/runs/search", {"experiment_ids": [e]})
    c.get("/api/3.0/mlflow/runs/get", run_id=r)
    c.get("/ajax-api/3.0/mlflow/runs/get", run_id=r)
    c.get("/api/2.0/preview/mlflow/runs/get", run_id=r)
    c.get("/ajax-api/2.0/preview/mlflow/experiments/get", experiment_id=e)
    c.send("GET", "/api/1.0/mlflow/runs/get", query={"run_id": r})
    c.send("GET", "/api/2.0/mlflow/runs/no-such-thing")
    c.send("GET", "/api/2.0/mlflow/runs/create")
    c.send("DELETE", "/api/2.0/mlflow/runs/get", query={"run_id": r})
    c.send("PUT", "/api/2.0/mlflow/runs/create", {})
    c.send("GET", "/api/2.0/mlflow/runs/get/", query={"run_id": r})
    c.send("GET", "/health")
    c.get("/api/3.0/mlflow/server-info", compare="status")
    c.get("/ajax-api/3.0/mlflow/server-info", compare="status")
