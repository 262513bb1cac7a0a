from exchange import scenario

RUNS = (
    # name, start, end, status, metrics, params, tags
    ("alpha", 100, 900, "FINISHED", {"acc": 0.9, "loss": 0.1}, {"lr": "0.1", "depth": "6", "kind": "xgb"}, {"team": "ops", "odd key": "it's"}),
    ("Beta", 200, 800, "FAILED", {"acc": 0.8, "loss": 0.2}, {"lr": "0.01", "depth": "10", "kind": "XGB"}, {"team": "Ops"}),
    ("gamma", 300, None, "RUNNING", {"acc": "NaN"}, {"lr": "1e-3", "depth": "8"}, {"team": "lab", "a.b.c": "dots"}),
    ("delta", 400, 700, "KILLED", {"loss": 0.3}, {"kind": "lstm%"}, {}),
    ("alpha", 500, 600, "FINISHED", {"acc": "Infinity", "val loss": 7}, {"lr": ""}, {"team": ""}),
    ("epsilon_x", 600, 500, "SCHEDULED", {"acc": "-Infinity", "loss": -1, "a/b": 1}, {"depth": "x"}, {"team": "ops"}),
    ("epsilonZx", 650, None, "RUNNING", {"acc": 0.8}, {}, {"mlflow.note.content": "note"}),
)


def seven(c):
    e = c.experiment()
    for name, start, end, status, metrics, params, tags in RUNS:
        r = c.run(e, run_name=name, start_time=start, user_id=f"user {start % 300}")
        c.batch(r, [(k, v, 1, 1) for k, v in metrics.items()], params.items(), tags.items())
        update = {"run_id": r, "status": status}
        if end:
            update["end_time"] = end
        c.post("runs/update", update, compare=False)
    return e


def search(c, e, **fields):
    return c.post("runs/search", {"experiment_ids": [e], **fields}, compare="runs")


@scenario
def whole_answer(c):
    c.post("runs/search", {"experiment_ids": [seven(c)], "order_by": ["start_time", "run_name"]})


