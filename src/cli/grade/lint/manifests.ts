/** What a level starts from, as the API would take it: kinds, fields, and everything its validation refuses. */
import { type Document, isNode, LineCounter, type Node, parseAllDocuments } from 'yaml'
import { KindRegistry } from '../../../api/registry.ts'
import { builtInKinds } from '../../../kinds/index.ts'
import type { LevelSpec } from '../../../levels/format/level.ts'
import { didYouMean } from '../../../levels/loader/messages.ts'
import { LevelError } from '../../../levels/loader/problems.ts'
import { readManifests } from '../../../levels/manifests.ts'
import { openStage } from '../../../levels/stage.ts'
import type { Lint, LintProblem, Rule } from './contract.ts'
import { unknownFields } from './fields.ts'

const registry = new KindRegistry(builtInKinds)

/** The manifests that are applied: of start, and later by the timeline. */
function applied({ level }: Lint): string[] {
  const { start, timeline } = level.spec
  const paths = [...(start?.apply ?? []), ...(timeline ?? []).flatMap((item) => ('apply' in item ? [item.apply] : []))]
  const isOf = (file: string, path: string): boolean =>
    path.endsWith('/') ? file.startsWith(path) && /\.ya?ml$/.test(file) : file === path
  return Object.keys(level.files)
    .filter((file) => paths.some((path) => isOf(file, path)))
    .sort()
}

interface ReadDocument {
  readonly value: Record<string, unknown>
  at(path: readonly PropertyKey[]): { line: number; column: number }
}

function documentsOf(text: string): ReadDocument[] {
  const lines = new LineCounter()
  const documents = parseAllDocuments(text, { lineCounter: lines, version: '1.1', logLevel: 'silent' }) as Document[]
  return documents.flatMap((doc) => {
    const value = doc.toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null
    const at: ReadDocument['at'] = (path) => {
      for (let n = path.length; n >= 0; n--) {
        const node = (n === 0 ? doc.contents : doc.getIn(path.slice(0, n) as string[], true)) as Node | undefined
        if (isNode(node) && node.range) {
          const { line, col } = lines.linePos(node.range[0])
          return { line, column: col }
        }
      }
      return { line: 1, column: 1 }
    }
    return value === null || typeof value !== 'object' ? [] : [{ value, at }]
  })
}

/** The first field a refusal names: `spec.ports[0].port`. */
const fieldOf = (message: string): PropertyKey[] =>
  (/(?:is invalid: \[?|: )([a-z]\w*(?:\.\w+|\[\d+\])*): (?:Invalid|Required|Forbidden|Unsupported|Duplicate|Too)/.exec(message)?.[1] ?? '')
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))

function documentProblems(file: string, { value, at }: ReadDocument, kinds: readonly string[]): LintProblem[] {
  const kind = registry.byKind(String(value['apiVersion']), String(value['kind']))
  if (kind !== undefined)
    return unknownFields(value, kind.schema).map(({ path, key, known }) => ({
      file,
      ...at([...path, key]),
      message: `a ${kind.kind} has no field "${[...path, key].join('.')}"${didYouMean(key, known)}`,
    }))
  if (value['kind'] === 'List' || kinds.includes(String(value['kind']))) return []
  const same = registry.all.filter((k) => k.kind === value['kind'])
  const message =
    same.length > 0
      ? `there is no ${value['kind']} in ${value['apiVersion']}; it is in ${same.map((k) => (k.group === '' ? k.version : `${k.group}/${k.version}`)).join(', ')}`
      : `the cluster knows no kind "${value['kind']}"${didYouMean(
          String(value['kind']),
          registry.all.map((k) => k.kind),
        )}`
  return [{ file, ...at([same.length > 0 ? 'apiVersion' : 'kind']), message }]
}

/** Kinds of the level's own CustomResourceDefinitions. */
const ownKinds = (documents: readonly ReadDocument[]): string[] =>
  documents.flatMap(({ value }) => {
    const names = (value['spec'] as { names?: { kind?: string } } | undefined)?.names
    return value['kind'] === 'CustomResourceDefinition' && names?.kind !== undefined ? [names.kind] : []
  })

/** The level as it is before anything has had time to happen. */
function atOnce({ timeline: _, start, ...spec }: LevelSpec): LevelSpec {
  return { ...spec, start: { ...start, settle: '0s' } }
}

/** What the API refuses, where it stands. */
function refusals({ level }: Lint, read: ReadonlyMap<string, readonly ReadDocument[]>): LintProblem[] {
  try {
    openStage({ ...level, spec: atOnce(level.spec) })
    return []
  } catch (error) {
    if (!(error instanceof LevelError)) throw error
    return error.problems.map((problem) => {
      const about = (read.get(problem.file) ?? []).find(({ value }) =>
        problem.message.startsWith(`${value['kind']} ${(value['metadata'] as { name?: string } | undefined)?.name}:`),
      )
      return problem.line > 0 || about === undefined ? problem : { ...problem, ...about.at(fieldOf(problem.message)) }
    })
  }
}

/** Manifest by manifest; those that cannot be read have no documents. */
function readAll(lint: Lint): { read: Map<string, readonly ReadDocument[]>; problems: LintProblem[] } {
  const read = new Map<string, readonly ReadDocument[]>()
  const problems: LintProblem[] = []
  for (const file of applied(lint)) {
    const text = lint.level.files[file]!
    try {
      readManifests(file, text)
      read.set(file, documentsOf(text))
    } catch (error) {
      if (!(error instanceof LevelError)) throw error
      problems.push(...error.problems)
    }
  }
  return { read, problems }
}

export const manifests: Rule = (lint) => {
  const { read, problems } = readAll(lint)
  const kinds = ownKinds([...read.values()].flat())
  return [...problems, ...[...read].flatMap(([file, documents]) => documents.flatMap((doc) => documentProblems(file, doc, kinds)))]
}

/** What the API itself refuses; it takes a world, so it is asked where nothing else is wrong. */
export const refused: Rule = (lint) => refusals(lint, readAll(lint).read)
