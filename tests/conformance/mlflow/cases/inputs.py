from exchange import scenario

DATASET = {"name": "pumps", "digest": "d1", "source_type": "local", "source": '{"uri":"/data/pumps.csv"}'}


@scenario
def log_inputs(c):
    e = c.experiment()
    r, other = c.run(e), c.run(e)
    path = "runs/log-inputs"
    c.post(path, {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "mlflow.data.context", "value": "training"}]}]})
    c.get("runs/get", run_id=r)
    c.post(path, {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "mlflow.data.context", "value": "changed"}]}]})
    c.get("runs/get", run_id=r)
    c.post(path, {"run_id": r, "datasets": [{"dataset": {**DATASET, "digest": "d2", "schema": '{"mlflow_colspec":[]}', "profile": '{"num_rows": 5}'}}]})
    c.post(path, {"run_id": r, "datasets": [{"dataset": {**DATASET, "source": "other source"}}]})
    c.post(path, {"run_id": other, "datasets": [{"dataset": {**DATASET, "source": "other source", "source_type": "s3"}, "tags": [{"key": "a", "value": "b"}, {"key": "c", "value": "d"}]}]})
    c.get("runs/get", run_id=r)
    c.get("runs/get", run_id=other)
    c.post(path, {"run_id": r})
    c.post(path, {"run_id": r, "datasets": []})
    c.post(path, {"run_uuid": r, "datasets": []})
    c.post("runs/search", {"experiment_ids": [e], "order_by": ["start_time"], "filter": "dataset.digest = 'd2'"})


@scenario
def log_inputs_refused(c):
    e = c.experiment()
    r = c.run(e)
    path = "runs/log-inputs"
    for body in (
        {}, {"run_id": "0" * 32, "datasets": [{"dataset": DATASET}]}, {"run_id": 5}, {"run_id": r, "datasets": "x"}, {"run_id": r, "datasets": [{}]}, {"run_id": r, "models": "x"},
        {"run_id": r, "models": [{"model_id": "m-" + "0" * 32}]}, {"run_id": r, "models": [{}]}, {"run_id": "not/an id"},
        *({"run_id": r, "datasets": [{"dataset": {k: v for k, v in DATASET.items() if k != gone}}]} for gone in DATASET),
        *({"run_id": r, "datasets": [{"dataset": {**DATASET, field: text}}]} for field, text in (("name", ""), ("name", "n" * 501), ("digest", "d" * 37), ("digest", ""), ("source", "s" * 65536), ("schema", "s" * 1048576), ("name", 5))),
        {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "k" * 256, "value": "v"}]}]}, {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "k", "value": "v" * 501}]}]},
        {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"value": "v"}]}]}, {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "v"}]}]},
    ):  # fmt: skip
        c.post(path, body)
    c.get("runs/get", run_id=r)


@scenario
def search_datasets(c):
    e, other = c.experiment(), c.experiment("other")
    r = c.run(e)
    c.post("runs/log-inputs", {"run_id": r, "datasets": [{"dataset": DATASET, "tags": [{"key": "mlflow.data.context", "value": "training"}]}]}, compare=False)
    path = "/ajax-api/2.0/mlflow/experiments/search-datasets"
    c.post(path, {"experiment_ids": [e]})
    c.post(path, {"experiment_ids": [other]})
    c.post(path, {"experiment_ids": []})
    c.post(path, {})
    c.post(path, {"experiment_ids": ["1"] * 21})
    c.post(path, {"experiment_ids": e})


@scenario
def models_read_and_written(c):
    e = c.experiment()
    r = c.run(e)
    m = c.logged_model(e)
    c.post("runs/log-inputs", {"run_id": r, "models": [{"model_id": m}]})
    c.post("runs/log-inputs", {"run_id": r, "models": [{"model_id": m}]})
    c.post("runs/outputs", {"run_id": r, "models": [{"model_id": m, "step": 3}]})
    c.post("runs/outputs", {"run_id": r, "models": [{"model_id": m, "step": 3}]})
    c.get("runs/get", run_id=r)
    c.post("runs/search", {"experiment_ids": [e]})
    for body in (
        {}, {"run_id": r}, {"run_id": r, "models": []}, {"run_id": r, "models": "x"}, {"run_id": r, "models": [{}]}, {"run_id": r, "models": [{"model_id": m}]}, {"models": [{"model_id": m, "step": 0}]},
        {"run_id": "0" * 32, "models": [{"model_id": m, "step": 0}]}, {"run_id": r, "models": [{"model_id": "m-" + "0" * 32, "step": 0}]}, {"run_id": r, "models": [{"model_id": m, "step": "x"}]},
    ):  # fmt: skip
        c.post("runs/outputs", body)
    c.get("runs/get", run_id=r)
