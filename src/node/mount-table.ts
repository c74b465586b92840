/** What is mounted where: in a container, and on a machine for its pods. */
import { quantityValue } from '../api/quantity.ts'
import type { Backing } from '../storage/contract.ts'
import { diskUsedBytes } from './kubelet/disk.ts'
import { containerOf, type KubeletHands } from './kubelet/hands.ts'
import type { PodRun } from './records.ts'

export interface MountEntry {
  readonly source: string
  readonly at: string
  readonly type: string
  readonly options: string
  /** Bytes; absent where nobody knows. */
  readonly size?: number | undefined
  readonly used?: number
}

export const DISK = '/dev/sda1'

const diskSize = (hands: KubeletHands): number => quantityValue(hands.node.capacity['ephemeral-storage'] ?? '0')

/** The device a volume of a CSI driver is on its node. */
export const blockDevice = (volume: string): string => `/dev/disk/by-id/${volume}`

function ofBacking(hands: KubeletHands, backing: Backing, at: string, readOnly: boolean): MountEntry {
  const { storage } = hands
  const mode = readOnly ? 'ro' : 'rw'
  const used = (): number => storage.usedBytes(backing)
  switch (backing.kind) {
    case 'nfs':
      return { source: `${backing.server}:${backing.path}`, at, type: 'nfs4', options: `${mode},relatime,vers=4.2,hard`, used: used() }
    case 'memory':
      return { source: 'tmpfs', at, type: 'tmpfs', options: `${mode},relatime`, size: storage.capacity(backing), used: used() }
    case 'block':
      return {
        source: blockDevice(backing.volume),
        at,
        type: 'ext4',
        options: `${mode},relatime`,
        size: storage.capacity(backing),
        used: used(),
      }
    default:
      return { source: DISK, at, type: 'ext4', options: `${mode},relatime`, size: diskSize(hands), used: diskUsedBytes(hands) }
  }
}

/** What the runtime mounts into every container. */
function system(hands: KubeletHands): MountEntry[] {
  const disk = { size: diskSize(hands), used: diskUsedBytes(hands) }
  const flags = 'rw,nosuid,nodev,noexec,relatime'
  return [
    { source: 'overlay', at: '/', type: 'overlay', options: 'rw,relatime', ...disk },
    { source: 'proc', at: '/proc', type: 'proc', options: flags },
    { source: 'tmpfs', at: '/dev', type: 'tmpfs', options: 'rw,nosuid,size=65536k,mode=755', size: 64 * 1024 ** 2, used: 0 },
    { source: 'devpts', at: '/dev/pts', type: 'devpts', options: 'rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666' },
    { source: 'mqueue', at: '/dev/mqueue', type: 'mqueue', options: flags },
    { source: 'sysfs', at: '/sys', type: 'sysfs', options: 'ro,nosuid,nodev,noexec,relatime' },
    { source: 'cgroup', at: '/sys/fs/cgroup', type: 'cgroup2', options: 'ro,nosuid,nodev,noexec,relatime' },
  ]
}

export function containerMounts(hands: KubeletHands, run: PodRun, container: string): MountEntry[] {
  const disk = { source: DISK, type: 'ext4', options: 'rw,relatime', size: diskSize(hands), used: diskUsedBytes(hands) }
  const spec = containerOf(run.pod, container)
  const ram = quantityValue(spec?.resources?.limits?.['memory'] ?? hands.node.allocatable['memory'] ?? '0')
  const volumes = (spec?.volumeMounts ?? []).flatMap((mount): MountEntry[] => {
    const volume = run.volumes[mount.name]
    if (volume === undefined) return []
    const readOnly = mount.readOnly === true || volume.readOnly === true
    if (volume.backing !== undefined) return [ofBacking(hands, volume.backing, mount.mountPath, readOnly)]
    return [{ source: 'tmpfs', at: mount.mountPath, type: 'tmpfs', options: `${readOnly ? 'ro' : 'rw'},relatime`, size: ram, used: 0 }]
  })
  const shm = {
    source: 'shm',
    at: '/dev/shm',
    type: 'tmpfs',
    options: 'rw,nosuid,nodev,noexec,relatime,size=65536k',
    size: 64 * 1024 ** 2,
    used: 0,
  }
  const files = ['/etc/hosts', '/dev/termination-log', '/etc/hostname', '/etc/resolv.conf'].map((at) => ({ ...disk, at }))
  const root = system(hands).map((m) =>
    m.at === '/' && spec?.securityContext?.readOnlyRootFilesystem ? { ...m, options: 'ro,relatime' } : m,
  )
  return [...root, ...files, shm, ...volumes]
}

const PLUGIN: Partial<Record<Backing['kind'], string>> = { memory: 'empty-dir', nfs: 'nfs', block: 'csi' }

/** Mounts of a machine's pods beyond its own disk. */
export function podMounts(hands: KubeletHands, runs: readonly PodRun[]): MountEntry[] {
  return runs.flatMap((run) =>
    Object.entries(run.volumes).flatMap(([name, { backing, readOnly }]) => {
      const plugin = backing && PLUGIN[backing.kind]
      if (backing === undefined || plugin === undefined) return []
      const at = `/var/lib/kubelet/pods/${run.uid}/volumes/kubernetes.io~${plugin}/${name}${backing.kind === 'block' ? '/mount' : ''}`
      return [ofBacking(hands, backing, at, readOnly === true)]
    }),
  )
}
