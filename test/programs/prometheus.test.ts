/** Prometheus: its file, targets and their health, what a query says, what survives; pods found through the API with the account's rights. */
import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../src/programs/prometheus/config.ts'
import { evaluate } from '../../src/programs/prometheus/evaluate.ts'
import { parseMetrics } from '../../src/programs/prometheus/exposition.ts'
import { prometheus } from '../../src/programs/prometheus/index.ts'
import { keyOf, type Relabel, relabelled } from '../../src/programs/prometheus/labels.ts'
import { parsePromql } from '../../src/programs/prometheus/promql.ts'
import type { Series } from '../../src/programs/prometheus/store.ts'
import { prometheusExampleApp } from '../../src/programs/prometheus-example-app/index.ts'
import { Session } from '../../src/session/session.ts'
import { type FakeProcess, FakeWorld, filesOf } from './fake-world.ts'

describe('the configuration', () => {
  test.each([
    ['scrape_configs:\n- job_name: a\n  scrape_intervall: 5s\n', 'field scrape_intervall not found in type config.ScrapeConfig'],
    ['scrape_configs:\n- job_name: a\n- job_name: a\n', 'found multiple scrape configs with job name "a"'],
    ['scrape_configs:\n- job_name: a\n  scrape_interval: 5x\n', 'not a valid duration string: "5x"'],
    ['scrape_configs:\n- job_name: a\n  scrape_interval: 5s\n  scrape_timeout: 10s\n', 'scrape timeout greater than scrape interval'],
    ['scrape_configs:\n- job_name: a\n  kubernetes_sd_configs:\n  - role: pods\n', 'unknown Kubernetes SD role "pods"'],
    ['scrape_configs:\n- job_name: a\n  relabel_configs:\n  - {source_labels: [x], regex: "(", target_label: y}\n', 'error parsing regexp'],
    ['a: [', 'yaml: line'],
  ])('%j', (text, message) => {
    expect(() => readConfig(text)).toThrow(ConfigError)
    expect(() => readConfig(text)).toThrow(message)
  })
})

describe('relabelling', () => {
  const rule = (r: Partial<Relabel>): Relabel => ({
    sources: [],
    separator: ';',
    regex: '(.*)',
    target: '',
    replacement: '$1',
    action: 'replace',
    ...r,
  })
  test.each([
    ['keep', [rule({ action: 'keep', sources: ['a'], regex: 'true' })], { a: 'no' }, undefined],
    ['drop', [rule({ action: 'drop', sources: ['a'], regex: 'x.*' })], { a: 'xy' }, undefined],
    [
      'replace of two',
      [rule({ sources: ['a', 'b'], regex: '([^:]+)(?::\\d+)?;(\\d+)', replacement: '$1:$2', target: 'a' })],
      { a: '10.0.0.1:80', b: '90' },
      { a: '10.0.0.1:90', b: '90' },
    ],
    ['no match, no change', [rule({ sources: ['a'], regex: 'z', target: 'b' })], { a: 'x' }, { a: 'x' }],
    ['labelmap', [rule({ action: 'labelmap', regex: 'meta_(.+)' })], { meta_app: 'w' }, { meta_app: 'w', app: 'w' }],
  ])('%s', (_name, rules, labels, expected) => expect(relabelled(labels as Record<string, string>, rules)).toEqual(expected))
})

test.each([
  ['a 1', [{ labels: { __name__: 'a' }, value: 1 }]],
  ['# HELP x\nb{c="d",e="f\\"g"} +Inf', [{ labels: { __name__: 'b', c: 'd', e: 'f"g' }, value: Number.POSITIVE_INFINITY }]],
])('metrics %j', (text, expected) => expect(parseMetrics(text)).toEqual(expected))

