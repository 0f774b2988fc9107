from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from admin.companions.exchange.rules import MACHINE as SHARES
from admin.companions.lists.rules import MACHINE as ITEMS
from admin.companions.shape.steps import Machine, refusal

OWNER, OTHER = UUID(int=1), UUID(int=2)
WHOLE = {"route": "a → b", "due": "2026-12-01", "owner_id": OWNER}
SUBMIT, ACCEPT, SEND_BACK = ITEMS.steps


def code(step: object, state: str, row: dict[str, object], actor: UUID, files: int = 1, reason: str = "") -> str | None:
    problem = refusal(step, state, row, actor, files, reason)  # type: ignore[arg-type]
    return problem.code if problem else None


def test_d3_closing_asks_for_route_due_day_owner_evidence_and_another_person() -> None:
    assert code(ACCEPT, "submitted", WHOLE, OTHER) is None
    assert code(ACCEPT, "submitted", WHOLE, OWNER) == "four-eyes"
    assert code(ACCEPT, "submitted", WHOLE, OTHER, files=0) == "evidence-missing"
    for name in WHOLE:
        assert code(ACCEPT, "submitted", {**WHOLE, name: None}, OTHER) == "field-missing"


def test_only_the_owner_submits() -> None:
    assert code(SUBMIT, "open", WHOLE, OTHER) == "only-in-charge"
    assert code(SUBMIT, "open", WHOLE, OWNER) is None


def test_sending_back_needs_a_reason() -> None:
    assert code(SEND_BACK, "submitted", WHOLE, OTHER, reason=" ") == "reason-missing"


def test_every_step_joins_known_states() -> None:
    for machine in (ITEMS, SHARES):
        assert machine.first in machine.states
        for step in machine.steps:
            assert {*step.before, step.after} <= set(machine.states)


@given(st.sampled_from([ITEMS, SHARES]), st.data())
def test_no_step_leaves_a_state_that_it_does_not_name(machine: Machine, data: st.DataObject) -> None:
    step = data.draw(st.sampled_from(machine.steps))
    state = data.draw(st.sampled_from(sorted(machine.states)))
    refused = code(step, state, WHOLE | {"created_by": OWNER}, OTHER, reason="because")
    assert (refused == "wrong-state") == (step.name not in machine.possible(state))
