# SPDX-License-Identifier: Apache-2.0
"""What Calico keeps in etcd as the custom resources that it keeps in the Kubernetes API instead: the same values under
other names. As in libcalico-go (lib/backend/k8s/resources), of which only what IPAM needs is here."""

import base64
import json

GROUP = "crd.projectcalico.org"
KINDS = {  # by the plural
    "ippools": "IPPool",
    "ipamblocks": "IPAMBlock",
    "ipamhandles": "IPAMHandle",
    "blockaffinities": "BlockAffinity",
    "ipamconfigs": "IPAMConfig",
    "ipreservations": "IPReservation",
    "clusterinformations": "ClusterInformation",
}
COLLECTIONS = {plural: f"/apis/{GROUP}/v1/{plural}" for plural in KINDS}
_IPAM = "/calico/ipam/v2/"
_RESOURCES = "/calico/resources/v3/projectcalico.org/"


def definitions():
    """The CustomResourceDefinitions. Calico's own have schemas; ours take what is written, as those do in all that
    Calico writes."""
    return [_definition(plural, kind) for plural, kind in KINDS.items()]


def _definition(plural, kind):
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{GROUP}"},
        "spec": {
            "group": GROUP,
            "scope": "Cluster",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}},
            ],
        },
    }


def dumped(text):
    """{key: value} of `etcdctl get --prefix /calico/ -w json`."""
    decoded = lambda part: base64.b64decode(part).decode()
    return {decoded(kv["key"]): json.loads(decoded(kv["value"])) for kv in json.loads(text)["kvs"]}


def dump(records):
    """The reverse. Revisions are made up: nobody here looks at them."""
    encoded = lambda text: base64.b64encode(text.encode()).decode()
    revisions = {"create_revision": 1, "mod_revision": 1, "version": 1}
    kvs = [{"key": encoded(key), **revisions, "value": encoded(json.dumps(records[key]))} for key in sorted(records)]
    return json.dumps({"header": {"cluster_id": 1, "member_id": 1, "revision": 1, "raft_term": 1}, "kvs": kvs})


def custom_resource(key, value):
    """(plural, object) of an etcd key and its value; None for what has another home in the Kubernetes API (nodes,
    endpoints), or none."""
    if key.startswith(_IPAM):
        plural, name, spec = _of_ipam(key.removeprefix(_IPAM).split("/"), value)
        metadata = {}
    elif key.startswith(_RESOURCES):
        plural, _, name = key.removeprefix(_RESOURCES).partition("/")
        if plural not in KINDS:
            return None
        # The object's own metadata is Kubernetes'; Calico's goes with it as an annotation.
        spec, metadata = value["spec"], {"annotations": {"projectcalico.org/metadata": json.dumps(value["metadata"])}}
    else:
        return None
    body = {"apiVersion": f"{GROUP}/v1", "kind": KINDS[plural], "metadata": {"name": name, **metadata}, "spec": spec}
    return plural, body


def _of_ipam(parts, value):
    match parts:
        case ["assignment", _, "block", cidr]:
            return "ipamblocks", _name(cidr), value
        case ["handle", handle]:
            return "ipamhandles", handle.lower(), {"handleID": handle, **value}
        case ["host" | "virtual" as kind, node, _, "block", cidr]:
            spec = {"node": node, "cidr": _cidr(cidr), "type": kind, "state": value["state"]}
            deleted = "true" if value.get("deleted") else "false"
            return "blockaffinities", f"{node}-{_name(cidr)}", {**spec, "deleted": deleted}
        case ["config"]:
            return "ipamconfigs", "default", {_camel(field): said for field, said in value.items()}
    raise ValueError(f"no key of Calico's IPAM: {parts}")


def _name(cidr):
    return cidr.replace(".", "-").replace(":", "-")


def _cidr(name):
    address, _, length = name.rpartition("-")
    return f"{address}/{length}"


def _camel(name):
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