describe('queries', () => {
  const at = 1_000_000
  const flat = (value: number): Series[string] => [{ value, fromMs: at - 200_000, toMs: at, everyMs: 10_000 }]
  const rising: Series[string] = Array.from({ length: 31 }, (_, i) => ({
    value: i * 20,
    fromMs: at - 300_000 + i * 10_000,
    toMs: at - 300_000 + i * 10_000,
    everyMs: 10_000,
  }))
  const series: Series = {
    [keyOf({ __name__: 'up', job: 'a', instance: '1' })]: flat(1),
    [keyOf({ __name__: 'up', job: 'a', instance: '2' })]: flat(0),
    [keyOf({ __name__: 'up', job: 'b', instance: '3' })]: flat(1),
    [keyOf({ __name__: 'n', job: 'a' })]: rising,
    [keyOf({ __name__: 'old', job: 'a' })]: [{ value: 1, fromMs: 0, toMs: 0, everyMs: 10_000 }],
  }
  const ask = (text: string): unknown => {
    const r = evaluate(parsePromql(text), series, at)
    return r.kind === 'scalar'
      ? r.value
      : r.points.map((p) => [
          Object.entries(p.labels)
            .filter(([k]) => k !== '__name__')
            .map(([, v]) => v)
            .join('/'),
          Math.round(p.value * 1000) / 1000,
        ])
  }
  test.each([
    ['1 + 2 * 3', 7],
    ['-2 ^ 2', -4],
    [
      'up',
      [
        ['1/a', 1],
        ['2/a', 0],
        ['3/b', 1],
      ],
    ],
    ['up{job="a"} == 0', [['2/a', 0]]],
    ['up{job!~"a|c"}', [['3/b', 1]]],
    ['sum(up)', [['', 2]]],
    [
      'sum by (job) (up)',
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    [
      'count(up) without (instance)',
      [
        ['a', 2],
        ['b', 1],
      ],
    ],
    ['avg(up) * 100', [['', 66.667]]],
    ['rate(n[1m])', [['a', 2]]],
    ['increase(n[1m])', [['a', 120]]],
    ['old', []],
    ['absent(old)', [['', 1]]],
    ['absent(nothing{x="y"})', [['y', 1]]],
    [
      'up > bool 0',
      [
        ['1/a', 1],
        ['2/a', 0],
        ['3/b', 1],
      ],
    ],
    ['up and up{job="b"}', [['3/b', 1]]],
    [
      'max_over_time(up[5m])',
      [
        ['1/a', 1],
        ['2/a', 0],
        ['3/b', 1],
      ],
    ],
  ])('%s', (text, expected) => expect(ask(text)).toEqual(expected))
  test.each([
    ['up{', 'unexpected end of input'],
    ['rate(up)', 'expected type range vector in call to function "rate", got instant vector'],
    ['histogram_quantile(0.9, x)', 'unknown function with name "histogram_quantile"'],
    ['up[5m]', 'invalid expression type "range vector"'],
    ['', 'no expression found in input'],
    ['up{a=~"("}', 'error parsing regexp'],
  ])('%s is refused', (text, message) => expect(() => ask(text)).toThrow(message))
})

describe('a server', () => {
  const CONF = 'global:\n  scrape_interval: 15s\nscrape_configs:\n- job_name: app\n  static_configs:\n  - targets: ["app:8080"]\n'
  const boot = (world: FakeWorld, files = filesOf({ '/etc/prometheus/prometheus.yml': CONF })): FakeProcess => {
    const at = world.start(prometheus, 'prom', '10.0.0.1', {
      argv: ['prometheus', '--config.file=/etc/prometheus/prometheus.yml', '--storage.tsdb.path=/prometheus', '--web.enable-lifecycle'],
      files,
    })
    world.pass(40_000)
    return at
  }
  const app = (world: FakeWorld): FakeProcess => world.start(prometheusExampleApp, 'app', '10.0.0.2', {})
  const query = (world: FakeWorld, text: string, time = ''): string[] => {
    const r = world.http('prom', 9090, `/api/v1/query?query=${encodeURIComponent(text)}${time}`)
    return (JSON.parse(r.body) as { data: { result: { value: [number, string] }[] } }).data.result.map((x) => x.value[1])
  }
  test('up, a rate, a target that is gone and one that comes back', () => {
    const world = new FakeWorld()
    const a = app(world)
    boot(world)
    expect(query(world, 'up')).toEqual(['1'])
    for (let i = 0; i < 120; i++) {
      world.http('app', 8080, '/')
      world.pass(1_000)
    }
    expect(Number(query(world, 'rate(http_requests_total{code="200"}[1m])')[0])).toBeCloseTo(1, 1)
    a.kill()
    world.pass(20_000)
    expect([query(world, 'up'), query(world, 'http_requests_total')]).toEqual([['0'], []])
    expect(world.http('prom', 9090, '/targets').body).toContain(
      'DOWN\tGet "http://app:8080/metrics": dial tcp 10.0.0.2:8080: connect: connection refused',
    )
    app(world)
    world.pass(20_000)
    expect(query(world, 'up')).toEqual(['1'])
  })
  test('a load counts without its requests', () => {
    const world = new FakeWorld()
    const a = app(world)
    boot(world)
    a.event({ type: 'load', port: 8080, perSecond: 30, inFlight: 1 })
    world.pass(180_000)
    expect(Number(query(world, 'sum(rate(http_requests_total[1m]))')[0])).toBeCloseTo(30, 0)
  })
  test('samples survive kill -9 on a volume', () => {
    const world = new FakeWorld()
    app(world)
    const files = filesOf({ '/etc/prometheus/prometheus.yml': CONF })
    const first = boot(world, files)
    world.pass(60_000)
    const then = world.nowMs / 1000
    first.kill()
    world.pass(120_000)
    const again = boot(world, files)
    expect(query(world, 'up', `&time=${then}`)).toEqual(['1'])
    again.kill()
    boot(world)
    expect(query(world, 'up', `&time=${then}`)).toEqual([])
  })
  test('a broken file ends the start and is refused at a reload', () => {
    const world = new FakeWorld()
    const files = filesOf({ '/etc/prometheus/prometheus.yml': 'scrape_configs: 3\nx: 1\n' })
    const at = boot(world, files)
    expect([at.exitCode, at.log]).toEqual([2, expect.stringContaining('field x not found')])
    const good = filesOf({ '/etc/prometheus/prometheus.yml': CONF })
    boot(world, good)
    good.write('/etc/prometheus/prometheus.yml', 'x: 1\n')
    expect(world.http('prom', 9090, '/-/reload', { method: 'POST' })).toMatchObject({ status: 500 })
    expect(world.http('prom', 9090, '/api/v1/query?query=up').status).toBe(200)
    expect(world.http('prom', 9090, '/api/v1/query?query=up%7B').body).toContain('bad_data')
  })
})

test('pods are found through the API as the account may; others are not', () => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  const said = (command: string): string => session.run(command).output
  session.write(
    'p.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: {name: conf}
data:
  prometheus.yml: |
    global: {scrape_interval: 15s}
    scrape_configs:
    - job_name: pods
      kubernetes_sd_configs: [{role: pod, namespaces: {names: [lab]}}]
      relabel_configs:
      - {source_labels: [__meta_kubernetes_pod_label_app], action: keep, regex: shop}
      - {source_labels: [__meta_kubernetes_pod_name], target_label: pod}
---
apiVersion: v1
kind: Pod
metadata: {name: prom}
spec:
  containers:
  - {name: p, image: "prom/prometheus:v3.5.0", volumeMounts: [{name: c, mountPath: /etc/prometheus}]}
  volumes: [{name: c, configMap: {name: conf}}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec: {containers: [{name: a, image: "quay.io/brancz/prometheus-example-app:v0.5.0", ports: [{containerPort: 8080}]}]}
`,
  )
  said('kubectl apply -f p.yaml; kubectl wait pod prom --for=condition=Ready; kubectl rollout status deployment shop')
  const query = (text: string): string => said(`kubectl exec prom -- wget -qO- 'localhost:9090/api/v1/query?query=${text}'`)
  said('sleep 40')
  expect(query('count(up)')).toContain('"result":[]')
  expect(said('kubectl logs prom')).toContain(
    'pods is forbidden: User \\"system:serviceaccount:lab:default\\" cannot list resource \\"pods\\"',
  )
  said('kubectl create rolebinding v --clusterrole=view --serviceaccount=lab:default; sleep 60')
  expect(query('sum(up)')).toContain('"2"')
  said('kubectl scale deployment shop --replicas=3; sleep 60')
  expect(query('sum(up)')).toContain('"3"')
})
