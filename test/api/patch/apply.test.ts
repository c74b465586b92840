import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kindSchema } from '../../../src/api/definitions.ts'
import { ApiError } from '../../../src/api/errors.ts'
import type { ApiObject } from '../../../src/api/meta.ts'
import { type ApplyInput, applyConfiguration, trackChange } from '../../../src/api/patch/apply.ts'

const configMap = kindSchema('', 'v1', 'ConfigMap')!
const deployment = kindSchema('apps', 'v1', 'Deployment')!
const pod = kindSchema('', 'v1', 'Pod')!
const time = '2026-11-20T06:23:08Z'
const by = (manager: string, apiVersion = 'v1') => ({ manager, apiVersion, time })

const created = (object: ApiObject, schema = configMap, manager = 'facts', apiVersion = 'v1'): ApiObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    managedFields: trackChange({ before: undefined, after: object, schema, writer: by(manager, apiVersion) }),
  },
})
const apply = (live: ApiObject | undefined, config: object, more: Partial<ApplyInput> = {}): ApiObject => {
  const done = applyConfiguration({ live, config: config as ApiObject, schema: configMap, writer: by('me'), force: false, ...more })
  return { ...done.object, metadata: { ...done.object.metadata, managedFields: done.managedFields } }
}
const owned = (object: ApiObject): Record<string, unknown> =>
  Object.fromEntries(object.metadata.managedFields!.map((e) => [`${e.manager} ${e.operation}`, e.fieldsV1]))
const status = (run: () => unknown): ApiError['status'] => {
  try {
    run()
  } catch (e) {
    expect(e).toBeInstanceOf(ApiError)
    return (e as ApiError).status
  }
  throw new Error('nothing was thrown')
}

const cm = (data: Record<string, string>, labels?: Record<string, string>): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a', ...(labels && { labels }) },
  data,
})

describe('as recorded on a real API server', () => {
  const live = created(cm({ k: 'w' }, { x: '1' }))
  test('a create by POST owns containers too', () => {
    expect(owned(live)).toEqual({
      'facts Update': { 'f:data': { '.': {}, 'f:k': {} }, 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } },
    })
  })
  test('a conflict names manager, version and path', () => {
    const got = status(() => apply(live, cm({ k: 'applied' })))
    expect(got).toMatchObject({
      code: 409,
      reason: 'Conflict',
      message: 'Apply failed with 1 conflict: conflict with "facts" using v1: .data.k',
      details: { causes: [{ reason: 'FieldManagerConflict', message: 'conflict with "facts" using v1', field: '.data.k' }] },
    })
  })
  test('force takes the field', () => {
    const done = apply(live, cm({ k: 'applied' }), { force: true })
    expect(done['data']).toEqual({ k: 'applied' })
    expect(owned(done)).toEqual({
      'me Apply': { 'f:data': { 'f:k': {} } },
      'facts Update': { 'f:data': {}, 'f:metadata': { 'f:labels': { '.': {}, 'f:x': {} } } },
    })
    expect(done.metadata.managedFields!.map((e) => e.manager)).toEqual(['me', 'facts'])
  })
  test('a patched key joins, a removed one leaves', () => {
    const after = { ...live, data: { k: 'w', z: '1' } }
    const tracked = trackChange({ before: live, after, schema: configMap, writer: by('facts') })
    expect(tracked[0]!.fieldsV1).toMatchObject({ 'f:data': { '.': {}, 'f:k': {}, 'f:z': {} } })
    const again = trackChange({
      before: { ...after, metadata: { ...after.metadata, managedFields: tracked } },
      after: { ...live, metadata: { ...live.metadata, managedFields: tracked } },
      schema: configMap,
      writer: by('facts'),
    })
    expect(again[0]!.fieldsV1).toMatchObject({ 'f:data': { '.': {}, 'f:k': {} } })
    expect(again[0]!.fieldsV1!['f:data']).not.toHaveProperty('f:z')
  })
  test('a pod made by POST', () => {
    const object = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p' },
      spec: {
        containers: [{ name: 'c', image: 'nginx', imagePullPolicy: 'Always', resources: {} }],
        dnsPolicy: 'ClusterFirst',
        securityContext: {},
      },
    }
    expect(owned(created(object, pod))).toEqual({
      'facts Update': {
        'f:spec': {
          'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:image': {}, 'f:imagePullPolicy': {}, 'f:name': {}, 'f:resources': {} } },
          'f:dnsPolicy': {},
          'f:securityContext': {},
        },
      },
    })
  })
})

