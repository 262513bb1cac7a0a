import sys
import types

import mlflow
import numpy
import pandas
import pytest
from mlflow.models import infer_signature

from conftest import MAJOR


@pytest.fixture
def table():
    random = numpy.random.default_rng(7)
    x = pandas.DataFrame(random.normal(size=(200, 4)), columns=["vibration", "pressure", "temperature", "flow"])
    return x, (x["vibration"] + 0.5 * x["pressure"] > 0).astype(int)


def name_of(path):
    """The argument that names a model's folder: artifact_path in MLflow 2, name in 3."""
    return {"name": path} if MAJOR >= 3 else {"artifact_path": path}


def test_xgboost_autolog(client, experiment, table):
    import xgboost

    mlflow.xgboost.autolog(log_input_examples=True)
    try:
        with mlflow.start_run() as run:
            x, y = table
            train = xgboost.DMatrix(x, label=y)
            xgboost.train({"objective": "binary:logistic", "max_depth": 3, "seed": 1}, train, num_boost_round=12, evals=[(train, "train")], verbose_eval=False)
    finally:
        mlflow.xgboost.autolog(disable=True)
    got = client.get_run(run.info.run_id)
    assert got.data.params["max_depth"] == "3" and got.data.params["num_boost_round"] == "12"
    assert [m.step for m in client.get_metric_history(run.info.run_id, "train-logloss")] == list(range(12))
    listed = [entry.path for entry in client.list_artifacts(run.info.run_id)]
    assert any(path.startswith("feature_importance") for path in listed)
    loaded = mlflow.xgboost.load_model(f"runs:/{run.info.run_id}/model")
    assert loaded.predict(train).shape == (200,)


def test_xgboost_log_model_with_signature_and_registration(client, experiment, table, unique, tmp_path):
    import xgboost

    x, y = table
    booster = xgboost.train({"objective": "binary:logistic", "max_depth": 2}, xgboost.DMatrix(x, label=y), num_boost_round=5)
    expected = booster.predict(xgboost.DMatrix(x))
    name = unique("pump-failure")
    with mlflow.start_run() as run:
        info = mlflow.xgboost.log_model(booster, **name_of("model"), signature=infer_signature(x, expected), input_example=x.head(3), registered_model_name=name)
    version = client.get_model_version(name, "1")
    assert version.status == "READY" and version.run_id == run.info.run_id and version.current_stage == "None"
    for uri in (info.model_uri, f"runs:/{run.info.run_id}/model", f"models:/{name}/1", f"models:/{name}/latest"):
        loaded = mlflow.pyfunc.load_model(uri)
        assert numpy.allclose(loaded.predict(x), expected)
    signature = mlflow.models.get_model_info(f"models:/{name}/1").signature
    assert signature.inputs.input_names() == list(x.columns)
    again = mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    assert str(again.version) == "2"
    folder = mlflow.artifacts.download_artifacts(artifact_uri=f"models:/{name}/2", dst_path=str(tmp_path))
    assert mlflow.models.Model.load(folder).flavors["xgboost"]["model_class"] == "xgboost.core.Booster"


def test_xgboost_scikit_learn_classifier(client, experiment, table):
    import xgboost

    x, y = table
    model = xgboost.XGBClassifier(n_estimators=4, max_depth=2).fit(x, y)
    with mlflow.start_run():
        info = mlflow.xgboost.log_model(model, **name_of("classifier"), pip_requirements=["xgboost"])
    assert (mlflow.xgboost.load_model(info.model_uri).predict(x) == model.predict(x)).all()


