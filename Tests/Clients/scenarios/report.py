"""Runs the clients side by side and prints the table. Exit status 1 if a scenario failed."""

import argparse
import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from .table import CLIENTS, PLAIN_CLIENT, TURNS

TITLES = {"39": "39", "39-aio": "39 aio", "30": "30", "30-aio": "30 aio", "http": "http"}


class Colours:
    """Escapes on a terminal, nothing elsewhere."""

    def __init__(self, is_on):
        self.bold, self.dim, self.green, self.red, self.plain = (
            ("\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[0m") if is_on else ("",) * 5
        )


class Gateway:
    """Asks run.sh, by two pipes, to end the gateway and start it again."""

    def __init__(self, options):
        # Open for both ways and as long as this runs: nobody waits for the other end, and no line is lost between two.
        self._asked = open(options.asked, "r+b", buffering=0)
        self._answered = open(options.answered, "r+b", buffering=0)

    def again(self, turn):
        self._asked.write(f"{turn}\n".encode())
        if self._answered.readline().strip() != b"done":
            raise RuntimeError("the gateway did not come back")


class Report:
    """What came in so far."""

    def __init__(self, colours, is_live):
        self.names = []
        self.results = {}
        self.chosen = {}
        self._colours = colours
        self._is_live = is_live

    def take(self, client, event):
        if event["event"] == "chosen":
            self.chosen[client] = event["scenarios"]
            self.names += [name for name in event["scenarios"] if name not in self.names]
        else:
            self.results[client, event["scenario"]] = event
        if self._is_live:
            expected = sum(len(names) for names in self.chosen.values())
            failed = sum(not result["ok"] for result in self.results.values())
            print(f"\r{len(self.results)} of {expected}, {failed} failed ", end="", flush=True)

    def lost(self):
        """What never ended, because its client died."""
        return [
            (client, name) for client, names in self.chosen.items() for name in names
            if (client, name) not in self.results
        ]

    def show(self, clients, is_verbose):
        c = self._colours
        if self._is_live:
            print("\r" + " " * 40 + "\r", end="")
        width = max([len(name) for name in self.names] + [8])
        print(c.bold + f"{'SCENARIO':{width}}  " + "  ".join(f"{TITLES[client]:6}" for client in clients) + c.plain)
        for name in self.names:
            cells = []
            for client in clients:
                result = self.results.get((client, name))
                if name not in self.chosen.get(client, ()):
                    cells.append(f"{c.dim}{'-':6}{c.plain}")
                elif result and result["ok"]:
                    cells.append(f"{c.green}{'ok':6}{c.plain}")
                else:
                    cells.append(f"{c.red}{'FAILED':6}{c.plain}")
            print(f"{name:{width}}  {'  '.join(cells)}".rstrip())
        for name in self.names:
            self._show_problems(name, clients)
            if is_verbose:
                for client in clients:
                    self._show_exchanges(name, client, 40)
        for client, name in self.lost():
            print(f"\n{c.red}{TITLES[client]}: {name}{c.plain}\n  its client ended before")

    def _show_problems(self, name, clients):
        """Each problem once, with the clients that had it and the last exchanges of the first of them."""
        problems = {}
        for client in clients:
            result = self.results.get((client, name))
            if result and not result["ok"]:
                problems.setdefault(result["problem"].replace(client, "CLIENT"), []).append(client)
        for problem, its_clients in problems.items():
            titles = ", ".join(TITLES[client] for client in its_clients)
            print(f"\n{self._colours.red}{name} ({titles}){self._colours.plain}\n  {problem}")
            self._show_exchanges(name, its_clients[0], 6)

    def _show_exchanges(self, name, client, count):
        result = self.results.get((client, name))
        for note in result["notes"][-count:] if result else ():
            print(f"{self._colours.dim}    [{TITLES[client]}] {note}{self._colours.plain}")


async def follow(report, client, process, ready):
    async for line in process.stdout:
        event = json.loads(line)
        if event["event"] == "ready":
            ready[client].put_nowait(event["halves"])
        else:
            report.take(client, event)
    ready[client].put_nowait(None)
    return await process.wait()


async def run(options):
    clients = [client for client in CLIENTS if not options.client or client in options.client]
    is_terminal = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    report = Report(Colours(is_terminal), sys.stdout.isatty())
    began = time.monotonic()
    ready = {client: asyncio.Queue() for client in clients}
    processes, following = {}, {}
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, asyncio.current_task().cancel)
    for client in clients:
        python = options.newest if client == PLAIN_CLIENT or client.startswith("39") else options.older
        processes[client] = await asyncio.create_subprocess_exec(
            python, "-m", "scenarios.drive", "--place", options.place, "--client", client, "--only", options.only,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 24,
            cwd=Path(__file__).resolve().parent.parent,
        )
        following[client] = asyncio.create_task(follow(report, client, processes[client], ready))
    gateway = Gateway(options)
    try:
        for turn in TURNS:
            news = await asyncio.gather(*(ready[client].get() for client in clients))
            if turn != "alone" and any(news):
                await asyncio.to_thread(gateway.again, turn)
            for client, its_news in zip(clients, news):
                if its_news is not None:
                    processes[client].stdin.write(b"go\n")
                    await processes[client].stdin.drain()
                else:
                    ready[client].put_nowait(None)
        statuses = await asyncio.gather(*following.values())
    finally:
        for process in processes.values():
            if process.returncode is None:
                process.kill()
        await asyncio.gather(*following.values(), return_exceptions=True)
    report.show(clients, options.verbose)
    passed = sum(result["ok"] for result in report.results.values())
    failed = len(report.results) - passed + len(report.lost())
    died = [client for client, status in zip(clients, statuses) if status != 0]
    print(
        f"\n{len(report.names)} scenarios, {len(clients)} clients: {passed} passed, {failed} failed"
        f" in {time.monotonic() - began:.0f} s"
    )
    for client in died:
        print(f"the client {TITLES[client]} ended with status {processes[client].returncode}")
    return 0 if passed and not failed and not died else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--place", required=True)
    parser.add_argument("--newest", required=True)
    parser.add_argument("--older", required=True)
    parser.add_argument("--asked", required=True)
    parser.add_argument("--answered", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--client", action="append")
    parser.add_argument("--verbose", action="store_true")
    try:
        sys.exit(asyncio.run(run(parser.parse_args())))
    except asyncio.CancelledError:
        sys.exit(130)
