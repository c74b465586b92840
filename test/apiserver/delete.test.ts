import { describe, expect, test } from 'vitest'
import { finalizersFor } from '../../src/apiserver/write/delete-rules.ts'
import { aPod, cm, createWorld } from './world.ts'

describe('finalizers by propagation', () => {
  test.each([
    ['nothing asked', ['x'], undefined, ['x']],
    ['orphan', ['x'], 'Orphan', ['x', 'orphan']],
    ['foreground', [], 'Foreground', ['foregroundDeletion']],
    ['background takes both away', ['orphan', 'x'], 'Background', ['x']],
    ['foreground instead of orphan', ['orphan'], 'Foreground', ['foregroundDeletion']],
  ] as const)('%s', (_name, current, asked, after) => expect(finalizersFor(current, asked)).toEqual(after))
})

describe('delete', () => {
  test('at once, with a Status', () => {
    const w = createWorld()
    const { uid } = w.ok('create', 'configmaps', { body: cm('a') }).metadata
    expect(w.ok('delete', 'configmaps', { name: 'a' })).toEqual({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name: 'a', kind: 'configmaps', uid },
    })
    expect(w.ask('get', 'configmaps', { name: 'a' }).code).toBe(404)
  })

  test('gracefully, then at once when forced', () => {
    const w = createWorld()
    w.ok('create', 'pods', { body: aPod('p', { nodeName: 'node-a' }) })
    const going = w.ok('delete', 'pods', { name: 'p' })
    expect(going.metadata).toMatchObject({ deletionTimestamp: '2026-11-20T06:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 })
    expect(w.ok('delete', 'pods', { name: 'p', query: { gracePeriodSeconds: 60 } })).toBe(going)
    const sooner = w.ok('delete', 'pods', { name: 'p', query: { gracePeriodSeconds: 5 } })
    expect(sooner.metadata).toMatchObject({ deletionTimestamp: '2026-11-20T06:00:05Z', deletionGracePeriodSeconds: 5 })
    w.ok('delete', 'pods', { name: 'p', query: { gracePeriodSeconds: 0 } })
    expect(w.ask('get', 'pods', { name: 'p' }).code).toBe(404)
  })

  test('a finalizer holds the object until it is taken away', () => {
    const w = createWorld()
    w.ok('create', 'configmaps', { body: cm('a', undefined, { finalizers: ['example.com/hold'] }) })
    expect(w.ok('delete', 'configmaps', { name: 'a' }).metadata.deletionGracePeriodSeconds).toBe(0)
    expect(
      w.message('patch', 'configmaps', {
        name: 'a',
        patchType: 'merge',
        body: { metadata: { finalizers: ['example.com/hold', 'example.com/more'] } },
      }),
    ).toContain('no new finalizers can be added if the object is being deleted')
    w.ok('patch', 'configmaps', { name: 'a', patchType: 'merge', body: { metadata: { finalizers: null } } })
    expect(w.ask('get', 'configmaps', { name: 'a' }).code).toBe(404)
  })

  test('preconditions', () => {
    const w = createWorld()
    const { uid } = w.ok('create', 'configmaps', { body: cm('a') }).metadata
    expect(w.message('delete', 'configmaps', { name: 'a', body: { preconditions: { uid: 'other' } } })).toBe(
      `Operation cannot be fulfilled on ConfigMap "a": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    )
  })

  test('a dry run deletes nothing', () => {
    const w = createWorld()
    w.ok('create', 'configmaps', { body: cm('a') })
    w.ok('delete', 'configmaps', { name: 'a', query: { dryRun: true } })
    expect(w.ask('get', 'configmaps', { name: 'a' }).code).toBe(200)
  })

  test('a collection by label', () => {
    const w = createWorld()
    for (const name of ['a', 'b']) w.ok('create', 'configmaps', { body: cm(name, undefined, { labels: { x: name } }) })
    expect(w.ok('deletecollection', 'configmaps', { query: { labelSelector: 'x=a' } }).items).toHaveLength(1)
    expect(w.ok('list', 'configmaps').items.map((o: any) => o.metadata.name)).toEqual(['b'])
  })
})
