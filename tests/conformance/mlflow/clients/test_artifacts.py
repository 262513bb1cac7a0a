import hashlib
import os
import pathlib

import mlflow
import pytest
import requests

ODD_NAMES = ["with space.txt", "펌프.txt", "plus+sign", "semi;colon", "quote'd", "a&b=c", "comma,name", "(brackets)[x]{y}", "üñï.bin", "dots...", ".hidden", "at@sign", "~tilde", "long" + "n" * 200]


@pytest.mark.parametrize("size", [0, 1, 1023, 65536, 1 << 20, 20 << 20])
def test_sizes_come_back_unchanged(client, experiment, tmp_path, size):
    data = os.urandom(size)
    source = tmp_path / "data.bin"
    source.write_bytes(data)
    run = client.create_run(experiment).info.run_id
    client.log_artifact(run, str(source), "folder/sub")
    [entry] = client.list_artifacts(run, "folder/sub")
    assert entry.path == "folder/sub/data.bin" and not entry.is_dir and (entry.file_size or 0) == size
    back = client.download_artifacts(run, "folder/sub/data.bin", str(tmp_path / "back" if (tmp_path / "back").mkdir() is None else tmp_path))
    assert hashlib.sha256(pathlib.Path(back).read_bytes()).digest() == hashlib.sha256(data).digest()


def test_odd_names(client, experiment, tmp_path):
    run = client.create_run(experiment).info.run_id
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ODD_NAMES:
        (tree / name).write_text(name)
        folder = tree / f"dir {name[:40]}"
        folder.mkdir()
        (folder / "inner.txt").write_text("inner " + name)
    client.log_artifacts(run, str(tree), "top")
    listed = {entry.path: entry.is_dir for entry in client.list_artifacts(run, "top")}
    assert listed == {f"top/{name}": False for name in ODD_NAMES} | {f"top/dir {name[:40]}": True for name in ODD_NAMES}
    back = pathlib.Path(mlflow.artifacts.download_artifacts(run_id=run, artifact_path="top", dst_path=str(tmp_path / "back")))
    for name in ODD_NAMES:
        assert (back / name).read_text() == name
        assert (back / f"dir {name[:40]}" / "inner.txt").read_text() == "inner " + name


def test_text_dict_figure_image_table(client, experiment):
    import matplotlib
    import numpy

    matplotlib.use("Agg")
    import matplotlib.pyplot as plot

    figure, axes = plot.subplots()
    axes.plot([1, 2], [3, 4])

    with mlflow.start_run() as run:
        mlflow.log_text("hello\nworld", "notes/a.txt")
        mlflow.log_dict({"a": [1, 2], "b": "값"}, "conf.json")
        mlflow.log_dict({"a": 1}, "conf.yaml")
        mlflow.log_figure(figure, "plots/line.png")
        mlflow.log_image(numpy.zeros((4, 4, 3), dtype=numpy.uint8), "image.png")
        mlflow.log_table({"x": [1, 2], "y": ["a", "b"]}, "table.json")
        mlflow.log_table({"x": [3], "y": ["c"]}, "table.json")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/a.txt") == "hello\nworld"
    assert mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/conf.json") == {"a": [1, 2], "b": "값"}
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/conf.yaml").strip() == "a: 1"
    assert len(mlflow.load_table("table.json", run_ids=[run.info.run_id])) == 3
    assert [entry.path for entry in client.list_artifacts(run.info.run_id)] == ["conf.json", "conf.yaml", "image.png", "notes", "plots", "table.json"]
    assert mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/plots/line.png").width > 100


def test_overwriting_and_deleting(client, experiment, tmp_path):
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    run = client.create_run(experiment)
    client.log_text(run.info.run_id, "one", "x.txt")
    client.log_text(run.info.run_id, "two", "x.txt")
    client.log_text(run.info.run_id, "three", "deep/er/y.txt")
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/x.txt") == "two"
    repository = get_artifact_repository(run.info.artifact_uri)
    repository.delete_artifacts("x.txt")
    repository.delete_artifacts("deep")
    assert client.list_artifacts(run.info.run_id) == []


def test_nothing_leaves_the_store(server, client, experiment):
    run = client.create_run(experiment)
    headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"} if "MLFLOW_TRACKING_TOKEN" in os.environ else {}
    root = f"{server}/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run.info.run_id}/artifacts"
    for path in ("%2e%2e/x", "a%2f..%2f..%2fx", "%252e%252e/x"):
        for method in ("PUT", "GET", "DELETE"):
            answer = requests.request(method, f"{root}/{path}", headers=headers, data=b"x" if method == "PUT" else None)
            assert answer.status_code == 400, (method, path, answer.status_code)
    assert client.list_artifacts(run.info.run_id) == []


def test_multipart_upload_when_the_client_asks_for_it(client, experiment, tmp_path, monkeypatch):
    monkeypatch.setenv("MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD", "true")
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE", str(6 << 20))
    monkeypatch.setenv("MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE", str(5 << 20))
    data = os.urandom(13 << 20)
    (tmp_path / "big.bin").write_bytes(data)
    run = client.create_run(experiment).info.run_id
    client.log_artifact(run, str(tmp_path / "big.bin"), "parts")
    back = mlflow.artifacts.download_artifacts(run_id=run, artifact_path="parts/big.bin", dst_path=str(tmp_path / "back"))
    assert pathlib.Path(back).read_bytes() == data


def test_a_doubled_slash_still_routes(server, client, experiment):
    headers = {"Authorization": f"Bearer {os.environ['MLFLOW_TRACKING_TOKEN']}"} if "MLFLOW_TRACKING_TOKEN" in os.environ else {}
    answer = requests.get(f"{server}//model-versions/get-artifact", headers=headers, params={"name": "none", "version": "1", "path": "../x"})
    assert answer.status_code == 400 and "Invalid path" in answer.text
