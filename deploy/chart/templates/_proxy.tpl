{{/* SPDX-License-Identifier: Apache-2.0
kube-rbac-proxy beside the agent. The token that it asks the API server with is mounted into its container alone. */}}
{{- define "caliwatch.proxyContainer" -}}
{{- $proxy := .Values.kubeRbacProxy -}}
- name: kube-rbac-proxy
  image: {{ $proxy.image.repository }}{{ if $proxy.image.digest }}@{{ $proxy.image.digest }}{{ else }}:{{ $proxy.image.tag }}{{ end }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args:
    - --secure-listen-address=:{{ .Values.port }}
    - --upstream=http://127.0.0.1:{{ $proxy.upstreamPort }}/
    {{- if $proxy.tlsSecret }}
    - --tls-cert-file=/etc/tls/private/tls.crt
    - --tls-private-key-file=/etc/tls/private/tls.key
    {{- end }}
  ports:
    - name: metrics
      containerPort: {{ .Values.port }}
      hostPort: {{ .Values.port }}
      protocol: TCP
  resources:
    {{- toYaml $proxy.resources | nindent 4 }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 65534
    runAsGroup: 65534
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop:
        - ALL
  volumeMounts:
    - name: proxy-token
      mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      readOnly: true
    {{- if $proxy.tlsSecret }}
    - name: proxy-tls
      mountPath: /etc/tls/private
      readOnly: true
    {{- end }}
{{- end }}

{{- define "caliwatch.proxyVolumes" -}}
- name: proxy-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- with .Values.kubeRbacProxy.tlsSecret }}
- name: proxy-tls
  secret:
    secretName: {{ . }}
{{- end }}
{{- end }}
