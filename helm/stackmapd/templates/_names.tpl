{{- define "stackmapd.name" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name }}{{ else }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end -}}
{{- end }}

{{/* The size of a volume that the quota of artifacts fits into: 1 GiB more, in MiB. */}}
{{- define "stackmapd.dataSize" -}}
{{- $quota := .Values.artifacts.quota -}}
{{- $number := regexFind "^[0-9]+" $quota | int64 -}}
{{- ternary (mul $number 1024) $number (hasSuffix "GB" $quota) | add 1024 }}Mi
{{- end }}

{{/* The names that the Service has in the cluster, with commas between them. */}}
{{- define "stackmapd.hosts" -}}
{{- $name := include "stackmapd.name" . -}}
{{- $inNamespace := printf "%s.%s" $name .Release.Namespace -}}
{{- list $name $inNamespace (printf "%s.svc" $inNamespace) (printf "%s.svc.cluster.local" $inNamespace) | join "," -}}
{{- end }}

{{- define "stackmapd.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "stackmapd.labels" -}}
{{ include "stackmapd.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}
