/** `trace` names the cause where an Ingress or a program is to blame: one row a failure. */
import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { World } from '../../src/cluster/world.ts'
import { trace } from '../../src/network/trace.ts'
import { both, client, explains, hang, type Row, web, webService, without } from './trace-rows.ts'
import { defaultWorld, from, ingress, must, OFFICE, path, pod, rule, service } from './world.ts'

const front = (spec: Record<string, unknown> = {}, ...paths: Record<string, unknown>[]): ApiObject =>
  ingress(
    'web',
    { rules: [rule('web1.miempresa.com', ...(paths.length > 0 ? paths : [path('/', 'web')]))], ...spec },
    { 'proxy-connect-timeout': '1', 'proxy-read-timeout': '2' },
  )

const fronts: [string, Row][] = [
  [
    'the Ingress is for a class that is not there',
    {
      objects: [...both, front({ ingressClassName: 'traefik' })],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict:
        /^HTTP 404.*no Ingress of this controller has a rule for this host; default\/web has one, but its IngressClass traefik is not there/,
    },
  ],
  [
    'the Ingress names no class, and none is the default',
    {
      objects: [...both, front({ ingressClassName: undefined })],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict: /^HTTP 404.*default\/web has one, but it names no IngressClass/,
    },
  ],
  [
    'no rule for the path',
    {
      objects: [...both, front({}, path('/shop', 'web'), path('/blog', 'web'))],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict: /^HTTP 404.*the Ingress has no path for this, only \/(shop|blog), \/(shop|blog)/,
    },
  ],
  [
    'the Service of the rule is not there',
    {
      objects: [web, front({}, path('/', 'webb'))],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict: /^HTTP 503.*the Service default\/webb:80, which is not there/,
    },
  ],
  [
    'the Service of the rule has no such port',
    {
      objects: [...both, front({}, path('/', 'web', 8080))],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict: /^HTTP 503.*the Service default\/web:8080, which has no such port/,
    },
  ],
  [
    'no pod behind the rule is ready',
    {
      objects: [
        pod(
          'web',
          { app: 'web' },
          { nodeName: 'node-a', container: { readinessProbe: { httpGet: { path: '/unready', port: 8080 }, periodSeconds: 1 } } },
        ),
        webService,
        front(),
      ],
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'ingress',
      verdict: /^HTTP 503.*the Service default\/web:80, which has no ready endpoint/,
    },
  ],
  [
    'the program behind the rule hangs',
    {
      objects: [...both, front()],
      act: hang,
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'process',
      verdict: /^HTTP 504.*default\/web:8080: accepted, but no answer comes/,
    },
  ],
  [
    'the controller has no pods',
    {
      objects: [...both, front()],
      act: without('ingress-nginx', 'ingress-nginx-controller'),
      url: 'http://web1.miempresa.com/',
      who: 'MenchuPC',
      hop: 'balancer',
      verdict:
        /no route to host.*192\.168\.0\.10: balanced address of the Service ingress-nginx\/ingress-nginx-controller, which no node announces: it has no ready endpoint/,
    },
  ],
  [
    "the certificate's Secret is not there",
    {
      objects: [...both, front({ tls: [{ hosts: ['web1.miempresa.com'], secretName: 'nope' }] })],
      url: 'https://web1.miempresa.com/',
      who: 'MenchuPC',
      verdict: /^HTTP 200 after .*Whoever checks the certificate hangs up: self-signed certificate/,
    },
  ],
  [
    'HTTPS to a program that speaks HTTP',
    {
      objects: both,
      url: 'https://web:80/',
      who: 'client',
      hop: 'process',
      verdict: /certificate was not accepted.*default\/web:8080: TLS: wrong version number/,
    },
  ],
]

describe('the Ingress', () => explains(fronts))

test('HTTPS through the Ingress tells whose certificate is shown', () => {
  const w = defaultWorld([...both, front({ tls: [{ hosts: ['web1.miempresa.com'], secretName: 'nope' }] })])
  const { hops } = trace(w.network, OFFICE, { url: 'https://web1.miempresa.com/' })!
  expect(hops.map((h) => h.detail)).toContain('TLS: the Secret default/nope is not there: the controller shows its own certificate')
})

