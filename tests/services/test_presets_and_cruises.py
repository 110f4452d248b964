"""Presets with their thumbnails, and cruises: the center's, and those this client runs itself."""

import asyncio
import gc

import pytest
import qasync
from PySide6.QtGui import QColor, QImage

from tests.services.ptz_fakes import ABILITIES, POINTS, FakeCenters, FakePtzCenter, until
from wallclient.domain.errors import NotAble, NotFound, NotPermitted, ServerFailed, StorageFailed
from wallclient.domain.ptz import (
    CruisePoint,
    Holder,
    Preset,
    PresetsChanged,
    PtzAbility,
    PtzChanged,
    PtzStatus,
    Tier,
    Velocity,
)
from wallclient.services import cruise_runner, presets
from wallclient.services.center_access import AccessState
from wallclient.services.cruise_runner import RunState
from wallclient.services.cruises import Cruises
from wallclient.services.presets import LARGEST_THUMBNAIL_BYTES, Presets, thumbnail
from wallclient.services.steering import Helm
from wallclient.storage.ptz import cruises_file

CAMERA = "k/c3"
WITHOUT_CRUISES = ABILITIES - {PtzAbility.CRUISES}
RIVAL = Holder("李四", "市局", Tier.CITY, 9, is_reserved=False, seconds_left=4.0, is_me=False)
QUICK = tuple(CruisePoint(number, 0.05, 0.5) for number in (1, 2, 3))


@pytest.fixture
def run(qapp):
    gc.collect()
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    yield lambda work: loop.run_until_complete(asyncio.wait_for(work, 60))
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def center():
    return FakePtzCenter(kept_presets={number: Preset(number, f"点{number}") for number in (1, 2, 3)})


@pytest.fixture
def centers(qapp, center):
    centers = FakeCenters(center)
    yield centers
    centers.close()


def picture(width=1280, height=720):
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("steelblue"))
    return image


def noise():
    image = QImage(1280, 720, QImage.Format.Format_RGB32)
    for row in range(0, 720, 2):
        for column in range(1280):
            image.setPixel(column, row, (row * 7919 + column * 104729) & 0xFFFFFF)
    return image


# --- presets ---


def test_presets_are_added_with_a_thumbnail_renamed_overwritten_and_deleted(run, centers, center):
    async def shift():
        service = Presets(centers)
        changes = []
        service.changed.connect(changes.append)
        service.follow("panel", [CAMERA])
        await until(lambda: service.known(CAMERA) is not None)
        assert [preset.number for preset in service.known(CAMERA)] == [1, 2, 3]
        await service.delete(CAMERA, 2)
        added = await service.add(CAMERA, "东门", picture())
        assert (added.number, added.name) == (2, "东门"), "the lowest free number"
        await until(lambda: added in (service.known(CAMERA) or ()))
        jpeg = await service.picture(CAMERA, added.picture_id)
        assert not center.called("preset_picture"), "what was just sent need not be fetched"
        assert (QImage.fromData(jpeg).width(), QImage.fromData(jpeg).height()) == presets.THUMBNAIL_PX
        renamed = await service.rename(CAMERA, 2, "东门 夜")
        assert (renamed.name, renamed.picture_id) == ("东门 夜", added.picture_id)
        assert center.called("save_preset")[-1] == ("c3", 2, "东门 夜", True)
        over = await service.overwrite(CAMERA, 2, "西门")
        assert over.picture_id == ""
        await service.recall(CAMERA, 2, 0.4)
        assert center.called("recall_preset") == [("c3", 2, 0.4)]
        with pytest.raises(NotFound):
            await service.recall(CAMERA, 99)
        assert changes
        service.close()

    run(shift())


def test_a_list_is_read_again_when_told_and_when_the_center_comes_back(run, centers, center):
    async def shift():
        service = Presets(centers)
        service.follow("panel", [CAMERA])
        await until(lambda: service.known(CAMERA) is not None)
        center.kept_presets[9] = Preset(9, "新")
        centers.presets_changed.emit(PresetsChanged(CAMERA))
        centers.presets_changed.emit(PresetsChanged("k/c99"))
        await until(lambda: len(service.known(CAMERA)) == 4)
        center.call_refusal = ServerFailed("")
        centers.set_state(AccessState.AWAY)
        centers.events_lost.emit()
        await until(lambda: isinstance(service.error_of(CAMERA), ServerFailed))
        assert len(service.known(CAMERA)) == 4, "what was known is still shown"
        center.call_refusal = None
        del center.kept_presets[9]
        centers.set_state(AccessState.CONNECTED)
        await until(lambda: len(service.known(CAMERA)) == 3)
        assert service.error_of(CAMERA) is None
        service.follow("panel", [])
        assert service.known(CAMERA) is None
        reads = len(center.called("presets"))
        centers.presets_changed.emit(PresetsChanged(CAMERA))
        await asyncio.sleep(0.05)
        assert len(center.called("presets")) == reads
        assert not [call for call in center.called("presets") if call != ("c3",)]
        service.close()

    run(shift())


