/** Admission webhooks over the cluster's network: who answers, who does not, and what that does to everything else. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { UserInfo } from '../../src/api/kind.ts'
import type { ApiAnswer } from '../../src/apiserver/contract.ts'
import { World } from '../../src/cluster/world.ts'

const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const file = (name: string): string => readFileSync(`test/cluster/fixtures/webhook/${name}`, 'utf8')
const base64 = (text: string): string => Buffer.from(text).toString('base64')

const GROUP = 'admissionregistration.k8s.io'
const CA = base64(file('ca.crt'))

const send = (world: World, body: any, verb: 'create' | 'update' = 'create'): ApiAnswer => {
  const kind = world.registry.byKind(body.apiVersion, body.kind)!
  const namespace = kind.namespaced ? { namespace: body.metadata.namespace ?? 'default' } : {}
  const name = verb === 'update' ? { name: body.metadata.name } : {}
  return world.handle({ verb, group: kind.group, version: kind.version, resource: kind.resource, user: admin, body, ...namespace, ...name })
}
const ok = (world: World, body: any): any => {
  const answer = send(world, body)
  if (answer.code >= 300) throw new Error(JSON.stringify(answer.body))
  return answer.body
}
const message = (answer: ApiAnswer): string => (answer.code < 300 ? `ok ${answer.code}` : ((answer.body as any).message ?? ''))

/** A namespace `guard` with agnhost's webhooks behind the Service `hook`. */
function world(): World {
  const w = new World({ preset: 'default', seed: 'webhooks' })
  ok(w, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'guard' } })
  w.advance(1_000)
  ok(w, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'pki', namespace: 'guard' },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(file('hook.crt')), 'tls.key': base64(file('hook.key')) },
  })
  ok(w, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'hook', namespace: 'guard', labels: { app: 'hook' } },
    spec: {
      containers: [
        {
          name: 'hook',
          image: 'registry.k8s.io/e2e-test-images/agnhost:2.53',
          args: [
            'webhook',
            '--port=8443',
            '--tls-cert-file=/pki/tls.crt',
            '--tls-private-key-file=/pki/tls.key',
            '--sidecar-image=busybox',
          ],
          volumeMounts: [{ name: 'pki', mountPath: '/pki' }],
        },
      ],
      volumes: [{ name: 'pki', secret: { secretName: 'pki' } }],
    },
  })
  ok(w, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'hook', namespace: 'guard' },
    spec: { selector: { app: 'hook' }, ports: [{ port: 443, targetPort: 8443 }] },
  })
  w.advance(30_000)
  return w
}

interface Hook {
  readonly kind?: 'Mutating' | 'Validating'
  readonly name?: string
  readonly path?: string
  readonly resources?: readonly string[]
  readonly more?: object
  readonly client?: object
}

const configuration = ({
  kind = 'Validating',
  name = 'guard',
  path = '/always-deny',
  resources = ['configmaps'],
  more,
  client,
}: Hook): object => ({
  apiVersion: `${GROUP}/v1`,
  kind: `${kind}WebhookConfiguration`,
  metadata: { name },
  webhooks: [
    {
      name: `${name}.example.com`,
      rules: [{ apiGroups: ['', 'apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE', 'CONNECT'], resources }],
      clientConfig: { service: { name: 'hook', namespace: 'guard', path }, caBundle: CA, ...client },
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      ...more,
    },
  ],
})

const configMap = (name: string, data: object = { a: '1' }, metadata: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
})
const pod = (name: string, metadata: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx' }] },
})
const web = world()
/** What comes of a request in a world of its own. */
const within = <T>(hook: Hook | readonly Hook[], act: (w: World) => T): T =>
  web.fork(() => {
    for (const h of Array.isArray(hook) ? hook : [hook]) ok(web, configuration(h))
    return act(web)
  })
const tried = (hook: Hook, body: any): string => within(hook, (w) => message(send(w, body)))