describe('programs', () => {
  const world = new World({ preset: 'default' })
  world.advance(15_000)
  must(world, client)
  world.advance(5_000)
  const wordpress = (w: World, limits: object): void => {
    const env = { WORDPRESS_DB_HOST: 'db:3306', WORDPRESS_DB_USER: 'wp', WORDPRESS_DB_PASSWORD: 'pw', WORDPRESS_DB_NAME: 'wp' }
    const app = (name: string, image: string, values: Record<string, string>, port: number, resources: object): ApiObject =>
      pod(
        name,
        { app: name },
        {
          nodeName: 'node-a',
          container: {
            image,
            env: Object.entries(values).map(([k, value]) => ({ name: k, value })),
            ports: [{ containerPort: port }],
            resources,
          },
        },
      )
    must(
      w,
      app(
        'db',
        'mariadb:11.4',
        { MARIADB_ROOT_PASSWORD: 'r', MARIADB_DATABASE: 'wp', MARIADB_USER: 'wp', MARIADB_PASSWORD: 'pw' },
        3306,
        {},
      ),
    )
    must(w, service('db', { app: 'db' }, { ports: [{ port: 3306 }] }))
    must(w, app('web', 'wordpress:6.8-apache', env, 80, { limits }))
    must(w, service('web', { app: 'web' }, { ports: [{ port: 80 }] }))
    w.advance(90_000)
  }

  test('a pool of workers that are all busy: the request waits its turn', () => {
    const w = new World({ preset: 'default' })
    must(w, client)
    wordpress(w, { cpu: '200m' })
    const { uid } = w.cluster.read.get('pods', 'default', 'web')!.metadata
    w.fleet.load(uid!, 80, 200, 400)
    w.advance(2_000)
    const { verdict } = trace(w.network, from(w, 'client'), { url: 'http://web/', turn: 1, timeoutMs: 5_000 })!
    expect(verdict).toMatch(/time-out.*apache2: all \d+ workers are busy: the request waits \d+ ms for one/)
  })

  test.each([
    [
      'a servlet that waits for a backend for ever',
      'http://app:8080/pay',
      0,
      /tomcat: the servlet \/pay waits for http:\/\/web\/ without end/,
    ],
    ['and when that has taken every thread, any other page', 'http://app:8080/', 2, /tomcat: all 2 threads wait for http:\/\/web\//],
  ])('%s', (_name, url, before, waits) => {
    world.fork(() => {
      must(world, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'app', namespace: 'default' },
        data: {
          'clusterlab.yaml': 'servlets:\n  - {path: /pay, backend: "http://web/"}\n',
          'server.xml': '<Server><Service><Connector port="8080" protocol="HTTP/1.1" maxThreads="2"/></Service></Server>',
        },
      } as ApiObject)
      must(world, pod('web', { app: 'web' }, {}, 80))
      must(world, service('web', { app: 'web' }, { ports: [{ port: 80 }] }))
      must(
        world,
        pod(
          'app',
          { app: 'app' },
          {
            container: {
              image: 'tomcat:10.1',
              ports: [{ containerPort: 8080 }],
              volumeMounts: [
                { name: 'conf', mountPath: '/usr/local/tomcat/webapps/ROOT/WEB-INF/clusterlab.yaml', subPath: 'clusterlab.yaml' },
                { name: 'conf', mountPath: '/usr/local/tomcat/conf/server.xml', subPath: 'server.xml' },
              ],
            },
            volumes: [{ name: 'conf', configMap: { name: 'app' } }],
          },
        ),
      )
      must(world, service('app', { app: 'app' }, { ports: [{ port: 8080 }] }))
      world.advance(60_000)
      hang(world)
      for (let n = 0; n < before; n++)
        trace(world.network, from(world, 'client'), { url: 'http://app:8080/pay', turn: n, timeoutMs: 5_000 })
      const told = trace(world.network, from(world, 'client'), { url, turn: 9, timeoutMs: 5_000 })!
      // Who is waited for is the cause; who waits is told by its own hop.
      expect(told.verdict).toMatch(/time-out.*default\/web:80: accepted, but no answer comes/)
      expect(told.hops.map((h) => `${h.at}: ${h.detail}`).join('\n')).toMatch(waits)
    })
  })
})
