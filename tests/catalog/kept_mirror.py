"""A mirror in a test's folder, its center, and what it told."""

from wallclient.catalog.mirror import Mirror, mirror_path
from wallclient.catalog.reader import MirrorReader
from wallclient.catalog.search import Search
from wallclient.catalog.sync import Sync


class Kept:
    """A mirror, its center, and what it told."""

    def __init__(self, folder, source):
        self.source = source
        self.path = mirror_path(folder, "http://center", "operator")
        self.mirror = Mirror(self.path)
        self.changes = []
        self.progress = []
        self.sync = None
        self.reader = MirrorReader(self.path)
        self.finder = None

    def catch_up(self):
        """Bring the mirror in step."""
        assert self.mirror.open()
        self.sync = Sync(self.mirror, self.source, self.changes.append, self.progress.append)
        self.sync.catch_up()

    def children(self, parent_id=None, *args, **kwargs):
        """Return the ids of children."""
        return [row.id for row in self.reader.children(parent_id, *args, **kwargs).rows]

    def search(self, text, **kwargs):
        """Return the ids of hits, the best first."""
        self.finder = self.finder or Search(self.path)
        results = self.finder.find(text, budget_s=20.0, **kwargs)
        assert results.complete
        return [hit.row.id for hit in results.hits]

    def counts(self, node_id):
        """Return total and online of a node."""
        row = self.reader.row(node_id)
        return row.total, row.online

    def close(self):
        """Let go of the file."""
        self.reader.close()
        if self.finder:
            self.finder.close()
        self.mirror.close()
