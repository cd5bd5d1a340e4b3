# SPDX-License-Identifier: Apache-2.0
"""The `lab` command."""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import signal
import sys

from calicolab import arguments as lab_arguments
from calicolab import demo, faults, scenarios, show, trial
from calicolab.client import Client, running_labs
from calicolab.errors import EXIT_SKIP, LabError, LabUnavailable
from calicolab.lab import Lab


def main(argv=None):
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends as Ctrl-C does
    try:
        return options.action(options) or 0
    except LabError as problem:
        print(f"lab: {problem}", file=sys.stderr)
        return EXIT_SKIP if isinstance(problem, LabUnavailable) else 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def _parser():
    top = argparse.ArgumentParser(prog="lab", description="A Calico cluster on this machine, in namespaces of its own.")
    top.add_argument("--name", help="which lab, where several run at once")
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(name, action, text, *parameters):
        made = commands.add_parser(name, help=text, description=text)
        made.set_defaults(action=action)
        for parameter in parameters:
            made.add_argument(parameter)
        return made

    lab_arguments.add_to(command("up", _up, "start a lab and keep it until Ctrl-C or `lab down`"))
    demo.add_to(command("demo", _demo, "a lab with an agent on each node, and a prompt to break things"))
    command("status", _status, "nodes, sessions, pods, agents and faults in force")
    command("down", lambda options: _client(options).down(), "end the lab")
    run = command("exec", _exec, "run a command at a node, a pod (namespace/name), the monitor or the gateway", "where")
    run.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- COMMAND ...")
    scenario = command("scenario", _scenario, "restart a BIRD in a lab of its own, and time what follows")
    scenario.add_argument(
        "scenario", nargs="*", help="all short ones unless named; those that begin with long- take 5 minutes"
    )
    scenario.add_argument("--list", action="store_true", help="what there is")
    scenario.add_argument(
        "--agent", type=os.path.abspath, metavar="PATH", help="what this caliwatch makes of it, beside the truth"
    )
    scenario.add_argument("--bird", metavar="1.6.8|2.0.12", help="another version than the scenario's own")
    scenario.add_argument("--at-once", type=int, default=4, metavar="LABS", help="how many run side by side; default 4")
    command("faults", _faults, "what can be broken")
    command("fault", _fault, "break something; see `lab faults`", "fault").add_argument("arguments", nargs="*")
    command("heal", _heal, "heal a fault, or all").add_argument("fault", nargs="?")
    _add_groups(command)
    return top


def _add_groups(command):
    pod = command("pod", _pod, "add or delete a pod")
    pod.add_argument("verb", choices=["add", "delete"])
    pod.add_argument("node")
    pod.add_argument("pod", nargs="?", help="namespace/name")
    node = command("node", _node, "a node joins the cluster, or leaves it for good")
    node.add_argument("verb", choices=["add", "remove"])
    node.add_argument("node")
    node.add_argument("octet", nargs="?", type=int, help="the last one of a new node's address")
    bird = command("bird", _bird, "command a node's BIRDs")
    bird.add_argument("verb", choices=["kill", "start", "restart", "stop", "cont", "reload"])
    bird.add_argument("node")
    bird.add_argument("--signal", type=_signal, default=signal.SIGKILL, help="to kill it with; default KILL")
    bird.add_argument("--no-recover", action="store_true", help="start it without -R")
    agent = command("agent", _agent, "command a node's agent")
    agent.add_argument("verb", choices=["start", "stop", "kill", "log"])
    agent.add_argument("node")


def _signal(text):
    return signal.Signals[f"SIG{text.upper()}"]


def _client(options):
    """Of the lab named on the command line, or of the only one that runs."""
    names = [options.name] if options.name else running_labs()
    if not names:
        raise LabError("no lab runs; start one with `lab up`")
    if len(names) > 1:
        raise LabError(f"several labs run; choose one with --name: {', '.join(names)}")
    return Client(names[0])


def _up(options):
    lab = Lab(options.name or "lab", say=show.step, wait=False, **lab_arguments.lab_options(options))
    try:
        lab.start()
        show.step("waiting for BGP")
        lab.wait_for_bgp()
        show.step("ready. In a second terminal: `lab status`, `lab exec node1 -- birdc show protocols`. Ctrl-C ends it")
        lab.wait()
    finally:
        lab.close()


def _demo(options):
    return demo.run(options)


def _status(options):
    print(show.status(_client(options).status()))


def _exec(options):
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    if not argv:
        raise LabError("say what to run: lab exec node1 -- birdc show protocols")
    code = _client(options).node(options.where).run_here(argv)
    return code if code >= 0 else 128 - code


def _scenario(options):
    if options.list:
        for each in scenarios.SCENARIOS.values():
            print(f"{each.name:24} {each.text}")
        return
    names = options.scenario or [name for name in scenarios.SCENARIOS if not name.startswith("long-")]
    chosen = [scenarios.find(name) for name in names]
    alone = len(chosen) == 1
    say = {"say": show.step} if alone else {}
    with concurrent.futures.ThreadPoolExecutor(options.at_once) as labs:
        trials = [labs.submit(trial.Trial(each, options.agent, bird=options.bird, **say).run) for each in chosen]
        print(show.SCENARIO_HEAD, flush=True) if not alone else None
        for each, submitted in zip(chosen, trials):
            results = submitted.result()
            if alone:
                print(show.SCENARIO_HEAD)
            for result in results:
                print(show.scenario_row(each, result), flush=True)
    if alone:
        for result in results:
            print(f"\n{result.family}:\n{show.scenario_details(result)}")


def _faults(_):
    print(show.faults(faults.describe()))


def _fault(options):
    print(_client(options).fault(options.fault, *options.arguments))


def _heal(options):
    print("healed:", ", ".join(_client(options).heal(options.fault)) or "nothing was broken")


def _pod(options):
    if options.verb == "add":
        print(_client(options).add_pod(options.node, options.pod))
    elif not options.pod:
        raise LabError("say which pod: lab pod delete node1 default/node1-pod1")
    else:
        _client(options).delete_pod(options.node, options.pod)


def _node(options):
    if options.verb == "remove":
        _client(options).remove_node(options.node)
    elif options.octet is None:
        raise LabError("say the last octet of its address: lab node add node5 15")
    else:
        _client(options).add_node(options.node, options.octet)


def _bird(options):
    lab, recover = _client(options), not options.no_recover
    {
        "kill": lambda: lab.kill_bird(options.node, options.signal),
        "start": lambda: lab.start_bird(options.node, recover=recover),
        "restart": lambda: lab.restart_bird(options.node, options.signal, recover=recover),
        "stop": lambda: lab.stop_bird(options.node),
        "cont": lambda: lab.continue_bird(options.node),
        "reload": lambda: lab.reconfigure(options.node),
    }[options.verb]()


def _agent(options):
    lab = _client(options)
    if options.verb == "log":
        return lab.node(options.node).run_here(["sh", "-c", 'cat "$CALICO_RUN_DIR/../agent.log"'])
    if options.verb == "start":
        lab.start_agent(options.node)
    else:
        lab.kill_agent(options.node, signal.SIGTERM if options.verb == "stop" else signal.SIGKILL)
    return 0
