/**
 * The API takes anything: mutated manifests of every kind, by every verb, patch and subresource, as Tables and watches, always get an answer
 * with a Status, and the invariants hold after each. FUZZ_N (default 500) sets how many, FUZZ_FROM where to begin.
 */
import { expect, test } from 'vitest'
import type { ApiAnswer, ApiRequest, ApiStream, WatchFrame } from '../../src/apiserver/contract.ts'
import { World } from '../../src/cluster/world.ts'
import { brokenInvariants, rawException } from './invariants.ts'
import { ADMIN, corpus, requestOf } from './requests.ts'

const from = Number(process.env['FUZZ_FROM'] ?? 0)
const count = Number(process.env['FUZZ_N'] ?? 500)
/** A world takes so many before a new one is made. */
const BATCH = 125
/** Watches that are kept open while others write. */
const WATCHES = 6

type Problem = string | undefined

function statusProblem(answer: ApiAnswer): Problem {
  const body = answer.body as { kind?: string; message?: string; status?: string } | undefined
  if (typeof answer.code !== 'number' || (body === undefined && answer.stream === undefined))
    return `answered nothing: ${JSON.stringify(answer)}`
  if (answer.code < 400) return undefined
  if (body?.kind !== 'Status' || body.status !== 'Failure' || !body.message)
    return `answered ${answer.code} without a Status: ${JSON.stringify(body)}`
  const raw = rawException(body.message)
  return raw === undefined ? undefined : `answered with ${raw}: ${body.message}`
}

function frameProblem(frame: WatchFrame): Problem {
  if (!['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR'].includes(frame.type)) return `a frame of type ${frame.type}`
  if (frame.object === null || typeof frame.object !== 'object') return `a frame without an object: ${JSON.stringify(frame)}`
  return frame.type === 'ERROR' && (frame.object as { kind?: string }).kind !== 'Status' ? 'an error that is no Status' : undefined
}

/** Looks at the frames of all open watches; the oldest are closed. */
function watchProblem(watches: ApiStream[]): Problem {
  while (watches.length > WATCHES) watches.shift()!.close()
  for (const watch of watches)
    for (const frame of watch.take() as WatchFrame[]) {
      const problem = frameProblem(frame)
      if (problem !== undefined) return problem
    }
  return undefined
}

function ask(world: World, request: ApiRequest, watches: ApiStream[]): Problem {
  const answer = world.handle(request)
  if (answer.stream !== undefined && request.verb === 'watch') watches.push(answer.stream)
  else if (answer.stream !== undefined) {
    answer.stream.take()
    answer.stream.close()
  }
  world.advance(500)
  return statusProblem(answer) ?? watchProblem(watches)
}

function problemOf(world: World, n: number, watches: ApiStream[]): Problem {
  const request = requestOf(world, n)
  const shown = (): string =>
    `${n}: ${request.verb} ${request.resource}/${request.subresource ?? ''} ${request.patchType ?? ''} ${JSON.stringify(request.query)} ${JSON.stringify(request.body)}`
  try {
    const problem = ask(world, request, watches) ?? brokenInvariants(world)[0]
    return problem === undefined ? undefined : `${shown()}\n  ${problem}`
  } catch (error) {
    return `${shown()}\n  threw ${error instanceof Error ? error.stack : String(error)}`
  }
}

/** A world in which every manifest as it is has been sent. */
function furnished(): World {
  const world = new World({ preset: 'bare', seed: 'fuzz' })
  for (const document of corpus) {
    const { apiVersion, kind } = document as { apiVersion: string; kind: string }
    const definition = world.registry.byKind(apiVersion, kind)!
    world.handle({
      verb: 'create',
      group: definition.group,
      version: definition.version,
      resource: definition.resource,
      user: ADMIN,
      ...(definition.namespaced && { namespace: 'default' }),
      body: structuredClone(document),
    })
  }
  return world
}

const numbers = Array.from({ length: count }, (_, i) => from + i)
const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, i) => numbers.slice(i * BATCH, (i + 1) * BATCH))

test.each(batches.map((b) => [b[0]!, b.at(-1)!, b] as const))('manifests %i to %i get an answer each', (_first, _last, batch) => {
  const world = furnished()
  const watches: ApiStream[] = []
  const problems: string[] = []
  for (const n of batch) {
    const problem = problemOf(world, n, watches)
    if (problem !== undefined) problems.push(problem)
    if (problems.length > 4) break
  }
  expect(problems.join('\n')).toBe('')
})

test('the corpus has every kind there is, and its manifests are taken as they are', () => {
  const world = furnished()
  const held = new Set(corpus.map((d: any) => `${d.apiVersion} ${d.kind}`))
  const without = world.registry.all
    .filter((k) => k.lookedUp === undefined)
    .map((k) => `${k.group === '' ? '' : `${k.group}/`}${k.version} ${k.kind}`)
    .filter((k) => !held.has(k) && !NOT_SENT.includes(k))
  expect(without).toEqual([])
})

/** Kinds that are the same objects as others under another group. */
const NOT_SENT = ['events.k8s.io/v1 Event']
