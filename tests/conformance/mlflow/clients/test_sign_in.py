"""Credentials as MLflow's client sends them. Skipped against a server without sign-in."""

import os
import subprocess
import sys

import pytest

SCRIPT = "import mlflow; print(len(mlflow.search_experiments(max_results=1)))"


def ask(server, **credentials):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MLFLOW_TRACKING_")}
    environment |= {"MLFLOW_TRACKING_URI": server, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", **credentials}
    return subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, text=True)


@pytest.fixture
def token():
    if "MLFLOW_TRACKING_TOKEN" not in os.environ:
        pytest.skip("the server has no sign-in: MLFLOW_TRACKING_TOKEN is not set")
    return os.environ["MLFLOW_TRACKING_TOKEN"]


def test_bearer_token(server, token):
    assert ask(server, MLFLOW_TRACKING_TOKEN=token).stdout.strip() == "1"


def test_basic_with_a_token_as_password(server, token):
    assert ask(server, MLFLOW_TRACKING_USERNAME="token", MLFLOW_TRACKING_PASSWORD=token).stdout.strip() == "1"


def test_basic_with_user_and_password(server, token):
    user, password = os.environ.get("MILLWRIGHT_TEST_USER"), os.environ.get("MILLWRIGHT_TEST_PASSWORD")
    if not user:
        pytest.skip("no user with a password was made: MILLWRIGHT_TEST_USER is not set")
    assert ask(server, MLFLOW_TRACKING_USERNAME=user, MLFLOW_TRACKING_PASSWORD=password).stdout.strip() == "1"


@pytest.mark.parametrize("credentials", [{}, {"MLFLOW_TRACKING_TOKEN": "wrong"}, {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "wrong"}])
def test_nobody_else_gets_in(server, token, credentials):
    refused = ask(server, **credentials)
    assert refused.returncode != 0 and "401" in refused.stderr
