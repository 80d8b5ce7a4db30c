"""What a step of the schema does, read from its text: does it take anything away?"""

import ast
import re

_MAKES = {"create_table", "create_resident_table"}
_ADDITIVE_SQL = re.compile(r"\s*(INSERT INTO|ALTER TABLE \w+ ADD COLUMN)\b", re.IGNORECASE)


def taken_away(source: str) -> list[str]:
    """
    Return what a step does, line by line, that an older program or a running one could suffer of.
    """
    tree = ast.parse(source)
    upgrade = next(
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"
    )
    calls = [node for node in ast.walk(upgrade) if isinstance(node, ast.Call)]
    made = {_text(call.args[0]) for call in calls if _name(call) in _MAKES}
    return [f"{call.lineno}: {why}" for call in calls if (why := _wrong(call, made, _is_op(call)))]


def contracts(source: str) -> tuple[str, bool]:
    """
    Return the floor that a step declares, and whether it raises it; an empty one for none.
    """
    tree = ast.parse(source)
    declared = ""
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "contracts":
            declared = str(ast.literal_eval(node.value))
    raised = any(
        isinstance(node, ast.Call) and _name(node) == "contract" for node in ast.walk(tree)
    )
    return declared, raised


def _wrong(call: ast.Call, made: set[str], is_op: bool) -> str:  # noqa: FBT001 - one of three
    name = _name(call)
    if not is_op or name in {"get_bind", "get_context", "f"}:
        return ""
    match name:
        case "create_index":
            return "" if _text(call.args[1]) in made else "index without add_index: writers wait"
        case "add_column":
            return "" if _optional(call) else "a column that an older program does not fill"
        case "execute":
            return (
                "" if _ADDITIVE_SQL.match(_text(call.args[0])) else "a statement of another kind"
            )
    return name


def _optional(call: ast.Call) -> bool:
    given = {each.arg: each.value for each in call.args[1].keywords}
    nullable = given.get("nullable")
    return "server_default" in given or getattr(nullable, "value", None) is True


def _is_op(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "op"


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _text(node: ast.expr) -> str:
    """
    Return a text, as far as it stands there.
    """
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return str(getattr(node, "value", ""))
