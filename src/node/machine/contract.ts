/** What a tool on a node's own command line sees: the machine's state, and nothing of the control plane's. */
import type { ClusterNetwork } from '../../network/create-network.ts'
import type { Tool, ToolContext, ToolResult } from '../../script/contract.ts'
import type { Fleet } from '../fleet.ts'
import type { NodeSpecification } from '../heartbeat.ts'
import type { KubeletHands } from '../kubelet/hands.ts'
import type { Power } from '../power.ts'

export interface Machine {
  readonly name: string
  readonly specification: NodeSpecification
  readonly hands: KubeletHands
  readonly fleet: Fleet
  readonly network: ClusterNetwork
  power(): Power
}

/** A command of a node's operating system. */
export interface MachineTool {
  readonly names: readonly string[]
  run(machine: Machine, ctx: ToolContext): ToolResult
}

export const bind = (tool: MachineTool, machine: Machine): Tool => ({ names: tool.names, run: (ctx) => tool.run(machine, ctx) })

export const said = (stdout: string): ToolResult => ({
  exitCode: 0,
  stdout: stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`,
})
export const failed = (stderr: string, exitCode = 1): ToolResult => ({ exitCode, stderr: stderr.endsWith('\n') ? stderr : `${stderr}\n` })

/** Rows as Go's tabwriter sets them: columns at least `least` wide, `padding` spaces between; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[], least = 0, padding = 3): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? least, cell.length + padding)
  return rows.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('')}\n`).join('')
}

/** Rows whose columns are set to the right, but for those named. */
export function table(rows: readonly (readonly string[])[], left: readonly number[], gap = 1): string {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  const set = (row: readonly string[]): string =>
    row
      .map((cell, i) => (left.includes(i) ? (i === row.length - 1 ? cell : cell.padEnd(widths[i]!)) : cell.padStart(widths[i]!)))
      .join(' '.repeat(gap))
  return rows.map((row) => `${set(row)}\n`).join('')
}
