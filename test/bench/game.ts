/** The game in a pseudo-terminal: how soon its first frame stands, and how soon a key is seen. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type IPty, spawn } from '@lydell/node-pty'

const RUNS = 5
const KEYS = 60
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function start(cli: string, level: string): IPty {
  const home = mkdtempSync(join(tmpdir(), 'clusterlab-bench-'))
  const env = {
    ...(process.env as Record<string, string>),
    NODE_ENV: 'production',
    LANG: 'en_US.UTF-8',
    TERM: 'xterm-256color',
    CLUSTERLAB_HOME: home,
    HOME: home,
  }
  return spawn(process.execPath, [cli, 'play', level], { cols: 80, rows: 24, name: 'xterm-256color', env })
}

/** Milliseconds until what is printed satisfies `seen`. */
function until(pty: IPty, seen: (text: string) => boolean, act: () => void = () => {}): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    const from = performance.now()
    const timeout = setTimeout(() => reject(new Error(`nothing came within 10 s; seen: ${JSON.stringify(text.slice(-200))}`)), 10_000)
    const listener = pty.onData((data) => {
      text += data
      if (!seen(text)) return
      clearTimeout(timeout)
      listener.dispose()
      resolve(performance.now() - from)
    })
    act()
  })
}

export async function gameFrames(cli: string, level: string): Promise<{ first: number[]; keys: number[] }> {
  const first: number[] = []
  const keys: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const from = performance.now()
    const pty = start(cli, level.replace(/^levels\//, ''))
    try {
      await until(pty, (text) => text.includes('⎈') || text.includes('$ '))
      first.push(performance.now() - from)
      if (run < RUNS - 1) continue
      await wait(1_500)
      for (let i = 0; i < KEYS; i++) {
        const key = 'abcdefghij'[i % 10]!
        keys.push(
          await until(
            pty,
            (text) => text.includes(key),
            () => pty.write(key),
          ),
        )
        await wait(35)
      }
    } finally {
      pty.kill('SIGKILL')
    }
  }
  return { first, keys }
}