def test_a_list_that_can_not_be_read_is_asked_for_again(run, centers, center, monkeypatch):
    monkeypatch.setattr(presets, "retry_delay_s", lambda _attempt: 0.01)

    async def shift():
        service = Presets(centers)
        center.call_refusal = ServerFailed("")
        service.follow("panel", [CAMERA])
        await until(lambda: len(center.called("presets")) >= 3)
        center.call_refusal = None
        await until(lambda: service.known(CAMERA) is not None)
        assert service.error_of(CAMERA) is None
        service.close()

    run(shift())


def test_a_thumbnail_is_fetched_once(run, centers, center):
    async def shift():
        center.pictures["p1"] = b"\xff\xd8 one"
        service = Presets(centers)
        both = await asyncio.gather(service.picture(CAMERA, "p1"), service.picture(CAMERA, "p1"))
        assert both == [b"\xff\xd8 one"] * 2
        assert await service.picture(CAMERA, "p1") == both[0]
        assert center.called("preset_picture") == [("c3", "p1")]
        with pytest.raises(NotFound):
            await service.picture(CAMERA, "p2")
        service.close()

    run(shift())


def test_all_numbers_taken_is_said(run, centers, center):
    async def shift():
        center.kept_presets = {number: Preset(number, "") for number in range(1, 256)}
        service = Presets(centers)
        with pytest.raises(NotAble):
            await service.add(CAMERA, "too many")
        assert not center.called("save_preset")
        service.close()

    run(shift())


def test_the_busiest_picture_fits(qapp):
    for image in (noise(), picture(1, 1), picture(200, 4000)):
        jpeg = thumbnail(image)
        assert jpeg.startswith(b"\xff\xd8")
        assert len(jpeg) <= LARGEST_THUMBNAIL_BYTES


# --- cruises ---


class Desk:
    """The services around one camera."""

    def __init__(self, centers, folder, quiet_s=0.15):
        self.helm = Helm(centers)
        self.presets = Presets(centers)
        self.cruises = Cruises(centers, self.helm, self.presets, cruises_file(folder), quiet_s)
        self.ended = []
        self.cruises.ended.connect(lambda *told: self.ended.append(told))

    @property
    def state(self):
        running = self.cruises.running(CAMERA)
        return running.state if running else None

    async def close(self):
        self.cruises.close()
        self.presets.close()
        await self.helm.close()


def recalls(center):
    return [number for _, number, _ in center.called("recall_preset")]


def test_a_center_with_cruises_keeps_and_runs_them(run, centers, center, tmp_path):
    async def shift():
        desk = Desk(centers, tmp_path)
        cruise = await desk.cruises.save(CAMERA, "", "夜巡", POINTS)
        assert cruise.points == POINTS
        assert await desk.cruises.read(CAMERA) == (cruise,)
        await desk.cruises.start(CAMERA, cruise.id)
        await desk.cruises.stop(CAMERA)
        assert center.called("run_cruise") == [("c3", cruise.id), ("c3", None)]
        assert desk.cruises.running(CAMERA) is None
        desk.helm.watch("panel", [CAMERA])
        await until(lambda: desk.helm.ptz_of(CAMERA).status is not None)
        desk.helm.stop(CAMERA)
        assert len(center.called("run_cruise")) == 2, "no cruise runs"
        centers.ptz_changed.emit(PtzChanged(CAMERA, PtzStatus(ABILITIES, cruise_id=cruise.id)))
        desk.helm.stop(CAMERA)
        await until(lambda: center.called("run_cruise")[2:] == [("c3", None)])
        await desk.cruises.delete(CAMERA, cruise.id)
        assert await desk.cruises.read(CAMERA) == ()
        assert not (tmp_path / "cruises.json").exists()
        await desk.close()

    run(shift())


