from exchange import scenario

PROXY = "/api/2.0/mlflow-artifacts/artifacts"
BYTES = {"Content-Type": "application/octet-stream"}


def put(c, path, data=b"text", **options):
    return c.send("PUT", f"{PROXY}/{path}", data, headers=BYTES, **options)


def fetch(c, path, headers=None):
    return c.send("GET", f"{PROXY}/{path}", headers=headers)


def fresh(c):
    e = c.experiment()
    r = c.run(e)
    return e, r, f"{e}/{r}/artifacts"


@scenario
def put_get_delete(c):
    e, r, root = fresh(c)
    for path, data in (
        ("a.txt", b"hello"), ("model/MLmodel", b"flavors: {}\n"), ("model/data/model.ubj", bytes(range(256)) * 10), ("empty", b""), ("plot.png", b"\x89PNG"), ("t.csv", b"a,b\n1,2\n"), ("page.html", b"<p>x</p>"), ("x.json", b'{"a": 1}'), ("d/x.yaml", b"a: 1"),
        ("with%20space.txt", b"s"), ("%ED%8E%8C%ED%94%84.txt", b"k"), ("plus+sign", b"p"), ("percent%2525", b"%"), ("semi;colon", b";"), ("dots...txt", b"."), (".hidden", b"h"), ("a%23b", b"#"), ("a%3Fb", b"?"), ("quote%22d", b"q"), ("script.js", b"js"), ("x.svg", b"<svg/>"), ("x.py", b"py"), ("x.md", b"# m"), ("x.tar.gz", b"gz"),
    ):  # fmt: skip
        put(c, f"{root}/{path}", data)
        fetch(c, f"{root}/{path}")
    put(c, f"{root}/a.txt", b"overwritten")
    fetch(c, f"{root}/a.txt")
    c.get("artifacts/list", run_id=r)
    c.get("artifacts/list", run_id=r, path="model")
    c.get("artifacts/list", run_id=r, path="model/")
    c.get("artifacts/list", run_id=r, path="model/data")
    c.get("artifacts/list", run_id=r, path="a.txt")
    c.get("artifacts/list", run_id=r, path="none")
    c.get("artifacts/list", run_id=r, path="")
    c.send("GET", PROXY, query={"path": root})
    c.send("GET", PROXY, query={"path": f"{root}/model"})
    c.send("GET", PROXY, query={"path": f"{root}/a.txt"})
    c.send("GET", PROXY, query={"path": f"{root}/none"})
    c.send("DELETE", f"{PROXY}/{root}/a.txt")
    c.send("DELETE", f"{PROXY}/{root}/a.txt")
    c.send("DELETE", f"{PROXY}/{root}/model")
    c.send("DELETE", f"{PROXY}/{root}/none")
    fetch(c, f"{root}/a.txt")
    fetch(c, f"{root}/model/MLmodel")
    c.get("artifacts/list", run_id=r)
    fetch(c, f"{root}/d")


@scenario
def ajax_prefix(c):
    _, r, root = fresh(c)
    path = f"/ajax-api/2.0/mlflow-artifacts/artifacts/{root}/a.txt"
    c.send("PUT", path, b"text", headers=BYTES)
    c.send("GET", path)
    c.send("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts", query={"path": root})
    c.send("DELETE", path)


@scenario
def list_refused(c):
    e, r, root = fresh(c)
    for query in ({}, {"run_id": ""}, {"run_id": "0" * 32}, {"run_id": r, "path": "../"}, {"run_id": r, "path": "/etc"}, {"run_id": r, "path": "a/../b"}, {"run_id": r, "path": "%2e%2e"}, {"run_id": r, "path": "a//b"}, {"run_id": r, "path": "C:\\x"}, {"run_id": r, "path": "a\\b"}, {"run_id": r, "path": "."}, {"run_id": r, "path": "a#b"}):
        c.get("artifacts/list", **query)
    c.get("artifacts/list", run_uuid=r)
    located = c.experiment("s3", artifact_location="s3://bucket/folder")
    other = c.run(located)
    c.get("runs/get", run_id=other)


TRAVERSALS = (
    "../x", "a/../x", "..", "%2e%2e/x", "%2E%2E/x", "a/%2e%2e/x", "%252e%252e/x", "%25252e%25252e/x", "a/..%2fx", "a%2f..%2fx", "a/%2e%2e%2fx", "%2fetc%2fpasswd", "/etc/passwd", "%2F%2Fetc", "a%5C..%5Cx", "..%5Cx", "%5C%5Chost%5Cshare", "C%3A%5Cx", "C:/x", "a%23b/../x", "a%00b", "./x", "a/./x", "a//x", "x/",
    "a/...", "..;/x", "%c0%ae%c0%ae/x", "%uff0e/x", "a%0ab",
)  # fmt: skip


