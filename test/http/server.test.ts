/** The server as a whole: watches, time, what clients may do wrong, who they are, exec. */
import { connect } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Served } from '../../src/http/serve.ts'
import type { Session } from '../../src/session/session.ts'
import { caOf, openServed, send, watch } from './client.ts'

let served: Served
let session: Session
let errors: unknown[]
beforeAll(async () => {
  ;({ served, session, errors } = await openServed())
})
afterAll(async () => {
  await served.close()
  expect(errors).toEqual([])
})

const configMap = (name: string, data = {}): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
const MAPS = '/api/v1/namespaces/default/configmaps'
const JSON_BODY = { 'content-type': 'application/json' }
const create = (name: string, data?: object) =>
  send(served, { method: 'POST', path: MAPS, headers: JSON_BODY, body: configMap(name, data) })
const statusOf = (text: string) => JSON.parse(text) as { kind: string; reason: string; message: string; code: number }

test('a watch tells of a change at once, and ends when its time is out', async () => {
  const lines: string[] = []
  const watching = watch(served, `${MAPS}?watch=1&timeoutSeconds=2&fieldSelector=metadata.name%3Dwatched`, (line) => lines.push(line))
  await watching.open
  await create('watched')
  await expect.poll(() => lines.length, { timeout: 1_500 }).toBe(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'watched' } } })
  await watching.closed
  expect(served.door.hub.waiting).toBe(0)
})

test('a client that does not read holds nobody up', async () => {
  const slow = connect({ host: '127.0.0.1', port: served.port, ca: caOf(served) })
  slow.write(`GET ${MAPS}?watch=1 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer admin-token\r\n\r\n`)
  slow.pause()
  const big = { text: 'x'.repeat(200_000) }
  for (let i = 0; i < 30; i++) expect((await create(`big-${i}`, big)).status).toBe(201)
  expect((await send(served, { path: `${MAPS}?limit=1` })).status).toBe(200)
  slow.destroy()
  await expect.poll(() => served.door.hub.waiting).toBe(0)
})

test('virtual time goes with the wall, and pods come to run', async () => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c', image: 'nginx' }] } }
  const before = session.world.nowMs
  await send(served, { method: 'POST', path: '/api/v1/namespaces/default/pods', headers: JSON_BODY, body: JSON.stringify(pod) })
  const phase = async () => JSON.parse((await send(served, { path: '/api/v1/namespaces/default/pods/p' })).text).status.phase
  await expect.poll(phase, { timeout: 10_000 }).toBe('Running')
  expect(session.world.nowMs).toBeGreaterThan(before)
}, 15_000)

test.each([
  ['bad JSON', { method: 'POST', path: MAPS, headers: JSON_BODY, body: '{"a"' }, 400],
  ['a body that is no object', { method: 'POST', path: MAPS, headers: JSON_BODY, body: '[]' }, 400],
  ['an empty body', { method: 'POST', path: MAPS, headers: JSON_BODY, body: '' }, 400],
  ['deep JSON', { method: 'POST', path: MAPS, headers: JSON_BODY, body: `{"data":${'['.repeat(50_000)}${']'.repeat(50_000)}}` }, 400],
  [
    'metadata of a wrong type',
    { method: 'POST', path: MAPS, headers: JSON_BODY, body: '{"apiVersion":"v1","kind":"ConfigMap","metadata":7}' },
    400,
  ],
  ['a body beyond all bounds', { method: 'POST', path: MAPS, headers: JSON_BODY, body: 'x'.repeat(3_200_000) }, 413],
  ['an unspoken Accept', { path: MAPS, headers: { accept: 'text/html' } }, 406],
  ['a method nobody has', { method: 'PROPFIND', path: MAPS }, 405],
  ['a bad number', { path: `${MAPS}?limit=many` }, 400],
  ['exec without a connection', { method: 'POST', path: '/api/v1/namespaces/default/pods/p/exec?command=ls' }, 400],
  ['an unknown subresource', { path: `${MAPS}/watched/nope` }, 404],
  ['impersonation without a user', { path: MAPS, headers: { 'impersonate-group': 'x' } }, 500],
])('%s is a Status', async (_name, sent, code) => {
  const reply = await send(served, sent)
  expect(reply.status).toBe(code)
  expect(statusOf(reply.text)).toMatchObject({ kind: 'Status', code })
  expect(reply.text).not.toMatch(/\n {4}at |\.ts:\d/)
})

test('a client certificate is its user, an impersonated user another', async () => {
  const whoAmI = async (headers: Record<string, string>): Promise<unknown> => {
    const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' })
    const reply = await send(served, {
      method: 'POST',
      path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      headers: { ...JSON_BODY, ...headers },
      body,
    })
    return JSON.parse(reply.text).status?.userInfo ?? JSON.parse(reply.text).reason
  }
  expect(await whoAmI({})).toMatchObject({ username: 'admin', groups: ['system:masters', 'system:authenticated'] })
  expect(await whoAmI({ 'impersonate-user': 'jane', 'impersonate-group': 'devs' })).toMatchObject({
    username: 'jane',
    groups: ['devs', 'system:authenticated'],
  })
  expect(await whoAmI({ authorization: 'Bearer dev-token', 'impersonate-user': 'jane' })).toBe('Forbidden')
})

test('YAML there and back', async () => {
  const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "no"\n'
  const reply = await send(served, {
    method: 'POST',
    path: MAPS,
    headers: { 'content-type': 'application/yaml', accept: 'application/yaml' },
    body,
  })
  expect(reply.headers['content-type']).toBe('application/yaml')
  expect(reply.text).toContain('data:\n  a: "no"\n')
})

test('exec: channels, outcome, closing of stdin', async () => {
  const url = `wss://127.0.0.1:${served.port}/api/v1/namespaces/default/pods/p/exec?command=sh&command=-c&command=${encodeURIComponent('cat; exit 3')}&stdin=true&stdout=true&stderr=true`
  const socket = new WebSocket(url, ['v5.channel.k8s.io'], { ca: caOf(served), headers: { authorization: 'Bearer admin-token' } })
  const got: Record<number, string> = {}
  socket.on('message', (data: Buffer) => {
    got[data[0]!] = (got[data[0]!] ?? '') + data.subarray(1).toString()
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  expect(socket.protocol).toBe('v5.channel.k8s.io')
  socket.send(Buffer.from('\0héllo\n'))
  socket.send(Buffer.from([255, 0]))
  await new Promise((resolve) => socket.once('close', resolve))
  expect(got[1]).toBe('héllo\n')
  expect(JSON.parse(got[3]!)).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  })
})

test('exec in a pod that is not there is refused before the connection changes', async () => {
  const url = `wss://127.0.0.1:${served.port}/api/v1/namespaces/default/pods/none/exec?command=ls`
  const socket = new WebSocket(url, ['v5.channel.k8s.io'], { ca: caOf(served), headers: { authorization: 'Bearer admin-token' } })
  const code = await new Promise((resolve) => {
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode))
    socket.once('error', () => resolve('error'))
  })
  expect(code).toBe(404)
})

test('plain HTTP is the player', async () => {
  const plain = await openServed({ insecureHttp: true })
  expect(plain.served.kubeconfig).toContain('server: http://127.0.0.1:')
  expect((await fetch(`${plain.served.url}/api/v1/pods`)).status).toBe(200)
  await plain.served.close()
})
