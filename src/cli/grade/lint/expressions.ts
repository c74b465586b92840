/** What checks and hints name: kinds and their fields, resources, URLs, choices, CEL expressions. */
import { KindRegistry } from '../../../api/registry.ts'
import { parseUrl } from '../../../grading/checks/http.ts'
import { whenProblem } from '../../../grading/desk/hints.ts'
import { celRule } from '../../../kinds/cel/rule.ts'
import { builtInKinds } from '../../../kinds/index.ts'
import type { CheckSpec } from '../../../levels/format/level.ts'
import { didYouMean } from '../../../levels/loader/messages.ts'
import type { Lint, LintProblem, Rule } from './contract.ts'
import { unknownFields } from './fields.ts'

const registry = new KindRegistry(builtInKinds)

/** Kinds that a level's own CustomResourceDefinitions may bring. */
const bringsKinds = ({ found }: Lint): boolean => Object.values(found.files).some((text) => text.includes('CustomResourceDefinition'))

type Say = (rest: readonly PropertyKey[], message: string) => void

interface StateLike {
  readonly kind: string
  readonly apiVersion?: string
  readonly match?: Readonly<Record<string, unknown>>
  readonly cel?: string
}

function stateProblems(state: StateLike, at: readonly PropertyKey[], lint: Lint, say: Say): void {
  const rule = state.cel === undefined ? undefined : celRule(state.cel)
  if (rule instanceof Error) say([...at, 'cel'], `this expression cannot be read: ${firstLine(rule.message)}`)
  const kind = state.apiVersion === undefined ? registry.resolve(state.kind.toLowerCase()) : registry.byKind(state.apiVersion, state.kind)
  if (kind === undefined) {
    const names = registry.all.map((k) => k.kind)
    if (!bringsKinds(lint)) say([...at, 'kind'], `the cluster knows no kind "${state.kind}"${didYouMean(state.kind, names)}`)
    return
  }
  if (state.match === undefined) return
  for (const { path, key, known } of unknownFields(state.match, kind.schema))
    say([...at, 'match', ...path, key], `a ${kind.kind} has no field "${[...path, key].join('.')}"${didYouMean(key, known)}`)
}

const firstLine = (text: string): string => text.split('\n')[0]!

interface Requested {
  readonly resource?: string
  readonly before?: Requested
}

function resourceProblems(spec: Requested, at: readonly PropertyKey[], lint: Lint, say: Say): void {
  const names = registry.all.map((k) => k.resource)
  if (spec.resource !== undefined && !names.includes(spec.resource) && !bringsKinds(lint))
    say([...at, 'resource'], `the API has no resource "${spec.resource}"${didYouMean(spec.resource, names)}`)
  if (spec.before !== undefined) resourceProblems(spec.before, [...at, 'before'], lint, say)
}

/** URLs anywhere in a check; what is filled in later stands for itself. */
function urlProblems(value: unknown, at: readonly PropertyKey[], say: Say): void {
  if (value === null || typeof value !== 'object') return
  for (const [key, part] of Object.entries(value)) {
    const here = [...at, Array.isArray(value) ? Number(key) : key]
    const isUrl = key === 'url' || (key === 'http' && at.length > 0)
    if (isUrl && typeof part === 'string' && parseUrl(part.replace(/\{\{\w+\}\}/g, '1')) === undefined)
      say(
        here,
        `"${part}" is no URL${/^[\w.-]+(:\d+)?(\/|$)/.test(part) ? `; did you mean "http://${part.includes('/') ? part : `${part}/`}"?` : ''}`,
      )
    urlProblems(part, here, say)
  }
}

function checkProblems(check: CheckSpec, lint: Lint): LintProblem[] {
  const problems: LintProblem[] = []
  const say: Say = (rest, message) => void problems.push({ ...lint.check(check.id, ...rest), message })
  const { state, forbid, audit, answer } = check as Record<string, Record<string, unknown> | undefined>
  if (state) stateProblems(state as unknown as StateLike, ['state'], lint, say)
  if (audit) resourceProblems(audit as Requested, ['audit'], lint, say)
  for (const [key, part] of Object.entries(forbid ?? {})) {
    if (key === 'audit') resourceProblems(part as Requested, ['forbid', key], lint, say)
    else if (typeof part === 'object') stateProblems(part as StateLike, ['forbid', key], lint, say)
  }
  const { choices, correct } = (answer ?? {}) as { choices?: Record<string, string>; correct?: unknown }
  if (choices !== undefined)
    for (const letter of [correct].flat().map(String))
      if (!Object.hasOwn(choices, letter) && !Object.values(choices).includes(letter))
        say(['answer', 'correct'], `"${letter}" is none of the choices; there are ${Object.keys(choices).join(', ')}`)
  for (const kind of ['http', 'data', 'experiment']) urlProblems(check[kind], [kind], say)
  return problems
}

export const expressions: Rule = (lint) => [
  ...lint.level.spec.checks.flatMap((check) => checkProblems(check, lint)),
  ...(lint.level.spec.hints ?? []).flatMap(({ when }, i): LintProblem[] => {
    const problem = when === undefined ? undefined : whenProblem(when)
    return problem === undefined
      ? []
      : [
          {
            file: 'level.yaml',
            ...lint.read('level.yaml').at(['spec', 'hints', i, 'when']),
            message: `this expression cannot be read: ${firstLine(problem)}`,
          },
        ]
  }),
]
