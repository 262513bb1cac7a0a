import mlflow
import pytest
from mlflow.exceptions import MlflowException

SOURCE = "s3://bucket/model"


@pytest.fixture
def model(client, unique):
    return client.create_registered_model(unique("pump"), tags={"team": "ops"}, description="text").name


def test_models_versions_and_tags(client, model, unique):
    first = client.create_model_version(model, SOURCE, tags={"a": "1"}, description="first")
    second = client.create_model_version(model, SOURCE)
    assert (str(first.version), str(second.version), first.status) == ("1", "2", "READY")
    client.update_registered_model(model, description="new")
    client.set_registered_model_tag(model, "k", "v" * 5000)
    client.delete_registered_model_tag(model, "team")
    client.update_model_version(model, "1", "changed")
    client.set_model_version_tag(model, "1", "b", "2")
    client.delete_model_version_tag(model, "1", "a")
    got = client.get_registered_model(model)
    assert got.description == "new" and got.tags == {"k": "v" * 5000}
    version = client.get_model_version(model, "1")
    assert version.description == "changed" and version.tags == {"b": "2"} and version.source == SOURCE
    assert client.get_model_version_download_uri(model, "1") == SOURCE
    renamed = unique("renamed")
    client.rename_registered_model(model, renamed)
    assert len(client.search_model_versions(f"name = '{renamed}'")) == 2
    client.delete_model_version(renamed, "2")
    assert str(client.create_model_version(renamed, SOURCE).version) == "3"
    client.delete_registered_model(renamed)
    with pytest.raises(MlflowException) as missing:
        client.get_registered_model(renamed)
    assert missing.value.error_code == "RESOURCE_DOES_NOT_EXIST"


def test_a_name_is_taken_once(client, model):
    with pytest.raises(MlflowException) as taken:
        client.create_registered_model(model)
    assert taken.value.error_code == "RESOURCE_ALREADY_EXISTS"


def test_stages(client, model):
    for _ in range(3):
        client.create_model_version(model, SOURCE)
    client.transition_model_version_stage(model, "1", "Production")
    client.transition_model_version_stage(model, "2", "staging")
    client.transition_model_version_stage(model, "3", "Production", archive_existing_versions=True)
    stages = {str(v.version): v.current_stage for v in client.search_model_versions(f"name = '{model}'")}
    assert stages == {"1": "Archived", "2": "Staging", "3": "Production"}
    latest = {v.current_stage: str(v.version) for v in client.get_latest_versions(model)}
    assert latest == {"Archived": "1", "Staging": "2", "Production": "3"}
    assert [str(v.version) for v in client.get_latest_versions(model, ["Production"])] == ["3"]
    with pytest.raises(MlflowException):
        client.transition_model_version_stage(model, "1", "Unknown")


def test_aliases(client, model):
    for _ in range(2):
        client.create_model_version(model, SOURCE)
    client.set_registered_model_alias(model, "champion", "1")
    client.set_registered_model_alias(model, "champion", "2")
    client.set_registered_model_alias(model, "challenger", "1")
    assert str(client.get_model_version_by_alias(model, "champion").version) == "2"
    assert {k: str(v) for k, v in client.get_registered_model(model).aliases.items()} == {"champion": "2", "challenger": "1"}
    assert list(client.get_model_version(model, "1").aliases) == ["challenger"]
    client.delete_registered_model_alias(model, "champion")
    with pytest.raises(MlflowException, match="alias champion not found"):
        client.get_model_version_by_alias(model, "champion")
    with pytest.raises(MlflowException):
        client.set_registered_model_alias(model, "v1", "1")


def test_search_and_pages(client, unique):
    mark = unique("search")
    for number in range(5):
        name = client.create_registered_model(f"{mark}-{number}", tags={"odd": str(number % 2)}).name
        client.create_model_version(name, f"{SOURCE}/{number}", tags={"n": str(number)})
    names, token = [], None
    while True:
        page = client.search_registered_models(f"name LIKE '{mark}%'", max_results=2, order_by=["name DESC"], page_token=token)
        names += [m.name for m in page]
        token = page.token
        if not token:
            break
    assert names == [f"{mark}-{number}" for number in (4, 3, 2, 1, 0)]
    assert len(client.search_registered_models(f"name ILIKE '{mark.upper()}%' AND tags.odd = '1'")) == 2
    versions = client.search_model_versions(f"name LIKE '{mark}%'", order_by=["name ASC"], max_results=3)
    assert [v.name for v in versions] == [f"{mark}-{number}" for number in (0, 1, 2)] and versions.token
    assert len(client.search_model_versions(f"name LIKE '{mark}%' AND tags.n = '3'")) == 1
    with pytest.raises(MlflowException):
        client.search_registered_models("version > 1")


def test_the_newest_models_are_found_without_a_filter(client, model, unique):
    assert model in [found.name for found in client.search_registered_models(order_by=["last_updated_timestamp DESC"], max_results=20)]
    assert model in [found.name for found in mlflow.search_registered_models(max_results=1000)]
    version = client.create_model_version(model, SOURCE)
    assert [str(found.version) for found in mlflow.search_model_versions(filter_string=f"name = '{model}'")] == [str(version.version)]
    copy = client.copy_model_version(f"models:/{model}/1", unique("copy"))
    assert client.get_model_version_download_uri(copy.name, copy.version) == SOURCE


def test_a_local_path_is_no_source(client, model):
    for source in ("/etc/passwd", "file:///etc", "s3://bucket/../x", "../up"):
        with pytest.raises(MlflowException) as refused:
            client.create_model_version(model, source)
        assert refused.value.error_code == "INVALID_PARAMETER_VALUE"
