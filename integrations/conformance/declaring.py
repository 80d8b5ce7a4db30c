"""
Checks of what an integration declares.
"""

import re

import msgspec
from msgspec import inspect

from integrations.conformance.exhibit import Clock, Exhibit
from integrations.conformance.report import NotApplicableError, demand
from integrations.conformance.stand import stand
from integrations.spi import (
    SPI_VERSION,
    Credentials,
    Decoding,
    Environment,
    Integration,
    InvalidSettingsError,
    Plugin,
)

_CODE = re.compile(r"[A-Z][A-Z0-9_]{1,63}")


async def id_is_folder(plugin: Plugin, _exhibit: Exhibit) -> None:
    """
    The manifest's id is the name of the folder that the plugin lives in.
    """
    folder = type(plugin).__module__.split(".")[-2]
    demand(plugin.manifest.id == folder, f"id {plugin.manifest.id!r}, folder {folder!r}")


async def contract_version(plugin: Plugin, _exhibit: Exhibit) -> None:
    """
    It was written against this contract.
    """
    version = plugin.manifest.spi_version
    demand(version == SPI_VERSION, f"contract {version}, not {SPI_VERSION}")


async def closed_structs(plugin: Plugin, _exhibit: Exhibit) -> None:
    """
    Settings and party profile are frozen and refuse unknown fields, all the way down.
    """
    roots = [plugin.manifest.settings, plugin.manifest.party_profile]
    for root in roots:
        for struct in _structs(inspect.type_info(root)) if root is not None else ():
            config = struct.cls.__struct_config__
            demand(config.frozen, f"{struct.cls.__name__} is not frozen")
            demand(config.forbid_unknown_fields, f"{struct.cls.__name__} takes unknown fields")


async def bad_settings(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Settings that do not fit are refused with `InvalidSettingsError`, without repeating them.
    """
    if plugin.manifest.settings is None:
        raise NotApplicableError("no settings")
    async with stand(plugin, exhibit) as world:
        good = world.stage.settings("http://127.0.0.1:1")
        keys = world.stage.secret_keys()
    members = msgspec.json.decode(good)
    bad = [b"", b"[]", b"\xff", b'{"no_such_setting":"canary-value"}', good[:-1]]
    bad.append(msgspec.json.encode(members | {"no_such_setting": "canary-value"}))
    for settings in bad:
        environment = Environment(
            settings=settings, now=Clock(), token=bytes, observe=lambda _exchange: None
        )
        try:
            plugin.open(environment)
        except InvalidSettingsError as error:
            shown = [each for each in (*keys, "canary-value") if each in str(error)]
            demand(not shown, "the error repeats the settings")
        else:
            demand(holds=False, found=f"opens with {settings[:40]!r}")


async def catalogue(plugin: Plugin, _exhibit: Exhibit) -> None:
    """
    Refusal codes are upper case and have a text in both languages.
    """
    for code, text in plugin.manifest.refusals.items():
        demand(_CODE.fullmatch(code) is not None, f"{code!r} is not a code")
        demand(bool(text.zh.strip() and text.en.strip()), f"{code} lacks a text")


async def page_lists_refusals(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    The documentation page names every refusal code.
    """
    demand(exhibit.page.is_file(), f"no page {exhibit.page.name}")
    page = exhibit.page.read_text()
    missing = [code for code in plugin.manifest.refusals if f"`{code}`" not in page]
    demand(not missing, f"the page lacks {', '.join(missing)}")


async def capabilities(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    What is opened has what the manifest promises, and leaves the process only if it says so.
    """
    async with stand(plugin, exhibit) as world:
        opened = world.bench.integration
        demand(isinstance(opened, Integration), "not an integration")
        demand(opened.manifest == plugin.manifest, "opens with another manifest")
        if plugin.manifest.foreign_families:
            demand(isinstance(opened, Decoding), "decodes no foreign codes")
        if plugin.manifest.credential_purposes:
            demand(isinstance(opened, Credentials), "obtains no credentials")
        stays = world.stage.address is None
        demand(plugin.manifest.local == stays, "the manifest is wrong about leaving the process")


async def closes_twice(plugin: Plugin, exhibit: Exhibit) -> None:
    """
    Closing twice is harmless, after use too.
    """
    async with stand(plugin, exhibit) as world:
        for case in world.stage.validations:
            await world.bench.integration.validate(await case.request(world.bench))
        await world.bench.integration.close()
        await world.bench.integration.close()


def _structs(kind: inspect.Type) -> list[inspect.StructType]:
    """
    All Structs in a type, each once.
    """
    found: list[inspect.StructType] = []
    todo: list[object] = [kind]
    while todo:
        match todo.pop():
            case inspect.StructType() as struct if struct not in found:
                found.append(struct)
                todo += [field.type for field in struct.fields]
            case inspect.UnionType(types):
                todo += types
            case inspect.DictType(key_type, value_type):
                todo += [key_type, value_type]
            case inspect.TupleType(item_types):
                todo += item_types
            case inspect.CollectionType(item_type) | inspect.VarTupleType(item_type):
                todo.append(item_type)
            case inspect.Metadata(inner):
                todo.append(inner)
            case _:
                pass
    return found