def test_without_them_the_client_keeps_and_runs_them(run, centers, center, tmp_path):
    async def shift():
        center.status = PtzStatus(WITHOUT_CRUISES)
        desk = Desk(centers, tmp_path)
        cruise = await desk.cruises.save(CAMERA, "", "夜巡", QUICK)
        again = Desk(centers, tmp_path)
        assert await again.cruises.read(CAMERA) == (cruise,)
        await again.close()
        with pytest.raises(NotFound):
            await desk.cruises.start(CAMERA, "unknown")
        await desk.cruises.start(CAMERA, cruise.id)
        await until(lambda: len(recalls(center)) >= 7)
        assert recalls(center)[:7] == [1, 2, 3, 1, 2, 3, 1]
        assert center.called("recall_preset")[0] == ("c3", 1, 0.5)
        assert desk.state is RunState.RUNNING
        await desk.cruises.save(CAMERA, cruise.id, "夜巡", QUICK[1:])
        await until(lambda: recalls(center)[-4:] == [2, 3, 2, 3])
        await desk.cruises.stop(CAMERA)
        await asyncio.sleep(0.1)
        count = len(recalls(center))
        await asyncio.sleep(0.2)
        assert len(recalls(center)) == count
        assert not center.called("run_cruise")
        await desk.cruises.delete(CAMERA, cruise.id)
        assert await desk.cruises.read(CAMERA) == ()
        empty = await desk.cruises.save(CAMERA, "", "leer", ())
        with pytest.raises(NotAble):
            await desk.cruises.start(CAMERA, empty.id)
        await desk.close()

    run(shift())


async def cruising(centers, center, tmp_path):
    center.status = PtzStatus(WITHOUT_CRUISES)
    desk = Desk(centers, tmp_path)
    cruise = await desk.cruises.save(CAMERA, "", "夜巡", QUICK)
    await desk.cruises.start(CAMERA, cruise.id)
    await until(lambda: len(recalls(center)) >= 2)
    await until(lambda: desk.helm.ptz_of(CAMERA).status is not None)
    return desk


def test_it_gives_way_to_the_operator_and_goes_on_where_it_was(run, centers, center, tmp_path):
    async def shift():
        desk = await cruising(centers, center, tmp_path)
        desk.helm.move(CAMERA, Velocity(pan=1.0))
        await until(lambda: desk.state is RunState.GIVING_WAY)
        count = len(recalls(center))
        await asyncio.sleep(0.4)  # longer than it is quiet for: he still holds the key
        assert len(recalls(center)) == count
        assert desk.state is RunState.GIVING_WAY
        at = desk.cruises.running(CAMERA).index
        desk.helm.move(CAMERA, Velocity())
        await until(lambda: len(recalls(center)) > count)
        assert recalls(center)[count] == QUICK[at].preset
        count = len(recalls(center))
        await desk.presets.recall(CAMERA, 3)
        await until(lambda: desk.state is RunState.GIVING_WAY)
        desk.helm.stop(CAMERA)
        assert desk.state is None, "the stop key ends a cruise"
        await desk.close()

    run(shift())


def test_it_gives_way_to_whoever_holds_the_camera(run, centers, center, tmp_path):
    async def shift():
        desk = await cruising(centers, center, tmp_path)
        centers.ptz_changed.emit(PtzChanged(CAMERA, PtzStatus(WITHOUT_CRUISES, holder=RIVAL)))
        await until(lambda: desk.state is RunState.GIVING_WAY)
        count = len(recalls(center))
        await asyncio.sleep(0.2)
        assert len(recalls(center)) == count
        centers.ptz_changed.emit(PtzChanged(CAMERA, PtzStatus(WITHOUT_CRUISES)))
        await until(lambda: len(recalls(center)) > count)
        await desk.close()

    run(shift())


def test_it_waits_for_a_center_that_is_away_and_ends_when_refused(run, centers, center, tmp_path, monkeypatch):
    monkeypatch.setattr(cruise_runner, "RETRY_S", 0.05)

    async def shift():
        desk = await cruising(centers, center, tmp_path)
        center.call_refusal = ServerFailed("")
        await until(lambda: desk.state is RunState.WAITING)
        center.call_refusal = None
        await until(lambda: desk.state is RunState.RUNNING)
        center.call_refusal = NotPermitted("", "right-missing", "ptz")
        await until(lambda: desk.ended)
        await until(lambda: desk.state is None)
        assert isinstance(desk.ended[0][1], NotPermitted)
        await desk.close()

    run(shift())


def test_deleted_presets_are_left_out_until_none_is_left(run, centers, center, tmp_path):
    async def shift():
        desk = await cruising(centers, center, tmp_path)
        del center.kept_presets[2]
        count = len(recalls(center))
        await until(lambda: len(recalls(center)) > count + 6)
        assert desk.state is RunState.RUNNING
        center.kept_presets.clear()
        await until(lambda: desk.ended)
        assert isinstance(desk.ended[0][1], NotFound)
        await desk.close()

    run(shift())


def test_a_cruise_that_can_not_be_saved_is_not_kept(run, centers, center, tmp_path):
    async def shift():
        center.status = PtzStatus(WITHOUT_CRUISES)
        (tmp_path / "file").write_text("")
        desk = Desk(centers, tmp_path / "file")
        with pytest.raises(StorageFailed):
            await desk.cruises.save(CAMERA, "", "夜巡", QUICK)
        assert await desk.cruises.read(CAMERA) == ()
        await desk.close()

    run(shift())
