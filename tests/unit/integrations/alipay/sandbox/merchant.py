"""A merchant as the tests need one: it signs and verifies with plain integers, by no library."""

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives import serialization

START = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
"""Ten in the morning in China."""

_SHA256_PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")


def padded(text, length):
    """EMSA-PKCS1-v1_5 of RFC 8017 §9.2 with SHA-256, as an integer."""
    tail = _SHA256_PREFIX + hashlib.sha256(text).digest()
    return int.from_bytes(b"\x00\x01" + b"\xff" * (length - len(tail) - 3) + b"\x00" + tail, "big")


def rsa_sign(private_pem, text):
    numbers = serialization.load_pem_private_key(private_pem.encode(), None).private_numbers()
    modulus = numbers.public_numbers.n
    signature = pow(padded(text, 256), numbers.d, modulus)
    return base64.b64encode(signature.to_bytes(256, "big")).decode()


def rsa_accepts(public_pem, text, signature):
    numbers = serialization.load_pem_public_key(public_pem.encode()).public_numbers()
    opened = pow(int.from_bytes(base64.b64decode(signature), "big"), numbers.e, numbers.n)
    return opened == padded(text, 256)


def sorted_text(parameters, *without):
    return "&".join(
        f"{name}={value}"
        for name, value in sorted(parameters.items())
        if value != "" and name not in without
    ).encode()


class Clock:
    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def advance(self, **delta):
        self.moment += timedelta(**delta)


class Merchant:
    """Speaks to the gateway; each answer's signature is verified over its raw text."""

    def __init__(self, http, server, app, clock):
        self.http = http
        self.server = server
        self.app = app
        self.clock = clock
        self.verify = True

    def parameters(self, method, biz, /, **changes):
        local = self.clock().astimezone(UTC) + timedelta(hours=8)
        parameters = {
            "app_id": self.app.app_id,
            "method": method,
            "format": "JSON",
            "charset": "utf-8",
            "sign_type": "RSA2",
            "timestamp": local.strftime("%Y-%m-%d %H:%M:%S"),
            "version": "1.0",
            "biz_content": json.dumps(biz, ensure_ascii=False),
        } | changes
        return {name: value for name, value in parameters.items() if value is not None}

    async def call(self, method, biz, /, **changes):
        """Send a signed request; `changes` replace (None: remove) parameters before signing."""
        parameters = self.parameters(method, biz, **changes)
        text = sorted_text(parameters, "sign")
        parameters["sign"] = rsa_sign(self.app.merchant_private_key, text)
        return await self.send(parameters)

    async def send(self, parameters):
        async with self.http.post(self.server.make_url("/gateway.do"), data=parameters) as answer:
            assert 200 == answer.status
            return self.opened(await answer.read())

    def opened(self, body):
        """The content of an answer whose signature, if any, is right."""
        whole = json.loads(body)
        (member,) = [name for name in whole if name != "sign"]
        self.member = member
        self.signed = "sign" in whole
        if self.signed:
            start = body.index(member.encode()) + len(member) + 2
            raw = body[start : body.rindex(b',"sign":')]
            self.verified = rsa_accepts(self.app.alipay_public_key, raw, whole["sign"])
            assert self.verified or not self.verify
        return whole[member]

    async def control(self, method, path, body=None, status=None):
        async with self.http.request(
            method, self.server.make_url(f"/_sandbox/{path}"), json=body
        ) as answer:
            assert answer.status == status or (status is None and answer.status < 300)
            return await answer.json() if "json" in answer.content_type else await answer.text()

    async def barcode(self, person):
        return (await self.control("POST", "barcodes", {"person": person}))["auth_code"]

    async def agreement(self, person, **terms):
        return await self.control("POST", "agreements", {"person": person, **terms})

    async def fault(self, kind, **fields):
        await self.control("POST", "faults", {"kind": kind, **fields})

    async def books(self):
        return await self.control("GET", "books")

    async def balance(self, person):
        people = (await self.books())["people"]
        return next(row["balance_fen"] for row in people if row["key"] == person)

    async def scan(self, person, total="10.00", no="T1", **fields):
        """Scan a fresh code of a person and charge it."""
        code = await self.barcode(person)
        return await self.charge_code(code, total, no, **fields)

    async def charge_code(self, code, total="10.00", no="T1", notify_url=None, **fields):
        biz = {
            "out_trade_no": no,
            "total_amount": total,
            "subject": "门诊缴费",
            "scene": "bar_code",
            "auth_code": code,
        } | fields
        return await self.call("alipay.trade.pay", biz, notify_url=notify_url)

    async def charge(self, agreement_no, total="10.00", no="T1", notify_url=None, **fields):
        biz = {
            "out_trade_no": no,
            "total_amount": total,
            "subject": "门诊缴费",
            "product_code": "GENERAL_WITHHOLDING",
            "agreement_params": {"agreement_no": agreement_no},
        } | fields
        return await self.call("alipay.trade.pay", biz, notify_url=notify_url)

    async def query(self, no="T1"):
        return await self.call("alipay.trade.query", {"out_trade_no": no})

    async def cancel(self, no="T1"):
        return await self.call("alipay.trade.cancel", {"out_trade_no": no})

    async def refund(self, amount, request=None, no="T1"):
        biz = {"out_trade_no": no, "refund_amount": amount}
        if request is not None:
            biz["out_request_no"] = request
        return await self.call("alipay.trade.refund", biz)


class Mailbox:
    """Receives notifications; each one's signature is noted, `success` is answered."""

    def __init__(self, app):
        self.received = []
        self.app = app
        self.silent = 0
        self.web = web.Application()
        self.web.router.add_post("/notify", self.receive)

    async def receive(self, request):
        form = dict(parse_qsl((await request.read()).decode()))
        form["verified"] = rsa_accepts(
            self.app.alipay_public_key, sorted_text(form, "sign", "sign_type"), form["sign"]
        )
        self.received.append(form)
        if self.silent:
            self.silent -= 1
            return web.Response(text="fail")
        return web.Response(text="success")


def refusal(content):
    return content["code"], content.get("sub_code")


def session():
    return aiohttp.ClientSession()
