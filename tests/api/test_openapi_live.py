"""`/openapi.json` is valid, complete and true: what it lists is served, what is served it lists."""

import re
from typing import Any, Final

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from tests.gateway import PASSWORD, Gateway, chat_body

BODIES: Final[dict[str, Any]] = {
    "create_preset_from_chat": chat_body("acme/echo"),
    "create_preset_from_messages": chat_body("acme/echo", max_tokens=9),
    "create_preset_from_responses": {"model": "acme/echo", "input": "hello"},
    "put_preset": {"body": {"model": "acme/echo"}},
    "chat_completions": chat_body("acme/echo"),
    "messages": chat_body("acme/echo"),
    "count_tokens": chat_body("acme/echo"),
    "responses": {"model": "acme/echo", "input": "hello"},
    "completions": {"model": "acme/echo", "prompt": "hello"},
    "embeddings": {"model": "acme/vectors", "input": "hello"},
    "rerank": {"model": "acme/ranks", "query": "a", "documents": ["b", "a"]},
    "create_key": {"name": "declared"},
    "explain_route": chat_body("acme/echo"),
    "update_key": {"name": "changed"},
    "sign_in": {"password": PASSWORD},
    "query_analytics": {"metrics": ["request_count"]},
    "grant_credit": {"amount": "0.5", "reason": "declared"},
    "change_password": {"old": PASSWORD, "new": PASSWORD},
}
"""What each operation is asked well with, by its name."""
QUERIES: Final = {"get_app": "?app=https://app.example.com"}
SLUGS: Final = {"/docs/": "howto/operate", "/internal/providers/": "alpha"}
"""What stands for `{slug}` in a path that has one of these parts."""
MANAGED: Final = frozenset({"Keys", "Internal", "Presets", "Analytics"})
"""Tags of operations that are for management keys."""


@pytest.fixture(scope="module")
def document(gateway: Gateway) -> Any:
    """As it is served."""
    heard = gateway.call("GET", "/openapi.json")
    assert heard.status == 200
    return heard.json


def fits(schema: Any, document: Any, value: Any) -> None:
    """Fails where a value is not as a schema of the document says."""
    check: Any = Draft202012Validator({**schema, "components": document["components"]})
    check.validate(value)


def test_openapi_document_is_valid(document: Any) -> None:
    """By the standard's own rules, and every operation has a name of its own."""
    validate(document)
    names = [o["operationId"] for path in document["paths"].values() for o in path.values()]
    assert len(names) == len(set(names))
    assert document["openapi"].startswith("3.1")


def test_openapi_document_lists_what_is_served(gateway: Gateway, document: Any) -> None:
    """The gateway itself says which routes it knows when it is asked for another."""
    message = gateway.call("GET", "/api/v1/nowhere").error["message"]
    known = set(re.findall(r"(/[\w/{}-]+)", message.partition("there are: ")[2]))
    listed = {path.removeprefix("/api/v1") for path in document["paths"] if "/api/v1" in path}
    assert listed == known
    assert {"/chat/completions", "/models", "/keys/{hash}", "/generation"} <= listed
    others = {path for path in document["paths"] if "/api/v1" not in path}
    assert {path for path in others if not path.startswith("/api/internal/")} == {
        "/health",
        "/health/live",
        "/health/ready",
        "/metrics",
        "/docs/{slug}.md",
        "/llms.txt",
        "/{author}/{slug}/llms.txt",
        "/llms-full.txt",
    }


def test_openapi_operations_answer_as_declared(gateway: Gateway, document: Any) -> None:
    """Each one, asked well, answers with its declared status and shape; under both prefixes."""
    app = {"http-referer": "https://app.example.com"}
    chat = gateway.chat("acme/echo", headers=app)
    made = gateway.call("POST", "/v1/keys", {"name": "spare"}, key=gateway.management_key)
    spare = made.json["data"]["hash"]
    preset = "/api/v1/presets/duo/chat/completions"
    gateway.call("POST", preset, chat_body("acme/echo"), key=gateway.management_key)
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda one: one[0] == "delete")  # the spare key is needed till the end
    for method, path, operation in operations:
        name = operation["operationId"]
        slug = next((slug for part, slug in SLUGS.items() if part in path), "duo")
        parts = {"author": "acme", "hash": spare, "id": chat.generation_id, "version": "1"}
        filled = path.format(slug=slug, **parts)
        query = QUERIES.get(name, "")
        if "/generation" in path and "Generations" in operation["tags"]:
            query = f"?id={chat.generation_id}"
        managed = operation["tags"][0] in MANAGED
        key = gateway.management_key if managed else None
        heard = gateway.call(method.upper(), filled + query, BODIES.get(name), key=key)
        [declared] = [status for status in operation["responses"] if status != "default"]
        assert str(heard.status) == declared, (name, heard.body)
        content = operation["responses"][declared]["content"]
        if "application/json" in content:
            fits(content["application/json"]["schema"], document, heard.json)
        else:
            assert heard.headers["content-type"].partition(";")[0] in content
        if "/api/v1" in path and method == "get":
            short = filled.replace("/api/v1", "/v1") + query
            assert gateway.call("GET", short, key=key).status == heard.status


def test_openapi_errors_have_the_declared_shape(gateway: Gateway, document: Any) -> None:
    """Refusals of every layer fit the document's Error."""
    shape = document["components"]["schemas"]["Error"]
    for heard in (
        gateway.chat("acme/none"),
        gateway.call("GET", "/api/v1/nowhere"),
        gateway.call("GET", "/api/v1/key", key="wrong"),
        gateway.call("POST", "/api/v1/models"),
        gateway.call("GET", "/api/v1/models?sort=luck"),
    ):
        assert heard.status >= 400
        fits(shape, document, heard.json)


def test_openapi_routes_want_the_key_they_say(gateway: Gateway, document: Any) -> None:
    """Without a key: 401 where a key is declared, anything else where none is."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            filled = path.format(author="acme", slug="duo", hash="none", id="none", version="1")
            heard = gateway.request(method.upper(), filled)
            wanted = bool(operation["security"]) and {} not in operation["security"]
            assert (heard.status == 401) is wanted, (method, path)
