/** kubectl's world inside a session: the API of the simulated cluster at its address, the player's files, virtual time. */
import { ApiError, errors } from '../api/errors.ts'
import type { UserInfo } from '../api/kind.ts'
import type { KindRegistry } from '../api/registry.ts'
import { authorityCertificate, type ClientPair } from '../apiserver/authentication/authority.ts'
import type { ApiAnswer } from '../apiserver/contract.ts'
import type { World } from '../cluster/world.ts'
import { type Access, ConnectionError, type KubectlHost, type KubectlRequest, type SentToPath } from '../kubectl/contract.ts'
import { pemBlocks, pemText } from '../lib/der.ts'
import type { ExternalCall } from '../script/contract.ts'
import type { PortForwards } from './port-forwards.ts'
import { impersonate, userOfAccess } from './users.ts'

export const API_ADDRESS = '192.168.0.100:6443'
export const API_SERVER = `https://${API_ADDRESS}`

function userOf(world: World, access: Access): UserInfo {
  const user = userOfAccess(access, world.server)
  if (access.impersonate === undefined) return user
  const { authorizer } = world.server
  return impersonate(user, access.impersonate, (who, resource, name, namespace) =>
    authorizer.allows(who, { verb: 'impersonate', group: '', resource, name, ...(namespace !== undefined && { namespace }) }),
  )
}

/** Client and server make each other's acquaintance. Throws ConnectionError. */
function handshake(world: World, access: Access, server: string): void {
  const fail = (why: string): never => {
    throw new ConnectionError(server, why, 'tls')
  }
  if (server.startsWith('http://')) throw errors.badRequest('the server rejected our request for an unknown reason')
  if (access.tlsProblem !== undefined) fail(access.tlsProblem)
  if (access.insecure) return
  const own = authorityCertificate(world.random)
  const shown = access.certificateAuthority ?? ''
  const trusted = shown === own || pemBlocks(shown).some((block) => pemText('CERTIFICATE', block.bytes) === own)
  if (!trusted) fail('tls: failed to verify certificate: x509: certificate signed by unknown authority')
}

/** Throws ConnectionError unless the API server is at the address and up. */
function connect(world: World, access: Access): void {
  const server = access.server === '' ? 'http://localhost:8080' : access.server
  const address = server.replace(/^https?:\/\//, '').replace(/\/.*$/, '')
  if (address === API_ADDRESS) {
    if (world.apiServerIsUp()) return handshake(world, access, server)
    throw new ConnectionError(server, `dial tcp ${address}: connect: connection refused`, 'refused')
  }
  const host = address.replace(/:\d+$/, '')
  if (host === 'localhost' || host.startsWith('127.'))
    throw new ConnectionError(server, `dial tcp 127.0.0.1:${address.split(':')[1] ?? '80'}: connect: connection refused`, 'refused')
  if (/^[\d.]+$/.test(host)) throw new ConnectionError(server, `dial tcp ${address}: i/o timeout`, 'timeout')
  throw new ConnectionError(server, `dial tcp: lookup ${host} on 127.0.0.53:53: no such host`, 'lookup')
}

export function createKubectlHost(
  world: World,
  call: Pick<ExternalCall, 'files' | 'env' | 'cwd' | 'stdin'>,
  /** Tells this run's draws from all others'. */
  runName: string,
  isTty: boolean,
  isLooking: () => boolean,
  forwards?: PortForwards,
): KubectlHost {
  let input: string | undefined
  return {
    request: (request: KubectlRequest, access: Access): ApiAnswer => {
      connect(world, access)
      try {
        const asked = { ...request, user: userOf(world, access) }
        return isLooking() ? world.server.handle({ ...asked, unrecorded: true }) : world.handle(asked)
      } catch (error) {
        if (error instanceof ApiError) return { code: error.status.code ?? 500, body: error.status, warnings: [] }
        throw error
      }
    },
    kinds: (access: Access): KindRegistry => {
      connect(world, access)
      userOf(world, access)
      return world.registry
    },
    path: (path: string, access: Access, sent?: SentToPath): ApiAnswer => {
      connect(world, access)
      return world.path(path, userOf(world, access), { ...sent, fieldManager: 'kubectl' })
    },
    files: call.files,
    env: call.env,
    cwd: call.cwd,
    stdin: () => {
      input ??= call.stdin()
      return input
    },
    isTty,
    now: () => world.nowMs,
    ...(forwards && { listen: (address: string, port: number) => forwards.listen(address, port) }),
    random: (n) => world.random.unit('kubectl', runName, n),
  }
}

/** The player's kubeconfig: one cluster, one context, one client certificate. */
export function kubeconfigText(context: string, namespace: string, user: string, authority: string, pair: ClientPair): string {
  const encode = (text: string): string => Buffer.from(text).toString('base64')
  return `apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: ${encode(authority)}
    server: ${API_SERVER}
  name: ${context}
contexts:
- context:
    cluster: ${context}
    namespace: ${namespace}
    user: ${user}
  name: ${context}
current-context: ${context}
kind: Config
preferences: {}
users:
- name: ${user}
  user:
    client-certificate-data: ${encode(pair.certificate)}
    client-key-data: ${encode(pair.key)}
`
}
