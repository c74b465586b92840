/** Gateway API: a class, a Gateway with its own nginx and address, HTTPRoutes with matches, weights and filters, and what status says of each mistake. */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { SERVER_USER } from '../../src/apiserver/server.ts'
import { World } from '../../src/cluster/world.ts'
import type { HttpReply } from '../../src/network/contract.ts'
import { trace } from '../../src/network/trace.ts'
import { must, OFFICE, service } from './world.ts'

const GROUP = 'gateway.networking.k8s.io'
const world = new World({ preset: 'gateway' })
world.advance(20_000)

const whoami = (name: string, namespace = 'default'): ApiObject[] => [
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      containers: [{ name: 'c', image: 'traefik/whoami:v1.11', ports: [{ containerPort: 80 }] }],
    },
  },
  { ...service(name, { app: name }, { ports: [{ port: 80 }] }), metadata: { name, namespace } },
]
const made = (kind: string, name: string, spec: object, namespace: string | undefined = 'default', version = 'v1'): ApiObject =>
  ({ apiVersion: `${GROUP}/${version}`, kind, metadata: { name, ...(namespace && { namespace }) }, spec }) as unknown as ApiObject
const gateway = (listeners: readonly object[] = [{ name: 'http', port: 80, protocol: 'HTTP' }], className = 'nginx'): ApiObject =>
  made('Gateway', 'front', { gatewayClassName: className, listeners })
const route = (rules: readonly object[], more: object = {}, namespace = 'default'): ApiObject =>
  made(
    'HTTPRoute',
    'web',
    { parentRefs: [{ name: 'front', namespace: 'default' }], hostnames: ['web1.miempresa.com'], rules, ...more },
    namespace,
  )
const to = (...names: readonly (string | [string, number])[]): object => ({
  backendRefs: names.map((n) => (typeof n === 'string' ? { name: n, port: 80 } : { name: n[0], port: 80, weight: n[1] })),
})

/** What the objects come to, half a minute later. */
function inWorld<T>(objects: readonly ApiObject[], look: () => T): T {
  return world.fork(() => {
    for (const object of [...whoami('a'), ...whoami('b'), ...objects]) must(world, object)
    world.advance(30_000)
    return look()
  })
}
/** The next after that of the ingress controller. */
const IP = '192.168.0.11'
const ask = (path = '/', turn = 1, host = 'web1.miempresa.com', headers: Record<string, string> = {}): HttpReply => {
  const payload = { method: 'GET', path, host, headers }
  const result = world.network.dial(OFFICE, { host: IP, port: 80, protocol: 'http', payload, timeoutMs: 10_000, turn })
  return result.ok ? (result.reply as HttpReply) : { status: 0, headers: {}, body: result.failure }
}
const who = (reply: HttpReply): string => /Hostname: (\w+)/.exec(reply.body)?.[1] ?? String(reply.status)
const read = (resource: string, name: string, namespace?: string): any => world.cluster.read.get(`${resource}.${GROUP}`, namespace, name)
const told = (conditions: readonly any[]): string[] => conditions.map((c) => `${c.type}=${c.status} ${c.reason}: ${c.message}`)

