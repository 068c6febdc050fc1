"""The API's description for people: one page, without scripts, from our own address."""

import json
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from ...framework.languages import Language, Message
from ...framework.request import Request
from ...framework.response import Response
from ...framework.routing import public
from . import components, openapi

if TYPE_CHECKING:
    from ...app import Application

Described = Mapping[str, Any]
PASSWORD, TOKEN, NOBODY = "password", "token", "nobody"  # what one comes in by
LOOKED_FOR = "bread"
LONGEST_LINE = 68  # characters, before a command goes on in the next line
ENDLESS = 2**31 - 1  # numbers up to here and beyond need no limit that a reader should know
FORMATS = {"date-time": "date-time", "uri-reference": "path"}
REQUIRED = Message("required")
CREDENTIALS = {PASSWORD: '-u "$NAME"', TOKEN: '-H "Authorization: Bearer $TOKEN"', NOBODY: ""}


@dataclass(frozen=True)
class Member:
    """A member of a shape, or a parameter: what it is in words, of which shape ('' for none), what else to know, its meaning."""

    name: str
    kind: str
    shape: str
    facts: list[Message]
    text: str


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked, as a reader wants to know it: references are followed, except those to shapes."""

    name: str
    verb: str
    path: str
    described: Described
    way: str
    parameters: list[Member]
    common: list[str]  # the names of parameters that many have
    body: str  # the name of the shape that is sent, "" where there is none
    answers: list[tuple[str, Described]]
    command: str


@public
def show(request: Request) -> Annotated[Response, str, "text/html"]:
    """The same description for people, as a page."""
    page = _page(request.app, request.language, request.app.config.post_length)
    return Response(page, headers={"Content-Language": request.language.code})


@lru_cache(maxsize=16)
def _page(app: "Application", language: Language, post_length: int) -> str:
    api = openapi.document(app.urls, post_length)
    values = {
        "api": api,
        "begin": [
            "NAME=susan\n" + command("POST", app.urls.address("api.access_tokens.create"), PASSWORD, {}, {}),
            "TOKEN=…\n" + command("GET", app.urls.address("api.home.index"), TOKEN, {}, {}),
        ],
        "tags": list(by_tag(api)),
        "shapes": {name: members(schema) for name, schema in api["components"]["schemas"].items()},
        "shape_of": shape_of,
        "parameters": [parameter(each) for each in api["components"]["parameters"].values()],
        "refusals": [(status, api["components"]["responses"][name]) for status, (name, _) in components.REFUSALS.items()],
    }
    return app.templates.render(language, "docs/show.html", values)


def base(api: Described) -> str:
    """Where the instance is: what comes before each path."""
    return api["servers"][0]["url"]


def by_tag(api: Described) -> Iterable[tuple[Described, list[Operation]]]:
    """The operations as a reader looks for them: by what they are about."""
    found = [operation(api, path, verb) for path, verbs in api["paths"].items() for verb in verbs]
    for tag in api["tags"]:
        yield tag, [each for each in found if each.described["tags"] == [tag["name"]]]


def operation(api: Described, path: str, verb: str) -> Operation:
    described = api["paths"][path][verb]
    (way,) = [name for each in described.get("security", api["security"]) for name in each] or [NOBODY]
    body = shape_of(described.get("requestBody", {}))
    parameters = [resolved(api, each) for each in described["parameters"]]
    example = examples(api["components"]["schemas"][body]) if body else {}
    needed = {each["name"]: LOOKED_FOR for each in parameters if each["in"] == "query" and each.get("required")}
    return Operation(
        name=described["operationId"],
        verb=verb.upper(),
        path=path,
        described=described,
        way=way,
        parameters=[parameter(each) for each in described["parameters"] if "$ref" not in each],
        common=[name_in(each) for each in described["parameters"] if "$ref" in each],
        body=body,
        answers=[(status, resolved(api, answer)) for status, answer in described["responses"].items()],
        command=command(verb.upper(), base(api) + path, way, needed, example),
    )


def resolved(api: Described, found: Described) -> Described:
    """What a reference refers to; anything else as it is."""
    while "$ref" in found:
        place: Any = api
        for part in found["$ref"].removeprefix("#/").split("/"):
            place = place[part]
        found = place
    return found


def members(schema: Described) -> list[Member]:
    """The members of a shape. What is sent to us says what is required, what we send says what may be missing."""
    is_taken = schema.get("additionalProperties") is False
    found = []
    for name, each in schema["properties"].items():
        alternatives = each.get("anyOf", [each])
        plain = next(alternative for alternative in alternatives if alternative.get("type") != "null")
        facts = limits(plain | {"default": each.get("default")})
        if len(alternatives) > 1:
            facts.insert(0, Message("or null"))
        if is_taken == (name in schema["required"]):
            facts.append(REQUIRED if is_taken else Message("not always there"))
        found.append(Member(name, *kind(plain), facts, plain.get("description", "")))
    return found


def parameter(found: Described) -> Member:
    place = {"path": Message("in the path"), "query": Message("in the query"), "header": Message("a header")}[found["in"]]
    facts = [place, *limits(found["schema"]), *([REQUIRED] if found.get("required") and found["in"] != "path" else [])]
    return Member(found["name"], *kind(found["schema"]), facts, found["description"])


def limits(schema: Described) -> list[Message]:
    """How much of something there may be, as far as a reader needs to know."""
    least, most = schema.get("minLength"), schema.get("maxLength")
    found = []
    if least is not None and most is not None:
        found.append(Message("%(least)d to %(most)d characters", least=least, most=most))
    elif most is not None:
        found.append(Message("at most %(most)d characters", most=most))
    if "minItems" in schema:
        few, many = schema["minItems"], schema["maxItems"]
        found.append(Message("%(least)d to %(most)d of them", least=few, most=many))
    if schema.get("maximum", ENDLESS) < ENDLESS:
        low, high = schema["minimum"], schema["maximum"]
        found.append(Message("%(least)d to %(most)d", least=low, most=high))
    if schema.get("default") not in (None, ""):
        found.append(Message("%(value)s where it is left out", value=json.dumps(schema["default"])))
    return found


def kind(schema: Described) -> tuple[str, str]:
    """What something is, in words, and of which shape."""
    if "$ref" in schema:
        return "", name_in(schema)
    if "enum" in schema:
        return " | ".join(schema["enum"]), ""
    if "items" in schema:
        words, shape = kind(schema["items"])
        return f"list of {words}", shape
    if "additionalProperties" in schema:
        return f"object of {kind(schema['additionalProperties'])[0]}", ""
    name: str = schema.get("type", "anything")
    return FORMATS.get(schema.get("format", ""), name), ""


def name_in(reference: Described) -> str:
    return reference["$ref"].rpartition("/")[2]


def shape_of(message: Described) -> str:
    """The name of the shape that a body or an answer has, or "" for one without."""
    for content in message.get("content", {}).values():
        return kind(content["schema"])[1]
    return ""


def examples(schema: Described) -> dict[str, Any]:
    """A body that would be taken: every member of which there is an example."""
    members = schema["properties"].items()
    return {name: member["examples"][0] for name, member in members if "examples" in member}


def command(verb: str, address: str, way: str, query: Mapping[str, str], body: Mapping[str, Any]) -> str:
    """A line for a shell that does it; ids are in $ID, the token in $TOKEN, the username in $NAME."""
    for name in [part.partition("}")[0] for part in address.split("{")[1:]]:
        address = address.replace("{" + name + "}", "$ID")
    address += f"?{urlencode(query)}" if query else ""
    words = ["curl"]
    words += [CREDENTIALS[way]] if CREDENTIALS[way] else []
    words += [f"-X {verb}"] if verb != ("POST" if body else "GET") else []
    words += [f'"{address}"' if "$" in address or query else address]
    if body:
        words += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(json.dumps(body))}"]
    return _folded(words)


def _folded(words: Iterable[str]) -> str:
    """Words on as few lines as they need."""
    lines = [""]
    for word in words:
        if len(lines[-1]) + len(word) > LONGEST_LINE and lines[-1]:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return " \\\n".join(lines)
