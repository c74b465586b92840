/** What clients make of a server's certificate: OpenSSL's words and Go's, and which authorities vouch for it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isTrusted, servedCertificate } from '../../src/network/certificate.ts'
import { goTlsProblem } from '../../src/network/tls.ts'

const file = (name: string): string => readFileSync(`test/cluster/fixtures/webhook/${name}`, 'utf8')
const served = servedCertificate(file('hook.crt'))!
const NOW = Date.UTC(2027, 0, 1)
const x509 = (why: string): string => `tls: failed to verify certificate: x509: ${why}`

test('a certificate is read', () => {
  expect(served).toMatchObject({ subject: 'hook', issuer: 'test-ca', dnsNames: ['hook.guard.svc'] })
  expect(servedCertificate('nothing')).toBeUndefined()
})

test.each([
  ['its authority', 'hook.crt', 'ca.crt', true],
  ['itself', 'hook.crt', 'hook.crt', true],
  ['another authority', 'hook.crt', 'other-ca.crt', false],
  ['a text that holds none', 'hook.crt', 'hook.key', false],
])('trusted by %s: %#', (_, leaf, authority, trusted) => {
  expect(isTrusted(file(leaf), file(authority))).toBe(trusted)
})

test.each([
  ['all is well', 'hook.guard.svc', 'ca.crt', served, undefined],
  ['plain HTTP', 'hook.guard.svc', 'ca.crt', undefined, 'http: server gave HTTP response to HTTPS client'],
  ['another name', 'x.y.svc', 'ca.crt', served, x509('certificate is valid for hook.guard.svc, not x.y.svc')],
  ['another authority', 'hook.guard.svc', 'other-ca.crt', served, x509('certificate signed by unknown authority')],
  [
    'a name in the subject alone',
    'hook',
    'ca.crt',
    { ...served, dnsNames: [] },
    x509('certificate relies on legacy Common Name field, use SANs instead'),
  ],
  [
    'too old',
    'hook.guard.svc',
    'ca.crt',
    { ...served, notAfterMs: NOW - 1000 },
    x509('certificate has expired or is not yet valid: current time 2027-01-01T00:00:00Z is after 2026-12-31T23:59:59Z'),
  ],
])('a Go client: %s', (_, name, authority, certificate, problem) => {
  expect(goTlsProblem(name, file(authority), certificate, NOW)).toBe(problem)
})
