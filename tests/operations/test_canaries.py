"""Nothing personal and no secret stands in a log, a figure, a problem or the database in clear."""

import asyncio
import base64
import json

import pytest
from msgspec.structs import replace

from tests.faults.crash.people import insured
from tests.fixtures.living import _billed, _confirmed
from tests.fixtures.ports import ReservedPort
from tests.fixtures.regions import Region, hasty
from tests.fixtures.sandboxes import PAYER
from tests.operations.canaries import Canaries, Canary
from tests.operations.overhearing import Overheard, rows, texts
from wallet.cli.demo import bills
from wallet.cli.demo.desk import Desk, until
from wallet.cli.demo.phone import Holder, Phone
from wallet.db.engine import create_engine
from wallet.operators.words import Role
from wallet.vault import keyfile

pytestmark = pytest.mark.slow

NAME = "金丝雀丁香"
PHONE = "13876540987"
DEVICE = "金丝雀的手机"
ILLNESS = "金丝雀热"
DOCTOR = "金丝雀医生"
PASSWORD = "canary-Sings-at-4-o-clock"
KEY = "canary-idempotency-0001"
# a worker that has nothing to complain of, and what was written into its place already
QUIET = {"log of the worker", "database, wallet.db-wal"}
PERSON = replace(insured(777, 0), psn_name=NAME)


def bill():
    """
    Return a small bill with canaries in it.
    """
    made = bills.two_lines() | {"doctor_name": DOCTOR}
    return made | {"diagnoses": [{"code": "J20.900", "name": ILLNESS}]}


