"""Errors as RFC 9457 problems."""

import json

import httpx
import pytest
from litestar import Litestar, get
from litestar.exceptions import HTTPException, ValidationException

from wallet.errors import NotFoundError, OverloadedError, StateConflictError
from wallet.http.problems import handlers, members_of, problem, problems

FAULTS = {
    "conflict": StateConflictError("Wait for it.", phase="insuring"),
    "busy": OverloadedError(retry_after_seconds=3),
    "large": HTTPException("x", status_code=413),
    "teapot": HTTPException("11010519491231002X", status_code=418),
    "gateway": HTTPException("11010519491231002X", status_code=502),
    "deep": RecursionError(),
    "bytes": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no"),
    "fault": RuntimeError("11010519491231002X"),
}


async def answered(name):
    @get("/", sync_to_thread=False)
    def fail() -> None:
        raise FAULTS[name]

    app = Litestar([fail], exception_handlers=handlers(), openapi_config=None, logging_config=None)
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://x.example") as client:
        return await client.get("/?number=11010519491231002X")


class TestHandlers:
    @pytest.mark.parametrize(
        ("name", "status", "code"),
        [
            ("conflict", 409, "STATE_CONFLICT"),
            ("busy", 503, "OVERLOADED"),
            ("large", 413, "BODY_TOO_LARGE"),
            ("teapot", 400, "VALIDATION_FAILED"),
            ("gateway", 500, "INTERNAL"),
            ("deep", 400, "VALIDATION_FAILED"),
            ("bytes", 400, "VALIDATION_FAILED"),
            ("fault", 500, "INTERNAL"),
        ],
    )
    async def test_one_shape(self, name, status, code):
        """
        Whatever is raised becomes a problem with a stable code, and repeats nothing it was sent.
        """
        response = await answered(name)

        assert (status, code) == (response.status_code, response.json()["code"])
        assert "application/problem+json" == response.headers["content-type"]
        assert "1101" not in response.text

    async def test_members_and_headers(self):
        """
        An error's detail, members and waiting time reach the client.
        """
        conflict, busy = await answered("conflict"), await answered("busy")

        assert {
            "type": "urn:fusion-wallet:problem:state-conflict",
            "title": StateConflictError.title,
            "status": 409,
            "code": "STATE_CONFLICT",
            "detail": "Wait for it.",
            "phase": "insuring",
            "request_id": "",
        } == conflict.json()
        assert "3" == busy.headers["retry-after"]


class TestMembersOf:
    def test_names_fields_and_no_values(self):
        """
        Only names that can be fields of ours are repeated.
        """
        extra = [
            {"key": "number", "message": "11010519491231002X"},
            {"key": "11010519491231002X"},
            {"key": "bill.lines"},
            "x",
        ]

        assert "Look at: bill.lines, number" == members_of(ValidationException(extra=extra))
        assert "" == members_of(ValidationException(extra={"a": 1}))


class TestProblems:
    def test_declares_one_answer_for_each_status(self):
        """
        Errors of one status are declared together.
        """
        declared = problems(NotFoundError, StateConflictError, NotFoundError)

        assert {404, 409} == set(declared)

    def test_is_json(self):
        """
        A problem has nothing that JSON cannot say.
        """
        assert json.dumps(problem(NotFoundError(), "id"))
