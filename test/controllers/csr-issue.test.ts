/** The cluster's certificate authority: its certificate, and those it issues, verify with the platform's own X.509 reader. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { authorityCertificate, issueCertificate } from '../../src/apiserver/authentication/authority.ts'

const random = {
  below: (n: number, purpose: string, subject: string, turn = 0) => (purpose.length * 31 + subject.length * 7 + turn * 13) % n,
}
/** 2026-11-20T08:00:00Z, in seconds. */
const EIGHT = 1_795_161_600
const subject = Buffer.from('3010310e300c06035504030c05616e6e612e', 'hex')

test('a certificate for a request is signed by the authority and says who and how long', () => {
  const { publicKey } = generateKeyPairSync('ed25519')
  const key = publicKey.export({ format: 'der', type: 'spki' }) as Buffer
  const authority = new X509Certificate(authorityCertificate(random))
  const pem = issueCertificate(random, { subject, publicKey: key }, 'uid', ['client auth'], EIGHT, EIGHT + 86_400)
  const issued = new X509Certificate(pem)
  expect(authority.verify(authority.publicKey)).toBe(true)
  expect(issued.verify(authority.publicKey)).toBe(true)
  expect([issued.subject, issued.issuer, issued.validTo]).toEqual(['CN=anna.', 'CN=kubernetes', 'Nov 21 08:00:00 2026 GMT'])
})
