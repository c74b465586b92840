/** Block devices of the class `block`: attached to one node, grown while mounted, snapshotted, copied; and what a dead node does to them. */
import { beforeEach, expect, test } from 'vitest'
import { applyFault } from '../../src/cluster/faults/index.ts'
import { Session } from '../../src/session/session.ts'

let session: Session
const run = (command: string): string => session.run(command).output

const claim = (name: string, more = '', size = '1Gi', mode = 'ReadWriteOnce'): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {storageClassName: block, accessModes: [${mode}], resources: {requests: {storage: ${size}}}${more}}
`
const pod = (name: string, claimName: string, script = 'sleep infinity', node = ''): string => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  terminationGracePeriodSeconds: 1
  ${node && `nodeSelector: {kubernetes.io/hostname: ${node}}`}
  containers: [{name: c, image: busybox, command: [sh, -c, "${script}"], volumeMounts: [{name: v, mountPath: /data}]}]
  volumes: [{name: v, persistentVolumeClaim: {claimName: ${claimName}}}]
`
function apply(...manifests: readonly string[]): void {
  session.write('m.yaml', manifests.join('---\n'))
  expect(session.run('kubectl apply -f m.yaml').exitCode).toBe(0)
  session.advance(10_000)
}

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
})

test('a device is attached to the node of its pod, and detached when the pod is gone', () => {
  apply(claim('data'), pod('a', 'data', 'sleep infinity', 'node-a'))
  expect(run('kubectl get volumeattachments')).toMatch(
    /^NAME +ATTACHER +PV +NODE +ATTACHED +AGE\ncsi-[0-9a-f]{64} +disk\.csi\.clusterlab +pvc-\S+ +node-a +true /,
  )
  expect(run('kubectl get csinode node-a -o jsonpath={.spec.drivers[0].name}')).toBe('disk.csi.clusterlab')
  run('kubectl delete pod a')
  session.advance(5_000)
  expect(run('kubectl get volumeattachments')).toBe('No resources found\n')
})

const crashed = (): void => {
  apply(claim('data'), pod('a', 'data', 'echo kept > /data/x; sleep infinity', 'node-a'))
  applyFault(session.world, { kind: 'crash', target: { node: 'node-a' } })
  session.advance(60_000)
  run('kubectl delete pod a --force')
  apply(pod('b', 'data', 'sleep infinity', 'node-b'))
}
const phase = (name: string): string => run(`kubectl get pod ${name} -o jsonpath={.status.phase}`)

test('a dead node keeps it for six minutes', () => {
  crashed()
  session.advance(330_000)
  expect(phase('b')).toBe('Pending')
  expect(run('kubectl describe pod b')).toMatch(
    /FailedAttachVolume .*Multi-Attach error for volume "pvc-\S+" Volume is already exclusively attached to one node and can't be attached to another/,
  )
  expect(run('kubectl describe pod b')).toMatch(
    /FailedMount .*Unable to attach or mount volumes: unmounted volumes=\[v\], unattached volumes=\[v\]/,
  )
  session.advance(40_000)
  expect(run('kubectl exec b -- cat /data/x')).toBe('kept\n')
})

test('one that is declared out of service lets go at once', () => {
  crashed()
  run('kubectl taint node node-a node.kubernetes.io/out-of-service=nodeshutdown:NoExecute')
  session.advance(10_000)
  expect(run('kubectl exec b -- cat /data/x')).toBe('kept\n')
})

test('it grows while a pod has it mounted', () => {
  apply(claim('data'), pod('a', 'data'))
  run(`kubectl patch pvc data -p '{"spec":{"resources":{"requests":{"storage":"2Gi"}}}}'`)
  session.advance(1_000)
  expect(run(`kubectl get pvc data -o jsonpath='{.status.conditions[0].type} {.status.capacity.storage}'`)).toBe(
    'FileSystemResizePending 1Gi',
  )
  session.advance(5_000)
  expect(run(`kubectl get pvc data -o jsonpath='{.status.conditions[0].type} {.status.capacity.storage}'`)).toBe(' 2Gi')
  expect(run('kubectl describe pvc data')).toMatch(
    /Resizing [\s\S]*External resizer is resizing volume pvc-\S+\n[\s\S]*FileSystemResizeRequired [\s\S]*FileSystemResizeSuccessful .*MountVolume\.NodeExpandVolume succeeded for volume/,
  )
})

test('a snapshot keeps what was; claims are filled from it, or from another claim', () => {
  apply(claim('data'), pod('a', 'data', 'echo old > /data/x; sleep infinity'))
  session.write(
    'snap.yaml',
    'apiVersion: snapshot.storage.k8s.io/v1\nkind: VolumeSnapshot\nmetadata: {name: snap}\nspec: {source: {persistentVolumeClaimName: data}}\n',
  )
  run('kubectl apply -f snap.yaml')
  session.advance(5_000)
  expect(run('kubectl get volumesnapshot snap')).toMatch(/snap +true +data +1Gi +block +snapcontent-/)
  run("kubectl exec a -- sh -c 'echo new > /data/x'")
  const from = (kind: string, name: string): string =>
    `, dataSource: {${kind === 'VolumeSnapshot' ? 'apiGroup: snapshot.storage.k8s.io, ' : ''}kind: ${kind}, name: ${name}}`
  apply(claim('restored', from('VolumeSnapshot', 'snap')), claim('cloned', from('PersistentVolumeClaim', 'data')))
  apply(pod('r', 'restored'), pod('c', 'cloned'))
  expect(run('kubectl exec r -- cat /data/x')).toBe('old\n')
  expect(run('kubectl exec c -- cat /data/x')).toBe('new\n')
  run('kubectl delete volumesnapshot snap')
  session.advance(5_000)
  expect(run('kubectl get volumesnapshotcontent')).toBe('No resources found\n')
})

test.each([
  ['shared by nodes', claim('x', '', '1Gi', 'ReadWriteMany'), /ProvisioningFailed .*MULTI_NODE_MULTI_WRITER is not supported/],
  [
    'of a snapshot that is not there',
    claim('x', ', dataSource: {apiGroup: snapshot.storage.k8s.io, kind: VolumeSnapshot, name: none}'),
    /volumesnapshots\.snapshot\.storage\.k8s\.io "none" not found/,
  ],
])('a claim %s is refused', (_what, manifest, message) => {
  apply(manifest, pod('a', 'x'))
  expect(run('kubectl describe pvc x')).toMatch(message)
})
