// SPDX-License-Identifier: Apache-2.0
#pragma once

// Lines for a shell, for Finding::commands. What a node has given stands in them as a shell's word, so that no name of
// an interface is ever carried out.

#include <string>
#include <vector>

#include <absl/strings/string_view.h>

#include "lib/analysis/evidence/evidence.h"
#include "lib/analysis/findings/finding.h"

namespace caliwatch {

using Commands = std::vector<Command>;

// `where`: as Command::where.
Command Look(std::string line, std::string where = "");
Command Change(std::string line, std::string where = "");

// What a finding is about, as a word.
std::string SubjectWord(const Finding& finding);
// The first interface among `related`, as it is named; "" for none.
std::string InterfaceOf(const Finding& finding);
// "ip" or "ip -6".
absl::string_view Ip(Family family);
// The name that Calico has for this node, as a word; where it could not be read, NODE.
std::string NodeWord(const Evidence& evidence);

// kubectl's, of the pod of calico-node on this node: each finds the namespace by itself, calico-system or kube-system.
std::string CalicoNodePod(const Evidence& evidence);  // where it is, how it does
std::string DescribeCalicoNode(const Evidence& evidence);
// `grep`: its arguments, as they are to be in the line; "": the last lines of all.
std::string CalicoNodeLog(const Evidence& evidence, absl::string_view grep = "");
std::string CalicoNodeLogBefore(const Evidence& evidence);  // of the container before
Command RestartCalicoNode(const Evidence& evidence);
// What this node's BIRD is to be told: "show protocols", "restart direct1".
std::string Birdcl(const Evidence& evidence, Family family, absl::string_view words);

// The same of another node, which is known by its address.
std::string CalicoNodePodAt(const IpAddress& node);
Command RestartCalicoNodeAt(const IpAddress& node);
std::string BirdclAt(const IpAddress& node, absl::string_view words);
// Command::where for it: "the node of 10.39.1.12".
std::string NodeOf(const IpAddress& address);

std::string CalicoNode(const Evidence& evidence);  // this node's resource, by calicoctl

// Null: there is none, or links could not be read.
const Link* LinkNamed(absl::string_view name, const Evidence& evidence);
// `line` in the network namespace of the pod behind the interface, by way of any process that is there; "" where its
// number is not known.
std::string InPodBehind(absl::string_view interface, absl::string_view line, const Evidence& evidence);
// What the pod behind the interface calls its end of it; "eth0" where nobody looked inside.
std::string EndInPod(absl::string_view interface, const Evidence& evidence);
// "pod default/web-1", whose the interface is or was; "" where nobody knows.
std::string OwnerAt(absl::string_view interface, const Evidence& evidence);
// For kubectl: "-n default web-1"; "" of what is no pod.
std::string KubectlPod(absl::string_view owner);

}  // namespace caliwatch
