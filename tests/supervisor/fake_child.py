"""A child to supervise: says who it is and behaves as its first argument says."""

import os
import signal
import subprocess
import sys
import time


def main() -> None:
    behaviour = sys.argv[1]
    if behaviour == "stubborn":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if behaviour == "parent":
        grandchild = subprocess.Popen(["sleep", "600"])
        print(f"pid {grandchild.pid}", flush=True)
    print("Ready: now", flush=True)
    print(f"pid {os.getpid()}", flush=True)
    if behaviour == "dying":
        sys.exit(3)
    time.sleep(600)


if __name__ == "__main__":
    main()
