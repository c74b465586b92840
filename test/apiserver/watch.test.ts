import { describe, expect, test } from 'vitest'
import type { ApiQuery, WatchFrame } from '../../src/apiserver/contract.ts'
import { cm, createWorld } from './world.ts'

const brief = (frames: readonly unknown[]): string[] =>
  (frames as readonly WatchFrame[]).map((f) => {
    const o = f.object as any
    return `${f.type} ${o.metadata?.name ?? ''}${o.message ?? ''}`.trim()
  })

const watching = (query: ApiQuery = {}, as?: 'table') => {
  const w = createWorld()
  w.ok('create', 'configmaps', { body: cm('a', undefined, { labels: { on: 'yes' } }) })
  const stream = w.ask('watch', 'configmaps', { query, ...(as && { as }) }).stream!
  return { ...w, stream }
}

describe('watch', () => {
  test('what is there, then what happens', () => {
    const w = watching()
    expect(brief(w.stream.take())).toEqual(['ADDED a'])
    w.ok('create', 'configmaps', { body: cm('b') })
    w.ok('patch', 'configmaps', { name: 'b', patchType: 'merge', body: { data: { k: 'v' } } })
    w.ok('delete', 'configmaps', { name: 'a' })
    expect(brief(w.stream.take())).toEqual(['ADDED b', 'MODIFIED b', 'DELETED a'])
    expect(w.stream.take()).toEqual([])
  })

  test('objects enter and leave a selector', () => {
    const w = watching({ labelSelector: 'on=yes' })
    w.stream.take()
    w.ok('create', 'configmaps', { body: cm('b') })
    w.ok('patch', 'configmaps', { name: 'b', patchType: 'merge', body: { metadata: { labels: { on: 'yes' } } } })
    w.ok('patch', 'configmaps', { name: 'a', patchType: 'merge', body: { metadata: { labels: { on: 'no' } } } })
    expect(brief(w.stream.take())).toEqual(['ADDED b', 'DELETED a'])
  })

  test('from a revision', () => {
    const w = watching()
    const { resourceVersion } = w.ok('list', 'configmaps').metadata
    w.ok('create', 'configmaps', { body: cm('c') })
    expect(brief(w.ask('watch', 'configmaps', { query: { resourceVersion } }).stream!.take())).toEqual(['ADDED c'])
  })

  test('initial events end in a bookmark', () => {
    const w = watching({ sendInitialEvents: true, allowWatchBookmarks: true, resourceVersionMatch: 'NotOlderThan' })
    const frames = w.stream.take() as WatchFrame[]
    expect(frames.map((f) => f.type)).toEqual(['ADDED', 'BOOKMARK'])
    expect((frames[1]!.object as any).metadata.annotations).toEqual({ 'k8s.io/initial-events-end': 'true' })
  })

  test('a rewind ends it with 410', () => {
    const w = watching()
    w.stream.take()
    const mark = w.store.mark()
    w.ok('create', 'configmaps', { body: cm('b') })
    w.store.rewind(mark)
    const frames = w.stream.take() as WatchFrame[]
    expect(frames).toHaveLength(1)
    expect(frames[0]).toMatchObject({ type: 'ERROR', object: { code: 410, reason: 'Expired' } })
    expect(w.stream.done).toBe(true)
  })

  test('rows of a Table, headers once', () => {
    const w = watching({}, 'table')
    w.ok('create', 'configmaps', { body: cm('b') })
    const tables = (w.stream.take() as WatchFrame[]).map((f) => f.object as any)
    expect(tables.map((t) => t.columnDefinitions.length)).toEqual([3, 0])
    expect(tables.map((t) => t.rows[0].cells[0])).toEqual(['a', 'b'])
  })

  test('ends when its time is up', () => {
    const w = watching({ timeoutSeconds: 10 })
    w.stream.take()
    expect(w.stream.done).toBe(false)
    w.clock.nowMs += 10_000
    w.stream.take()
    expect(w.stream.done).toBe(true)
  })
})

