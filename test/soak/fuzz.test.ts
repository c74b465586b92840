/**
 * The API takes anything: mutated manifests of every kind, by create, update, apply and patch, always get an answer with a Status, and the
 * invariants hold after each. FUZZ_N (default 500) sets how many, FUZZ_FROM where to begin.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import type { UserInfo } from '../../src/api/kind.ts'
import type { ApiAnswer, ApiRequest, PatchType } from '../../src/apiserver/contract.ts'
import { World } from '../../src/cluster/world.ts'
import { createRandom } from '../../src/sim/random.ts'
import { brokenInvariants, rawException } from './invariants.ts'
import { SOAK_FILES } from './manifests.ts'
import { type Json, mutate } from './mutate.ts'

const from = Number(process.env['FUZZ_FROM'] ?? 0)
const count = Number(process.env['FUZZ_N'] ?? 500)
/** A world takes so many before a new one is made. */
const BATCH = 125

const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
const random = createRandom('fuzz')

const documents = (text: string): Json[] =>
  parseAllDocuments(text).flatMap((d) => {
    const value = d.toJS() as Json
    return value !== null && typeof value === 'object' && !Array.isArray(value) && typeof value['apiVersion'] === 'string' ? [value] : []
  })
const corpus = [
  ...documents(readFileSync('test/kinds/core/fixtures/every-kind.yaml', 'utf8')),
  ...Object.values(SOAK_FILES).flatMap(documents),
]

const PATCHES: readonly PatchType[] = ['json', 'merge', 'strategic', 'apply']

/** What the n-th mutated manifest is asked of the API for. */
function requestOf(world: World, n: number): ApiRequest {
  const manifest = corpus[random.below(corpus.length, 'fuzz', 'corpus', n)]!
  const body = mutate(manifest, n, corpus) as any
  const original = manifest as any
  const kind = world.registry.byKind(original.apiVersion, original.kind)!
  const verbs = ['create', 'create', 'create', 'update', 'patch', 'patch'] as const
  const verb = verbs[random.below(verbs.length, 'fuzz', 'verb', n)]!
  const subresource =
    random.below(10, 'fuzz', 'sub', n) === 0
      ? (['status', 'scale', 'eviction', 'binding'] as const)[random.below(4, 'fuzz', 'which', n)]!
      : undefined
  const patchType = PATCHES[random.below(PATCHES.length, 'fuzz', 'type', n)]!
  return {
    verb,
    group: kind.group,
    version: kind.version,
    resource: kind.resource,
    user: admin,
    ...(kind.namespaced && { namespace: 'default' }),
    ...(verb !== 'create' && { name: String(original.metadata?.name ?? 'x') }),
    ...(subresource && { subresource, name: String(original.metadata?.name ?? 'x') }),
    ...(verb === 'patch' && { patchType }),
    body: verb === 'patch' && patchType === 'json' ? jsonPatch(body, n) : body,
    query: {
      ...(verb === 'patch' && patchType === 'apply' && { fieldManager: `m${n % 3}` }),
      fieldValidation: (['Strict', 'Warn', 'Ignore'] as const)[n % 3]!,
      ...(n % 7 === 0 && { dryRun: true }),
    },
  }
}

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test', 'nothing']
function jsonPatch(body: Json, n: number): Json {
  const pick = <T>(list: readonly T[], what: string): T => list[random.below(list.length, 'fuzz', what, n)]!
  const paths = [
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
  return [{ op: pick(OPERATIONS, 'op'), path: pick(paths, 'path'), from: pick(paths, 'from'), value: body }]
}

function problemOf(world: World, n: number): string | undefined {
  const request = requestOf(world, n)
  const shown = (): string =>
    `${n}: ${request.verb} ${request.resource}/${request.subresource ?? ''} ${request.patchType ?? ''} ${JSON.stringify(request.body)}`
  let answer: ApiAnswer
  try {
    answer = world.handle(request)
    world.advance(500)
  } catch (error) {
    return `${shown()}\n  threw ${error instanceof Error ? error.stack : String(error)}`
  }
  const body = answer.body as { kind?: string; message?: string; status?: string } | undefined
  if (typeof answer.code !== 'number' || body === undefined) return `${shown()}\n  answered nothing: ${JSON.stringify(answer)}`
  if (answer.code >= 400 && (body.kind !== 'Status' || body.status !== 'Failure' || !body.message))
    return `${shown()}\n  answered ${answer.code} without a Status: ${JSON.stringify(body)}`
  const raw = answer.code >= 400 ? rawException(body.message!) : undefined
  if (raw !== undefined) return `${shown()}\n  answered with ${raw}: ${body.message}`
  return undefined
}

const numbers = Array.from({ length: count }, (_, i) => from + i)
const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => numbers.slice(i * BATCH, (i + 1) * BATCH))

test.each(batches.map((b) => [b[0]!, b.at(-1)!, b] as const))('manifests %i to %i get an answer each', (_first, _last, batch) => {
  const world = new World({ preset: 'bare', seed: 'fuzz' })
  for (const document of corpus) {
    const { apiVersion, kind } = document as { apiVersion: string; kind: string }
    const definition = world.registry.byKind(apiVersion, kind)!
    world.handle({
      verb: 'create',
      group: definition.group,
      version: definition.version,
      resource: definition.resource,
      user: admin,
      ...(definition.namespaced && { namespace: 'default' }),
      body: structuredClone(document),
    })
  }
  const problems: string[] = []
  for (const n of batch) {
    const problem = problemOf(world, n) ?? (n % 5 === 0 ? brokenInvariants(world).map((w) => `after ${n}: ${w}`)[0] : undefined)
    if (problem !== undefined) problems.push(problem)
    if (problems.length > 4) break
  }
  expect(problems.join('\n')).toBe('')
})

test('the corpus is of kinds there are', () => {
  const world = new World({ preset: 'bare', seed: 'fuzz', settleMs: 0 })
  expect(corpus.length).toBeGreaterThan(20)
  expect(corpus.filter((d: any) => world.registry.byKind(d.apiVersion, d.kind) === undefined)).toEqual([])
})
