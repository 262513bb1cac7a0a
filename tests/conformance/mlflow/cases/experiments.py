from exchange import scenario


@scenario
def create_get_and_names(c):
    created = c.post("experiments/create", {"name": c.name("a"), "tags": [{"key": "k", "value": "v"}, {"key": "empty", "value": ""}]})
    c.get("experiments/get", experiment_id=created.get("experiment_id"))
    c.get("experiments/get-by-name", experiment_name=c.name("a"))
    c.post("experiments/create", {"name": c.name("a")})
    located = c.post("experiments/create", {"name": c.name("located"), "artifact_location": "s3://bucket/some/folder"})
    c.get("experiments/get", experiment_id=located.get("experiment_id"))
    folder = c.post("experiments/create", {"name": c.name("plant/line 3/pumps")})
    c.get("experiments/get-by-name", experiment_name=c.name("plant/line 3/pumps"))
    korean = c.post("experiments/create", {"name": c.name("펌프 고장 예측 🛠")})
    c.get("experiments/get-by-name", experiment_name=c.name("펌프 고장 예측 🛠"))
    c.get("experiments/get", experiment_id="0")
    c.get("experiments/get-by-name", experiment_name="Default")
    c.post("experiments/create", {"name": "Default"})


@scenario
def create_refused(c):
    for body in ({}, {"name": ""}, {"name": None}, {"name": 1}, {"name": ["a"]}, {"name": {"a": 1}}, {"name": True}):
        c.post("experiments/create", body)
    c.post("experiments/create", {"name": c.name("x"), "tags": "no list"})
    c.post("experiments/create", {"name": c.name("x"), "tags": {"key": "a"}})
    c.post("experiments/create", {"name": c.name("x"), "artifact_location": 7})
    c.post("experiments/create", {"name": "n" * 501})
    c.post("experiments/create", {"name": c.name("x"), "artifact_location": "s3://bucket/a/../b"})
    c.post("experiments/create", {"name": c.name("y"), "artifact_location": "s3://bucket/a?query=1"})
    c.post("experiments/create", {"name": c.name("x"), "artifact_location": "s3://bucket/a#fragment"})
    c.post("experiments/create", {"name": c.name("z"), "artifact_location": "mlflow-artifacts:/a/%2e%2e/b"})
    c.post("experiments/create", {"name": c.name("x"), "tags": [{"key": "k" * 251, "value": "v"}]})
    c.post("experiments/create", {"name": c.name("w"), "tags": [{"key": "k", "value": "v" * 5001}]})
    c.post("experiments/create", {"name": c.name("x"), "tags": [{"key": "../k", "value": "v"}]})
    c.post("experiments/create", {"name": c.name("x"), "tags": [{"key": "a*b", "value": "v"}]})


@scenario
def longest_name_and_tags(c):
    name = (c.name("l") + "n" * 256)[:256]
    c.note("long name", name)
    created = c.post("experiments/create", {"name": name, "tags": [{"key": "k" * 250, "value": "v" * 5000}]})
    c.get("experiments/get", experiment_id=created.get("experiment_id"))


@scenario
def get_missing_and_malformed(c):
    c.get("experiments/get", experiment_id="999999999")
    c.get("experiments/get", experiment_id="abc")
    c.get("experiments/get", experiment_id="")
    c.get("experiments/get", experiment_id="-1")
    c.get("experiments/get", experiment_id="1.5")
    c.get("experiments/get")
    c.get("experiments/get-by-name")
    c.get("experiments/get-by-name", experiment_name="")
    c.get("experiments/get-by-name", experiment_name="there is none of this name")
    c.get("experiments/get", other="1")


@scenario
def delete_and_restore(c):
    e = c.experiment("a")
    r = c.run(e)
    c.post("experiments/delete", {"experiment_id": e})
    c.get("experiments/get", experiment_id=e)
    c.get("experiments/get-by-name", experiment_name=c.name("a"))
    c.get("runs/get", run_id=r)
    c.post("experiments/delete", {"experiment_id": e})
    c.post("experiments/create", {"name": c.name("a")})
    c.post("experiments/update", {"experiment_id": e, "new_name": c.name("b")})
    c.post("experiments/set-experiment-tag", {"experiment_id": e, "key": "k", "value": "v"})
    c.post("runs/create", {"experiment_id": e})
    c.post("runs/log-metric", {"run_id": r, "key": "m", "value": 1, "timestamp": 1})
    c.post("runs/set-tag", {"run_id": r, "key": "m", "value": "1"})
    c.post("runs/search", {"experiment_ids": [e]})
    c.post("runs/search", {"experiment_ids": [e], "run_view_type": "DELETED_ONLY"})
    c.post("experiments/search", {"max_results": 5, "filter": f"name = '{c.name('a')}'"})
    c.post("experiments/search", {"max_results": 5, "filter": f"name = '{c.name('a')}'", "view_type": "DELETED_ONLY"})
    c.post("experiments/search", {"max_results": 5, "filter": f"name = '{c.name('a')}'", "view_type": "ALL"})
    c.post("experiments/restore", {"experiment_id": e})
    c.get("experiments/get", experiment_id=e)
    c.get("runs/get", run_id=r)
    c.post("experiments/restore", {"experiment_id": e})
    c.post("runs/log-metric", {"run_id": r, "key": "m", "value": 1, "timestamp": 1})


