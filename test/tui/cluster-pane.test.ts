// The cluster pane where there is little room: those in trouble, then the player's own, then all the others.
import { expect, test } from 'vitest'
import { clusterRows } from '../../src/tui/panes/cluster.ts'
import { textsFor } from '../../src/tui/texts/index.ts'
import type { PodView, WorldFrame } from '../../src/tui/world.ts'

const pod = (name: string, namespace: string, more: Partial<PodView> = {}): PodView => ({
  namespace,
  name,
  status: 'Running',
  health: 'ok',
  readyContainers: 1,
  containers: 1,
  restarts: 0,
  app: name,
  ...more,
})

test('on a small screen the own pods are not behind the cluster’s', () => {
  const nodes = ['control-plane', 'node-a', 'node-b'].map((name, i) => ({
    name,
    status: 'Ready',
    health: 'ok' as const,
    role: '',
    cpuMilliRequested: 0,
    cpuMilliTotal: 4000,
    memoryBytesUsed: 0,
    memoryBytesTotal: 1,
    pods: [pod(`dns-${i}`, 'kube-system'), pod(`proxy-${i}`, 'kube-system'), ...(i === 2 ? [pod('till', 'web1')] : [])],
  }))
  const sick = pod('balancer', 'kube-system', { health: 'bad', status: 'CrashLoopBackOff', readyContainers: 0 })
  const frame = { nodes, unplaced: [sick], namespace: 'web1' } as unknown as WorldFrame
  const rows = clusterRows(frame, textsFor('en'), 40, 8).map((row) => row.map((part) => part.text).join(''))
  const names = rows.slice(4).map((row) => row.trim().split(/\s+/)[1])
  expect(names.slice(0, 3)).toEqual(['balancer', 'till', 'dns-0'])
})