const web = (image: string, extra: object = {}): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image, ...extra }] } },
  },
})
const asApps = { schema: deployment, writer: by('kubectl', 'apps/v1') }

test('an image set by hand conflicts by its container', () => {
  const first = apply(undefined, web('nginx:1.26'), asApps)
  const changed = web('nginx:1.27')
  changed.metadata.managedFields = trackChange({
    before: first,
    after: { ...changed, metadata: first.metadata },
    schema: deployment,
    writer: by('kubectl-set', 'apps/v1'),
  })
  expect(status(() => apply(changed, web('nginx:1.26'), asApps)).message).toBe(
    'Apply failed with 1 conflict: conflict with "kubectl-set" using apps/v1: .spec.template.spec.containers[name="c"].image',
  )
  expect(apply(changed, web('nginx:1.27'), asApps)['spec']).toEqual(changed['spec'])
})

test('several conflicts are listed by manager', () => {
  const live = created(cm({ a: '1', b: '2' }))
  expect(status(() => apply(live, cm({ a: 'x', b: 'y' }))).message).toBe(
    'Apply failed with 2 conflicts: conflicts with "facts" using v1:\n- .data.a\n- .data.b',
  )
})

test('what an applier lets go of goes, unless another owns it or the server filled it in elsewhere', () => {
  const live = apply(
    undefined,
    web('nginx', { ports: [{ containerPort: 80 }, { containerPort: 81 }], livenessProbe: { exec: { command: ['true'] } } }),
    asApps,
  )
  const container = live['spec'].template.spec.containers[0]
  container.livenessProbe.periodSeconds = 10
  container.terminationMessagePath = '/dev/termination-log'
  const next = apply(live, web('nginx', { ports: [{ containerPort: 81 }] }), asApps)
  expect(next['spec'].template.spec.containers).toEqual([
    { name: 'c', image: 'nginx', ports: [{ containerPort: 81 }], terminationMessagePath: '/dev/termination-log' },
  ])
  const shared = apply(apply(undefined, cm({ a: '1', b: '2' })), cm({ a: '1' }), { writer: by('you') })
  expect(apply(shared, cm({}))['data']).toEqual({ a: '1' })
})

test('items keep their place: applied ones in applied order, others before what they preceded', () => {
  const live = web('one')
  live['spec'].template.spec.containers = ['x', 'c', 'y'].map((name) => ({ name, image: 'one' }))
  const config = web('one')
  config['spec'].template.spec.containers = ['n', 'c'].map((name) => ({ name, image: 'one' }))
  const got = apply(live, config, asApps)
  expect(got['spec'].template.spec.containers.map((c: { name: string }) => c.name)).toEqual(['n', 'x', 'c', 'y'])
})

describe('properties', () => {
  const data = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd.e'), fc.constantFrom('1', '2'))
  test('applying twice changes nothing, and what was applied is there', () => {
    fc.assert(
      fc.property(data, data, data, (base, first, second) => {
        const once = apply(apply(created(cm(base)), cm(first), { force: true }), cm(second), { force: true })
        expect(once['data'] ?? {}).toMatchObject(second)
        expect(apply(once, cm(second))).toEqual(once)
        for (const key of Object.keys(first)) if (!(key in base) && !(key in second)) expect(once['data']).not.toHaveProperty([key])
      }),
    )
  })
  test('nothing throws but ApiError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (spec, other, fields) => {
        const live = {
          ...web('x'),
          spec: other,
          metadata: {
            name: 'web',
            managedFields: [{ manager: 'm', operation: 'Apply' as const, fieldsV1: fields as Record<string, unknown> }],
          },
        } as ApiObject
        try {
          apply(live, { ...web('x'), spec }, asApps)
        } catch (e) {
          expect(e).toBeInstanceOf(ApiError)
        }
      }),
    )
  })
})
