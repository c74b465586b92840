/** f-strings taken apart. */
import { type Expr, ScriptSyntaxError } from '../scripting/ast.ts'
import { unescaped } from './lex.ts'

/** Reads an expression of a line. */
type Parse = (source: string, line: number) => Expr

/** The pieces of an f-string: texts, and what stands between braces. Throws ScriptSyntaxError. */
export function formattedParts(text: string, raw: boolean, line: number, parse: Parse): (Expr & { k: 'text' })['parts'][number][] {
  const out: (Expr & { k: 'text' })['parts'][number][] = []
  let plain = ''
  const flush = (): void => {
    if (plain !== '') out.push(raw ? plain : unescaped(plain))
    plain = ''
  }
  for (let i = 0; i < text.length; ) {
    const c = text[i]!
    if ((c === '{' || c === '}') && text[i + 1] === c) {
      plain += c
      i += 2
    } else if (c === '}') throw new ScriptSyntaxError("f-string: single '}' is not allowed", line)
    else if (c === '{') {
      flush()
      const end = closing(text, i, line)
      out.push(...field(text.slice(i + 1, end), line, parse))
      i = end + 1
    } else {
      plain += c
      i++
    }
  }
  flush()
  return out
}

/** What stands between braces: an expression, `=`, `!r`, `:spec`. */
function field(source: string, line: number, parse: Parse): (Expr & { k: 'text' })['parts'][number][] {
  const colon = splitAt(source, ':')
  const head = colon < 0 ? source : source.slice(0, colon)
  const spec = colon < 0 ? undefined : source.slice(colon + 1)
  const conversion = /!([rsa])\s*$/.exec(head)
  const bare = conversion === null ? head : head.slice(0, conversion.index)
  const shown = /^(.*[^=!<>])=\s*$/s.exec(bare)
  const e = parse(`(${(shown?.[1] ?? bare).trim()})`, line)
  const parts = spec === undefined ? undefined : formattedParts(spec, true, line, parse)
  const field = {
    e,
    repr: conversion?.[1] === 'r' || (shown !== null && spec === undefined && conversion === null),
    ...(parts && { spec: { k: 'text', parts, line } as Expr }),
  }
  return shown === null ? [field] : [bare, field]
}

/** Where the brace that opens at `at` is closed. */
function closing(text: string, at: number, line: number): number {
  let depth = 0
  for (let i = at; i < text.length; i++) {
    const c = text[i]
    if (c === "'" || c === '"') {
      const end = text.indexOf(c, i + 1)
      if (end < 0) break
      i = end
    } else if (c === '{' || c === '[' || c === '(') depth++
    else if ((c === '}' || c === ']' || c === ')') && --depth === 0) return i
  }
  throw new ScriptSyntaxError("f-string: expecting '}'", line)
}

/** Where a mark stands outside brackets and texts. */
function splitAt(text: string, mark: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === "'" || c === '"') {
      const end = text.indexOf(c, i + 1)
      if (end < 0) return -1
      i = end
    } else if ('[({'.includes(c)) depth++
    else if ('])}'.includes(c)) depth--
    else if (c === mark && depth === 0) return i
  }
  return -1
}
