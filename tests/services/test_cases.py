"""Cases at real embedded centers and on this workstation: nothing that was gathered is lost, whoever else is at it."""

import asyncio
import contextlib
import gc
from datetime import UTC, datetime

import pytest
import qasync

from wallclient.demo.center import EmbeddedCenter
from wallclient.domain.case import Case, CaseChange, CaseFields, CaseItem, ItemKind, all_changed, changed_case
from wallclient.domain.center_config import CenterConfig
from wallclient.domain.errors import Refused, ServerFailed
from wallclient.domain.notice import NoticeKind
from wallclient.domain.secret import KeeperState
from wallclient.services import cases as cases_module
from wallclient.services.audit import AuditBook
from wallclient.services.cases import Cases
from wallclient.services.centers import Centers
from wallclient.services.preferences import Preferences
from wallclient.services.secret_keeper import SecretKeeper
from wallclient.storage.cases import cases_file
from wallclient.storage.settings import settings_file

LIMIT_S = 30.0
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MARK = CaseItem(ItemKind.BOOKMARK, "mark-0001", "红车", "n/c2", 1_000_000, 1_000_500)
CLIP = CaseItem(ItemKind.CLIP, "a.mp4", "路口", "s/c5", 2_000_000, 2_060_000, "ab" * 32, "/out/a.mp4")
SHOT = CaseItem(ItemKind.SNAPSHOT, "b.png", "", "n/c3", 3_000_000, None, "cd" * 32, "/out/b.png")
FIELDS = CaseFields("盗窃案", "A2026-1122", "夜间")


class NoKeyring:
    """A keyring that keeps nothing."""

    def state(self):
        return KeeperState.SAFE

    def read(self, _kind, _center_key, _user):
        return None

    def write(self, _kind, _center_key, _user, _secret):
        pass

    def forget(self, _kind, _center_key, _user):
        pass


@pytest.fixture
def north():
    with EmbeddedCenter(64) as center:
        yield center


@pytest.fixture
def run(qapp, monkeypatch):
    """Run a coroutine to its end on a Qt loop, with waits short enough for a test."""
    monkeypatch.setattr(cases_module, "retry_delay_s", lambda attempt: 0.05)
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, LIMIT_S * 2))
    asyncio.set_event_loop(None)
    loop.close()


async def until(condition):
    async with asyncio.timeout(LIMIT_S):
        while not condition():
            await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def post(folder, center, user="operator", *, sign_in=True, audit=False):
    """A workstation with one center "n": its cases."""
    centers = Centers(Preferences(settings_file(folder)), SecretKeeper(NoKeyring(), LIMIT_S), folder / "data")
    if not centers.accesses:
        centers.add(CenterConfig("n", center.base_url))
    if sign_in:
        await centers.log_in("n", user, center.password)
    book = AuditBook(centers, folder) if audit else None
    cases = Cases(centers, cases_file(folder), book)
    cases.centers = centers
    cases.told = []
    cases.noticed.connect(cases.told.append)
    try:
        yield cases
    finally:
        await cases.close()
        if book:
            await book.close()
        await centers.close()


async def away(_home, _work):
    """Take the place of asking a center."""
    raise ServerFailed("away")


async def told(cases, key):
    await until(lambda: not cases.is_waiting(key))


def test_a_change_is_what_was_meant_whatever_the_case_has_become():
    case = Case("k", "n", FIELDS, (MARK,))
    other = CaseChange("k", "n", NOW, added=(CLIP,))
    mine = CaseChange("k", "n", NOW, fields=CaseFields("新"), removed=(MARK.key,), added=(SHOT,))
    after = changed_case(changed_case(case, other), mine)
    assert after.items == (CLIP, SHOT)
    assert after.fields.title == "新"
    assert changed_case(after, mine) == after, "sent again it changes nothing"
    assert changed_case(None, mine) is None
    assert all_changed([case], [CaseChange("k", "n", NOW, is_deleted=True), other]) == {}


def test_a_case_is_made_filled_seen_by_others_and_found_again(run, tmp_path, north):
    async def work():
        async with post(tmp_path / "a", north, audit=True) as cases:
            assert cases.homes() == [("n", cases.centers.access("n").title)]
            made = cases.create("n", CaseFields("盗窃案", "A2026-1122", is_shared=True))
            assert cases.case(made.key).by == "operator", "it is there at once"
            cases.add(made.key, [MARK, CLIP, SHOT])
            cases.add(made.key, [MARK])
            await told(cases, made.key)
            assert cases.case(made.key).items == (MARK, CLIP, SHOT), "with what only this machine knows"
            assert cases.case(made.key).revision > 0
        async with post(tmp_path / "b", north, "relief") as cases:
            cases.refresh()
            await until(lambda: cases.all)
            seen = cases.all[0]
            assert seen.items[0] == MARK
            assert (seen.items[1].sha256, seen.items[1].path, seen.items[1].channel_id) == (CLIP.sha256, "", "")
            assert seen.by_name == "值班员"
            cases.remove(seen.key, [SHOT.key])
            await told(cases, seen.key)
        async with post(tmp_path / "a", north, sign_in=False) as cases:
            assert [case.fields.number for case in cases.all] == ["A2026-1122"], "known while nobody is signed in"
            await cases.centers.log_in("n", "operator", north.password)
            cases.refresh()
            await until(lambda: len(cases.all[0].items) == 2)
            assert cases.all[0].clips == (CLIP,)
            cases.delete(cases.all[0].key)
            assert cases.all == ()
            await until(lambda: not cases._changes)
        kinds = [record["kind"] for record in north.audit_records()]
        assert kinds.count("case_saved") >= 2

    run(work())


