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
    const w = watching({ sendInitialEvents: true, allowWatchBookmarks: true })
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
