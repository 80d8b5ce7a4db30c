"""A hospital as the tests need one; its SM3 and SM4 come from another library."""

import json
from datetime import UTC, datetime, timedelta

import gmssl_pyx

START = datetime(2026, 11, 23, 2, 0, 0, tzinfo=UTC)
ZHANG = "440106195603124028"
ZHOU = "440112198304075175"


def sm3_sign(fields, key):
    """SM3 over compact sorted JSON and the key's text."""
    pairs = ",".join(
        ":".join(json.dumps(text, ensure_ascii=False) for text in (name, fields[name]))
        for name in sorted(fields)
    )
    return gmssl_pyx.sm3_hash(("{" + pairs + "}" + key).encode()).hex()


def sm4_block(block, key):
    """One block under SM4: the first key-stream block of counter mode from that counter."""
    return gmssl_pyx.sm4_ctr_encrypt(bytes.fromhex(key), block, bytes(16))


def sm4(text, key):
    """SM4/ECB/ZeroBytePadding, upper-case hexadecimal; always at least one byte of padding."""
    raw = text.encode()
    raw += bytes(16 - len(raw) % 16)
    blocks = (sm4_block(raw[start : start + 16], key) for start in range(0, len(raw), 16))
    return b"".join(blocks).hex().upper()


class Clock:
    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def advance(self, **delta):
        self.moment += timedelta(**delta)


class Hospital:
    """Speaks to the platform; each answer's signature is verified."""

    def __init__(self, http, server, app, clock):
        self.http = http
        self.server = server
        self.app = app
        self.clock = clock
        self.count = 0
        self.verify = True

    def sealed(self, text):
        return sm4(text, self.app.key)

    def envelope(self, method, body, /, **changes):
        """A right request; `changes` replace (None: remove) its members after signing."""
        self.count += 1
        body = {
            "appMode": "3",
            "orgCode": self.app.org_code,
            "appRecordNo": self.app.app_record_no,
        } | body
        body = {name: value for name, value in body.items() if value is not None}
        seconds = int(self.clock().timestamp())
        head = {
            "appId": self.app.app_id,
            "nonceStr": f"{self.count:016d}",
            "timestamp": self.sealed(str(seconds)),
            "version": "V2.0.0",
        }
        head |= {name: changes.pop(name) for name in list(changes) if name in head}
        envelope = {
            "method": method,
            "headSign": sm3_sign({k: v for k, v in head.items() if v is not None}, self.app.key),
            "bodySign": sm3_sign(body, self.app.key),
            **head,
            "signMode": "SM3",
            "encryptMode": "SM4/ECB/ZeroBytePadding",
            "body": body,
        } | changes
        return {name: value for name, value in envelope.items() if value is not None}

    async def call(self, method, body, /, **changes):
        return await self.send(self.envelope(method, body, **changes))

    async def send(self, envelope, path="/"):
        async with self.http.post(self.server.make_url(path), json=envelope) as response:
            assert 200 == response.status
            answer = await response.json()
        self.verified = answer["signString"] == sm3_sign(answer["datas"], self.app.key)
        assert self.verified or not self.verify or not answer["signString"]
        return answer

    async def datas(self, method, body):
        """The data of a request that has to succeed."""
        answer = await self.call(method, body)
        assert "0" == answer["returnCode"], answer["returnDesc"]
        return answer["datas"]

    async def refusal(self, method, body, /, **changes):
        """The code of a request that has to be refused, in the platform's shape."""
        answer = await self.call(method, body, **changes)
        assert {} == answer["datas"]
        assert answer["returnDesc"] == answer["msg"] != ""
        return answer["returnCode"]

    async def control(self, method, path, body=None, status=None):
        url = self.server.make_url(f"/_sandbox/{path}")
        async with self.http.request(method, url, json=body) as response:
            assert response.status == status or (status is None and response.status < 300)
            if "json" in response.content_type:
                return await response.json()
            return await response.text()

    async def fault(self, kind, **fields):
        await self.control("POST", "faults", {"kind": kind, **fields})

    async def code(self, id_number=ZHANG, **how):
        minted = await self.control("POST", "qr", {"id_number": id_number, **how})
        return minted["qrCode"]

    def document(self, id_number=ZHANG):
        return {"idCardTypeCode": "01", "idCode": self.sealed(id_number)}

    def application(self, name, id_number, /, **fields):
        return {
            "name": self.sealed(name),
            "phone": self.sealed("13900139000"),
            "personnelType": "1",
            **self.document(id_number),
        } | fields

    def reading(self, code, **fields):
        return {"qrCode": code, "terminalCode": "T0001", "medStepCode": "010101"} | fields
