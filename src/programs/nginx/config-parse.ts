/** nginx' configuration language: blocks and directives with their file and line; includes are followed with globs. Errors are worded as `nginx -t` words them. */

import type { FileView } from '../../script/files.ts'
import { kindAt, namesIn, readText } from '../text/files.ts'

export interface Directive {
  readonly name: string
  readonly args: readonly string[]
  readonly block?: readonly Directive[]
  readonly file: string
  readonly line: number
}

/** A configuration that nginx refuses; `message` is what follows `nginx: [emerg] `. */
export class ConfigError extends Error {}

interface Token {
  readonly text: string
  readonly line: number
  readonly mark: boolean
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }
const unescaped = (text: string): string => text.replace(/\\(["'\\nrt])/g, (_, c: string) => ESCAPES[c] ?? c)

function tokenize(text: string, file: string): Token[] {
  const out: Token[] = []
  let line = 1
  let i = 0
  while (i < text.length) {
    const c = text[i]!
    if (c === '\n') line++
    if (/\s/.test(c)) i++
    else if (c === '#') {
      while (i < text.length && text[i] !== '\n') i++
    } else if (c === '{' || c === '}' || c === ';') {
      out.push({ text: c, line, mark: true })
      i++
    } else if (c === '"' || c === "'") {
      let end = i + 1
      while (end < text.length && text[end] !== c) end += text[end] === '\\' ? 2 : 1
      if (end >= text.length) throw new ConfigError(`unexpected end of file, expecting "${c}" in ${file}:${line}`)
      out.push({ text: unescaped(text.slice(i + 1, end)), line, mark: false })
      line += text.slice(i, end).split('\n').length - 1
      i = end + 1
    } else {
      const match = /^(?:\$\{\w+\}|\\.|[^\s;{}])+/.exec(text.slice(i))!
      out.push({ text: unescaped(match[0]), line, mark: false })
      i += match[0].length
    }
  }
  return out
}

/** Parses a file and what it includes. */
export function parseConfig(files: FileView, file: string, depth = 0): Directive[] {
  const text = readText(files, file)
  if (text === undefined) throw new ConfigError(`open() "${file}" failed (2: No such file or directory)`)
  if (depth > 10) throw new ConfigError(`too many nested includes in ${file}`)
  const tokens = tokenize(text, file)
  let at = 0
  const block = (inner: boolean): Directive[] => {
    const out: Directive[] = []
    for (;;) {
      const first = tokens[at++]
      if (first === undefined) {
        if (inner) throw new ConfigError(`unexpected end of file, expecting "}" in ${file}:${tokens.at(-1)?.line ?? 1}`)
        return out
      }
      if (first.mark && first.text === '}' && inner) return out
      if (first.mark) throw new ConfigError(`unexpected "${first.text}" in ${file}:${first.line}`)
      const args: string[] = []
      let token = tokens[at++]
      while (token !== undefined && !token.mark) {
        args.push(token.text)
        token = tokens[at++]
      }
      if (token === undefined) throw new ConfigError(`unexpected end of file, expecting ";" or "}" in ${file}:${first.line}`)
      if (token.text === '}') throw new ConfigError(`unexpected "}" in ${file}:${token.line}`)
      if (token.text === ';' && first.text === 'include') out.push(...include(files, file, args[0] ?? '', first.line, depth))
      else out.push({ name: first.text, args, file, line: first.line, ...(token.text === '{' && { block: block(true) }) })
    }
  }
  return block(false)
}

function include(files: FileView, from: string, pattern: string, line: number, depth: number): Directive[] {
  const path = pattern.startsWith('/') ? pattern : `/etc/nginx/${pattern}`
  if (!path.includes('*')) {
    if (kindAt(files, path) !== 'file') throw new ConfigError(`open() "${path}" failed (2: No such file or directory) in ${from}:${line}`)
    return parseConfig(files, path, depth + 1)
  }
  const slash = path.lastIndexOf('/')
  const [before, after] = path.slice(slash + 1).split('*') as [string, string]
  const directory = path.slice(0, slash)
  const names = namesIn(files, directory).filter((n) => !n.startsWith('.') && n.startsWith(before) && n.endsWith(after))
  return names.flatMap((n) => parseConfig(files, `${directory}/${n}`, depth + 1))
}
