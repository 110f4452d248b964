"""Who may sign in to the embedded center, what each may see, and what he may do there."""

from dataclasses import dataclass, field

from wallclient.domain.catalog import ALL_RIGHTS, Right, rights_mask
from wallclient.domain.node import PlaceCategory
from wallclient.domain.ptz import Tier


@dataclass(frozen=True, slots=True)
class Operator:
    """One account. Outside his districts an operator sees nothing but the nodes above them."""

    user: str
    name: str
    post: str
    rights: int = ALL_RIGHTS  # mask of `Right.bit`, at every node he may see
    districts: frozenset[str] | None = None  # ids of the districts he may see; None: all
    closed: frozenset[PlaceCategory] = field(default=frozenset())  # shown in his tree, without any right
    tier: Tier = Tier.CITY  # of his post
    priority: int = 50  # within the tier
    patrols: bool = True  # has a part in patrols
    edits_plans: bool = False  # may change patrol plans: supervisors

    def rights_at(self, place: PlaceCategory | None) -> int:
        """Return his rights at a camera that looks at such a place, or at a node (None), as a mask."""
        return 0 if place in self.closed else self.rights

    def sees(self, ancestors: list[str]) -> bool:
        """Tell whether he may see a node with these ancestors (its own id may be among them)."""
        return self.districts is None or not self.districts.isdisjoint(ancestors)


_P = PlaceCategory
_INDOORS = frozenset({_P.HOTEL, _P.INTERNET_CAFE, _P.ENTERTAINMENT, _P.RESIDENTIAL, _P.SCHOOL, _P.HOSPITAL})
OPERATORS = (
    Operator("operator", "值班员", "重庆市监控室", edits_plans=True),
    Operator("relief", "接班值班员", "重庆市监控室"),
    Operator("admin", "管理员", "重庆市视频监控中心", priority=90, edits_plans=True),
    Operator(
        "yuzhong",
        "渝中值班员",
        "渝中区分局监控室",
        rights_mask([Right.VIEW]),
        frozenset({"d500103"}),
        tier=Tier.DISTRICT,
    ),
    Operator(
        "ptz1",
        "云台操作员",
        "渝中区分局指挥室",
        rights_mask([Right.VIEW, Right.PTZ]),
        frozenset({"d500103", "d500105"}),
        tier=Tier.DISTRICT,
    ),
    Operator(
        "station1",
        "所内值班员",
        "解放碑派出所值班室",
        rights_mask([Right.VIEW, Right.PTZ]),
        frozenset({"d500103"}),
        tier=Tier.STATION,
    ),
    Operator(
        "visitor",
        "来宾",
        "参观席",
        rights_mask([Right.VIEW]),
        closed=_INDOORS,
        tier=Tier.STATION,
        priority=0,
        patrols=False,
    ),
)
RIVALS = {  # who takes cameras without signing in, by tier: the demo's simulated operators
    Tier.CITY: Operator("rival-city", "指挥长", "重庆市公安局指挥中心", tier=Tier.CITY, priority=99),
    Tier.DISTRICT: Operator("rival-district", "指挥员", "江北区分局指挥室", tier=Tier.DISTRICT, priority=60),
    Tier.STATION: Operator("rival-station", "值班民警", "朝天门派出所值班室", tier=Tier.STATION, priority=40),
}
