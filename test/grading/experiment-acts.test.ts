/** `experiment`: what people do while it is measured happens to the copy of the cluster, and only there. */
import { expect, test } from 'vitest'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { openJudged } from '../../src/grading/run.ts'
import { loadLevel } from '../../src/levels/loader/level.ts'

const LEVEL = `
apiVersion: clusterlab/v1
kind: Level
metadata: {name: acts, version: 1}
spec:
  title: Acts
  brief: An administrator deletes what runs.
  difficulty: 1
  concepts: [pod]
  start: {apply: [start/], settle: 20s}
  checks:
    - {id: answers, title: It answers, http: {url: "http://192.168.0.101:30880/"}}
    - id: stays
      title: It stays
      experiment:
        load: {http: "http://192.168.0.101:30880/", rps: 1}
        lasts: 30s
        acts: [{at: 10s, as: nuria, run: "kubectl delete pod -l app=web --wait=false"}]
        measure: {}
        after: {check: answers, within: 10s}
`
const SERVICE = `
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: NodePort
  selector: {app: web}
  ports: [{port: 80, nodePort: 30880}]
---
`
const BARE = `${SERVICE}
apiVersion: v1
kind: Pod
metadata: {name: web, labels: {app: web}}
spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`
const KEPT = `${SERVICE}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: nginx, image: "nginx:1.27"}]}
`

test.each([
  ['a bare pod does not come back', BARE, false],
  ['a Deployment makes another', KEPT, true],
])('%s', (_name, manifests, ok) => {
  const level = loadLevel('acts', { 'level.yaml': LEVEL, 'start/web.yaml': manifests }, { checks: checkSchema })
  const { session, judge } = openJudged(level, 'en')
  const names = (): string[] => session.world.cluster.read.list('pods', 'default').map((p) => p.metadata.name)
  const before = names()
  judge.ask()
  expect(judge.standing('answers')?.verdict).toMatchObject({ ok: true })
  expect(judge.standing('stays')?.verdict.ok).toBe(ok)
  expect(names()).toEqual(before)
})
