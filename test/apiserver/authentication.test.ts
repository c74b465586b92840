/** One authentication for all doors: whose tokens and certificates count, and why others do not. */
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { authenticate } from '../../src/apiserver/authentication/authenticate.ts'
import { clientPair, issueCertificate } from '../../src/apiserver/authentication/authority.ts'
import { authenticateToken } from '../../src/apiserver/authentication/tokens.ts'
import { World } from '../../src/cluster/world.ts'
import { pemBlocks, sequence } from '../../src/lib/der.ts'
import { nameAttribute } from '../../src/lib/x509.ts'
import { Session } from '../../src/session/session.ts'
import { createRandom } from '../../src/sim/random.ts'

const der = (pem: string): Uint8Array => pemBlocks(pem)[0]!.bytes
const session = (): Session => {
  const made = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  made.run('kubectl create serviceaccount bob')
  return made
}
const said = (on: Session, command: string): string => on.run(command).output
const why = (on: Session, token: string, audiences?: string[]): string => {
  const found = authenticateToken(on.world.server, token, audiences)
  return typeof found === 'string' ? found : found.user.name
}

test('a token is good until it ends', () => {
  const at = session()
  const token = said(at, 'kubectl create token bob --duration=10m').trim()
  expect(why(at, token)).toBe('system:serviceaccount:lab:bob')
  at.advance(600_000)
  expect(why(at, token)).toContain('token has expired')
  expect(() => authenticate(at.world.server, { token })).toThrow('Unauthorized')
})

test('a token is good as long as its ServiceAccount, not another of the same name', () => {
  const at = session()
  const token = said(at, 'kubectl create token bob').trim()
  at.run('kubectl delete serviceaccount bob')
  expect(why(at, token)).toContain('invalidated')
  at.run('kubectl create serviceaccount bob')
  expect(why(at, token)).toContain('invalidated')
})

test('a token bound to a Secret ends with it; one that a Secret holds, too', () => {
  const at = session()
  at.run('kubectl create secret generic key --from-literal=a=b')
  const bound = said(at, 'kubectl create token bob --bound-object-kind=Secret --bound-object-name=key').trim()
  const secret = { apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/service-account-token' }
  at.write(
    'long.yaml',
    JSON.stringify({ ...secret, metadata: { name: 'long', annotations: { 'kubernetes.io/service-account.name': 'bob' } } }),
  )
  at.run('kubectl apply -f long.yaml')
  at.advance(1_000)
  const long = said(at, "kubectl get secret long -o jsonpath='{.data.token}' | base64 -d")
  expect([why(at, bound), why(at, long)]).toEqual(['system:serviceaccount:lab:bob', 'system:serviceaccount:lab:bob'])
  at.run('kubectl delete secret key long')
  expect(why(at, bound)).toContain('invalidated')
  expect(why(at, long)).toContain('invalidated')
})

test('a token is for its audiences', () => {
  const at = session()
  const token = said(at, 'kubectl create token bob --audience=vault').trim()
  expect(why(at, token)).toContain('token audiences ["vault"] is invalid for the target audiences')
  expect(why(at, token, ['vault', 'other'])).toBe('system:serviceaccount:lab:bob')
})

test('a token that somebody else signed, or that was changed, is none', () => {
  const at = session()
  const token = said(at, 'kubectl create token bob').trim()
  const [head, body, seal] = token.split('.')
  const claims = JSON.parse(Buffer.from(body!, 'base64url').toString()) as Record<string, unknown>
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'system:serviceaccount:kube-system:admin' })).toString('base64url')
  for (const text of [`${head}.${forged}.${seal}`, `${head}.${body}.`, `${head}.${body}`, 'x', '', '..'])
    expect(why(at, text)).toBe('invalid bearer token')
  expect(why(new Session({ world: { preset: 'bare', seed: 'other' }, namespace: 'lab' }), token)).toBe('invalid bearer token')
})

const person = { name: 'dev', groups: ['team', 'ops'] }
test.each([
  ['of a person', 0, (w: World) => clientPair(w.random, person, w.nowMs).certificate, 'dev'],
  ['that ended', 366 * 86_400_000, (w: World) => clientPair(w.random, person, w.nowMs).certificate, undefined],
  ['of another authority', 0, (w: World) => clientPair(createRandom('x'), person, w.nowMs).certificate, undefined],
  ['for servers only', 0, (w: World) => issued(w, ['server auth']), undefined],
  ['for clients', 0, (w: World) => issued(w, ['client auth']), 'eve'],
])('a certificate %s', (_, laterMs, make, name) => {
  const world = new World({ preset: 'bare', nodes: [] })
  const certificate = der(make(world))
  world.advance(laterMs)
  const ask = (): string => authenticate(world.server, { certificate }).name
  if (name === undefined) expect(ask).toThrow('Unauthorized')
  else expect(ask()).toBe(name)
})

function issued(world: World, usages: string[]): string {
  const publicKey = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })
  const seconds = Math.floor(world.nowMs / 1000)
  return issueCertificate(world.random, { subject: sequence(nameAttribute('CN', 'eve')), publicKey }, 'uid', usages, seconds, seconds + 60)
}

test('organizations are groups; what proves nothing is never overlooked', () => {
  const world = new World({ preset: 'bare', nodes: [] })
  const certificate = der(clientPair(world.random, person, world.nowMs).certificate)
  expect(authenticate(world.server, { certificate }).groups).toEqual(['team', 'ops', 'system:authenticated'])
  expect(authenticate(world.server, {}).name).toBe('system:anonymous')
  expect(() => authenticate(world.server, { certificate: Buffer.from('rubbish') })).toThrow('Unauthorized')
  expect(authenticate(world.server, { certificate, token: 'rubbish' }).name).toBe('dev')
})

test('a pod’s mounted token is bound to the pod', () => {
  const at = session()
  at.run('kubectl run one --image=nginx')
  at.advance(20_000)
  const token = said(at, 'kubectl exec one -- cat /var/run/secrets/kubernetes.io/serviceaccount/token')
  const found = authenticateToken(at.world.server, token)
  expect(typeof found === 'string' ? found : found.user).toMatchObject({
    name: 'system:serviceaccount:lab:default',
    extra: { 'authentication.kubernetes.io/pod-name': ['one'] },
  })
  at.run('kubectl delete pod one --force')
  expect(why(at, token)).toContain('invalidated')
})

test('TokenReview answers from the same place', () => {
  const at = session()
  const token = said(at, 'kubectl create token bob').trim()
  const user = { name: 'admin', groups: ['system:masters'] }
  const asked = { verb: 'create', group: 'authentication.k8s.io', version: 'v1', resource: 'tokenreviews', user } as const
  const review = (): unknown => at.world.handle({ ...asked, body: { spec: { token } } }).body
  expect(review()).toMatchObject({ status: { authenticated: true, user: { username: 'system:serviceaccount:lab:bob' } } })
  at.run('kubectl delete serviceaccount bob')
  expect(review()).toMatchObject({ status: { error: expect.stringContaining('invalidated') } })
})
