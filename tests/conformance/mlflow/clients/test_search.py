import mlflow
import pytest
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException


@pytest.fixture
def runs(client, experiment):
    for number, (name, status, acc, lr, team) in enumerate((
        ("alpha", "FINISHED", 0.9, "0.1", "ops"), ("beta", "FAILED", 0.8, "0.01", "Ops"), ("gamma", "RUNNING", float("nan"), "1e-3", "lab"), ("delta", "KILLED", None, None, None), ("alpha 2", "FINISHED", -1.0, "0.5", "it's"),
    )):  # fmt: skip
        run = client.create_run(experiment, start_time=1000 + number, run_name=name).info.run_id
        if acc is not None:
            client.log_metric(run, "acc", acc)
            client.log_param(run, "lr", lr)
            client.set_tag(run, "team key", team)
        client.update_run(run, status=status)
    return experiment


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("metrics.acc > 0.8", "alpha"), ("metrics.acc >= 0.8", "alpha beta"), ("metrics.acc = 0.9", "alpha"), ("metrics.acc < 0", "alpha 2"), ("metrics.acc <= 0.8", "beta alpha 2"), ("metrics.acc != 0.9 AND metrics.acc < 1", "beta alpha 2"),
        ("params.lr = '0.1'", "alpha"), ("params.lr != '0.1'", "beta gamma alpha 2"), ("params.lr LIKE '0.%'", "alpha beta alpha 2"), ("params.lr ILIKE '1E%'", "gamma"),
        ("tags.`team key` = 'ops'", "alpha"), ("tags.\"team key\" ILIKE 'OPS'", "alpha beta"), ("tags.`team key` != 'ops'", "beta gamma alpha 2"), ('tags.`team key` = "it\'s"', "alpha 2"),
        ("attributes.status = 'FINISHED'", "alpha alpha 2"), ("status != 'FINISHED'", "beta gamma delta"), ("run_name LIKE 'alpha%'", "alpha alpha 2"), ("attributes.run_name = 'beta'", "beta"),
        ("start_time > 1002", "delta alpha 2"), ("start_time >= 1001 AND start_time <= 1002", "beta gamma"), ("start_time = 1003", "delta"), ("artifact_uri LIKE '%artifacts'", "alpha beta gamma delta alpha 2"),
        ("tags.`team key` LIKE 'o%'", "alpha"), ("attributes.user_id = 'nobody'", ""),
        ("start_time < 1001", "alpha"), ("start_time != 1003", "alpha beta gamma alpha 2"), ("end_time > 0", ""), ("run_name ILIKE 'ALPHA%'", "alpha alpha 2"), ("status LIKE 'F%'", "alpha beta alpha 2"),
        ("params.lr LIKE '0%' and metrics.acc > 0 and tags.`team key` LIKE 'o%'", "alpha"), ("", "alpha beta gamma delta alpha 2"),
    ],
)  # fmt: skip
def test_operators(client, runs, text, names):
    found = client.search_runs([runs], text, order_by=["start_time ASC"])
    assert " ".join(run.info.run_name for run in found) == names


@pytest.mark.parametrize(("text", "names"), [("params.lr IS NULL", "delta"), ("params.lr IS NOT NULL", "alpha beta gamma alpha 2"), ("tags.`team key` IS NULL", "delta"), ("tags.`team key` is not null", "alpha beta gamma alpha 2")])
def test_what_is_not_there(client, runs, text, names):
    test_operators(client, runs, text, names)


@pytest.mark.parametrize(("text", "count"), [("dataset.name = 'pumps'", 1), ("datasets.name LIKE 'pump%'", 1), ("dataset.name ILIKE 'PUMPS'", 1), ("dataset.name != 'pumps'", 0), ("dataset.digest = 'd1'", 1), ("dataset.digest IN ('d1', 'd2')", 1), ("dataset.context = 'train'", 1), ("dataset.context NOT IN ('train')", 0)])
def test_datasets(client, experiment, text, count):
    run = client.create_run(experiment).info.run_id
    client.create_run(experiment)
    client.log_inputs(run, [DatasetInput(Dataset("pumps", "d1", "local", "{}"), [InputTag("mlflow.data.context", "train")])])
    assert len(client.search_runs([experiment], text)) == count


def test_run_id_lists(client, runs):
    all_runs = client.search_runs([runs], order_by=["start_time"])
    ids = [run.info.run_id for run in all_runs]
    some = client.search_runs([runs], f"run_id IN ('{ids[0]}', '{ids[3]}')", order_by=["start_time"])
    assert [run.info.run_id for run in some] == [ids[0], ids[3]]
    rest = client.search_runs([runs], f"attributes.run_id NOT IN ('{ids[0]}', '{ids[3]}')")
    assert len(rest) == 3


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("metrics.acc DESC", "alpha beta alpha 2 gamma delta"), ("metrics.acc ASC", "alpha 2 beta alpha gamma delta"), ("params.lr ASC", "beta alpha alpha 2 gamma delta"), ("run_name DESC", "gamma delta beta alpha 2 alpha"), ("start_time DESC", "alpha 2 delta gamma beta alpha"),
    ],
)  # fmt: skip
def test_orders(client, runs, order, names):
    assert " ".join(run.info.run_name for run in client.search_runs([runs], order_by=[order])) == names


def test_pages_and_frames(client, runs):
    names, token = [], None
    while True:
        page = client.search_runs([runs], order_by=["metrics.acc DESC"], max_results=2, page_token=token)
        names += [run.info.run_name for run in page]
        token = page.token
        if not token:
            break
    assert names == ["alpha", "beta", "alpha 2", "gamma", "delta"]
    frame = mlflow.search_runs([runs], filter_string="metrics.acc > 0", order_by=["metrics.acc"])
    assert list(frame["metrics.acc"]) == [0.8, 0.9] and list(frame["params.lr"]) == ["0.01", "0.1"]


@pytest.mark.parametrize("text", ["acc >", "metrics.acc > 'x'", "params.lr > '1'", "foo.bar = 'x'", "status = ", "tags.a IN ('x')"])
def test_a_bad_filter_is_the_callers_fault(client, runs, text):
    with pytest.raises(MlflowException) as refused:
        client.search_runs([runs], text)
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
