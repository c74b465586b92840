/** The pages of the documentation as somebody follows them: their commands typed in order into one empty directory, and what they show compared. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { program } from '../cli/program.ts'

const FENCE = '```'

export interface Typed {
  /** Page and line. */
  readonly where: string
  readonly command: string
  /** As the page shows it; a line `…` stands for any lines. */
  readonly shows: string
}

/** The commands of the `console` blocks: after `$ `, going on after `> `; what follows is what they print. */
export function typedOf(page: string): Typed[] {
  const typed: { where: string; command: string; shows: string }[] = []
  let inside = false
  readFileSync(page, 'utf8')
    .split('\n')
    .forEach((line, i) => {
      if (line.startsWith(FENCE)) inside = line === `${FENCE}console`
      else if (!inside) return
      else if (line.startsWith('$ ')) typed.push({ where: `${page}:${i + 1}`, command: line.slice(2), shows: '' })
      else if (line.startsWith('> ')) typed.at(-1)!.command += `\n${line.slice(2)}`
      else typed.at(-1)!.shows += `${line}\n`
    })
  return typed
}

/** Blocks of one language, with their text. */
export const blocksOf = (page: string, language: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(new RegExp(`^${FENCE}${language}\\n([\\s\\S]*?)^${FENCE}$`, 'gm'))].map((m) => m[1]!)

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What a page shows, as a pattern. */
export const shown = (shows: string): RegExp =>
  new RegExp(
    `^${shows
      .split('\n')
      .map((line) => (line === '…' ? '[\\s\\S]*?' : escaped(line).replaceAll('…', '[^\\n]*')))
      .join('\n')}$`,
  )

/** A directory with the program on the PATH, and nothing else. */
export class Desk {
  readonly folder = mkdtempSync(join(tmpdir(), 'clusterlab-docs-'))
  readonly #bin = join(this.folder, '.bin')

  constructor() {
    mkdirSync(this.#bin)
    this.tool('clusterlab', `exec ${process.execPath} ${program()} "$@"`)
  }

  /** Puts a command on the PATH. */
  tool(name: string, body: string): void {
    const path = join(this.#bin, name)
    writeFileSync(path, `#!/bin/sh\n${body}\n`)
    chmodSync(path, 0o755)
  }

  /** stdout and stderr as a terminal shows them, one after the other. */
  type(command: string, env: Readonly<Record<string, string>> = {}, cwd = this.folder): { output: string; code: number | null } {
    const { stdout, status } = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: `${this.#bin}:${process.env['PATH']}`,
        HOME: this.folder,
        CLUSTERLAB_HOME: join(this.folder, '.saves'),
        LANG: 'en_US.UTF-8',
        ...env,
      },
    })
    return { output: stdout.replaceAll('\r\n', '\n'), code: status }
  }
}
