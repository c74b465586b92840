/** The NFS server on the company network: its exports, whether it can be mounted from a node now, and in which words mount.nfs says that it cannot. */
import type { Hosts } from '../network/contract.ts'
import type { Links } from '../network/links.ts'
import type { Outside } from '../network/outside.ts'
import type { Cells } from '../sim/state.ts'
import type { Reachability } from './backings.ts'
import type { Backing, Storage, VolumeStatus } from './contract.ts'

const EXPORTS = 'nfs-exports'
export const DEFAULT_EXPORT = '/exports'

/** What can be mounted: directories of a server, and all below them. */
export class NfsExports {
  readonly #cells: Cells

  constructor(cells: Cells) {
    this.#cells = cells
  }

  export(server: string, path: string): void {
    const paths = this.of(server)
    if (!paths.includes(path)) this.#cells.put(EXPORTS, server, [...paths, path])
  }

  of(server: string): readonly string[] {
    return this.#cells.get<readonly string[]>(EXPORTS, server) ?? []
  }

  has(server: string, path: string): boolean {
    return this.of(server).some((e) => path === e || path.startsWith(e === '/' ? e : `${e}/`))
  }
}

export interface NfsWorld {
  readonly outside: Outside
  readonly exports: NfsExports
  readonly links: Links
  readonly hosts: () => Hosts
  /** The address behind a server's name, as the node's resolver finds it. */
  readonly addressOf: (server: string, node: string) => string | undefined
  readonly nodeIp: (node: string) => string | undefined
}

const mountFailed = (server: string, path: string, why: string): VolumeStatus => ({
  ok: false,
  message: `mount failed: exit status 32\nMounting command: mount\nMounting arguments: -t nfs ${server}:${path}\nOutput: mount.nfs: ${why}`,
})

/** Whether files can be reached from a node: disks from their own machine, exports while server, network and cables are well. */
export function reachability(world: NfsWorld): Reachability {
  return (backing, fromNode) => {
    if (backing.kind === 'layer' || backing.kind === 'block') return { ok: true }
    if (backing.kind !== 'nfs')
      return backing.node === fromNode ? { ok: true } : { ok: false, message: `the files are on node ${backing.node}` }
    return nfsStatus(world, backing, fromNode)
  }
}

function nfsStatus(world: NfsWorld, { server, path }: Backing & { kind: 'nfs' }, fromNode: string): VolumeStatus {
  const ip = world.addressOf(server, fromNode)
  if (ip === undefined) return mountFailed(server, path, `Failed to resolve server ${server}: Name or service not known`)
  const machine = world.outside.at(ip)
  const cut = world.links.between({ node: fromNode, ip: world.nodeIp(fromNode) ?? '' }, { ip }, 0).cut
  if (machine === undefined) return mountFailed(server, path, `No route to host for ${server}:${path}`)
  if (!machine.on || cut || !world.hosts().nodeIsUp(fromNode))
    return mountFailed(server, path, `Connection timed out for ${server}:${path} on /mnt`)
  if (!machine.ports.includes(2049)) return mountFailed(server, path, `Connection refused for ${server}:${path} on /mnt`)
  if (!world.exports.has(server, path) && !world.exports.has(ip, path))
    return mountFailed(server, path, `access denied by server while mounting ${server}:${path}`)
  return { ok: true }
}

/** What `showmount -e` is told (mountd's export list): the server must be found, be reached and run. */
export const exportList =
  (world: NfsWorld): Storage['exportsOf'] =>
  (server, fromNode) => {
    const ip = world.addressOf(server, fromNode)
    if (ip === undefined) return { problem: 'Unknown host' }
    const status = nfsStatus(world, { kind: 'nfs', server: ip, path: '/' }, fromNode)
    const answers = status.ok || status.message?.includes('access denied') === true
    return answers ? { paths: world.exports.of(ip) } : { problem: 'Unable to receive; errno = No route to host' }
  }
