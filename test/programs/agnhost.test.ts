/** agnhost's subcommands in a cluster, as the documentation's own exercises use them. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const IMAGE = 'registry.k8s.io/e2e-test-images/agnhost:2.53'
let session: Session
const said = (line: string): string => session.run(line).output
const run = (name: string, ...args: string[]): string => said(`kubectl run ${name} --image=${IMAGE} --restart=Never -- ${args.join(' ')}`)

beforeAll(() => {
  session = new Session({ world: { preset: 'default', seed: '1' } })
  said(`kubectl run web --image=${IMAGE} --port=8080 --expose -- netexec --http-port=8080`)
  said(`kubectl create deployment agnhost-primary --image=${IMAGE} --port=6379 -- /agnhost guestbook --http-port 6379`)
  said('kubectl expose deployment agnhost-primary')
  said('kubectl wait --for=condition=Ready pod web; kubectl rollout status deployment agnhost-primary')
  said(
    `kubectl create deployment agnhost-replica --image=${IMAGE} --replicas=2 --port=6379 -- /agnhost guestbook --http-port 6379 --replicaof agnhost-primary`,
  )
  said('kubectl expose deployment agnhost-replica')
  said(`kubectl create deployment frontend --image=${IMAGE} --port=80 -- /agnhost guestbook`)
  said('kubectl expose deployment frontend; kubectl rollout status deployment agnhost-replica; kubectl rollout status deployment frontend')
  run('ask', 'pause')
  said('kubectl wait --for=condition=Ready pod ask')
})

const ask = (url: string): string => said(`kubectl exec ask -- curl -s '${url}'`)

describe('netexec', () => {
  test.each([
    ['hostname', 'web'],
    ['echo?msg=hola', 'hola'],
    ['dial?host=web&port=8080&request=hostname&tries=2', '{"responses":["web","web"]}'],
    ['dial?host=web&port=8080', 'request parameter not specified. <nil>\n'],
    ['dial?host=nobody&port=8080&request=hostname', 'host and/or port param are invalid. lookup nobody: no such host\n'],
  ])('/%s', (path, text) => expect(ask(`http://web:8080/${path}`)).toBe(text))
  test('names each request in its log', () =>
    expect(said('kubectl logs web')).toMatch(/Started HTTP server on port 8080\n.* GET \/hostname\n/))
  test('/exit ends it with the code', () => {
    run('ending', 'netexec')
    said('kubectl wait --for=condition=Ready pod ending')
    said('kubectl exec ask -- curl -s "http://$(kubectl get pod ending -o jsonpath=\'{.status.podIP}\'):8080/exit?code=7"; sleep 2')
    expect(said("kubectl get pod ending -o jsonpath='{.status.containerStatuses[0].state.terminated.exitCode}'")).toBe('7')
  })
})

describe('connect', () => {
  test.each([
    ['web:8080', ''],
    ['web:9', 'TIMEOUT'],
    ['127.0.0.1:9', 'REFUSED'],
    ['nobody:80', 'DNS: lookup nobody: no such host'],
    ['web', 'UNKNOWN: address web: missing port in address'],
  ])('%s', (target, text) => expect(said(`kubectl exec ask -- /agnhost connect ${target} --timeout=3s`)).toContain(text))
  test('its exit code tells', () => {
    expect(session.run('kubectl exec ask -- /agnhost connect web:8080').exitCode).toBe(0)
    expect(said('kubectl exec ask -- /agnhost connect 127.0.0.1:9')).toContain('exit code 1')
  })
})

test('liveness is well for ten seconds', () => {
  session.world.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'liveness', namespace: 'default' },
    spec: {
      containers: [
        {
          name: 'c',
          image: IMAGE,
          args: ['liveness'],
          livenessProbe: { httpGet: { path: '/healthz', port: 8080 }, initialDelaySeconds: 3, periodSeconds: 3 },
        },
      ],
    },
  } as never)
  session.advance(60_000)
  expect(said('kubectl describe pod liveness')).toContain('Liveness probe failed: HTTP probe failed with statuscode: 500')
  expect(Number(said("kubectl get pod liveness -o jsonpath='{.status.containerStatuses[0].restartCount}'"))).toBeGreaterThan(0)
})

test('what is written in the guestbook is read from the replicas', () => {
  expect(ask('http://frontend/guestbook?cmd=set&key=messages&value=hola')).toBe('{"message":"Updated"}')
  expect(ask('http://frontend/guestbook?cmd=get&key=messages')).toBe('{"data":"hola"}')
  expect(said('kubectl logs deployment/agnhost-primary')).toMatch(/GET \/register\?host=[\d.]+\n.*Node '[\d.]+' registered\./)
})

test('logs-generator writes so many lines in such a time', () => {
  run('logs', 'logs-generator', '--log-lines-total=20', '--run-duration=10s')
  session.advance(20_000)
  const lines = said('kubectl logs logs').trim().split('\n')
  expect(lines).toHaveLength(20)
  expect(lines[3]).toMatch(
    /^I\d{4} \d\d:\d\d:\d\d\.\d{6} +1 logs_generator\.go:\d+\] 3 (GET|POST|PUT) \/api\/v1\/namespaces\/\S+\/pods\/\w+ [2-5]\d\d$/,
  )
  expect(said('kubectl get pod logs --no-headers')).toMatch(/Completed/)
})

test.each([
  ['porter', 'SERVE_PORT_9001=hi', '9001', 'hi'],
  ['test-webserver', 'A=b', '80', '<pre>\n'],
  ['serve-hostname', 'A=b', '9376', 'pod-serve-hostname'],
])('%s serves', (name, env, port, text) => {
  said(`kubectl run pod-${name} --image=${IMAGE} --env=${env} -- ${name}; kubectl wait --for=condition=Ready pod pod-${name}`)
  expect(ask(`http://${said(`kubectl get pod pod-${name} -o jsonpath='{.status.podIP}'`)}:${port}/`)).toContain(text)
})

test.each([
  ['dns-suffix', 'default.svc.cluster.local,svc.cluster.local,cluster.local\n'],
  ['dns-server-list', '10.96.0.10\n'],
  ['entrypoint-tester a --b', '[/agnhost entrypoint-tester a --b]\n'],
])('%s prints', (words, text) => expect(said(`kubectl exec ask -- /agnhost ${words}`)).toBe(text))

test.each([
  ['netexec --http-prot=80', 'Error: unknown flag: --http-prot'],
  ['netexec --http-port=web', 'invalid argument "web" for "--http-port" flag: strconv.ParseInt: parsing "web": invalid syntax'],
  ['logs-generator', 'Invalid total number of lines: 0'],
  ['mounttest', 'the subcommand mounttest is not simulated'],
])('agnhost %s fails and says why', (words, text) => {
  const name = `bad-${words.replace(/\W+/g, '-')}`
  run(name, words)
  session.advance(5_000)
  expect(said(`kubectl logs ${name}`)).toContain(text)
})
