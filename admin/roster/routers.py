"""All routes of the roster, as the roof takes them."""

from fastapi import APIRouter

from admin.roster import router as organisation

router = APIRouter()
for part in (organisation,):
    router.include_router(part.router)
