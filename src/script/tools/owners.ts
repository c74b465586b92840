/** chmod, chown, chgrp: whose files are and what may be done with them, as GNU coreutils and busybox word it. */
import type { Tool, ToolContext, ToolResult } from '../contract.ts'
import { GROUP, idOf, PASSWD, primaryGroup } from '../credentials.ts'
import { FileError, type FileStat } from '../files.ts'
import { each, missing } from './file-tools.ts'

/** A mode of chmod(1), octal or symbolic, applied to an old one. */
function changeMode(text: string, old: number, directory: boolean): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8)
  let mode = old
  for (const part of text.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwxXst]*)$/.exec(part)
    if (match === null) return undefined
    const who = match[1] === '' || match[1]!.includes('a') ? 'ugo' : match[1]!
    let bits = 0
    let special = 0
    for (const letter of match[3]!) {
      if (letter === 't') special |= 0o1000
      else if (letter === 's') special |= (who.includes('u') ? 0o4000 : 0) | (who.includes('g') ? 0o2000 : 0)
      else if (letter !== 'X' || directory || (old & 0o111) !== 0) bits |= letter === 'r' ? 4 : letter === 'w' ? 2 : 1
    }
    mode = match[2] === '-' ? mode & ~special : mode | special
    for (const [letter, shift] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!who.includes(letter)) continue
      if (match[2] === '+') mode |= bits << shift
      else if (match[2] === '-') mode &= ~(bits << shift)
      else mode = (mode & ~(7 << shift)) | (bits << shift)
    }
  }
  return mode
}

export const chmod: Tool = {
  names: ['chmod'],
  run(ctx) {
    const argv = ctx.argv.slice(1)
    const recursive = argv.includes('-R')
    const [text, ...words] = argv.filter((word) => !/^-[Rvf]+$/.test(word))
    if (text === undefined || words.length === 0) return missing('chmod')
    const one = (path: string) => {
      const stat = ctx.files.stat(path)
      if (stat === undefined) throw new FileError('ENOENT', path)
      const mode = changeMode(text, stat.mode, stat.kind === 'directory')
      if (mode === undefined) throw new FileError('EINVAL', path)
      ctx.files.chmod(path, mode)
      if (recursive && stat.kind === 'directory') for (const name of ctx.files.list(path)) one(`${path}/${name}`)
    }
    return each(
      words,
      (word) => void one(ctx.path(word)),
      (word, error) =>
        error.code === 'EINVAL'
          ? `chmod: invalid mode: ‘${text}’\nTry 'chmod --help' for more information.\n`
          : error.code === 'ENOENT'
            ? `chmod: cannot access '${word}': ${error.message}\n`
            : `chmod: changing permissions of '${word}': ${error.message}\n`,
    )
  },
}

type Owner = { readonly uid?: number; readonly gid?: number }

/** `USER`, `USER:GROUP`, `USER:`, `:GROUP`; a text says what is wrong. */
function ownerOf(ctx: ToolContext, text: string): Owner | string {
  const at = text.search(/[:.]/)
  const [user, group] = at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)]
  const uid = user === '' ? undefined : idOf(ctx.files, PASSWD, user)
  if (user !== '' && uid === undefined) return ctx.shellName === 'bash' ? `invalid user: ‘${text}’` : `unknown user ${user}`
  if (group === undefined) return { ...(uid !== undefined && { uid }) }
  const gid = group === '' ? uid !== undefined && primaryGroup(ctx.files, uid) : idOf(ctx.files, GROUP, group)
  if (gid === undefined) return ctx.shellName === 'bash' ? `invalid group: ‘${text}’` : `unknown group ${group}`
  return { ...(uid !== undefined && { uid }), ...(gid !== false && { gid }) }
}

function give(ctx: ToolContext, name: string, what: (text: string) => Owner | string): ToolResult {
  const argv = ctx.argv.slice(1)
  const recursive = argv.some((a) => /^-[a-zA-Z]*R/.test(a) || a === '--recursive')
  const [text, ...words] = argv.filter((a) => !a.startsWith('-'))
  if (text === undefined || words.length === 0) return missing(name)
  const owner = what(text)
  if (typeof owner === 'string') return { exitCode: 1, stderr: `${name}: ${owner}\n` }
  if (ctx.files.chown === undefined) return { exitCode: 1, stderr: `${name}: ${words[0]}: owners are not simulated here\n` }
  let stderr = ''
  const one = (path: string, shown: string): void => {
    const stat: FileStat | undefined = ctx.files.stat(path)
    if (stat === undefined) throw new FileError('ENOENT', shown)
    try {
      ctx.files.chown!(path, owner.uid ?? stat.uid ?? 0, owner.gid ?? stat.gid ?? 0)
    } catch (error) {
      if (!(error instanceof FileError)) throw error
      stderr += refused(ctx, name, shown, error)
    }
    if (recursive && stat.kind === 'directory')
      for (const child of ctx.files.list(path)) one(`${path === '/' ? '' : path}/${child}`, `${shown.replace(/\/$/, '')}/${child}`)
  }
  const done = each(
    words,
    (word) => void one(ctx.path(word), word),
    (word, error) => refused(ctx, name, word, error),
  )
  return { ...done, exitCode: stderr === '' ? done.exitCode! : 1, stderr: stderr + (done.stderr ?? '') }
}

function refused(ctx: ToolContext, name: string, word: string, error: FileError): string {
  if (ctx.shellName !== 'bash') return `${name}: ${word}: ${error.message}\n`
  return error.code === 'ENOENT'
    ? `${name}: cannot access '${word}': ${error.message}\n`
    : `${name}: changing ${name === 'chgrp' ? 'group' : 'ownership'} of '${word}': ${error.message}\n`
}

export const chown: Tool = { names: ['chown'], run: (ctx) => give(ctx, 'chown', (text) => ownerOf(ctx, text)) }
export const chgrp: Tool = { names: ['chgrp'], run: (ctx) => give(ctx, 'chgrp', (text) => ownerOf(ctx, `:${text}`)) }
