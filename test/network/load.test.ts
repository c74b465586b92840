import { describe, expect, test } from 'vitest'
import { loadSpecOf } from '../../src/cluster/clients.ts'
import type { World } from '../../src/cluster/world.ts'
import { addTo, bucketOf, edgeOf, percentile } from '../../src/network/load/histogram.ts'
import { rateAt, type Shape } from '../../src/network/load/shape.ts'
import { defaultWorld, ingress, path, pod, rule, service } from './world.ts'

const site = [
  pod('web-a', { app: 'web' }, { nodeName: 'node-a' }),
  pod('web-b', { app: 'web' }, { nodeName: 'node-b' }),
  pod(
    'web-c',
    { app: 'web' },
    { nodeName: 'node-c', container: { readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 2 } } },
  ),
  service('web', { app: 'web' }),
  ingress(
    'web',
    { rules: [rule('web1.miempresa.com', path('/', 'web'))] },
    { 'proxy-connect-timeout': '1', 'proxy-next-upstream-tries': '1' },
  ),
]

/** Ten minutes in which a node dies, comes back, a pod is deleted and a cable is slow for a while. */
function tenMinutes(w: World, oneByOne: boolean): void {
  w.loads.start('clients', {
    ...loadSpecOf({ http: 'http://web1.miempresa.com/', rps: 20, for: '600s', timeout: '2s', retries: 1 }),
    oneByOne,
  })
  w.advance(60_050)
  w.fleet.crash('node-a')
  w.advance(120_000)
  w.fleet.start('node-a')
  w.advance(100_000)
  w.cluster.writer('system:admin').delete('pods', 'default', 'web-b')
  w.advance(60_000)
  w.network.links.set('slow', { a: { node: 'node-c' }, delayMs: 80 })
  w.advance(60_000)
  w.network.links.clear('slow')
  w.advance(220_000)
}

describe('load', () => {
  test('counting identical requests gives what sending each one gives', () => {
    const counted = defaultWorld(site)
    const sent = defaultWorld(site)
    tenMinutes(counted, false)
    tenMinutes(sent, true)
    const report = counted.loads.report('clients')!
    expect(report).toEqual(sent.loads.report('clients')!)
    expect(report.sent).toBeGreaterThan(11_990)
    expect(Object.keys(report.failed).length).toBeGreaterThan(0)
    expect(report.availability).toBeGreaterThan(0.5)
    expect(counted.loads.reallySent('clients')).toBeLessThan(report.sent / 10)
  })

  test('lossy cables are drawn for each request', () => {
    const run = (oneByOne: boolean): unknown => {
      const w = defaultWorld(site)
      w.network.links.set('lossy', { a: { node: 'node-b' }, loss: 0.3 })
      w.loads.start('clients', {
        ...loadSpecOf({ http: 'http://192.168.0.10/', host: 'web1.miempresa.com', rps: 20, for: '30s' }),
        oneByOne,
      })
      w.advance(40_000)
      return w.loads.report('clients')
    }
    expect(run(false)).toEqual(run(true))
  })

  test('programs are told how much arrives at them, and when it ends', () => {
    const w = defaultWorld(site)
    const told: [string, number][] = []
    w.fleet.load = (podUid, port, perSecond) => void (port === 8080 && told.push([podUid, perSecond]))
    w.loads.start('clients', loadSpecOf({ http: 'http://192.168.0.10/', host: 'web1.miempresa.com', rps: 60, for: '30s' }))
    w.advance(10_000)
    const now = new Map(told)
    expect(now.size).toBe(3)
    for (const rate of now.values()) expect(rate).toBeGreaterThan(10)
    w.advance(30_000)
    expect([...new Map(told).values()]).toEqual([0, 0, 0])
    expect(w.loads.isOver('clients')).toBe(true)
  })

  test('clients in a pod, and none when there is no such pod', () => {
    const w = defaultWorld([...site, pod('client', { app: 'client' }, {}, 9999)])
    w.startLoad('inside', { http: 'http://web/', rps: 10, for: '10s', from: { pod: { app: 'client' } } })
    w.startLoad('nobody', { http: 'http://web/', rps: 10, for: '10s', from: { pod: { app: 'absent' } } })
    w.advance(11_000)
    expect(w.clients.report('inside')).toMatchObject({ sent: 100, ok: 100, availability: 1 })
    expect(w.clients.report('nobody')).toMatchObject({ ok: 0, failed: { 'no-client': 100 } })
  })

  test('whether a request was sent or counted leaves no mark: looking in between changes nothing', () => {
    const run = (looks: boolean): string => {
      const w = defaultWorld([
        ...site,
        {
          ...service(
            'sticky',
            { app: 'web' },
            { sessionAffinity: 'ClientIP', sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } }, type: 'LoadBalancer' },
          ),
        },
      ])
      w.startLoad('clients', { http: 'http://web1.miempresa.com/', rps: 30 })
      w.startLoad('sticky', { http: 'http://192.168.0.11/', rps: 10 })
      for (let i = 0; i < 40; i++) {
        w.advance(500)
        if (looks) w.fork(() => w.advance(700))
      }
      return w.stateHash()
    }
    expect(run(true)).toBe(run(false))
  })

  test('undoing takes the counts back', () => {
    const w = defaultWorld(site)
    w.startLoad('clients', { http: 'http://192.168.0.10/', host: 'web1.miempresa.com', rps: 50 })
    w.advance(5_000)
    const point = w.checkpoint()
    const before = w.clients.report('clients')
    w.advance(5_000)
    const first = w.clients.report('clients')
    w.rewind(point)
    expect(w.clients.report('clients')).toEqual(before)
    w.advance(5_000)
    expect(w.clients.report('clients')).toEqual(first)
  })
})

test.each<[string, Shape, number, number]>([
  ['steady', { kind: 'steady' }, 5_000, 10],
  ['half-way up a ramp', { kind: 'ramp', from: 0, overMs: 10_000 }, 5_000, 5],
  ['after a ramp', { kind: 'ramp', from: 0, overMs: 10_000 }, 15_000, 10],
  ['before a spike', { kind: 'spike', atMs: 1_000, forMs: 500, times: 5 }, 900, 10],
  ['within a spike', { kind: 'spike', atMs: 1_000, forMs: 500, times: 5 }, 1_200, 50],
  ['at the top of a wave', { kind: 'wave', by: 0.5, periodMs: 4_000 }, 1_000, 15],
])('shape: %s', (_name, shape, atMs, expected) => {
  expect(rateAt(10, shape, atMs)).toBeCloseTo(expected)
})

test('percentiles are right to a tenth', () => {
  const histogram: Record<number, number> = {}
  for (let ms = 1; ms <= 1000; ms++) addTo(histogram, { [bucketOf(ms)]: 1 })
  for (const share of [0.5, 0.9, 0.99]) {
    expect(percentile(histogram, share)).toBeGreaterThanOrEqual(share * 1000 * 0.99)
    expect(percentile(histogram, share)).toBeLessThanOrEqual(share * 1000 * 1.11)
  }
  expect(edgeOf(bucketOf(100))).toBeGreaterThanOrEqual(100)
})
