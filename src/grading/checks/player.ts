/** `file`, `answer`: what the player wrote, and what they said when asked. */

import { parseDocument } from 'yaml'
import { z } from 'zod'
import { jsonPathText, jsonPathValues } from '../../api/jsonpath.ts'
import type { CheckDefinition } from '../contract.ts'
import { describeExpectation, shorten, textExpectation, textProblem } from './texts.ts'

const fileSpec = z.strictObject({
  path: z.string(),
  exists: z.boolean().optional(),
  content: textExpectation.optional(),
  jsonpath: z.string().optional(),
  equals: z.union([z.string(), z.number(), z.boolean()]).optional(),
})

export const fileCheck: CheckDefinition<z.infer<typeof fileSpec>> = {
  kind: 'file',
  schema: fileSpec,
  when: 'second',
  evaluate(spec, { session, nonce }) {
    const expected = `${spec.path}${spec.content === undefined ? '' : ` with ${describeExpectation(spec.content)}`}${spec.jsonpath ? ` where ${spec.jsonpath} is ${String(spec.equals)}` : ''}`
    const there = session.files.stat(session.path(spec.path))?.kind === 'file'
    if (!there) return { ok: spec.exists === false, expected, observed: 'there is no such file' }
    if (spec.exists === false) return { ok: false, expected: `no file ${spec.path}`, observed: 'it is there' }
    const body = session.read(spec.path)
    const problem = spec.content === undefined ? '' : textProblem(spec.content, body, (t) => t.replaceAll('{{nonce}}', nonce))
    if (problem !== '') return { ok: false, expected, observed: `the file ${problem}: ${shorten(body)}` }
    if (spec.jsonpath === undefined) return { ok: true, expected, observed: 'it is there' }
    const values = jsonPathValues(parseDocument(body, { prettyErrors: false }).toJS({ maxAliasCount: 100 }), spec.jsonpath)
    const value = values.map(jsonPathText).join(' ')
    return { ok: value === String(spec.equals), expected, observed: value === '' ? 'nothing there' : value }
  },
}

const answerSpec = z.strictObject({
  question: z.string(),
  /** Letter → text. */
  choices: z.record(z.string(), z.string()).optional(),
  correct: z.union([z.string(), z.number(), z.array(z.string())]),
  /** For numbers: how far off is still right. */
  tolerance: z.number().min(0).optional(),
})
export type AnswerSpec = z.infer<typeof answerSpec>

export const ANSWERS = 'answer'

export const answerCheck: CheckDefinition<AnswerSpec> = {
  kind: 'answer',
  schema: answerSpec,
  when: 'change',
  saidByPlayer: true,
  evaluate(spec, { session, check }) {
    const given = session.world.store.cells.get<string>(ANSWERS, check.id)
    const expected = spec.question
    if (given === undefined) return { ok: false, expected, observed: `not answered yet: answer ${check.id} …` }
    const value = given.trim().toLowerCase()
    const right =
      typeof spec.correct === 'number'
        ? Math.abs(Number(value) - spec.correct) <= (spec.tolerance ?? 0)
        : [spec.correct].flat().some((c) => c.trim().toLowerCase() === value || spec.choices?.[c]?.trim().toLowerCase() === value)
    return { ok: right, expected, observed: given }
  },
}
