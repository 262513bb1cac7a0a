"""What unmodified MLflow clients do against a running server.

The server is MLFLOW_TRACKING_URI, with the credentials MLflow's client reads from its own variables. Names are new in every run, so the
server need not be empty.
"""

import os
import secrets

import mlflow
import pytest
from mlflow import MlflowClient

MAJOR = int(mlflow.__version__.partition(".")[0])


@pytest.fixture(scope="session", autouse=True)
def server():
    uri = os.environ["MLFLOW_TRACKING_URI"]
    mlflow.set_tracking_uri(uri)
    return uri


@pytest.fixture(autouse=True)
def no_run_left_open():
    yield
    while mlflow.active_run():
        mlflow.end_run()


@pytest.fixture
def unique():
    return lambda name="x": f"{name}-{secrets.token_hex(6)}"


@pytest.fixture
def client():
    return MlflowClient()


@pytest.fixture
def experiment(unique):
    """A new experiment, the active one of the fluent API too."""
    name = unique("clients/experiment")
    return mlflow.set_experiment(name).experiment_id
