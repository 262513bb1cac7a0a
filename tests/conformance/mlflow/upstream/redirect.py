"""A pytest plugin: MLflow's own REST tests start no server of theirs but empty a running Millwright and use that.

The tests start servers through tests.tracking.integration_test_utils (`_init_server`, `ServerThread`). Both are replaced before a test
module imports them. Settings: MILLWRIGHT_URL, MILLWRIGHT_RESET (a command that empties tracker and registry).
"""

import contextlib
import os
import shlex
import subprocess

import pytest


def emptied():
    subprocess.run(shlex.split(os.environ["MILLWRIGHT_RESET"]), check=True, capture_output=True)
    return os.environ["MILLWRIGHT_URL"]


@contextlib.contextmanager
def init_server(*_, **__):
    yield emptied()


class Server:
    """Takes the place of a thread that serves MLflow's application."""

    def __init__(self, *_, **__):
        self.url = os.environ["MILLWRIGHT_URL"]

    def start(self):
        return emptied()

    def shutdown(self):
        pass

    __enter__ = start

    def __exit__(self, *_):
        pass


@pytest.fixture
def db_uri():
    return "sqlite://"  # named by the fixture that prepares MLflow's own store; nothing opens it


def pytest_configure(config):
    from mlflow.server import handlers
    from tests.tracking import integration_test_utils

    handlers.initialize_backend_stores = lambda *_, **__: None

    integration_test_utils._init_server = init_server
    integration_test_utils.ServerThread = Server
