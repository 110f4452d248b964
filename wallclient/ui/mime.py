"""What a drag from the tree carries: nodes, as JSON, so that it also works between windows of the program."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from PySide6.QtCore import QMimeData

from wallclient.domain.node import CameraKind, Channel, Node, NodeKind, PlaceCategory

NODES = "application/x-wallclient-nodes+json"


def nodes_to_mime(nodes: Iterable[Node]) -> QMimeData:
    """Return drag data for `nodes`; other programs see their names as text."""
    rows = list(nodes)
    data = QMimeData()
    data.setData(NODES, json.dumps([asdict(node) for node in rows]).encode())
    data.setText("\n".join(node.name for node in rows))
    return data


def nodes_from_mime(data: QMimeData) -> tuple[Node, ...]:
    """Return the nodes of a drag; none where it is not one of ours or is damaged."""
    try:
        return tuple(_node(row) for row in json.loads(bytes(data.data(NODES).data())))
    except (ValueError, KeyError, TypeError):
        return ()


def _node(row: Mapping[str, Any]) -> Node:
    channel = _channel(row["channel"]) if row["channel"] else None
    return Node(**{**row, "kind": NodeKind(row["kind"]), "channel": channel})


def _channel(row: Mapping[str, Any]) -> Channel:
    place = PlaceCategory(row["place"]) if row["place"] else None
    kind = CameraKind(row["camera_kind"])
    return Channel(**{**row, "camera_kind": kind, "place": place, "path": tuple(row["path"])})
