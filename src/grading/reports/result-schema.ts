/** `clusterlab/result/v1` as a schema: what `grade --format json` writes, from which docs/result-v1.schema.json is made. */
import { z } from 'zod'

const points = z.int().min(0)
const hash = z.string().regex(/^sha256:[0-9a-f]{64}$/)

const checkResult = z.strictObject({
  id: z.string().min(1),
  title: z.string(),
  status: z.enum(['pass', 'fail', 'pending', 'error', 'skipped', 'limit']),
  score: points,
  maxScore: points,
  expected: z.string(),
  observed: z.string(),
  message: z.string(),
  hidden: z.literal(true).optional().describe('of hidden.yaml: not for the student'),
})

const submissionResult = z.strictObject({
  submission: z.string().describe('the path as given'),
  status: z.enum(['graded', 'error', 'limit']),
  passed: z.boolean(),
  score: points,
  maxScore: points,
  virtualSeconds: z.number().min(0),
  stateHash: z.union([hash, z.literal('')]).describe('empty when no world was built'),
  checks: z.array(checkResult),
  message: z.string().optional().describe('why it could not be graded, which budget it hit, or where its script is none'),
})

export const resultSchema = z.strictObject({
  schema: z.literal('clusterlab/result/v1'),
  level: z.string().min(1),
  levelHash: hash,
  engine: z.string().regex(/^\d+\.\d+\.\d+/),
  seed: z.string(),
  results: z.array(submissionResult),
})
