/** A node's disk is one file system: what a pod writes through hostPath, what its administrator writes over ssh, and what the kubelet keeps there. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output
const on = (command: string): string => run(`ssh node-a '${command}'`)

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

interface Volume {
  readonly source: string
  readonly mount?: string
}

function start(name: string, script: string, { source, mount = 'mountPath: /data' }: Volume): void {
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-a
  terminationGracePeriodSeconds: 0
  containers:
  - name: c
    image: busybox
    env: [{name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
    command: [sh, -c, "${script}; sleep 3600"]
    volumeMounts: [{name: v, ${mount}}]
  volumes: [{name: v, ${source}}]
`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(8_000)
}

describe('hostPath', () => {
  test('shows what was on the disk before, and writes to it', () => {
    on('mkdir -p /data/in; echo node > /data/in/first')
    start('a', 'cat /data/in/first > /data/copy', { source: 'hostPath: {path: /data}' })
    expect(on('cat /data/copy')).toBe('node\n')
    start('b', 'ls /data > /data/list', { source: 'hostPath: {path: /data/in, type: Directory}' })
    expect(on('cat /data/in/list')).toBe('first\nlist\n')
  })

  test('outlives its pod, and a reboot', () => {
    start('a', 'echo kept > /data/x', { source: 'hostPath: {path: /srv/deep/er, type: DirectoryOrCreate}' })
    run('kubectl delete pod a')
    on('reboot')
    session.advance(60_000)
    expect(on('cat /srv/deep/er/x')).toBe('kept\n')
  })

  test.each([
    ['a directory that is not there', 'hostPath: {path: /none, type: Directory}', 'hostPath type check failed: /none is not a directory'],
    ['a file that is not there', 'hostPath: {path: /none, type: File}', 'hostPath type check failed: /none is not a file'],
    ['a file where none is', 'hostPath: {path: /srv, type: File}', 'hostPath type check failed: /srv is not a file'],
    ['a socket', 'hostPath: {path: /srv, type: Socket}', 'hostPath type check failed: /srv is not a socket'],
  ])('%s keeps the pod waiting', (_what, source, message) => {
    start('a', 'true', { source })
    expect(run('kubectl describe pod a')).toContain(message)
    expect(run('kubectl get pod a')).toMatch(/ContainerCreating/)
  })

  test('of /var/log sees the logs of the node', () => {
    start('a', 'echo said', { source: 'hostPath: {path: /var/log}' })
    expect(run("kubectl exec a -- sh -c 'cat /data/containers/a_default_c-*.log'")).toMatch(/^\S+Z stdout F said\n$/)
    expect(on('cat /var/log/pods/default_a_*/c/0.log')).toMatch(/Z stdout F said\n$/)
  })
})

test("a local volume's directory is made by nobody", () => {
  session.write(
    'pv.yaml',
    `apiVersion: v1
kind: PersistentVolume
metadata: {name: disk}
spec:
  capacity: {storage: 1Gi}
  accessModes: [ReadWriteOnce]
  storageClassName: manual
  local: {path: /mnt/disks/ssd1}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [node-a]}]}]}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {storageClassName: manual, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`,
  )
  run('kubectl apply -f pv.yaml')
  start('a', 'echo here > /data/x', { source: 'persistentVolumeClaim: {claimName: disk}' })
  expect(run('kubectl describe pod a')).toContain(
    'MountVolume.NewMounter initialization failed for volume "disk" : path "/mnt/disks/ssd1" does not exist',
  )
  on('mkdir -p /mnt/disks/ssd1')
  session.advance(130_000)
  expect(on('cat /mnt/disks/ssd1/x')).toBe('here\n')
})

test("an emptyDir lies in its pod's directory and goes with it", () => {
  start('a', 'echo x > /data/file', { source: 'emptyDir: {}' })
  expect(on('find /var/lib/kubelet/pods -name file')).toMatch(/\/volumes\/kubernetes\.io~empty-dir\/v\/file\n$/)
  run('kubectl delete pod a')
  session.advance(5_000)
  expect(on('find /var/lib/kubelet/pods -name file')).toBe('')
})

test('subPath and subPathExpr: the directory is made; what a ConfigMap showed there stays as it was', () => {
  start('a', 'echo mine > /data/x', { source: 'hostPath: {path: /srv/logs}', mount: 'mountPath: /data, subPathExpr: $(POD_NAME)/out' })
  expect(on('cat /srv/logs/a/out/x')).toBe('mine\n')
  run('kubectl create configmap page --from-literal=index.html=old')
  start('b', 'true', { source: 'configMap: {name: page}', mount: 'mountPath: /data/index.html, subPath: index.html' })
  start('c', 'true', { source: 'configMap: {name: page}' })
  run(`kubectl patch configmap page -p '{"data":{"index.html":"new"}}'`)
  session.advance(100_000)
  expect(run('kubectl exec b -- cat /data/index.html')).toBe('old')
  expect(run('kubectl exec c -- cat /data/index.html')).toBe('new')
})
