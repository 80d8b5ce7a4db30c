"""What holds of every operation and every schema of the document."""

import re
from pathlib import Path

import jsonschema_rs
import pytest
import schemathesis

from wallet.app import examples

METHODS = ("get", "put", "post", "delete", "patch")
SAFE_INTEGER = 2**53 - 1
PAGES_ONLY = {"SIGN_IN_REFUSED", "SIGN_IN_STALE", "SIGN_IN_UNAVAILABLE"}
OPEN = {"Problem"}  # RFC 9457 §3.2 lets problems grow
# names that say which of a closed list something is
VOCABULARIES = {
    "basis",
    "card",
    "cash_by",
    "document_type",
    "insurer",
    "kind",
    "method",
    "phase",
    "profile",
    "purpose",
    "scene",
    "sex",
    "status",
}


def operations(made):
    """
    Return every operation with its path and method.
    """
    return [
        (path, method, item[method])
        for path, item in made["paths"].items()
        for method in METHODS
        if method in item
    ]


def nodes(value):
    """
    Return every object within a value.
    """
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)


def followed(made, node):
    """
    Return what a reference stands for.
    """
    while "$ref" in node and len(node) == 1:
        for name in node["$ref"].split("/")[1:]:
            made = made[name] if name != "#" else made
        node = made
    return node


def reached(made, roots):
    """
    Return the names of the schemas that roots are made of.
    """
    found, waiting = set(), list(roots)
    while waiting:
        names = {
            node["$ref"].rpartition("/")[2]
            for node in nodes(waiting.pop())
            if str(node.get("$ref", "")).startswith("#/components/schemas/")
        }
        waiting += [made["components"]["schemas"][name] for name in names - found]
        found |= names
    return found


class TestDocument:
    def test_is_openapi(self, made):
        """
        It is valid OpenAPI 3.1, and every schema in it is valid JSON Schema 2020-12.
        """
        schemathesis.openapi.from_dict(made).validate()
        for schema in made["components"]["schemas"].values():
            jsonschema_rs.meta.validate(schema)

        assert "3.1.0" == made["openapi"]

    def test_says_nothing_of_this_machine(self, made):
        """
        No address and no folder of whoever wrote it is in it.
        """
        text = str(made)

        assert [] == re.findall(r"127\.0\.0\.1|localhost|sqlite|postgres|/home/|/root", text)

    def test_every_reference_leads_somewhere(self, made):
        """
        Nothing is referred to that is not there, and nothing is there that nobody refers to.
        """
        referred = {
            tuple(node["$ref"].split("/")[2:]) for node in nodes(made) if "$ref" in node
        } | {("securitySchemes", name) for name in made["components"]["securitySchemes"]}
        there = {(kind, name) for kind, named in made["components"].items() for name in named}

        assert there == referred


class TestOperations:
    def test_are_named_and_grouped(self, made):
        """
        Each has an id of its own, one line that says what it does, and a group that is described.
        """
        ids = [operation["operationId"] for *_, operation in operations(made)]
        groups = {tag["name"] for tag in made["tags"] if tag["description"]}

        assert len(ids) == len(set(ids))
        for *_, operation in operations(made):
            assert re.fullmatch(r"[a-z][A-Za-z]+", operation["operationId"])
            assert 0 < len(operation["summary"]) <= 72
            assert set(operation["tags"]) <= groups

    def test_say_who_may_call(self, made):
        """
        Each wants a terminal or a resident, except the few that let them in.
        """
        free = {
            operation["operationId"]
            for *_, operation in operations(made)
            if not operation.get("security")
        }

        assert {"enrolTerminal", "issueToken", "livez", "openDemoSession", "readyz"} == free

    def test_scopes_are_described(self, made):
        """
        Each operation of a terminal names the scope it wants, which is described.
        """
        described = made["components"]["securitySchemes"]["terminal"]["description"]
        wanted = [
            each["terminal"]
            for *_, operation in operations(made)
            for each in operation.get("security", ())
            if "terminal" in each
        ]

        assert all(len(scopes) == 1 for scopes in wanted)
        assert all(f"- `{scope}`: " in described for scopes in wanted for scope in scopes)

    def test_unsafe_calls_of_terminals_bring_key_and_signature(self, made):
        """
        Each wants an idempotency key, and a signature that only a resolve may do without.
        """
        for _, method, operation in operations(made):
            if method == "get" or not any(
                "terminal" in each for each in operation.get("security", ())
            ):
                continue
            headers = {
                header["name"]: header["required"]
                for header in (followed(made, each) for each in operation["parameters"])
                if header["in"] == "header"
            }
            signed = operation["operationId"] != "resolve"

            assert headers == {
                "Idempotency-Key": True,
                "Signature-Input": signed,
                "Signature": signed,
                "Content-Digest": signed,
            }

    def test_errors_are_problems(self, made):
        """
        Each error is a problem whose codes are listed; some status of success is documented too.
        """
        for *_, operation in operations(made):
            answers = {
                int(status): followed(made, answer)
                for status, answer in operation["responses"].items()
            }
            assert any(200 <= status < 300 for status in answers)
            assert {400, 500, 503, 507} <= set(answers)
            for status, answer in answers.items():
                if status < 400:
                    continue
                assert ["application/problem+json"] == list(answer["content"])
                schema = answer["content"]["application/problem+json"]["schema"]
                assert "#/components/schemas/Problem" == schema["$ref"]
                assert {"const": status} == schema["properties"]["status"]
                assert schema["properties"]["code"]["enum"]

    def test_headers_of_errors(self, made):
        """
        A 401 carries a challenge; where waiting helps the answer says how long.
        """
        for *_, operation in operations(made):
            for status, answer in operation["responses"].items():
                headers = followed(made, answer).get("headers", {})
                assert ("WWW-Authenticate" in headers) == (status == "401")
                assert status not in {"429", "503"} or "Retry-After" in headers

    def test_codes_are_those_of_the_page(self, made):
        """
        The codes of all answers are those of docs/errors.md, but for pages' and those of no route.
        """
        page = (Path(__file__).parents[2] / "docs" / "errors.md").read_text()
        told = {
            code
            for *_, operation in operations(made)
            for status, answer in operation["responses"].items()
            if int(status) >= 400
            for code in followed(made, answer)["content"]["application/problem+json"]["schema"][
                "properties"
            ]["code"]["enum"]
        }

        assert {"METHOD_NOT_ALLOWED", *PAGES_ONLY} == set(
            re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE)
        ) - told