describe('all is well', () => {
  test('class, Gateway and route say so, and the Gateway has an address of its own', () => {
    inWorld([gateway(), route([to('a')])], () => {
      expect(told(read('gatewayclasses', 'nginx').status.conditions)).toEqual(['Accepted=True Accepted: The GatewayClass is accepted'])
      const { status } = read('gateways', 'front', 'default')
      expect(told(status.conditions)).toEqual([
        'Accepted=True Accepted: The Gateway is accepted',
        'Programmed=True Programmed: The Gateway is programmed',
      ])
      expect(status.addresses).toEqual([{ type: 'IPAddress', value: IP }])
      expect(status.listeners[0]).toMatchObject({ name: 'http', attachedRoutes: 1, supportedKinds: [{ group: GROUP, kind: 'HTTPRoute' }] })
      const { parents } = read('httproutes', 'web', 'default').status
      expect(parents[0]).toMatchObject({ controllerName: 'gateway.nginx.org/nginx-gateway-controller', parentRef: { name: 'front' } })
      expect(told(parents[0].conditions)).toEqual([
        'Accepted=True Accepted: The Route is accepted',
        'ResolvedRefs=True ResolvedRefs: All references are resolved',
      ])
    })
  })

  test('an nginx of its own stands behind a Service of type LoadBalancer, and both go with the Gateway', () => {
    inWorld([gateway()], () => {
      const { read: cluster } = world.cluster
      expect(cluster.get('services', 'default', 'front-nginx')?.spec?.type).toBe('LoadBalancer')
      world.cluster.writer('system:admin').delete(`gateways.${GROUP}`, 'default', 'front', { propagationPolicy: 'Background' })
      world.advance(60_000)
      expect([cluster.get('services', 'default', 'front-nginx'), cluster.get('deployments.apps', 'default', 'front-nginx')]).toEqual([
        undefined,
        undefined,
      ])
    })
  })

  test('trace tells the way', () => {
    inWorld([gateway(), route([to('a')])], () => {
      const { verdict, hops } = trace(world.network, OFFICE, { url: `http://${IP}/`, host: 'web1.miempresa.com' })!
      expect(verdict).toMatch(/^HTTP 200/)
      expect(hops.find((h) => h.layer === 'ingress')).toMatchObject({
        at: 'HTTPRoute default/web, rule 0',
        detail: 'leads to the Service default/a:80: 1 ready',
      })
    })
  })
})

describe('a request goes where the rules say', () => {
  test.each([
    // rules, path, headers, who answers
    ['prefix', [{ matches: [{ path: { type: 'PathPrefix', value: '/shop' } }], ...to('a') }, to('b')], '/shop/x', {}, 'a'],
    [
      'a prefix ends at a slash',
      [{ matches: [{ path: { type: 'PathPrefix', value: '/shop' } }], ...to('a') }, to('b')],
      '/shopping',
      {},
      'b',
    ],
    ['exact before prefix', [to('b'), { matches: [{ path: { type: 'Exact', value: '/x' } }], ...to('a') }], '/x', {}, 'a'],
    [
      'the longer prefix',
      [
        { matches: [{ path: { value: '/a' } }], ...to('b') },
        { matches: [{ path: { value: '/a/b' } }], ...to('a') },
      ],
      '/a/b/c',
      {},
      'a',
    ],
    ['a header', [to('b'), { matches: [{ headers: [{ name: 'Version', value: 'two' }] }], ...to('a') }], '/', { version: 'two' }, 'a'],
    ['without the header', [to('b'), { matches: [{ headers: [{ name: 'Version', value: 'two' }] }], ...to('a') }], '/', {}, 'b'],
    ['a query', [to('b'), { matches: [{ queryParams: [{ name: 'q', value: '1' }] }], ...to('a') }], '/?q=1', {}, 'a'],
    ['another method', [{ matches: [{ method: 'POST' }], ...to('a') }], '/', {}, '404'],
    ['no rule for the path', [{ matches: [{ path: { value: '/shop' } }], ...to('a') }], '/', {}, '404'],
  ] as [string, object[], string, Record<string, string>, string][])('%s', (_name, rules, path, headers, expected) => {
    expect(inWorld([gateway(), route(rules)], () => who(ask(path, 1, undefined, headers)))).toBe(expected)
  })

  test('another host: 404', () => {
    expect(inWorld([gateway(), route([to('a')])], () => ask('/', 1, 'web2.miempresa.com').status)).toBe(404)
  })

  test('weights: of 400 requests nine of ten go to the one', () => {
    const share = inWorld(
      [gateway(), route([to(['a', 90], ['b', 10])])],
      () => Array.from({ length: 400 }, (_, n) => who(ask('/', n))).filter((n) => n === 'a').length,
    )
    expect(share).toBeGreaterThan(335)
    expect(share).toBeLessThan(385)
  })

  test('weight 0 gets nothing', () => {
    const seen = inWorld(
      [gateway(), route([to(['a', 0], ['b', 1])])],
      () => new Set(Array.from({ length: 50 }, (_, n) => who(ask('/', n)))),
    )
    expect([...seen]).toEqual(['b'])
  })
})

