"""DynamoDB's condition, filter and update expressions: parsed once, evaluated often.

moto has an evaluator of its own; it parses anew for each item, which takes forty times as long:
too slow for a million conditional writes. The tests run both and compare.

Source: Developer Guide, "Condition and filter expressions, operators, and functions" and
"Update expressions".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

Value = Mapping[str, Any]
Item = dict[str, Any]
_Path = tuple["str | int", ...]
_Operand = Callable[[Item, "Bound"], Any]
_Condition = Callable[[Item, "Bound"], bool]

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<word>[:#]?[A-Za-z_][A-Za-z0-9_]*)|(?P<number>\d+)|(?P<sign><>|<=|>=|[=<>()\[\],.+-]))"
)
_COMPARED: Final = {"=", "<>", "<", "<=", ">", ">="}
_ORDERED: Final = {"S", "N", "B"}


class ExpressionError(ValueError):
    """An expression that the service answers with a ValidationException."""


class Bound:
    """The names and values that an expression is used with; refuses what is not defined."""

    def __init__(self, names: Mapping[str, str], values: Mapping[str, Value]) -> None:
        self.names = names
        self.values = values

    def name(self, text: str) -> str:
        """Return an attribute's name, resolved where it is a placeholder."""
        if not text.startswith("#"):
            return text
        if text not in self.names:
            raise ExpressionError(
                f"An expression attribute name used in the document path is not defined; {text}"
            )
        return self.names[text]

    def value(self, text: str) -> Value:
        """Return the value of a placeholder."""
        if text not in self.values:
            raise ExpressionError(
                f"An expression attribute value used in expression is not defined; {text}"
            )
        return self.values[text]


def check_used(bound: Bound, *expressions: str | None) -> None:
    """Refuse placeholders that no expression uses, and those that are not defined."""
    used = {word for text in expressions if text for word in _placeholders(text)}
    for word in used:
        if word.startswith("#"):
            bound.name(word)
        else:
            bound.value(word)
    for kind, given in (("Names", bound.names), ("Values", bound.values)):
        unused = sorted(given.keys() - used)
        if unused:
            word = kind[:-1]
            raise ExpressionError(
                f"{word} provided in ExpressionAttribute{kind} unused in expressions: keys: "
                f"{{{', '.join(unused)}}}"
            )


@lru_cache(maxsize=1024)
def _placeholders(text: str) -> frozenset[str]:
    return frozenset(token for token in _tokens(text) if token[0] in ":#")


@lru_cache(maxsize=1024)
def condition(text: str) -> _Condition:
    """Return what tells whether an item meets a condition."""
    parser = _Parser(text)
    result = parser.disjunction()
    parser.end()
    return result


@lru_cache(maxsize=1024)
def update(text: str) -> Callable[[Item, Bound], Item]:
    """Return what makes the updated item of an item; the old one stays as it is."""
    actions = _Parser(text).updates()

    def apply(item: Item, bound: Bound) -> Item:
        # Every operand is read from the item as it was before the update.
        changes = [each(item, bound) for each in actions]
        result = dict(item)
        for path, make in changes:
            _write(result, path, make)
        return result

    return apply


@lru_cache(maxsize=1024)
def projection(text: str) -> Callable[[Item, Bound], Item]:
    """Return what keeps the top-level attributes that a projection names."""
    parser = _Parser(text)
    paths = [parser.path()]
    while parser.take(","):
        paths.append(parser.path())
    parser.end()

    def project(item: Item, bound: Bound) -> Item:
        names = [bound.name(str(path[0])) for path in paths]
        return {name: item[name] for name in names if name in item}

    if any(len(path) > 1 for path in paths):
        raise NotImplementedError("the fake projects whole attributes only")
    return project


def _tokens(text: str) -> Iterator[str]:
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(stripped, position)
        if match is None:
            raise ExpressionError(f"Syntax error; near: {stripped[position:]!r}")
        position = match.end()
        yield match.group().strip()


