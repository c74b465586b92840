/** What a tool in a container sees beside its files: the container's part of its machine. */
import type { Image } from '../../programs/contract.ts'
import type { ToolContext, ToolResult } from '../../script/contract.ts'
import type { KubeletHands } from '../kubelet/hands.ts'
import type { Stepping } from '../process-list.ts'
import type { PodRun } from '../records.ts'

export interface Sight {
  readonly hands: KubeletHands
  readonly run: PodRun
  readonly container: string
  readonly containerId: string
  readonly image: Image
  /** Which process is being stepped; see `Stepping`. */
  readonly self: unknown
}

export interface ContainerTool {
  readonly names: readonly string[]
  /** `busybox`: only busybox has it by itself; `procps`: busybox, and images that bring procps (they name `ps` among their executables); `named`: images that name it. */
  readonly on: 'busybox' | 'everywhere' | 'procps' | 'named'
  run(sight: Sight, ctx: ToolContext): ToolResult
}

/** What the process list needs of a tool that runs now. */
export const steppingOf = (sight: Sight, ctx: ToolContext): Stepping => ({
  self: sight.self,
  containerId: sight.containerId,
  processes: (title) => ctx.processes?.(title) ?? [],
})

export const isBusybox = ({ image }: Sight): boolean => image.base === 'busybox'

export const said = (stdout: string): ToolResult => ({
  exitCode: 0,
  stdout: stdout === '' || stdout.endsWith('\n') ? stdout : `${stdout}\n`,
})
export const failed = (stderr: string, exitCode = 1): ToolResult => ({ exitCode, stderr: `${stderr}\n` })
