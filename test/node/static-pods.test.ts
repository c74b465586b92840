/** The control plane as static pods: looked at, deleted, taken away and given back. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

const sit = (): Session => {
  const session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
  return session
}
const file = (name: string): string => `/etc/kubernetes/manifests/${name}.yaml`
const away = (session: Session, name: string): void => {
  expect(session.run(`ssh control-plane mv ${file(name)} /tmp/`)).toMatchObject({ output: '', exitCode: 0 })
  session.advance(35_000)
}
const back = (session: Session, name: string): void => {
  expect(session.run(`ssh control-plane mv /tmp/${name}.yaml ${file(name)}`)).toMatchObject({ output: '', exitCode: 0 })
  session.advance(20_000)
}

test('they stand in kube-system as kubeadm leaves them; deleting one only makes its mirror anew', () => {
  const session = sit()
  const { output } = session.run('kubectl get pods -n kube-system')
  for (const name of ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])
    expect(output).toMatch(new RegExp(`${name}-control-plane +1/1 +Running +0 `))
  expect(session.run('kubectl logs -n kube-system kube-scheduler-control-plane').output).toMatch(/successfully acquired lease/)
  const uid = (): string => session.run("kubectl get pod -n kube-system kube-scheduler-control-plane -o jsonpath='{.metadata.uid}'").output
  const id = session.run('ssh control-plane crictl ps --name kube-scheduler -q').output
  const before = uid()
  expect(session.run('kubectl delete pod -n kube-system kube-scheduler-control-plane').exitCode).toBe(0)
  session.advance(3_000)
  expect(uid()).not.toBe(before)
  expect(session.run('ssh control-plane crictl ps --name kube-scheduler -q').output).toBe(id)
  expect(session.run('kubectl describe pod -n kube-system etcd-control-plane').output).toMatch(/Controlled By: +Node\/control-plane/)
})

test('without the scheduler pods stay Pending, with it they run', () => {
  const session = sit()
  away(session, 'kube-scheduler')
  expect(session.run('kubectl get pods -n kube-system').output).not.toMatch(/kube-scheduler/)
  session.run('kubectl run web --image=nginx:1.29')
  session.advance(30_000)
  expect(session.run('kubectl get pod web').output).toMatch(/web +0\/1 +Pending/)
  const parts = session.run('kubectl get cs').output
  expect(parts).toMatch(/^Warning: v1 ComponentStatus is deprecated in v1.19\+\n/)
  expect(parts).toMatch(
    /^scheduler +Unhealthy +Get "https:\/\/127.0.0.1:10259\/healthz": dial tcp 127.0.0.1:10259: connect: connection refused/m,
  )
  expect(parts).toMatch(/^controller-manager +Healthy +ok/m)
  back(session, 'kube-scheduler')
  expect(session.run('kubectl get pod web').output).toMatch(/web +1\/1 +Running/)
})

test('without the controller manager nothing is made, nothing replaced; afterwards all of it is', () => {
  const session = sit()
  away(session, 'kube-controller-manager')
  session.run('kubectl create deployment web --image=nginx:1.29 --replicas=2')
  session.advance(30_000)
  expect(session.run('kubectl get deployment web').output).toMatch(/web +0\/2 +0 +0/)
  back(session, 'kube-controller-manager')
  expect(session.run('kubectl get deployment web').output).toMatch(/web +2\/2/)
})

test('without the API server nobody is answered; pods run on, and a file on the node brings it back', () => {
  const session = sit()
  session.run('kubectl run web --image=nginx:1.29')
  session.advance(10_000)
  away(session, 'kube-apiserver')
  expect(session.run('kubectl get pods')).toMatchObject({ output: expect.stringMatching(/192\.168\.0\.100:6443 was refused/), exitCode: 1 })
  session.advance(120_000)
  back(session, 'kube-apiserver')
  expect(session.run('kubectl get pod web').output).toMatch(/web +1\/1 +Running +0 /)
  expect(session.run('kubectl get nodes').output).not.toMatch(/NotReady/)
})

test('any pod of a file runs on its node', () => {
  const session = sit()
  session.run(`kubectl run own --image=nginx:1.29 --dry-run=client -o yaml > own.yaml`)
  session.run('cat own.yaml | ssh node-b "cat > /etc/kubernetes/manifests/own.yaml"')
  session.advance(15_000)
  expect(session.run('kubectl get pods -o wide').output).toMatch(/own-node-b +1\/1 +Running .* node-b /)
  session.run('ssh node-b rm /etc/kubernetes/manifests/own.yaml')
  session.advance(5_000)
  expect(session.run('kubectl get pods').output).toMatch(/No resources found/)
})
