/** What an administrator finds on a node: devices, exports, who listens; and containers and sandboxes taken away behind the kubelet's back. */
import { beforeEach, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output
const on = (command: string, node = 'node-a'): string => run(`ssh ${node} ${JSON.stringify(command)}`)

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

const PODS = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {storageClassName: block, accessModes: [ReadWriteOnce], resources: {requests: {storage: 2Gi}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: share}
spec: {storageClassName: nfs, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  nodeSelector: {kubernetes.io/hostname: node-a}
  containers:
  - {name: c, image: "nginx:1.27", volumeMounts: [{name: d, mountPath: /disk}, {name: s, mountPath: /share}]}
  volumes:
  - {name: d, persistentVolumeClaim: {claimName: disk}}
  - {name: s, persistentVolumeClaim: {claimName: share}}
`
const web = (): void => {
  session.write('pods.yaml', PODS)
  run('kubectl apply -f pods.yaml')
  session.advance(40_000)
}

test('devices and mounts', () => {
  web()
  expect(on('lsblk')).toMatch(
    /^NAME +MAJ:MIN RM +SIZE RO TYPE MOUNTPOINTS\nsda .*\n└─sda1 .* part \/\nsdb +8:16 +0 +2G +0 disk \/var\/lib\/kubelet\/pods\/.*\/mount\n$/,
  )
  expect(on('mount | grep nfs')).toMatch(
    /^192\.168\.0\.60:\/exports\/\S+ on \/var\/lib\/kubelet\/pods\/\S+ type nfs4 \(rw,relatime,vers=4\.2,hard\)\n$/,
  )
  expect(on('df -h | grep 192.168.0.60')).toMatch(/^192\.168\.0\.60:\/exports/)
})

test.each([
  ['by its address', '192.168.0.60', 'Export list for 192.168.0.60:\n/exports *\n'],
  ['by its name', 'nfs.miempresa.com', 'Export list for nfs.miempresa.com:\n/exports *\n'],
  ['no such name', 'nothing.miempresa.com', 'clnt_create: RPC: Unknown host\n'],
])('showmount -e: %s', (_name, server, output) => expect(on(`showmount -e ${server}`)).toBe(output))

test('showmount -e: the server is down', () => {
  run('fault down component/nfs')
  expect(on('showmount -e 192.168.0.60')).toBe('clnt_create: RPC: Unable to receive; errno = No route to host\n')
})

test('who listens: the kubelet, the control plane, what has the machine’s network', () => {
  expect(on('ss -ltnp')).toMatch(/LISTEN 0 +4096 +\*:10250 +\*:\* +users:\(\("kubelet",pid=812,fd=3\)\)/)
  expect(on('ss -ltnp', 'control-plane')).toMatch(/\*:6443 .*"kube-apiserver"/)
  expect(on('netstat -tlnp')).toMatch(/tcp +0 +0 0\.0\.0\.0:22 +0\.0\.0\.0:\* +LISTEN +640\/sshd/)
  expect(on('lsof -i :10250')).toMatch(/kubelet +812 root/)
  on('systemctl stop kubelet')
  expect(on('ss -ltnp')).not.toContain('kubelet')
  expect(on('vmstat 1 1')).toMatch(/\n +\d+ +\d+ +0 +\d+ +0 +0 /)
})

const pod = (path: string): string => run(`kubectl get pod web -o jsonpath='{${path}}'`)

test('crictl stopp: another sandbox, another address, containers started again', () => {
  run('kubectl run web --image=nginx:1.27')
  session.advance(10_000)
  const node = pod('.spec.nodeName')
  const [before, id] = [pod('.status.podIP'), on('crictl pods --name web -q', node).trim()]
  expect(on(`crictl stopp ${id}`, node)).toBe(`Stopped sandbox ${id}\n`)
  session.advance(15_000)
  expect(run('kubectl get events')).toContain('Pod sandbox changed, it will be killed and re-created.')
  expect(pod('.status.phase')).toBe('Running')
  expect(pod('.status.containerStatuses[0].restartCount')).toBe('1')
  expect(pod('.status.podIP')).not.toBe(before)
  expect(on('crictl pods --name web -q', node).trim()).not.toBe(id)
})

test('crictl rm: the dead container and its log go; what runs only by force', () => {
  run('kubectl run web --image=nginx:1.27')
  session.advance(10_000)
  const node = pod('.spec.nodeName')
  const [id] = on('crictl ps --name web -q', node).trim().split('\n')
  expect(on(`crictl rm ${id} 2>&1`, node)).toBe(`ERRO[0000] container "${id}" is running, please stop it first\n`)
  on(`crictl stop ${id}`, node)
  session.advance(15_000)
  expect(run('kubectl logs web --previous')).not.toBe('')
  expect(on(`crictl rm ${id}`, node)).toBe(`${id}\n`)
  expect(on('crictl ps -a --name web -q', node)).not.toContain(id)
  expect(run('kubectl logs web --previous 2>&1')).toContain('not found')
})