FILTERS = {
    "metrics": (
        "metrics.acc > 0.8", "metrics.acc >= 0.8", "metrics.acc = 0.8", "metrics.acc != 0.8", "metrics.acc < 0.9", "metrics.acc <= 0.9", "metric.acc > 0.85", "metrics.loss < 0",
        "metrics.acc > -1e3", "metrics.`val loss` = 7", 'metrics."val loss" > 6', "metrics.a/b = 1", "metrics.`a/b` = 1", "metrics.none > 0", "metrics.acc > 0 AND metrics.loss < 0.15",
        "metrics.acc > .5", "metrics.acc > +0.5", "metrics.acc >= 1e400", "metrics.acc>0.8", "METRICS.acc > 0.8",
    ),
    "params": (
        "params.lr = '0.1'", "params.lr != '0.1'", "params.kind LIKE 'x%'", "params.kind ILIKE 'x%'", "params.kind LIKE 'lstm\\%'", "param.depth = '6'", "parameters.depth = '6'",
        "parameter.depth != '6'", 'params.lr = "0.01"', "params.lr = ''", "params.lr IS NULL", "params.lr IS NOT NULL", "params.kind = 'XGB'", "params.depth LIKE '_'",
        "params.lr is null", "params.none = 'x'", "params.none IS NULL", "params.lr = '0.1' AND params.depth = '6'", "params.kind like 'x%'", "params.kind Ilike 'X%'",
    ),
    "tags": (
        "tags.team = 'ops'", "tags.team != 'ops'", "tags.team LIKE 'o%'", "tags.team ILIKE 'o%'", "tag.team = 'lab'", "tags.team = ''", "tags.team IS NULL", "tags.team IS NOT NULL",
        "tags.`odd key` = \"it's\"", 'tags."odd key" LIKE "it%"', "tags.a.b.c = 'dots'", "tags.`a.b.c` = 'dots'", "tags.mlflow.runName = 'alpha'", "tags.`mlflow.note.content` = 'note'",
        "tags.mlflow.runName LIKE 'epsilon_x'", "tags.team = 'ops' AND params.lr = '0.1' AND metrics.acc > 0.5 AND attributes.status = 'FINISHED'",
    ),
    "attributes": (
        "status = 'FINISHED'", "attributes.status = 'RUNNING'", "attribute.status != 'RUNNING'", "attr.status LIKE 'F%'", "run.status ILIKE 'f%'", "status = 'finished'", "status = 'x'",
        "run_name = 'alpha'", "attributes.run_name LIKE 'eps%'", "`run name` = 'alpha'", "attributes.`Run name` = 'alpha'", '"Run Name" != \'alpha\'', "run_name ILIKE 'ALPHA'", "run_name LIKE 'epsilon_x'",
        "user_id = 'user 100'", "user_id LIKE 'user%'", "start_time > 300", "start_time >= 300", "start_time = 300", "start_time != 300", "attributes.start_time < 300", "end_time <= 600", "end_time > 0",
        "created > 300", "Created <= 300", "artifact_uri LIKE 'mlflow-artifacts:%'", "artifact_uri = 'x'", "start_time > 100 AND end_time < 900 AND status = 'FINISHED'", "start_time > '300'",
    ),
    "refused": (
        "acc > 0.5", "metrics.acc > '0.5'", "metrics.acc > abc", "metrics.acc LIKE '0.5'", "metrics.acc = NULL", "metrics.acc IS NULL", "metrics.acc", "metrics.acc >", "> 0.5", "metrics.acc == 0.5",
        "metrics. > 1", "metrics > 1", "params.lr = 0.1", "params.lr > '0.1'", "params.lr = abc", "params.lr IN ('0.1')", "params.lr", "tags.team > 'a'", "tags.team = ops", "tags.team IN ('ops')", "tags = 'x'",
        "status > 'FINISHED'", "status = FINISHED", "status = 5", "start_time = 'x'", "start_time LIKE '3%'", "run_id = 5", "lifecycle_stage = 'active'", "experiment_id = '0'", "foo.bar = 'x'", "nothing = 'x'",
        "status IS NULL", "metrics.acc > 0.5 XOR metrics.loss < 1", "NOT metrics.acc > 0.5", "metrics.acc > 0.5; metrics.loss < 1", "metrics.acc BETWEEN 0 AND 1", "params.lr = 'unclosed", "metrics.`acc > 1",
        "status IN ('FINISHED')", "status NOT IN ('FINISHED', 'FAILED')", "run_name IN ('alpha')", "start_time IN (1)", "run_id IN ()", "run_id IN ('a', 5)", "run_id IN 'a'", "params.`` = 'x'", "1 = 1",
        "'a' = 'a'", "status = ('FINISHED')", "metrics.acc > 0.5,", "metrics.acc > (0.5)", "params.lr != NULL", "tags.team LIKE 5", "artifact_uri > 'a'", "metrics.acc > 1 metrics.loss < 2", "\"\"", "*", "select *",
    ),
    "accepted where sqlparse is kind": (
        "", " ", "  metrics.acc   >    0.8  ", "metrics.acc > 0.8 AND", "metrics.acc > 0.8 and metrics.loss < 1", "metrics.acc\n>\n0.8", "metrics.acc > 0.8\tAND\tmetrics.loss < 1", "status='FINISHED'",
        "params.lr='0.1'", "metrics.acc > 0.8 -- a comment", "metrics.acc <> 0.8",
    ),
    "or and parentheses": (
        "status = 'FINISHED' OR status = 'FAILED'", "(status = 'FINISHED')", "(status = 'FINISHED' OR status = 'FAILED') AND metrics.acc > 0.85", "params.lr < 0.05", "params.depth >= 8",
    ),
}  # fmt: skip


def with_filters(name):
    def function(c):
        e = seven(c)
        for text in FILTERS[name]:
            search(c, e, filter=text, order_by=["start_time", "run_name"])

    function.__name__ = "filter_" + name.replace(" ", "_")
    function.__module__ = __name__
    scenario(function)


for group in FILTERS:
    with_filters(group)


@scenario
def filter_by_run_id(c):
    e = seven(c)
    first = c.post("runs/search", {"experiment_ids": [e], "order_by": ["start_time", "run_name"]}, compare=False)
    ids = [run["info"]["run_id"] for run in first.get("runs")]
    order = {"order_by": ["start_time", "run_name"]}
    for text in (
        f"run_id = '{ids[0]}'", f"attributes.run_id != '{ids[0]}'", f"run_id IN ('{ids[0]}', '{ids[2]}')", f"attributes.run_id IN ('{ids[1]}')", f"run_id NOT IN ('{ids[0]}','{ids[1]}')",
        f"run_id LIKE '{ids[0]}%'", f"run_id IN ('{ids[0]}','none')", f"run_id in ('{ids[0]}')", f'run_id IN ("{ids[0]}")', f"run_id IN ('{ids[0]}') AND status = 'FINISHED'",
    ):  # fmt: skip
        search(c, e, filter=text, **order)


