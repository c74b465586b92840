/** What a timeline plans for the very beginning has happened when the player gives their first command. */
import { expect, test } from 'vitest'
import { checkSchema } from '../../src/grading/checks/index.ts'
import { loadLevel } from '../../src/levels/loader/level.ts'
import { openStage } from '../../src/levels/stage.ts'

const LEVEL = `
apiVersion: clusterlab/v1
kind: Level
metadata: {name: at-once, version: 1}
spec:
  title: At once
  brief: Somebody was here before you.
  difficulty: 1
  concepts: [configmap]
  cluster: {preset: bare}
  timeline:
    - {as: colleague, at: 0s, run: "kubectl create configmap early"}
    - {as: colleague, at: 10s, run: "kubectl create configmap late"}
  checks:
    - {id: any, title: Any, state: {kind: ConfigMap, name: late}}
`

test('items at 0s come before the first command, others later', () => {
  const session = openStage(loadLevel('at-once', { 'level.yaml': LEVEL }, { checks: checkSchema }))
  expect(session.run('kubectl get configmap early late -o name --ignore-not-found').output).toBe('configmap/early\n')
  session.advance(11_000)
  expect(session.run('kubectl get configmap early late -o name --ignore-not-found').output).toBe('configmap/early\nconfigmap/late\n')
})
