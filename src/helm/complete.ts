/** What completion offers for helm: commands and, after them, files (charts). */
import { groupAliases, helmCommands } from './commands/index.ts'

/** Words after those typed; undefined: files. */
export function completeHelm(before: readonly string[]): readonly string[] | undefined {
  const words = before.filter((word) => !word.startsWith('-'))
  const [first] = words
  if (first === undefined) return [...new Set(helmCommands.map((c) => c.path.split(' ')[0]!))].sort()
  const group = groupAliases[first] ?? first
  const below = helmCommands.filter((c) => c.path.startsWith(`${group} `)).map((c) => c.path.split(' ')[1]!)
  return below.length > 0 && words.length === 1 ? below : undefined
}
