import { describe, expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { deepFreeze } from '../../src/api/walk.ts'
import { Store } from '../../src/store/store.ts'

const put = (store: Store, name: string, data: object = {}, namespace = 'lab'): ApiObject =>
  store.write('configmaps', namespace, name, (revision) =>
    deepFreeze({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace, resourceVersion: String(revision) }, ...data }),
  )
const FROZEN = deepFreeze({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b', namespace: 'lab' } })
const names = (list: readonly ApiObject[]): string[] => list.map((o) => `${o.metadata.namespace}/${o.metadata.name}`)

describe('objects', () => {
  test('lists are in byte order and do not change under the reader', () => {
    const store = new Store()
    for (const name of ['b', 'a-1', 'a']) put(store, name)
    put(store, 'z', {}, 'aaa')
    const before = store.list('configmaps')
    put(store, 'c')
    expect(names(before)).toEqual(['aaa/z', 'lab/a', 'lab/a-1', 'lab/b'])
    expect(names(store.list('configmaps', 'lab'))).toEqual(['lab/a', 'lab/a-1', 'lab/b', 'lab/c'])
  })

  test('indexes follow every change', () => {
    const store = new Store()
    put(store, 'a', { node: 'n1' })
    store.defineIndex('configmaps', 'node', (o) => (o['node'] ? [o['node']] : []))
    put(store, 'b', { node: 'n1' })
    put(store, 'a', { node: 'n2' })
    store.remove('configmaps', 'lab', 'b')
    expect(names(store.byIndex('configmaps', 'node', 'n1'))).toEqual([])
    expect(names(store.byIndex('configmaps', 'node', 'n2'))).toEqual(['lab/a'])
    expect(store.inconsistencies()).toEqual([])
  })

  test('a census counts by sort, through changes, deletions and rewinds', () => {
    const store = new Store()
    put(store, 'a', { owner: 'x', sort: 'small' })
    store.defineCensus('configmaps', 'by-owner', (o) => (o['owner'] ? { under: o['owner'], sort: o['sort'] } : undefined))
    put(store, 'b', { owner: 'x', sort: 'small' })
    put(store, 'c')
    const mark = store.mark()
    put(store, 'b', { owner: 'x', sort: 'large' })
    put(store, 'c', { owner: 'y', sort: 'small' })
    store.remove('configmaps', 'lab', 'a')
    expect([...store.census('configmaps', 'by-owner', 'x')]).toEqual([['large', 1]])
    expect([...store.census('configmaps', 'by-owner', 'y')]).toEqual([['small', 1]])
    expect(store.inconsistencies()).toEqual([])
    store.rewind(mark)
    expect([...store.census('configmaps', 'by-owner', 'x')]).toEqual([['small', 2]])
    expect([...store.census('configmaps', 'by-owner', 'y')]).toEqual([])
    expect(store.inconsistencies()).toEqual([])
  })
})

describe('rewind', () => {
  test('brings objects, cells and sequences back', () => {
    const store = new Store()
    put(store, 'a', { v: 1 })
    store.cells.put('timer', 'x', 1)
    const hash = store.stateHash()
    const mark = store.mark()
    put(store, 'a', { v: 2 })
    put(store, 'b')
    store.remove('configmaps', 'lab', 'a')
    store.cells.delete('timer', 'x')
    store.cells.next('s')
    expect(store.stateHash()).not.toBe(hash)
    store.rewind(mark)
    expect(store.stateHash()).toBe(hash)
    expect(store.cells.next('s')).toBe(1)
  })

  test('tells listeners only of what changes back', () => {
    const store = new Store()
    store.cells.put('timer', 'kept', 1)
    const told: unknown[] = []
    store.cells.onChange('timer', (...change) => told.push(change))
    const mark = store.mark()
    store.cells.put('timer', 'came-and-went', 1)
    store.cells.delete('timer', 'came-and-went')
    store.cells.put('timer', 'kept', 2)
    told.length = 0
    store.rewind(mark)
    expect(told).toEqual([['kept', 2, 1]])
  })

  test('to an older mark takes the newer with it', () => {
    const store = new Store()
    const first = store.mark()
    put(store, 'a')
    store.mark()
    put(store, 'b')
    store.rewind(first)
    expect(store.objectCount).toBe(0)
    expect(store.marks).toBe(0)
  })

  test('revisions go on, and the log before is forgotten', () => {
    const store = new Store()
    put(store, 'a')
    const { revision, logPosition } = store
    const mark = store.mark()
    put(store, 'b')
    store.rewind(mark)
    expect(store.revision).toBeGreaterThan(revision + 1)
    expect(store.changesSince(logPosition)).toBeUndefined()
    expect(store.epoch).toBe(1)
  })

  test('a fork nobody saw leaves no trace', () => {
    const store = new Store()
    put(store, 'a')
    const { revision, logPosition, epoch } = store
    const mark = store.mark()
    put(store, 'b')
    store.rewind(mark, { asIfNever: true })
    expect({ revision: store.revision, logPosition: store.logPosition, epoch: store.epoch }).toEqual({ revision, logPosition, epoch })
  })

  test('a fork that writes more than the log holds leaves no trace either', () => {
    const store = new Store()
    put(store, 'a')
    store.mark()
    const { revision, logPosition } = store
    const mark = store.mark()
    for (let i = 0; i < 201_000; i++) store.write('configmaps', 'lab', 'b', () => FROZEN)
    store.rewind(mark, { asIfNever: true })
    expect({ revision: store.revision, logPosition: store.logPosition }).toEqual({ revision, logPosition })
    put(store, 'c')
    expect(store.changesSince(logPosition)?.map((c) => c.after?.metadata.name)).toEqual(['c'])
  })

  test('the oldest mark may be given up', () => {
    const store = new Store()
    store.mark()
    put(store, 'a')
    const second = store.mark()
    put(store, 'b')
    store.dropOldestMark()
    store.rewind(second)
    expect(names(store.list('configmaps'))).toEqual(['lab/a'])
  })
})

test('a long log forgets its beginning, not its end', () => {
  const store = new Store()
  put(store, 'first')
  const early = store.logPosition
  for (let i = 0; i < 45_000; i++) put(store, 'x', { i })
  expect(store.changesSince(early)).toBeUndefined()
  expect(store.positionAfter(2)).toBeUndefined()
  const late = store.logPosition - 10
  expect(store.changesSince(late)).toHaveLength(10)
  expect(store.positionAfter(store.revision - 3)).toBe(store.logPosition - 3)
})
