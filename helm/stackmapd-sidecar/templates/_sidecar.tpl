{{/*
One entry for `initContainers`: a native sidecar, which Kubernetes starts before the workload's containers and ends after
them. The pod also needs `shareProcessNamespace: true` and the volumes below.

It has no startup and no readiness probe: the workload must neither wait for its sidecar nor lose traffic because of it.
Its port is on loopback, where the kubelet cannot reach it, so the liveness probe is a command.
*/}}
{{- define "stackmapd-sidecar.container" -}}
{{- $values := index .Values "stackmapd-sidecar" -}}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version }}
{{- fail "stackmapd-sidecar is a native sidecar, for Kubernetes 1.29 or newer: an older one would wait for it to end" }}
{{- end }}
{{- $chart := index .Subcharts "stackmapd-sidecar" -}}
- name: stackmapd
  image: "{{ $values.image.repository }}:{{ $values.image.tag | default $chart.Chart.AppVersion }}"
  imagePullPolicy: {{ $values.image.pullPolicy }}
  restartPolicy: Always
  securityContext:
    runAsNonRoot: true
    runAsUser: {{ required "stackmapd-sidecar.runAsUser must be the user of the workload's processes" $values.runAsUser | int64 }}
    runAsGroup: {{ required "stackmapd-sidecar.runAsGroup must be the group of the workload's processes" $values.runAsGroup | int64 }}
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop: [ALL]
    seccompProfile:
      type: RuntimeDefault
  env:
    - name: STACKMAPD_MODE
      value: sidecar
    - name: STACKMAPD_STORE_KIND
      value: memory
    - name: STACKMAPD_FILES_ACCESS
      value: proc
    - name: SERVER_ADDRESS
      value: 127.0.0.1
    - name: SERVER_PORT
      value: {{ $values.port | quote }}
    - name: STACKMAPD_ARTIFACTS_STORAGE
      value: /data/artifacts
    - name: STACKMAPD_ARTIFACTS_QUOTA
      value: {{ $values.artifacts.quota | quote }}
    - name: STACKMAPD_ARTIFACTS_FREEPERCENT
      value: {{ $values.artifacts.freePercent | quote }}
    - name: STACKMAPD_ARTIFACTS_EVICTUPLOADS
      value: {{ $values.artifacts.evictUploads | quote }}
    - name: STACKMAPD_ARTIFACTS_MAXFILE
      value: {{ $values.artifacts.maxFile | quote }}
    - name: STACKMAPD_ARTIFACTS_MAXUPLOADTIME
      value: {{ $values.artifacts.maxUploadTime | quote }}
    - name: STACKMAPD_DEBUGINFOD_TIMEOUT
      value: {{ $values.debuginfod.timeout | quote }}
    {{- with $values.debuginfod.upstreams }}
    - name: STACKMAPD_DEBUGINFOD_UPSTREAMS
      value: {{ join "," . | quote }}
    {{- end }}
    {{- with $values.debuginfod.allow }}
    - name: STACKMAPD_DEBUGINFOD_ALLOW
      value: {{ join "," . | quote }}
    {{- end }}
    {{- with $values.env }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  livenessProbe:
    exec:
      command: [/app/health, liveness]
    initialDelaySeconds: 20
    periodSeconds: 20
    timeoutSeconds: 5
  resources: {{- toYaml $values.resources | nindent 4 }}
  volumeMounts:
    - {name: stackmapd-data, mountPath: /data}
    - {name: stackmapd-tmp, mountPath: /tmp}
{{- end }}

{{/* Entries for `volumes`, which the container above mounts. */}}
{{- define "stackmapd-sidecar.volumes" -}}
{{- $quota := (index .Values "stackmapd-sidecar").artifacts.quota -}}
{{- $number := regexFind "^[0-9]+" $quota | int64 -}}
- name: stackmapd-data
  emptyDir:
    # The quota of what is kept there, and 1 GiB.
    sizeLimit: {{ ternary (mul $number 1024) $number (hasSuffix "GB" $quota) | add 1024 }}Mi
- name: stackmapd-tmp
  emptyDir: {}
{{- end }}
