/**
 * A cluster for controller tests: the real API server, kinds and loop, and stand-in kubelets that start a pod a second after it is bound
 * and end it a second after it is deleted. What a pod does is told by its annotations `test/exit` (code) and `test/after` (ms).
 */
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import { KindRegistry } from '../../src/api/registry.ts'
import { formatTime } from '../../src/api/rfc3339.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { findSubresource } from '../../src/apiserver/subresources/registry.ts'
import type { Cluster, ControllerDefinition, Writer } from '../../src/client/contract.ts'
import { defineController } from '../../src/client/controller.ts'
import { createCluster } from '../../src/client/create-cluster.ts'
import { builtInKinds } from '../../src/kinds/index.ts'
import { createScheduler, type Scheduler } from '../../src/scheduler/index.ts'
import { Loop } from '../../src/sim/loop.ts'
import { createRandom } from '../../src/sim/random.ts'
import { Store } from '../../src/store/store.ts'

/** 2026-11-20T06:00:00Z */
export const START = 1_795_154_400_000

export interface WorldOptions {
  readonly controllers?: readonly ControllerDefinition[]
  readonly scheduler?: boolean
  readonly nodes?: readonly string[]
  readonly kubelet?: boolean
}

export function createWorld(options: WorldOptions = {}) {
  const store = new Store()
  const loop = new Loop(store.cells, START)
  const server = createApiServer({ store, registry: new KindRegistry(builtInKinds), clock: loop, random: createRandom('0'), plugins: [] })
  const real = createCluster(server, loop)
  const cluster: Cluster = { ...real, writer: (user) => withMissingSubresources(real, store, real.writer(user)) }
  const write = cluster.writer('tester')
  let scheduler: Scheduler | undefined
  for (const definition of options.controllers ?? []) defineController(cluster, definition)
  if (options.kubelet !== false) fakeKubelet(cluster)
  write.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } } as never)
  for (const name of options.nodes ?? []) write.create('nodes', node(name) as never)
  if (options.scheduler) scheduler = createScheduler(cluster)
  const run = (ms: number): void => loop.runUntil(loop.nowMs + ms)
  const get = (resource: string, name: string): any => cluster.read.get(resource, 'lab', name)
  const list = (resource: string): any[] => [...(cluster.read.list(resource, 'lab') as readonly any[])]
  const events = (reason?: string): string[] =>
    list('events')
      .filter((e) => reason === undefined || e.reason === reason)
      .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
      .map((e) => e.message ?? e.note)
  return { store, loop, server, cluster, write, run, get, list, events, scheduler: scheduler!, read: cluster.read }
}

/** The API's own answers where it has them; until then these two, so that controllers can be run. */
function withMissingSubresources(cluster: Cluster, store: Store, writer: Writer): Writer {
  const change = (resource: string, namespace: string | undefined, name: string, edit: (o: any) => void): void => {
    const copy = structuredClone(cluster.read.get(resource, namespace, name)) as any
    edit(copy)
    const freeze = (v: any): any => {
      if (v === null || typeof v !== 'object' || Object.isFrozen(v)) return v
      for (const inner of Object.values(v)) freeze(inner)
      return Object.freeze(v)
    }
    store.write(resource, namespace, name, (revision) =>
      freeze({ ...copy, metadata: { ...copy.metadata, resourceVersion: String(revision) } }),
    )
  }
  const served = (resource: string, sub: string): boolean => {
    const kind = builtInKinds.find((k) => k.resource === resource && k.group === '')
    return kind !== undefined && findSubresource(kind, sub) !== undefined
  }
  const post: Writer['post'] = (resource, namespace, name, sub, body: any) => {
    if (served(resource, sub)) return writer.post(resource, namespace, name, sub, body)
    if (sub === 'binding')
      change('pods', namespace, name, (pod) => {
        pod.spec.nodeName = body.target.name
        const condition = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(cluster.clock.nowMs) }
        pod.status = {
          ...pod.status,
          conditions: [...(pod.status?.conditions ?? []).filter((c: any) => c.type !== 'PodScheduled'), condition],
        }
      })
    else if (sub === 'finalize') store.remove('namespaces', undefined, name)
    else throw new Error(`no ${sub} in tests`)
  }
  return new Proxy(writer, { get: (target, key) => (key === 'post' ? post : (target as any)[key].bind(target)) })
}