def test_scripted_pytorch_model(client, experiment, unique, monkeypatch):
    torch = pytest.importorskip("torch", reason="Debian's python3-torch is not installed: tests/run installs it")

    # MLflow 3.17 imports this for a format that torch 1.13 does not have and this test does not use.
    if MAJOR >= 3 and not hasattr(torch, "export"):
        monkeypatch.setitem(sys.modules, "torch.export", types.SimpleNamespace(Dim=None))

    class Net(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(4, 1)

        def forward(self, x):
            return torch.sigmoid(self.linear(x))

    torch.manual_seed(3)
    scripted = torch.jit.script(Net())
    form = {"serialization_format": "pickle"} if MAJOR >= 3 else {}
    x = torch.ones(5, 4)
    name = unique("scripted")
    with mlflow.start_run() as run:
        info = mlflow.pytorch.log_model(scripted, **name_of("net"), registered_model_name=name, pip_requirements=["torch"], **form)
        mlflow.log_metric("loss", 0.5)
    loaded = mlflow.pytorch.load_model(info.model_uri)
    assert isinstance(loaded, torch.jit.ScriptModule) and torch.allclose(loaded(x), scripted(x))
    assert torch.allclose(mlflow.pytorch.load_model(f"models:/{name}/1")(x), scripted(x))


@pytest.mark.skipif(MAJOR < 3, reason="logged models came with MLflow 3")
def test_logged_models(client, experiment, table, unique):
    import xgboost

    x, y = table
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(x, label=y), num_boost_round=2)
    with mlflow.start_run() as run:
        first = mlflow.xgboost.log_model(booster, name="pump", params={"depth": 2}, model_type="booster", step=3, pip_requirements=["xgboost"])
        mlflow.log_metric("acc", 0.9, step=3, model_id=first.model_id)
        second = mlflow.xgboost.log_model(booster, name="pump 2", pip_requirements=["xgboost"])
        mlflow.log_metric("acc", 0.7, step=1, model_id=second.model_id)
    model = mlflow.get_logged_model(first.model_id)
    assert model.status == "READY" and model.name == "pump" and model.params == {"depth": "2"} and model.source_run_id == run.info.run_id
    assert [(m.key, m.value) for m in model.metrics] == [("acc", 0.9)]
    outputs = client.get_run(run.info.run_id).outputs.model_outputs
    assert {(o.model_id, o.step) for o in outputs} == {(first.model_id, 3), (second.model_id, 0)}
    found = mlflow.search_logged_models([experiment], filter_string="metrics.acc > 0.8", output_format="list")
    assert [m.model_id for m in found] == [first.model_id]
    ordered = mlflow.search_logged_models([experiment], order_by=[{"field_name": "metrics.acc", "ascending": True}], output_format="list")
    assert [m.model_id for m in ordered] == [second.model_id, first.model_id]
    client.set_logged_model_tags(first.model_id, {"a": "b", "c": "d"})
    client.delete_logged_model_tag(first.model_id, "a")
    assert mlflow.get_logged_model(first.model_id).tags["c"] == "d" and "a" not in mlflow.get_logged_model(first.model_id).tags
    external = mlflow.create_external_model(name=unique("external"), experiment_id=experiment, params={"p": "1"})
    client.finalize_logged_model(external.model_id, "READY")
    assert "MLmodel" in [entry.path for entry in client.list_logged_model_artifacts(first.model_id)]
    client.delete_logged_model(second.model_id)
    assert len(mlflow.search_logged_models([experiment], output_format="list")) == 2


def test_a_prediction_served_from_the_registry_by_alias(client, experiment, table, unique):
    import xgboost

    x, y = table
    name = unique("aliased")
    for depth in (1, 2):
        booster = xgboost.train({"max_depth": depth}, xgboost.DMatrix(x, label=y), num_boost_round=2)
        with mlflow.start_run():
            mlflow.xgboost.log_model(booster, **name_of("model"), registered_model_name=name, pip_requirements=["xgboost"])
    client.set_registered_model_alias(name, "champion", "2")
    assert numpy.allclose(mlflow.xgboost.load_model(f"models:/{name}@champion").predict(xgboost.DMatrix(x)), booster.predict(xgboost.DMatrix(x)))
