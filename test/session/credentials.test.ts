/** A restricted player's kubeconfig is theirs to edit; what it says of them is not. */
import { expect, test } from 'vitest'
import { HOME } from '../../src/session/home.ts'
import { Session } from '../../src/session/session.ts'
import { certificateFor } from '../../src/session/users.ts'

const said = (session: Session, command: string): string => session.run(command).output

test('a certificate of one’s own making, for the administrators, is Unauthorized', () => {
  const session = new Session({ world: { preset: 'bare' }, user: { name: 'dev', groups: [] } })
  const path = `${HOME}/.kubeconfig`
  const text = session.files.read(path) ?? ''
  const encode = (pem: string): string => Buffer.from(pem).toString('base64')
  const own = encode(certificateFor('dev', []))
  expect(text).toContain(own)
  expect(said(session, 'kubectl get nodes')).toMatch(/Forbidden/)
  session.write(path, text.replace(own, encode(certificateFor('dev', ['system:masters']))))
  expect(said(session, 'kubectl get nodes')).toMatch(/must be logged in to the server|Unauthorized/)
})
