/**
 * The certificate by which real clients know this server, in real time and for one run; and the kubeconfig. Clients' own certificates are the
 * cluster's affair: its authority signs them, in its own time.
 */
import { generate } from 'selfsigned'
import type { ClientPair } from '../apiserver/authentication/authority.ts'

const DAY_MS = 86_400_000

export interface Authority {
  readonly key: string
  readonly cert: string
}

const dates = (): { notBeforeDate: Date; notAfterDate: Date } => ({
  notBeforeDate: new Date(Date.now() - DAY_MS),
  notAfterDate: new Date(Date.now() + 365 * DAY_MS),
})
const common = { keyType: 'ec', algorithm: 'sha256' } as const

export async function createAuthority(): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: 'clusterlab-ca' }], {
    ...common,
    ...dates(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  })
  return { key: made.private, cert: made.cert }
}

/** For the address clients use; host is an IP or a name. */
export async function serverCertificate(ca: Authority, host: string): Promise<Authority> {
  const made = await generate([{ name: 'commonName', value: 'kube-apiserver' }], {
    ...common,
    ...dates(),
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
          { type: 7, ip: '127.0.0.1' },
          ...(host === '127.0.0.1' ? [] : [{ type: 7 as const, ip: host }]),
        ],
      },
    ],
  })
  return { key: made.private, cert: made.cert }
}

export interface KubeconfigFacts {
  readonly server: string
  readonly namespace: string
  readonly user: string
  readonly ca?: string
  readonly client?: ClientPair
}

/** A kubeconfig with one cluster, user and context, as text. */
export function kubeconfigFor({ server, namespace, user, ca, client }: KubeconfigFacts): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const lines = ['apiVersion: v1', 'kind: Config', 'clusters:', '- name: clusterlab', '  cluster:', `    server: ${server}`]
  if (ca !== undefined) lines.push(`    certificate-authority-data: ${base64(ca)}`)
  lines.push('contexts:', '- name: clusterlab', '  context:', '    cluster: clusterlab', `    namespace: ${namespace}`, `    user: ${user}`)
  lines.push('current-context: clusterlab', 'users:', `- name: ${user}`)
  if (client === undefined) lines.push('  user: {}')
  else lines.push('  user:', `    client-certificate-data: ${base64(client.certificate)}`, `    client-key-data: ${base64(client.key)}`)
  return `${lines.join('\n')}\n`
}