@scenario
def restore_brings_back_runs_deleted_before(c):
    e = c.experiment()
    r = c.run(e)
    c.post("runs/delete", {"run_id": r})
    c.post("experiments/delete", {"experiment_id": e})
    c.post("experiments/restore", {"experiment_id": e})
    c.get("runs/get", run_id=r)


@scenario
def delete_restore_update_refused(c):
    for verb in ("delete", "restore"):
        for body in ({}, {"experiment_id": ""}, {"experiment_id": 5}, {"experiment_id": "999999999"}, {"experiment_id": "abc"}):
            c.post(f"experiments/{verb}", body)
    e = c.experiment("a")
    c.experiment("taken")
    c.post("experiments/update", {"experiment_id": e})
    c.post("experiments/update", {"experiment_id": e, "new_name": ""})
    c.post("experiments/update", {"new_name": "x"})
    c.post("experiments/update", {"experiment_id": e, "new_name": 3})
    c.post("experiments/update", {"experiment_id": "999999999", "new_name": c.name("y")})
    c.post("experiments/update", {"experiment_id": e, "new_name": c.name("taken")})
    c.post("experiments/update", {"experiment_id": e, "new_name": "n" * 501})
    c.post("experiments/update", {"experiment_id": e, "new_name": c.name("a")})
    c.post("experiments/update", {"experiment_id": e, "new_name": c.name("renamed")})
    c.get("experiments/get", experiment_id=e)
    c.get("experiments/get-by-name", experiment_name=c.name("a"))


@scenario
def tags(c):
    e = c.experiment()
    path = "experiments/set-experiment-tag"
    c.post(path, {"experiment_id": e, "key": "a", "value": "1"})
    c.post(path, {"experiment_id": e, "key": "a", "value": "2"})
    c.post(path, {"experiment_id": e, "key": "mlflow.note.content", "value": "# A note\nwith lines"})
    c.post(path, {"experiment_id": e, "key": "no value"})
    c.post(path, {"experiment_id": e, "key": "empty", "value": ""})
    c.post(path, {"experiment_id": e, "key": "ключ/ключ", "value": "значение"})
    c.get("experiments/get", experiment_id=e)
    c.post(path, {"experiment_id": e})
    c.post(path, {"experiment_id": e, "key": ""})
    c.post(path, {"experiment_id": e, "key": 1, "value": "v"})
    c.post(path, {"experiment_id": e, "key": "k", "value": 1})
    c.post(path, {"key": "k", "value": "v"})
    c.post(path, {"experiment_id": "999999999", "key": "k", "value": "v"})
    c.post(path, {"experiment_id": e, "key": "k" * 251, "value": "v"})
    c.post(path, {"experiment_id": e, "key": "k", "value": "v" * 5001})
    c.post(path, {"experiment_id": e, "key": "a//b", "value": "v"})
    c.post(path, {"experiment_id": e, "key": "/a", "value": "v"})
    c.post(path, {"experiment_id": e, "key": ".", "value": "v"})
    c.post(path, {"experiment_id": e, "key": "a\\b", "value": "v"})
    path = "experiments/delete-experiment-tag"
    c.post(path, {"experiment_id": e, "key": "a"})
    c.post(path, {"experiment_id": e, "key": "a"})
    c.post(path, {"experiment_id": e})
    c.post(path, {"experiment_id": "999999999", "key": "a"})
    c.get("experiments/get", experiment_id=e)


@scenario
def default_experiment_cannot_vanish_unseen(c):
    c.post("experiments/update", {"experiment_id": "0", "new_name": "Default"})
    c.get("experiments/get", experiment_id="0")


def seven(c):
    ids = {}
    for name, tags in (
        ("alpha", {"team": "ops", "level": "1"}),
        ("Beta", {"team": "Ops", "level": "10"}),
        ("gamma 100%", {"team": "lab"}),
        ("delta_x", {"level": "2", "odd key": "q'uote"}),
        ("deltaZx", {}),
        ("ALPHABET", {"team": "ops"}),
        ("zeta/leaf", {"team": ""}),
    ):
        ids[name] = c.experiment(name, tags=[{"key": k, "value": v} for k, v in tags.items()])
    return ids


