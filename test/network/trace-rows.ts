/** One row of a trace table: what there is, what happens to it, who asks for what, and what `trace` makes of it. */
import { expect, test } from 'vitest'
import type { ApiObject } from '../../src/api/meta.ts'
import { applyFault, type Fault } from '../../src/cluster/faults/index.ts'
import type { World } from '../../src/cluster/world.ts'
import { trace } from '../../src/network/trace.ts'
import { defaultWorld, from, must, OFFICE, pod, service } from './world.ts'

export const client = pod('client', { app: 'client' }, { nodeName: 'node-c' }, 9999)
export const web = pod('web', { app: 'web' }, { nodeName: 'node-a' })
export const webService = service('web', { app: 'web' })
export const both = [web, webService]
export const fault = (f: Fault) => (w: World) => void applyFault(w, f)
export const hang = (w: World): void => {
  const { uid } = w.cluster.read.get('pods', 'default', 'web')!.metadata
  w.fleet.processes.hang(w.fleet.processes.ofPod(uid!)[0]!, true)
}
/** A Deployment without replicas, and its pods gone. */
export const without = (namespace: string, name: string) => (w: World) => {
  w.cluster.writer('system:admin').modify('deployments.apps', namespace, name, (d) => {
    d.spec!.replicas = 0
  })
  w.advance(60_000)
}

export interface Row {
  readonly objects?: readonly ApiObject[]
  readonly act?: (w: World) => void
  readonly url: string
  /** Who asks: the pod `client` on node-c, or the office PC. */
  readonly who: 'client' | 'MenchuPC'
  /** The last hop that is not well: its layer; none when every hop is. */
  readonly hop?: string
  readonly verdict: RegExp
}

/** A test a row, each in a fork of one world. */
export function explains(rows: readonly [string, Row][]): void {
  const world = defaultWorld([client])
  test.each(rows)('%s', (_name, { objects = [], act, url, who, hop, verdict }) => {
    world.fork(() => {
      for (const object of objects) must(world, object)
      world.advance(15_000)
      act?.(world)
      const told = trace(world.network, who === 'client' ? from(world, 'client') : OFFICE, { url, turn: 1 })!
      expect(told.verdict).toMatch(verdict)
      expect(told.hops.findLast((h) => !h.ok)?.layer).toBe(hop)
    })
  })
}
