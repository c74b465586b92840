/** Block devices that one node holds, and files on a server that does not answer: as pods and people meet them. */
import { expect, test } from 'vitest'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'

const DISK = `
apiVersion: v1
kind: PersistentVolume
metadata: { name: disk-1 }
spec:
  capacity: { storage: 1Mi }
  accessModes: [ReadWriteOnce]
  storageClassName: ""
  csi: { driver: disk.lab.example, volumeHandle: vol-1 }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: data }
spec: { accessModes: [ReadWriteOnce], storageClassName: "", volumeName: disk-1, resources: { requests: { storage: 1Mi } } }
`
const pod = (name: string, node: string, claim = 'data'): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name} }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 1
  containers:
  - { name: c, image: busybox:1.37, command: [sleep, infinity], volumeMounts: [{ name: v, mountPath: /data }] }
  volumes: [{ name: v, persistentVolumeClaim: { claimName: ${claim} } }]
`

const sit = (...manifests: readonly string[]): Session => {
  const session = new Session({ world: { preset: 'default' } })
  apply(session, ...manifests)
  return session
}
const apply = (session: Session, ...manifests: readonly string[]): void => {
  session.write('m.yaml', manifests.join('\n---\n'))
  expect(session.run('kubectl apply -f m.yaml').exitCode).toBe(0)
}
const phase = (session: Session, name: string): string | undefined => session.world.cluster.read.get('pods', 'default', name)?.status?.phase
const events = (session: Session, name: string): string => session.run(`kubectl events --for pod/${name}`).output

test('a disk in use on another node is not attached; it is once its pod is gone, and holds what was written', () => {
  const session = sit(DISK, pod('first', 'node-a'))
  session.advance(10_000)
  expect(events(session, 'first')).toMatch(/SuccessfulAttachVolume .*AttachVolume\.Attach succeeded for volume "disk-1"/)
  session.run("kubectl exec first -- sh -c 'echo kept > /data/file'")
  apply(session, pod('second', 'node-b'))
  session.advance(130_000)
  expect(phase(session, 'second')).toBe('Pending')
  expect(events(session, 'second')).toMatch(
    /FailedAttachVolume .*Multi-Attach error for volume "disk-1" Volume is already used by pod\(s\) first/,
  )
  expect(events(session, 'second')).toMatch(/FailedMount .*Unable to attach or mount volumes: unmounted volumes=\[v\]/)
  session.run('kubectl delete pod first')
  session.advance(10_000)
  expect(phase(session, 'second')).toBe('Running')
  expect(session.run('kubectl exec second -- cat /data/file').output).toBe('kept\n')
})

test('a disk of a dead node is taken from it after six minutes', () => {
  const session = sit(DISK, pod('first', 'node-a'))
  session.advance(10_000)
  session.world.fleet.crash('node-a')
  session.advance(60_000)
  session.run('kubectl delete pod first --force')
  apply(session, pod('second', 'node-b'))
  session.advance(350_000)
  expect(phase(session, 'second')).toBe('Pending')
  session.advance(20_000)
  expect(phase(session, 'second')).toBe('Running')
})

test('a disk is as large as it says', () => {
  const session = sit(DISK, pod('first', 'node-a'))
  session.advance(10_000)
  const filled = session.run("kubectl exec first -- sh -c 'for i in $(seq 1 30); do seq 1 10000 >> /data/f; done'")
  expect(filled.output).toMatch(/No space left on device/)
})

test('while the NFS server is down whoever touches its files waits, and goes on with nothing lost', () => {
  const claim =
    'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: shared }\nspec: { accessModes: [ReadWriteMany], resources: { requests: { storage: 1Gi } } }\n'
  const writer = pod('writer', 'node-a', 'shared').replace(
    '[sleep, infinity]',
    '[sh, -c, "while true; do echo $((n=n+1)) >> /data/log; sleep 1; done"]',
  )
  const session = sit(claim, writer)
  session.advance(20_000)
  const lines = (): string[] => session.run('kubectl exec writer -- cat /data/log').output.trim().split('\n')
  expect(lines().length).toBeGreaterThan(5)
  applyFault(session.world, { kind: 'down', target: { component: 'nfs' } })
  session.advance(5_000)
  expect(phase(session, 'writer')).toBe('Running')
  apply(session, pod('late', 'node-b', 'shared'))
  session.begin('kubectl exec writer -- cat /data/log')
  session.advance(30_000)
  expect(session.running).toBe(true)
  expect(session.take()).toEqual([])
  applyFault(session.world, { kind: 'mend', target: { component: 'nfs' } })
  session.advance(5_000)
  expect(session.running).toBe(false)
  session.advance(60_000)
  expect(events(session, 'late')).toMatch(/FailedMount .*MountVolume\.SetUp failed[\s\S]*mount\.nfs: Connection timed out/)
  expect(phase(session, 'late')).toBe('Running')
  const all = lines()
  expect(all).toEqual(all.map((_line, i) => String(i + 1)))
  expect(all.length).toBeGreaterThan(60)
})