const FAILED = 'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: '
const post = (path: string, why: string): string => `${FAILED}Post "https://hook.guard.svc:443${path}?timeout=10s": ${why}`

describe('a webhook that answers', () => {
  test.each<[string, Hook, any, string]>([
    ['refuses', {}, configMap('x'), 'admission webhook "guard.example.com" denied the request: this webhook denies all requests'],
    [
      'gives a reason',
      { path: '/configmaps' },
      configMap('x', { 'webhook-e2e-test': 'webhook-disallow' }),
      'admission webhook "guard.example.com" denied the request: the configmap contains unwanted key and value',
    ],
    ['allows', { path: '/configmaps' }, configMap('x'), 'ok 201'],
    ['is not asked about others', {}, pod('x'), 'ok 201'],
    [
      'is not asked where a condition is false',
      { more: { matchConditions: [{ name: 'n', expression: 'object.metadata.name != "x"' }] } },
      configMap('x'),
      'ok 201',
    ],
    ['is not asked where the object is not selected', { more: { objectSelector: { matchLabels: { a: 'b' } } } }, configMap('x'), 'ok 201'],
    [
      'is not asked where the namespace is not selected',
      { more: { namespaceSelector: { matchLabels: { a: 'b' } } } },
      configMap('x'),
      'ok 201',
    ],
    [
      'is asked in a dry run too',
      { path: '/always-deny' },
      configMap('x'),
      'admission webhook "guard.example.com" denied the request: this webhook denies all requests',
    ],
    [
      'answers too late',
      { path: '/always-allow-delay-5s', more: { timeoutSeconds: 2 } },
      configMap('x'),
      `${FAILED}Post "https://hook.guard.svc:443/always-allow-delay-5s?timeout=2s": context deadline exceeded`,
    ],
    ['answers in time', { path: '/always-allow-delay-5s' }, configMap('x'), 'ok 201'],
    [
      'hangs',
      { path: '/pods', resources: ['pods'] },
      pod('x', { labels: { 'webhook-e2e-test': 'wait-forever' } }),
      post('/pods', 'context deadline exceeded'),
    ],
    ['knows no such path', { path: '/nope' }, configMap('x'), `${FAILED}the server could not find the requested resource`],
    [
      'has a failing condition',
      { more: { matchConditions: [{ name: 'n', expression: 'object.nope' }] } },
      configMap('x'),
      `configmaps "x" is forbidden: expression 'object.nope' resulted in error: no such key: nope`,
    ],
  ])('%s', (_, hook, body, expected) => {
    expect(tried(hook, body)).toBe(expected)
  })

  test('changes the object, and what is added gets its defaults', () => {
    const made = within({ kind: 'Mutating', path: '/mutating-pods-sidecar', resources: ['pods'] }, (w) => ok(w, pod('x')))
    expect(made.spec.containers.map((c: any) => [c.name, c.image, c.imagePullPolicy, c.volumeMounts?.length])).toEqual([
      ['c', 'nginx', 'Always', 1],
      ['webhook-added-sidecar', 'busybox', 'Always', 1],
    ])
  })

  test.each([
    ['Never', { 'mutation-start': 'yes', 'mutation-stage-1': 'yes' }],
    ['IfNeeded', { 'mutation-start': 'yes', 'mutation-stage-1': 'yes', 'mutation-stage-2': 'yes' }],
  ])('sees what came after it: %s', (reinvocationPolicy, data) => {
    const path = '/mutating-configmaps'
    const hooks: Hook[] = [
      { kind: 'Mutating', name: 'one', path, more: { reinvocationPolicy } },
      { kind: 'Mutating', name: 'two', path: '/add-label', more: {} },
    ]
    const made = within(hooks, (w) => ok(w, configMap('x', { 'mutation-start': 'yes' })))
    expect(made.data).toEqual(data)
    expect(made.metadata.labels).toEqual({ 'added-label': 'yes' })
  })

  test('guards a deletion', () => {
    within({ path: '/configmaps' }, (w) => {
      ok(w, configMap('x', { 'webhook-e2e-test': 'webhook-nondeletable' }))
      const answer = w.handle({
        verb: 'delete',
        group: '',
        version: 'v1',
        resource: 'configmaps',
        namespace: 'default',
        name: 'x',
        user: admin,
      })
      expect(message(answer)).toBe(
        'admission webhook "guard.example.com" denied the request: the configmap cannot be deleted because it contains unwanted key and value',
      )
    })
  })

  test('guards exec', () => {
    within({ resources: ['pods/exec'] }, (w) => {
      const answer = w.handle({
        verb: 'create',
        group: '',
        version: 'v1',
        resource: 'pods',
        subresource: 'exec',
        namespace: 'guard',
        name: 'hook',
        user: admin,
        query: { options: { command: ['true'], stdout: true } },
      })
      expect(message(answer)).toBe('admission webhook "guard.example.com" denied the request: this webhook denies all requests')
    })
  })
})

