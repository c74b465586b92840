/** Faults: what each does to the world, and that what lasts can be taken back. */
import { describe, expect, test } from 'vitest'
import { applyFault, endOf, FaultError } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'

const bare = (): Session => new Session({ world: { preset: 'bare' }, namespace: 'lab' })
const status = (session: Session, columns = 'STATUS:.status.phase'): string =>
  session.run(`kubectl get pods --no-headers -o custom-columns=${columns}`).output.trim()

describe('on pods', () => {
  test('kill: the container dies of SIGKILL and is started again', () => {
    const session = bare()
    session.run('kubectl run web --image=nginx --labels=app=web')
    session.advance(5_000)
    expect(applyFault(session.world, { kind: 'kill', target: { pods: { app: 'web' } } })).toEqual(['lab/web'])
    session.advance(3_000)
    expect(
      status(session, 'R:.status.containerStatuses[0].restartCount,E:.status.containerStatuses[0].lastState.terminated.exitCode'),
    ).toMatch(/^1\s+137$/)
  })
  test('oom: it is OOMKilled', () => {
    const session = bare()
    session.run('kubectl run web --image=nginx --labels=app=web')
    session.advance(5_000)
    applyFault(session.world, { kind: 'oom', target: { pods: { app: 'web' } } })
    session.advance(3_000)
    expect(status(session, 'E:.status.containerStatuses[0].lastState.terminated.reason')).toBe('OOMKilled')
  })
  test('hang: alive, but its probe gets no answer; mend: it answers again', () => {
    const session = bare()
    session.write(
      'p.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {app: web}}\nspec:\n  containers:\n  - {name: c, image: nginx, ports: [{containerPort: 80}], readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 2, failureThreshold: 1}}\n',
    )
    session.run('kubectl apply -f p.yaml')
    session.advance(6_000)
    const ready = (): string => status(session, 'R:.status.containerStatuses[0].ready')
    expect(ready()).toBe('true')
    const fault = { kind: 'hang', target: { pods: { app: 'web' } } } as const
    const hit = applyFault(session.world, fault)
    session.advance(6_000)
    expect(ready()).toBe('false')
    applyFault(session.world, endOf(fault, hit)!)
    session.advance(6_000)
    expect(ready()).toBe('true')
  })
})

describe('on nodes', () => {
  test('a crashed node becomes NotReady, and Ready again after its start', () => {
    const session = bare()
    const node = (): string => session.run('kubectl get node node-a --no-headers').output.split(/\s+/)[1]!
    const fault = { kind: 'crash', target: { node: 'node-a' } } as const
    const hit = applyFault(session.world, fault)
    session.advance(70_000)
    expect(node()).toBe('NotReady')
    applyFault(session.world, endOf(fault, hit)!)
    session.advance(30_000)
    expect(node()).toBe('Ready')
  })
  test('nodeOf finds a node that holds such a pod, and its end goes to that very node', () => {
    const session = bare()
    session.run('kubectl run web --image=nginx --labels=app=web')
    session.advance(5_000)
    const fault = { kind: 'cut', target: { nodeOf: { app: 'web' } } } as const
    const hit = applyFault(session.world, fault)
    expect(hit).toEqual([status(session, 'N:.spec.nodeName')])
    expect(endOf(fault, hit)).toEqual({ kind: 'mend', target: { node: hit[0] } })
  })
})

describe('on what the cluster leans on', () => {
  test('without its registry no image comes, with it one does', () => {
    const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
    applyFault(session.world, { kind: 'down', target: { component: 'registry' } })
    session.run('kubectl run web --image=nginx:1.27')
    session.advance(30_000)
    expect(status(session)).toBe('Pending')
    applyFault(session.world, { kind: 'mend', target: { component: 'registry' } })
    session.advance(60_000)
    expect(status(session)).toBe('Running')
  })
  test('cut names time out until they are mended', () => {
    const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
    session.run('kubectl run box --image=busybox:1.36 -- sleep 3600')
    session.advance(15_000)
    const lookup = (): number => session.run('kubectl exec box -- nslookup kubernetes.default.svc.cluster.local').exitCode
    expect(lookup()).toBe(0)
    applyFault(session.world, { kind: 'down', target: { component: 'dns' } })
    expect(lookup()).not.toBe(0)
    applyFault(session.world, { kind: 'mend', target: { component: 'dns' } })
    expect(lookup()).toBe(0)
  })
})

test.each([
  ['an unknown kind', { kind: 'meteor', target: { node: 'node-a' } }, 'is not simulated; there are crash'],
  ['an unknown node', { kind: 'crash', target: { node: 'node-z' } }, 'there is no node "node-z"'],
  ['a target it does not go for', { kind: 'crash', target: { pods: { a: 'b' } } }, '"crash" does not go for pods'],
  ['an unknown component', { kind: 'down', target: { component: 'moon' } }, '"moon" cannot be taken down here'],
  ['a delay without an amount', { kind: 'delay', target: { link: { from: 'node-a', to: 'node-b' } } }, 'a delay needs an amount'],
])('%s is told', (_name, fault, message) => {
  const { world } = bare()
  expect(() => applyFault(world, fault as Parameters<typeof applyFault>[1])).toThrow(FaultError)
  expect(() => applyFault(world, fault as Parameters<typeof applyFault>[1])).toThrow(message)
})
