/** `kubectl port-forward` at the prompt: what it says, who gets through, and that its tunnel is data that comes and goes with undo. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const said = (command: string): string => session.run(command).output
const DENY = JSON.stringify({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'deny' },
  spec: { podSelector: {}, policyTypes: ['Ingress'] },
})

beforeAll(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  said('kubectl create deployment web --image=nginx --port=80; kubectl rollout status deployment web')
  said(
    'kubectl expose deployment web --port=8000 --target-port=80; kubectl create service clusterip none --tcp=80; kubectl run bad --image=nope:1.2.3.4',
  )
  said(
    'kubectl create serviceaccount zed; kubectl create role r --verb=get,list --resource=pods,deployments.apps; kubectl create rolebinding r --role=r --user=dev',
  )
})

describe('in the background', () => {
  test('it listens, through curl, wget and nc, until it is killed', () => {
    expect(said('kubectl port-forward deploy/web 8080:80 &')).toMatch(
      /^\[1\] \d+\nForwarding from 127\.0\.0\.1:8080 -> 80\nForwarding from \[::1\]:8080 -> 80\n$/,
    )
    expect(said('curl -s -o /dev/null -w "%{http_code}\\n" localhost:8080')).toBe('Handling connection for 8080\n200\n')
    expect(said('wget -qO- 127.0.0.1:8080 | head -1')).toBe('Handling connection for 8080\n<!DOCTYPE html>\n')
    expect(said('nc -zv localhost 8080 2>&1 | tail -1')).toContain('succeeded')
    expect(said('kubectl port-forward deploy/web 8080:80 2>&1 | tail -2')).toContain(
      'Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:8080: bind: address already in use unable to create listener: Error listen tcp6 [::1]:8080: bind: address already in use]\nerror: unable to listen on any of the requested ports: [{8080 80}]\n',
    )
    said('kill %1')
    expect(said('curl -s localhost:8080; echo $?')).toContain('7\n')
  })

  test('a Service’s port leads to its pods’, past any policy; undo opens the tunnel again', () => {
    session.write('deny.yaml', DENY)
    said('kubectl apply -f deny.yaml; kubectl port-forward svc/web 8090:8000 > out &')
    expect(said('sleep 1; curl -s localhost:8090 | tail -1; cat out')).toBe(
      '</html>\nForwarding from 127.0.0.1:8090 -> 80\nForwarding from [::1]:8090 -> 80\nHandling connection for 8090\n',
    )
    const before = session.world.stateHash()
    said('kill %1')
    expect(said('curl -s localhost:8090; echo $?')).toContain('7\n')
    session.undo()
    session.undo()
    expect(session.world.stateHash()).toBe(before)
    expect(said('curl -s localhost:8090 | tail -1')).toBe('</html>\n')
    said('kill %1; kubectl delete -f deny.yaml')
  })

  test('a port that nobody listens on ends it, and so does the pod’s end', () => {
    expect(said('kubectl port-forward deploy/web 8081:81 2>&1 & sleep 1; curl -s localhost:8081; sleep 1')).toMatch(
      /Handling connection for 8081\nE1102 \d\d:\d\d:\d\d\.\d{6} +\d+ portforward\.go:424\] "Unhandled Error" err="an error occurred forwarding 8081 -> 81: error forwarding port 81 to pod web-\S+, uid : failed to connect to localhost:81 inside namespace, IPv4: dial tcp4 127\.0\.0\.1:81: connect: connection refused"\nerror: lost connection to pod\n/,
    )
    said('kubectl run short --image=nginx; kubectl wait pod short --for=condition=Ready')
    expect(said('kubectl port-forward short 8082:80 & sleep 1; kubectl delete pod short --now; curl localhost:8082; sleep 1')).toMatch(
      /Handling connection for 8082\nE.*failed to find sandbox .*\nerror: lost connection to pod\ncurl: \(52\) Empty reply from server\n/,
    )
  })
})

test('in the foreground it runs until Ctrl-C', () => {
  session.begin('kubectl port-forward deploy/web 8083:80')
  session.advance(2_000)
  expect(session.running).toBe(true)
  session.interrupt()
  expect(session.running).toBe(false)
  expect(session.exitCode).toBe(130)
  session.take()
  expect(said('curl -s localhost:8083; echo $?')).toBe('7\n')
})

test('a port that is drawn, other addresses, several ports', () => {
  expect(said('timeout 1 kubectl port-forward deploy/web :80 | head -1')).toMatch(/^Forwarding from 127\.0\.0\.1:\d{5} -> 80\n$/)
  expect(said('timeout 1 kubectl port-forward deploy/web 8084:80 8085:80 --address 0.0.0.0')).toBe(
    'Forwarding from 0.0.0.0:8084 -> 80\nForwarding from 0.0.0.0:8085 -> 80\n',
  )
  said('kubectl port-forward deploy/web 8086:80 --address 0.0.0.0 &')
  expect(said('curl -s -o /dev/null -w "%{http_code}\\n" 192.168.0.200:8086')).toContain('200\n')
  said('kill %1')
})

describe('what it refuses', () => {
  test.each([
    ['svc/web 8080:9999', 'error: Service web does not have a service port 9999\n'],
    ['svc/web 8080:http', "error: Service 'web' does not have a named port 'http'\n"],
    ['bad 8080:80', 'error: unable to forward port because pod is not running. Current status=Pending\n'],
    ['deploy/nope 8080', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
    ['sa/zed 8080', 'error: cannot attach to *v1.ServiceAccount: selector for *v1.ServiceAccount not implemented\n'],
    ['svc/none 8080:80 --pod-running-timeout=1s', 'error: timed out waiting for the condition\n'],
    ['deploy/web 99999', 'error: error parsing local port \'99999\': strconv.ParseUint: parsing "99999": value out of range\n'],
    ['deploy/web 0', 'error: remote port must be > 0\n'],
    ['deploy/web 8080:80 --address foo', 'error: foo is not a valid IP\n'],
    [
      'deploy/web',
      "error: TYPE/NAME and list of ports are required for port-forward\nSee 'kubectl port-forward -h' for help and examples\n",
    ],
    [
      'deploy/web 8080:80 --address 1.2.3.4',
      'Unable to listen on port 8080: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 1.2.3.4:8080: bind: cannot assign requested address]\nerror: unable to listen on any of the requested ports: [{8080 80}]\n',
    ],
  ])('%s', (args, expected) => expect(session.run(`kubectl port-forward ${args}`)).toMatchObject({ output: expected, exitCode: 1 }))

  test('who may not', () => {
    expect(said('kubectl port-forward deploy/web 8080:80 --as=dev')).toMatch(
      /^error: error upgrading connection: pods "web-\S+" is forbidden: User "dev" cannot create resource "pods\/portforward" in API group "" in the namespace "lab"\n$/,
    )
  })
})
