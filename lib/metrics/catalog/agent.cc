// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>

#include "lib/metrics/metric.h"

namespace caliwatch {
namespace {

void ReadFindings(const Exposed& exposed, Samples& samples) {
  for (const Verdict& verdict : exposed.report.verdicts)
    if (verdict.judged.ok())
      samples.Add({std::string(verdict.check->name), std::string(ToString(verdict.check->severity))},
                  static_cast<double>(verdict.RootCauses()));
}

std::string FamilyLabel(const Finding& finding) { return finding.family ? std::string(ToString(*finding.family)) : ""; }

void ReadFindingsSince(const Exposed& exposed, Samples& samples) {
  for (const Verdict& verdict : exposed.report.verdicts) {
    size_t listed = 0;
    for (const OpenFinding& open : verdict.findings)
      if (!open.cause && listed++ < kListCap)
        samples.Add({std::string(verdict.check->name), open.subject, FamilyLabel(open.finding),
                     open.finding.is_peer ? open.subject : ""},
                    static_cast<double>(absl::ToUnixSeconds(open.since)));
  }
}

void ReadPollDurations(const Exposed& exposed, Samples& samples) {
  samples.Add({}, HistogramValue{{std::begin(kPollDurationBounds), std::end(kPollDurationBounds)},
                                 exposed.process.poll_duration_buckets,
                                 exposed.process.poll_duration_sum});
}

const RegisterMetrics registered{
    {"caliwatch_config_last_reload_successful",
     MetricType::Gauge,
     "1 if the configuration could be read when the agent was last told to (SIGHUP), or else when it started; 0 if it "
     "was refused, and the one before stays.",
     {},
     [](const Exposed& exposed, Samples& samples) { samples.Add({}, exposed.process.config_reload.successful); }},
    {"caliwatch_config_last_reload_success_timestamp_seconds",
     MetricType::Gauge,
     "When the configuration that the agent runs with was read.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       samples.Add({}, absl::ToDoubleSeconds(exposed.process.config_reload.last_success - absl::UnixEpoch()));
     }},
    {"caliwatch_route_events_lost_total",
     MetricType::Counter,
     "Polls before which the kernel had more route changes to tell than the agent could take: times of convergence are "
     "then those of polls.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       samples.Add({}, static_cast<double>(exposed.process.route_events_lost));
     }},
    {"caliwatch_state_file_errors_total",
     MetricType::Counter,
     "Times that the state file could not be written.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       samples.Add({}, static_cast<double>(exposed.process.state_file_errors));
     }},
    {"caliwatch_source_up",
     MetricType::Gauge,
     "1 if the last poll could read this source, 0 if not. What is made of it then stays as it was for that one poll; "
     "from the second in a row that could not read it, there are no series of it. No series for what this node does "
     "not have.",
     {"source"},
     [](const Exposed& exposed, Samples& samples) {
       for (const SourceStatus& reading : exposed.report.sources)
         samples.Add({std::string(reading.name)}, reading.status.ok());
     }},
    {"caliwatch_source_read_seconds",
     MetricType::Gauge,
     "How long the last poll took to read this source.",
     {"source"},
     [](const Exposed& exposed, Samples& samples) {
       for (const SourceStatus& reading : exposed.report.sources)
         samples.Add({std::string(reading.name)}, absl::ToDoubleSeconds(reading.took));
     }},
    {"caliwatch_source_last_success_timestamp_seconds",
     MetricType::Gauge,
     "When this source was last read.",
     {"source"},
     [](const Exposed& exposed, Samples& samples) {
       for (const SourceStatus& reading : exposed.report.sources)
         if (reading.last_good)
           samples.Add({std::string(reading.name)}, absl::ToDoubleSeconds(*reading.last_good - absl::UnixEpoch()));
     }},
    {"caliwatch_polls_failed_total",
     MetricType::Counter,
     "Polls that came to nothing, as a rule for want of memory: everything else stays as the last good one found it.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       samples.Add({}, static_cast<double>(exposed.process.polls_failed));
     }},
    {"caliwatch_polls_total",
     MetricType::Counter,
     "Polls of the node since the agent started.",
     {},
     [](const Exposed& exposed, Samples& samples) { samples.Add({}, static_cast<double>(exposed.report.polls)); }},
    {"caliwatch_last_poll_timestamp_seconds",
     MetricType::Gauge,
     "When the poll that these figures come from began.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       samples.Add({}, absl::ToDoubleSeconds(exposed.report.taken_at - absl::UnixEpoch()));
     }},
    {"caliwatch_poll_duration_seconds",
     MetricType::Histogram,
     "How long polls took, from the first read to the report.",
     {},
     ReadPollDurations},
    {"caliwatch_check_findings",
     MetricType::Gauge,
     "What a check finds wrong now, and has found for as many polls as it asks for; without what follows from another "
     "check's finding. No series while it cannot judge.",
     {"check", "severity"},
     ReadFindings},
    {"caliwatch_check_judged",
     MetricType::Gauge,
     "0 for each check that could not judge the last poll, as what it needs could not be read. No series for the "
     "others: what could judge has caliwatch_check_findings, what does not apply to this node neither.",
     {"check"},
     [](const Exposed& exposed, Samples& samples) {
       for (const Verdict& verdict : exposed.report.verdicts)
         if (verdict.lacks_something()) samples.Add({std::string(verdict.check->name)}, 0);
     }},
    {"caliwatch_checks_not_judged",
     MetricType::Gauge,
     "How many checks could not judge the last poll.",
     {},
     [](const Exposed& exposed, Samples& samples) {
       const auto& verdicts = exposed.report.verdicts;
       samples.Add({}, static_cast<double>(std::count_if(verdicts.begin(), verdicts.end(), [](const Verdict& verdict) {
                     return verdict.lacks_something();
                   })));
     }},
    {"caliwatch_finding_since_timestamp_seconds",
     MetricType::Gauge,
     "Since when a finding has held; the first 20 of each check only. family: where it concerns one; peer: where its "
     "subject is a BGP peer, or the address that peers know this node by.",
     {"check", "subject", "family", "peer"},
     ReadFindingsSince},
};

}  // namespace
}  // namespace caliwatch