describe('a webhook that cannot be reached', () => {
  const edit = (act: (w: World) => void): string =>
    within({}, (w) => {
      act(w)
      w.advance(10_000)
      return message(send(w, configMap('x')))
    })
  const remove = (w: World, resource: string, name: string): unknown =>
    w.handle({
      verb: 'delete',
      group: '',
      version: 'v1',
      resource,
      namespace: 'guard',
      name,
      user: admin,
      query: { gracePeriodSeconds: 0 },
    })

  test('its program is gone', () => {
    expect(edit((w) => remove(w, 'pods', 'hook'))).toMatch(
      /^Internal error occurred: failed calling webhook "guard\.example\.com": failed to call webhook: Post "https:\/\/hook\.guard\.svc:443\/always-deny\?timeout=10s": dial tcp 10\.\d+\.\d+\.\d+:443: connect: connection refused$/,
    )
  })
  test('its Service is gone', () => {
    expect(edit((w) => remove(w, 'services', 'hook'))).toBe(post('/always-deny', 'service "hook" not found'))
  })
  test.each<[string, Hook, string]>([
    [
      'another port',
      { client: { service: { name: 'hook', namespace: 'guard', port: 8443 } } },
      `${FAILED}Post "https://hook.guard.svc:8443/?timeout=10s": no service port 8443 found for service "hook"`,
    ],
    [
      'another authority',
      { client: { caBundle: base64(file('other-ca.crt')) } },
      post('/always-deny', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'),
    ],
    [
      'no authority',
      { client: { caBundle: undefined } },
      post('/always-deny', 'tls: failed to verify certificate: x509: certificate signed by unknown authority'),
    ],
    [
      'an authority that is no PEM',
      { client: { caBundle: base64('nothing') } },
      'Internal error occurred: failed calling webhook "guard.example.com": could not get REST client: unable to load root certificates: unable to parse bytes as PEM block',
    ],
    [
      'a name that is not in the certificate',
      { client: { service: { name: 'other', namespace: 'guard' } } },
      `${FAILED}Post "https://other.guard.svc:443/?timeout=10s": tls: failed to verify certificate: x509: certificate is valid for hook.guard.svc, not other.guard.svc`,
    ],
    [
      'a name nobody knows',
      { client: { service: undefined, url: 'https://hooks.nowhere.example/check' } },
      `${FAILED}Post "https://hooks.nowhere.example/check?timeout=10s": dial tcp: lookup hooks.nowhere.example on 192.168.0.53:53: no such host`,
    ],
    ['failures ignored', { client: { caBundle: undefined }, more: { failurePolicy: 'Ignore' } }, 'ok 201'],
  ])('%s', (_, hook, expected) => {
    const got = within(hook, (w) => {
      ok(w, {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'other', namespace: 'guard' },
        spec: { selector: { app: 'hook' }, ports: [{ port: 443, targetPort: 8443 }] },
      })
      w.advance(2_000)
      return message(send(w, configMap('x')))
    })
    expect(got).toBe(expected)
  })

  test('nothing can be created any more, kube-system and controllers included, until the configuration goes', () => {
    web.fork(() => {
      ok(web, configuration({ resources: ['*/*'], client: { service: { name: 'gone', namespace: 'guard' } } }))
      expect(message(send(web, configMap('x', {}, { namespace: 'kube-system' })))).toContain('service "gone" not found')
      expect(
        message(
          send(web, {
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            metadata: { name: 'd' },
            spec: {
              selector: { matchLabels: { a: 'b' } },
              template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
            },
          }),
        ),
      ).toContain('failed calling webhook')
      const answer = web.handle({
        verb: 'delete',
        group: GROUP,
        version: 'v1',
        resource: 'validatingwebhookconfigurations',
        name: 'guard',
        user: admin,
      })
      expect(answer.code).toBe(200)
      expect(message(send(web, configMap('x')))).toBe('ok 201')
    })
  })

  test('a controller tells of it in an event', () => {
    web.fork(() => {
      ok(web, configuration({ resources: ['pods'], client: { service: { name: 'gone', namespace: 'guard' } } }))
      ok(web, {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'r' },
        spec: {
          replicas: 1,
          selector: { matchLabels: { a: 'b' } },
          template: { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
        },
      })
      web.advance(1_000)
      const events = web.cluster.read.list('events', 'default').filter((e: any) => e.reason === 'FailedCreate')
      expect(events.map((e: any) => e.message)).toEqual([
        'Error creating: Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: Post "https://gone.guard.svc:443/?timeout=10s": service "gone" not found',
      ])
    })
  })
})

