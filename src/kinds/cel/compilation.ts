/**
 * What the API says of a CEL text it cannot read: the place and reason as cel-go prints them. Our parser stops at the first mistake;
 * after a character that is no token, cel-go goes on and names what then stands in the way.
 */

const located = (text: string, at: number, message: string): string => {
  const before = text.slice(0, at).split('\n')
  const line = before.length
  const column = before.at(-1)!.length
  const source = text.split('\n')[line - 1] ?? ''
  return `ERROR: <input>:${line}:${column + 1}: ${message}\n | ${source}\n | ${'.'.repeat(column)}^`
}

const nextToken = (text: string, from: number): { at: number; token: string } | undefined => {
  const m = /^\s*([A-Za-z_]\w*|\d+(?:\.\d+)?|"[^"]*"|'[^']*'|\S)/.exec(text.slice(from))
  return m === null ? undefined : { at: from + m[0].length - m[1]!.length, token: m[1]! }
}

/** A character that starts no token takes the one after it along, as ANTLR's lexer does. */
function unknownCharacter(text: string, at: number): string {
  const found = [located(text, at, `Syntax error: token recognition error at: '${text.slice(at, at + 2)}'`)]
  const next = nextToken(text, at + 2)
  if (next !== undefined) found.push(located(text, next.at, `Syntax error: extraneous input '${next.token}' expecting <EOF>`))
  return found.join('\n')
}

const positionOf = (error: Error): number => {
  const node = (error as { node?: { pos?: number } }).node
  return node?.pos ?? 0
}

/** `compilation failed: ERROR: <input>:1:22: …`. */
export function compilationFailure(text: string, error: Error): string {
  const at = positionOf(error)
  const reason = error.message.split('\n')[0]!
  if (reason.startsWith('Unexpected character')) return `compilation failed: ${unknownCharacter(text, at)}`
  return `compilation failed: ${located(text, at, `Syntax error: ${reason}`)}`
}
