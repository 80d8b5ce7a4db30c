"""
``/desk``: frames that scripts fill.

No page here knows anybody; what a terminal sees, it asks the interface for with its own key.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

import msgspec
from litestar import Controller, Response, get
from litestar.di import NamedDependency
from markupsafe import Markup

from integrations.spi import Purpose, Scene
from wallet.pages.assets import assets
from wallet.pages.front import Front
from wallet.pages.language import language_of
from wallet.pages.operator.books import Books
from wallet.pages.rendering import POLICY, AnyRequest, page
from wallet.pages.texts import catalogue, said

# the barcode reader is compiled from WebAssembly, on the one page that has a camera
_READER: Final = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
_CAMERA: Final = "camera=(self), geolocation=(), microphone=()"
_TOLD: Final = ("desk.", "context.", "method.", "phase.", "split.")
_REFUSALS: Final = ("desk.problem.", "desk.reason.")
_ELSEWHERE: Final = ("desk.enrol.", *_REFUSALS)
# other pages' scripts, and what the desk fetches when it is asked for
_OTHERS: Final = frozenset(
    f"desk/{name}.js"
    for name in (
        *("approving", "bill_json", "camera", "channel", "desk", "enrol", "his"),
        *("pad", "patient", "receipt", "recent", "returns"),
        *("screen", "shift", "tender", "verdicts"),
    )
)
# what a scan is for, and where in the visit
SCENES: Final[Mapping[Scene, Purpose]] = {
    Scene.OUTPATIENT_REGISTRATION: Purpose.REGISTRATION,
    Scene.OUTPATIENT_SETTLEMENT: Purpose.SETTLEMENT,
    Scene.PHARMACY_PURCHASE: Purpose.SETTLEMENT,
    Scene.CONSULTATION: Purpose.IDENTIFICATION,
    Scene.EXAMINATION: Purpose.IDENTIFICATION,
    Scene.TREATMENT: Purpose.IDENTIFICATION,
    Scene.DISPENSING: Purpose.IDENTIFICATION,
}


class DeskController(Controller):
    """
    The desk's pages.
    """

    path = "/desk"
    include_in_schema = False

    @get()
    async def desk(self, request: AnyRequest, front: NamedDependency[Front]) -> Response[str]:
        """
        Show the desk itself.
        """
        answer = page(
            request,
            "desk/desk",
            scenes={scene.value: purpose.value for scene, purpose in SCENES.items()},
            his_origins=" ".join(front.his_origins),
            texts=_texts(request, without=_ELSEWHERE),
            modules=_modules(),
        )
        answer.headers["content-security-policy"] = _READER
        answer.headers["permissions-policy"] = _CAMERA
        if front.his_origins:
            # a hospital's own page that opened this one keeps its handle on it, to send bills
            answer.headers["cross-origin-opener-policy"] = "unsafe-none"
        return answer

    @get("/refusals")
    async def refusals(
        self, request: AnyRequest, books: NamedDependency[Books]
    ) -> Mapping[str, str]:
        """
        Tell what each refusal means: ours, and what integrations refuse in their own words.
        """
        language = language_of(request)
        told = {
            key: text for key, text in catalogue(language).items() if key.startswith(_REFUSALS)
        }
        for manifest in books.registry.manifests():
            for code, refusal in manifest.refusals.items():
                told.setdefault(f"desk.reason.{code}", said(language, refusal))
        return told

    @get("/patient")
    async def patient(self, request: AnyRequest) -> Response[str]:
        """
        Show the screen that faces the patient; the desk fills it.
        """
        return page(request, "desk/patient", texts=_texts(request))

    @get("/enrol")
    async def enrol(self, request: AnyRequest) -> Response[str]:
        """
        Show where a terminal's key is made and enrolled.
        """
        return page(request, "desk/enrol", texts=_texts(request))


@cache
def _modules() -> tuple[str, ...]:
    """
    Return the scripts of the desk, so that a browser asks for all of them at once.
    """
    return tuple(
        name
        for name in assets()
        if name.startswith("desk/") and name.endswith(".js") and name not in _OTHERS
    )


def _texts(request: AnyRequest, without: tuple[str, ...] = ()) -> Markup:
    """
    Return the texts that scripts fill in, as JSON.
    """
    texts = catalogue(language_of(request))
    told = {
        key: text
        for key, text in texts.items()
        if key.startswith(_TOLD) and not key.startswith(without)
    }
    # as JSON in an element's text: quotes may stand, what could be markup is spelled otherwise
    text = msgspec.json.encode(told).decode()
    return Markup(text.replace("&", r"\u0026").replace("<", r"\u003c"))  # noqa: S704 - see above