class Story:
    """
    What happens to one person, one desk and one operator, good and bad.
    """

    def __init__(self, region, overheard, canaries):
        self.region, self.overheard, self.canaries = region, overheard, canaries
        self.http = region.http

    async def tell(self):
        """
        Let all of it happen.
        """
        self._keys()
        self.window = await self.region.window()
        self.desk = Desk(client=self.window.client)
        await self._person()
        await self._codes()
        await self._money()
        await self._operator()
        await self._partners_fail()
        await self._hostile()

    def _keys(self):
        """
        Every secret of the deployment's files; they enter when the processes read them.
        """
        path = self.region.settings.key_file
        keys = keyfile.load(path)
        self.canaries.add("lasting keys", keys.index_key, keys.sealing_key, keys.token_key)
        self.canaries.add("data key", *(key.secret for key in keys.data_keys))
        for key in keys.code_keys:
            self.canaries.add("code key", key.pass_key, key.seed_master)
        self.overheard.everything += path.read_bytes()
        partners = self.region.settings.integration_settings
        named = [text for text in texts(partners) if "BEGIN" in text]
        self.canaries.add("partner's key", *(text.splitlines()[3] for text in named))
        self.overheard.everything += "".join(named).encode()

    async def _person(self):
        self.canaries.add("name", NAME)
        self.canaries.add("document number", PERSON.certno)
        self.canaries.add("phone number", PHONE)
        self.canaries.add("name of the device", DEVICE)
        holder = Holder(name=NAME, number=PERSON.certno, phone=PHONE, key=PAYER)
        self.phone = Phone(
            http=self.http, origin=self.region.origin, clock=self.region.clock, holder=holder
        )
        await self.phone.sign_in()
        self.canaries.add("resident's token", self.phone.session)
        await self.phone.link("nhsa")
        step = await self.phone.link("alipay")
        content = step["url"].split("biz_content=")[1]
        number = content.split("external_agreement_no%22%3A%22")[1].split("%22")[0]
        self.canaries.add("number of the agreement", number)
        await self.region.sandboxes.control(
            "alipay",
            "POST",
            "agreements",
            {"person": PAYER, "external_agreement_no": number, "single_limit_fen": 10_000_000},
        )
        await self.phone.link("alipay")
        await self.phone.enrol(DEVICE)
        await self.phone.top_up()
        offline = self.phone.offline
        self.canaries.add("seed of the device", *offline._seeds.values())
        self.canaries.add("pass", *(issued.sealed for issued in offline._passes[:3]))

    async def _codes(self):
        shown = await self.phone.call("GET", "/v1/code")
        digits = await self.phone.call("POST", "/v1/barcodes")
        self.canaries.add("code", shown["text"])
        self.canaries.add("numeric code", digits["digits"])
        await self.desk.resolve(digits["digits"], "identification", "consultation")
        body = {"code": shown["text"], "purpose": "identification", "scene": "consultation"}
        for _ in range(2):
            await self.window.client.call("POST", "/v1/resolve", body, idempotency_key=KEY)
        self.canaries.looked_up("idempotency key", KEY)
        self.canaries.add("terminal's token", await self.window.client.access_token())
        await self._refused("POST", "/v1/resolve", json=body)

    async def _money(self):
        self.canaries.add("diagnosis", ILLNESS)
        self.canaries.add("doctor", DOCTOR)
        settlement = await _billed(self.desk, self.phone, bill())
        await _confirmed(self.desk, settlement)
        target = f"/v1/settlements/{settlement['id']}"
        await until(self.desk, target, ("completed",))
        await self.desk.get(f"{target}/receipt")
        scan = await self.desk.resolve(self.phone.draw(), "settlement", "outpatient_settlement")
        body = {"lines": ["L2"], "presentation": scan["presentation"]}
        await self.desk.post(f"{target}/refunds", body)
        old = await until(self.desk, target, ("cancelled",))
        anew = await until(
            self.desk, f"/v1/settlements/{old['replaced_by']}", ("awaiting_approval",)
        )
        await self._by_code(anew)

    async def _by_code(self, settlement):
        """
        Have the cash part paid by a code that is scanned.
        """
        target = f"/v1/settlements/{settlement['id']}"
        cash = settlement["split"]["cash_minor"]
        await self.desk.post(f"{target}/confirm", {"cash_minor": cash, "cash_by": "desk"})
        await until(self.desk, target, ("cash_due",))
        control = self.region.sandboxes.control
        minted = await control("alipay", "POST", "barcodes", {"person": PAYER})
        self.canaries.add("payment code", minted["auth_code"])
        body = {"method": "code", "amount_minor": cash, "code": minted["auth_code"]}
        await self.desk.post(f"{target}/tenders", body)
        await until(self.desk, target, ("completed",))

    async def _operator(self):
        operators = self.region.services.people.operators
        issued = await operators.administration.add("canary", display="运营", role=Role.OPERATOR)
        self.canaries.add("password", PASSWORD)
        self.canaries.add("enrolment token", issued.token)
        form = {"token": issued.token, "password": PASSWORD}
        headers = {"origin": self.region.origin, "sec-fetch-site": "same-origin"}
        await self._sent("POST", "/operator/enrol", data=form, headers=headers)
        wrong = {"name": "canary", "password": PASSWORD, "code": "000000"}
        await self._sent("POST", "/operator/sign-in", data=wrong, headers=headers)
        enrolling = await operators.enrolment.redeem(
            (await operators.administration.reset("canary")).token, PASSWORD
        )
        secret = base64.b32decode(enrolling.secret)
        self.canaries.add("authenticator's secret", secret)
        self.overheard.everything += secret  # made within, shown once

    async def _partners_fail(self):
        fault = self.region.sandboxes.fault
        for name in ("nhsa", "alipay"):
            for kind in ("cut_before_response", "wrong_signature", "answer"):
                await fault(name, kind=kind, code="canary" if kind == "answer" else "", times=2)
        target = "/v1/visits"
        scan = await self.desk.resolve(
            self.phone.draw(), "registration", "outpatient_registration"
        )
        place = {"department_code": "0301", "department_name": "呼吸内科"}
        doctor = {"doctor_code": "D0042", "doctor_name": DOCTOR, "operator": "R001"}
        body = {"presentation": scan["presentation"], **place, **doctor}
        await self.window.client.call("POST", target, body)
        await self.region.sandboxes.behave()

    async def _hostile(self):
        """
        Send canaries where they do not belong; every kind of refusal answers.
        """
        number, session = PERSON.certno, self.phone.session
        person = {"name": NAME, "document_type": "id_card", "document_number": number + "9"}
        bearer = {"authorization": f"Bearer {session}"}
        await self._refused("GET", f"/v1/nowhere/{number}?name={NAME}&phone={PHONE}")
        await self._refused("POST", "/v1/demo/sessions", json=person)
        await self._refused("POST", "/v1/demo/sessions", data=f'{{"name": "{NAME}'.encode())
        await self._refused("POST", "/v1/demo/sessions", json=person | {NAME: number})
        await self._refused("DELETE", "/v1/demo/sessions", json=person)
        await self._refused("POST", "/v1/resolve", json={"code": number}, headers=bearer)
        await self._refused("GET", "/v1/me", headers={"authorization": f"Bearer x{session}"})
        await self._refused("GET", f"/v1/settlements/{number}", headers=bearer)
        await self._refused("POST", "/v1/terminals/enrol", json={"token": PASSWORD})
        await self._refused("POST", "/v1/demo/sessions", data=NAME.encode() * 1_500)
        odd = bearer | {"x-request-id": number, "idempotency-key": number, "user-agent": PHONE}
        await self._refused("PATCH", "/v1/visits", headers=odd)
        await self._refused("GET", f"/{quoted(NAME)}/{number}")

    async def _refused(self, method, path, **given):
        given.setdefault("headers", {})
        if "data" in given:
            given["headers"] = {"content-type": "application/json"}
        await self.overheard.refused(self.http, method, self.region.origin + path, **given)

    async def _sent(self, method, path, **given):
        async with self.http.request(
            method, self.region.origin + path, allow_redirects=False, **given
        ) as answer:
            await answer.read()


