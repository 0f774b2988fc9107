"""All routes of the roster, as the roof takes them."""

from fastapi import APIRouter

from admin.roster import class_router as classes
from admin.roster import lending_router as lending
from admin.roster import router as organisation

router = APIRouter()
for part in (organisation, classes, lending):
    router.include_router(part.router)
