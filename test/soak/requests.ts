/** Draws what is asked of the API with a mutated manifest: every verb, every sort of patch, every subresource, Tables and watches, with odd queries. */
import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { KindDefinition, UserInfo } from '../../src/api/kind.ts'
import type { ApiQuery, ApiRequest, PatchType, Verb } from '../../src/apiserver/contract.ts'
import { subresourcesOf } from '../../src/apiserver/subresources/registry.ts'
import type { World } from '../../src/cluster/world.ts'
import { createRandom } from '../../src/sim/random.ts'
import { SOAK_FILES } from './manifests.ts'
import { type Json, mutate } from './mutate.ts'

export const ADMIN: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }

const documents = (text: string): Json[] =>
  parseAllDocuments(text).flatMap((d) => {
    const value = d.toJS() as Json
    return value !== null && typeof value === 'object' && !Array.isArray(value) && typeof value['apiVersion'] === 'string' ? [value] : []
  })

/** At least one manifest of each kind. */
export const corpus: readonly Json[] = [
  ...documents(readFileSync('test/kinds/core/fixtures/every-kind.yaml', 'utf8')),
  ...Object.values(SOAK_FILES).flatMap(documents),
  ...documents(readFileSync('test/soak/kinds.yaml', 'utf8')),
]

const random = createRandom('fuzz')

/** One draw after another for one number. */
class Draws {
  readonly #number: number
  constructor(number: number) {
    this.#number = number
  }
  below(n: number, what: string): number {
    return random.below(n, 'fuzz', what, this.#number)
  }
  of<T>(list: readonly T[], what: string): T {
    return list[this.below(list.length, what)]!
  }
}

const VERBS: readonly Verb[] = [
  'create',
  'create',
  'create',
  'create',
  'update',
  'update',
  'patch',
  'patch',
  'patch',
  'delete',
  'get',
  'list',
  'watch',
]
const PATCHES: readonly PatchType[] = ['json', 'merge', 'strategic', 'apply']
const SELECTORS = ['', 'app=web', 'app in (web,,)', '!x', 'a=b,c!=d', 'a/b/c=d', '=', 'app notin (', '💥', '__proto__=1', 'x'.repeat(300)]
const FIELDS = ['', 'metadata.name=web', 'status.phase=Running', 'spec.nope=1', 'metadata.name!=', '=', '\\', 'a=b\\']
const REVISIONS = ['', '0', '1', '5', '99999999', '-1', 'abc', '1.5']
const CONTINUES = ['', 'abc', 'eyJydiI6MX0', '////', '💥']

function queryOf(d: Draws, verb: Verb, patchType: PatchType, number: number): ApiQuery {
  const reading = verb === 'list' || verb === 'watch'
  return {
    ...(verb === 'patch' && patchType === 'apply' && { fieldManager: `m${number % 3}`, force: number % 5 === 0 }),
    fieldValidation: d.of(['Strict', 'Warn', 'Ignore'] as const, 'validation'),
    ...(number % 7 === 0 && { dryRun: true }),
    ...(reading && { labelSelector: d.of(SELECTORS, 'labels'), fieldSelector: d.of(FIELDS, 'fields') }),
    ...(reading && number % 2 === 0 && { resourceVersion: d.of(REVISIONS, 'revision') }),
    ...(reading && number % 3 === 0 && { resourceVersionMatch: d.of(['Exact', 'NotOlderThan', 'Odd'], 'match') }),
    ...(verb === 'list' && number % 3 === 1 && { limit: d.of([1, 2, 500, -1], 'limit'), continue: d.of(CONTINUES, 'continue') }),
    ...(verb === 'watch' && { allowWatchBookmarks: true, sendInitialEvents: number % 4 === 0 }),
    ...(verb === 'delete' && {
      propagationPolicy: d.of(['Background', 'Foreground', 'Orphan', 'Odd'] as never[], 'propagation'),
      ...(number % 2 === 0 && { gracePeriodSeconds: d.of([0, 1, -1, 1e9], 'grace') }),
    }),
  }
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'nothing']
const PATHS = [
  '',
  '/',
  '/spec',
  '/spec/replicas',
  '/metadata/labels/a~1b',
  '/spec/template/spec/containers/0',
  '/spec/containers/-',
  '/__proto__/x',
  '/metadata/name',
  'bad',
]
const jsonPatch = (body: Json, d: Draws): Json => [
  { op: d.of(OPERATIONS, 'op'), path: d.of(PATHS, 'path'), from: d.of(PATHS, 'from'), value: body },
]

const optionsOf = (d: Draws): Record<string, unknown> => ({
  container: d.of([undefined, '', 'c', 'nope', '../x'], 'container'),
  command: d.of([undefined, [], ['true'], ['sh', '-c', 'exit 3'], ['nope'], ['']], 'command'),
  stdout: true,
  previous: d.of([undefined, true], 'previous'),
  tailLines: d.of([undefined, 0, 3, -1], 'tail'),
  sinceSeconds: d.of([undefined, 0, 5], 'since'),
})

/** A subresource of the kind with one of its verbs, or one that it has not. */
function partOf(d: Draws, kind: KindDefinition): { subresource: string; verb: Verb } {
  const all = kind.subresources === undefined ? [] : subresourcesOf(kind)
  if (all.length === 0 || d.below(12, 'wrong part') === 0)
    return { subresource: d.of(['status', 'scale', 'exec', 'nothing', ''], 'no part'), verb: 'update' }
  const found = d.of(all, 'part')
  return { subresource: found.name, verb: d.of(Object.keys(found.verbs) as Verb[], 'part verb') }
}

/** What the n-th mutated manifest is asked of the API for. */
export function requestOf(world: World, number: number): ApiRequest {
  const d = new Draws(number)
  const original = d.of(corpus, 'corpus') as any
  const body = mutate(original, number, corpus) as any
  const [version = '', group = ''] = String(original.apiVersion).split('/').reverse()
  // A kind that its definition took along is asked for by its path all the same.
  const gone = { group, version, resource: `${String(original.kind).toLowerCase()}s`, namespaced: true } as KindDefinition
  const kind = world.registry.byKind(original.apiVersion, original.kind) ?? gone
  const part = d.below(6, 'sub') === 0 ? partOf(d, kind) : undefined
  const verb = part?.verb ?? (d.below(150, 'all') === 0 ? 'deletecollection' : d.of(VERBS, 'verb'))
  const patchType = d.of(PATCHES, 'type')
  // Whoever takes a namespace's own finalizer away leaves what is in it behind, in a real cluster too.
  if (part?.subresource === 'finalize') body.spec = { finalizers: ['kubernetes', ...(number % 2 === 0 ? ['example.com/more'] : [])] }
  const named = part !== undefined || !['create', 'list', 'watch', 'deletecollection'].includes(verb)
  return {
    verb,
    group: kind.group,
    version: kind.version,
    resource: kind.resource,
    user: ADMIN,
    ...(kind.namespaced && { namespace: 'default' }),
    ...(named && { name: String(original.metadata?.name ?? 'x') }),
    ...(part && { subresource: part.subresource }),
    ...(verb === 'patch' && { patchType }),
    ...(d.below(2, 'table') === 0 && { as: 'table' as const }),
    body: verb === 'patch' && patchType === 'json' ? jsonPatch(body, d) : body,
    query: { ...queryOf(d, verb, patchType, number), ...(part && { options: optionsOf(d) }) },
  }
}
