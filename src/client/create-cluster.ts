/**
 * What every part of the cluster holds, made of the API server, the store and the loop.
 */
import type { ApiObject } from '../api/meta.ts'
import type { ResourceName } from '../api/reader.ts'
import { completeUser } from '../apiserver/authorization/users.ts'
import type { ApiServer } from '../apiserver/server.ts'
import { getOrMake } from '../lib/get-or-make.ts'
import type { Actor, Loop } from '../sim/loop.ts'
import type { Cluster, ObjectChange } from './contract.ts'
import { INVOLVED_INDEX, involved, Recorder } from './events.ts'
import { ApiWriter } from './writer.ts'

/** Who writes events and other things of no component's own. */
const EVENT_WRITER = 'system:event-recorder'

export function createCluster(server: ApiServer, loop: Loop): Cluster {
  const { store, reader, random } = server
  const writers = new Map<string, ApiWriter>()
  const writer = (user: string): ApiWriter => getOrMake(writers, user, () => new ApiWriter(server, completeUser(user)))
  store.defineIndex('events', INVOLVED_INDEX, involved)
  return {
    read: reader,
    clock: loop,
    random,
    cells: store.cells,
    writer,
    recorder: (component, host, modern) =>
      new Recorder({ read: reader, write: writer(EVENT_WRITER), clock: loop, random, cells: store.cells }, { component, host, modern }),
    subscribe: (resource: ResourceName | '*', listener: (change: ObjectChange) => void) => store.subscribe(resource, listener),
    defineIndex: (resource: ResourceName, name: string, of: (object: ApiObject) => readonly string[]) =>
      store.defineIndex(resource, name, of),
    defineCensus: (resource, name, of) => store.defineCensus(resource, name, of),
    setTimer: (actor, id, dueMs, payload) => loop.timers.set(actor, id, dueMs, payload),
    timerDue: (actor, id) => loop.timers.due(actor, id),
    cancelTimer: (actor, id) => loop.timers.cancel(actor, id),
    register: (actor: Actor) => loop.register(actor),
    unregister: (name) => loop.unregister(name),
  }
}
