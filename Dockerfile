# One image for web, relay, worker and beat; docker-compose.yml names the command of each.
FROM python:3.11-slim-bookworm AS pages
WORKDIR /app
RUN apt-get update && apt-get install -y --no-install-recommends make gcc libc6-dev && rm -rf /var/lib/apt/lists/*
COPY . .
RUN make setup

FROM python:3.11-slim-bookworm
WORKDIR /app
# LibreOffice turns teachers' slides and documents into pages; fonts for their Chinese.
RUN apt-get update && apt-get install -y --no-install-recommends \
    libreoffice-impress-nogui libreoffice-writer-nogui libreoffice-calc-nogui fonts-noto-cjk \
 && rm -rf /var/lib/apt/lists/*
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/app/.venv/bin:$PATH SONGJIAO_DATA=/data
COPY pyproject.toml requirements.lock README.md songjiao.py ./
COPY core core
COPY admin admin
COPY classroom classroom
COPY resources resources
COPY scheduling scheduling
# The lock as constraints: the same versions as everywhere, without the tools for development.
RUN python -m venv .venv \
 && sed '/--hash=/d; s/ \\$//' requirements.lock > /tmp/versions \
 && .venv/bin/pip install --no-cache-dir --quiet --constraint /tmp/versions uv \
 && .venv/bin/uv pip install --quiet --python .venv --constraint /tmp/versions --compile-bytecode --editable . \
 && useradd --uid 10001 --create-home songjiao && install -d -o songjiao /data
COPY --from=pages /app/frontend/dist frontend/dist
# With the compiled loops of the relay and of the timetable engine.
COPY --from=pages /app/classroom/relay classroom/relay
COPY --from=pages /app/scheduling/engine scheduling/engine
USER songjiao
VOLUME /data
ENTRYPOINT ["songjiao"]
CMD ["web"]
