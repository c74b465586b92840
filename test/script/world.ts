/** A shell in an empty working directory with a virtual clock, for tests. */
import type { ShellHost, ShellState, StartOptions } from '../../src/script/contract.ts'
import { drive, textOf } from '../../src/script/drive.ts'
import { startShell } from '../../src/script/language/shell.ts'
import { emptyTree, MemoryFiles } from '../../src/script/memory-files.ts'

export interface World {
  host: ShellHost
  files: MemoryFiles
  clock: { ms: number }
}

export function makeWorld(overrides: Partial<ShellHost> = {}): World {
  const clock = { ms: 1_700_000_000_000 }
  const files = new MemoryFiles(emptyTree, { now: () => clock.ms, limits: { files: 200, fileBytes: 256_000, totalBytes: 1_000_000 } })
  files.mkdir('/tmp')
  files.mkdir('/w')
  const host: ShellHost = {
    files,
    now: () => clock.ms,
    random: (n) => ((n * 7919 + 13) % 1000) / 1000,
    external: () => undefined,
    ...overrides,
  }
  return { host, files, clock }
}

export interface RunOptions extends StartOptions {
  world?: World
  steps?: number
  between?: (state: ShellState) => ShellState
}

export function runScript(source: string, options: RunOptions = {}) {
  const { world = makeWorld(), steps = 200_000, between, ...start } = options
  const state = startShell(source, { shellName: 'bash', cwd: '/w', env: { HOME: '/w', PATH: '/usr/bin:/bin' }, ...start })
  const result = drive(
    state,
    world.host,
    (ms) => {
      world.clock.ms = Math.max(world.clock.ms, ms)
    },
    { steps, ...(between === undefined ? {} : { between }) },
  )
  const exitCode = result.status.kind === 'done' ? result.status.exitCode : undefined
  return { ...result, ...textOf(result.output), exitCode, world }
}
