from exchange import scenario


@scenario
def create_and_get(c):
    e = c.experiment()
    r = c.run(e)
    m = c.model()
    path = "model-versions/create"
    c.post(path, {"name": m, "source": "s3://bucket/model"})
    c.post(path, {"name": m, "source": f"mlflow-artifacts:/{e}/{r}/artifacts/model", "run_id": r, "description": "text", "run_link": "http://host/run", "tags": [{"key": "a", "value": "1"}]})
    c.post(path, {"name": m, "source": f"runs:/{r}/model", "run_id": r})
    c.get("model-versions/get", name=m, version="1")
    c.get("model-versions/get", name=m, version="2")
    c.get("model-versions/get-download-uri", name=m, version="1")
    c.get("model-versions/get-download-uri", name=m, version="2")
    c.get("model-versions/get-download-uri", name=m, version="3")
    c.get("registered-models/get", name=m)
    c.post(path, {"name": m, "source": f"models:/{m}/1"})
    c.get("model-versions/get-download-uri", name=m, version="4")
    lm = c.logged_model(e, source_run_id=r)
    c.post(path, {"name": m, "source": f"models:/{lm}", "run_id": r, "model_id": lm})
    c.get("model-versions/get", name=m, version="5")
    c.get("model-versions/get-download-uri", name=m, version="5")
    c.post(path, {"name": m, "source": "https://host/path//with///slashes"})
    c.post(path, {"name": m, "source": "s3://bucket/a b/ü"})
    c.post(path, {"name": m, "source": "mlflow-artifacts://host:5000/1/models"})
    c.post(path, {"name": m, "source": "dbfs:/x"})


