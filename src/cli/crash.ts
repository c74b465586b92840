/** What a person sees when something of ours breaks: a sentence and the name of a report file, never a stack trace. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ENGINE_VERSION } from '../session/journal.ts'
import type { Lang } from '../shell/contract.ts'
import { homeFolder } from './home.ts'

const TEXTS = {
  en: (file: string) => `clusterlab broke; that is a bug of ours, and what you typed is saved.\nPlease report it with this file: ${file}\n`,
  es: (file: string) =>
    `clusterlab se rompió; es un fallo nuestro y lo que escribiste está guardado.\nPor favor, comunícalo con este fichero: ${file}\n`,
} satisfies Record<Lang, (file: string) => string>

/** Writes the report; gives its path. */
export function writeReport(error: unknown, env: Readonly<Record<string, string | undefined>>, argv: readonly string[]): string {
  const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const body = `clusterlab ${ENGINE_VERSION}, node ${process.version}, ${process.platform}\n${new Date().toISOString()}\nargs: ${JSON.stringify(argv)}\n\n${told}\n`
  const name = `crash-${Date.now()}-${process.pid}.txt`
  for (const folder of [join(homeFolder(env), 'crashes'), tmpdir()]) {
    try {
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, name), body)
      return join(folder, name)
    } catch {
      // The next place.
    }
  }
  return '(no report could be written)'
}

export const crashText = (lang: Lang, file: string): string => TEXTS[lang](file)