class _Parser:
    """A recursive descent over one expression."""

    def __init__(self, text: str) -> None:
        if not text.strip():
            raise ExpressionError("The expression can not be empty;")
        self._text = text
        self._left = list(_tokens(text))[::-1]

    def peek(self) -> str:
        return self._left[-1] if self._left else ""

    def next(self) -> str:
        if not self._left:
            raise ExpressionError(f"Syntax error; the expression ends early: {self._text!r}")
        return self._left.pop()

    def take(self, *words: str) -> str:
        """Take the next token if it is one of these; else nothing."""
        return self._left.pop() if self.peek().upper() in words else ""

    def expect(self, word: str) -> None:
        if not self.take(word):
            raise ExpressionError(f"Syntax error; token: {self.peek()!r}, near: {self._text!r}")

    def end(self) -> None:
        if self._left:
            raise ExpressionError(f"Syntax error; token: {self.peek()!r}, near: {self._text!r}")

    # ------------------------------------------------------------ conditions

    def disjunction(self) -> _Condition:
        terms = [self._conjunction()]
        while self.take("OR"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else lambda i, b: any(t(i, b) for t in terms)

    def _conjunction(self) -> _Condition:
        terms = [self._negation()]
        while self.take("AND"):
            terms.append(self._negation())
        return terms[0] if len(terms) == 1 else lambda i, b: all(t(i, b) for t in terms)

    def _negation(self) -> _Condition:
        if self.take("NOT"):
            term = self._negation()
            return lambda i, b: not term(i, b)
        if self.peek() == "(":
            self.next()
            term = self.disjunction()
            self.expect(")")
            return term
        return self._comparison()

    def _comparison(self) -> _Condition:
        function = self.peek()
        if function in _FUNCTIONS and self._left[-2:-1] == ["("]:
            self.next()
            return self._call(function)
        left = self._operand()
        sign = self.next()
        if sign in _COMPARED:
            right = self._operand()
            return lambda i, b: compare(sign, left(i, b), right(i, b))
        if sign.upper() == "BETWEEN":
            low = self._operand()
            self.expect("AND")
            high = self._operand()
            return lambda i, b: (
                compare(">=", left(i, b), low(i, b)) and compare("<=", left(i, b), high(i, b))
            )
        if sign.upper() == "IN":
            options = self._arguments(self._operand)
            return lambda i, b: any(compare("=", left(i, b), each(i, b)) for each in options)
        raise ExpressionError(f"Syntax error; token: {sign!r}, near: {self._text!r}")

    def _call(self, function: str) -> _Condition:
        arguments = self._arguments(self._operand)
        test, count = _FUNCTIONS[function]
        if len(arguments) != count:
            raise ExpressionError(
                f"Incorrect number of operands for operator or function; {function}"
            )
        return lambda i, b: test(*[each(i, b) for each in arguments])

    def _arguments(self, parse: Callable[[], _Operand]) -> list[_Operand]:
        self.expect("(")
        found = [parse()]
        while self.take(","):
            found.append(parse())
        self.expect(")")
        return found

    # ------------------------------------------------------------ operands

    def _operand(self) -> _Operand:
        word = self.peek()
        if word.startswith(":"):
            self.next()
            return lambda _, b: b.value(word)
        if word == "size" and self._left[-2:-1] == ["("]:
            self.next()
            (inner,) = self._arguments(self._operand)
            return lambda i, b: _size(inner(i, b))
        path = self.path()
        return lambda i, b: _read(i, _resolved(path, b))

    def path(self) -> _Path:
        """Take a document path; its placeholders are resolved when it is used."""
        parts: list[str | int] = [self._name()]
        while True:
            if self.take("."):
                parts.append(self._name())
            elif self.take("["):
                parts.append(int(self.next()))
                self.expect("]")
            else:
                return tuple(parts)

    def _name(self) -> str:
        token = self.next()
        if not re.fullmatch(r"#?[A-Za-z_][A-Za-z0-9_]*", token):
            raise ExpressionError(f"Syntax error; token: {token!r}, near: {self._text!r}")
        if token.upper() in _reserved():
            raise ExpressionError(
                f"Attribute name is a reserved keyword; reserved keyword: {token}"
            )
        return token

    # ------------------------------------------------------------ updates

    def updates(self) -> list[Callable[[Item, Bound], tuple[_Path, Any]]]:
        clauses = {"SET": self._set, "REMOVE": self._remove, "ADD": self._add, "DELETE": self._del}
        actions = []
        seen = set()
        while self._left:
            word = self.take(*clauses)
            if not word or word.upper() in seen:
                raise ExpressionError(f"Syntax error; token: {word or self.peek()!r}")
            seen.add(word.upper())
            actions.append(clauses[word.upper()]())
            while self.take(","):
                actions.append(clauses[word.upper()]())
        return actions

    def _set(self) -> Callable[[Item, Bound], tuple[_Path, Any]]:
        path = self.path()
        self.expect("=")
        value = self._set_operand()
        sign = self.take("+", "-")
        if not sign:
            return lambda i, b: (_resolved(path, b), _present(value(i, b)))
        second, factor = self._set_operand(), 1 if sign == "+" else -1
        return lambda i, b: (
            _resolved(path, b),
            _sum(_present(value(i, b)), _present(second(i, b)), factor),
        )

    def _set_operand(self) -> _Operand:
        if self.peek() == "if_not_exists":
            self.next()
            first, second = self._arguments(self._operand)

            def chosen(item: Item, bound: Bound) -> Any:  # noqa: ANN401 - an attribute value
                found = first(item, bound)
                return second(item, bound) if found is None else found

            return chosen
        if self.peek() == "list_append":
            self.next()
            first, second = self._arguments(self._set_operand)
            return lambda i, b: {"L": [*first(i, b)["L"], *second(i, b)["L"]]}
        return self._operand()

    def _remove(self) -> Callable[[Item, Bound], tuple[_Path, Any]]:
        path = self.path()
        return lambda _, b: (_resolved(path, b), None)

    def _add(self) -> Callable[[Item, Bound], tuple[_Path, Any]]:
        path, value = self.path(), self._operand()
        return lambda i, b: (
            _resolved(path, b),
            _added(_read(i, _resolved(path, b)), value(i, b)),
        )

    def _del(self) -> Callable[[Item, Bound], tuple[_Path, Any]]:
        path, value = self.path(), self._operand()
        return lambda i, b: (
            _resolved(path, b),
            _taken(_read(i, _resolved(path, b)), value(i, b)),
        )


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    from moto.dynamodb.parsing.reserved_keywords import (  # noqa: PLC0415 - slow to import
        ReservedKeywords,
    )

    return frozenset(ReservedKeywords.get_reserved_keywords())


def _resolved(path: _Path, bound: Bound) -> _Path:
    return tuple(bound.name(part) if isinstance(part, str) else part for part in path)


def _read(item: Item, path: _Path) -> Value | None:
    """Return the value at a path, None where there is none."""
    found: Any = item.get(str(path[0]))
    for part in path[1:]:
        if found is None:
            return None
        if isinstance(part, str):
            found = found.get("M", {}).get(part)
        else:
            elements = found.get("L", [])
            found = elements[part] if part < len(elements) else None
    result: Value | None = found
    return result


def _write(item: Item, path: _Path, value: Value | None) -> None:
    """Put or remove the value at a path; containers on the way are copied, not changed."""
    first, *rest = path
    if not rest:
        if value is None:
            item.pop(str(first), None)
        else:
            item[str(first)] = value
        return
    inner = item.get(str(first), {})
    if not isinstance(rest[0], str) or "M" not in inner:
        raise ExpressionError("The document path provided in the update expression is invalid")
    copied = dict(inner["M"])
    _write(copied, tuple(rest), value)
    item[str(first)] = {"M": copied}


def _present(value: Value | None) -> Value:
    if value is None:
        raise ExpressionError(
            "The provided expression refers to an attribute that does not exist in the item"
        )
    return value


def _number(value: Value | None) -> Decimal:
    if value is None or "N" not in value:
        raise ExpressionError("An operand in the update expression has an incorrect data type")
    return Decimal(value["N"])


def _sum(first: Value, second: Value, factor: int) -> Value:
    return {"N": str(_number(first) + factor * _number(second))}


def _added(current: Value | None, value: Value) -> Value:
    if "N" in value:
        return value if current is None else _sum(current, value, 1)
    (kind,) = value
    if kind not in {"SS", "NS", "BS"}:
        raise ExpressionError(f"Incorrect operand type for operator or function; ADD: {kind}")
    if current is not None and kind not in current:
        raise ExpressionError("An operand in the update expression has an incorrect data type")
    return {kind: sorted({*(current or {}).get(kind, ()), *value[kind]})}


def _taken(current: Value | None, value: Value) -> Value | None:
    (kind,) = value
    if kind not in {"SS", "NS", "BS"}:
        raise ExpressionError(f"Incorrect operand type for operator or function; DELETE: {kind}")
    left = sorted(set((current or {}).get(kind, ())) - set(value[kind]))
    return {kind: left} if left else None


def compare(sign: str, left: Value | None, right: Value | None) -> bool:
    """Compare two attribute values; what is missing is equal to nothing, and not ordered."""
    if sign == "=":
        return _equal(left, right)
    if sign == "<>":
        return not _equal(left, right)
    if left is None or right is None or left.keys() != right.keys():
        return False
    (kind,) = left
    if kind not in _ORDERED:
        raise ExpressionError(f"Incorrect operand type for operator or function; {sign}: {kind}")
    a, b = (Decimal(v[kind]) if kind == "N" else v[kind] for v in (left, right))
    return bool({"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[sign])


def _equal(left: Value | None, right: Value | None) -> bool:
    if left is None or right is None or left.keys() != right.keys():
        return False
    (kind,) = left
    if kind == "N":
        return Decimal(left["N"]) == Decimal(right["N"])
    if kind in {"SS", "NS", "BS"}:
        return set(left[kind]) == set(right[kind])
    return bool(left[kind] == right[kind])


def _size(value: Value | None) -> Value | None:
    return None if value is None else {"N": str(len(next(iter(value.values()))))}


def _begins_with(value: Value | None, start: Value | None) -> bool:
    return value is not None and start is not None and value.get("S", "").startswith(start["S"])


def _contains(value: Value | None, part: Value | None) -> bool:
    if value is None or part is None:
        return False
    (kind,) = value
    if kind == "L":
        return any(_equal(each, part) for each in value["L"])
    return next(iter(part.values())) in value[kind]


def _attribute_type(value: Value | None, kind: Value | None) -> bool:
    return value is not None and kind is not None and kind["S"] in value


_FUNCTIONS: Final[dict[str, tuple[Callable[..., bool], int]]] = {
    "attribute_exists": (lambda value: value is not None, 1),
    "attribute_not_exists": (lambda value: value is None, 1),
    "attribute_type": (_attribute_type, 2),
    "begins_with": (_begins_with, 2),
    "contains": (_contains, 2),
}
