"""Credentials as MLflow's client sends them. Skipped against a server without sign-in."""

import os

import mlflow
import pytest
import requests
from mlflow.exceptions import MlflowException

VARIABLES = ("MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD")


@pytest.fixture
def token():
    if "MLFLOW_TRACKING_TOKEN" not in os.environ:
        pytest.skip("the server has no sign-in: MLFLOW_TRACKING_TOKEN is not set")
    return os.environ["MLFLOW_TRACKING_TOKEN"]


@pytest.fixture
def sign_in(token, monkeypatch):
    """From here on the client has these credentials and no others."""

    def signed_in(**credentials):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        for name, value in credentials.items():
            monkeypatch.setenv(name, value)

    return signed_in


@pytest.fixture
def viewer(server, token, unique):
    """A person who may read and nothing else, with a password of their own choice."""
    name, password = unique("viewer"), unique("password")
    as_admin = {"Authorization": f"Bearer {token}"}

    def post(path, body, **options):
        answer = requests.post(f"{server}/v1/{path}", json=body, **options)
        assert answer.status_code == 200, answer.text
        return answer

    post("users", {"name": name, "role": "ROLE_VIEWER"}, headers=as_admin)
    code = post(f"users/{name}/sign-in-links", {}, headers=as_admin).json()["code"]
    session = post("session", {"code": code}).cookies
    post("users:set-password", {"new_password": password}, cookies=session, headers={"Origin": server})
    return name, password


def test_bearer_token(sign_in, token):
    sign_in(MLFLOW_TRACKING_TOKEN=token)
    assert len(mlflow.search_experiments(max_results=1)) == 1


def test_basic_with_a_token_as_password(sign_in, token):
    sign_in(MLFLOW_TRACKING_USERNAME="token", MLFLOW_TRACKING_PASSWORD=token)
    assert len(mlflow.search_experiments(max_results=1)) == 1


def test_basic_with_user_and_password(sign_in, viewer, unique):
    name, password = viewer
    sign_in(MLFLOW_TRACKING_USERNAME=name, MLFLOW_TRACKING_PASSWORD=password)
    assert len(mlflow.search_experiments(max_results=1)) == 1
    with pytest.raises(MlflowException) as refused:
        mlflow.create_experiment(unique("not allowed"))
    assert refused.value.error_code == "PERMISSION_DENIED"


@pytest.mark.parametrize("credentials", [{}, {"MLFLOW_TRACKING_TOKEN": "wrong"}, {"MLFLOW_TRACKING_USERNAME": "admin", "MLFLOW_TRACKING_PASSWORD": "wrong"}])
def test_nobody_else_gets_in(sign_in, credentials):
    sign_in(**credentials)
    with pytest.raises(MlflowException, match="401"):
        mlflow.search_experiments(max_results=1)
