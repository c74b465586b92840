/**
 * Container logs as files of the node, where whoever collects logs looks for them: /var/log/pods as containerd writes them, and the links
 * to them in /var/log/containers. Read-only: they are rendered from the logs as they are.
 */
import { compareBytes } from '../script/bytes.ts'
import { FileError, type FileStat, normalisePath } from '../script/files.ts'
import { containersOf, type ListedContainer } from './containers-of.ts'
import type { KubeletHands } from './kubelet/hands.ts'
import { stamp } from './logs-port.ts'
import type { Mount } from './runtime/files.ts'
import type { LogLine } from './runtime/logs.ts'
import { ReadOnlyFiles } from './runtime/read-only-files.ts'

const PODS = '/var/log/pods'
const CONTAINERS = '/var/log/containers'

interface Entry {
  readonly stat: FileStat
  /** Whose log it is; absent for directories and files that were put aside. */
  readonly containerId?: string
}

const rotatedName = (attempt: number, ms: number): string =>
  `${attempt}.log.${stamp(ms).slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-')}`

const line = (l: LogLine): string => `${stamp(l.ms)} ${l.stream} ${l.partial ? 'P' : 'F'} ${l.text}\n`

class LogFiles extends ReadOnlyFiles {
  readonly #hands: KubeletHands

  constructor(hands: KubeletHands) {
    super()
    this.#hands = hands
  }

  /** Every file and directory, by path. */
  #entries(): Map<string, Entry> {
    const all = new Map<string, Entry>()
    const directory = (path: string, mtimeMs: number): void => {
      if (!all.has(path)) all.set(path, { stat: { kind: 'directory', mode: 0o755, size: 4096, mtimeMs } })
    }
    directory(PODS, 0)
    directory(CONTAINERS, 0)
    for (const c of containersOf({ name: this.#hands.node.name, hands: this.#hands })) this.#add(c, all, directory)
    return all
  }

  #add(c: ListedContainer, all: Map<string, Entry>, directory: (path: string, mtimeMs: number) => void): void {
    const { logs } = this.#hands
    const { namespace, name } = c.run.pod.metadata
    const pod = `${PODS}/${namespace}_${name}_${c.run.uid}`
    const file = `${pod}/${c.state.name}/${c.attempt}.log`
    directory(pod, c.startedMs)
    directory(`${pod}/${c.state.name}`, c.startedMs)
    const aside = logs.rotated(c.id)
    const size = aside.reduce((n, r) => n - r.bytes, logs.bytes(c.id))
    const mtimeMs = logs.lines(c.id).at(-1)?.ms ?? c.startedMs
    all.set(file, { stat: { kind: 'file', mode: 0o640, size, mtimeMs }, containerId: c.id })
    for (const { ms, bytes } of aside)
      all.set(`${pod}/${c.state.name}/${rotatedName(c.attempt, ms)}`, { stat: { kind: 'file', mode: 0o640, size: bytes, mtimeMs: ms } })
    const link = `${CONTAINERS}/${name}_${namespace}_${c.state.name}-${c.id}.log`
    all.set(link, { stat: { kind: 'symlink', mode: 0o777, size: file.length, mtimeMs: c.startedMs, target: file }, containerId: c.id })
  }

  read(path: string): string {
    const entry = this.#entries().get(normalisePath(path))
    if (entry === undefined) throw new FileError('ENOENT', path)
    if (entry.stat.kind === 'directory') throw new FileError('EISDIR', path)
    // What a file held that was put aside is not kept.
    if (entry.containerId === undefined) throw new FileError('EFBIG', path)
    return this.#hands.logs.lines(entry.containerId).map(line).join('')
  }

  list(path: string): readonly string[] {
    const clean = normalisePath(path)
    const entries = this.#entries()
    const kind = entries.get(clean)?.stat.kind
    if (kind !== 'directory') throw new FileError(kind === undefined ? 'ENOENT' : 'ENOTDIR', path)
    return [...entries.keys()]
      .filter((k) => k.startsWith(`${clean}/`) && !k.slice(clean.length + 1).includes('/'))
      .map((k) => k.slice(clean.length + 1))
      .sort(compareBytes)
  }

  stat(path: string): FileStat | undefined {
    return this.#entries().get(normalisePath(path))?.stat
  }
}

/** The two directories, to be laid over a node's disk. */
export function logMounts(hands: KubeletHands): Mount[] {
  const files = new LogFiles(hands)
  return [PODS, CONTAINERS].map((path) => ({ path, files, subPath: path.slice(1), readOnly: true }))
}

/** Whether a directory of the disk is one of them, lies within or above them. */
export const coversLogs = (path: string): boolean =>
  [PODS, CONTAINERS].some((p) => p === path || p.startsWith(path === '/' ? '/' : `${path}/`) || path.startsWith(`${p}/`))
