import { expect, test } from 'vitest'
import { certificateSigningRequest as csr } from '../../../src/kinds/certificates/certificatesigningrequest/index.ts'
import { parseRequest } from '../../../src/kinds/certificates/certificatesigningrequest/pkcs10.ts'
import { created, refusals, row } from '../judge.ts'

// openssl req -new -newkey ec -subj /CN=eve/O=team/O=ops
const request =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIbk1JR05BZ0VBTUNzeEREQUtCZ05WQkFNTUEyVjJaVEVOTUFzR0ExVUVDZ3dFZEdWaGJURU1NQW9HQTFVRQpDZ3dEYjNCek1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRWQwU2pIeFByQm53UVhUalhGSm0yCjFSYlpvVkxyZWpJMUI1dkQyUzNTeGhnMGt0dld3MEF6VGFDdFd2Zld1UnFDQ0N2MEtMTTh2VWxGZzh1QXhTSloKLzZBQU1Bb0dDQ3FHU000OUJBTUNBMGtBTUVZQ0lRQ0pscStHKzB2Wmp0cVVmQXIzbDIwMGY3bXM2MFhLaWxkLwozOUlsWFp1RjRnSWhBT2ZmMjVrRnZ4bTl4MnNPcWw5cU40Q3d1WjQrejV2Kys5K2pBUjRmNmRCYgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K'
const spec = { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] }

test('the subject is read', () => {
  expect(parseRequest(request)).toMatchObject({ commonName: 'eve', serialNumber: '', organization: ['team', 'ops'] })
})
test.each([
  ['aGVsbG8=', 'PEM block type must be CERTIFICATE REQUEST'],
  ['!', 'PEM block type must be CERTIFICATE REQUEST'],
  [
    'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlJQgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K',
    'asn1: syntax error: data truncated',
  ],
])('rubbish is told in words: %s', (text, expected) => expect(parseRequest(text)).toBe(expected))

test('who asks is written down, whatever the manifest says', () => {
  const made = created(csr, { spec: { ...spec, username: 'somebody', groups: ['system:masters', 'more'] } })
  expect(made['spec']).toMatchObject({ username: 'admin', groups: ['system:masters'] })
  expect(refusals(csr, { spec })).toEqual([])
})
test('too short a life', () => {
  expect(refusals(csr, { spec: { ...spec, expirationSeconds: 60 } })).toEqual([
    'spec.expirationSeconds: Invalid value: 60: may not specify a duration less than 600 seconds (10 minutes)',
  ])
})
test.each([
  ['Pending', {}],
  ['Denied', { conditions: [{ type: 'Denied', status: 'True' }] }],
  ['Approved,Issued', { conditions: [{ type: 'Approved', status: 'True' }], certificate: 'LS0t' }],
])('reads %s', (expected, status) => {
  expect(row(csr, { ...created(csr, { spec: { ...spec, expirationSeconds: 86_400 } }), status })).toMatchObject({
    Condition: expected,
    RequestedDuration: '24h',
  })
})
