/**
 * The whiteboard's memory table of two nodes: capacity, what is promised, what is free to promise, what is used; and who dies. The pods hold
 * as much memory as the table says they use (stress in the place of WordPress, MariaDB and nginx: only the bytes count here).
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/generated/types/core-v1.ts'
import { CONTROL_PLANE, worker } from '../../src/cluster/presets.ts'
import type { Checkpoint } from '../../src/cluster/world.ts'
import { Session } from '../../src/session/session.ts'

const MACHINE = { cpu: '4', memory: '10Gi', pods: '110', 'ephemeral-storage': '50Gi' }
const GI = 1024 ** 3

interface Column {
  readonly cpu: string
  readonly memory: string
}

/** Uses `gi` for a minute, and from then on `later`. */
const uses = (gi: number, later = gi): string => {
  const stress = (n: number): string => `stress --vm 1 --vm-bytes ${Math.round(n * 1024)}M --vm-hang 0`
  return later === gi ? `exec ${stress(gi)}` : `${stress(gi)} --timeout 60; exec ${stress(later)}`
}

const manifest = (name: string, node: string, command: string, requests: Column, limits: Column): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeSelector: {kubernetes.io/hostname: ${node}}
  containers:
    - name: ${name}
      image: polinux/stress:1.0.4
      command: [sh, -c, "${command}"]
      resources:
        requests: {cpu: "${requests.cpu}", memory: ${requests.memory}}
        limits: {cpu: "${limits.cpu}", memory: ${limits.memory}}
`
const session = new Session({
  world: {
    preset: 'default',
    addOns: [],
    nodes: [CONTROL_PLANE, ...[0, 1].map((i) => ({ ...worker(i, `nodo-${i + 1}`), capacity: MACHINE, allocatable: MACHINE }))],
  },
  namespace: 'lab',
})
const { world } = session
let empty: Checkpoint
beforeEach(() => {
  empty = world.checkpoint()
})
afterEach(() => world.rewind(empty, true))

function apply(...manifests: readonly string[]): void {
  session.write('pods.yaml', manifests.join('---\n'))
  expect(session.run('kubectl apply -f pods.yaml').exitCode).toBe(0)
}

/** The table's pods; `wp` grows to what is given after a minute. */
function table(wpLater = 5): void {
  apply(
    //          pod      node      use                 request                      limit
    manifest('pod1wp', 'nodo-1', uses(5, wpLater), { cpu: '3', memory: '5Gi' }, { cpu: '10', memory: '8Gi' }),
    manifest('pod1mariadb', 'nodo-1', uses(3), { cpu: '1', memory: '3Gi' }, { cpu: '2', memory: '5Gi' }),
    manifest('pod1nginx', 'nodo-2', uses(1), { cpu: '1', memory: '5Gi' }, { cpu: '1', memory: '5Gi' }),
  )
  session.advance(30_000)
}

const pod = (name: string): Pod => world.cluster.read.get('pods', 'lab', name)!
const fate = (name: string): string => {
  const { status } = pod(name)
  const one = status?.containerStatuses?.[0]
  if (status?.reason !== undefined) return status.reason
  if (one?.lastState?.terminated)
    return `${one.lastState.terminated.reason} ${one.lastState.terminated.exitCode}, restarted ${one.restartCount}`
  return status?.phase ?? 'nothing'
}
const usedGi = (node: string): number => Math.round((world.fleet.processes.memoryOfNode(node) / GI) * 10) / 10
const committed = (node: string): string[] => {
  const described = session.run(`kubectl describe node ${node}`).output
  return ['cpu', 'memory'].map((what) => new RegExp(`^  ${what} +(\\S+ \\(\\d+%\\))`, 'm').exec(described)![1]!)
}

describe('the table', () => {
  test.each([
    // node, committed cpu, committed memory, used memory
    ['nodo-1', '4 (100%)', '8Gi (80%)', 8],
    ['nodo-2', '1 (25%)', '5Gi (50%)', 1],
  ])('%s: %s of cpu and %s of memory are promised, %i Gi are used', (node, cpu, memory, used) => {
    table()
    expect([...committed(node), usedGi(node)]).toEqual([cpu, memory, used])
  })
})

describe('the scheduler looks at requests only; what is used does not matter to it', () => {
  test.each([
    // asked for, where, and does it fit
    ['2 Gi on node 1, which has 2 Gi unpromised', 'nodo-1', { cpu: '0', memory: '2Gi' }, 'Running'],
    ['3 Gi on node 1', 'nodo-1', { cpu: '0', memory: '3Gi' }, 'Insufficient memory'],
    ['a tenth of a cpu on node 1, whose cpu is all promised', 'nodo-1', { cpu: '100m', memory: '1Gi' }, 'Insufficient cpu'],
    ['5 Gi on node 2', 'nodo-2', { cpu: '3', memory: '5Gi' }, 'Running'],
    [
      '6 Gi on node 2, where 9 Gi lie idle: 4 of them are promised to nginx, which does not use them',
      'nodo-2',
      { cpu: '1', memory: '6Gi' },
      'Insufficient memory',
    ],
  ])('%s', (_what, node, asks, expected) => {
    table()
    apply(manifest('another', node, uses(0.1), asks, { cpu: '3', memory: asks.memory }))
    session.advance(20_000)
    const scheduled = pod('another').status?.conditions?.find((c) => c.type === 'PodScheduled')
    expect(pod('another').status?.phase === 'Running' ? 'Running' : scheduled?.message).toContain(expected)
  })
})

describe('who dies when pod1wp takes more than it asked for, because its limit lets it', () => {
  test.each([
    // wp uses, fate of wp, fate of mariadb
    ['as in the table: 8 of 10 Gi are in use, and that kills nobody', 5, 'Running', 'Running'],
    ['6 Gi: more than its request, but there is room', 6, 'Running', 'Running'],
    ['just under 7 Gi: the node is nearly full, and the kubelet evicts who is beyond its request', 6.93, 'Evicted', 'Running'],
    ['7 Gi: the node is full, and the kernel kills who is beyond its request', 7, 'OOMKilled 137, restarted 1', 'Running'],
    ['9 Gi: beyond its own limit, whatever room there is', 9, 'OOMKilled 137, restarted 1', 'Running'],
  ])('%s', (_what, gi, wp, mariadb) => {
    table(gi)
    session.advance(60_000)
    expect([fate('pod1wp'), fate('pod1mariadb')]).toEqual([wp, mariadb])
  })

  test('mariadb, within what it asked for, keeps its memory all along', () => {
    table(7)
    session.advance(300_000)
    expect([
      pod('pod1mariadb').status?.containerStatuses?.[0]?.restartCount,
      pod('pod1wp').status!.containerStatuses![0]!.restartCount > 0,
    ]).toEqual([0, true])
  })
})

describe('cpu is another matter ("Aquí no hay problema"): whoever wants more waits longer', () => {
  test('a limit of 10 cpus on a machine of 4, and all of them busy: nobody is killed', () => {
    apply(
      manifest('pod1wp', 'nodo-1', 'exec stress --cpu 10', { cpu: '3', memory: '1Gi' }, { cpu: '10', memory: '1Gi' }),
      manifest('pod1mariadb', 'nodo-1', 'exec stress --cpu 2', { cpu: '1', memory: '1Gi' }, { cpu: '2', memory: '1Gi' }),
    )
    session.advance(300_000)
    expect([fate('pod1wp'), fate('pod1mariadb')]).toEqual(['Running', 'Running'])
  })
})
