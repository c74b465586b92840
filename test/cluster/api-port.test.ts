/** Pods and people call the API over the cluster's network: with the token a pod finds in its files, by the authority beside it. */
import { beforeAll, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const said = (command: string): string => session.run(command).output
const DIRECTORY = '/var/run/secrets/kubernetes.io/serviceaccount'
const inPod = (curl: string): string => said(`kubectl exec c -- sh -c 'cd ${DIRECTORY}; curl -s ${curl}'`)
const WITH_TOKEN = '--cacert ca.crt -H "Authorization: Bearer $(cat token)"'
const PODS = 'https://kubernetes.default.svc/api/v1/namespaces/lab/pods'

beforeAll(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  said('kubectl run c --image=curlimages/curl --command -- sleep 36000; kubectl wait pod c --for=condition=Ready')
})

test('a pod shows its mounted token; RBAC decides', () => {
  expect(inPod(`${WITH_TOKEN} https://kubernetes.default.svc/api`)).toContain('"kind": "APIVersions"')
  expect(inPod(`${WITH_TOKEN} ${PODS}`)).toContain('system:serviceaccount:lab:default\\" cannot list resource \\"pods\\"')
  said('kubectl create rolebinding v --clusterrole=view --serviceaccount=lab:default')
  expect(inPod(`${WITH_TOKEN} ${PODS}`)).toContain('"kind": "PodList"')
})

test('without a token, with a wrong one, without the authority, in the clear', () => {
  expect(inPod(`-k ${PODS}`)).toContain('system:anonymous')
  expect(inPod(`-k -H "Authorization: Bearer nothing" ${PODS}`)).toContain('"message": "Unauthorized"')
  expect(said('kubectl exec c -- curl https://kubernetes.default.svc/api')).toContain('unable to get local issuer certificate')
  expect(said('curl -s http://192.168.0.100:6443/')).toBe('Client sent an HTTP request to an HTTPS server.\n')
})

test('it writes, and says what it cannot do', () => {
  said('kubectl create rolebinding e --clusterrole=edit --serviceaccount=lab:default')
  const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x"}}`
  const post = `T=$(kubectl create token default); curl -sk -X POST -H "Authorization: Bearer $T" -H "Content-Type: application/json" -d '${body}' https://192.168.0.100:6443/api/v1/namespaces/lab/configmaps`
  expect(said(post)).toContain('"name": "x"')
  expect(said('kubectl get cm x -o name')).toBe('configmap/x\n')
  expect(inPod(`${WITH_TOKEN} "${PODS}?watch=1"`)).toContain('not simulated for clients inside the cluster')
})

test('a token ends with its pod; a policy keeps packets from the server', () => {
  const token = inPod('x; cat token').trim().split('\n').at(-1)!
  const ask = (): string =>
    said(`curl -sk -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer ${token}' https://192.168.0.100:6443${PODS.slice(30)}`)
  expect(ask()).toBe('200')
  const deny = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'd' },
    spec: { podSelector: {}, policyTypes: ['Egress'] },
  }
  session.write('deny.yaml', JSON.stringify(deny))
  said('kubectl apply -f deny.yaml')
  expect(said('kubectl exec c -- curl -sk -m 2 https://10.96.0.1/api; echo $?')).toContain('28')
  said('kubectl delete pod c --force')
  expect(ask()).toBe('401')
})
