// Runs the demo in a real pseudo-terminal and reads the screen that a terminal would show.
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'
import xterm from '@xterm/headless'
import { build } from 'esbuild'

export interface Report {
  commands: string[]
  draft?: { prompt: string; edit?: { path: string; text: string } }
  saves: number
  closed: number
  code: number
}

let bundled: Promise<string> | undefined

/** Bundles the demo once for all tests; packages stay where they are. */
export const bundleDemo = (): Promise<string> => {
  bundled ??= (async () => {
    const outfile = resolve('node_modules/.cache/tui-demo-test.mjs')
    await build({
      entryPoints: ['test/tui/demo.ts'],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      jsx: 'automatic',
      outfile,
      logLevel: 'silent',
    })
    return outfile
  })()
  return bundled
}

export class Session {
  readonly #terminal: InstanceType<typeof xterm.Terminal>
  readonly #pty: IPty
  readonly #report: string
  readonly exited: Promise<number>
  raw = ''
  #changed: () => void = () => {}

  private constructor(file: string, args: string[], columns: number, rows: number, env: Record<string, string>) {
    this.#report = join(mkdtempSync(join(tmpdir(), 'clusterlab-tui-')), 'report.json')
    this.#terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 })
    const clean = Object.fromEntries(
      Object.entries(process.env).filter(
        ([key, value]) => value !== undefined && !/^(?:CI|NO_COLOR|FORCE_COLOR|VITEST.*|NODE_.*)$/.test(key),
      ),
    )
    this.#pty = spawn(process.execPath, [file, ...args], {
      cols: columns,
      rows,
      name: 'xterm-256color',
      env: { ...(clean as Record<string, string>), NODE_ENV: 'production', LANG: 'en_US.UTF-8', DEMO_REPORT: this.#report, ...env },
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

  static async start(args: string[], columns: number, rows: number, env: Record<string, string> = {}): Promise<Session> {
    return new Session(await bundleDemo(), args, columns, rows, env)
  }

  screen(): string {
    const buffer = this.#terminal.buffer.active
    return Array.from({ length: this.#terminal.rows }, (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '').join(
      '\n',
    )
  }

  cursor(): { x: number; y: number } {
    const { cursorX: x, cursorY: y } = this.#terminal.buffer.active
    return { x, y }
  }

  send(text: string): void {
    this.#pty.write(text)
  }

  signal(name: string): void {
    this.#pty.kill(name)
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows)
    this.#pty.resize(columns, rows)
  }

  /** Waits until the screen satisfies `when`; fails with the screen in the message. */
  async until(when: string | ((screen: string) => boolean), timeoutMs = 20_000): Promise<string> {
    const test = typeof when === 'string' ? (screen: string) => screen.includes(when) : when
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const screen = this.screen()
      if (test(screen)) return screen
      const left = deadline - Date.now()
      if (left <= 0) throw new Error(`never saw ${typeof when === 'string' ? JSON.stringify(when) : when} in:\n${screen}`)
      await new Promise<void>((done) => {
        const timer = setTimeout(done, left)
        this.#changed = () => {
          clearTimeout(timer)
          done()
        }
      })
    }
  }

  report(): Report {
    if (!existsSync(this.#report)) throw new Error('the demo left no report')
    return JSON.parse(readFileSync(this.#report, 'utf8')) as Report
  }

  kill(): void {
    try {
      this.#pty.kill('SIGKILL')
    } catch {
      // Already gone.
    }
  }
}
