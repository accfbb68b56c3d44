"""One of several processes that claim from the same posts: prints how many it got."""

import sys
import time

import django


def main() -> None:
    django.setup()
    from posting.claiming import claim_next

    print("ready", flush=True)
    start = float(sys.stdin.readline())
    time.sleep(max(0.0, start - time.time()))
    claims = 0
    while claim_next(f"racer {sys.argv[1]}") is not None:
        claims += 1
    print(claims, flush=True)


if __name__ == "__main__":
    main()
