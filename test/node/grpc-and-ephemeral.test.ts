/** gRPC probes with their verdicts as the kubelet words them; ephemeral volumes on every storage class; debugging on a machine that is off. */
import { beforeEach, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
})

const pod = (spec: string): void => {
  session.write('pod.yaml', `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n${spec}`)
  run('kubectl apply -f pod.yaml')
}
const AGNHOST = 'image: "registry.k8s.io/e2e-test-images/agnhost:2.53"'
const ready = (): string => run("kubectl get pod p -o jsonpath='{.status.containerStatuses[0].ready}'")

test.each([
  ['serving', `${AGNHOST}, args: [grpc-health-checking]`, '{port: 5000}', undefined],
  [
    'unwell after a while',
    `${AGNHOST}, args: [grpc-health-checking, --delay-unhealthy-sec=1]`,
    '{port: 5000}',
    'service unhealthy (responded with "NOT_SERVING")',
  ],
  [
    'a service that it does not know',
    `${AGNHOST}, args: [grpc-health-checking]`,
    '{port: 5000, service: shop}',
    'error: health rpc probe failed: rpc error: code = NotFound desc = unknown service',
  ],
  [
    'nobody listens',
    'image: "nginx:1.27"',
    '{port: 5000}',
    /timeout: failed to connect service "10\.244\.\d\.\d+:5000" within 1s: context deadline exceeded/,
  ],
  [
    'no gRPC',
    'image: "nginx:1.27"',
    '{port: 80}',
    /timeout: failed to connect service "10\.244\.\d\.\d+:80" within 1s: context deadline exceeded/,
  ],
])('grpc probe: %s', (_name, container, grpc, failure) => {
  pod(`  containers: [{name: c, ${container}, readinessProbe: {grpc: ${grpc}, periodSeconds: 2, failureThreshold: 1}}]\n`)
  session.advance(20_000)
  expect(ready()).toBe(String(failure === undefined))
  const events = run('kubectl get events --field-selector reason=Unhealthy 2>&1')
  if (failure === undefined) expect(events).toContain('No resources found')
  else expect(events).toMatch(failure instanceof RegExp ? failure : new RegExp(failure.replace(/[()[\].]/g, '\\$&')))
})

test.each(['nfs', 'local-path', 'block'])('an ephemeral volume of class %s: the pod’s own, gone with it', (storageClass) => {
  pod(`  containers: [{name: c, image: "nginx:1.27", volumeMounts: [{name: v, mountPath: /v}]}]
  volumes:
  - name: v
    ephemeral:
      volumeClaimTemplate:
        metadata: {labels: {made: here}}
        spec: {storageClassName: ${storageClass}, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`)
  session.advance(40_000)
  expect(ready()).toBe('true')
  expect(
    run(
      "kubectl get pvc p-v -o jsonpath='{.metadata.labels.made} {.metadata.ownerReferences[0].kind}/{.metadata.ownerReferences[0].name} {.status.phase}'",
    ),
  ).toBe('here Pod/p Bound')
  expect(run('kubectl exec p -- sh -c "echo x > /v/f; cat /v/f"')).toBe('x\n')
  run('kubectl delete pod p')
  session.advance(60_000)
  expect(run('kubectl get pvc,pv 2>&1')).toContain('No resources found')
})

test('a claim of that name that is somebody else’s keeps the pod from running', () => {
  run(`kubectl apply -f - <<E
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: p-v}
spec: {storageClassName: nfs, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
E`)
  session.advance(5_000)
  pod(`  containers: [{name: c, image: "nginx:1.27", volumeMounts: [{name: v, mountPath: /v}]}]
  volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {storageClassName: nfs, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}}}]
`)
  session.advance(20_000)
  const text = run('kubectl describe pod p')
  expect(text).toMatch(/Status: +Pending/)
  expect(text).toMatch(/FailedScheduling .*PVC lab\/p-v was not created for pod lab\/p \(pod is not owner\)/)
  expect(text).toMatch(/FailedBinding .*ephemeral volume controller: PVC lab\/p-v was not created for pod lab\/p \(pod is not owner\)/)
})

test('kubectl debug: on a machine that is off the debugger waits; on one that runs it sees the machine', () => {
  expect(run('kubectl debug node/node-a -it --image=busybox:1.36 -- ls /host/etc/hostname')).toContain('/host/etc/hostname')
  session.world.fleet.crash('node-b')
  session.advance(60_000)
  run('kubectl debug node/node-b --image=busybox:1.36 -- sleep 100')
  session.advance(60_000)
  expect(run('kubectl get pods')).toMatch(/node-debugger-node-b-\w+ +0\/1 +Pending/)
  expect(run('kubectl debug node/node-z --image=busybox:1.36')).toContain('nodes "node-z" not found')
})

test('kubectl debug --copy-to: a copy beside the pod, which shares its processes', () => {
  run('kubectl run p --image=nginx:1.27')
  session.advance(10_000)
  run('kubectl debug p --image=busybox:1.36 --copy-to=copy --share-processes -c tool -- sleep 1000')
  session.advance(10_000)
  expect(run('kubectl exec copy -c tool -- ps')).toMatch(/\/pause[\s\S]*nginx: master process[\s\S]*sleep 1000/)
  expect(run('kubectl get pods')).toMatch(/copy +2\/2[\s\S]*p +1\/1/)
})
