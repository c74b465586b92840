/** Completion at the prompt: commands, files, variables, and what kubectl and the game's own commands take. */
import fuzzysort from 'fuzzysort'
import { completeHelm } from '../../helm/complete.ts'
import { networkToolNames } from '../../programs/tools/index.ts'
import { builtins } from '../../script/language/builtins/index.ts'
import { describeShell } from '../../script/language/shell.ts'
import { tools } from '../../script/tools/index.ts'
import { promptVerb, promptVerbs } from '../../shell/verbs/index.ts'
import type { Attempt } from '../attempt.ts'
import type { Candidate, Completion } from '../contract.ts'
import { completeKubectl, completeObject } from './kubectl.ts'
import { Sources } from './sources.ts'
import { type TypedLine, typedLine } from './words.ts'

const MAX_CANDIDATES = 200
const EDITORS = ['vi', 'nano', 'edit']
/** Commands whose arguments are directories alone. */
const DIRECTORIES = new Set(['cd', 'mkdir', 'rmdir'])

/** Candidates for the word under the cursor, in the order to show them. */
export function completeLine(attempt: Attempt, text: string, cursor: number): Completion {
  const line = typedLine(text, cursor)
  const sources = new Sources(attempt.session)
  const chosen = choose(candidates(attempt, sources, line), line.typed)
  return { from: line.from, to: cursor, candidates: chosen.map((c) => ({ ...c, text: quoted(c.text, line.quote) })) }
}

function candidates(attempt: Attempt, sources: Sources, line: TypedLine): Candidate[] {
  const { before, typed } = line
  if (line.redirect) return sources.files(typed)
  const variable = /^\$\{?(\w*)$/.exec(typed)
  if (variable)
    return describeShell(attempt.session.shell).variables.map((name) => ({
      text: `${typed.startsWith('${') ? '${' : '$'}${name}${typed.startsWith('${') ? '}' : ''}`,
    }))
  const [command] = before
  if (command === undefined) return typed.includes('/') ? sources.files(typed) : commands(attempt)
  if (command === 'kubectl' || command === 'k') return completeKubectl(sources, before.slice(1), typed)
  if (command === 'helm') {
    const words = completeHelm(before.slice(1))
    return words === undefined ? sources.files(typed) : words.map((word) => ({ text: word }))
  }
  if (command === 'why') return completeObject(sources, before, typed)
  const verb = promptVerb(command)
  if (verb !== undefined) return (verb.completes?.(attempt.desk) ?? []).map((word) => ({ text: word }))
  if (typed.startsWith('-')) return []
  return sources.files(typed, DIRECTORIES.has(command))
}

function commands(attempt: Attempt): Candidate[] {
  const { aliases, functions } = describeShell(attempt.session.shell)
  const { lang, level } = attempt.desk
  const own = promptVerbs.filter((v) => !(v.sandboxOnly && level !== undefined))
  const names = new Map<string, string | undefined>()
  for (const verb of own) for (const name of verb.names) names.set(name, verb.summary[lang])
  names.set('kubectl', 'Kubernetes')
  names.set('helm', 'Charts')
  for (const name of [
    ...Object.keys(builtins),
    ...tools.flatMap((t) => t.names),
    ...networkToolNames,
    ...EDITORS,
    ...aliases,
    ...functions,
  ])
    if (/^[a-z]/i.test(name) && !names.has(name)) names.set(name, undefined)
  return [...names].sort(([a], [b]) => (a < b ? -1 : 1)).map(([text, note]) => (note === undefined ? { text } : { text, note }))
}

/** Those that begin with what is typed; without any, those that resemble it. */
function choose(all: readonly Candidate[], typed: string): Candidate[] {
  const beginning = all.filter((c) => c.text.startsWith(typed))
  if (beginning.length > 0 || typed.length < 2) return beginning.slice(0, MAX_CANDIDATES)
  return fuzzysort.go(typed, all, { key: 'text', limit: 20, threshold: 0.1 }).map((r) => r.obj)
}

/** A word as the shell reads it back. */
function quoted(text: string, quote: TypedLine['quote']): string {
  if (quote !== '') return text.replaceAll(quote, quote === '"' ? '\\"' : "'\\''")
  return text.startsWith('$') ? text : text.replace(/[\s'"\\$&|;<>()*?]/g, '\\$&')
}
