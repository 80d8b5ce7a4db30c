"""
``/v1/devices``, ``/v1/freeze``, ``/v1/unfreeze``: a resident's devices.
"""

from typing import Annotated, Final

from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter

from wallet.devices.enrolment import Enrolment, EnrolmentService, Vouching
from wallet.devices.errors import ChallengeInvalidError, DeviceFrozenError, SignatureInvalidError
from wallet.devices.keeping import Clearing, KeepingService
from wallet.devices.public_keys import read_signature
from wallet.devices.schemas import (
    ChallengeView,
    ClearAlarm,
    DeviceList,
    EnrolDevice,
    EnrolledDevice,
    Freezing,
    GetPasses,
    Passes,
)
from wallet.devices.topping_up import Asked, ToppingUpService
from wallet.devices.views import device_list, enrolled_view, passes_view
from wallet.devices.words import LARGEST_NUMBER, DeviceKind
from wallet.errors import (
    BodyTooLargeError,
    InternalError,
    MediaTypeUnsupportedError,
    NotFoundError,
    OverloadedError,
    StateConflictError,
    ValidationFailedError,
)
from wallet.http.callers import ResidentCaller
from wallet.http.errors import TokenInvalidError
from wallet.http.problems import problems

Number = Annotated[str, PathParameter(pattern=r"\A(0|[1-9][0-9]{0,4})\Z")]
_ALWAYS: Final = (InternalError, OverloadedError, TokenInvalidError)
_WITH_BODY: Final = (
    *_ALWAYS,
    BodyTooLargeError,
    MediaTypeUnsupportedError,
    ValidationFailedError,
)
_SIGNED: Final = (*_WITH_BODY, ChallengeInvalidError, SignatureInvalidError)


class DevicesController(Controller):
    """
    Devices.
    """

    path = "/v1/devices"
    tags = ("resident",)

    @get(operation_id="listDevices", summary="See the devices", responses=problems(*_ALWAYS))
    async def list_devices(
        self, resident: NamedDependency[ResidentCaller], keeping: NamedDependency[KeepingService]
    ) -> DeviceList:
        """
        Return the devices that are not revoked.
        """
        return device_list(await keeping.of_resident(resident.resident_id))

    @post(
        "/challenges",
        operation_id="challengeDevice",
        summary="Get something to sign",
        description="Good once, for five minutes, for any of the calls that a device signs.",
        responses=problems(*_ALWAYS),
    )
    async def challenge(
        self,
        resident: NamedDependency[ResidentCaller],
        enrolment: NamedDependency[EnrolmentService],
    ) -> ChallengeView:
        """
        Return a challenge.
        """
        challenge = enrolment.challenge(resident.resident_id)
        return ChallengeView(challenge=challenge.text, expires_at=challenge.expires_at)

    @post(
        operation_id="enrolDevice",
        summary="Enrol a device",
        description=(
            "The first device of a resident may approve payments at once, a later one after a "
            "day, or at once if a device that may approve vouches for it."
        ),
        responses=problems(*_SIGNED, DeviceFrozenError, StateConflictError),
    )
    async def enrol(
        self,
        data: JSONBody[EnrolDevice],
        resident: NamedDependency[ResidentCaller],
        enrolment: NamedDependency[EnrolmentService],
    ) -> EnrolledDevice:
        """
        Enrol a device.
        """
        voucher = data.vouched_by
        wanted = Enrolment(
            public_key=data.public_key,
            challenge=data.challenge,
            signature=read_signature(data.signature),
            kind=DeviceKind(data.kind),
            name=data.name,
            vouching=None
            if voucher is None
            else Vouching(
                device_no=voucher.device_no, signature=read_signature(voucher.signature)
            ),
        )
        return enrolled_view(await enrolment.enrol(resident.resident_id, wanted))

    @post(
        "/{device_no:str}/passes",
        operation_id="topUpDevice",
        summary="Get three days of passes",
        description=(
            "With them the device shows codes without the network. Only here is the drift of its "
            "clock recorded."
        ),
        responses=problems(*_SIGNED, DeviceFrozenError, NotFoundError, StateConflictError),
    )
    async def top_up(
        self,
        device_no: Number,
        data: JSONBody[GetPasses],
        resident: NamedDependency[ResidentCaller],
        topping_up: NamedDependency[ToppingUpService],
    ) -> Passes:
        """
        Give a device passes.
        """
        asked = Asked(
            device_no=_number(device_no),
            profile=data.profile,
            clock_seconds=data.clock_seconds,
            challenge=data.challenge,
            signature=read_signature(data.signature),
        )
        return passes_view(await topping_up.top_up(resident.resident_id, asked))

    @post(
        "/{device_no:str}/clear-alarm",
        operation_id="clearAlarm",
        summary="Settle a device's clone alarm",
        status_code=204,
        responses=problems(*_SIGNED, NotFoundError),
    )
    async def clear_alarm(
        self,
        device_no: Number,
        data: JSONBody[ClearAlarm],
        resident: NamedDependency[ResidentCaller],
        keeping: NamedDependency[KeepingService],
    ) -> None:
        """
        Clear an alarm.
        """
        clearing = Clearing(
            device_no=_number(device_no),
            signed_by=data.signed_by,
            challenge=data.challenge,
            signature=read_signature(data.signature),
        )
        await keeping.clear_alarm(resident.resident_id, clearing)

    @delete(
        "/{device_no:str}",
        operation_id="revokeDevice",
        summary="Revoke a device for good",
        responses=problems(*_ALWAYS, NotFoundError, ValidationFailedError),
    )
    async def revoke(
        self,
        device_no: Number,
        resident: NamedDependency[ResidentCaller],
        keeping: NamedDependency[KeepingService],
    ) -> None:
        """
        Revoke a device.
        """
        await keeping.revoke(resident.resident_id, _number(device_no))


class FreezingController(Controller):
    """
    All devices at once.
    """

    path = "/v1"
    tags = ("resident",)

    @post(
        "/freeze",
        operation_id="freezeDevices",
        summary="Freeze every device",
        description="No code is accepted and no device can be enrolled until they are unfrozen.",
        status_code=200,
        responses=problems(*_ALWAYS),
    )
    async def freeze(
        self, resident: NamedDependency[ResidentCaller], keeping: NamedDependency[KeepingService]
    ) -> Freezing:
        """
        Freeze the resident's devices.
        """
        await keeping.freeze(resident.resident_id)
        return Freezing(frozen=True)

    @post(
        "/unfreeze",
        operation_id="unfreezeDevices",
        summary="Let the devices be used again",
        status_code=200,
        responses=problems(*_ALWAYS),
    )
    async def unfreeze(
        self, resident: NamedDependency[ResidentCaller], keeping: NamedDependency[KeepingService]
    ) -> Freezing:
        """
        Unfreeze the resident's devices.
        """
        await keeping.unfreeze(resident.resident_id)
        return Freezing(frozen=False)


def _number(text: str) -> int:
    number = int(text)
    if number > LARGEST_NUMBER:
        raise NotFoundError
    return number
