"""All routes of the roster, as the roof takes them."""

from admin.roster import class_router as classes
from admin.roster import lending_router as lending
from admin.roster import router as organisation
from admin.roster.intake import router as intake

routers = (organisation.router, classes.router, lending.router, intake.router)
