/** `data`: what was written and acknowledged before something happened is still there after it. Keys carry the nonce, so that nobody can have put them there. */
import { z } from 'zod'
import { applyFault } from '../../cluster/faults/index.ts'
import { fault, faultOf } from '../../levels/format/faults.ts'
import { duration, durationMs } from '../../levels/format/times.ts'
import { getOrMake } from '../../lib/get-or-make.ts'
import type { DialResult, HttpReply } from '../../network/contract.ts'
import type { CheckContext, CheckDefinition, Verdict } from '../contract.ts'
import { runInPod } from './exec.ts'
import { type HttpSpec, httpSpec, request } from './http.ts'
import { labelsOrSelector } from './selection.ts'
import { shorten } from './texts.ts'

/** Instead of a request: a command in a pod; `{{key}}` is what is written or looked for, `{{i}}` counts the keys from 0. It is done when it exits with 0. */
const execExchange = z.strictObject({
  exec: z.strictObject({ pod: labelsOrSelector, namespace: z.string().optional(), container: z.string().optional(), command: z.string() }),
})

/** A request with `{{key}}` in its URL, body or headers. */
const httpExchange = httpSpec
  .omit({ times: true, expect: true })
  .extend({ expect: z.strictObject({ status: z.union([z.int(), z.array(z.int())]).optional() }).optional() })

const exchange = z.union([httpExchange, execExchange])
const counted = { keys: z.int().min(1).max(200) }

const event = z.union([z.strictObject({ fault }), z.strictObject({ run: z.string() }), z.strictObject({ wait: duration })])

export const dataSpec = z.strictObject({
  write: z.union([httpExchange.extend(counted), execExchange.extend(counted)]),
  /** Where a key is looked for; it must be in the answer's body. */
  read: exchange,
  then: z.array(event).min(1),
  /** How long it may take until what was written can be read again. */
  within: duration.optional(),
  lost: z.int().min(0).optional(),
})
export type DataSpec = z.infer<typeof dataSpec>
type HttpExchange = z.infer<typeof httpExchange>
export type Exchange = z.infer<typeof exchange>

/** What the command printed, or what went wrong. */
function byCommand(
  { exec }: z.infer<typeof execExchange>,
  key: string,
  i: number,
  context: CheckContext,
): { problem: string; output: string } {
  const found = runInPod({ ...exec, command: exec.command.replaceAll('{{key}}', key).replaceAll('{{i}}', String(i)) }, context)
  if (typeof found === 'string') return { problem: found, output: '' }
  return { problem: found.exitCode === 0 ? '' : `exit code ${found.exitCode}: ${shorten(found.output)}`, output: found.output }
}

const numberOf = (key: string): number => Number(key.slice(key.lastIndexOf('-') + 1))

const withKey = (spec: HttpExchange, key: string): HttpSpec => {
  const put = (t: string): string => t.replaceAll('{{key}}', key)
  return {
    url: put(spec.url),
    ...(spec.from !== undefined && { from: spec.from }),
    ...(spec.host !== undefined && { host: spec.host }),
    ...(spec.method !== undefined && { method: spec.method }),
    ...(spec.headers !== undefined && { headers: Object.fromEntries(Object.entries(spec.headers).map(([k, v]) => [k, put(v)])) }),
    ...(spec.body !== undefined && { body: put(spec.body) }),
    ...(spec.timeout !== undefined && { timeout: spec.timeout }),
  }
}

/** Writes one key. '' when it was acknowledged, otherwise what was seen. */
export function writeKey(spec: Exchange, key: string, context: CheckContext, turn: number): string {
  if ('exec' in spec) return byCommand(spec, key, numberOf(key), context).problem
  const result = request({ method: 'POST', ...withKey(spec, key) }, context, turn)
  if (typeof result === 'string') return result
  if (!result.ok) return result.message
  const { status, body } = result.reply as HttpReply
  const wanted = spec.expect?.status === undefined ? undefined : [spec.expect.status].flat()
  const acknowledged = wanted === undefined ? status >= 200 && status < 400 : wanted.includes(status)
  return acknowledged ? '' : `HTTP ${status} ${shorten(body, 60)}`
}

/** Whether a key can be read; otherwise what was seen. `ask` sends the request. */
function readKey(spec: Exchange, key: string, context: CheckContext, ask: (spec: HttpSpec) => DialResult | string): string {
  if ('exec' in spec) {
    const { problem, output } = byCommand(spec, key, numberOf(key), context)
    return problem !== '' ? problem : output.includes(key) ? '' : `printed ${shorten(output)}, without what was written`
  }
  const result = ask(withKey(spec, key))
  if (typeof result === 'string') return result
  if (!result.ok) return result.message
  const { status, body } = result.reply as HttpReply
  return status < 400 && body.includes(key) ? '' : `HTTP ${status}, without what was written`
}

function happen(events: DataSpec['then'], context: CheckContext): void {
  const { session } = context
  for (const item of events) {
    if ('fault' in item) applyFault(session.world, faultOf(item.fault))
    else if ('run' in item) session.runAs('grader', item.run)
    else session.world.advance(durationMs(item.wait)!)
  }
}

/** Sends each different request once: a page that shows all keys is one request, and its answer holds for every key in it. */
function askOnce(context: CheckContext, turn: number): (spec: HttpSpec) => DialResult | string {
  const answers = new Map<string, DialResult | string>()
  return (spec) => getOrMake(answers, JSON.stringify(spec), () => request(spec, context, turn))
}

/** How many of the keys cannot be read within the time. */
export function countLost(
  spec: Exchange,
  keys: readonly string[],
  withinMs: number,
  context: CheckContext,
): { lost: number; seen: string } {
  const deadline = context.session.world.nowMs + withinMs
  let missing = [...keys]
  let seen = ''
  for (let turn = 0; ; turn++) {
    const ask = askOnce(context, turn)
    missing = missing.filter((key) => {
      const problem = readKey(spec, key, context, ask)
      if (problem !== '') seen = problem
      return problem !== ''
    })
    if (missing.length === 0 || context.session.world.nowMs >= deadline) return { lost: missing.length, seen }
    context.session.world.advance(Math.min(2_000, deadline - context.session.world.nowMs))
  }
}

export const dataCheck: CheckDefinition<DataSpec> = {
  kind: 'data',
  schema: dataSpec,
  when: 'asked',
  evaluate(spec, context): Verdict {
    const expected = `all ${spec.write.keys} written entries still there`
    return context.session.world.fork(() => {
      const keys = Array.from({ length: spec.write.keys }, (_, i) => `${context.nonce}-${i}`)
      for (const [i, key] of keys.entries()) {
        const problem = writeKey(spec.write, key, context, i)
        if (problem !== '') return { ok: false, expected, observed: `writing failed: ${problem}` }
      }
      happen(spec.then, context)
      const { lost, seen } = countLost(spec.read, keys, durationMs(spec.within ?? '') ?? 120_000, context)
      return {
        ok: lost <= (spec.lost ?? 0),
        expected,
        observed: lost === 0 ? 'nothing was lost' : `${lost} of ${keys.length} are gone: ${seen}`,
      }
    })
  },
}
