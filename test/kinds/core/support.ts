/** What the tests of the core kinds share: contexts over a handful of objects. */
import type { DescribeContext, PrepareContext } from '../../../src/api/kind.ts'
import type { ApiObject } from '../../../src/api/meta.ts'
import type { Reader } from '../../../src/api/reader.ts'

/** Objects by the name readers use. */
export type World = Readonly<Record<string, readonly ApiObject[]>>

export const readerOf = (world: World): Reader => ({
  get: (resource, namespace, name) =>
    (world[resource] ?? []).find((o) => o.metadata.name === name && o.metadata.namespace === namespace) as never,
  list: (resource, namespace) =>
    (world[resource] ?? []).filter((o) => namespace === undefined || o.metadata.namespace === namespace) as never,
})

export const NOW = Date.parse('2026-11-20T06:00:10Z')

export const emptyContext = (world: World = {}): PrepareContext => ({
  nowMs: NOW,
  reader: readerOf(world),
  user: { name: 'admin', groups: [] },
})
export const describeContext = (world: World = {}): DescribeContext => ({ nowMs: NOW, reader: readerOf(world), showEvents: true })
