"""Route 53's own description of a request, as botocore has it, and what XML says by it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import botocore.loaders
import botocore.model
import botocore.serialize
import botocore.validate

from tests.contract.iam import Request, requests
from tests.handlers.account import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPERATION = "ChangeResourceRecordSets"
_SCALARS = {"integer": int, "long": int, "string": str}


@lru_cache
def _operation() -> botocore.model.OperationModel:
    description = botocore.loaders.Loader().load_service_model("route53", "service-2")
    return botocore.model.ServiceModel(description, "route53").operation_model(_OPERATION)


def parameters(xml: str, zone_id: str) -> dict[str, Any]:
    """Return what a request says, as a client's arguments; raise where it is none.

    Elements must stand where the model has them: Route 53 refuses another order.
    """
    root = ET.fromstring(xml)  # noqa: S314 - of this library's own making
    shape = _operation().input_shape
    name, namespace = shape.serialization["name"], shape.serialization["xmlNamespace"]
    if root.tag != f"{{{namespace['uri']}}}{name}":
        raise ValueError(f"the root is {root.tag}")
    found = {"HostedZoneId": zone_id, **_structure(root, shape, namespace["uri"])}
    report = botocore.validate.ParamValidator().validate(found, shape)
    if report.has_errors():
        raise ValueError(report.generate_report())
    return found


def _structure(
    element: ET.Element, shape: botocore.model.StructureShape, uri: str
) -> dict[str, Any]:
    names = {
        f"{{{uri}}}{member.serialization.get('name', name)}": name
        for name, member in shape.members.items()
        if member.serialization.get("location") is None
    }
    tags = [child.tag for child in element]
    if tags != [tag for tag in names if tag in tags]:
        raise ValueError(f"{element.tag} has {tags}, and may have {list(names)} in this order")
    _check_no_text(element)
    return {
        names[child.tag]: _value(child, shape.members[names[child.tag]], uri) for child in element
    }


def _value(element: ET.Element, shape: botocore.model.Shape, uri: str) -> Any:  # noqa: ANN401
    if shape.type_name == "structure":
        return _structure(element, shape, uri)
    if shape.type_name == "list":
        tag = f"{{{uri}}}{shape.member.serialization['name']}"
        if {child.tag for child in element} != {tag}:
            raise ValueError(f"{element.tag} may have {tag} only")
        _check_no_text(element)
        return [_value(child, shape.member, uri) for child in element]
    if len(element):
        raise ValueError(f"{element.tag} has elements")
    value = _SCALARS[shape.type_name](element.text or "")
    allowed = getattr(shape, "enum", ())
    if allowed and value not in allowed:
        raise ValueError(f"{element.tag} is {value}")
    return value


def _check_no_text(element: ET.Element) -> None:
    if ((element.text or "") + "".join(child.tail or "" for child in element)).strip():
        raise ValueError(f"{element.tag} has text between its elements")


def serialised(arguments: Mapping[str, Any]) -> str:
    """Return what botocore itself would send for a client's arguments."""
    serializer = botocore.serialize.create_serializer("rest-xml")
    body: bytes = serializer.serialize_to_request(arguments, _operation())["body"]
    return body.decode()


def canonical(xml: str) -> str:
    """Return XML without what means nothing: line breaks, and prefixes of namespaces."""
    return ET.canonicalize(xml, strip_text=True, rewrite_prefixes=True)


def asked_of_iam(arguments: Mapping[str, Any]) -> Request:
    """Return what IAM is asked for a request."""
    (request,) = requests(Call("route53", _OPERATION, arguments))
    return request
