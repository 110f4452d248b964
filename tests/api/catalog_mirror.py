"""The plainest mirror there is: a dict of nodes, kept by the rules of the contract."""

from wallclient.domain.catalog import CatalogNode, NotModified, Removed, StatusChange, Upsert


class DictMirror:
    """Holds what a snapshot and the changes after it tell."""

    def __init__(self) -> None:
        self.nodes: dict[str, CatalogNode] = {}
        self.sequence = 0
        self.revision = ""
        self.cursor: str | None = None  # where to go on with the snapshot

    def read(self, center, cursor=None):
        """Read a snapshot to its end."""
        pages = center.snapshot(cursor)
        assert not isinstance(pages, NotModified)
        for page in pages:
            self.take(page)
        return self

    def take(self, page):
        """Take one page."""
        self.nodes.update({node.id: node for node in page.nodes})
        self.sequence, self.revision, self.cursor = page.sequence, page.revision, page.cursor

    def follow(self, center, limit=1000):
        """Apply all changes there are; return how many there were."""
        count = 0
        while True:
            batch = center.changes(self.sequence, limit)
            for change in batch.changes:
                self._apply(change)
            self.sequence = batch.sequence
            count += len(batch.changes)
            if not batch.more:
                return count

    def _apply(self, change):
        match change:
            case Upsert(_, node):
                self.nodes[node.id] = node
            case Removed(_, node_id):
                self._remove(node_id)
            case StatusChange(_, channel_id, state):
                if (node := self.nodes.get(channel_id)) is not None:
                    fields = {name: getattr(node, name) for name in CatalogNode.__slots__}
                    self.nodes[channel_id] = CatalogNode(**{**fields, "state": state})

    def _remove(self, node_id):
        self.nodes.pop(node_id, None)
        for child in [node.id for node in self.nodes.values() if node.parent_id == node_id]:
            self._remove(child)
