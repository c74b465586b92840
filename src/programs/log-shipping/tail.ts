/** Reading files that grow, as log shippers do: whole lines only, from where one was; a file that was cut or replaced is read from its beginning, one that was renamed goes on. */
import { FileError, type FileView } from '../../script/files.ts'
import { readText } from '../text/files.ts'

/** How far a file has been read: plain data, kept in the shipper's registry. */
export interface Place {
  readonly path: string
  /** Characters read. */
  readonly offset: number
  /** How the file begins: tells it from another one of its name. */
  readonly head: string
  /** As it was when it was read last: one that is the same is not read again. */
  readonly size: number
  readonly mtimeMs: number
}
export interface Line {
  readonly path: string
  readonly offset: number
  readonly text: string
}

const HEAD = 120
/** Characters taken by one look, but for the rest of a line that was begun: what comes faster waits in its file. */
const MOST_TEXT = 1024 * 1024

const wild = (segment: string): RegExp =>
  new RegExp(
    `^${segment
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

/** Paths that a pattern with `*` and `?` names now, in byte order. */
export function pathsOf(files: FileView, pattern: string): string[] {
  let found = ['']
  for (const segment of pattern.split('/').filter((s) => s !== '')) {
    if (!/[*?]/.test(segment)) {
      found = found.map((f) => `${f}/${segment}`)
      continue
    }
    const rule = wild(segment)
    found = found.flatMap((f) => {
      try {
        return files
          .list(f === '' ? '/' : f)
          .filter((n) => rule.test(n))
          .map((n) => `${f}/${n}`)
      } catch (error) {
        if (error instanceof FileError) return []
        throw error
      }
    })
  }
  return found
}

export const matches = (pattern: string, path: string): boolean => {
  const [a, b] = [pattern.split('/'), path.split('/')]
  return a.length === b.length && a.every((segment, i) => wild(segment).test(b[i]!))
}

function statOf(files: FileView, path: string): { size: number; mtimeMs: number } | undefined {
  let stat = files.stat(path)
  for (let n = 0; stat?.kind === 'symlink' && stat.target !== undefined && n < 5; n++)
    stat = files.stat(stat.target.startsWith('/') ? stat.target : `${path.slice(0, path.lastIndexOf('/'))}/${stat.target}`)
  return stat?.kind === 'file' ? stat : undefined
}

/** Where the text of a file is to be gone on with. */
function placeIn(text: string, path: string, places: readonly Place[], taken: (path: string) => boolean): Place | undefined {
  const same = (p: Place): boolean => text.length >= p.offset && text.startsWith(p.head)
  const own = places.find((p) => p.path === path)
  if (own !== undefined && same(own)) return own
  return places.find((p) => p.path !== path && p.head.length > 0 && same(p) && !taken(p.path))
}

/**
 * Lines that came since. `max`: lines at most. `skipNew`: a file that was never seen is begun at its end (tail's own manner).
 * `places` in the answer are those to keep once the lines are safe.
 */
export function readNew(
  files: FileView,
  paths: readonly string[],
  places: readonly Place[],
  max: number,
  skipNew = false,
): { lines: Line[]; places: readonly Place[] } {
  const lines: Line[] = []
  let next = places
  let taken = 0
  const isFull = (): boolean =>
    lines.length >= max || (taken >= MOST_TEXT && criLine(lines[lines.length - 1]?.text ?? '')?.partial !== true)
  const isStill = (path: string): boolean => {
    const place = places.find((p) => p.path === path)
    return place !== undefined && (readText(files, path) ?? '').startsWith(place.head) && statOf(files, path) !== undefined
  }
  for (const path of paths) {
    if (isFull()) break
    const stat = statOf(files, path)
    const known = next.find((p) => p.path === path)
    if (stat === undefined || (known !== undefined && known.size === stat.size && known.mtimeMs === stat.mtimeMs)) continue
    const text = readText(files, path)
    if (text === undefined) continue
    const place = placeIn(text, path, places, isStill)
    let offset = place?.offset ?? (skipNew && known === undefined ? text.lastIndexOf('\n') + 1 : 0)
    while (!isFull()) {
      const end = text.indexOf('\n', offset)
      if (end < 0) break
      lines.push({ path, offset, text: text.slice(offset, end) })
      taken += end + 1 - offset
      offset = end + 1
    }
    const more = text.indexOf('\n', offset) >= 0
    next = [
      ...next.filter((p) => p.path !== path),
      { path, offset, head: text.slice(0, Math.min(HEAD, offset)), size: more ? -1 : stat.size, mtimeMs: stat.mtimeMs },
    ]
  }
  return { lines, places: next }
}

/** A line of a container's log as containerd writes it: `time stream F text`. */
export function criLine(text: string): { time: string; stream: string; partial: boolean; message: string } | undefined {
  const match = /^(\S+) (stdout|stderr) ([FP]) (.*)$/s.exec(text)
  return match === null ? undefined : { time: match[1]!, stream: match[2]!, partial: match[3] === 'P', message: match[4]! }
}

/** What the name of a file in /var/log/containers says. */
export function podOf(path: string): { pod: string; namespace: string; container: string; id: string } | undefined {
  const match = /\/([^/_]+)_([^/_]+)_(.+)-([0-9a-f]{12,})\.log$/.exec(path)
  return match === null ? undefined : { pod: match[1]!, namespace: match[2]!, container: match[3]!, id: match[4]! }
}
