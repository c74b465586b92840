/** `clusterlab level new`: a new level in a folder. What no flag says it asks, where somebody sits at a terminal; elsewhere the usual answers are taken. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { PRESETS } from '../../cluster/presets.ts'
import { closest } from '../../levels/loader/problems.ts'
import type { Both, Lang } from '../../shell/contract.ts'
import { type Context, inputError, plainReason, usageError } from '../context.ts'
import { scaffold, tasks, USUAL, type Wanted } from './scaffold/index.ts'
import { schemaText } from './schemas.ts'

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/
const LANGS: readonly Lang[] = ['en', 'es']

/** One thing to be known: its flag, the question, and how an answer is read. Reading throws a usage error that says what is allowed. */
interface Question {
  readonly key: 'title' | keyof Wanted
  readonly ask: Both
  readonly usual: (folder: string) => string
  read(text: string): unknown
}

const oneOf =
  (flag: string, words: readonly string[]) =>
  (text: string): string => {
    if (words.includes(text)) return text
    const near = closest(text, words)
    throw usageError(
      `--${flag}: "${text}" is not known${near === undefined ? '' : `; did you mean "${near}"?`} (there are ${words.join(', ')})`,
    )
  }

/** `bare` has no DNS and no ingress, and one stand-in program: none of the tasks could be played there. */
const presets = PRESETS.filter((preset) => preset !== 'bare')
const taskNames = tasks.map((t) => t.name)
const languageChoices = ['en,es', 'en']

const questions: readonly Question[] = [
  {
    key: 'title',
    ask: { en: 'Title', es: 'Título' },
    usual: (folder) => sentence(basename(folder)),
    read: (text) => text,
  },
  {
    key: 'task',
    ask: {
      en: `What has the player to do?\n${tasks.map((t) => `  ${t.name.padEnd(8)} ${t.summary.en}`).join('\n')}\nTask`,
      es: `¿Qué tiene que hacer quien juega?\n${tasks.map((t) => `  ${t.name.padEnd(8)} ${t.summary.es}`).join('\n')}\nTarea`,
    },
    usual: () => USUAL.task,
    read: oneOf('task', taskNames),
  },
  {
    key: 'preset',
    ask: { en: `Cluster (${presets.join(', ')})`, es: `Clúster (${presets.join(', ')})` },
    usual: () => USUAL.preset,
    read: oneOf('preset', presets),
  },
  {
    key: 'namespace',
    ask: { en: "The player's namespace", es: 'Namespace de quien juega' },
    usual: () => USUAL.namespace,
    read: (text) => {
      if (!NAME.test(text)) throw usageError(`--namespace: "${text}": lower-case letters, digits and - are allowed`)
      return text
    },
  },
  {
    key: 'difficulty',
    ask: { en: 'Difficulty, 1 to 5', es: 'Dificultad, de 1 a 5' },
    usual: () => String(USUAL.difficulty),
    read: (text) => {
      if (!/^[1-5]$/.test(text)) throw usageError(`--difficulty: "${text}" is no number from 1 to 5`)
      return Number(text)
    },
  },
  {
    key: 'languages',
    ask: { en: 'Languages (en,es or en)', es: 'Idiomas (en,es o en)' },
    usual: () => USUAL.languages.join(','),
    read: (text) => LANGS.filter((lang) => oneOf('languages', languageChoices)(text).split(',').includes(lang)),
  },
]

/** `shop-is-shut` → "Shop is shut". */
const sentence = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')

const ASK_FOLDER: Both = { en: 'Folder of the level (COURSE/NAME)', es: 'Carpeta del nivel (CURSO/NOMBRE)' }

function checkedFolder(text: string): string {
  const folder = text.replace(/\/+$/, '')
  const name = basename(folder)
  if (!NAME.test(name)) {
    const meant = name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
    throw usageError(
      `level new: "${name}": a level's name has lower-case letters, digits and -${meant === '' ? '' : `; did you mean "${meant}"?`}`,
    )
  }
  if (existsSync(join(folder, 'level.yaml'))) throw inputError(`${join(folder, 'level.yaml')} is there already; nothing was changed`)
  return folder
}

type Ask = (question: Both, usual: string, read: (text: string) => unknown) => Promise<unknown>

/** Asks until an answer can be read; an empty one is the usual one. */
function asker({ stdin, stdout, lang }: Context): { ask: Ask; close: () => void } {
  const lines = createInterface({ input: stdin, output: stdout })
  let asking = true
  const ended = new Promise<never>((_, reject) => {
    lines.once('close', () => {
      if (asking) stdout.write('\n')
      reject(inputError('level new: no more answers; nothing was written'))
    })
  })
  ended.catch(() => undefined)
  return {
    close: () => {
      asking = false
      lines.close()
    },
    async ask(question, usual, read) {
      for (;;) {
        const given = await Promise.race([lines.question(`${question[lang]}${usual === '' ? '' : ` [${usual}]`}: `), ended])
        try {
          return read(given.trim() || usual)
        } catch (error) {
          stdout.write(`  ${(error as Error).message.replace(/^(?:--\w+|level new): /, '')}\n`)
        }
      }
    },
  }
}

/** Exit code. Throws CliError: usage for what a flag may not be, input for a folder that is taken. */
export async function levelNew(
  given: string | undefined,
  flags: Readonly<Record<string, string | undefined>>,
  context: Context,
): Promise<number> {
  const person = context.stdin.isTTY === true && context.stdout.isTTY === true
  if (given === undefined && !person)
    throw usageError(
      'level new: a folder is needed: clusterlab level new COURSE/NAME --title "…" (at a terminal it asks for what is missing)',
    )
  const read = new Map<string, unknown>()
  for (const question of questions) {
    const flag = flags[question.key]
    if (flag !== undefined) read.set(question.key, question.read(flag))
  }
  let folder = given === undefined ? '' : checkedFolder(given)
  if (person) {
    const { ask, close } = asker(context)
    try {
      if (given === undefined) folder = (await ask(ASK_FOLDER, '', checkedFolder)) as string
      for (const { key, ask: text, usual, read: reader } of questions)
        if (!read.has(key)) read.set(key, await ask(text, usual(folder), reader))
    } finally {
      close()
    }
  } else for (const { key, usual, read: reader } of questions) if (!read.has(key)) read.set(key, reader(usual(folder)))
  const { title, ...wanted } = Object.fromEntries(read) as { title: string } & Partial<Wanted>
  return write(folder, scaffold(basename(folder), title, wanted), context)
}

function write(folder: string, files: Readonly<Record<string, string>>, { stdout }: Context): number {
  const schema = join(dirname(folder), 'level.schema.json')
  const all = Object.entries(files).map(([path, text]) => [join(folder, path), text] as const)
  if (!existsSync(schema)) all.push([schema, schemaText('level')!])
  for (const [path, text] of all) {
    try {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    } catch (error) {
      throw inputError(`${path}: ${plainReason(error)}`)
    }
    stdout.write(`wrote ${path}\n`)
  }
  stdout.write(`next: clusterlab level test ${folder}\n`)
  return 0
}
