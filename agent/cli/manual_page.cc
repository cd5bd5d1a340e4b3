// SPDX-License-Identifier: Apache-2.0
#include "agent/cli/manual_page.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>

#include "agent/cli/command.h"

namespace caliwatch {
namespace {

// A line that begins with a dot or a quote would be a request.
std::string Roff(absl::string_view text) {
  const std::string escaped =
      absl::StrReplaceAll(text, {{"\\", "\\e"}, {"-", "\\-"}, {"`", "\\`"}, {"'", "\\(aq"}, {"…", "\\&..."}});
  return absl::StartsWith(escaped, ".") ? "\\&" + escaped : escaped;
}

std::string CommandSection(const Subcommand& command) {
  std::string page = absl::StrCat(".SS caliwatch ", command.name, "\n", Roff(command.about), "\n");
  for (const Option& option : AllOptions(command)) {
    const bool takes_value = option.is_flag() && !option.placeholder.empty();
    const std::string short_name = option.short_name.empty() ? "" : absl::StrCat(Roff(option.short_name), "\\fR, \\fB");
    absl::StrAppend(&page, ".TP\n\\fB", short_name, Roff(option.name), "\\fR",
                    takes_value ? absl::StrCat("=\\fI", Roff(option.placeholder), "\\fR") : "", "\n", Roff(option.help),
                    "\n");
  }
  return page;
}

}  // namespace

std::string ManualPage() {
  std::string page = R"(.\" Made by `make docs` from the program's own command line.
.TH CALIWATCH 1 "" "caliwatch" "User Commands"
.SH NAME
caliwatch \- watch one node's Calico network: routes, BGP sessions, neighbors, workloads
.SH SYNOPSIS
.B caliwatch
.I COMMAND
[\fIFLAG\fR]...
.SH DESCRIPTION
caliwatch reads the kernel's tables, BIRD and Calico's files on one node, judges them, and serves the judgement to
Prometheus, to a browser and to a person at a terminal. It changes nothing.
.SH COMMANDS
)";
  for (const Subcommand& command : AllCommands()) absl::StrAppend(&page, CommandSection(command));
  return absl::StrCat(page, R"(.SH CONFIGURATION FILE
YAML with the same names, split at the first dot; flags go before it.
.PP
.nf
web:
  listen\-address: ["127.0.0.1:10179"]
poll:
  interval: 10s
.fi
.SH SIGNALS
.TP
.B SIGHUP
The agent reads its configuration file again and applies what is marked Live; a wrong file is refused, and the running
configuration stays.
.TP
.BR SIGTERM ", " SIGINT
End the agent.
.SH EXIT STATUS
.TP
.B 0
Done; of \fBcheck\fR: nothing wrong was found.
.TP
.B 1
Failed; of \fBcheck\fR: there are findings.
.TP
.B 2
\fBcheck\fR cannot judge: something that this node should have could not be read.
.TP
.B 3
\fBcheck\fR cannot say yet: BIRD has just started, and its sessions are not all up. Ask again.
.TP
.B 64
The command line or the configuration is wrong.
.TP
.B 70
A fault of caliwatch itself.
.SH ENVIRONMENT
.TP
.B NO_COLOR
If set, \fBcheck\fR and \fBwatch\fR use no colour.
.SH FILES
.TP
.I /var/run/calico
BIRD's control sockets and Felix's files about workloads.
.TP
.I /var/lib/caliwatch/state
What the agent remembers: expected peers and routes, counters, findings.
.SH EXAMPLES
.TP
.B caliwatch check
What is wrong with this node now.
.TP
.B caliwatch explain bgp_peer_down
What that finding means, and what to do.
.TP
.B caliwatch record /tmp/node && caliwatch check \-\-replay=/tmp/node
The same elsewhere, from a recording.
.SH SEE ALSO
.BR bird (8),
.BR ip (8)
)");
}

}  // namespace caliwatch
