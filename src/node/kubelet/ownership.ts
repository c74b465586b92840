/** Volumes for a group: with fsGroup the kubelet gives what a volume holds to that group, where the volume's kind lets it (pkg/volume's SetVolumeOwnership). */
import type { PersistentVolume, Pod, Volume } from '../../api/generated/types/core-v1.ts'
import type { Reader } from '../../api/reader.ts'
import type { FileView } from '../../script/files.ts'
import type { DirectoryNode, TreeNode } from '../../script/memory-files.ts'
import { isBlockDevice } from '../../storage/attach.ts'

const SETGID = 0o2000
const FILE_BITS = 0o660
const DIRECTORY_BITS = 0o2770
/** Volumes that nobody may write to are only made readable. */
const READ_BITS = 0o440

/** hostPath and NFS volumes stay as they are. */
export function takesGroup(volume: Volume, pod: Pod, read: Reader): boolean {
  if (volume.emptyDir) return true
  const name = volume.persistentVolumeClaim?.claimName ?? (volume.ephemeral && `${pod.metadata.name}-${volume.name}`)
  if (name === undefined) return false
  const bound = read.get('persistentvolumeclaims', pod.metadata.namespace, name)?.spec?.volumeName
  const pv: PersistentVolume | undefined = bound ? read.get('persistentvolumes', undefined, bound) : undefined
  if (pv === undefined) return false
  return pv.spec?.local !== undefined || (isBlockDevice(pv) && pv.spec?.accessModes?.includes('ReadWriteMany') !== true)
}

/** Gives a volume to the pod's fsGroup; with OnRootMismatch only where its root does not belong to it already. */
export function giveToGroup(files: FileView, pod: Pod): void {
  const { fsGroup, fsGroupChangePolicy } = pod.spec?.securityContext ?? {}
  if (fsGroup === undefined || files.chown === undefined) return
  const root = files.stat('/')
  const matches = root !== undefined && (root.gid ?? 0) === fsGroup && (root.mode & DIRECTORY_BITS) === DIRECTORY_BITS
  if (fsGroupChangePolicy === 'OnRootMismatch' && matches) return
  give(files, '/', fsGroup)
}

function give(files: FileView, path: string, gid: number): void {
  const stat = files.stat(path)
  if (stat === undefined) return
  if ((stat.gid ?? 0) !== gid) files.chown!(path, stat.uid ?? 0, gid)
  if (stat.kind === 'symlink') return
  const mode = stat.mode | (stat.kind === 'directory' ? DIRECTORY_BITS : FILE_BITS)
  if (mode !== stat.mode) files.chmod(path, mode)
  if (stat.kind === 'directory') for (const name of files.list(path)) give(files, `${path === '/' ? '' : path}/${name}`, gid)
}

/** Modes and owner of a volume made from API objects: `modes` by path, the rest as `defaultMode` says. */
export function withModes(tree: DirectoryNode, modes: Readonly<Record<string, number>>, defaultMode: number, pod: Pod): DirectoryNode {
  const gid = pod.spec?.securityContext?.fsGroup
  const group = gid === undefined || gid === 0 ? {} : { gid }
  const bits = gid === undefined ? 0 : READ_BITS
  const walk = (node: TreeNode, path: string): TreeNode => {
    if ('entries' in node) {
      const entries = Object.fromEntries(Object.entries(node.entries).map(([name, child]) => [name, walk(child, `${path}/${name}`)]))
      return { ...node, entries, mode: gid === undefined ? (path === '' ? 0o1777 : node.mode) : node.mode | SETGID | 0o550, ...group }
    }
    return 'text' in node ? { ...node, mode: (modes[path.slice(1)] ?? defaultMode) | bits, ...group } : node
  }
  return walk(tree, '') as DirectoryNode
}
