# The dashboard in one container: docker build -t infecon . && docker run --read-only --tmpfs /tmp -p 8501:8501 infecon
#
# A tag can be moved to another image, a digest cannot. Who builds for others writes the digest that he has checked:
# docker buildx imagetools inspect python:3.12.11-slim-bookworm tells it, and
# docker build --build-arg PYTHON=python:3.12.11-slim-bookworm@sha256:... uses it.
ARG PYTHON=python:3.12.11-slim-bookworm

FROM ${PYTHON} AS built
# Files bear this time, so that the same sources give the same layers.
ARG SOURCE_DATE_EPOCH=0
ENV SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH} \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

# Requirements change seldom, code often: this order lets the long layer be reused. Wheels alone, none without its hash,
# and without their tests. Bytecode knows its source by hash, without a time, and is not checked again: nobody can write there.
WORKDIR /build
COPY requirements.lock ./
RUN python -m venv --without-pip /venv \
    && python -m pip --python /venv/bin/python install --require-hashes --only-binary :all: --no-compile \
        -r requirements.lock \
    && find /venv/lib -depth -type d -path "*/site-packages/*/tests" -exec rm -rf {} + \
    && /venv/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash /venv/lib \
    && find /venv -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH}" {} +

WORKDIR /app
COPY LICENSE app.py asgi.py ./
COPY .streamlit/ .streamlit/
COPY data/ data/
COPY infecon_core/ infecon_core/
COPY infecon_ui/ infecon_ui/
COPY pages/ pages/
RUN /venv/bin/python -m compileall -q --invalidation-mode unchecked-hash app.py asgi.py infecon_core infecon_ui pages \
    && find /app -exec touch --no-dereference --date "@${SOURCE_DATE_EPOCH}" {} +

FROM ${PYTHON}
COPY --from=built /venv /venv
COPY --from=built /app /app
WORKDIR /app

# Only /tmp must be writable: Streamlit keeps nothing in a home.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    INFECON_WARM_PAGES="measured paper" \
    INFECON_DRAIN_S=5

# By number, so that whoever runs it can see that it is not root; the files belong to root.
USER 1000:1000

EXPOSE 8501
# It answers when the pages have been run once.
HEALTHCHECK --interval=10s --timeout=5s --start-period=180s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"]
STOPSIGNAL SIGTERM
CMD ["streamlit", "run", "asgi.py", "--server.address=0.0.0.0", "--server.port=8501"]