@scenario
def create_refused(c):
    e = c.experiment()
    r = c.run(e)
    m = c.model()
    path = "model-versions/create"
    for body in (
        {}, {"name": m}, {"source": "s3://b/x"}, {"name": m, "source": ""}, {"name": "", "source": "s3://b/x"}, {"name": c.name("none"), "source": "s3://b/x"}, {"name": 5, "source": "s3://b/x"}, {"name": m, "source": 5},
        {"name": m, "source": "s3://b/x", "run_id": 5}, {"name": m, "source": "s3://b/x", "tags": "t"}, {"name": m, "source": "s3://b/x", "description": 5}, {"name": "a/b", "source": "s3://b/x"}, {"name": m, "source": "s3://b/x", "tags": [{"key": "k" * 251, "value": "v"}]},
        {"name": m, "source": "s3://b/x", "tags": [{"key": "k", "value": "v" * 100001}]}, {"name": m, "source": "s3://b/x", "run_link": 5}, {"name": m, "source": "s3://b/x", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
    ):  # fmt: skip
        c.post(path, body)
    for source in (
        "/etc/passwd", "file:///etc/passwd", "file:/etc", "file://host/etc", "./relative", "relative/path", "../up", "~/x", "C:\\x", "s3://b/../x", "s3://b/a/../../x", "s3://b/%2e%2e/x", "s3://b/%252e%252e/x", "https://host/a/..%2fb", "mlflow-artifacts:/../x", "mlflow-artifacts:/a/%2e%2e/%2e%2e/x",
        "s3://b/x\u0000y", "dbfs:/../x", "http://host/a\\..\\b", "models:/none", "models:/none/1", "models:/none/latest", f"models:/{m}/99", "models:/m-" + "0" * 32, "runs:/" + "0" * 32 + "/model", "runs:/x", "s3://b/..", "s3://b/x..y", "s3://b/.../x", "file:///tmp/../etc", "FILE:///etc",
        "s3://b/a?x=../y", "s3://b/a#../y", "//host/share", "\\\\host\\share", "", " ", "http://host/%00", "mlflow-artifacts:/%2Fetc", "s3:b",
    ):  # fmt: skip
        c.post(path, {"name": m, "source": source})
    for source in ("/etc/passwd", "file:///etc/passwd", "s3://other/place", "mlflow-artifacts:/0/other/artifacts/model", "runs:/" + "0" * 32 + "/model"):
        c.post(path, {"name": m, "source": source, "run_id": r})
    c.post(path, {"name": m, "source": "s3://b/x", "run_id": "0" * 32})
    c.post(path, {"name": m, "source": "s3://b/x", "model_id": "m-" + "0" * 32})
    c.post(path, {"name": m, "source": "s3://b/x", "run_id": "not a run"})


@scenario
def get_update_delete(c):
    m = c.model()
    v = c.version(m, description="old")
    c.patch("model-versions/update", {"name": m, "version": v, "description": "new"})
    c.patch("model-versions/update", {"name": m, "version": v})
    c.patch("model-versions/update", {"name": m, "version": v, "description": ""})
    c.get("model-versions/get", name=m, version=v)
    for query in ({"name": m}, {"version": "1"}, {"name": m, "version": "99"}, {"name": m, "version": "abc"}, {"name": m, "version": "0"}, {"name": m, "version": "-1"}, {"name": m, "version": "1.0"}, {"name": c.name("none"), "version": "1"}, {"name": m, "version": ""}, {"name": m, "version": "9" * 30}):
        c.get("model-versions/get", **query)
        c.patch("model-versions/update", {**query, "description": "x"})
        c.delete("model-versions/delete", query)
        c.get("model-versions/get-download-uri", **query)
    c.patch("model-versions/update", {"name": m, "version": v, "description": 5})
    c.patch("model-versions/update", {"name": m, "version": 1, "description": "x"})
    c.delete("model-versions/delete", {"name": m, "version": v})
    c.delete("model-versions/delete", {"name": m, "version": v})
    c.get("model-versions/get", name=m, version=v)
    c.get("model-versions/get-download-uri", name=m, version=v)
    c.post("model-versions/create", {"name": m, "source": "s3://b/x"})
    c.get("registered-models/get", name=m)


@scenario
def stages(c):
    m = c.model()
    first, second, third = c.version(m), c.version(m), c.version(m)
    path = "model-versions/transition-stage"
    c.post(path, {"name": m, "version": first, "stage": "Staging"})
    c.post(path, {"name": m, "version": first, "stage": "production"})
    c.post(path, {"name": m, "version": second, "stage": "PRODUCTION"})
    c.post(path, {"name": m, "version": third, "stage": "Production", "archive_existing_versions": True})
    for v in (first, second, third):
        c.get("model-versions/get", name=m, version=v)
    c.post(path, {"name": m, "version": third, "stage": "Archived"})
    c.post(path, {"name": m, "version": third, "stage": "None"})
    c.post(path, {"name": m, "version": third, "stage": "none", "archive_existing_versions": False})
    c.post(path, {"name": m, "version": third, "stage": "None", "archive_existing_versions": True})
    c.post(path, {"name": m, "version": third, "stage": "Archived", "archive_existing_versions": True})
    c.post(path, {"name": m, "version": first, "stage": "Staging", "archive_existing_versions": True})
    c.post(path, {"name": m, "version": first, "stage": "Staging", "archive_existing_versions": True})
    for body in (
        {}, {"name": m, "version": first}, {"name": m, "stage": "Staging"}, {"version": first, "stage": "Staging"}, {"name": m, "version": first, "stage": "Foo"}, {"name": m, "version": first, "stage": ""}, {"name": m, "version": first, "stage": 5},
        {"name": m, "version": "99", "stage": "Staging"}, {"name": m, "version": "x", "stage": "Staging"}, {"name": c.name("none"), "version": "1", "stage": "Staging"}, {"name": m, "version": first, "stage": "Staging", "archive_existing_versions": "yes"},
        {"name": m, "version": first, "stage": "Staging", "archive_existing_versions": "true"}, {"name": m, "version": first, "stage": "Staging", "archive_existing_versions": 1}, {"name": m, "version": 1, "stage": "Staging"}, {"name": m, "version": first, "stage": " Staging"},
    ):  # fmt: skip
        c.post(path, body)
    c.get("registered-models/get", name=m)


@scenario
def tags(c):
    m = c.model()
    v = c.version(m)
    path = "model-versions/set-tag"
    for key, value in (("a", "1"), ("a", "2"), ("b.c/d e:f", "x"), ("키", ""), ("none", None)):
        c.post(path, {"name": m, "version": v, "key": key, "value": value})
    c.get("model-versions/get", name=m, version=v)
    for body in (
        {}, {"name": m, "version": v}, {"name": m, "key": "k", "value": "v"}, {"version": v, "key": "k", "value": "v"}, {"name": m, "version": v, "key": "", "value": "v"}, {"name": m, "version": v, "key": 5, "value": "v"}, {"name": m, "version": v, "key": "k", "value": 5},
        {"name": m, "version": v, "key": "k" * 251, "value": "v"}, {"name": m, "version": v, "key": "k", "value": "v" * 100001}, {"name": m, "version": "99", "key": "k", "value": "v"}, {"name": m, "version": "x", "key": "k", "value": "v"}, {"name": c.name("none"), "version": "1", "key": "k", "value": "v"},
        {"name": m, "version": v, "key": "a//b", "value": "v"}, {"name": m, "version": 1, "key": "k", "value": "v"},
    ):  # fmt: skip
        c.post(path, body)
    path = "model-versions/delete-tag"
    for body in ({"name": m, "version": v, "key": "a"}, {"name": m, "version": v, "key": "a"}, {"name": m, "version": v}, {"name": m, "key": "a"}, {"name": m, "version": "99", "key": "a"}, {"name": c.name("none"), "version": "1", "key": "a"}):
        c.delete(path, body)
    c.get("model-versions/get", name=m, version=v)


def several(c):
    e = c.experiment()
    r = c.run(e)
    a, b = c.model("a"), c.model("b")
    c.version(a, source="s3://bucket/one", tags=[{"key": "team", "value": "ops"}])
    c.version(a, source="s3://bucket/two", run_id=r, tags=[{"key": "team", "value": "Ops"}, {"key": "level", "value": "1"}])
    c.version(b, source="s3://bucket/Two")
    c.version(a, source="s3://Bucket/three", run_id=r)
    c.post("model-versions/transition-stage", {"name": a, "version": "2", "stage": "Production"}, compare=False)
    gone = c.version(b, source="s3://bucket/gone")
    c.delete("model-versions/delete", {"name": b, "version": gone}, compare=False)
    return a, b, r


@scenario
def search(c):
    a, b, r = several(c)
    path = "model-versions/search"
    mine = f"name LIKE '%-{c.salt}'"
    c.get(path, filter=mine, order_by=["name", "version_number"])
    for clause in (
        f"name = '{a}'", f"name != '{a}'", "name LIKE 'a%'", "name ILIKE 'B%'", f"run_id = '{r}'", f"run_id != '{r}'", f"run_id IN ('{r}')", f"run_id IN ('{r}', 'x')", "run_id = ''", "source_path = 's3://bucket/one'", "source_path LIKE '%two'", "source_path ILIKE '%two'", "source_path != 's3://bucket/one'",
        "version_number > 1", "version_number >= 2", "version_number = 1", "version_number != 1", "version_number < 3", "version_number <= 1", "tags.team = 'ops'", "tags.team != 'ops'", "tags.team ILIKE 'OPS'", "tag.level = '1'", f"name = '{a}' AND tags.team = 'ops'", "tags.team LIKE 'O%' AND tags.level = '1'",
        "name like 'a%'", "attribute.name = 'x'",
    ):  # fmt: skip
        c.get(path, filter=f"{mine} AND {clause}", order_by=["name", "version_number"], compare="model_versions")
    for clause in (
        "name", "name =", "name > 'a'", "name = 5", "name IN ('a')", "run_id IN ()", "run_id IN 'a'", "run_id = 5", "version_number = 'x'", "version_number LIKE '1'", "version = 1", "version_number IN (1)", "current_stage = 'Production'", "stage = 'Production'", "tags.a > 'b'", "tags.a = 5",
        "name = 'a' OR name = 'b'", "(name = 'a')", "foo = 'a'", "metrics.a = 1", "source = 'x'", "name = 'unclosed", "version_number > 1.5", "tags.a IS NULL", "creation_timestamp > 0", "status = 'READY'", "aliases = 'x'", "run_id LIKE 'x%'",
    ):  # fmt: skip
        c.get(path, filter=clause, max_results=2, compare="model_versions")
    for order in (
        [], ["name"], ["name DESC"], ["version_number"], ["version_number DESC", "name"], ["creation_timestamp"], ["creation_timestamp DESC"], ["last_updated_timestamp"], ["last_updated_timestamp ASC", "name", "version_number"], ["name desc", "version_number desc"], ["foo"], ["run_id"], ["name up"], [""], ["name", "name"],
    ):  # fmt: skip
        c.get(path, filter=mine, order_by=order, compare="model_versions")


@scenario
def search_pages_and_limits(c):
    several(c)
    path = "model-versions/search"
    query = {"filter": f"name LIKE '%-{c.salt}'", "max_results": 3, "order_by": ["name", "version_number"]}
    page = c.get(path, **query, compare="model_versions")
    c.get(path, **query, page_token=page.get("next_page_token"), compare="model_versions")
    c.get(path, **query, page_token="rubbish", compare="model_versions")
    c.get(path, **query, page_token="", compare="model_versions")
    for most in (0, -1, 1, 10000, 200000, 200001, "x"):
        c.get(path, **{**query, "max_results": most}, compare="model_versions")


@scenario
def create_from_the_archive_of_a_deleted_run(c):
    e = c.experiment()
    r = c.run(e)
    m = c.model()
    c.post("runs/delete", {"run_id": r}, compare=False)
    c.post("model-versions/create", {"name": m, "source": f"mlflow-artifacts:/{e}/{r}/artifacts/model", "run_id": r})


@scenario
def order_by_tags(c):
    several(c)
    for order in ("tags.a desc", "tag.`a b`", "attribute.name", "tags.a"):
        c.get("model-versions/search", filter=f"name LIKE '%-{c.salt}'", order_by=[order], max_results=5, compare="model_versions")


@scenario
def local_source_of_an_unknown_run(c):
    m = c.model()
    for source in ("/tmp/x", "file:///tmp/x", "x y", "/tmp/../x"):
        for fields in ({}, {"run_id": "0" * 32}, {"run_id": "x"}, {"model_id": "m-" + "0" * 32}):
            c.post("model-versions/create", {"name": m, "source": source, **fields})
