"""A desk that speaks the wire by itself: an independent little client for the tests."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

from integrations.nhsa.sandbox.people import cast

CHINA = timezone(timedelta(hours=8))
PEOPLE = dict(
    zip(
        ("zhang", "li", "wang", "zhao", "chen", "liu", "sun", "zhou"),
        cast(),
        strict=True,
    )
)
CONSULTATION = "001102000010000-110200001"
AMLODIPINE = "XC08CAA171A001010100001"
VALSARTAN = "XC09CAX104E001010100002"
VITAMIN = "XA11CCV100X001010199001"
DRESSING = "001206000030000-120600003"


class Clock:
    """A clock that the test moves."""

    def __init__(self):
        self.at = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)

    def __call__(self):
        return self.at

    def forward(self, **span):
        self.at += timedelta(**span)

    def text(self):
        return self.at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def fee_line(number, code, count, price, total, batch="B1"):
    """One row of 2204, without visit and person."""
    return {
        "feedetl_sn": number,
        "chrg_bchno": batch,
        "fee_ocur_time": "2026-03-02 09:30:00",
        "med_list_codg": code,
        "medins_list_codg": f"HIS-{number}",
        "det_item_fee_sumamt": total,
        "cnt": count,
        "pric": price,
        "bilg_dept_codg": "D01",
        "bilg_dept_name": "内科",
        "bilg_dr_codg": "DR01",
        "bilg_dr_name": "何医生",
    }


BILL = (
    fee_line("1", CONSULTATION, "1", "25.00", "25.00"),
    fee_line("2", AMLODIPINE, 4, 9.5, 38.0),
    fee_line("3", VALSARTAN, "2", "25.300000", "50.60"),
    fee_line("4", VITAMIN, "1", "19.90", "19.90"),
)
BILL_TOTAL = "133.50"


class Desk:
    """One institution's desk: envelopes, headers, sequence numbers."""

    def __init__(self, http, institution, clock):
        self.http = http
        self.institution = institution
        self.clock = clock
        self.sequence = 0
        self.last_msgid = ""

    @property
    def kind(self):
        return self.institution.kind

    def next_msgid(self):
        self.sequence += 1
        stamp = self.clock.at.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
        return f"{self.institution.fixmedins_code}{stamp}{self.sequence:04d}"

    def envelope(self, infno, node, insuplc="", **overrides):
        self.last_msgid = overrides.get("msgid", self.next_msgid())
        body = {
            "infno": infno,
            "msgid": self.last_msgid,
            "mdtrtarea_admvs": self.institution.division,
            "insuplc_admdvs": insuplc,
            "recer_sys_code": "YBXT",
            "dev_no": "",
            "dev_safe_info": "",
            "cainfo": "",
            "signtype": "SM3",
            "infver": "V1.0",
            "opter_type": "1",
            "opter": "cashier01",
            "opter_name": "收费员",
            "inf_time": self.clock.text(),
            "fixmedins_code": self.institution.fixmedins_code,
            "fixmedins_name": self.institution.fixmedins_name,
            "sign_no": self.institution.sign_no,
            "enc_type": "",
            "input": node,
        }
        return {name: value for name, value in (body | overrides).items() if value is not None}

    def headers(self, **overrides):
        stamp = str(int(self.clock.at.timestamp()))
        self.sequence += 1
        nonce = f"{self.sequence:032d}"
        secret = self.institution.secret
        text = stamp + secret + nonce + stamp
        return {
            "x-tif-paasid": self.institution.paasid,
            "x-tif-timestamp": stamp,
            "x-tif-nonce": nonce,
            "x-tif-signature": hashlib.sha256(text.encode()).hexdigest(),
        } | overrides

    async def post(self, infno, body):
        """Send a body through the institution's own gateway; status and JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        if self.institution.profile == "tif":
            sent = self.http.post(f"/fsi/api/{infno}", data=data, headers=self.headers())
        else:
            sent = self.http.post("/hss-call-service-interface", data=data)
        async with sent as response:
            return response.status, await response.json()

    async def call(self, infno, node, insuplc="", **overrides):
        """One transaction; the response envelope."""
        status, answer = await self.post(infno, self.envelope(infno, node, insuplc, **overrides))
        assert status == 200
        return answer

    async def ok(self, infno, node, insuplc="", **overrides):
        """One transaction that has to succeed; its output."""
        answer = await self.call(infno, node, insuplc, **overrides)
        assert (str(answer["infcode"]), answer["err_msg"]) == ("0", "")
        return answer["output"]

    async def refused(self, infno, node, insuplc="", **overrides):
        """One transaction that has to fail; its infcode as a number."""
        answer = await self.call(infno, node, insuplc, **overrides)
        return int(answer["infcode"])

    async def control(self, method, path, body=None):
        async with self.http.request(method, f"/_sandbox/{path}", json=body) as response:
            return await response.json() if response.status != 204 else None

    async def books(self):
        return await self.control("GET", "books")

    async def fault(self, **fault):
        return await self.control("POST", "faults", fault)

    async def scan(self, person, scene):
        """Mint and decode a 医保码; the answer of the decoding component."""
        minted = await self.control("POST", "ec-codes", {"certno": person.certno, "scene": scene})
        return await self.decode(minted["code"], scene)

    async def decode(self, code, scene, **overrides):
        code_of_institution = self.institution.fixmedins_code
        data = {
            "orgId": code_of_institution,
            "businessType": scene,
            "operatorId": "cashier01",
            "operatorName": "收费员",
            "officeId": "D01",
            "officeName": "内科",
            "deviceType": "",
            "ecQrCode": code,
        }
        body = {"data": data, "transType": "ec.query", "orgId": code_of_institution} | overrides
        async with self.http.post("/ec/query", json=body) as response:
            return await response.json()

    async def token(self, person, scene=""):
        """An ecToken as the fields of a call."""
        scene = scene or ("01301" if self.kind == "hospital" else "02121")
        decoded = json.loads((await self.scan(person, scene))["data"])
        return {"mdtrt_cert_type": "01", "mdtrt_cert_no": decoded["ecToken"]}

    def register_node(self, person, credential, number="OP1", **overrides):
        values = {
            "psn_no": person.psn_no,
            "insutype": person.insurances[0].insutype,
            "begntime": self.clock.text(),
            **credential,
            "ipt_otp_no": number,
            "atddr_no": "DR01",
            "dr_name": "何医生",
            "dept_code": "D01",
            "dept_name": "内科",
            "caty": "A03",
        }
        return {"data": values | overrides}


class Visit:
    """One visit at a desk, step by step."""

    def __init__(self, desk, person, number="OP1", insurance=0):
        self.desk = desk
        self.person = person
        self.number = number
        self.insurance = person.insurances[insurance]
        self.med_type = "11" if desk.kind == "hospital" else "41"
        self.mdtrt_id = ""

    @property
    def place(self):
        return self.insurance.place

    @property
    def who(self):
        return {"psn_no": self.person.psn_no, "mdtrt_id": self.mdtrt_id}

    async def ok(self, infno, node, **overrides):
        return await self.desk.ok(infno, node, self.place, **overrides)

    async def refused(self, infno, node, **overrides):
        return await self.desk.refused(infno, node, self.place, **overrides)

    async def register(self):
        credential = await self.desk.token(self.person)
        node = self.desk.register_node(
            self.person, credential, self.number, insutype=self.insurance.insutype
        )
        output = await self.ok("2201", node)
        self.mdtrt_id = output["data"]["mdtrt_id"]
        return output

    def details_node(self, **overrides):
        diagnosis = {
            "diag_type": "1",
            "diag_srt_no": "1",
            "diag_code": "I10.x00",
            "diag_name": "原发性高血压",
            "diag_dept": "内科",
            "dise_dor_no": "DR01",
            "dise_dor_name": "何医生",
            "diag_time": self.desk.clock.text(),
            "vali_flag": "1",
        }
        info = {**self.who, "med_type": self.med_type, "begntime": self.desk.clock.text()}
        return {"mdtrtinfo": info | overrides, "diseinfo": [diagnosis]}

    def lines_node(self, lines=BILL):
        return {"feedetail": [self.who | line for line in lines]}

    def bill_node(self, credential, total=BILL_TOTAL, **overrides):
        values = {
            **self.who,
            **credential,
            "med_type": self.med_type,
            "medfee_sumamt": total,
            "psn_setlway": "01",
            "chrg_bchno": "B1",
            "acct_used_flag": "1",
            "insutype": self.insurance.insutype,
        }
        return {"data": values | overrides}

    def settle_node(self, bill, shown, **overrides):
        info = shown["setlinfo"]
        names = ("fulamt_ownpay_amt", "overlmt_selfpay", "preselfpay_amt", "inscp_scp_amt")
        classes = {name: info[name] for name in names}
        return {"data": {**bill["data"], **classes, "invono": "0000000001"} | overrides}

    async def prepare(self, lines=BILL):
        """Register and upload."""
        await self.register()
        await self.upload(lines)

    async def upload(self, lines=BILL):
        await self.ok("2203", self.details_node())
        return await self.ok("2204", self.lines_node(lines))

    async def pre_settle(self, total=BILL_TOTAL, **overrides):
        """A fresh credential and 2206; the node that settles and what was shown."""
        bill = self.bill_node(await self.desk.token(self.person), total, **overrides)
        shown = await self.ok("2206", bill)
        return self.settle_node(bill, shown), shown

    async def settle(self, total=BILL_TOTAL, **overrides):
        node, _ = await self.pre_settle(total, **overrides)
        return await self.ok("2207", node)

    async def settled(self, lines=BILL, total=BILL_TOTAL):
        await self.prepare(lines)
        return await self.settle(total)

    def cancel_node(self, setl_id):
        return {"data": {**self.who, "setl_id": setl_id}}
