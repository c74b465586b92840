/** Small levels for the tests of grading: written as YAML, opened judged, in the smallest cluster that will do. */
import { checkSchema } from '../../src/grading/checks/index.ts'
import type { CheckResult } from '../../src/grading/contract.ts'
import type { SubmissionResult } from '../../src/grading/result.ts'
import { Examination, openJudged } from '../../src/grading/run.ts'
import { type Level, loadLevel } from '../../src/levels/loader/level.ts'

export interface Parts {
  readonly checks: string
  /** More keys of the spec, indented by two. */
  readonly spec?: string
  readonly preset?: 'bare' | 'default'
  readonly files?: Readonly<Record<string, string>>
  readonly seed?: string
}

/** `checks`: YAML list items, not indented. */
export function levelOf({ checks, spec = '', preset = 'bare', files = {}, seed = '0' }: Parts): Level {
  const text = `apiVersion: clusterlab/v1
kind: Level
metadata: {name: small, version: 1}
spec:
  title: Small
  brief: A small level.
  difficulty: 1
  concepts: [test]
  cluster: {preset: ${preset}}
${spec}
  checks:
${checks
  .trim()
  .split('\n')
  .map((l) => `    ${l}`)
  .join('\n')}
`
  return loadLevel('small', { 'level.yaml': text, ...files }, { checks: checkSchema, seed })
}

export const open = (parts: Parts): ReturnType<typeof openJudged> => openJudged(levelOf(parts), 'en')

/** Grades a script in a world of its own. */
export const gradeScript = (parts: Parts, text: string): SubmissionResult =>
  new Examination(levelOf(parts)).grade({ kind: 'script', name: 'a.sh', text, files: {} })

export const statusOf = (checks: readonly CheckResult[], id: string): string | undefined => checks.find((c) => c.id === id)?.status

/** A Deployment and its Service. */
export const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.27", ports: [{containerPort: 80}], env: [{name: A, value: "1"}, {name: B, value: "2"}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, nodePort: 30880}]
---
apiVersion: v1
kind: Pod
metadata: {name: client, labels: {app: client}}
spec:
  containers:
  - {name: client, image: "curlimages/curl:8.10.1", command: [sleep, infinity]}
`
