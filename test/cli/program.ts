/** The bundled program, built once for the tests, run as a child process or in a pseudo-terminal. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'

export const LEVEL = resolve('test/game/levels/first-service')

let built: string | undefined

/** Inside the package, so that the program finds its levels. */
export function program(): string {
  if (built === undefined) {
    const folder = resolve('node_modules/.cache/clusterlab-test')
    const build = spawnSync(process.execPath, ['scripts/build.mjs', folder], { encoding: 'utf8' })
    if (build.status !== 0) throw new Error(build.stderr)
    built = join(folder, 'cli.js')
  }
  return built
}

export const newHome = (): string => mkdtempSync(join(tmpdir(), 'clusterlab-home-'))

const cleanEnv = (env: Record<string, string>): Record<string, string> => {
  const kept = Object.entries(process.env).filter(
    ([key, value]) => value !== undefined && !/^(?:CI|NO_COLOR|FORCE_COLOR|VITEST.*|NODE_.*|LC_.*|LANG)$/.test(key),
  )
  return { ...(Object.fromEntries(kept) as Record<string, string>), LANG: 'en_US.UTF-8', ...env }
}

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export function run(args: readonly string[], options: { input?: string; env?: Record<string, string>; home?: string } = {}): Ran {
  const env = cleanEnv({ CLUSTERLAB_HOME: options.home ?? newHome(), ...options.env })
  const { status, stdout, stderr } = spawnSync(process.execPath, [program(), ...args], {
    input: options.input ?? '',
    encoding: 'utf8',
    env,
  })
  return { code: status, stdout, stderr }
}

/** The program in a terminal of its own, and the screen that it shows. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #pty: IPty
  readonly exited: Promise<number>
  raw = ''
  #changed: () => void = () => {}

  constructor(
    args: readonly string[],
    {
      columns = 80,
      rows = 24,
      env = {},
      home = newHome(),
    }: { columns?: number; rows?: number; env?: Record<string, string>; home?: string } = {},
  ) {
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 200 })
    this.#pty = spawn(process.execPath, [program(), ...args], {
      cols: columns,
      rows,
      name: 'xterm-256color',
      env: cleanEnv({ CLUSTERLAB_HOME: home, ...env }),
    })
    this.#pty.onData((data) => {
      this.raw += data
      this.#terminal.write(data, () => this.#changed())
    })
    this.exited = new Promise((done) => {
      this.#pty.onExit(({ exitCode }) => {
        done(exitCode)
        this.#changed()
      })
    })
  }

  text(): string {
    const buffer = this.#terminal.buffer.active
    return Array.from({ length: this.#terminal.rows }, (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '').join(
      '\n',
    )
  }

  send(keys: string): void {
    this.#pty.write(keys)
  }

  kill(signal = 'SIGKILL'): void {
    try {
      this.#pty.kill(signal)
    } catch {
      // Already gone.
    }
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** Waits until the screen shows it; fails with the screen in the message. */
  async until(when: string | RegExp, timeoutMs = 30_000): Promise<string> {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const screen = this.text()
      if (typeof when === 'string' ? screen.includes(when) : when.test(screen)) return screen
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`never saw ${String(when)} in:\n${screen}`)
      await new Promise<void>((done) => {
        const timer = setTimeout(done, Math.min(left, 200))
        this.#changed = () => {
          clearTimeout(timer)
          done()
        }
      })
    }
  }
}