def quoted(text):
    return text.encode().hex("%").upper()


async def heaps(region, overheard, ports):
    """
    Return everything in which no canary may be.
    """
    kept = {"problems": bytes(overheard.problems)}
    for port in ports:
        async with region.http.get(f"http://127.0.0.1:{port.number}/metrics") as page:
            kept[f"metrics {port.number}"] = await page.read()
    for name in ("server", "worker"):
        kept[f"log of the {name}"] = (region.folder / f"{name}.log").read_bytes()
    engine = create_engine(region.database_url)
    kept["database, row by row"] = await rows(engine)
    await engine.dispose()
    if region.database_url.startswith("sqlite"):
        for file in sorted(region.folder.parent.glob("**/wallet.db*")):
            kept[f"database, {file.name}"] = file.read_bytes()
    return kept


@pytest.fixture
def ports():
    """
    Where the figures of the server and of the worker are.
    """
    reserved = ReservedPort(), ReservedPort()
    yield reserved
    for port in reserved:
        port.close()


class TestCanaries:
    @pytest.mark.parametrize("kind", ["sqlite", "postgres"])
    async def test_are_nowhere_in_clear(self, kind, request, nursery, tmp_path, ports):
        """
        After a story with errors of every kind no canary is anywhere, and each one was used.
        """
        canaries, overheard = Canaries(), Overheard()
        region = Region(
            nursery=nursery,
            folder=tmp_path,
            database_url=request.getfixturevalue(f"{kind}_url"),
            clock=hasty(4.0),
            people=(PERSON,),
        )
        async with region:
            partners_only, region.http = region.http, overheard.session()
            region.serve(metrics_port=str(ports[0].number), log_level="debug")
            region.work(metrics_port=str(ports[1].number), log_level="debug")
            await region.answering()
            await Story(region, overheard, canaries).tell()
            await asyncio.sleep(0.3)
            searched = await heaps(region, overheard, ports)
            await partners_only.close()

        assert [] == canaries.found(searched)
        assert [] == canaries.unused(bytes(overheard.everything))
        assert {400, 401, 404, 405, 413} <= overheard.statuses
        assert {name for name, heap in searched.items() if not heap} <= QUIET


class TestSearch:
    @pytest.mark.parametrize(
        "form",
        [
            lambda value: value,
            lambda value: value.hex().encode(),
            lambda value: base64.b64encode(b"x" + value + b"yz"),
            lambda value: base64.urlsafe_b64encode(b"xy" + value),
            lambda value: json.dumps({"a": value.decode()}).encode(),
        ],
        ids=["clear", "hex", "base64", "base64url", "json"],
    )
    @pytest.mark.parametrize("value", [NAME.encode(), b">??>secret"], ids=["name", "secret"])
    def test_sees_through_encodings(self, form, value):
        """
        A canary is found in clear, in hex, in base64 and in JSON, wherever it begins.
        """
        assert Canary("name", value).within(b"..." + form(value) + b"...")
        assert not Canary("name", b"something else").within(form(value))
