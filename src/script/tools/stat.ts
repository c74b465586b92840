/** stat(1): what the file system knows of a file; GNU's and busybox' common part, `-c` with its usual letters. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { GROUP, nameOf, PASSWD } from '../credentials.ts'
import { FileError, type FileStat } from '../files.ts'
import { strftime } from '../format.ts'
import { each, missing } from './file-tools.ts'
import { modeText } from './ls.ts'
import { parseOptions } from './options.ts'

const KINDS = { file: 'regular file', directory: 'directory', symlink: 'symbolic link' } as const

function facts(ctx: ToolContext, word: string, stat: FileStat): Record<string, string> {
  const { uid = 0, gid = 0 } = stat
  const when = `${strftime('%Y-%m-%d %H:%M:%S', stat.mtimeMs)}.${String(Math.floor(stat.mtimeMs) % 1000).padStart(3, '0')}000000 +0000`
  return {
    n: word,
    N: stat.target === undefined ? `'${word}'` : `'${word}' -> '${stat.target}'`,
    F: stat.kind === 'file' && stat.size === 0 ? 'regular empty file' : KINDS[stat.kind],
    a: stat.mode.toString(8),
    A: modeText(stat),
    u: String(uid),
    g: String(gid),
    U: nameOf(ctx.files, PASSWD, uid) ?? 'UNKNOWN',
    G: nameOf(ctx.files, GROUP, gid) ?? 'UNKNOWN',
    s: String(stat.size),
    b: String(Math.ceil(stat.size / 4096) * 8),
    y: when,
    Y: String(Math.floor(stat.mtimeMs / 1000)),
  }
}

const whole = (f: Record<string, string>): string =>
  `  File: ${f.n}\n  Size: ${f.s!.padEnd(10)}\tBlocks: ${f.b!.padEnd(10)} IO Block: 4096   ${f.F}\nAccess: (${f.a!.padStart(4, '0')}/${f.A})  Uid: (${f.u!.padStart(5)}/${f.U!.padStart(8)})   Gid: (${f.g!.padStart(5)}/${f.G!.padStart(8)})\nModify: ${f.y}\n`

export const stat: Tool = {
  names: ['stat'],
  run(ctx): ToolResult {
    const { given, words, error } = parseOptions(ctx.argv, 'Lc:f', { format: 'c=', dereference: 'L' })
    if (error !== undefined) return { exitCode: 1, stderr: error }
    if (given.has('f')) return { exitCode: 1, stderr: 'stat: -f is not simulated; use df\n' }
    if (words.length === 0) return missing('stat')
    const format = given.get('c')
    return each(
      words,
      (word) => {
        const found = ctx.files.stat(ctx.path(word))
        if (found === undefined) throw new FileError('ENOENT', word)
        const known = facts(ctx, word, found)
        return format === undefined
          ? whole(known)
          : `${format.replace(/%(.)/g, (all, letter: string) => (letter === '%' ? '%' : (known[letter] ?? all)))}\n`
      },
      (word, failure) =>
        ctx.shellName === 'bash'
          ? `stat: cannot statx '${word}': ${failure.message}\n`
          : `stat: can't stat '${word}': ${failure.message}\n`,
    )
  },
}
