/** A new user the way administrators make one: key, request, approval, certificate, kubeconfig, role. And what openssl says on the way. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const made = (seed = '0'): Session => new Session({ world: { preset: 'bare', seed }, namespace: 'lab' })
const said = (session: Session, command: string): string => session.run(command).output

const REQUEST = `cat <<EOF | kubectl create -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: {name: dev}
spec:
  request: $(base64 -w0 dev.csr)
  signerName: kubernetes.io/kube-apiserver-client
  expirationSeconds: 3600
  usages: [client auth]
EOF`

function withDev(): Session {
  const session = made()
  for (const command of [
    'openssl genrsa -out dev.key 2048',
    'openssl req -new -key dev.key -subj "/CN=dev/O=team" -out dev.csr',
    REQUEST,
    'kubectl certificate approve dev',
    "kubectl get csr dev -o jsonpath='{.status.certificate}' | base64 -d > dev.crt",
    'kubectl config set-credentials dev --client-certificate=dev.crt --client-key=dev.key',
    'kubectl config set-context dev --cluster=lab --user=dev --namespace=lab',
  ])
    expect(session.run(command), command).toMatchObject({ exitCode: 0 })
  return session
}

describe('a certificate from a request', () => {
  test('makes a user with groups, who may do what RBAC says, until it ends', () => {
    const session = withDev()
    expect(said(session, 'kubectl --context=dev get pods')).toBe(
      'Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "lab"\n',
    )
    session.run('kubectl create role r --verb=get,list --resource=pods; kubectl create rolebinding rb --role=r --group=team')
    expect(said(session, 'kubectl --context=dev get pods')).toBe('No resources found in lab namespace.\n')
    expect(said(session, 'kubectl --context=dev auth whoami')).toMatch(/Username +dev\nGroups +\[team system:authenticated\]\n/)
    session.advance(3_700_000)
    expect(said(session, 'kubectl --context=dev get pods')).toBe('error: You must be logged in to the server (Unauthorized)\n')
  })

  test('is shown and followed to its authority', () => {
    const session = withDev()
    session.run("kubectl get cm kube-root-ca.crt -o jsonpath='{.data.ca\\.crt}' > ca.crt")
    expect(said(session, 'openssl verify -CAfile ca.crt dev.crt')).toBe('dev.crt: OK\n')
    expect(said(session, 'openssl x509 -in dev.crt -noout -subject -issuer -enddate')).toBe(
      'subject=CN = dev, O = team\nissuer=CN = kubernetes\nnotAfter=Nov  2 09:00:06 2026 GMT\n',
    )
    expect(said(session, 'openssl x509 -in dev.crt -noout -checkend 86400')).toBe('Certificate will expire\n')
    expect(said(session, 'openssl verify dev.crt')).toContain('error 20 at 0 depth lookup: unable to get local issuer certificate')
  })
})

describe('what kubectl says of credentials it cannot use', () => {
  const session = withDev()
  session.run(
    'openssl genrsa -out other.key 1024; openssl genpkey -algorithm ed25519 -out ed.key; echo junk > junk; kubectl config set-context x --cluster=lab --user=x',
  )
  const set = (flags: string): string =>
    `kubectl config unset users.x >/dev/null; kubectl config set-credentials x ${flags} >/dev/null; kubectl --context=x get pods`
  test.each([
    [
      '--client-certificate=dev.crt',
      'error: client-key-data or client-key must be specified for x to use the clientCert authentication method.\n',
    ],
    [
      '--client-certificate=dev.crt --client-key=other.key',
      'Unable to connect to the server: tls: private key does not match public key\n',
    ],
    ['--client-certificate=dev.crt --client-key=other.key --embed-certs', 'error: tls: private key does not match public key\n'],
    ['--client-certificate=dev.crt --client-key=ed.key --embed-certs', 'error: tls: private key type does not match public key type\n'],
    ['--client-certificate=junk --client-key=dev.key --embed-certs', 'error: tls: failed to find any PEM data in certificate input\n'],
    ['--client-certificate=dev.crt --client-key=junk --embed-certs', 'error: tls: failed to find any PEM data in key input\n'],
    ['--token=nothing', 'error: You must be logged in to the server (Unauthorized)\n'],
    [
      '--client-certificate=gone.crt --client-key=dev.key',
      'error: unable to read client-cert /tmp/lab/gone.crt for x due to open /tmp/lab/gone.crt: no such file or directory\n',
    ],
  ])('%s', (flags, expected) => expect(said(session, set(flags))).toBe(expected))

  test('a server that no known authority vouches for', () => {
    session.run('cp .kubeconfig k2; kubectl --kubeconfig=k2 config unset clusters.lab.certificate-authority-data')
    expect(said(session, 'kubectl --kubeconfig=k2 get pods')).toBe(
      'Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown authority\n',
    )
    expect(said(session, 'kubectl --kubeconfig=k2 --insecure-skip-tls-verify get pods')).toBe('No resources found in lab namespace.\n')
    session.run('kubectl --kubeconfig=k2 config set-cluster lab --certificate-authority=junk')
    expect(said(session, 'kubectl --kubeconfig=k2 get pods')).toBe(
      'error: unable to load root certificates: unable to parse bytes as PEM block\n',
    )
  })
})

describe('openssl', () => {
  test('makes keys and certificates that other programs read; the same ones in the same world', () => {
    const command =
      'openssl req -x509 -nodes -days 10 -newkey rsa:1024 -keyout k.pem -out c.pem -subj /CN=web -addext subjectAltName=DNS:a.b'
    const worlds = [made(), made(), made('1')].map((session) => {
      session.run(command)
      return { key: session.read('k.pem'), certificate: new X509Certificate(session.read('c.pem')) }
    })
    const { key, certificate } = worlds[0]!
    expect(certificate.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect([certificate.subject, certificate.subjectAltName, certificate.verify(certificate.publicKey)]).toEqual([
      'CN=web',
      'DNS:a.b',
      true,
    ])
    expect(worlds[1]!.key).toBe(key)
    expect(worlds[2]!.key).not.toBe(key)
  })

  test('an authority of one’s own signs a request', () => {
    const session = made()
    session.run('openssl req -x509 -nodes -newkey ed25519 -keyout ca.key -out ca.crt -subj /CN=own-ca -days 100')
    session.run('openssl req -new -newkey rsa:1024 -nodes -keyout s.key -out s.csr -subj /CN=s')
    session.run('printf "subjectAltName=DNS:s.lab\\nextendedKeyUsage=serverAuth\\n" > ext')
    expect(said(session, 'openssl x509 -req -in s.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out s.crt -days 5 -extfile ext')).toBe(
      'Certificate request self-signature ok\nsubject=CN = s\n',
    )
    expect(said(session, 'openssl verify -CAfile ca.crt s.crt')).toBe('s.crt: OK\n')
    expect(said(session, 'openssl x509 -in s.crt -noout -issuer -ext subjectAltName,extendedKeyUsage')).toBe(
      'issuer=CN = own-ca\nX509v3 Subject Alternative Name: \n    DNS:s.lab\nX509v3 Extended Key Usage: \n    TLS Web Server Authentication\n',
    )
    expect(said(session, 'openssl x509 -req -in s.csr -CA ca.crt -CAkey s.key -out t.crt')).toContain(
      'CA certificate and CA private key do not match',
    )
  })

  test.each([
    ['openssl foo', 'Invalid command \'foo\'; type "help" for a list.\n'],
    ['openssl x509 -foo', 'x509: Unknown option or cipher: foo\nx509: Use -help for summary.\n'],
    ['openssl genrsa -out /nowhere/x 1024', 'genrsa: Can\'t open "/nowhere/x" for writing, No such file or directory\n'],
    ['openssl genrsa abc', 'genrsa: Can\'t parse "abc" as a number\n'],
    ['openssl x509 -in gone -noout', 'Could not open file or uri for loading certificate from gone\nUnable to load certificate\n'],
    ['echo x | openssl x509 -noout', 'Could not read certificate from <stdin>\nUnable to load certificate\n'],
    ['openssl req -new -key /dev/null -subj /CN=a', 'Could not read private key from /dev/null\n'],
    ['openssl genpkey -algorithm EC', 'keys of the kind EC are not simulated by clusterlab; use rsa:2048 or ed25519\n'],
  ])('%s', (command, expected) => {
    const result = made().run(command)
    expect(result.output).toBe(expected)
    expect(result.exitCode).toBe(1)
  })
})
