/** A restricted player's kubeconfig is theirs to edit; what it says of them is not. */
import { expect, test } from 'vitest'
import { clientPair } from '../../src/apiserver/authentication/authority.ts'
import { HOME } from '../../src/session/home.ts'
import { Session } from '../../src/session/session.ts'
import { createRandom } from '../../src/sim/random.ts'

const said = (session: Session, command: string): string => session.run(command).output
const encode = (pem: string): string => Buffer.from(pem).toString('base64')

test('a certificate of one’s own making, for the administrators, is Unauthorized', () => {
  const session = new Session({ world: { preset: 'bare' }, user: { name: 'dev', groups: [] } })
  const path = `${HOME}/.kubeconfig`
  const text = session.files.read(path) ?? ''
  expect(said(session, 'kubectl get nodes')).toMatch(/Forbidden/)
  const forged = clientPair(createRandom('another world'), { name: 'dev', groups: ['system:masters'] }, session.world.nowMs)
  const swapped = text
    .replace(/client-certificate-data: .*/, `client-certificate-data: ${encode(forged.certificate)}`)
    .replace(/client-key-data: .*/, `client-key-data: ${encode(forged.key)}`)
  session.write(path, swapped)
  expect(said(session, 'kubectl get nodes')).toBe('error: You must be logged in to the server (Unauthorized)\n')
  session.write(path, text.replace(/client-key-data: .*/, `client-key-data: ${encode(forged.key)}`))
  expect(said(session, 'kubectl get nodes')).toBe('error: tls: private key does not match public key\n')
})

test('a colleague’s kubeconfig is on the colleague’s machine', () => {
  const session = new Session({ world: { preset: 'bare' }, user: { name: 'dev', groups: [] } })
  expect(session.runAs('nuria', 'kubectl auth whoami')).toContain('system:masters')
  expect(said(session, 'cat /home/nuria/.kubeconfig')).toBe('cat: /home/nuria/.kubeconfig: No such file or directory\n')
  expect(said(session, 'find / -name .kubeconfig')).toBe(`${HOME}/.kubeconfig\n`)
})
