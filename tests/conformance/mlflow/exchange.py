"""One HTTP conversation with a server that speaks MLflow's REST, and its normal form for comparison.

A scenario (cases/*.py) is a function that gets a Session, sends requests and takes ids out of the answers. The same function runs
against MLflow, to record, and against Millwright, to replay. Values that may differ between two servers (ids, times of now, random
names, page tokens) become placeholders in both.
"""

import base64
import hashlib
import http.client
import json
import re
import time
import urllib.parse

SCENARIOS = []
API = "/api/2.0/mlflow/"


def scenario(function):
    """Registers a scenario; its name is <module>.<function>."""
    SCENARIOS.append((f"{function.__module__.rpartition('.')[2]}.{function.__name__}", function))
    return function


class Stop(Exception):
    """The scenario cannot go on: an answer lacks what the next request needs."""


class Answer:
    def __init__(self, status, headers, raw, method, target):
        self.status, self.headers, self.raw = status, headers, raw
        self.method, self.target = method, target
        self.json = None
        if headers.get("content-type", "").partition(";")[0].strip() == "application/json":
            try:
                self.json = json.loads(raw)
            except ValueError:
                pass

    def get(self, path):
        """The value at a dotted path of the JSON answer, such as run.info.run_id or runs.0.info."""
        value = self.json
        for part in path.split("."):
            try:
                value = value[int(part)] if isinstance(value, list) else value[part]
            except (KeyError, IndexError, TypeError, ValueError):
                raise Stop(f"{self.method} {self.target} answered {self.status} without {path}: {self.raw[:300]!r}") from None
        return value


