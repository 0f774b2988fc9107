"""A small XHSTT instance whose costs are counted by hand. Two days of three times; A (three times) and B (two) are for
class C1 and want a room, C (once) is T1's alone.

The solution: A at Mo1 in R1 and at Mo3–Tu1 in R2; B at Mo2–Mo3 without a room; C without a time."""

ARCHIVE = """<HighSchoolTimetableArchive><Instances><Instance Id="small">
<MetaData><Name>small</Name></MetaData>
<Times>
  <TimeGroups><Day Id="Mo"><Name>Mo</Name></Day><Day Id="Tu"><Name>Tu</Name></Day></TimeGroups>
  {times}
</Times>
<Resources>
  <ResourceTypes><ResourceType Id="Teacher"/><ResourceType Id="Class"/><ResourceType Id="Room"/></ResourceTypes>
  <ResourceGroups><ResourceGroup Id="all"><Name>all</Name></ResourceGroup></ResourceGroups>
  <Resource Id="T1"><ResourceType Reference="Teacher"/><ResourceGroups><ResourceGroup Reference="all"/></ResourceGroups>
  </Resource>
  <Resource Id="T2"><ResourceType Reference="Teacher"/></Resource>
  <Resource Id="C1"><ResourceType Reference="Class"/><ResourceGroups><ResourceGroup Reference="all"/></ResourceGroups>
  </Resource>
  <Resource Id="R1"><ResourceType Reference="Room"/></Resource>
  <Resource Id="R2"><ResourceType Reference="Room"/></Resource>
</Resources>
<Events>
  <EventGroups><EventGroup Id="AB"/><Course Id="onlyA"/></EventGroups>
  <Event Id="A"><Duration>3</Duration><Workload>5</Workload><Course Reference="onlyA"/><Resources>
    <Resource Reference="T1"><Role>Teacher</Role></Resource><Resource Reference="C1"><Role>Class</Role></Resource>
    <Resource><Role>Room</Role><ResourceType Reference="Room"/></Resource></Resources>
    <EventGroups><EventGroup Reference="AB"/></EventGroups></Event>
  <Event Id="B"><Duration>2</Duration><Workload>2.5</Workload><Resources>
    <Resource Reference="T2"><Role>Teacher</Role></Resource><Resource Reference="C1"><Role>Class</Role></Resource>
    <Resource><Role>Room</Role><ResourceType Reference="Room"/></Resource></Resources>
    <EventGroups><EventGroup Reference="AB"/></EventGroups></Event>
  <Event Id="C"><Duration>1</Duration><Resources>
    <Resource Reference="T1"><Role>Teacher</Role></Resource></Resources></Event>
</Events>
<Constraints>{constraints}</Constraints></Instance></Instances>
<SolutionGroups><SolutionGroup Id="hand"><Solution Reference="small"><Events>
  <Event Reference="A"><Duration>1</Duration><Time Reference="Mo1"/><Resources>
    <Resource Reference="R1"><Role>Room</Role></Resource></Resources></Event>
  <Event Reference="A"><Duration>2</Duration><Time Reference="Mo3"/><Resources>
    <Resource Reference="R2"><Role>Room</Role></Resource></Resources></Event>
  <Event Reference="B"><Duration>2</Duration><Time Reference="Mo2"/></Event>
</Events></Solution></SolutionGroup></SolutionGroups></HighSchoolTimetableArchive>"""

TIMES = "".join(f'<Time Id="{day}{n}"><Day Reference="{day}"/></Time>' for day in ("Mo", "Tu") for n in (1, 2, 3))
DAYS = "<TimeGroups><TimeGroup Reference='Mo'/><TimeGroup Reference='Tu'/></TimeGroups>"
EVENTS = "<Events><Event Reference='A'/><Event Reference='B'/><Event Reference='C'/></Events>"
ONLY_A = "<Events><Event Reference='A'/></Events>"
AB = "<EventGroups><EventGroup Reference='AB'/></EventGroups>"
TEACHERS = "<Resources><Resource Reference='T1'/><Resource Reference='T2'/></Resources>"
T1 = "<Resources><Resource Reference='T1'/></Resources>"

