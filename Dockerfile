# The dashboard in one container: docker build -t infecon . && docker run -p 8501:8501 infecon
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore

RUN useradd --uid 1000 --create-home --shell /usr/sbin/nologin infecon
WORKDIR /app

# Requirements change seldom, code often: this order lets the long layer be reused.
COPY requirements.txt ./
RUN pip install -r requirements.txt

COPY LICENSE app.py asgi.py ./
COPY .streamlit/ .streamlit/
COPY data/ data/
COPY infecon_core/ infecon_core/
COPY infecon_ui/ infecon_ui/
COPY pages/ pages/

# The code belongs to root and is read only to the server, which therefore cannot write bytecode later.
RUN python -m compileall -q app.py asgi.py infecon_core infecon_ui pages
USER 1000

EXPOSE 8501
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=3)"]
CMD ["streamlit", "run", "asgi.py", "--server.address=0.0.0.0", "--server.port=8501"]