TIME_NAMES = {
    "creation_time", "last_update_time", "creation_timestamp", "last_updated_timestamp", "creation_timestamp_ms",
    "last_updated_timestamp_ms", "start_time", "end_time", "timestamp",
}  # fmt: skip
ID = re.compile(r"(?:\bm-)?(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
DATABASE_ERROR = re.compile(r" ?(?:Error: )?(?:\(raised as a result of Query-invoked[^)]*\)\s*)?\(psycopg2\..*", re.DOTALL)  # the driver's own words
PYTHON_SET = re.compile(r"\{('[^'{}]*'(?:, '[^'{}]*')+)\}")  # printed in a random order
RANDOM_NAME = re.compile(r"[a-z]+-[a-z]+-\d{1,4}")
UNORDERED = {"tags", "params", "aliases", "dataset_inputs", "model_inputs", "model_outputs", "latest_versions"}  # no order promised


class Session:
    """A connection to the server under test, with the answers of one scenario in their normal form."""

    def __init__(self, url, salt, token=None):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.salt = salt
        self.headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.connection = None
        self.asked = []  # (request as text, Answer, what to compare)
        self.known = {}  # real text -> placeholder
        self.counts = {}
        self.experiments = {}  # experiment id -> placeholder, replaced only where ids stand: they are short numbers

    # What scenarios use.

    def name(self, text):
        """A name nobody else on this server has."""
        return f"{text}-{self.salt}"

    def note(self, kind, value):
        """From here on `value` reads as <kind N> in answers."""
        if value not in self.known and value not in self.experiments:
            self.counts[kind] = self.counts.get(kind, 0) + 1
            target = self.experiments if kind == "experiment" else self.known
            target[value] = f"<{kind} {self.counts[kind]}>"
        return value

    def send(self, method, path, body=None, query=None, headers=None, compare=True):
        """Sends one request. `path` under /api/2.0/mlflow/ unless it starts with '/'; `body` bytes as they are, anything else as JSON.

        compare: True the whole answer, "status" only its status, the name of a list ("runs") of its items
        only what tells them apart, False nothing.
        """
        target = path if path.startswith("/") else API + path
        if query is not None:
            target += "?" + urllib.parse.urlencode(query, doseq=True)
        sent = dict(self.headers)
        payload = body
        if body is not None and not isinstance(body, bytes):
            payload = json.dumps(body).encode()
        if payload is not None:
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        answer = self._exchange(method, target, payload, sent)
        if target == API + "experiments/create" and isinstance(answer.json, dict) and "experiment_id" in answer.json:
            self.note("experiment", answer.json["experiment_id"])
        if compare:
            shown = "" if not payload else " " + payload[:400].decode("utf-8", "replace") + ("..." if len(payload) > 400 else "")
            self.asked.append((f"{method} {target}{shown}", answer, compare))
        return answer

    def get(self, path, /, compare=True, **query):
        return self.send("GET", path, query=query or None, compare=compare)

    def post(self, path, body=None, **options):
        return self.send("POST", path, {} if body is None else body, **options)

    def patch(self, path, body=None, **options):
        return self.send("PATCH", path, {} if body is None else body, **options)

    def delete(self, path, body=None, **options):
        return self.send("DELETE", path, {} if body is None else body, **options)

    # Shortcuts for the things most scenarios start with; not compared.

    def experiment(self, name="e", **fields):
        answer = self.post("experiments/create", {"name": self.name(name), **fields}, compare=False)
        return self.note("experiment", answer.get("experiment_id"))

    def run(self, experiment, **fields):
        fields = {"experiment_id": experiment, "start_time": 1700000000000, "run_name": "r", "user_id": "u", **fields}
        return self.note("run", self.post("runs/create", fields, compare=False).get("run.info.run_id"))

    def batch(self, run, metrics=(), params=(), tags=()):
        """metrics: (key, value, timestamp, step); params and tags: (key, value)."""
        answer = self.post("runs/log-batch", {
            "run_id": run,
            "metrics": [{"key": k, "value": v, "timestamp": t, "step": s} for k, v, t, s in metrics],
            "params": [{"key": k, "value": v} for k, v in params],
            "tags": [{"key": k, "value": v} for k, v in tags],
        }, compare=False)  # fmt: skip
        if answer.status != 200:
            raise Stop(f"log-batch answered {answer.status}: {answer.raw[:300]!r}")

    def model(self, name="m", **fields):
        name = self.name(name)
        answer = self.post("registered-models/create", {"name": name, **fields}, compare=False)
        answer.get("registered_model.name")
        return name

    def version(self, model, source="s3://bucket/model", **fields):
        answer = self.post("model-versions/create", {"name": model, "source": source, **fields}, compare=False)
        return answer.get("model_version.version")

    def logged_model(self, experiment, **fields):
        answer = self.post("logged-models", {"experiment_id": experiment, "name": "lm", **fields}, compare=False)
        return self.note("model", answer.get("model.info.model_id"))

    # Normal form, made at the end when all ids are known.

    def records(self):
        return [{"request": self.request(text), **self.normal(answer, compare)} for text, answer, compare in self.asked]

    def request(self, text):
        """A request as it is shown: never compared."""
        for real, placeholder in self.experiments.items():
            text = re.sub(rf"(?<![\w.-]){re.escape(real)}(?![\w.])", placeholder, text)
        text = re.sub(r"(page_token[\"=: ]+)[\w%=+/-]{16,}", r"\g<1><token>", text)
        return self.text(text)

    def text(self, text):
        text = DATABASE_ERROR.sub("", text)  # first: it names ids that no other answer does
        text = text.replace("-" + self.salt, "")
        for real, placeholder in self.known.items():
            text = text.replace(real, placeholder)
        text = ID.sub(self._placeholder, text)
        return PYTHON_SET.sub(lambda match: "{" + ", ".join(sorted(match.group(1).split(", "))) + "}", text)

    def _placeholder(self, match):
        real = match.group()
        if len(set(real)) == 1:  # made up by a case
            return real
        self.note("model" if real.startswith("m-") else "run", real)
        return self.known[real]

    def text_with_experiments(self, text):
        """Experiment ids are short numbers: replaced only after a word or scheme that announces one."""
        text = self.text(text)
        for real, placeholder in self.experiments.items():
            text = re.sub(rf"((?:[Ee]xperiments?|[Vv]alue|Found|Expected|ids?|IDs?|artifacts:)[ =:/'\"\[]*){re.escape(real)}(?![\w.])", rf"\g<1>{placeholder}", text)
            text = re.sub(rf"(?<![\w.-]){re.escape(real)}(?=/(?:<run|models/))", placeholder, text)
        return text

    def normal(self, answer, compare):
        kind = answer.headers.get("content-type", "").partition(";")[0].strip()
        record = {"status": answer.status}
        if compare == "status":
            return record
        if answer.status >= 400 and isinstance(answer.json, dict) and answer.json.keys() == {"detail"}:  # the web framework's own error
            return record
        if answer.method == "PUT" and answer.status == 200 and not answer.raw:  # older servers answer {}; clients read neither
            return {**record, "json": {}}
        if answer.json is not None:
            record["json"] = self.value(answer.json)
            if compare == "runs" and "runs" in answer.json:
                record["json"]["runs"] = [f"{run['info']['run_name']} {run['info']['start_time']}" for run in answer.json["runs"]]
            if compare in ("registered_models", "model_versions") and compare in answer.json:
                record["json"][compare] = [f"{self.text(item['name'])} {item.get('version', '')}" for item in answer.json[compare]]
            if compare == "models" and "models" in answer.json:
                record["json"]["models"] = [f"{model['info']['name']} {model['info'].get('model_type')}" for model in answer.json["models"]]
            return record
        if answer.status >= 400 and kind == "text/html":  # the web framework's own page
            return record
        record["type"] = kind
        if len(answer.raw) > 300:
            record["sha256"] = hashlib.sha256(answer.raw).hexdigest()
        else:
            try:
                record["text"] = self.text(answer.raw.decode())
            except UnicodeDecodeError:
                record["base64"] = base64.b64encode(answer.raw).decode()
        for name in ("content-disposition", "x-content-type-options", "accept-ranges", "content-range", "www-authenticate"):
            if answer.status < 400 and name in answer.headers:
                record[name] = self.text(answer.headers[name])
        return record

    def value(self, value, name="", parent=""):
        if isinstance(value, dict):
            return {key: self.value(item, key, name) for key, item in sorted(value.items())}
        if isinstance(value, list):
            items = [self.value(item, name, parent) for item in value]
            if name in UNORDERED or (name == "metrics" and parent == "data"):
                items.sort(key=lambda item: json.dumps(item, sort_keys=True))
            return items
        if isinstance(value, bool) or value is None or isinstance(value, float):
            return value
        if isinstance(value, int):
            return "<now>" if name in TIME_NAMES and abs(value / 1000 - time.time()) < 86400 else value
        if name == "next_page_token":
            return "<token>"
        if name in ("run_name", "value", "name") and RANDOM_NAME.fullmatch(value):
            return "<random name>"
        if name == "experiment_id":
            return self.experiments.get(value, value)
        return self.text_with_experiments(value)

    def _exchange(self, method, target, payload, headers):
        for attempt in (1, 2):  # a kept connection may have been closed by the server
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(self.host, self.port, timeout=60)
                self.connection.putrequest(method, target, skip_accept_encoding=True)
                for name, text in headers.items():
                    self.connection.putheader(name, text)
                if payload is not None or method in ("POST", "PUT", "PATCH"):
                    self.connection.putheader("Content-Length", str(len(payload or b"")))
                self.connection.endheaders(payload)
                reply = self.connection.getresponse()
                raw = reply.read()
                return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, raw, method, target)
            except (http.client.HTTPException, OSError):
                self.connection.close()
                self.connection = None
                if attempt == 2:
                    raise

    def close(self):
        if self.connection is not None:
            self.connection.close()
