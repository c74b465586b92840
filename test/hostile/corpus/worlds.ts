/** Scripts that would keep a cluster busy: controllers that fight, storms of pods, objects of a megabyte, policies and webhooks without end. */
import type { Row } from './row.ts'

const on = (yaml: string, then = '') => `kubectl apply -f - <<'E'\n${yaml}\nE\n${then}`
const CRASH = `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 400
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["false"]}]}}`
const CRON = (par: number, cmd: string) => `apiVersion: batch/v1
kind: CronJob
metadata: {name: j}
spec:
  schedule: "* * * * *"
  jobTemplate: {spec: {parallelism: ${par}, completions: ${par}, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: [${cmd}]}]}}}}`
const VAP = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: v}
spec:
  failurePolicy: Ignore
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"]}]}
  validations: [{expression: "object.data.all(a, object.data.all(b, object.data.all(c, object.data.all(d, a+b+c+d != 'x'))))"}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: v}
spec: {policyName: v, validationActions: [Warn]}`
const DEP = (n: string, r: number, img = 'nginx:1.27') => `kubectl create deployment ${n} --image=${img} --replicas=${r}`
const deepJson = (n: number) => `${'{"a":'.repeat(n)}1${'}'.repeat(n)}`
const hooks = (_extra = '') => `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: w}
webhooks:
- name: a.x.io
  admissionReviewVersions: [v1]
  sideEffects: None
  failurePolicy: Ignore
  timeoutSeconds: 30
  clientConfig: {service: {name: web, namespace: default, port: 80}}
  rules: [{apiGroups: ["*"], apiVersions: ["*"], operations: ["*"], resources: ["*/*"]}]`
const MAP = `apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicy
metadata: {name: m}
spec:
  failurePolicy: Ignore
  reinvocationPolicy: IfNeeded
  matchConstraints: {resourceRules: [{apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE","UPDATE"], resources: ["configmaps"]}]}
  mutations: [{patchType: ApplyConfiguration, applyConfiguration: {expression: "Object{data: {'a': object.data.a + object.data.a}}"}}]
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingAdmissionPolicyBinding
metadata: {name: m}
spec: {policyName: m}`
const MAPS = (n: number) =>
  Array.from({ length: n }, (_, i) =>
    MAP.replaceAll('name: m}', `name: m${i}}`)
      .replaceAll('policyName: m', `policyName: m${i}`)
      .replace(
        'ApplyConfiguration, applyConfiguration: {expression: "Object{data: {\'a\': object.data.a + object.data.a}}"}',
        `JSONPatch, jsonPatch: {expression: "[JSONPatch{op: 'add', path: '/data/k${i}', value: string(size(object.data))}]"}`,
      ),
  ).join('\n---\n')

export const rows: readonly Row[] = [
  ['replicas 4999', `${DEP('x', 4999)}; sleep 60`],
  ['deployment crashing', on(CRASH, 'sleep 36000')],
  ['cron x50 sleeping', on(CRON(50, '"sleep","50"'), 'sleep 86400')],
  ['cron minutely a day', on(CRON(1, '"true"'), 'sleep 86400')],
  [
    'curl loop',
    `${DEP('web', 2)}; kubectl expose deployment web --port=80 --type=NodePort; sleep 10; while :; do curl -s http://node-a:$(kubectl get svc web -o jsonpath={.spec.ports[0].nodePort}) >x; done`,
  ],
  [
    'curl loop plain',
    `${DEP('web', 2)}; kubectl expose deployment web --port=80 --type=NodePort; sleep 10; p=$(kubectl get svc web -o jsonpath={.spec.ports[0].nodePort}); while :; do curl -s http://192.168.0.101:$p >x; done`,
  ],
  [
    'crd loop',
    `i=0; while :; do i=$((i+1)); kubectl apply -f - <<E
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos$i.x.io}
spec: {group: x.io, scope: Namespaced, names: {plural: foos$i, singular: foo$i, kind: Foo$i}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}
E
done`,
  ],
  [
    'vap nested',
    on(
      VAP,
      `sleep 5; kubectl create configmap c $(for i in $(seq 200); do echo --from-literal=k$i=v$i; done); for i in $(seq 100); do kubectl annotate cm c a=$i --overwrite; done`,
    ),
  ],
  [
    '250 services rollouts',
    `${DEP('web', 10)}; for i in $(seq 250); do kubectl expose deployment web --name=s$i --port=80; done; while :; do kubectl rollout restart deployment web; sleep 30; done`,
  ],
  ['1MB configmaps', `yes | head -c 900000 > f; for i in $(seq 1000); do kubectl create configmap c$i --from-file=f; done`],
  [
    '1MB configmap updates',
    `yes | head -c 900000 > f; kubectl create configmap c --from-file=f; while :; do kubectl annotate cm c a=$RANDOM --overwrite > /dev/null; done`,
  ],
  [
    '1MB get loop',
    `yes | head -c 900000 > f; kubectl create configmap c --from-file=f; while :; do kubectl get cm c -o yaml > /dev/null; done`,
  ],
  [
    '1MB get json',
    `yes | head -c 900000 > f; kubectl create configmap c --from-file=f; while :; do kubectl get cm c -o json | jq . > /dev/null; done`,
  ],
  [
    '1MB describe',
    `yes | head -c 900000 > f; kubectl create configmap c --from-file=f; while :; do kubectl describe cm c > /dev/null; done`,
  ],
  [
    '1MB apply',
    `(echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: c}'; echo 'data:'; for i in $(seq 10000); do echo "  k$i: v$i"; done) > f.yaml; while :; do kubectl apply -f f.yaml; sed -i 's/v/w/' f.yaml; done`,
  ],
  [
    'ssa many keys',
    `(echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: c}'; echo 'data:'; for i in $(seq 5000); do echo "  k$i: v$i"; done) > f.yaml; while :; do kubectl apply --server-side --force-conflicts --field-manager m$RANDOM -f f.yaml > /dev/null; done`,
  ],
  [
    'dry-run create big',
    `(echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: c}'; echo 'data:'; for i in $(seq 5000); do echo "  k$i: v$i"; done) > f.yaml; while :; do kubectl create --dry-run=client -f f.yaml -o yaml > /dev/null; done`,
  ],
  [
    'kubectl diff big',
    `(echo 'apiVersion: v1'; echo 'kind: ConfigMap'; echo 'metadata: {name: c}'; echo 'data:'; for i in $(seq 3000); do echo "  k$i: v$i"; done) > f.yaml; kubectl apply -f f.yaml; sed -i 's/v/w/' f.yaml; while :; do kubectl diff -f f.yaml > /dev/null; done`,
  ],
  [
    'mounted cm churn',
    on(
      `apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {a: b}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "nginx:1.27", volumeMounts: [{name: v, mountPath: /v}]}], volumes: [{name: v, configMap: {name: c}}]}}`,
      'sleep 60; while :; do kubectl annotate cm c a=$RANDOM --overwrite; sleep 1; done',
    ),
  ],
  [
    'many watches',
    `for i in $(seq 150); do kubectl get pods -w > w$i & done; ${DEP('x', 200)}; while :; do kubectl scale deployment x --replicas=0; sleep 5; kubectl scale deployment x --replicas=200; sleep 5; done`,
  ],
  ['kubectl wait', `while :; do kubectl wait --for=condition=Ready pod --all --timeout=1s; done`],
  [
    'many waits',
    `kubectl create cm a2; for i in $(seq 150); do kubectl wait --for=jsonpath='{.data.x}'=y cm/a2 --timeout=1h & done; while :; do kubectl annotate cm a2 a=$RANDOM --overwrite; sleep 1; done`,
  ],
  [
    'selector 10000 terms',
    `s=$(printf 'a%s!=b,' $(seq 10000)); ${DEP('x', 200)}; sleep 10; while :; do kubectl get pods -l "\${s%,}" | wc -l; done`,
  ],
  [
    'selector in 10000',
    `s=$(printf 'b%s,' $(seq 10000)); ${DEP('x', 200)}; sleep 10; while :; do kubectl get pods -l "app notin (\${s%,})" | wc -l; done`,
  ],
  [
    'deploy selector 5000 labels',
    `(echo '{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"r"},"spec":{"replicas":300,"selector":{"matchLabels":{'; for i in $(seq 3000); do printf '"k%s":"v",' $i; done; echo '"z":"v"}},"template":{"metadata":{"labels":{'; for i in $(seq 3000); do printf '"k%s":"v",' $i; done; echo '"z":"v"}},"spec":{"containers":[{"name":"c","image":"nginx:1.27"}]}}}}') > f.json; kubectl apply -f f.json; sleep 600`,
  ],
  [
    'matchExpressions 10000',
    `(echo '{"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"r"},"spec":{"minAvailable":1,"selector":{"matchExpressions":['; for i in $(seq 10000); do printf '{"key":"k%s","operator":"DoesNotExist"},' $i; done; echo '{"key":"z","operator":"DoesNotExist"}]}}}') > f.json; kubectl apply -f f.json; ${DEP('x', 300)}; sleep 600; kubectl delete pods --all; sleep 600`,
  ],
  [
    'huge annotations',
    `x=$(yes | head -c 240000); kubectl create cm c; while :; do kubectl annotate cm c a="$x" --overwrite > /dev/null; kubectl annotate cm c a- > /dev/null; done`,
  ],
  [
    'pod with 1000 envs',
    `(echo '{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":200,"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"nginx:1.27","env":['; for i in $(seq 3000); do printf '{"name":"E%s","value":"$(E%s)x"},' $i $((i-1)); done; echo '{"name":"E0","value":"xxxxxxxxxx"}]}]}}}}') > f.json; kubectl apply -f f.json; sleep 600`,
  ],
  [
    'pod with env doubling',
    `(echo '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"d"},"spec":{"containers":[{"name":"c","image":"nginx:1.27","env":[{"name":"E0","value":"xxxxxxxxxx"}'; for i in $(seq 60); do printf ',{"name":"E%s","value":"$(E%s)$(E%s)"}' $i $((i-1)) $((i-1)); done; echo ']}]}}') > f.json; kubectl apply -f f.json; sleep 60; kubectl exec d -- env | wc -c`,
  ],
  [
    'pod with 3000 containers',
    `(echo '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"d"},"spec":{"containers":[{"name":"c","image":"nginx:1.27"}'; for i in $(seq 3000); do printf ',{"name":"c%s","image":"busybox:1.36","command":["sleep","1d"]}' $i; done; echo ']}}') > f.json; kubectl apply -f f.json; sleep 60`,
  ],
  [
    'pod with 3000 crashing',
    `(echo '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"d"},"spec":{"containers":[{"name":"c","image":"nginx:1.27"}'; for i in $(seq 1000); do printf ',{"name":"c%s","image":"busybox:1.36","command":["false"]}' $i; done; echo ']}}') > f.json; kubectl apply -f f.json; sleep 6000`,
  ],
  ['deep json patch', `kubectl create cm c; while :; do kubectl patch cm c --type merge -p '${deepJson(2000)}'; done`],
  [
    'json patch 10000 ops',
    `kubectl create cm c --from-literal=a=b; p=$(printf '{"op":"add","path":"/data/k%s","value":"v"},' $(seq 10000)); while :; do kubectl patch cm c --type json -p "[\${p%,}]" > /dev/null; done`,
  ],
  [
    'json patch copy bomb',
    `kubectl create cm c --from-literal=a=b; p=$(printf '{"op":"copy","from":"/metadata","path":"/metadata/annotations/k%s"},' $(seq 1000)); while :; do kubectl patch cm c --type json -p "[\${p%,}]" | tail -c 100; kubectl patch cm c --type json -p '[{"op":"copy","from":"/data","path":"/data/a"},{"op":"copy","from":"/data","path":"/data/b"}]' | tail -c 100; done`,
  ],
  [
    'json patch copy double',
    `kubectl create cm c --from-literal=a=b; p=$(printf '{"op":"copy","from":"/data","path":"/data/k%s"},' $(seq 25)); kubectl patch cm c --type json -p "[\${p%,}]" | tail -c 100`,
  ],
  [
    'crd deep',
    `kubectl apply -f - <<'E'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.x.io}
spec: {group: x.io, scope: Namespaced, names: {plural: foos, singular: foo, kind: Foo}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]}
E
sleep 5; echo '{"apiVersion":"x.io/v1","kind":"Foo","metadata":{"name":"f"},"spec":${deepJson(60)}}' > f.json; kubectl apply -f f.json; while :; do kubectl patch foo f --type merge -p '{"spec":${deepJson(300)}}' | tail -c 100; done`,
  ],
  [
    'crd pattern cel',
    `kubectl apply -f - <<'E'
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: foos.x.io}
spec: {group: x.io, scope: Namespaced, names: {plural: foos, singular: foo, kind: Foo}, versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {l: {type: array, items: {type: integer}, x-kubernetes-validations: [{rule: "self.all(x, self.all(y, self.all(z, x + y + z >= 0)))"}]}, s: {type: string, pattern: "^(a+)+$"}}}}}}}]}
E
sleep 5; while :; do kubectl apply -f - <<E
apiVersion: x.io/v1
kind: Foo
metadata: {name: f}
spec: {s: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab, l: [$(seq -s, 500)]}
E
done`,
  ],
  ['explain', `while :; do kubectl explain pod --recursive > /dev/null; done`],
  ['explain crd', `while :; do kubectl explain deployments.spec.template.spec.containers > /dev/null; done`],
  ['describe large', `${DEP('x', 300)}; sleep 60; while :; do kubectl describe pods > /dev/null; done`],
  ['describe nodes', `${DEP('x', 300)}; sleep 60; while :; do kubectl describe nodes > /dev/null; done`],
  ['get all -A', `${DEP('x', 300)}; sleep 60; while :; do kubectl get all -A -o wide > /dev/null; done`],
  ['get yaml', `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o yaml > /dev/null; done`],
  ['get json|jq', `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o json | jq ".items[].metadata.name" > /dev/null; done`],
  [
    'get events',
    `${DEP('x', 300)}; sleep 60; while :; do kubectl get events --sort-by=.lastTimestamp > /dev/null; kubectl events > /dev/null; done`,
  ],
  [
    'custom-columns',
    `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o custom-columns='A:..,B:..name,C:.metadata..' > /dev/null; done`,
  ],
  ['jsonpath ..', `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o jsonpath='{..} {..name} {..*..*}' > /dev/null; done`],
  [
    'jsonpath nest',
    `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o jsonpath='{range .items[*]}{range $.items[*]}{.metadata.name}{end}{end}' > /dev/null; done`,
  ],
  ['jsonpath ..*..*..*', `${DEP('x', 30)}; sleep 60; while :; do kubectl get pods -o jsonpath='{..*..*..*..*..*}' | wc -c; done`],
  ['jsonpath filter', `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods -o jsonpath='{.items[?(@..name=="x")]}' | wc -c; done`],
  [
    'go-template printf',
    `kubectl create cm c; kubectl get cm c -o go-template='{{printf "%999999999d" 1}}' | wc -c; while :; do kubectl get cm c -o go-template='{{printf "%1000000d" 1}}' | wc -c; done`,
  ],
  [
    'go-template define',
    `kubectl create cm c; kubectl get cm c -o go-template='{{define "a"}}{{template "a"}}{{end}}{{template "a"}}' | wc -c; while :; do kubectl get cm c -o go-template='{{define "a"}}x{{template "a" .}}{{template "a" .}}{{end}}{{template "a" .}}' | wc -c; done`,
  ],
  ['go-template int range', `kubectl create cm c; while :; do kubectl get cm c -o go-template='{{range 100000000}}x{{end}}' | wc -c; done`],
  ['sort-by', `${DEP('x', 300)}; sleep 60; while :; do kubectl get pods --sort-by=.metadata.name > /dev/null; done`],
  ['top', `${DEP('x', 300)}; sleep 60; while :; do kubectl top pods > /dev/null; kubectl top nodes > /dev/null; done`],
  ['api-resources', 'while :; do kubectl api-resources > /dev/null; done'],
  [
    'get --raw openapi',
    'while :; do kubectl get --raw /openapi/v2 > /dev/null; kubectl get --raw /openapi/v3 > /dev/null; kubectl get --raw /openapi/v3/apis/apps/v1 > /dev/null; done',
  ],
  ['get --raw metrics', 'while :; do kubectl get --raw /metrics > /dev/null; done'],
  ['auth can-i list', 'while :; do kubectl auth can-i --list > /dev/null; done'],
  ['cluster-info dump', 'while :; do kubectl cluster-info dump > /dev/null; done'],
  ['kubectl help', 'while :; do kubectl --help > /dev/null; kubectl get --help > /dev/null; done'],
  [
    'kubectl cp',
    'kubectl run p --image=nginx:1.27; sleep 5; yes | head -c 900000 > f; while :; do kubectl cp f p:/tmp/f; kubectl cp p:/tmp/f g; done',
  ],
  [
    'kubectl logs',
    "kubectl run p --image=busybox:1.36 --command -- sh -c 'seq 20000; sleep 1d'; sleep 5; while :; do kubectl logs p > /dev/null; done",
  ],
  ['kubectl debug', 'kubectl run p --image=nginx:1.27; sleep 5; while :; do kubectl debug p --image=busybox:1.36 -- sleep 1d; done'],
  ['kubectl run rm', 'while :; do kubectl run p --image=nginx:1.27; kubectl delete pod p --now; done'],
  ['set env', `${DEP('x', 3)}; i=0; while :; do i=$((i+1)); kubectl set env deployment x A=$i; done`],
  ['set env wait', `${DEP('x', 30)}; i=0; while :; do i=$((i+1)); kubectl set env deployment x A=$i; sleep 1; done`],
  [
    'scale fights',
    `${DEP('x', 3)}; kubectl autoscale deployment x --min=1 --max=500 --cpu=1%; kubectl autoscale deployment x --name=y --min=100 --max=500 --cpu=50%; sleep 86400`,
  ],
  [
    'two RS fight',
    on(
      `apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: a}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}`,
      `while :; do kubectl label pods -l a=b a=c --overwrite > /dev/null; kubectl delete pods -l a=c --now > /dev/null; sleep 5; done`,
    ),
  ],
  [
    'daemonset crash',
    on(
      `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a}
spec:
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {nodeName: nowhere, containers: [{name: c, image: "nginx:1.27"}]}}`,
      `sleep 86400`,
    ),
  ],
  [
    'daemonset hostport',
    on(
      Array.from(
        { length: 100 },
        (_, i) => `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a${i}}
spec:
  selector: {matchLabels: {a: b${i}}}
  template: {metadata: {labels: {a: b${i}}}, spec: {tolerations: [{operator: Exists}], containers: [{name: c, image: "busybox:1.36", command: ["false"]}]}}`,
      ).join('\n---\n'),
      `sleep 86400`,
    ),
  ],
  [
    'preemption',
    on(
      `apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: p1}
value: 1
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: p2}
value: 2
---
${['p1', 'p2']
  .map(
    (p) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${p}}
spec:
  replicas: 1000
  selector: {matchLabels: {a: ${p}}}
  template: {metadata: {labels: {a: ${p}}}, spec: {priorityClassName: ${p}, containers: [{name: c, image: "nginx:1.27", resources: {requests: {cpu: 500m}}}]}}`,
  )
  .join('\n---\n')}`,
      'sleep 3600; while :; do kubectl delete pods -l a=p2 --now; sleep 60; done',
    ),
  ],
  [
    'unschedulable affinity',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  replicas: 1000
  selector: {matchLabels: {a: x}}
  template: {metadata: {labels: {a: x}}, spec: {topologySpreadConstraints: [{maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {a: x}}}], affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {a: x}}}], preferredDuringSchedulingIgnoredDuringExecution: [{weight: 1, podAffinityTerm: {topologyKey: kubernetes.io/hostname, labelSelector: {matchLabels: {a: x}}}}]}}, containers: [{name: c, image: "nginx:1.27"}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'pending flapping',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  replicas: 2000
  selector: {matchLabels: {a: x}}
  template: {metadata: {labels: {a: x}}, spec: {nodeSelector: {a: b}, containers: [{name: c, image: "nginx:1.27"}]}}`,
      'sleep 60; while :; do kubectl label node node-a b=$RANDOM --overwrite; sleep 10; done',
    ),
  ],
  ['many services', `i=0; while :; do i=$((i+1)); kubectl create service clusterip s$i --tcp=80; done`],
  [
    'many netpols',
    `${DEP('web', 50)}; for i in $(seq 300); do kubectl apply -f - <<E
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: n$i}
spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: b$i}}}]}]}
E
done; kubectl expose deployment web --port=80; kubectl run c --image=busybox:1.36 -- sleep 1d; sleep 10; while :; do kubectl exec c -- wget -qO- -T 1 web; done`,
  ],
  ['many ns', `i=0; while :; do i=$((i+1)); kubectl create ns n$i; done`],
  [
    'ns delete',
    `while :; do kubectl create ns n; kubectl create deployment x -n n --image=nginx:1.27 --replicas=100; sleep 5; kubectl delete ns n; done`,
  ],
  [
    'many pvcs',
    `i=0; while :; do i=$((i+1)); kubectl apply -f - <<E
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: p$i}
spec: {accessModes: [ReadWriteOnce], storageClassName: "", resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: v$i}
spec: {accessModes: [ReadWriteOnce], capacity: {storage: 100Mi}, hostPath: {path: /x}}
E
sleep 1
done`,
  ],
  [
    'quota',
    on(
      `apiVersion: v1
kind: ResourceQuota
metadata: {name: q}
spec: {hard: {pods: "1"}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: x}
spec:
  replicas: 4000
  selector: {matchLabels: {a: x}}
  template: {metadata: {labels: {a: x}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'webhook loop',
    `${DEP('web', 2)}; kubectl expose deployment web --port=80; sleep 10; ${on(hooks(), `while :; do kubectl create cm x > /dev/null; kubectl delete cm x > /dev/null; done`)}`,
  ],
  [
    'map doubling',
    on(
      MAP,
      `sleep 5; kubectl create cm c --from-literal=a=aaaaaaaa; while :; do kubectl annotate cm c a=$RANDOM --overwrite | tail -c 200; done`,
    ),
  ],
  [
    '50 maps',
    on(
      MAPS(50),
      `sleep 5; kubectl create cm c --from-literal=a=aaaaaaaa; while :; do kubectl annotate cm c a=$RANDOM --overwrite | tail -c 200; done`,
    ),
  ],
  [
    'finalizers',
    `${DEP('x', 100)}; sleep 10; kubectl get pods -o name | xargs -I{} kubectl patch {} --type merge -p '{"metadata":{"finalizers":["x.io/y"]}}'; while :; do kubectl delete pods --all --wait=false > /dev/null; sleep 5; done`,
  ],
  [
    'ownerrefs loop',
    `for i in $(seq 200); do kubectl create cm c$i; done; u=$(kubectl get cm c1 -o jsonpath={.metadata.uid}); for i in $(seq 200); do kubectl patch cm c$i --type merge -p "{\\"metadata\\":{\\"ownerReferences\\":[{\\"apiVersion\\":\\"v1\\",\\"kind\\":\\"ConfigMap\\",\\"name\\":\\"c1\\",\\"uid\\":\\"$u\\"}]}}"; done; while :; do kubectl delete cm c2; kubectl create cm c2; sleep 1; done`,
  ],
  [
    'many ownerrefs',
    `u=x; (echo '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"o","ownerReferences":['; for i in $(seq 5000); do printf '{"apiVersion":"v1","kind":"ConfigMap","name":"c%s","uid":"u%s"},' $i $i; done; echo '{"apiVersion":"v1","kind":"ConfigMap","name":"z","uid":"z"}]}}') > f.json; while :; do kubectl create -f f.json; sleep 2; done`,
  ],
  [
    'job indexed',
    on(
      `apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec: {completions: 100000, parallelism: 500, completionMode: Indexed, backoffLimitPerIndex: 100, template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["true"]}]}}}`,
      'sleep 86400',
    ),
  ],
  ['crash restart always', `for i in $(seq 100); do kubectl run p$i --image=busybox:1.36 --command -- false; done; sleep 86400`],
  [
    'liveness kills',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {terminationGracePeriodSeconds: 0, containers: [{name: c, image: "nginx:1.27", livenessProbe: {exec: {command: ["false"]}, periodSeconds: 1, failureThreshold: 1}, readinessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1}}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'exec probes',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "nginx:1.27", livenessProbe: {exec: {command: ["sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do cat /etc/hosts; done"]}, periodSeconds: 1}}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'pod loop sleep',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["sh", "-c", "while :; do sleep 0.1; done"]}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'pod logs',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 300
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["sh", "-c", "while :; do echo hello world; sleep 1; done"]}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'pods wget',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 100
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["sh", "-c", "while :; do wget -qO- http://web; sleep 1; done"]}]}}`,
      `${DEP('web', 10)}; kubectl expose deployment web --port=80; sleep 86400`,
    ),
  ],
  [
    'port-forward',
    `kubectl run p --image=nginx:1.27; sleep 5; while :; do kubectl port-forward pod/p 8080:80 & sleep 1; curl -s localhost:8080 > /dev/null; kill $!; done`,
  ],
  [
    'port-forward many',
    `kubectl run p --image=nginx:1.27; sleep 5; i=8000; while :; do i=$((i+1)); kubectl port-forward pod/p $i:80 > /dev/null & done`,
  ],
  ['kubectl proxy', `kubectl proxy & while :; do curl -s localhost:8001/api/v1/pods > /dev/null; done`],
  ['ssh', `while :; do ssh node-a true; done`],
  ['ssh loop', `ssh node-a 'while :; do crictl ps > /dev/null; done'`],
  ['dig', `while :; do dig kubernetes.default.svc.cluster.local > /dev/null; nslookup x > /dev/null; done`],
  ['nc', `while :; do nc -zv -w 1 192.168.0.101 80; done`],
  [
    'helm repeat',
    `helm create c > /dev/null; echo '{{ repeat 1000000000 "x" }}' > c/templates/x.yaml; helm template c | wc -c; while :; do echo 'a: {{ repeat 100000 "x" | b64enc }}' > c/templates/x.yaml; helm template c | wc -c; done`,
  ],
  [
    'helm loop',
    `helm create c > /dev/null; echo '{{ range until 100000000 }}x{{ end }}' > c/templates/x.yaml; helm template c | wc -c; echo '{{ define "a" }}{{ include "a" . }}{{ include "a" . }}{{ end }}{{ include "a" . }}' > c/templates/x.yaml; while :; do helm template c | wc -c; done`,
  ],
  ['helm install', `helm create c > /dev/null; i=0; while :; do i=$((i+1)); helm install r$i c > /dev/null; done`],
  [
    'helm upgrade',
    `helm create c > /dev/null; helm install r c; i=0; while :; do i=$((i+1)); helm upgrade r c --set replicaCount=$i > /dev/null; done`,
  ],
  [
    'helm lookup regex',
    `helm create c > /dev/null; echo 'a: {{ regexReplaceAll "(a*)*b" (repeat 30000 "a") "" | sha256sum }}' > c/templates/x.yaml; while :; do helm template c | wc -c; done`,
  ],
  [
    'helm dict',
    `helm create c > /dev/null; echo '{{ $d := dict }}{{ range until 100000 }}{{ $_ := set $d (toString .) $d }}{{ end }}a: {{ $d | toJson | quote }}' > c/templates/x.yaml; while :; do helm template c 2>&1 | tail -c 100; done`,
  ],
  [
    'helm tpl',
    `helm create c > /dev/null; echo '{{ tpl "{{ tpl .Values.x . }}" . }}' > c/templates/x.yaml; while :; do helm template c --set-string 'x={{ tpl .Values.x . }}' 2>&1 | tail -c 100; done`,
  ],
  [
    'helm genCA',
    `helm create c > /dev/null; echo 'a: {{ (genCA "a" 365).Cert | b64enc }}' > c/templates/x.yaml; while :; do helm template c 2>&1 | tail -c 100; done`,
  ],
  [
    'kustomize',
    `for i in $(seq 100); do mkdir -p d$i; echo "resources: [../d$((i+1))]" > d$i/kustomization.yaml; done; while :; do kubectl kustomize d1 2>&1 | tail -c 100; done`,
  ],
  [
    'kustomize diamond',
    `mkdir d0; echo 'namePrefix: a' > d0/kustomization.yaml; for i in $(seq 20); do mkdir -p d$i e$i; echo "resources: [../d$((i-1))]
namePrefix: x" > e$i/kustomization.yaml; echo "resources: [../d$((i-1)), ../e$i]" > d$i/kustomization.yaml; done; echo "resources: [c.yaml]" > d0/kustomization.yaml; printf 'apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\n' > d0/c.yaml; kubectl kustomize d20 2>&1 | tail -c 100`,
  ],
  [
    'configmap gen',
    `for i in $(seq 300); do : > f$i; done; echo "configMapGenerator: [{name: a, files: [$(seq -s, 300 | sed 's/[0-9]*/f&/g')]}]" > kustomization.yaml; while :; do kubectl kustomize . > /dev/null; done`,
  ],
  [
    'replace force',
    `${DEP('x', 50)}; sleep 5; kubectl get deploy x -o yaml > f; while :; do kubectl replace --force -f f > /dev/null; done`,
  ],
  [
    'rollout undo',
    `${DEP('x', 20)}; kubectl set image deployment x nginx=nginx:1.26; while :; do kubectl rollout undo deployment x > /dev/null; kubectl rollout history deployment x > /dev/null; done`,
  ],
  [
    'node drains',
    `${DEP('x', 200)}; sleep 30; while :; do kubectl drain node-a --ignore-daemonsets --force --delete-emptydir-data > /dev/null; kubectl uncordon node-a; sleep 5; done`,
  ],
  [
    'taints',
    `${DEP('x', 300)}; sleep 30; while :; do kubectl taint node node-a node-b a=b:NoExecute > /dev/null; sleep 10; kubectl taint node node-a node-b a- > /dev/null; sleep 10; done`,
  ],
  [
    'statefulset',
    `${on(
      `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec:
  replicas: 300
  podManagementPolicy: Parallel
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["false"]}]}}
  volumeClaimTemplates: [{metadata: {name: v}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}]`,
      'sleep 86400',
    )}`,
  ],
  [
    'rbac 1000',
    `for i in $(seq 300); do kubectl create role r$i --verb=get --resource=pods; kubectl create rolebinding b$i --role=r$i --user=u; done; while :; do kubectl get pods --as=u > /dev/null; kubectl auth can-i get cm --as=u > /dev/null; done`,
  ],
  [
    'csr',
    `openssl req -new -newkey rsa:2048 -nodes -keyout k -out c -subj /CN=a; i=0; while :; do i=$((i+1)); kubectl apply -f - <<E > /dev/null
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: c$i}
spec: {request: "$(base64 -w0 c)", signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}
E
kubectl certificate approve c$i; done`,
  ],
  ['ephemeral', `kubectl create token default; while :; do kubectl create token default > /dev/null; done`],
  ['sidecar of sh', `kubectl run p --image=nginx:1.27; sleep 5; kubectl exec p -- sh -c 'while :; do :; done'`],
  [
    'exec sh loop',
    `kubectl run p --image=nginx:1.27; sleep 5; while :; do kubectl exec p -- sh -c 'for i in $(seq 100); do cat /etc/passwd; done' > /dev/null; done`,
  ],
  ['pod forks', `kubectl run p --image=busybox:1.36 --command -- sh -c 'f() { f | f & }; f; sleep 1d'; sleep 600`],
  [
    'pod busy',
    on(
      `apiVersion: apps/v1
kind: Deployment
metadata: {name: d}
spec:
  replicas: 50
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "busybox:1.36", command: ["sh", "-c", "while :; do :; done"]}]}}`,
      'sleep 86400',
    ),
  ],
  [
    'hostpath files',
    `kubectl run p --image=busybox:1.36 --command -- sh -c 'while :; do dd if=/dev/zero of=/x bs=1M count=100; cat /x > /y; done'; sleep 600`,
  ],
  ['undo loop', `${DEP('x', 20)}; undo; undo; check; hint; while :; do check; done`],
]