@scenario
def traversal(c):
    _, r, root = fresh(c)
    for path in TRAVERSALS:
        put(c, f"{root}/{path}")
        fetch(c, f"{root}/{path}")
        c.send("DELETE", f"{PROXY}/{root}/{path}")
    for path in TRAVERSALS:
        c.send("GET", f"{PROXY}?path={root}/{path}")
    c.get("artifacts/list", run_id=r)


@scenario
def outside_of_runs(c):
    for path in ("%2e%2e", "..%2f..%2fetc", "/etc", "%2Fetc"):
        c.send("GET", f"{PROXY}?path={path}")
        fetch(c, path)
    c.send("GET", f"{PROXY}/")
    c.send("PUT", f"{PROXY}/", b"x", headers=BYTES)


@scenario
def ranges(c):
    _, _, root = fresh(c)
    put(c, f"{root}/ten", b"0123456789", compare=False)
    for text in ("bytes=0-3", "bytes=4-", "bytes=-2", "bytes=20-", "lines=1-2"):
        fetch(c, f"{root}/ten", headers={"Range": text})
    c.send("HEAD", f"{PROXY}/{root}/ten", compare="status")


@scenario
def page_routes(c):
    e, r, root = fresh(c)
    put(c, f"{root}/dir/a.txt", b"for the page", compare=False)
    c.send("GET", "/get-artifact", query={"run_id": r, "path": "dir/a.txt"})
    c.send("GET", "/get-artifact", query={"run_uuid": r, "path": "dir/a.txt"})
    c.send("GET", "/get-artifact", query={"run_id": r, "path": "none"})
    c.send("GET", "/get-artifact", query={"run_id": r, "path": "../a"})
    c.send("GET", "/get-artifact", query={"run_id": r, "path": "/etc/passwd"})
    c.send("GET", "/get-artifact", query={"run_id": "0" * 32, "path": "a"})
    c.send("GET", "/get-artifact", query={"run_id": r}, compare="status")
    m = c.model()
    c.version(m, source=f"mlflow-artifacts:/{root}/dir", run_id=r)
    c.send("GET", "/model-versions/get-artifact", query={"name": m, "version": "1", "path": "a.txt"})
    c.send("GET", "/model-versions/get-artifact", query={"name": m, "version": "1", "path": "none"})
    c.send("GET", "/model-versions/get-artifact", query={"name": m, "version": "9", "path": "a.txt"})
    c.send("GET", "/model-versions/get-artifact", query={"name": m, "version": "1", "path": "../dir/a.txt"})
    upload = "/ajax-api/2.0/mlflow/upload-artifact"
    c.send("POST", upload, b"uploaded", query={"run_uuid": r, "path": "up/b.txt"}, headers=BYTES)
    c.send("GET", "/get-artifact", query={"run_id": r, "path": "up/b.txt"})
    c.send("POST", upload, b"", query={"run_uuid": r, "path": "empty"}, headers=BYTES)
    c.send("POST", upload, b"x", query={"run_uuid": r}, headers=BYTES)
    c.send("POST", upload, b"x", query={"path": "x"}, headers=BYTES)
    c.send("POST", upload, b"x", query={"run_uuid": r, "path": "../x"}, headers=BYTES)
    c.send("POST", upload, b"x", query={"run_uuid": "0" * 32, "path": "x"}, headers=BYTES)
    lm = c.logged_model(e)
    put(c, f"{e}/models/{lm}/artifacts/MLmodel", b"of the model", compare=False)
    put(c, f"{e}/models/{lm}/artifacts/data/x", b"xx", compare=False)
    c.get(f"logged-models/{lm}/artifacts/directories")
    c.get(f"logged-models/{lm}/artifacts/directories", artifact_directory_path="data")
    c.get(f"logged-models/{lm}/artifacts/directories", artifact_directory_path="none")
    c.get(f"logged-models/{lm}/artifacts/directories", artifact_directory_path="../x")
    files = f"/ajax-api/2.0/mlflow/logged-models/{lm}/artifacts/files"
    c.send("GET", files, query={"artifact_file_path": "MLmodel"})
    c.send("GET", files, query={"artifact_file_path": "none"})
    c.send("GET", files, query={"artifact_file_path": "../MLmodel"})
    c.send("GET", files)


@scenario
def multipart_and_presigned(c):
    _, r, root = fresh(c)
    base = "/api/2.0/mlflow-artifacts"
    for verb in ("create", "complete", "abort"):
        c.send("POST", f"{base}/mpu/{verb}/{root}", {}, compare="status")
    c.send("GET", f"{base}/presigned/{root}/a.txt", compare="status")
    c.post("artifacts/presigned-upload-url", {"run_id": r, "path": "x"}, compare="status")


@scenario
def artifacts_of_a_deleted_run_stay_readable(c):
    _, r, root = fresh(c)
    put(c, f"{root}/a.txt", b"kept", compare=False)
    c.post("runs/delete", {"run_id": r}, compare=False)
    fetch(c, f"{root}/a.txt")
    c.get("artifacts/list", run_id=r)
    c.post("runs/restore", {"run_id": r}, compare=False)
    c.get("artifacts/list", run_id=r)
