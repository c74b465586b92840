/** Expectations about texts: contains, matches (linear-time patterns), equals. */
import { RE2JS } from 're2js'
import { z } from 'zod'

function isPattern(source: string): boolean {
  try {
    RE2JS.compile(source)
    return true
  } catch {
    return false
  }
}

export const textExpectation = z.union([
  z.string(),
  z.strictObject({
    contains: z.union([z.string(), z.array(z.string())]).optional(),
    matches: z
      .string()
      .max(1_000)
      .refine(isPattern, 'this pattern cannot be read (RE2 syntax: no back references, no look-around)')
      .optional(),
    equals: z.string().optional(),
    not: z.string().optional(),
  }),
])
export type TextExpectation = z.infer<typeof textExpectation>

const MAX_TEXT = 100_000

/** What is wrong with a text; '' when it fits. A bare string must be contained. */
export function textProblem(expectation: TextExpectation, text: string, fillNonce: (t: string) => string): string {
  const want = typeof expectation === 'string' ? { contains: expectation } : expectation
  const body = text.slice(0, MAX_TEXT)
  for (const part of typeof want.contains === 'string' ? [want.contains] : (want.contains ?? []))
    if (!body.includes(fillNonce(part))) return `does not contain "${fillNonce(part)}"`
  if (want.matches !== undefined && !RE2JS.compile(want.matches, RE2JS.MULTILINE).matcher(body).find())
    return `does not match /${want.matches}/`
  if (want.equals !== undefined && body.trim() !== want.equals.trim()) return `is not "${want.equals}"`
  if (want.not !== undefined && body.includes(fillNonce(want.not))) return `contains "${want.not}"`
  return ''
}

export function describeExpectation(expectation: TextExpectation): string {
  if (typeof expectation === 'string') return `"${expectation}"`
  const parts: string[] = []
  if (expectation.contains !== undefined) parts.push(`"${[expectation.contains].flat().join('", "')}"`)
  if (expectation.matches !== undefined) parts.push(`/${expectation.matches}/`)
  if (expectation.equals !== undefined) parts.push(`exactly "${expectation.equals}"`)
  if (expectation.not !== undefined) parts.push(`nothing of "${expectation.not}"`)
  return parts.join(' and ')
}

export const shorten = (text: string, length = 120): string => {
  const line = text.trim().replace(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}