def test_two_posts_add_at_the_same_time_and_take_nothing_from_each_other(run, tmp_path, north):
    async def work():
        async with post(tmp_path / "a", north) as one, post(tmp_path / "b", north, "relief") as two:
            key = one.create("n", CaseFields("聚集", is_shared=True)).key
            await told(one, key)
            two.refresh()
            await until(lambda: two.all)
            for number in range(8):
                for cases in (one, two):
                    who = "one" if cases is one else "two"
                    cases.add(key, [CaseItem(ItemKind.BOOKMARK, f"{who}-{number}", "", "n/c2", 5, 6)])
            await told(one, key)
            await told(two, key)
            one.refresh()
            await until(lambda: len(one.case(key).items) == 16)

    run(work())


def test_what_is_done_while_the_center_is_away_is_told_later_also_after_a_restart(run, tmp_path, north):
    async def work():
        async with post(tmp_path, north) as cases:
            key = cases.create("n", FIELDS).key
            await told(cases, key)
            cases._ask = away
            cases.add(key, [MARK])
            cases.edit(key, CaseFields("改名"))
            assert cases.case(key).items == (MARK,)
            assert cases.is_waiting(key)
        async with post(tmp_path, north, sign_in=False) as cases:
            assert cases.case(key).fields.title == "改名"
            assert cases.is_waiting(key)
            await cases.centers.log_in("n", "operator", north.password)
            await told(cases, key)
            cases.refresh()
            await until(lambda: cases.case(key).revision == 3)
            assert cases.case(key).items == (MARK,)

    run(work())


def test_a_case_somebody_deleted_meanwhile_becomes_one_of_this_computer(run, tmp_path, north):
    async def work():
        async with post(tmp_path / "a", north) as owner, post(tmp_path / "b", north, "relief") as other:
            key = owner.create("n", CaseFields("火警", is_shared=True)).key
            await told(owner, key)
            other.refresh()
            await until(lambda: other.all)
            owner.delete(key)
            await until(lambda: not owner._changes)
            other.gather_in(key)
            other.found(CLIP)
            await until(lambda: [notice.kind for notice in other.told] == [NoticeKind.CASE_KEPT_HERE])
            (kept,) = other.all
            assert (kept.home, kept.items, kept.fields.title) == ("", (CLIP,), "火警")
            assert other.gathering == kept.key
            other.refresh()
            assert other.all == (kept,)

    run(work())


def test_a_case_of_this_computer_needs_no_center_and_gathers_by_itself(run, tmp_path, north):
    async def work():
        async with post(tmp_path, north, sign_in=False) as cases:
            key = cases.create("", FIELDS).key
            cases.found(MARK)
            assert cases.case(key).items == ()
            gathered = []
            cases.gathered.connect(lambda case, item: gathered.append((case.key, item)))
            cases.gather_in(key)
            cases.found(SHOT)
            assert gathered == [(key, SHOT)]
            cases.edit(key, CaseFields("完", is_closed=True))
            cases.found(CLIP)
            assert cases.case(key).items == (SHOT,), "nothing goes into a closed case by itself"
            many = [CaseItem(ItemKind.BOOKMARK, f"m{number}") for number in range(1000)]
            with pytest.raises(Refused):
                cases.add(key, many)
        async with post(tmp_path, north, sign_in=False) as cases:
            assert cases.case(key).items == (SHOT,)
            assert cases.gathering == key
            await cases.centers.remove("n")
            assert cases.case(key).items == (SHOT,)

    run(work())


def test_a_center_that_is_removed_takes_its_cases_along_but_nothing_untold(run, tmp_path, north):
    async def work():
        async with post(tmp_path, north) as cases:
            told_of = cases.create("n", FIELDS).key
            await told(cases, told_of)
            cases._ask = away
            await cases.centers.log_out("n")
            untold = cases.create("n", CaseFields("未交"))
            await cases.centers.remove("n")
            (kept,) = cases.all
            assert (kept.home, kept.fields.title) == ("", "未交")
            assert kept.key != untold.key

    run(work())
