/** A new level that works, of one of the tasks. An author changes it bit by bit. */
import type { Lang } from '../../../shell/contract.ts'
import { build } from './build.ts'
import type { Languages, TaskRecord } from './contract.ts'
import { mend } from './mend.ts'
import { survive } from './survive.ts'

export const tasks: readonly TaskRecord[] = [mend, build, survive]

export interface Wanted {
  readonly task: string
  readonly preset: string
  readonly namespace: string
  readonly difficulty: number
  readonly languages: Languages
}

export const USUAL: Wanted = { task: 'mend', preset: 'default', namespace: 'shop', difficulty: 1, languages: ['en', 'es'] }

const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by))
const quoted = (text: string): string => JSON.stringify(text)

function levelFile(name: string, title: string, task: TaskRecord, wanted: Wanted): string {
  const { preset, namespace, difficulty } = wanted
  const hint = ({ id, when, cost, text }: TaskRecord['hints'][number]): string =>
    `    - {id: ${id}${when === undefined ? '' : `, when: ${quoted(when)}`}${cost === undefined ? '' : `, cost: ${cost}`}, text: ${quoted(text.en)}}`
  return `# yaml-language-server: $schema=../level.schema.json
apiVersion: clusterlab/v1
kind: Level
metadata: {name: ${name}, version: 1}
spec:
  title: ${quoted(title)}
  brief: |
${indent(task.brief.en, 4)}
  difficulty: ${difficulty}
  concepts: [${task.concepts.join(', ')}]
  cluster: {preset: ${preset}}
  player: {namespace: ${namespace}, persona: developer}
  start:
${indent(task.start, 4)}
  checks:
${indent(inNamespace(task.checks, namespace), 4)}
  hints:
${task.hints.map(hint).join('\n')}
  debrief: |
${indent(task.debrief.en, 4)}
  par: {commands: ${task.par}}
`
}

function spanishFile(title: string, { brief, debrief, spanish, hints }: TaskRecord): string {
  const checks = Object.entries(spanish).map(
    ([id, { title: own, message }]) =>
      `  ${id}:\n    title: ${quoted(own)}\n${message === undefined ? '' : `    message: ${quoted(message)}\n`}`,
  )
  return `title: ${quoted(title)}
brief: |
${indent(brief.es, 2)}
checks:
${checks.join('')}hints:
${hints.map(({ id, text }) => `  ${id}: ${quoted(text.es)}`).join('\n')}
debrief: |
${indent(debrief.es, 2)}
`
}

/** The tasks play in `shop`; in another namespace what names it names the other. */
const inNamespace = (text: string, namespace: string): string => text.replaceAll('-n shop ', `-n ${namespace} `)

/** Path → text. Throws nothing: the task is one of `tasks`. */
export function scaffold(name: string, title: string, wanted: Partial<Wanted> = {}): Record<string, string> {
  const whole = { ...USUAL, ...wanted }
  const task = tasks.find((t) => t.name === whole.task)!
  const speaks = (lang: Lang): boolean => whole.languages.includes(lang)
  return {
    'level.yaml': levelFile(name, title, task, whole),
    ...(speaks('es') && { 'es.yaml': spanishFile(title, task) }),
    ...task.files,
  }
}
