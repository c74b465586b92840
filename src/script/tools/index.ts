/** The registry of small tools: one record a tool, one line here. */
import type { Tool } from '../contract.ts'
import { cat } from './cat.ts'
import { head } from './head.ts'
import { sleep } from './sleep.ts'

/** Every tool, in no particular order. */
export const tools: readonly Tool[] = [cat, head, sleep]

const byName = new Map<string, Tool>(tools.flatMap((tool) => tool.names.map((name) => [name, tool] as const)))

/** The tool of that name. */
export function findTool(name: string): Tool | undefined {
  return byName.get(name)
}