describe('lists as they were', () => {
  const names = (list: any): string[] => list.items.map((o: any) => o.metadata.name)
  const filled = () => {
    const w = createWorld()
    for (const name of ['a', 'b', 'c', 'd']) w.ok('create', 'configmaps', { body: cm(name, { n: '1' }) })
    return w
  }

  test('the pages of one list are of one revision', () => {
    const w = filled()
    const first = w.ok('list', 'configmaps', { query: { limit: 2 } })
    w.ok('delete', 'configmaps', { name: 'c' })
    w.ok('create', 'configmaps', { body: cm('bb') })
    w.ok('patch', 'configmaps', { name: 'd', patchType: 'merge', body: { data: { n: '2' } } })
    const rest = w.ok('list', 'configmaps', { query: { limit: 2, continue: first.metadata.continue } })
    expect([...names(first), ...names(rest)]).toEqual(['a', 'b', 'c', 'd'])
    expect(rest.items[1].data).toEqual({ n: '1' })
    expect(rest.metadata.resourceVersion).toBe(first.metadata.resourceVersion)
  })

  test('exactly a revision, at least a revision', () => {
    const w = filled()
    const { resourceVersion } = w.ok('list', 'configmaps').metadata
    w.ok('delete', 'configmaps', { name: 'a' })
    expect(names(w.ok('list', 'configmaps', { query: { resourceVersion, resourceVersionMatch: 'Exact' } }))).toEqual(['a', 'b', 'c', 'd'])
    expect(names(w.ok('list', 'configmaps', { query: { resourceVersion, limit: 9 } }))).toEqual(['a', 'b', 'c', 'd'])
    expect(names(w.ok('list', 'configmaps', { query: { resourceVersion, resourceVersionMatch: 'NotOlderThan' } }))).toEqual(['b', 'c', 'd'])
    expect(names(w.ok('list', 'configmaps', { query: { resourceVersion } }))).toEqual(['b', 'c', 'd'])
  })

  test('what is forgotten has expired, and a page may go on all the same', () => {
    const w = filled()
    const first = w.ok('list', 'configmaps', { query: { limit: 2 } })
    w.store.rewind(w.store.mark())
    w.ok('create', 'configmaps', { body: cm('e') })
    const answer = w.ask('list', 'configmaps', { query: { limit: 2, continue: first.metadata.continue } })
    const body = answer.body as any
    expect([answer.code, body.reason]).toEqual([410, 'Expired'])
    expect(body.message).toContain('The provided continue parameter is too old to display a consistent list result.')
    expect(names(w.ok('list', 'configmaps', { query: { continue: body.metadata.continue } }))).toEqual(['c', 'd', 'e'])
    expect(
      w.ask('list', 'configmaps', { query: { resourceVersion: first.metadata.resourceVersion, resourceVersionMatch: 'Exact' } }),
    ).toMatchObject({
      code: 410,
      body: { reason: 'Expired', message: 'The resourceVersion for the provided list is too old.' },
    })
  })
})

describe('what may be asked together', () => {
  const invalid = (why: string): string => `ListOptions.meta.k8s.io "" is invalid: ${why}`
  const forbidden = (why: string): string => invalid(`resourceVersionMatch: Forbidden: ${why}`)
  test.each<['list' | 'watch', ApiQuery, string]>([
    ['list', { resourceVersionMatch: 'Exact' }, forbidden('resourceVersionMatch is forbidden unless resourceVersion is provided')],
    [
      'list',
      { resourceVersionMatch: 'Exact', resourceVersion: '0' },
      forbidden('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'),
    ],
    [
      'list',
      { resourceVersionMatch: 'Odd', resourceVersion: '1' },
      invalid('resourceVersionMatch: Unsupported value: "Odd": supported values: "", "Exact", "NotOlderThan"'),
    ],
    ['list', { sendInitialEvents: true }, invalid('sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list')],
    ['watch', { sendInitialEvents: true }, forbidden('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')],
    [
      'watch',
      { resourceVersionMatch: 'Exact', resourceVersion: '1' },
      forbidden('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'),
    ],
    ['list', { resourceVersion: '99999' }, 'Timeout: Too large resource version: 99999, current: 1'],
    ['watch', { resourceVersion: '99999' }, 'Timeout: Too large resource version: 99999, current: 1'],
  ])('%s %j', (verb, query, message) => {
    expect(createWorld().message(verb, 'configmaps', { query })).toBe(message)
  })

  test('a bookmark ends the first events only where bookmarks are asked for', () => {
    expect(brief(watching({ allowWatchBookmarks: true }).stream.take())).toEqual(['ADDED a', 'BOOKMARK'])
    expect(brief(watching({ sendInitialEvents: true, resourceVersionMatch: 'NotOlderThan' }).stream.take())).toEqual(['ADDED a'])
  })

  test('bookmarks come once a minute and tell where to go on', () => {
    const w = watching({ allowWatchBookmarks: true })
    w.stream.take()
    w.clock.nowMs += 61_000
    const [frame] = w.stream.take() as WatchFrame[]
    expect(frame).toMatchObject({
      type: 'BOOKMARK',
      object: { kind: 'ConfigMap', apiVersion: 'v1', metadata: { resourceVersion: String(w.store.revision) } },
    })
  })

  test('a collection is deleted by its selector, with what each deletion left', () => {
    const w = createWorld()
    w.ok('create', 'configmaps', { body: cm('a', undefined, { labels: { on: 'yes' }, finalizers: ['x.y/z'] }) })
    w.ok('create', 'configmaps', { body: cm('b', undefined, { labels: { on: 'yes' } }) })
    w.ok('create', 'configmaps', { body: cm('c') })
    const gone = w.ok('deletecollection', 'configmaps', { query: { labelSelector: 'on=yes' } })
    expect(gone).toMatchObject({ kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }] })
    expect(w.ok('list', 'configmaps').items.map((o: any) => o.metadata.name)).toEqual(['a', 'c'])
  })
})
