"""What room boxes and recording hosts tell of themselves; their lists and keys are in admin/pairing.py."""

from typing import Annotated

from fastapi import APIRouter
from sqlalchemy import select

from admin.answers import PROBLEMS
from admin.devices.schemas import DeviceTold
from admin.models import Device, SignIn
from admin.who import Actor, require
from core.clock import now
from core.database import Session
from core.errors import NotFound

router = APIRouter(prefix="/api/devices", tags=["devices"], responses=PROBLEMS)


@router.put("/own/told", status_code=204)
async def tell(body: DeviceTold, session: Session, who: Annotated[Actor, require("devices.tell")]) -> None:
    """By the box itself, with its own key: nobody tells for another."""
    own = select(Device).join(SignIn, SignIn.device_id == Device.id).where(SignIn.token == who.token)
    device = (await session.scalars(own)).first()
    if device is None:
        raise NotFound("device-unknown", zh="这个账号不是设备。", en="This account is no device.")
    device.told, device.told_at = body.model_dump(exclude_none=True), now()
    device.last_seen_at = device.told_at
