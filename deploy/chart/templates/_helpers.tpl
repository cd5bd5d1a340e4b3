{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{- define "caliwatch.name" -}}
{{ .Values.nameOverride | default .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "caliwatch.fullname" -}}
{{- $name := include "caliwatch.name" . -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{ .Values.fullnameOverride | default $full | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "caliwatch.serviceAccountName" -}}
{{ .Values.serviceAccount.name | default (.Values.serviceAccount.create | ternary (include "caliwatch.fullname" .) "default") }}
{{- end }}

{{- define "caliwatch.selectorLabels" -}}
app.kubernetes.io/name: {{ include "caliwatch.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "caliwatch.labels" -}}
{{ include "caliwatch.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: agent
app.kubernetes.io/part-of: caliwatch
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "caliwatch.image" -}}
{{- $repository := required "image.repository: name where the nodes pull caliwatch's image from (--set image.repository=registry.example/caliwatch)" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* Where Calico is on the host, by distribution, as a YAML map: run, lib, cni, felix. */}}
{{- define "caliwatch.calico" -}}
{{- $default := dict "run" "/var/run/calico" "lib" "/var/lib/calico" "cni" "/etc/cni/net.d" "felix" list -}}
{{- $snap := "/var/snap/microk8s/current" -}}
{{- $presets := dict
      "microk8s" (dict "run" (print $snap "/var/run/calico") "lib" (print $snap "/var/lib/calico") "cni" (print $snap "/args/cni-network"))
      "openshift" (dict "cni" "/var/run/multus/cni/net.d" "felix" (list "localhost:9199")) -}}
{{- $own := dict -}}
{{- with .Values.calico.runHostPath }}{{ $_ := set $own "run" . }}{{ end -}}
{{- with .Values.calico.libHostPath }}{{ $_ := set $own "lib" . }}{{ end -}}
{{- with .Values.calico.cniNetHostPath }}{{ $_ := set $own "cni" . }}{{ end -}}
{{- with .Values.calico.felixHealthAddresses }}{{ $_ := set $own "felix" . }}{{ end -}}
{{- mergeOverwrite $default (get $presets .Values.calico.hostPaths | default dict) $own | toYaml -}}
{{- end }}

{{- define "caliwatch.resources" -}}
{{- $memory := dict "small" (list "24Mi" "128Mi") "medium" (list "32Mi" "256Mi") "large" (list "96Mi" "512Mi") -}}
{{- if .Values.resources -}}
{{ toYaml .Values.resources }}
{{- else -}}
{{- $of := get $memory .Values.size -}}
requests:
  cpu: 20m
  memory: {{ index $of 0 }}
# No CPU limit: a throttled poll is a late poll.
limits:
  memory: {{ index $of 1 }}
{{- end -}}
{{- end }}

{{- define "caliwatch.monitoringKind" -}}
{{- $kind := .Values.monitoring.kind -}}
{{- if eq $kind "auto" -}}
{{- $operators := .Values.kubeRbacProxy.enabled | ternary "serviceMonitor" "podMonitor" -}}
{{- $kind = .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | ternary $operators "annotations" -}}
{{- end -}}
{{- if and (eq $kind "podMonitor") .Values.kubeRbacProxy.enabled -}}
{{- fail "monitoring.kind: a PodMonitor has no way to send Prometheus' token to kubeRbacProxy; take serviceMonitor" -}}
{{- end -}}
{{- if and (eq $kind "serviceMonitor") (not .Values.service.enabled) -}}
{{- fail "monitoring.kind: serviceMonitor needs service.enabled" -}}
{{- end -}}
{{ $kind }}
{{- end }}

{{/* What both kinds of monitor say of an endpoint. root: of all values; job; perNode: whether each node has one. */}}
{{- define "caliwatch.endpoint" -}}
{{- $monitoring := .root.Values.monitoring -}}
port: metrics
interval: {{ $monitoring.interval }}
relabelings:
  {{- if .perNode }}
  # Alerts and dashboard speak of nodes, which outlive pods and addresses.
  - action: replace
    sourceLabels: [__meta_kubernetes_pod_node_name]
    targetLabel: instance
  {{- end }}
  # The job that rules and dashboards select.
  - action: replace
    targetLabel: job
    replacement: {{ .job }}
  # A pod that is replaced would start every alert anew.
  - action: labeldrop
    regex: pod|container|endpoint
  {{- with $monitoring.cluster }}
  - action: replace
    targetLabel: cluster
    replacement: {{ . | quote }}
  {{- end }}
  {{- with $monitoring.relabelings }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with $monitoring.metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The rules of deploy/prometheus with this release's values, as YAML of `groups`. */}}
{{- define "caliwatch.rules" -}}
{{- $values := .Values.rules -}}
{{- $job := .Values.monitoring.job -}}
{{- $text := .Files.Get "files/rules.yaml"
      | replace "job=\"caliwatch\"" (printf "job=%q" $job)
      | replace "job!=\"caliwatch\"" (printf "job!=%q" $job)
      | replace "job=\"caliwatch-ipam\"" (printf "job=\"%s-ipam\"" $job)
      | replace "job!=\"caliwatch-ipam\"" (printf "job!=\"%s-ipam\"" $job)
      | replace "at the job caliwatch:" (printf "at the job %s:" $job)
      | replace "at the job caliwatch-ipam:" (printf "at the job %s-ipam:" $job)
      | replace "(cluster, job" (printf "(%s, job" $values.clusterLabel)
      | replace "(cluster)" (printf "(%s)" $values.clusterLabel)
      | replace "{cluster=%q" (printf "{%s=%%q" $values.clusterLabel)
      | replace "$labels.cluster" (printf "$labels.%s" $values.clusterLabel)
      | replace "https://caliwatch.example/runbooks" (trimSuffix "/" $values.runbookUrl) -}}
{{- $groups := list -}}
{{- $known := dict -}}
{{- range $group := (fromYaml $text).groups -}}
{{- $kept := list -}}
{{- range $rule := $group.rules -}}
{{- with $rule.alert -}}
{{- $_ := set $known . true -}}
{{- with get $values.severities . }}{{ $_ := set $rule.labels "severity" . }}{{ end -}}
{{- with get $values.for . }}{{ $_ := set $rule "for" . }}{{ end -}}
{{- end -}}
{{- if not (and $rule.alert (has $rule.alert $values.disabled)) -}}
{{- $kept = append $kept $rule -}}
{{- end -}}
{{- end -}}
{{- with $kept -}}
{{- $groups = append $groups (dict "name" $group.name "rules" .) -}}
{{- end -}}
{{- end -}}
{{- range concat $values.disabled (keys $values.severities) (keys $values.for) -}}
{{- if not (hasKey $known .) -}}
{{- fail (printf "rules: there is no alert %s; docs/runbooks has a page of each" .) -}}
{{- end -}}
{{- end -}}
{{- toYaml (dict "groups" $groups) -}}
{{- end }}