# For each kind: whom it applies to, what it says, and what the solution costs by it, counted by hand.
BY_HAND = {
    "AssignResource": (AB, "<Role>Room</Role>", 2),  # B's two times
    "AssignTime": (EVENTS, "", 1),  # C
    # A: one lesson is too short, and two are one too many; C: its one lesson is too short
    "SplitEvents": (
        EVENTS,
        "<MinimumDuration>2</MinimumDuration><MaximumDuration>2</MaximumDuration>"
        "<MinimumAmount>1</MinimumAmount><MaximumAmount>1</MaximumAmount>",
        3,
    ),
    "DistributeSplitEvents": (ONLY_A, "<Duration>1</Duration><Minimum>2</Minimum><Maximum>3</Maximum>", 1),
    "PreferResources": (AB, "<Role>Room</Role><Resources><Resource Reference='R1'/></Resources>", 2),  # Mo3–Tu1 in R2
    "PreferTimes": (AB, "<Times><Time Reference='Mo2'/></Times><Duration>2</Duration>", 2),  # A's second lesson
    "AvoidSplitAssignments": ("<EventGroups><EventGroup Reference='onlyA'/></EventGroups>", "<Role>Room</Role>", 1),
    # three lessons start on Monday, none on Tuesday
    "SpreadEvents": (
        AB,
        "<TimeGroups><TimeGroup Reference='Mo'><Minimum>0</Minimum><Maximum>2</Maximum></TimeGroup>"
        "<TimeGroup Reference='Tu'><Minimum>1</Minimum><Maximum>1</Maximum></TimeGroup></TimeGroups>",
        2,
    ),
    "LinkEvents": (AB, "", 3),  # Mo1, Mo2, Tu1
    # B ends after Mo3 and A starts at Mo1; C has no time
    "OrderEvents": (
        "<EventPairs><EventPair><FirstEvent Reference='B'/><SecondEvent Reference='A'/></EventPair>"
        "<EventPair><FirstEvent Reference='C'/><SecondEvent Reference='A'/></EventPair></EventPairs>",
        "",
        3,
    ),
    "AvoidClashes": ("<ResourceGroups><ResourceGroup Reference='all'/></ResourceGroups>", "", 1),  # C1 at Mo3
    "AvoidUnavailableTimes": (
        T1,
        "<Times><Time Reference='Mo3'/><Time Reference='Tu1'/><Time Reference='Tu2'/></Times>",
        2,
    ),
    "LimitIdleTimes": (TEACHERS, f"{DAYS}<Minimum>0</Minimum><Maximum>0</Maximum>", 1),  # T1 at Mo2
    "ClusterBusyTimes": (TEACHERS, f"{DAYS}<Minimum>0</Minimum><Maximum>1</Maximum>", 1),  # T1 comes twice
    "LimitBusyTimes": (TEACHERS, f"{DAYS}<Minimum>2</Minimum><Maximum>2</Maximum>", 1),  # T1 once on Tuesday
    "LimitWorkload": (TEACHERS, "<Minimum>0</Minimum><Maximum>1</Maximum>", 7),  # 5 + 1 - 1, and 2.5 - 1 rounded up
}


def archive(*kinds: str, function: str = "Linear", required: bool = True, weight: int = 1) -> bytes:
    constraints = "".join(_constraint(kind, function, required, weight) for kind in kinds)
    return ARCHIVE.format(times=TIMES, constraints=constraints).encode()


def _constraint(kind: str, function: str, required: bool, weight: int) -> str:
    applies, says, _ = BY_HAND[kind]
    return (
        f'<{kind}Constraint Id="{kind}"><Name>{kind}</Name><Required>{str(required).lower()}</Required>'
        f"<Weight>{weight}</Weight><CostFunction>{function}</CostFunction><AppliesTo>{applies}</AppliesTo>{says}"
        f"</{kind}Constraint>"
    )
