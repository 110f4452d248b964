"""Whatever happens at a center, the mirror that follows equals one that reads the tree anew."""

import tempfile
from dataclasses import replace
from pathlib import Path

from catalog_fakes import Rows, camera, inner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from kept_mirror import Kept

from wallclient.domain.catalog import CatalogNode, ChannelState
from wallclient.domain.catalog_view import Hierarchy, RowFilter
from wallclient.domain.node import NodeKind

IDS = st.sampled_from([f"n{i}" for i in range(6)])
CAMERAS = st.sampled_from([f"c{i}" for i in range(8)])
NAMES = st.sampled_from(["解放碑", "长寿", "重庆北站", "路口 1", "卡口", "", "\u202eabc", "B2"])
CODES = st.sampled_from(["50010301001320000012", "50010301002000000001", "50010300002000000001", "123", "x\x00", ""])
CIVIL = st.sampled_from(["", "500103", "50010301", "500115", "500100", "34", "3401", "9", "x"])
STATES = st.sampled_from(list(ChannelState))
PARENTS = st.one_of(st.none(), IDS, CAMERAS, st.just("nobody"))
KINDS = st.sampled_from([NodeKind.CITY, NodeKind.DISTRICT, NodeKind.STATION, NodeKind.GROUP])

NODES = st.one_of(
    st.builds(
        lambda id_, parent, name, code, civil, kind, order: inner(
            id_, parent, name, kind, gb_code=code, civil_code=civil, order=order
        ),
        *(IDS, PARENTS, NAMES, CODES, CIVIL, KINDS, st.integers(0, 3)),
    ),
    st.builds(
        lambda id_, parent, name, code, civil, state, order: camera(
            id_, parent, name, gb_code=code, civil_code=civil, state=state, order=order
        ),
        *(st.one_of(CAMERAS, IDS), PARENTS, NAMES, CODES, CIVIL, STATES, st.integers(0, 3)),
    ),
)
STEPS = st.lists(
    st.one_of(
        NODES,
        st.tuples(st.just("state"), st.one_of(CAMERAS, IDS), STATES),
        st.tuples(st.just("remove"), st.one_of(IDS, CAMERAS, st.just("nobody"))),
        st.just("sync"),
        st.just("expire"),
    ),
    max_size=14,
)


_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink)  # explaining would trace every line


@settings(max_examples=80, deadline=None, phases=_PHASES, suppress_health_check=list(HealthCheck))
@given(start=st.lists(NODES, max_size=14), steps=STEPS)
def test_the_mirror_equals_a_fresh_snapshot_after_any_changes(start, steps):
    source = Rows(start, page_rows=3)
    with tempfile.TemporaryDirectory() as folder:
        followed = Kept(Path(folder) / "followed", source)
        fresh = Kept(Path(folder) / "fresh", source)
        try:
            followed.catch_up()
            for step in steps:
                happen(source, followed, step)
            followed.catch_up()
            fresh.catch_up()
            assert seen(followed) == seen(fresh)
            true_counts(followed, source)
        finally:
            followed.close()
            fresh.close()


def happen(source, followed, step):
    """Let one thing happen."""
    if isinstance(step, CatalogNode):
        source.put(step)
    elif step == "sync":
        followed.catch_up()
    elif step == "expire":
        source.expire()
    elif step[0] == "state":
        source.set_state(*step[1:])
    else:
        source.remove(step[1])


def seen(kept):
    """Return all that can be seen: both trees, a filtered one, and what every name finds."""
    found = {}
    for hierarchy in Hierarchy:
        for wanted in (RowFilter(), RowFilter(online=True)):
            heads = [None]
            while heads:
                head = heads.pop()
                rows = kept.reader.children(head, hierarchy, wanted=wanted, limit=1000).rows
                found[hierarchy, wanted, head] = [replace(row, flags=row.flags & ~2) for row in rows]
                heads += [row.id for row in rows if not row.is_channel]
    for text in ("解放", "cs", "changshou", "1", "路口 解放碑", "50010301"):
        found[text] = sorted(kept.search(text))
    return found


def true_counts(kept, source):
    """Check the counts against the center's own rows."""
    cameras = [node for node in source.nodes.values() if node.is_channel]
    rows = kept.reader.children(None, limit=1000).rows
    assert sum(row.total for row in rows) == len(cameras)
    assert sum(row.online for row in rows) == sum(node.online for node in cameras)
    regions = kept.reader.children(None, Hierarchy.REGIONS, limit=1000).rows
    assert sum(row.total for row in regions) == len(cameras)
