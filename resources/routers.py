"""All of the library's routes, for the roof."""

from resources.interchange.router import router as interchange
from resources.master_router import router as masters
from resources.router import router as catalogue
from resources.upload_router import router as uploads

routers = (uploads, catalogue, masters, interchange)
