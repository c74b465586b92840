/** Istio in a cluster: sidecars are put in, take over traffic, speak mutual TLS, and send requests where the rules say. */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const SERVICES = `
apiVersion: v1
kind: Namespace
metadata: {name: shop, labels: {istio-injection: enabled}}
---
apiVersion: v1
kind: Service
metadata: {name: reviews, namespace: shop}
spec: {selector: {app: reviews}, ports: [{name: http, port: 80, targetPort: 5678}]}
---
${['v1', 'v2']
  .map(
    (v) => `apiVersion: v1
kind: Pod
metadata: {name: reviews-${v}, namespace: shop, labels: {app: reviews, version: ${v}}}
spec:
  containers:
    - name: app
      image: hashicorp/http-echo:1.0
      args: ["-text=${v}"]
      readinessProbe: {httpGet: {path: /, port: 5678}}
---
`,
  )
  .join('')}apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {containers: [{name: curl, image: curlimages/curl, command: [sleep, "36000"]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: outsider, namespace: default}
spec: {containers: [{name: curl, image: curlimages/curl, command: [sleep, "36000"]}]}
`
const RULE = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: reviews, namespace: shop}
spec: {host: reviews, subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]}
`
const virtual = (http: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: reviews, namespace: shop}
spec: {hosts: [reviews], http: [${http}]}
`
const STRICT = `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: shop}
spec: {mtls: {mode: STRICT}}
`

interface Mesh {
  said(command: string): string
  apply(text: string): string
  /** Status and body of a request from a pod. */
  ask(pod: string, rest?: string): string
}
function mesh(): Mesh {
  const session = new Session({ world: { preset: 'istio' }, namespace: 'shop' })
  const said = (command: string): string => session.run(command).output
  const apply = (text: string): string => {
    session.write('given.yaml', text)
    return said('kubectl apply -f given.yaml')
  }
  said('kubectl wait deployment istiod -n istio-system --for=condition=Available --timeout=120s')
  apply(SERVICES)
  said(
    'kubectl wait pod --all -n shop --for=condition=Ready --timeout=120s; kubectl wait pod outsider -n default --for=condition=Ready --timeout=60s',
  )
  const ask = (pod: string, rest = 'http://reviews.shop/'): string =>
    said(`kubectl exec ${pod === 'outsider' ? '-n default ' : '-n shop '}${pod} -c curl -- curl -s -w '%{http_code}' ${rest}`).replace(
      /\n/g,
      ' ',
    )
  return { said, apply, ask }
}

describe('a namespace with istio-injection=enabled', () => {
  test('gets sidecars, whose pods speak mutual TLS; STRICT keeps others out', () => {
    const { said, apply, ask } = mesh()
    expect(said('kubectl get pod reviews-v1 -n shop')).toContain('2/2')
    expect(said("kubectl get pod reviews-v1 -n shop -o jsonpath='{.spec.initContainers[*].name}'")).toBe('istio-init istio-proxy')
    expect(said('kubectl get pod outsider -n default')).toContain('1/1')
    expect(ask('client')).toMatch(/^v[12] 200$/)
    expect(ask('outsider')).toMatch(/^v[12] 200$/)
    apply(STRICT)
    expect(ask('client')).toMatch(/^v[12] 200$/)
    expect(ask('outsider')).toContain('000')
    expect(said('kubectl exec -n default outsider -- curl -sS http://reviews.shop/')).toContain('Connection reset by peer')
    said('sleep 30')
    expect(said('kubectl get pod reviews-v1 -n shop')).toContain('2/2')
    expect(said('kubectl logs client -n shop -c istio-proxy')).toMatch(
      /"GET \/ HTTP\/1.1" 200 - via_upstream .* outbound\|80\|\|reviews\.shop\.svc\.cluster\.local/,
    )
  })

  test('routes go by weight, header and subset, with faults and time-outs', () => {
    const { apply, ask, said } = mesh()
    apply(RULE)
    apply(
      virtual('{route: [{destination: {host: reviews, subset: v1}, weight: 90}, {destination: {host: reviews, subset: v2}, weight: 10}]}'),
    )
    const seen = said("kubectl exec client -c curl -- sh -c 'for i in $(seq 100); do curl -s http://reviews/; sleep 0.1; done'").split('\n')
    const second = seen.filter((l) => l === 'v2').length
    expect(seen.filter((l) => l === 'v1').length + second).toBe(100)
    expect(second).toBeGreaterThan(1)
    expect(second).toBeLessThan(25)
    apply(
      virtual(
        '{match: [{headers: {end-user: {exact: ana}}}], route: [{destination: {host: reviews, subset: v2}}]}, {route: [{destination: {host: reviews, subset: v1}}]}',
      ),
    )
    expect([ask('client', '-H "end-user: ana" http://reviews/'), ask('client', 'http://reviews/')]).toEqual(['v2 200', 'v1 200'])
    apply(virtual('{route: [{destination: {host: reviews, subset: v3}}]}'))
    expect(ask('client', 'http://reviews/')).toBe('503')
    expect(said('kubectl logs client -c istio-proxy --tail=1')).toContain(' 503 NC cluster_not_found ')
    apply(virtual('{fault: {abort: {percentage: {value: 100}, httpStatus: 418}}, route: [{destination: {host: reviews}}]}'))
    expect(ask('client', 'http://reviews/')).toBe('fault filter abort418')
    apply(virtual('{fault: {delay: {percentage: {value: 100}, fixedDelay: 3s}}, route: [{destination: {host: reviews}}]}'))
    expect(Number(said("kubectl exec client -c curl -- curl -s -o /dev/null -w '%{time_total}' http://reviews/"))).toBeGreaterThan(3)
    apply(virtual('{match: [{uri: {prefix: /only}}], route: [{destination: {host: reviews}}]}'))
    expect(ask('client', 'http://reviews/')).toBe('404')
    expect(said('kubectl logs client -c istio-proxy --tail=1')).toContain(' 404 NR route_not_found ')
  })

  test('what a sidecar was told it keeps when istiod is gone; new pods are refused', () => {
    const { apply, ask, said } = mesh()
    apply(RULE)
    apply(virtual('{route: [{destination: {host: reviews, subset: v2}}]}'))
    expect(ask('client', 'http://reviews/')).toBe('v2 200')
    said('kubectl scale deployment istiod -n istio-system --replicas=0; sleep 40')
    apply(virtual('{route: [{destination: {host: reviews, subset: v1}}]}'))
    expect(ask('client', 'http://reviews/')).toBe('v2 200')
    expect(said('kubectl run late --image=nginx -n shop')).toContain('failed calling webhook "namespace.sidecar-injector.istio.io"')
    said('kubectl scale deployment istiod -n istio-system --replicas=1; sleep 40')
    expect(ask('client', 'http://reviews/')).toBe('v1 200')
  })

  test('no endpoint is 503 UH, and somebody else’s address passes through', () => {
    const { ask, said } = mesh()
    said('kubectl delete pod reviews-v1 reviews-v2 -n shop')
    expect(ask('client', 'http://reviews/')).toBe('no healthy upstream503')
    expect(said('kubectl logs client -c istio-proxy --tail=1')).toContain(' 503 UH no_healthy_upstream ')
    said('kubectl run plain --image=nginx -n default; kubectl wait pod plain -n default --for=condition=Ready --timeout=60s')
    expect(
      said(
        "kubectl exec client -c curl -- curl -s -o /dev/null -w '%{http_code}' http://$(kubectl get pod plain -n default -o jsonpath='{.status.podIP}')/",
      ),
    ).toBe('200')
  })
})
