import concurrent.futures
import math
import time

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType
from mlflow.exceptions import MlflowException


def test_log_everything_fluently(client, experiment):
    with mlflow.start_run(run_name="first", description="a note", tags={"team": "ops"}) as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"depth": 6, "none": None, "text": "값", "long": "v" * 6000})
        mlflow.log_metric("acc", 0.5, step=1)
        mlflow.log_metric("acc", 0.75, step=2)
        mlflow.log_metrics({"loss": 0.25, "sum": 10**12}, step=3)
        mlflow.set_tag("stage", "dev")
        mlflow.set_tags({"a": 1, "b.c/d e:f": "x"})
    got = client.get_run(run.info.run_id)
    assert got.info.status == "FINISHED" and got.info.run_name == "first" and got.info.end_time >= got.info.start_time
    assert got.data.params == {"lr": "0.1", "depth": "6", "none": "None", "text": "값", "long": "v" * 6000}
    assert got.data.metrics == {"acc": 0.75, "loss": 0.25, "sum": 1e12}
    assert got.data.tags["stage"] == "dev" and got.data.tags["a"] == "1" and got.data.tags["b.c/d e:f"] == "x"
    assert got.data.tags["mlflow.note.content"] == "a note" and got.data.tags["mlflow.source.type"] == "LOCAL"


def test_metric_history_with_values_that_are_no_numbers(client, experiment):
    run = client.create_run(experiment).info.run_id
    for step, value in enumerate((1, float("nan"), float("inf"), float("-inf"), -0.5)):
        client.log_metric(run, "m", value, timestamp=1000 + step, step=step)
    history = client.get_metric_history(run, "m")
    assert [m.step for m in history] == [0, 1, 2, 3, 4]
    assert math.isnan(history[1].value) and history[2].value > 1e300 and history[3].value < -1e300
    assert client.get_run(run).data.metrics["m"] == -0.5
    assert client.get_metric_history(run, "none") == []


def test_a_thousand_metrics_in_one_call_and_a_long_history(client, experiment):
    run = client.create_run(experiment).info.run_id
    now = int(time.time() * 1000)
    client.log_batch(run, metrics=[Metric(f"m{n}", n, now, 0) for n in range(1000)])
    for chunk in range(5):
        client.log_batch(run, metrics=[Metric("long", n, now + n, n) for n in range(chunk * 1000, chunk * 1000 + 1000)])
    assert len(client.get_run(run).data.metrics) == 1001
    assert [m.step for m in client.get_metric_history(run, "long")] == list(range(5000))


def test_batch_logging_is_idempotent_and_params_are_immutable(client, experiment):
    run = client.create_run(experiment).info.run_id
    for _ in range(2):
        client.log_batch(run, [Metric("m", 1, 5, 0)], [Param("p", "1")], [RunTag("t", "1")])
    assert len(client.get_metric_history(run, "m")) == 1
    with pytest.raises(MlflowException, match="Changing param values is not allowed"):
        client.log_param(run, "p", "2")
    with pytest.raises(MlflowException) as refused:
        client.log_batch(run, params=[Param("q", "1"), Param("q", "2")])
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_nested_and_resumed_runs(client, experiment):
    with mlflow.start_run(run_name="parent") as parent:
        with mlflow.start_run(run_name="child", nested=True) as child:
            mlflow.log_metric("m", 1)
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == parent.info.run_id
    assert mlflow.get_parent_run(child.info.run_id).info.run_id == parent.info.run_id
    children = client.search_runs([experiment], f"tags.mlflow.parentRunId = '{parent.info.run_id}'")
    assert [run.info.run_name for run in children] == ["child"]
    with mlflow.start_run(run_id=parent.info.run_id):
        assert client.get_run(parent.info.run_id).info.status == "RUNNING"
        mlflow.log_metric("later", 2)
    again = client.get_run(parent.info.run_id)
    assert again.info.status == "FINISHED" and again.data.metrics["later"] == 2


def test_a_run_that_raises_is_failed(client, experiment):
    with pytest.raises(RuntimeError):
        with mlflow.start_run() as run:
            raise RuntimeError("no")
    assert client.get_run(run.info.run_id).info.status == "FAILED"


