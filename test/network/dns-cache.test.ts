/** CoreDNS' cache: what is kept and for how long, felt where something changes meanwhile. */
import { describe, expect, test } from 'vitest'
import type { World } from '../../src/cluster/world.ts'
import { defaultWorld, from, pod, service } from './world.ts'

const world = defaultWorld([pod('client', {}, { nodeName: 'node-c' }), pod('web', { app: 'web' }), service('web', { app: 'web' })])
const WEB = 'web.default.svc.cluster.local.'

/** A world with one CoreDNS whose Corefile has this cache and a zone of so many seconds. */
function withCache<T>(cache: string, ttl: string, look: (w: World) => T): T {
  return world.fork(() => {
    const write = world.cluster.writer('system:admin')
    write.modify('configmaps', 'kube-system', 'coredns', (c) => {
      c.data = {
        Corefile: `.:53 {\n errors\n health\n ready\n kubernetes cluster.local {\n ${ttl}\n }\n forward . /etc/resolv.conf\n ${cache}\n reload\n}\n`,
      }
    })
    write.modify('deployments.apps', 'kube-system', 'coredns', (d) => {
      d.spec!.replicas = 1
    })
    for (const p of world.cluster.read.labelled('pods', 'kube-system', 'k8s-app', 'kube-dns'))
      write.delete('pods', 'kube-system', p.metadata.name)
    world.advance(40_000)
    return look(world)
  })
}
const resolve = (name: string): { readonly said: string; readonly ttl: number | undefined } => {
  const answer = world.network.resolve(from(world, 'client'), name)
  return answer.ok ? { said: answer.records.map((r) => r.data).join(), ttl: answer.records[0]!.ttl } : { said: answer.code, ttl: undefined }
}
const address = (): string => world.cluster.read.get('services', 'default', 'web')!.spec!.clusterIP!
/** The Service comes back with another address. */
function remade(): void {
  const write = world.cluster.writer('system:admin')
  write.delete('services', 'default', 'web')
  write.create('services', {
    ...service('web', { app: 'web' }),
    spec: { ...service('web', { app: 'web' })['spec'], clusterIP: '10.96.200.7' },
  } as never)
  world.advance(100)
}

describe('a Service that comes back with another address', () => {
  test.each([
    ['without a cache the new one at once', 'errors', '', 0],
    ['for the five seconds of the zone the old one', 'cache 30', '', 5],
    ['for as long as the zone says', 'cache 30', 'ttl 20', 20],
    ['no longer than the cache says', 'cache 10', 'ttl 60', 10],
    ['no shorter than its least', 'cache {\n success 1000 30 15\n }', 'ttl 5', 15],
    ['not where it is switched off for the zone', 'cache 30 {\n disable success cluster.local\n }', 'ttl 20', 0],
    ['not where it is another zone’s', 'cache 30 miempresa.com', 'ttl 20', 0],
  ])('%s', (_name, cache, ttl, seconds) =>
    withCache(cache, ttl, () => {
      const before = address()
      expect(resolve(WEB).said).toBe(before)
      remade()
      expect(address()).toBe('10.96.200.7')
      if (seconds > 0) {
        world.advance((seconds - 1) * 1000)
        expect(resolve(WEB).said).toBe(before)
        world.advance(1_000)
      }
      expect(resolve(WEB).said).toBe('10.96.200.7')
    }),
  )
})

test('TTLs go down while an answer is kept', () =>
  withCache('cache 30', 'ttl 20', () => {
    expect(resolve(WEB).ttl).toBe(20)
    world.advance(7_000)
    expect(resolve(WEB).ttl).toBe(13)
  }))

describe('what does not exist', () => {
  const late = 'late.default.svc.cluster.local.'
  const appears = (): void => {
    world.cluster.writer('system:admin').create('services', service('late', { app: 'web' }) as never)
    world.advance(100)
  }
  test.each([
    ['for the zone’s seconds still not', 'cache 30', 'ttl 8', 8],
    ['for as long as the bounds of denial let it', 'cache {\n denial 1000 12 12\n }', 'ttl 5', 12],
    ['found at once where denials are not kept', 'cache 30 {\n disable denial cluster.local\n }', 'ttl 8', 0],
  ])('%s', (_name, cache, ttl, seconds) =>
    withCache(cache, ttl, () => {
      expect(resolve(late).said).toBe('NXDOMAIN')
      appears()
      if (seconds > 0) {
        world.advance((seconds - 1) * 1000)
        expect(resolve(late).said).toBe('NXDOMAIN')
        world.advance(1_000)
      }
      expect(resolve(late).said).toMatch(/^10\./)
    }),
  )
})

describe('names of the company, its name server down', () => {
  const OUTSIDE = 'web1.miempresa.com.'
  const off = (): void => void world.network.outside.power('192.168.0.53', false)
  test('known ones are answered until they are too old', () =>
    withCache('cache 30', '', () => {
      expect(resolve(OUTSIDE).said).toBe('192.168.0.10')
      off()
      world.advance(20_000)
      expect(resolve(OUTSIDE).said).toBe('192.168.0.10')
      world.advance(11_000)
      expect(resolve(OUTSIDE).said).toBe('SERVFAIL')
    }))
  test('with serve_stale also then', () =>
    withCache('cache 30 {\n serve_stale\n }', '', () => {
      expect(resolve(OUTSIDE).said).toBe('192.168.0.10')
      off()
      world.advance(600_000)
      expect(resolve(OUTSIDE)).toEqual({ said: '192.168.0.10', ttl: 0 })
    }))
})
