/**
 * A unified diff with three lines of context, as the API server appends to "may not change fields" errors (Python's difflib
 * algorithm, which its diff library follows: the longest matching block first, then left and right of it).
 */

interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}

type Tag = 'equal' | 'replace' | 'delete' | 'insert'
type Opcode = readonly [tag: Tag, a1: number, a2: number, b1: number, b2: number]

const POPULAR_FROM = 200
const CONTEXT = 3

/** Where each line stands in b; lines that occur too often in a long text are not looked for. */
function indexOf(b: readonly string[]): Map<string, number[]> {
  const index = new Map<string, number[]>()
  for (const [j, line] of b.entries()) {
    const at = index.get(line)
    if (at) at.push(j)
    else index.set(line, [j])
  }
  if (b.length >= POPULAR_FROM) for (const [line, at] of index) if (at.length > Math.floor(b.length / 100) + 1) index.delete(line)
  return index
}

function longestMatch(
  a: readonly string[],
  b: readonly string[],
  index: Map<string, number[]>,
  [alo, ahi, blo, bhi]: readonly number[],
): Block {
  let best = { a: alo!, b: blo!, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = alo!; i < ahi!; i++) {
    const next = new Map<number, number>()
    for (const j of index.get(a[i]!) ?? []) {
      if (j < blo!) continue
      if (j >= bhi!) break
      const k = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, k)
      if (k > best.size) best = { a: i - k + 1, b: j - k + 1, size: k }
    }
    lengths = next
  }
  while (best.a > alo! && best.b > blo! && a[best.a - 1] === b[best.b - 1]) best = { a: best.a - 1, b: best.b - 1, size: best.size + 1 }
  while (best.a + best.size < ahi! && best.b + best.size < bhi! && a[best.a + best.size] === b[best.b + best.size])
    best = { ...best, size: best.size + 1 }
  return best
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Block[] {
  const index = indexOf(b)
  const found: Block[] = []
  const visit = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const m = longestMatch(a, b, index, [alo, ahi, blo, bhi])
    if (m.size === 0) return
    if (alo < m.a && blo < m.b) visit(alo, m.a, blo, m.b)
    found.push(m)
    if (m.a + m.size < ahi && m.b + m.size < bhi) visit(m.a + m.size, ahi, m.b + m.size, bhi)
  }
  visit(0, a.length, 0, b.length)
  return [...found, { a: a.length, b: b.length, size: 0 }]
}

function opcodes(a: readonly string[], b: readonly string[]): Opcode[] {
  const codes: Opcode[] = []
  let i = 0
  let j = 0
  for (const m of matchingBlocks(a, b)) {
    if (i < m.a && j < m.b) codes.push(['replace', i, m.a, j, m.b])
    else if (i < m.a) codes.push(['delete', i, m.a, j, m.b])
    else if (j < m.b) codes.push(['insert', i, m.a, j, m.b])
    i = m.a + m.size
    j = m.b + m.size
    if (m.size > 0) codes.push(['equal', m.a, i, m.b, j])
  }
  return codes
}

/** Changes with their context; far apart changes come in groups of their own. */
function grouped(codes: Opcode[]): Opcode[][] {
  if (codes.length === 0) return []
  const [first] = codes
  if (first![0] === 'equal')
    codes[0] = ['equal', Math.max(first![1], first![2] - CONTEXT), first![2], Math.max(first![3], first![4] - CONTEXT), first![4]]
  const last = codes[codes.length - 1]!
  if (last[0] === 'equal')
    codes[codes.length - 1] = ['equal', last[1], Math.min(last[2], last[1] + CONTEXT), last[3], Math.min(last[4], last[3] + CONTEXT)]
  const groups: Opcode[][] = []
  let group: Opcode[] = []
  for (const [tag, a1, a2, b1, b2] of codes) {
    if (tag === 'equal' && a2 - a1 > 2 * CONTEXT) {
      group.push([tag, a1, Math.min(a2, a1 + CONTEXT), b1, Math.min(b2, b1 + CONTEXT)])
      groups.push(group)
      group = []
      group.push([tag, Math.max(a1, a2 - CONTEXT), a2, Math.max(b1, b2 - CONTEXT), b2])
    } else group.push([tag, a1, a2, b1, b2])
  }
  if (group.length > 0 && !(group.length === 1 && group[0]![0] === 'equal')) groups.push(group)
  return groups
}

const range = (start: number, stop: number): string => {
  const length = stop - start
  if (length === 1) return `${start + 1}`
  return `${length === 0 ? start : start + 1},${length}`
}

/** Hunks of the difference, each line ended; '' when the texts are equal. */
export function unifiedDiff(before: string, after: string): string {
  const a = before.split('\n')
  const b = after.split('\n')
  let text = ''
  for (const group of grouped(opcodes(a, b))) {
    const first = group[0]!
    const last = group[group.length - 1]!
    text += `@@ -${range(first[1], last[2])} +${range(first[3], last[4])} @@\n`
    for (const [tag, a1, a2, b1, b2] of group) {
      if (tag === 'equal') for (const line of a.slice(a1, a2)) text += ` ${line}\n`
      if (tag === 'replace' || tag === 'delete') for (const line of a.slice(a1, a2)) text += `-${line}\n`
      if (tag === 'replace' || tag === 'insert') for (const line of b.slice(b1, b2)) text += `+${line}\n`
    }
  }
  return text
}
