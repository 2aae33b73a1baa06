"""Run by the keeper's tests in a process of its own: servers and three sleepers, kept until a signal comes."""

import sys
from pathlib import Path

from admin_core.supervisor.children import Program
from admin_core.supervisor.keeper import Keeper, answer_signals
from admin_core.supervisor.servers import start_postgres, start_redis

SLEEPER = "import time\nwhile True: time.sleep(60)"
STUBBORN = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEPER


def main(state: Path) -> None:
    answer_signals()
    keeper = Keeper(print)
    try:
        for server in (start_postgres(state, fast_unsafe=True), start_redis(state)):
            keeper.adopt(server.program, server.process)
        for name, code in {"web": SLEEPER, "worker": SLEEPER, "relay": STUBBORN}.items():
            command = (sys.executable, "-c", code, str(state), f"--name={name}")
            keeper.add(Program(name, command, stop_s=1.0))
        print("ready", flush=True)
        keeper.run()
    except KeyboardInterrupt:
        keeper.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