export const node = (name: string, more: { labels?: object; taints?: object[]; allocatable?: object; unschedulable?: boolean } = {}) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
  spec: { ...(more.taints && { taints: more.taints }), ...(more.unschedulable && { unschedulable: true }) },
  status: {
    allocatable: { cpu: '4', memory: '8092Mi', pods: '110', 'ephemeral-storage': '50Gi', ...more.allocatable },
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True' }],
  },
})

export const podSpec = (more: object = {}) => ({ containers: [{ name: 'c', image: 'nginx' }], ...more })
export const pod = (name: string, spec: object = {}, metadata: object = {}): any => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'lab', ...metadata },
  spec: podSpec(spec),
})

function fakeKubelet(cluster: Cluster): void {
  const write = cluster.writer('system:node:test')
  const status = (namespace: string, name: string, change: (pod: any) => void): void =>
    void write.modify('pods', namespace, name, (draft: any) => change(draft), 'status')
  cluster.subscribe('pods', ({ before, after }) => {
    const [old, now] = [before as Pod | undefined, after as Pod | undefined]
    if (now === undefined) return
    const id = `${now.metadata.namespace}/${now.metadata.name}`
    if (now.spec?.nodeName && !old?.spec?.nodeName && now.status?.phase !== 'Running')
      cluster.setTimer('kubelet', `start ${id}`, cluster.clock.nowMs + 1000)
    if (now.metadata.deletionTimestamp && !old?.metadata.deletionTimestamp)
      cluster.setTimer('kubelet', `stop ${id}`, cluster.clock.nowMs + 1000)
  })
  let next = 0
  const set = (pod: any, phase: string, ready: boolean, exit?: number): void => {
    const now = formatTime(cluster.clock.nowMs)
    const kept = (pod.status?.conditions ?? []).filter((c: any) => c.type !== 'Ready')
    pod.status = {
      ...pod.status,
      phase,
      podIP: pod.status?.podIP ?? `10.244.1.${++next}`,
      startTime: pod.status?.startTime ?? now,
      conditions: [...kept, { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: now }],
      ...(exit !== undefined && {
        containerStatuses: pod.spec.containers.map((c: any) => ({
          name: c.name,
          image: c.image,
          imageID: '',
          ready: false,
          restartCount: 0,
          state: { terminated: { exitCode: exit, reason: exit === 0 ? 'Completed' : 'Error', finishedAt: now, startedAt: now } },
        })),
      }),
    }
  }
  const stop = (namespace: string, name: string): void => {
    try {
      write.delete('pods', namespace, name, { gracePeriodSeconds: 0 })
    } catch {}
  }
  cluster.register({
    name: 'kubelet',
    onTimer(id) {
      const [what, key] = id.split(' ') as [string, string]
      const [namespace, name] = key.split('/') as [string, string]
      const found = cluster.read.get('pods', namespace, name)
      if (found === undefined) return
      const { 'test/exit': exit, 'test/after': after, 'test/never-ready': never } = found.metadata.annotations ?? {}
      if (what === 'stop') {
        if (exit === undefined) status(namespace, name, (p) => set(p, p.spec.restartPolicy === 'Always' ? 'Running' : 'Failed', false))
        stop(namespace, name)
      } else if (what === 'end') status(namespace, name, (p) => set(p, exit === '0' ? 'Succeeded' : 'Failed', false, Number(exit)))
      else if (found.metadata.deletionTimestamp === undefined) {
        status(namespace, name, (p) => set(p, 'Running', never === undefined))
        if (exit !== undefined) cluster.setTimer('kubelet', `end ${key}`, cluster.clock.nowMs + Number(after ?? 1000))
      }
    },
  })
}