test('nginx over TLS answers as a webhook of v1beta1, which need not say whom it answers', () => {
  web.fork(() => {
    const review =
      '{"apiVersion":"admission.k8s.io/v1beta1","kind":"AdmissionReview","response":{"allowed":false,"status":{"message":"nginx says no"}}}'
    const conf = `server { listen 8443 ssl; ssl_certificate /pki/tls.crt; ssl_certificate_key /pki/tls.key; location / { default_type application/json; return 200 '${review}'; } location /html { return 200 hello; } }`
    ok(web, configMap('conf', { 'default.conf': conf }, { namespace: 'guard' }))
    ok(web, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'nginx', namespace: 'guard', labels: { app: 'nginx' } },
      spec: {
        containers: [
          {
            name: 'n',
            image: 'nginx',
            volumeMounts: [
              { name: 'pki', mountPath: '/pki' },
              { name: 'conf', mountPath: '/etc/nginx/conf.d' },
            ],
          },
        ],
        volumes: [
          { name: 'pki', secret: { secretName: 'pki' } },
          { name: 'conf', configMap: { name: 'conf' } },
        ],
      },
    })
    const service = web.cluster.read.get('services', 'guard', 'hook') as any
    expect(send(web, { ...service, spec: { ...service.spec, selector: { app: 'nginx' } } }, 'update').code).toBe(200)
    web.advance(30_000)
    ok(web, configuration({ path: '/', more: { admissionReviewVersions: ['v1beta1'] } }))
    expect(message(send(web, configMap('x')))).toBe('admission webhook "guard.example.com" denied the request: nginx says no')
    const said = (path: string): string =>
      message(
        send(
          web,
          {
            ...configuration({ path, more: { admissionReviewVersions: ['v1'] } }),
            metadata: { name: 'guard', resourceVersion: undefined },
          } as any,
          'update',
        ),
      ) && message(send(web, configMap('x')))
    expect(said('/')).toMatch(/received invalid webhook response: expected response\.uid="[0-9a-f-]{36}", got ""$/)
    expect(said('/html')).toBe(`${FAILED}serializer for application/octet-stream doesn't exist`)
  })
})