@scenario
def order_by(c):
    e = seven(c)
    for order in (
        [], ["start_time"], ["start_time DESC"], ["attributes.start_time ASC"], ["end_time"], ["end_time DESC", "run_name"], ["metrics.acc"], ["metrics.acc ASC", "start_time"], ["metrics.acc DESC", "run_name"],
        ["metrics.loss DESC"], ["metric.loss"], ["metrics.`val loss`"], ["params.lr", "start_time"], ["params.lr DESC"], ["param.depth ASC"], ["parameters.depth DESC", "start_time"], ["tags.team"], ["tag.team DESC", "run_name"],
        ["run_name", "start_time"], ["status", "start_time"], ["status DESC", "start_time"], ["`run name`", "start_time"], ["Created"], ["created DESC", "run_name"], ["user_id", "start_time"], ["attr.status", "start_time"],
        ["metrics.none", "start_time"], ["params.none", "start_time"], ["metrics.acc desc", "run_name asc"], ["metrics.\"a/b\""], ["tags.`odd key`", "start_time"],
    ):  # fmt: skip
        search(c, e, order_by=order)


    for order in (["run_id"], ["artifact_uri DESC"]):
        c.post("runs/search", {"experiment_ids": [e], "order_by": order}, compare="status")


@scenario
def order_by_refused(c):
    e = seven(c)
    for order in (
        ["acc"], ["metrics.acc up"], ["metrics"], ["metrics."], [""], ["start_time DESC ASC"], ["foo.bar"], ["metrics.acc,"], ["lifecycle_stage"], ["dataset.name"], [5], [None], "start_time", {"a": 1},
        ["metrics.acc", "metrics.acc"], ["start_time", "start_time DESC"], ["`metrics.acc"], ["metrics.acc > 1"],
    ):  # fmt: skip
        search(c, e, order_by=order)


@scenario
def pages(c):
    e = seven(c)
    for order in (["start_time", "run_name"], ["metrics.acc DESC"], ["params.lr"], []):
        token = {}
        for _ in range(5):
            answer = search(c, e, max_results=2, order_by=order, **token)
            if "next_page_token" not in answer.json:
                break
            token = {"page_token": answer.get("next_page_token")}
    search(c, e, max_results=7)
    search(c, e, page_token="")
    for token in ("rubbish", "e30=", "AAAA", 5):
        search(c, e, page_token=token)


@scenario
def limits_and_views(c):
    e = seven(c)
    r = c.post("runs/search", {"experiment_ids": [e], "max_results": 1, "order_by": ["start_time"]}, compare=False).get("runs.0.info.run_id")
    c.post("runs/delete", {"run_id": r}, compare=False)
    order = {"order_by": ["start_time", "run_name"], "max_results": 2}
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3, "NONE", "active_only", None, ""):
        search(c, e, run_view_type=view, **order)
    for most in (0, -1, 1, 50000, 50001, "3", "x", 2.5, True, None, 2**40):
        search(c, e, **{**order, "max_results": most, "filter": "metrics.none > 1"})
    c.post("runs/search", {"max_results": 2})
    c.post("runs/search", {"experiment_ids": [], "max_results": 2})
    c.post("runs/search", {"experiment_ids": ["999999999"]})
    c.post("runs/search", {"experiment_ids": ["abc"]})
    c.post("runs/search", {"experiment_ids": e})
    c.post("runs/search", {"experiment_ids": [int(e)], "max_results": 1, "order_by": ["start_time"]}, compare="runs")
    c.post("runs/search", {"experiment_ids": [e], "filter": 5})
    other = c.experiment("other")
    c.run(other, run_name="elsewhere", start_time=450)
    c.post("runs/search", {"experiment_ids": [e, other], "order_by": ["start_time", "run_name"], "filter": "start_time >= 400"}, compare="runs")
    c.post("runs/search", {"experiment_ids": [e, e], "order_by": ["start_time", "run_name"], "filter": "start_time >= 600"}, compare="runs")


@scenario
def by_dataset(c):
    e = c.experiment()
    for number, (name, digest, context) in enumerate((("pumps", "d1", "training"), ("pumps", "d2", "eval"), ("Valves", "d1", None))):
        r = c.run(e, start_time=number + 1)
        entry = {"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "{}"}}
        if context:
            entry["tags"] = [{"key": "mlflow.data.context", "value": context}]
        c.post("runs/log-inputs", {"run_id": r, "datasets": [entry]})
    for text in (
        "dataset.name = 'pumps'", "datasets.name != 'pumps'", "dataset.digest = 'd1'", "dataset.context = 'training'", "dataset.context != 'training'", "dataset.name LIKE 'p%'", "dataset.name ILIKE 'v%'",
        "dataset.digest IN ('d1', 'd2')", "dataset.name NOT IN ('pumps')", "dataset.name = 'pumps' AND dataset.context = 'eval'", "dataset.name > 'a'", "dataset.foo = 'x'", "dataset.name = 5", "dataset.name IS NULL",
    ):  # fmt: skip
        search(c, e, filter=text, order_by=["start_time"])


@scenario
def null_and_other_names(c):
    e = seven(c)
    for text in ("created = NULL", "created = 'x'", "attr.run_name ILIKE NULL", "`run name` is null", "created IS NOT NULL", "attributes.`Run name` IS NULL", "params.depth like 300", "param.kind ILIKE 5", "tags.team LIKE NULL", "metrics.acc != null"):
        search(c, e, filter=text)
