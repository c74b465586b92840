/** kube-state-metrics and the node exporter: the cluster in numbers, and what they may not read. */
import { expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const STATE = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: ksm}
---
apiVersion: v1
kind: Pod
metadata: {name: ksm}
spec:
  serviceAccountName: ksm
  containers: [{name: ksm, image: "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.17.0"}]
---
apiVersion: v1
kind: Pod
metadata: {name: exporter}
spec: {nodeName: node-a, containers: [{name: exporter, image: "quay.io/prometheus/node-exporter:v1.9.1"}]}
`

test('objects and machines are told as numbers, as far as the account may read', () => {
  const session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  const said = (command: string): string => session.run(command).output
  session.write('state.yaml', STATE)
  said(
    'kubectl create deployment web --image=nginx --replicas=2; kubectl run broken --image=busybox --command -- false; kubectl apply -f state.yaml',
  )
  said('kubectl run c --image=curlimages/curl --command -- sleep 36000; kubectl wait pod ksm exporter c --for=condition=Ready; sleep 60')
  const ask = (pod: string, port: number): string =>
    said(`kubectl exec c -- curl -s http://$(kubectl get pod ${pod} -o jsonpath='{.status.podIP}'):${port}/metrics`)
  expect(ask('ksm', 8080)).toBe('')
  expect(said('kubectl logs ksm')).toContain('pods is forbidden: User "system:serviceaccount:lab:ksm" cannot list resource "pods"')
  said(
    'kubectl create clusterrole ksm --verb=list,watch --resource=pods,deployments.apps,nodes; kubectl create clusterrolebinding ksm --clusterrole=ksm --serviceaccount=lab:ksm',
  )
  const metrics = ask('ksm', 8080)
  expect(metrics).toContain('\nkube_deployment_spec_replicas{namespace="lab",deployment="web"} 2\n')
  expect(metrics).toContain('kube_pod_status_phase{namespace="lab",pod="c",phase="Running"} 1\n')
  expect(metrics).toMatch(/kube_pod_container_status_restarts_total\{namespace="lab",pod="broken",container="broken"\} [1-9]/)
  expect(metrics).toContain('kube_node_status_condition{node="node-a",condition="Ready",status="true"} 1\n')
  expect(metrics).not.toContain('kube_service_info')
  const node = ask('exporter', 9100)
  expect(node).toContain('node_memory_MemTotal_bytes 8589934592\n')
  expect(node).toMatch(/node_cpu_seconds_total\{cpu="0",mode="user"\} \d/)
})
