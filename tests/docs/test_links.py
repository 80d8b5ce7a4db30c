"""Links in the documents lead somewhere, and commands in them exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import click
import pytest

from wallet.cli.main import COMMANDS, main

_ROOT = Path(__file__).parents[2]
_SKIPPED = {"build", "dist", "var", "node_modules"}
_FENCE = re.compile(r"^(?: *)(```+|~~~+)[^\n]*\n(.*?)^ *\1 *$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\[[^\]\n]*\]\(<?([^()\s>]+(?:\([^()\s]*\))?)>?(?: +\"[^\"]*\")?\)")
_ELSEWHERE = re.compile(r"\A(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
_HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)
_TARGET = re.compile(r"^([a-z][a-z-]*):(?!=)", re.MULTILINE)
_OURS = re.compile(
    r"(?:^|[;&|=]|\$\()\s*(?:\$ )?(?:sudo (?:-u \S+ )?)?(?:[A-Z_]+=\S* +)*"
    r"(?:[\w./-]*/)?(fusion-wallet|make) +([^\n;&|<>#)]*)",
    re.MULTILINE,
)


def _pages() -> list[Path]:
    return sorted(
        page
        for page in _ROOT.rglob("*.md")
        if not any(
            part.startswith(".") or part in _SKIPPED for part in page.relative_to(_ROOT).parts
        )
    )


def _name(page: Path) -> str:
    return str(page.relative_to(_ROOT))


def _prose(page: Path) -> str:
    """Return a page without its code."""
    return _SPAN.sub("", _FENCE.sub("", page.read_text()))


def _anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    anchors: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", page.read_text())):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-")
        again = 0
        while (anchor := f"{slug}-{again}" if again else slug) in anchors:
            again += 1
        anchors.add(anchor)
    return anchors


def _broken(page: Path, root: Path) -> Iterator[str]:
    for link in _LINK.findall(_prose(page)):
        if _ELSEWHERE.match(link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        missing = not target.is_relative_to(root) or not target.exists()
        if missing or (anchor and target.suffix == ".md" and anchor not in _anchors(target)):
            yield link


def _called(page: Path, program: str) -> list[list[str]]:
    """Return the arguments of each call of a program in a page's fenced blocks."""
    calls = []
    for _, block in _FENCE.findall(page.read_text()):
        whole = block.replace("\\\n", " ")
        for name, arguments in _OURS.findall(whole):
            if name == program:
                calls.append(shlex.split(arguments, posix=False))
    return calls


def _unknown(arguments: list[str]) -> str:
    """Return what is wrong with a call of fusion-wallet, or nothing."""
    command: click.Command = main
    context = click.Context(main)
    rest = list(arguments)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            return rest[0]
        command = found
        rest.pop(0)
    if isinstance(command, click.Group) and "--help" not in rest and "-h" not in rest:
        return f"{command.name} needs a command"
    parameters = [each for each in command.get_params(context) if isinstance(each, click.Option)]
    known = {spelling for each in parameters for spelling in (*each.opts, *each.secondary_opts)}
    given = {word.partition("=")[0] for word in rest if word.startswith("--")}
    for option in sorted(given - known - {"--help"}):
        return option
    missing = [each for each in parameters if each.required and not given & set(each.opts)]
    return f"without {missing[0].opts[0]}" if missing and "--help" not in given else ""


@pytest.mark.parametrize("page", _pages(), ids=_name)
class TestPages:
    def test_links(self, page):
        """
        Every relative link leads to a file of the tree, and to a heading where it names one.
        """
        assert [] == list(_broken(page, _ROOT))

    def test_commands(self, page):
        """
        Every fenced call of fusion-wallet names a command, and its options, that exist.
        """
        wrong = {
            " ".join(call): problem
            for call in _called(page, "fusion-wallet")
            if (problem := _unknown(call))
        }

        assert {} == wrong

    def test_targets(self, page):
        """
        Every fenced call of make names a target that exists.
        """
        targets = set(_TARGET.findall((_ROOT / "Makefile").read_text()))
        named = {
            word for call in _called(page, "make") for word in call if re.match(r"[a-z]", word)
        }

        assert set() == named - targets


class TestReading:
    def test_every_command_can_be_asked_for_help(self):
        """
        Every command of the table can be loaded.
        """
        context = click.Context(main)

        assert list(COMMANDS) == [
            name for name in COMMANDS if main.get_command(context, name) is not None
        ]

    def test_calls_are_found(self, tmp_path):
        """
        A call is found behind a prompt, an environment, a path, a supervisor's key and a chain.
        """
        page = tmp_path / "page.md"
        lines = (
            "```sh",
            "$ fusion-wallet keys new",
            "A=1 fusion-wallet migrate --check   # told",
            "sudo -u wallet /opt/bin/fusion-wallet serve & fusion-wallet worker &",
            "ExecStart=/opt/bin/fusion-wallet serve",
            "useradd fusion-wallet",
            "make demo ONCE=1",
            "```",
            "fusion-wallet nothing",
        )
        page.write_text("\n".join(lines))

        assert [["keys", "new"], ["migrate", "--check"], ["serve"], ["worker"], ["serve"]] == (
            _called(page, "fusion-wallet")
        )
        assert [["demo", "ONCE=1"]] == _called(page, "make")

    @pytest.mark.parametrize(
        ("arguments", "problem"),
        [
            ("keys new", ""),
            ("keys rotate-code --lead 0", ""),
            ("keys", "keys needs a command"),
            ("keys --help", ""),
            ("keys lose", "lose"),
            ("migrate --never", "--never"),
            ("parties create --kind hospital", "without --name"),
            ("parties create --help", ""),
            ("nothing", "nothing"),
        ],
    )
    def test_wrong_calls_are_told(self, arguments, problem):
        """
        A call of an unknown command or option, or without a required one, is told.
        """
        assert problem == _unknown(arguments.split())

    def test_broken_links_are_told(self, tmp_path):
        """
        A link to nothing, out of the tree or to no heading is told; code and addresses are not.
        """
        other = tmp_path / "other.md"
        other.write_text("# Two words, and `code`\n# Twice\n# Twice\n")
        page = tmp_path / "page.md"
        page.write_text(
            "[a](other.md) [b](other.md#two-words-and-code) [c](other.md#twice-1) [d](#here)\n"
            "# Here\n[e](https://example.org) `[f](gone.md)`\n```\n[g](gone.md)\n```\n"
            "[h](gone.md) [i](other.md#gone) [j](../outside.md) [k](#gone)\n"
        )

        assert ["gone.md", "other.md#gone", "../outside.md", "#gone"] == list(
            _broken(page, tmp_path)
        )
