{{/* SPDX-License-Identifier: Apache-2.0
Of the one pod that looks at Calico's IPAM. Its name is another than the agents', whose selectors would take it for one of them. */}}
{{- define "caliwatch.ipamName" -}}
{{ include "caliwatch.name" . | trunc 58 | trimSuffix "-" }}-ipam
{{- end }}

{{- define "caliwatch.ipamFullname" -}}
{{ include "caliwatch.fullname" . | trunc 58 | trimSuffix "-" }}-ipam
{{- end }}

{{- define "caliwatch.ipamJob" -}}
{{ .Values.monitoring.job }}-ipam
{{- end }}

{{- define "caliwatch.ipamSelectorLabels" -}}
app.kubernetes.io/name: {{ include "caliwatch.ipamName" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "caliwatch.ipamLabels" -}}
{{- $own := merge (dict "app.kubernetes.io/component" "ipam") (include "caliwatch.ipamSelectorLabels" . | fromYaml) -}}
{{- merge $own (include "caliwatch.labels" . | fromYaml) | toYaml -}}
{{- end }}

{{- define "caliwatch.ipamImage" -}}
{{- $own := .Values.ipam.image -}}
{{- $agents := required "image.repository: name where the nodes pull caliwatch's image from, or for this pod ipam.image.repository" (.Values.image.repository | default $own.repository) -}}
{{- $repository := $own.repository | default (printf "%s-ipam" $agents) -}}
{{- if $own.digest -}}
{{ $repository }}@{{ $own.digest }}
{{- else -}}
{{ $repository }}:{{ $own.tag | default .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The value of --cluster.nodes; empty: none. As the agents' own, where this pod may ask them at all. */}}
{{- define "caliwatch.ipamClusterNodes" -}}
{{- if and .Values.clusterPage.enabled .Values.service.enabled (not .Values.kubeRbacProxy.enabled) (ne .Values.ipam.agents "none") -}}
dns:{{ include "caliwatch.fullname" . }}.{{ .Release.Namespace }}.svc:{{ .Values.port }}
{{- end -}}
{{- end }}

{{/* The value of --agents; empty: none. */}}
{{- define "caliwatch.ipamAgents" -}}
{{- $agents := .Values.ipam.agents -}}
{{- if and (ne $agents "none") .Values.kubeRbacProxy.enabled -}}
{{- fail "ipam.agents: behind kubeRbacProxy the agents cannot be asked, since they want TLS and a token; take none" -}}
{{- end -}}
{{- if eq $agents "nodes" -}}
nodes:{{ .Values.port }}
{{- else if ne $agents "none" -}}
{{ $agents }}
{{- end -}}
{{- end }}
