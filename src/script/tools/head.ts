/** head(1): stops reading as soon as it has enough. */

import { bytesFromText, textFromBytes } from '../bytes.ts'
import type { Json, Tool, ToolContext, ToolStep } from '../contract.ts'
import { readInputs } from './files-in.ts'
import { parseOptions } from './options.ts'

interface Amount {
  bytes: boolean
  count: number
  /** All but the last so many. */
  butLast: boolean
}

const UNITS: Readonly<Record<string, number>> = { k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }
/** As much as a text may hold that goes through a pipe. */
const MOST_BYTES = 16_000_000
const ENDLESS = new Set(['/dev/zero', '/dev/urandom', '/dev/random'])

/** So many bytes of a device that never ends, a piece at a time. */
function ofDevice(ctx: ToolContext, path: string, count: number): ToolStep {
  if (count > MOST_BYTES)
    return {
      done: true,
      exitCode: 1,
      stderr: `head: ${path}: more than 16 MB at once is not simulated: dd, fallocate and truncate make files of any size\n`,
    }
  let text = ''
  while (text.length < count) text += ctx.files.read(path)
  ctx.charge?.(count >> 10)
  return { done: true, stdout: cut(text, { bytes: true, count, butLast: false }) }
}

function parse(ctx: ToolContext): { amount: Amount; words: readonly string[]; quiet: boolean; verbose: boolean; error?: string } {
  const argv = ctx.argv.map((word, i) => (/^-\d+$/.test(word) && !/^-[qv]*[nc]$/.test(ctx.argv[i - 1] ?? '') ? `-n${word.slice(1)}` : word))
  const { given, list, words, error } = parseOptions(argv, 'n:c:qv', { lines: 'n=', bytes: 'c=', quiet: 'q', verbose: 'v', silent: 'q' })
  const last = list.filter(([name]) => name === 'n' || name === 'c').pop()
  const value = last?.[1] ?? '10'
  const match = /^([-+]?)(\d+)([kKMG]?)$/.exec(value)
  const amount = {
    bytes: last?.[0] === 'c',
    count: Number(match?.[2] ?? 0) * (UNITS[match?.[3] ?? ''] ?? 1),
    butLast: match?.[1] === '-',
  }
  const wrong = match === null ? `head: invalid number of ${amount.bytes ? 'bytes' : 'lines'}: ‘${value}’\n` : undefined
  return { amount, words, quiet: given.has('q'), verbose: given.has('v'), ...((error ?? wrong) ? { error: error ?? wrong } : {}) }
}

function cut(text: string, { bytes, count, butLast }: Amount): string {
  if (bytes) {
    const all = bytesFromText(text)
    return textFromBytes(all.slice(0, butLast ? Math.max(0, all.length - count) : count))
  }
  if (!butLast) {
    // Only so far as it is wanted: the rest of a large file is nobody's business.
    let end = 0
    for (let i = 0; i < count && end < text.length; i++) {
      const at = text.indexOf('\n', end)
      end = at < 0 ? text.length : at + 1
    }
    return text.slice(0, end)
  }
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return lines.slice(0, Math.max(0, lines.length - count)).join('')
}

export const head: Tool = {
  names: ['head'],
  start(ctx): ToolStep {
    const { amount, words, quiet, verbose, error } = parse(ctx)
    if (error !== undefined) return { done: true, exitCode: 1, stderr: error }
    const streams = words.length === 0 || (words.length === 1 && words[0] === '-')
    if (streams && !amount.butLast)
      return amount.count === 0 ? { done: true } : { done: false, state: { seen: 0 }, want: { kind: 'input' } }
    if (amount.bytes && !amount.butLast && words.length === 1 && ENDLESS.has(words[0]!)) return ofDevice(ctx, words[0]!, amount.count)
    const { inputs, errors } = readInputs(ctx, words, 'head')
    const titled = verbose || (words.length > 1 && !quiet)
    const stdout = inputs
      .map(
        ({ name, text }, i) =>
          `${titled ? `${i > 0 ? '\n' : ''}==> ${name === '-' ? 'standard input' : name} <==\n` : ''}${cut(text, amount)}`,
      )
      .join('')
    return {
      done: true,
      exitCode: errors === '' ? 0 : 1,
      stdout,
      stderr: errors.replace(/^head: (?!can't)(.*?): /gm, "head: cannot open '$1' for reading: ").replace(/can't open '(.*?)': /g, '$1: '),
    }
  },
  resume(json: Json, event, ctx): ToolStep {
    if (event.kind !== 'input') return { done: true }
    const { amount } = parse(ctx)
    const seen = (json as { seen: number }).seen
    const stdout = cut(event.text, { ...amount, count: amount.count - seen })
    const now = seen + (amount.bytes ? bytesFromText(stdout).length : stdout.split('\n').length - 1)
    if (event.end || now >= amount.count) return { done: true, stdout }
    return { done: false, stdout, state: { seen: now }, want: { kind: 'input' } }
  },
}
