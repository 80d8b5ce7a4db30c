"""
Write the golden vectors: `python -m tests.vectors.codes.make`.

Everything is derived from fixed labels, so the files change only when the format does.
"""

import json
from pathlib import Path
from typing import Any

from codes.counter import counter_at
from codes.keys import SEED_LENGTH, CodeKey, LiveKey, device_seed_info
from codes.otp import hotp, one_time_password, pass_key
from codes.profiles import Profile, Suite
from codes.sealing import PASS_DOMAIN
from codes.suites import algorithms_of, expand, extract, mac
from tests.vectors.codes import setting
from tests.vectors.codes.cases import verification_cases
from tests.vectors.codes.setting import MIDDLE
from tests.vectors.codes.shapes import foreign_cases, numeric_cases, text_cases

FOLDER = Path(__file__).parent


def _stored(key: CodeKey) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "suite": setting.NAMES[key.suite],
        "pass_secret": key.pass_secret.hex(),
        "seed_master": key.seed_master.hex(),
        "retires_at": key.retires_at_seconds,
    }


def world() -> dict[str, Any]:
    """
    The issuer's keys and the device's public keys that all verification vectors share.
    """
    return {
        "issuer": setting.ISSUER,
        "keys": [_stored(key) for key in setting.RING.keys],
        "public_keys": {
            setting.NAMES[suite]: setting.public_point(suite, setting.SECRETS[suite]).hex()
            for suite in Suite
        },
    }


def derivation(suite: Suite) -> dict[str, Any]:
    """
    Each value on the way from the secrets to one OTP code.
    """
    key, given = setting.KEYS[suite], setting.issued(suite, Profile.OTP)
    algorithms, holder = algorithms_of(suite), setting.HOLDER
    seed = LiveKey(key).device_seed(holder)
    of_pass = pass_key(suite, seed, given.header, given.sealed)
    counter = counter_at(MIDDLE, 3)
    labelled = {
        name: mac(suite, of_pass, b"fusion-wallet/1/otp/" + name.encode())
        for name in ("high", "low")
    }
    root = extract(suite, key.pass_secret)
    return {
        "suite": setting.NAMES[suite],
        "key_id": key.key_id,
        "resident_id": str(holder.resident_id),
        "device_no": holder.device_no,
        "enrolment_nonce": holder.enrolment_nonce.hex(),
        "expires_at": given.window.expires_at_seconds,
        "pass_key": expand(suite, root, PASS_DOMAIN + b"-key", algorithms.box_key_length).hex(),
        "seed_info": device_seed_info(holder).hex(),
        "device_seed": expand(
            suite, extract(suite, key.seed_master), device_seed_info(holder), SEED_LENGTH
        ).hex(),
        "header": given.header.hex(),
        "plain": LiveKey(key).open(given.header, given.sealed).hex(),
        "sealed_pass": given.sealed.hex(),
        "key_of_pass": of_pass.hex(),
        "counter": str(counter),
        "hotp": {
            name: hotp(each, counter, digest=algorithms.digest) for name, each in labelled.items()
        },
        "password": one_time_password(suite, of_pass, counter).hex(),
        "text": setting.otp_text(given, MIDDLE, 3),
    }


def files() -> dict[str, str]:
    """
    Name and content of every vector file.
    """
    contents = {
        "world": world(),
        "derivation": [derivation(suite) for suite in Suite],
        "international": verification_cases(Suite.INTERNATIONAL),
        "national": verification_cases(Suite.NATIONAL),
        "text": text_cases(),
        "numeric": numeric_cases(),
        "foreign": foreign_cases(),
    }
    return {
        f"{name}.json": json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        for name, content in contents.items()
    }


if __name__ == "__main__":
    for name, content in files().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