describe('filters', () => {
  test.each([
    ['to https', { scheme: 'https', statusCode: 301 }, '/x?q=1', 301, 'https://web1.miempresa.com/x?q=1'],
    ['to another host', { hostname: 'new.miempresa.com' }, '/x', 302, 'http://new.miempresa.com/x'],
    [
      'to another prefix',
      { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/new' } },
      '/x',
      302,
      'http://web1.miempresa.com/new/x',
    ],
    [
      'to another path and port',
      { port: 8443, path: { type: 'ReplaceFullPath', replaceFullPath: '/all' } },
      '/x',
      302,
      'http://web1.miempresa.com:8443/all',
    ],
  ] as [string, object, string, number, string][])('RequestRedirect %s', (_name, requestRedirect, path, status, location) => {
    const reply = inWorld([gateway(), route([{ filters: [{ type: 'RequestRedirect', requestRedirect }] }])], () => ask(path))
    expect([reply.status, reply.headers['location']]).toEqual([status, location])
  })

  test('URLRewrite, RequestHeaderModifier, ResponseHeaderModifier', () => {
    const rule = {
      matches: [{ path: { value: '/shop' } }],
      filters: [
        { type: 'URLRewrite', urlRewrite: { hostname: 'inside', path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
        { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name: 'X-Shop', value: 'yes' }], remove: ['X-Secret'] } },
        { type: 'ResponseHeaderModifier', responseHeaderModifier: { add: [{ name: 'X-From', value: 'front' }] } },
      ],
      ...to('a'),
    }
    const reply = inWorld([gateway(), route([rule])], () => ask('/shop/x', 1, undefined, { 'x-secret': '1' }))
    expect(reply.body).toMatch(/GET \/x HTTP\/1\.1/)
    expect(reply.body).toMatch(/Host: inside/)
    expect(reply.body).toMatch(/X-Shop: yes/)
    expect(reply.body).not.toMatch(/X-Secret/)
    expect(reply.headers['x-from']).toBe('front')
  })
})

const ACCEPTED = 'Accepted=True Accepted: The Route is accepted'
const RESOLVED = 'ResolvedRefs=True ResolvedRefs: All references are resolved'

