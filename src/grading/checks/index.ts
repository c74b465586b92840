/** Every kind of check, one line each; and the schema of a check in a level file, made of them. */
import { z } from 'zod'
import type { CheckSpec } from '../../levels/format/level.ts'
import { duration } from '../../levels/format/times.ts'
import type { CheckDefinition } from '../contract.ts'
import { dataCheck } from './data.ts'
import { execCheck } from './exec.ts'
import { experimentCheck } from './experiment.ts'
import { auditCheck, forbidCheck } from './history.ts'
import { httpCheck } from './http.ts'
import { answerCheck, fileCheck } from './player.ts'
import { dnsCheck, tcpCheck } from './reach.ts'
import { stateCheck } from './state.ts'

export const checkDefinitions: readonly CheckDefinition[] = [
  stateCheck,
  httpCheck,
  dnsCheck,
  tcpCheck,
  execCheck,
  fileCheck,
  dataCheck,
  experimentCheck,
  forbidCheck,
  auditCheck,
  answerCheck,
] as readonly CheckDefinition[]

/** What is said of an id with other letters. */
const idProblem = ({ input }: { readonly input?: unknown }): string => {
  const meant = String(input)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return `lower-case letters, digits and - are allowed${meant === '' ? '' : `; did you mean "${meant}"?`}`
}

const common = {
  id: z.string().regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, { error: idProblem }),
  title: z.string().min(1),
  points: z.int().min(0).optional(),
  needs: z.array(z.string()).optional(),
  within: duration.optional(),
  holdFor: duration.optional(),
  message: z.string().optional(),
  guard: z.boolean().optional(),
  effect: z.strictObject({ cap: z.int().min(0).optional(), deduct: z.int().min(1).optional() }).optional(),
}

const kinds = checkDefinitions.map((d) => d.kind)

/** Common keys and exactly one key that names a kind. */
export const checkSchema: z.ZodType = z
  .strictObject({ ...common, ...Object.fromEntries(checkDefinitions.map((d) => [d.kind, d.schema.optional()])) })
  .superRefine((value, context) => {
    const named = kinds.filter((k) => (value as Record<string, unknown>)[k] !== undefined)
    if (named.length !== 1)
      context.addIssue({
        code: 'custom',
        message:
          named.length === 0 ? `a check needs one of ${kinds.join(', ')}` : `a check asks one thing, this asks ${named.join(' and ')}`,
      })
  })

export function definitionOf(check: CheckSpec): { definition: CheckDefinition; spec: unknown } {
  const definition = checkDefinitions.find((d) => check[d.kind] !== undefined)!
  return { definition, spec: check[definition.kind] }
}
