from exchange import scenario


@scenario
def create_get_update(c):
    name = c.name("pump")
    c.post("registered-models/create", {"name": name, "description": "finds pumps that fail", "tags": [{"key": "team", "value": "ops"}, {"key": "empty", "value": ""}]})
    c.get("registered-models/get", name=name)
    c.post("registered-models/create", {"name": name})
    c.patch("registered-models/update", {"name": name, "description": "new text"})
    c.patch("registered-models/update", {"name": name, "description": ""})
    c.patch("registered-models/update", {"name": name})
    c.get("registered-models/get", name=name)
    c.post("registered-models/create", {"name": c.name("plain")})
    c.get("registered-models/get", name=c.name("plain"))
    c.post("registered-models/create", {"name": c.name("펌프 model.v2 (x)")})
    c.get("registered-models/get", name=c.name("펌프 model.v2 (x)"))
    c.post("registered-models/create", {"name": c.name("same tags"), "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]})


@scenario
def refused(c):
    for body in (
        {}, {"name": ""}, {"name": None}, {"name": 5}, {"name": ["a"]}, {"name": "a/b"}, {"name": "a:b"}, {"name": "n" * 257}, {"name": c.name("x"), "tags": "y"}, {"name": c.name("x"), "description": 5},
        {"name": c.name("x"), "tags": [{"key": "k" * 251, "value": "v"}]}, {"name": c.name("x"), "tags": [{"key": "k", "value": "v" * 100001}]}, {"name": c.name("x"), "tags": [{"key": "../k", "value": "v"}]}, {"name": c.name("x"), "tags": [{"value": "v"}]},
        {"name": "."}, {"name": ".."}, {"name": "a\\b"}, {"name": c.name("x"), "description": "d" * 5001},
    ):  # fmt: skip
        answer = c.post("registered-models/create", body)
        if answer.status == 200:
            c.delete("registered-models/delete", {"name": answer.get("registered_model.name")}, compare=False)
    c.get("registered-models/get")
    c.get("registered-models/get", name="")
    c.get("registered-models/get", name=c.name("none"))
    c.get("registered-models/get", name="a/b")
    c.patch("registered-models/update", {"name": c.name("none"), "description": "x"})
    c.patch("registered-models/update", {})
    c.patch("registered-models/update", {"name": c.name("none"), "description": 5})
    c.delete("registered-models/delete", {"name": c.name("none")})
    c.delete("registered-models/delete", {})
    c.post("registered-models/rename", {"name": c.name("none"), "new_name": c.name("other")})
    c.post("registered-models/rename", {"name": c.name("none")})
    c.post("registered-models/rename", {"new_name": c.name("none")})


@scenario
def rename(c):
    m = c.model("old")
    v = c.version(m)
    c.post("registered-models/alias", {"name": m, "alias": "champion", "version": v})
    c.post("registered-models/set-tag", {"name": m, "key": "a", "value": "1"})
    c.post("registered-models/rename", {"name": m, "new_name": c.name("new")})
    c.get("registered-models/get", name=m)
    c.get("registered-models/get", name=c.name("new"))
    c.get("model-versions/get", name=c.name("new"), version=v)
    c.get("registered-models/alias", name=c.name("new"), alias="champion")
    other = c.model("other")
    c.post("registered-models/rename", {"name": other, "new_name": c.name("new")})
    c.post("registered-models/rename", {"name": other, "new_name": other})
    c.post("registered-models/rename", {"name": other, "new_name": "a/b"})
    c.post("registered-models/rename", {"name": other, "new_name": ""})
    c.post("registered-models/rename", {"name": other, "new_name": 5})


@scenario
def delete(c):
    m = c.model()
    v = c.version(m)
    c.delete("registered-models/delete", {"name": m})
    c.get("registered-models/get", name=m)
    c.get("model-versions/get", name=m, version=v)
    c.post("registered-models/create", {"name": m})
    c.post("model-versions/create", {"name": m, "source": "s3://b/x"})


@scenario
def tags(c):
    m = c.model()
    path = "registered-models/set-tag"
    for key, value in (("a", "1"), ("a", "2"), ("b.c/d e:f", "x"), ("키", ""), ("long", "v" * 100000)):
        c.post(path, {"name": m, "key": key, "value": value})
    c.post(path, {"name": m, "key": "none"})
    c.post("registered-models/set-tag", {"name": m, "key": "long", "value": "short again"})
    c.get("registered-models/get", name=m)
    for body in (
        {}, {"name": m}, {"name": m, "key": ""}, {"name": m, "key": 5, "value": "v"}, {"name": m, "key": "k", "value": 5}, {"name": m, "key": "k" * 251, "value": "v"}, {"name": m, "key": "k", "value": "v" * 100001},
        {"name": c.name("none"), "key": "k", "value": "v"}, {"name": m, "key": "a//b", "value": "v"}, {"name": m, "key": "a*b", "value": "v"},
    ):  # fmt: skip
        c.post(path, body)
    path = "registered-models/delete-tag"
    for body in ({"name": m, "key": "a"}, {"name": m, "key": "a"}, {"name": m}, {"key": "a"}, {"name": c.name("none"), "key": "a"}, {"name": m, "key": ""}, {"name": m, "key": "k" * 251}):
        c.delete(path, body)
    c.get("registered-models/get", name=m)


@scenario
def aliases(c):
    m = c.model()
    first, second = c.version(m), c.version(m)
    path = "registered-models/alias"
    c.post(path, {"name": m, "alias": "champion", "version": first})
    c.get(path, name=m, alias="champion")
    c.post(path, {"name": m, "alias": "champion", "version": second})
    c.post(path, {"name": m, "alias": "challenger", "version": second})
    c.get(path, name=m, alias="champion")
    c.get("registered-models/get", name=m)
    c.get("model-versions/get", name=m, version=second)
    c.get(path, name=m, alias="none")
    c.get(path, name=m, alias="latest")
    c.get(path, name=m, alias="Champion")
    c.get(path, name=c.name("none"), alias="champion")
    c.get(path, name=m)
    c.get(path, alias="x")
    for body in (
        {}, {"name": m, "alias": "x"}, {"name": m, "version": "1"}, {"alias": "x", "version": "1"}, {"name": m, "alias": "", "version": "1"}, {"name": m, "alias": "latest", "version": "1"}, {"name": m, "alias": "LATEST", "version": "1"},
        {"name": m, "alias": "v1", "version": "1"}, {"name": m, "alias": "V12", "version": "1"}, {"name": m, "alias": "v1x", "version": "1"}, {"name": m, "alias": "12", "version": "1"}, {"name": m, "alias": "a b", "version": "1"}, {"name": m, "alias": "a.b", "version": "1"},
        {"name": m, "alias": "a/b", "version": "1"}, {"name": m, "alias": "a" * 256, "version": "1"}, {"name": m, "alias": "a" * 255, "version": "1"}, {"name": m, "alias": "a-b_c", "version": "1"}, {"name": m, "alias": "별명", "version": "1"}, {"name": m, "alias": "x", "version": "99"},
        {"name": m, "alias": "x", "version": "abc"}, {"name": m, "alias": "x", "version": 1}, {"name": c.name("none"), "alias": "x", "version": "1"}, {"name": m, "alias": 5, "version": "1"}, {"name": m, "alias": "x", "version": "0"}, {"name": m, "alias": "x", "version": "-1"},
    ):  # fmt: skip
        c.post(path, body)
    c.get("registered-models/get", name=m)
    c.delete(path, {"name": m, "alias": "champion"})
    c.delete(path, {"name": m, "alias": "champion"})
    c.delete(path, {"name": m})
    c.delete(path, {"name": c.name("none"), "alias": "champion"})
    c.delete(path, {"name": m, "alias": "latest"})
    c.delete("model-versions/delete", {"name": m, "version": second})
    c.get(path, name=m, alias="challenger")
    c.get("registered-models/get", name=m)


def six(c):
    for name, tags in (
        ("alpha", {"team": "ops"}), ("Beta", {"team": "Ops", "level": "1"}), ("gamma_x", {"team": "lab"}), ("gammaZx", {}), ("delta 100%", {"team": ""}), ("ALPHABET", {"odd key": "it's"}),
    ):  # fmt: skip
        c.model(name, tags=[{"key": k, "value": v} for k, v in tags.items()])


@scenario
def search_filters(c):
    six(c)
    mine = f"name LIKE '%-{c.salt}'"
    for clause in (
        f"name = '{c.name('alpha')}'", f"name != '{c.name('alpha')}'", "name LIKE 'alpha%'", "name ILIKE 'alpha%'", "name LIKE 'gamma_x%'", "name ILIKE '%100\\%%'", "tags.team = 'ops'", "tag.team = 'ops'", "tags.team != 'ops'", "tags.team LIKE 'o%'",
        "tags.team ILIKE 'o%'", "tags.team = ''", "tags.`odd key` = \"it's\"", "tags.team = 'Ops' AND tags.level = '1'", "tags.team = 'ops' and tags.level = '1'", "attribute.name LIKE 'a%'", "name like 'alpha%'", "name LIKE '%'", "`name` LIKE 'alpha%'", "tags.none = 'x'",
    ):  # fmt: skip
        c.get("registered-models/search", filter=f"{mine} AND {clause}", max_results=20, compare="registered_models")
    c.get("registered-models/search", filter=mine)


@scenario
def search_refused(c):
    for clause in (
        "name", "name =", "name > 'a'", "name = a", "name = 5", "name IN ('a')", "name == 'a'", "nme = 'a'", "tags.a > 'b'", "tags.a = 5", "tags.a IN ('b')", "tags.a IS NULL", "name IS NULL", "name = 'a' OR name = 'b'", "(name = 'a')", "NOT name = 'a'", "metrics.a = 1",
        "version_number > 1", "run_id = 'x'", "name = 'unclosed", "name = 'a'; name = 'b'", "creation_timestamp > 1", "foo.name = 'a'", "tags = 'x'", "name = 'a' name = 'b'", "AND name = 'a'", "1 = 1",
    ):  # fmt: skip
        c.get("registered-models/search", filter=clause)


@scenario
def search_order_pages_limits(c):
    six(c)
    path = "registered-models/search"
    mine = f"name LIKE '%-{c.salt}'"
    for order in (
        [], ["name"], ["name ASC"], ["name DESC"], ["timestamp"], ["timestamp DESC"], ["last_updated_timestamp ASC", "name DESC"], ["name desc"], ["`name`"], ["creation_timestamp"], ["creation_timestamp DESC"], ["foo"], ["name up"], [""], ["name", "name"], ["tags.team"], ["name ASC DESC"],
    ):  # fmt: skip
        c.get(path, filter=mine, order_by=order, compare="registered_models")
    query = {"filter": mine, "max_results": 4}
    page = c.get(path, **query, compare="registered_models")
    c.get(path, **query, page_token=page.get("next_page_token"), compare="registered_models")
    c.get(path, **query, page_token="rubbish")
    c.get(path, **query, page_token="")
    for most in (0, -1, 1, 1000, 1001, "x", 1.5):
        c.get(path, filter=f"name = '{c.name('alpha')}'", max_results=most, compare="registered_models")
    c.send("POST", path, {"filter": mine})


@scenario
def latest_versions(c):
    m = c.model()
    for stage in ("None", "Staging", "Staging", "Production", "Archived", "None"):
        v = c.version(m)
        if stage != "None":
            c.post("model-versions/transition-stage", {"name": m, "version": v, "stage": stage}, compare=False)
    for stages in ([], ["None"], ["Staging"], ["Production", "Staging"], ["production"], ["STAGING"], ["Foo"], [""], ["None", "Archived", "Production", "Staging"], "Staging", [5]):
        c.post("registered-models/get-latest-versions", {"name": m, "stages": stages})
    c.post("registered-models/get-latest-versions", {"name": m})
    c.get("registered-models/get-latest-versions", name=m, stages=["Staging", "None"])
    c.get("registered-models/get-latest-versions", name=m)
    c.post("registered-models/get-latest-versions", {"name": c.name("none")})
    c.post("registered-models/get-latest-versions", {})
    c.get("registered-models/get", name=m)
    c.get("registered-models/alias", name=m, alias="latest")


@scenario
def prompts_are_left_out(c):
    for kind in ("true", "false", "True", None):
        c.model(f"of {kind}", tags=[{"key": "mlflow.prompt.is_prompt", "value": kind}] if kind else [])
    for clause in ("!= 'true'", "= 'true'", "!= 'false'", "= 'false'", "!= 'True'", "= 'TRUE'", "LIKE 't%'"):
        c.get("registered-models/search", filter=f"name LIKE '%-{c.salt}' AND tag.`mlflow.prompt.is_prompt` {clause}", max_results=20, compare="registered_models")
    c.get("registered-models/search", filter=f"name LIKE '%-{c.salt}'", max_results=20, compare="registered_models")
