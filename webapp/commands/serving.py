"""Commands that run: web and worker together, the worker alone, the demonstration."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import threading
import time

from webapp.commands.opening import opened, say
from webapp.commands.runners import ROUTINES, RUNNERS
from webapp.commands.words import Commands
from webapp.core.errors import Invalid
from webapp.core.logs import logger
from webapp.core.memory import keep_for_good
from webapp.core.settings import Settings
from webapp.jobs.worker import run_worker

RESTART_SECONDS = 1.0
STEADY_SECONDS = 10.0
LONGEST_PAUSE = 30.0


def add_commands(commands: Commands) -> None:
    commands.add("serve", "chạy máy chủ web và tiến trình nền", _serve_arguments)
    commands.add("demo", "chuẩn bị dữ liệu trình diễn rồi chạy", _demo_arguments)
    commands.add("worker", "chỉ chạy tiến trình nền", _worker_arguments)


def _serve_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="127.0.0.1")
    command.add_argument("--port", type=int, default=8000)
    command.add_argument("--workers", type=int, default=8, metavar="N", help="số luồng trả lời cùng lúc")
    command.set_defaults(run=serve)


def _demo_arguments(command: argparse.ArgumentParser) -> None:
    _serve_arguments(command)
    command.add_argument("--prepare-only", action="store_true", help="chỉ chuẩn bị dữ liệu")
    command.set_defaults(run=demo)


def _worker_arguments(command: argparse.ArgumentParser) -> None:
    command.add_argument("--until-stdin-closes", action="store_true", help=argparse.SUPPRESS)
    command.set_defaults(run=worker)


def serve(settings: Settings, arguments: argparse.Namespace) -> int:
    """Web in this process, the worker in a child that is started anew when it dies. SIGTERM ends both cleanly."""
    # Only here: the pages take as long to read as half of what every command needs, the worker's too.
    from waitress.server import create_server

    from webapp.app import FORM_ROOM, create_app
    from webapp.ui.refusals import RefusalTask

    with opened(settings, must_exist=False) as resources:
        resources.makes_index = False  # the worker does, filled
        app = create_app(settings, resources)
        keep_for_good()
        try:
            server = create_server(
                app,
                host=arguments.host,
                port=arguments.port,
                threads=max(1, min(arguments.workers, 32)),
                max_request_body_size=settings.max_upload + FORM_ROOM,
                ident="",
                channel_timeout=120,
                clear_untrusted_proxy_headers=True,
            )
        except OSError as error:
            raise Invalid(f"Không mở được cổng {arguments.port}: {error.strerror}.") from error
        RefusalTask.install(settings.max_upload)
        stopping = threading.Event()
        keeper = threading.Thread(target=_keep_worker, args=(stopping,), name="keep-worker")

        def stop(*_: object) -> None:
            raise SystemExit(0)

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        port = getattr(server, "effective_port", arguments.port)  # a name with two addresses gives two sockets
        try:
            keeper.start()
            say(f"Kho Thi đua đang chạy ở http://{arguments.host}:{port}")
            sys.stdout.flush()
            server.run()  # ends by SystemExit, after the answers in hand
        finally:
            stopping.set()
            if keeper.ident is not None:
                keeper.join()
            server.close()
    return 0


def _keep_worker(stopping: threading.Event) -> None:
    """Run the worker as a child; if it dies, start another. Its standard input tells it when we are gone.

    A child that dies at once (another worker holds the folder, say) is tried again after a longer and longer pause.
    """
    pause = RESTART_SECONDS
    while not stopping.is_set():
        started = time.monotonic()
        child = subprocess.Popen(
            [sys.executable, "-m", "webapp", "worker", "--until-stdin-closes"], stdin=subprocess.PIPE
        )
        while child.poll() is None and not stopping.is_set():
            stopping.wait(0.2)
        if stopping.is_set():
            child.terminate()
            try:
                child.wait(timeout=40)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        else:
            lived = time.monotonic() - started
            pause = RESTART_SECONDS if lived > STEADY_SECONDS else min(pause * 2, LONGEST_PAUSE)
            logger().error("worker.died", code=child.returncode, again_in=pause)
            stopping.wait(pause)
        if child.stdin is not None:
            child.stdin.close()


def worker(settings: Settings, arguments: argparse.Namespace) -> int:
    if arguments.until_stdin_closes:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    with opened(settings, must_exist=False) as resources:
        run_worker(resources, RUNNERS, ROUTINES)
    return 0


def _end_with_parent() -> None:
    """Ask ourselves to stop when the parent's end of the pipe closes, however the parent ended."""
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
    os._exit(1)


def demo(settings: Settings, arguments: argparse.Namespace) -> int:
    from webapp.demo.build import build_demo  # only here: it draws documents, which nothing else needs

    with opened(settings, must_exist=False) as resources:
        build_demo(resources)
    if arguments.prepare_only:
        return 0
    return serve(settings, arguments)