class TestSchemas:
    def test_are_closed(self, made):
        """
        No object takes members that it does not name, except maps and problems.
        """
        schemas = made["components"]["schemas"]
        loose = {
            name
            for name, schema in schemas.items()
            if "properties" in schema and schema.get("additionalProperties") is not False
        }

        assert OPEN == loose

    def test_integers_are_exact_everywhere(self, made):
        """
        Every integer has bounds within 2^53, so that no reader rounds it; larger ones are text.
        """
        free = [
            (name, member)
            for name, schema in made["components"]["schemas"].items()
            for member, described in schema.get("properties", {}).items()
            for node in nodes(described)
            if node.get("type") == "integer"
            and not (
                abs(node.get("minimum", SAFE_INTEGER + 1)) <= SAFE_INTEGER
                and node.get("maximum", node.get("exclusiveMaximum", SAFE_INTEGER + 1))
                <= SAFE_INTEGER
            )
            and (name, member) != ("VerdictView", "fields")
        ]

        assert [] == free

    def test_texts_of_requests_are_bounded(self, made):
        """
        Every text that is sent is of a list, or has a longest length or an anchored pattern.
        """
        roots = [
            operation["requestBody"]
            for *_, operation in operations(made)
            if "requestBody" in operation
        ]
        free = [
            (name, node)
            for name in reached(made, roots)
            for node in nodes(made["components"]["schemas"][name])
            if node.get("type") == "string"
            and not (
                {"enum", "const", "maxLength"} & set(node)
                or re.fullmatch(r"\^.*\$", node.get("pattern", ""), re.DOTALL)
            )
        ]

        assert [] == free

    def test_vocabularies_are_listed(self, made):
        """
        What is one word of a closed list says which list.
        """
        free = [
            (name, member)
            for name, schema in made["components"]["schemas"].items()
            for member, described in schema.get("properties", {}).items()
            if member in VOCABULARIES
            and "string" in {node.get("type") for node in nodes(described)}
            and not any(
                {"enum", "const"} & set(node)
                or "|" in node.get("pattern", "")
                or "[" in node.get("pattern", "")
                for node in nodes(followed(made, described))
            )
            and name not in {"JournalEntry", "Problem"}  # for people to read; may grow
        ]

        assert [] == free

    def test_patterns_are_ecma(self, made):
        """
        No pattern has an anchor that only Python knows.
        """
        assert [] == [
            node["pattern"]
            for node in nodes(made)
            if isinstance(node.get("pattern"), str) and re.search(r"\\[AZz]", node["pattern"])
        ]


class TestExamples:
    def test_every_body_has_one(self, made):
        """
        Each operation with a body shows one, and there is none of anything else.
        """
        with_body = {
            operation["operationId"]
            for *_, operation in operations(made)
            if "requestBody" in operation
        }

        assert with_body == set(examples())

    def test_are_valid(self, made):
        """
        Each example is accepted by the schema it stands with.
        """
        seen = 0
        for node in nodes(made):
            shown = [node["example"]] if "example" in node and "schema" in node else []
            schema = node.get("schema", node)
            if isinstance(node.get("examples"), list):
                shown, schema = node["examples"], node
            for example in shown:
                seen += 1
                validator = jsonschema_rs.validator_for(
                    {"components": made["components"], **schema}, validate_formats=True
                )
                assert [] == [error.message for error in validator.iter_errors(example)], example

        assert seen >= len(examples())

    @pytest.mark.parametrize("name", sorted(examples()))
    def test_are_no_real_data(self, name):
        """
        Examples name nobody but the invented persons of the documentation.
        """
        numbers = re.findall(r"(?<![0-9])[0-9]{17}[0-9X](?![0-9])", str(examples()[name]))

        assert set(numbers) <= {"440106195603124028"}
