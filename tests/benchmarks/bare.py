"""The floor of `make bench ARGS=api`: what FastAPI and uvicorn cost before any work of ours."""

from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Nothing(BaseModel):
    total: int = 0


@app.get("/")
async def nothing() -> Nothing:
    return Nothing()
