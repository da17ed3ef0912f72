# The program alone, on a read-only root, as nobody in particular. tests/test_compose.py runs these commands as well.
ARG PYTHON_IMAGE=python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
ENV TOOLS=/opt/tools VENV=/opt/assessment
WORKDIR /build
RUN python -m venv "$TOOLS" && python -m venv "$VENV" && mkdir -m 0700 data
COPY requirements requirements
RUN "$TOOLS/bin/python" -m pip install --quiet --require-hashes --no-deps -r requirements/build.txt
RUN "$VENV/bin/python" -m pip install --quiet --require-hashes --no-deps -r requirements/runtime.txt
COPY pyproject.toml hatch_build.py README.md LICENSE ./
COPY src src
COPY questionnaires questionnaires
COPY templates templates
RUN "$TOOLS/bin/python" -m hatchling build -t wheel -d dist
RUN "$VENV/bin/python" -m pip install --quiet --no-deps dist/*.whl && "$VENV/bin/python" -m pip uninstall --quiet --yes pip

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/assessment /opt/assessment
# A volume laid over these folders takes its owner from here.
COPY --from=build --chown=10001:10001 /build/data /data
COPY --from=build --chown=10001:10001 /build/data /backups
ENV PATH=/opt/assessment/bin:/usr/local/bin:/usr/bin:/bin PYTHONUNBUFFERED=1 ASSESSMENT_DATA=/data
USER 10001:10001
WORKDIR /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["assessment"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