def test_status_rename_and_termination(client, experiment):
    run = client.create_run(experiment, start_time=1000, run_name="one").info.run_id
    client.update_run(run, status="SCHEDULED", name="two")
    assert client.get_run(run).info.run_name == "two" and client.get_run(run).info.status == "SCHEDULED"
    client.set_terminated(run, "KILLED", end_time=2000)
    info = client.get_run(run).info
    assert RunStatus.is_terminated(RunStatus.from_string(info.status)) and info.end_time == 2000
    client.set_tag(run, "mlflow.runName", "three")
    assert client.get_run(run).info.run_name == "three"
    client.delete_tag(run, "mlflow.runName")
    with pytest.raises(MlflowException) as missing:
        client.delete_tag(run, "none")
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_deletion_and_restoring_of_runs_and_experiments(client, unique):
    name = unique("gone")
    experiment = client.create_experiment(name, tags={"a": "b"})
    run = client.create_run(experiment).info.run_id
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    assert client.search_runs([experiment]) == []
    assert len(client.search_runs([experiment], run_view_type=ViewType.DELETED_ONLY)) == 1
    with pytest.raises(MlflowException, match="active"):
        client.log_metric(run, "m", 1)
    client.restore_run(run)
    client.log_metric(run, "m", 1)
    client.delete_experiment(experiment)
    assert client.get_experiment(experiment).lifecycle_stage == "deleted"
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    with pytest.raises(MlflowException):
        client.create_run(experiment)
    with pytest.raises(MlflowException) as taken:
        client.create_experiment(name)
    assert taken.value.error_code == "RESOURCE_ALREADY_EXISTS"
    with pytest.raises(MlflowException, match="Cannot set a deleted experiment"):
        mlflow.set_experiment(name)
    client.restore_experiment(experiment)
    assert client.get_run(run).info.lifecycle_stage == "active"
    client.rename_experiment(experiment, name + "-2")
    assert client.get_experiment_by_name(name) is None
    assert client.get_experiment_by_name(name + "-2").tags == {"a": "b"}


def test_experiments_are_searched_and_paged(client, unique):
    mark = unique("page")
    for number in range(7):
        client.create_experiment(f"{mark}/{number}", tags={"n": str(number % 2)})
    found = client.search_experiments(filter_string=f"name LIKE '{mark}/%'", order_by=["name"], max_results=3)
    names = [e.name for e in found]
    while found.token:
        found = client.search_experiments(filter_string=f"name LIKE '{mark}/%'", order_by=["name"], max_results=3, page_token=found.token)
        names += [e.name for e in found]
    assert names == [f"{mark}/{number}" for number in range(7)]
    assert len(client.search_experiments(filter_string=f"name ILIKE '{mark.upper()}/%' AND tags.n = '1'")) == 3
    one = client.get_experiment_by_name(f"{mark}/0")
    client.set_experiment_tag(one.experiment_id, "k", "v" * 5000)
    assert client.get_experiment(one.experiment_id).tags["k"] == "v" * 5000
    if hasattr(client, "delete_experiment_tag"):
        client.delete_experiment_tag(one.experiment_id, "k")
        assert "k" not in client.get_experiment(one.experiment_id).tags


def test_dataset_inputs(client, experiment):
    import pandas

    dataset = mlflow.data.from_pandas(pandas.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}), name="pumps", targets="b")
    with mlflow.start_run() as run:
        mlflow.log_input(dataset, context="training")
        mlflow.log_input(dataset, context="training")
    inputs = client.get_run(run.info.run_id).inputs.dataset_inputs
    assert len(inputs) == 1 and inputs[0].dataset.name == "pumps" and inputs[0].dataset.digest == dataset.digest
    assert {tag.key: tag.value for tag in inputs[0].tags} == {"mlflow.data.context": "training"}
    assert len(client.search_runs([experiment], "dataset.name = 'pumps' AND dataset.context = 'training'")) == 1


def test_system_metrics_and_async_logging(client, experiment):
    with mlflow.start_run() as run:
        for step in range(50):
            mlflow.log_metric("async", step, step=step, synchronous=False)
        mlflow.log_params({"p": 1}, synchronous=False).wait()
        mlflow.flush_async_logging()
        mlflow.log_metrics({"system/cpu_utilization_percentage": 5.0, "system/memory_mb": 1}, step=0)
    assert [m.value for m in client.get_metric_history(run.info.run_id, "async")] == list(range(50))
    assert client.get_run(run.info.run_id).data.params == {"p": "1"}


def test_system_metrics_of_the_machine(client, experiment):
    mlflow.set_system_metrics_sampling_interval(0.1)
    mlflow.set_system_metrics_samples_before_logging(1)
    with mlflow.start_run(log_system_metrics=True) as run:
        time.sleep(1)
    assert "system/cpu_utilization_percentage" in client.get_run(run.info.run_id).data.metrics


def test_many_writers_of_one_run(client, experiment):
    run = client.create_run(experiment).info.run_id
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: client.log_batch(run, [Metric("shared", n, n, n), Metric(f"own {n}", n, 0, 0)], [Param(f"p {n}", str(n))], [RunTag("last", str(n))]), range(64)))
    got = client.get_run(run).data
    assert len(client.get_metric_history(run, "shared")) == 64 and got.metrics["shared"] == 63 and len(got.metrics) == 65
    assert got.params == {f"p {n}": str(n) for n in range(64)} and int(got.tags["last"]) < 64


def test_messages_of_refusals(client, experiment):
    run = client.create_run(experiment).info.run_id
    with pytest.raises(MlflowException, match="not found"):
        client.get_run("0" * 32)
    with pytest.raises(MlflowException, match="No Experiment with id=999999999 exists"):
        client.get_experiment("999999999")
    with pytest.raises(MlflowException):
        client.log_metric(run, "a//b", 1)
    with pytest.raises(MlflowException):
        client.log_metric(run, "k" * 251, 1)