@scenario
def search_filters(c):
    seven(c)
    mine = f"name LIKE '%-{c.salt}'"
    for clause in (
        f"name = '{c.name('alpha')}'", f"name != '{c.name('alpha')}'", "name LIKE 'alpha%'", "name ILIKE 'alpha%'", "name LIKE '%x-%'",
        "name LIKE 'delta_x%'", "name ILIKE '%100\\%%'", "attribute.name LIKE 'Beta%'", "attributes.name ILIKE 'beta%'", "attr.name LIKE 'z%'",
        "tags.team = 'ops'", "tag.team = 'ops'", "tags.team != 'ops'", "tags.team LIKE 'o%'", "tags.team ILIKE 'o%'", "tags.team IS NULL",
        "tags.team IS NOT NULL", "tags.`odd key` = \"q'uote\"", 'tags."odd key" IS NOT NULL', "tags.team = ''", "tags.level = '10'",
        "tags.team = 'ops' AND tags.level = '1'", "tags.team = 'ops' and tags.level = '1'", "creation_time > 0", "creation_time < 1000",
        "last_update_time >= 1", "creation_time != 5", "creation_time = 5", "name LIKE ''", "name LIKE '%'", "`name` LIKE 'alpha%'",
    ):  # fmt: skip
        c.post("experiments/search", {"max_results": 20, "filter": f"{mine} AND {clause}", "order_by": ["name"]})


@scenario
def search_refused_filters(c):
    for clause in (
        "name", "name =", "= 'a'", "name == 'a'", "name = a", "name = 1", "name > 'a'", "name IN ('a')", "name like 'a%'", "nme = 'a'",
        "experiment_id = '1'", "lifecycle_stage = 'active'", "tags = 'a'", "tags.a = 1", "tags.a > 'b'", "tags.a IN ('b')", "metrics.a = 1",
        "params.a = '1'", "name = 'a' OR name = 'b'", "(name = 'a')", "name = 'a' AND", "AND name = 'a'", "name = 'a'; name = 'b'",
        "creation_time = 'now'", "creation_time LIKE '1'", "creation_time > abc", "creation_time IS NULL", "name IS NULL", "NOT name = 'a'",
        "name = 'a' name = 'b'", "name = 'unclosed", "tags.`a = 'b'", "name BETWEEN 'a' AND 'b'", "1 = 1", "'a' = name", "select 1",
        "tags.a IS", "tags.a IS NOT", "a.b.c = 'x'", "foo.name = 'x'", "name != NULL", "name = ('a')", "name = ''''",
    ):  # fmt: skip
        c.post("experiments/search", {"max_results": 3, "filter": clause})


@scenario
def search_order(c):
    seven(c)
    mine = {"max_results": 20, "filter": f"name LIKE '%-{c.salt}'"}
    for order in (
        ["name"], ["name ASC"], ["name DESC"], ["name desc"], ["experiment_id"], ["experiment_id DESC"], ["creation_time ASC", "name"],
        ["last_update_time DESC", "name DESC"], ["attribute.name"], ["attributes.name DESC"], ["`name`"], [], ["name ASC", "experiment_id"],
    ):  # fmt: skip
        c.post("experiments/search", {**mine, "order_by": order})
    for order in (["nme"], ["name up"], ["tags.team"], ["metrics.a"], [""], ["name,"], ["name ASC DESC"], ["name", "name"], "name", [1], [None], {"a": 1}):
        c.post("experiments/search", {**mine, "order_by": order})


@scenario
def search_pages(c):
    seven(c)
    query = {"max_results": 3, "filter": f"name LIKE '%-{c.salt}'", "order_by": ["name"]}
    page = c.post("experiments/search", query)
    page = c.post("experiments/search", {**query, "page_token": page.get("next_page_token")})
    c.post("experiments/search", {**query, "page_token": page.get("next_page_token")})
    c.post("experiments/search", {**query, "max_results": 7})
    c.post("experiments/search", {**query, "page_token": ""})
    for token in ("rubbish", "e30=", "eyJvZmZzZXQiOiAteH0="):
        c.post("experiments/search", {**query, "page_token": token})
    c.post("experiments/search", {**query, "page_token": 5})


@scenario
def search_limits(c):
    c.experiment()
    mine = {"filter": f"name LIKE '%-{c.salt}'"}
    for most in (0, -1, 1, 50000, 50001, "5", "x", 1.5, True, None, 2**31, 2**63):
        c.post("experiments/search", {**mine, "max_results": most})
    c.post("experiments/search", mine)
    c.get("experiments/search", filter=mine["filter"], max_results=5)
    c.get("experiments/search", filter=mine["filter"], max_results=5, view_type="ALL", order_by=["name", "experiment_id"])
    c.get("experiments/search", filter=mine["filter"])
    c.get("experiments/search", filter=mine["filter"], max_results="x")
    for view in ("ACTIVE_ONLY", "DELETED_ONLY", "ALL", 1, 2, 3, "NONE", 9, "active_only"):
        c.post("experiments/search", {**mine, "max_results": 5, "view_type": view})
    c.post("experiments/search", {"max_results": 5, "filter": 5})


@scenario
def folders_of_the_server_are_a_place_too(c):
    c.post("experiments/create", {"name": c.name("relative"), "artifact_location": "my_location"}, compare="status")
    c.post("experiments/create", {"name": c.name("absolute"), "artifact_location": "/tmp/somewhere"}, compare="status")
    c.post("experiments/create", {"name": c.name("file"), "artifact_location": "file:///tmp/somewhere"}, compare="status")
