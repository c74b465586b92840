/**
 * Mutation of a level's solutions: a step left out, two steps swapped, a number or a value changed. A mutant that still gets full marks is a
 * check that is missing, or a step that the solution does not need.
 */
import { forEachChild, parse, type SyntaxNode } from 'unbash'

export interface Mutant {
  /** How `mutants.yaml` names it. */
  readonly name: string
  readonly kind: 'drop' | 'change' | 'swap'
  readonly text: string
}

/** At most so many of a kind and solution, evenly spread: a proof must end. */
const MAX_OF_A_KIND = 24
const TOKEN = /(?<![\w{$.-])\d+(?:\.\d+)?(?![\w}])|(?<=[:=,[]\s*["']?)[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*(?=["']?\s*(?:[,}\]\n]|$))/g

const LOOKS =
  /^\s*(?:kubectl|k)\s+(?:get|describe|logs|wait|top|explain|events|auth|rollout\s+(?:status|history))\b(?![^\n]*[|>])|^\s*(?:sleep|curl|dig|nslookup|trace|why|check|brief|hint|time|watch)\b(?![^\n]*[|>])/

const short = (text: string): string => {
  const line = text.trim().split('\n')[0]!.trim()
  return line.length > 80 ? `${line.slice(0, 79)}…` : line
}

/** Statements as texts, with what follows them up to the next: here-documents, comments. A loop's body is taken apart, too. */
function statements(script: string): { readonly start: number; readonly end: number }[] {
  const found: { start: number; end: number }[] = []
  const collect = (list: readonly SyntaxNode[], end: number): void => {
    for (const [i, one] of list.entries()) found.push({ start: one.pos, end: list[i + 1]?.pos ?? end })
  }
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'CompoundList' && (node as unknown as { commands: SyntaxNode[] }).commands.length > 1)
      collect((node as unknown as { commands: SyntaxNode[] }).commands, node.end)
    forEachChild(node, (child) => void visit(child as SyntaxNode))
  }
  const root = parse(script) as unknown as { commands: SyntaxNode[] }
  collect(root.commands, script.length)
  for (const one of root.commands) visit(one)
  return found
}

const spread = <T>(list: readonly T[]): readonly T[] =>
  list.length <= MAX_OF_A_KIND
    ? list
    : Array.from({ length: MAX_OF_A_KIND }, (_, i) => list[Math.floor((i * list.length) / MAX_OF_A_KIND)]!)

const lineAt = (text: string, at: number): string =>
  text.slice(text.lastIndexOf('\n', at - 1) + 1, (text.indexOf('\n', at) + text.length + 1) % (text.length + 1))

/** Every mutant of a script; none is the script itself. Names are unique. */
export function mutantsOf(script: string): Mutant[] {
  // Who only looks changes nothing that could be judged.
  const steps = statements(script).filter(({ start, end }) => !LOOKS.test(script.slice(start, end)))
  const drops = steps.map(
    ({ start, end }): Mutant => ({
      kind: 'drop',
      name: `drop: ${short(script.slice(start, end))}`,
      text: script.slice(0, start) + script.slice(end),
    }),
  )
  const swaps = steps.flatMap(({ start, end }, i): Mutant[] => {
    const next = steps[i + 1]
    if (next === undefined || next.start !== end) return []
    const [a, b] = [script.slice(start, end), script.slice(next.start, next.end)]
    return [
      {
        kind: 'swap',
        name: `swap: ${short(a)} | ${short(b)}`,
        text: `${script.slice(0, start)}${b.endsWith('\n') ? b : `${b}\n`}${a}${script.slice(next.end)}`,
      },
    ]
  })
  const changes = [...script.matchAll(TOKEN)].flatMap((m): Mutant[] => {
    const line = lineAt(script, m.index)
    if (/^\s*#/.test(line) || LOOKS.test(line)) return []
    const other = /^\d/.test(m[0]) ? String(Number(m[0]) + 1) : `${m[0]}x`
    return [
      {
        kind: 'change',
        name: `${m[0]} → ${other}: ${short(line)}`,
        text: script.slice(0, m.index) + other + script.slice(m.index + m[0].length),
      },
    ]
  })
  return numbered([drops, changes, swaps].flatMap(spread))
}

/** The second of two that read the same says so. */
function numbered(mutants: readonly Mutant[]): Mutant[] {
  const seen = new Map<string, number>()
  return mutants.map((m) => {
    const n = (seen.get(m.name) ?? 0) + 1
    seen.set(m.name, n)
    return n === 1 ? m : { ...m, name: `${m.name} (${n})` }
  })
}