describe('what is wrong is told in status, and answered honestly', () => {
  test.each([
    [
      'no such Service',
      [gateway(), route([to('nobody')])],
      ACCEPTED,
      'ResolvedRefs=False BackendNotFound: spec.rules[0].backendRefs[0].name: Not found: "nobody"',
      500,
    ],
    [
      'no port',
      [gateway(), route([{ backendRefs: [{ name: 'a' }] }])],
      ACCEPTED,
      'ResolvedRefs=False UnsupportedValue: spec.rules[0].backendRefs[0].port: Required value: port cannot be nil',
      500,
    ],
    [
      'no Service at all',
      [gateway(), route([{ backendRefs: [{ kind: 'Pod', name: 'a', port: 80 }] }])],
      ACCEPTED,
      'ResolvedRefs=False InvalidKind: spec.rules[0].backendRefs[0].kind: Unsupported value: "Pod": supported values: "Service"',
      500,
    ],
    ['a Service without pods', [gateway(), service('empty', { app: 'nobody' }, {}), route([to('empty')])], ACCEPTED, RESOLVED, 503],
    [
      'another listener is meant',
      [gateway(), route([to('a')], { parentRefs: [{ name: 'front', sectionName: 'https' }] })],
      'Accepted=False NoMatchingParent: The Listener is not found for this parent ref',
      RESOLVED,
      404,
    ],
    [
      'the listener is for other names',
      [gateway([{ name: 'http', port: 80, protocol: 'HTTP', hostname: '*.example.com' }]), route([to('a')])],
      'Accepted=False NoMatchingListenerHostname: The Listener hostname does not match the Route hostnames',
      RESOLVED,
      404,
    ],
    [
      'the route lives elsewhere',
      [gateway(), ...whoami('c', 'kube-public'), route([to('c')], {}, 'kube-public')],
      'Accepted=False NotAllowedByListeners: The Route is not allowed by any listener',
      RESOLVED,
      404,
    ],
    [
      'a filter that is not simulated',
      [gateway(), route([{ filters: [{ type: 'RequestMirror', requestMirror: {} }], ...to('a') }])],
      /^Accepted=False UnsupportedValue: .*"RequestMirror"/,
      RESOLVED,
      404,
    ],
  ] as [string, ApiObject[], string | RegExp, string, number][])('%s', (_name, objects, accepted, resolved, status) => {
    inWorld(objects, () => {
      const found = world.cluster.read.list(`httproutes.${GROUP}`)[0] as any
      const [first, second] = told(found.status.parents[0].conditions)
      if (typeof accepted === 'string') expect(first).toBe(accepted)
      else expect(first).toMatch(accepted)
      expect(second).toBe(resolved)
      expect(ask().status).toBe(status)
    })
  })

  test.each([
    [
      'without a ReferenceGrant',
      [],
      500,
      'ResolvedRefs=False RefNotPermitted: spec.rules[0].backendRefs[0].namespace: Forbidden: Backend ref to Service kube-public/c not permitted by any ReferenceGrant',
    ],
    [
      'with one',
      [
        made(
          'ReferenceGrant',
          'default',
          { from: [{ group: GROUP, kind: 'HTTPRoute', namespace: 'default' }], to: [{ group: '', kind: 'Service' }] },
          'kube-public',
          'v1beta1',
        ),
      ],
      200,
      RESOLVED,
    ],
  ] as [string, ApiObject[], number, string][])('a Service of another namespace %s', (_name, grants, status, resolved) => {
    const away = route([{ backendRefs: [{ name: 'c', namespace: 'kube-public', port: 80 }] }])
    inWorld([gateway(), ...whoami('c', 'kube-public'), ...grants, away], () => {
      expect(told(read('httproutes', 'web', 'default').status.parents[0].conditions)[1]).toBe(resolved)
      expect(ask().status).toBe(status)
    })
  })

  test('an HTTPS listener whose Secret is not there: the listener says so, and nothing is programmed', () => {
    const listener = { name: 'https', port: 443, protocol: 'HTTPS', tls: { certificateRefs: [{ name: 'nope' }] } }
    inWorld([gateway([listener])], () => {
      const { status } = read('gateways', 'front', 'default')
      expect(told(status.conditions)[1]).toBe('Programmed=False Invalid: The Gateway has no valid listeners')
      expect(told(status.listeners[0].conditions)).toContain(
        'ResolvedRefs=False InvalidCertificateRef: tls.certificateRefs[0]: Invalid value: {"namespace":"default","name":"nope"}: secret does not exist',
      )
    })
  })

  test('a Gateway of a class that nobody serves has no status and no address', () => {
    inWorld([gateway(undefined, 'istio')], () => expect(read('gateways', 'front', 'default').status).toBeUndefined())
  })
})

test('a protocol that nobody knows, and a listener without a name, are refused by the API', () => {
  const refused = world.handle({
    verb: 'create',
    group: GROUP,
    version: 'v1',
    resource: 'gateways',
    namespace: 'default',
    user: SERVER_USER,
    body: gateway([{ port: 70_000, protocol: 'HTTP' }]),
  })
  expect(JSON.stringify(refused.body)).toMatch(/spec\.listeners\[0\]\.name: Required value/)
  expect(JSON.stringify(refused.body)).toMatch(/should be less than or equal to 65535/)
})

test('an ordinary cluster has no Gateway API', () => {
  const ordinary = new World({ preset: 'default' })
  expect(ordinary.registry.byKind(`${GROUP}/v1`, 'Gateway')).toBeUndefined()
})
