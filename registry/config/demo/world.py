"""The invented province: branches, organisations, and staff in every role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.hashers import make_password

from foundation import access, trail
from foundation.access import Branch, BranchKind, Permission, Role, RoleAt, Staff, branches
from foundation.trail import Actor

COUNTIES = {
    "3301": (
        "杭州市",
        [("330102", "上城区"), ("330106", "西湖区"), ("330110", "余杭区"), ("330122", "桐庐县")],
    ),
    "3302": (
        "宁波市",
        [("330203", "海曙区"), ("330212", "鄞州区"), ("330281", "余姚市"), ("330226", "宁海县")],
    ),
    "3306": (
        "绍兴市",
        [("330602", "越城区"), ("330603", "柯桥区"), ("330681", "诸暨市"), ("330624", "新昌县")],
    ),
}
# login: role, where, name. One of each role; a coordinator in every county is added.
STAFF = {
    "lin": (Role.COORDINATOR, "330212", "林静"),
    "zhou": (Role.CASEWORKER, "3302", "周航"),
    "mei": (Role.FAMILY_CARE, "3302", "梅雪"),
    "ye": (Role.FAMILY_CARE, "33", "叶青"),
    "helper": (Role.HELPER, "330212", "何小雨"),
    "companion": (Role.COMPANION, "330212", "康平"),
    "manager": (Role.REGISTRY_MANAGER, "33", "任远"),
    "manager2": (Role.REGISTRY_MANAGER, "33", "方正"),
    "lab": (Role.LABORATORY, "LAB1", "罗实"),
    "doctor": (Role.MEDICAL_REVIEWER, "33", "易明"),
    "transplant": (Role.TRANSPLANT_HOSPITAL, "HOS1", "汤诚"),
    "collection": (Role.COLLECTION_HOSPITAL, "HOS2", "蔡和"),
    "hospital": (Role.DONOR_HOSPITAL, "HOS2", "洪安"),
    "organ": (Role.ORGAN_COORDINATOR, "33", "欧阳兰"),
    "auditor": (Role.AUDITOR, "33", "审言"),
    "admin": (Role.ADMINISTRATOR, "33", "管理"),
    "hz": (Role.CASEWORKER, "3301", "汪洋"),
    "sx": (Role.CASEWORKER, "3306", "沈越"),
}


@dataclass(slots=True)
class World:
    """What the histories need of the province."""

    province: Branch
    laboratory: Branch
    since: datetime  # when the province began to use this program
    prefectures: list[Branch] = field(default_factory=list)
    counties: dict[str, Branch] = field(default_factory=dict)  # by the six digits of the area
    staff: dict[str, Staff] = field(default_factory=dict)
    where: dict[str, Branch] = field(default_factory=dict)

    def actor(self, login: str, permission: Permission | None, *, at: datetime) -> Actor:
        """Return a member of staff as they act."""
        return access.actor_for(self.staff[login].pk, permission, at=at)

    def coordinator(self, area: str, *, at: datetime) -> Actor:
        """Return the coordinator of a county."""
        return self.actor("lin" if area == "330212" else f"c{area}", Permission.DONOR_ENROL, at=at)

    def caseworker(self, area: str, *, at: datetime) -> Actor:
        """Return the caseworker of a county's prefecture."""
        login = {"3301": "hz", "3302": "zhou", "3306": "sx"}[area[:4]]
        return self.actor(login, Permission.CASE_WORK, at=at)


def build(*, password: str, since: datetime) -> World:
    """Make the province, its laboratory and hospitals, and everybody who works there."""
    by = access.command_actor()
    province = _branch("浙江省红十字会", BranchKind.PROVINCE, "33", None, at=since)
    laboratory = _branch("示例组织配型实验室", BranchKind.LABORATORY, "LAB1", province, at=since)
    world = World(province, laboratory, since, where={"33": province, "LAB1": laboratory})
    for code, name in {"HOS1": "示例大学附属医院(移植)", "HOS2": "示例市第一医院(采集)"}.items():
        world.where[code] = _branch(name, BranchKind.HOSPITAL, code, province, at=since)
    for code, (name, counties) in COUNTIES.items():
        prefecture = _branch(f"{name}红十字会", BranchKind.PREFECTURE, code, province, at=since)
        world.prefectures.append(prefecture)
        world.where[code] = prefecture
        for area, county in counties:
            branch = _branch(f"{name}{county}红十字会", BranchKind.COUNTY, area, prefecture, at=since)
            world.counties[area] = world.where[area] = branch
    _employ(world, password=password, since=since, by=by)
    return world


def _employ(world: World, *, password: str, since: datetime, by: Actor) -> None:
    hashed = make_password(password)
    people = dict(STAFF)
    people |= {
        f"c{area}": (Role.COORDINATOR, area, f"{branch.name[3:5]}协调员")
        for area, branch in world.counties.items()
        if area != "330212"
    }
    for login, (role, where, name) in people.items():
        staff = Staff.objects.create(username=login, name=name, password=hashed)
        totp.TOTP.activate(staff, totp.generate_totp_secret())
        held = RoleAt.objects.create(
            staff=staff,
            role=role,
            branch=world.where[where],
            starts_on=_first_day(since),
            granted_at=since,
            **by.columns(),
        )
        trail.record("role.granted", by=by, at=since, object=held, branch=held.branch_id, role=role.value)
        world.staff[login] = staff


def _first_day(since: datetime) -> date:
    return since.date().replace(day=1)


def _branch(name: str, kind: BranchKind, code: str, parent: Branch | None, *, at: datetime) -> Branch:
    by, phone = access.command_actor(), "0574-00000000"
    branch = branches.add(name=name, kind=kind, code=code, parent=parent, by=by, at=at, phone=phone)
    if branch.is_organisation:
        return branch
    street = f"{name.removesuffix('红十字会')}示例路8号"  # letters come back to it; it names nobody
    return branches.change(branch, name=name, phone=phone, active=True, address=street, by=by, at=at)
