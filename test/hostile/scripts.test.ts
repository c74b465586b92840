/** Submissions that would never end, fill the memory or multiply: each ends by itself or at a limit, and the next one is graded as if they had not been. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SubmissionResult } from '../../src/grading/result.ts'
import { Examination } from '../../src/grading/run.ts'
import { levelOf } from '../grading/level.ts'

const examination = new Examination(levelOf({ checks: '- {id: a, title: A, points: 1, state: {kind: ConfigMap, name: a}}' }))
const grade = (text: string): SubmissionResult => examination.grade({ kind: 'script', name: 'x.sh', text, files: {} })

const SET = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: s}
spec:
  replicas: 2147483647
  podManagementPolicy: Parallel
  selector: {matchLabels: {a: b}}
  template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: "nginx:1.27"}]}}`
const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: j}
spec:
  parallelism: 300
  backoffLimit: 2147483647
  template: {spec: {restartPolicy: Never, containers: [{name: c, image: "busybox:1.36", command: ["false"]}]}}`

test.each([
  ['a fork bomb', 'f() { f | f & }; f', 'graded'],
  ['a function that calls itself', 'f() { f; }; f', 'graded'],
  ['eval of itself', `x='eval "$x"'; eval "$x"`, 'graded'],
  ['a loop', 'while :; do :; done', 'limit'],
  ['endless output', 'while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done', 'limit'],
  ['yes', 'yes | cat', 'limit'],
  ['a string that doubles', 'x=aaaaaaaa; while :; do x=$x$x; done', 'limit'],
  ['in awk', `awk 'BEGIN { x="aaaaaaaa"; while (1) x = x x }'`, 'graded'],
  ['an endless awk', `awk 'BEGIN { while (1) ; }'`, 'limit'],
  ['an array of awk', `awk 'BEGIN { while (1) a[i++] = i }'`, 'limit'],
  ['a wide printf', `printf '%999999999d' 1; awk 'BEGIN { printf "%999999999d", 1 }'`, 'graded'],
  ['in sed', `echo a | sed ':x; H; G; bx'`, 'graded'],
  [
    'jq without end',
    `jq -n 'def f: f; f'; jq -n '[recurse(. + 1)]'; jq -n 'reduce range(100) as $i ("aaaa"; . + .)'; jq -n '[range(1e12)] | length'`,
    'limit',
  ],
  ['a text a billion times', `jq -n '"aaaaaaaa" * 1000000000'`, 'limit'],
  ['braces', 'echo {1..100000000}', 'graded'],
  [
    'a pattern that explodes',
    `printf '%50000s' x | sed -E 's/( *)*y/z/' | tail -c 1; printf '%50000s' x | awk '/( *)*y/'; jq -n '("a" * 30000) | test("(a*)*b")'`,
    'graded',
  ],
  ['a pattern within a pattern', `echo a | grep -E '((a{1,255}){1,255}){1,255}'`, 'graded'],
  ['parentheses', `${'('.repeat(3000)}echo${')'.repeat(3000)}`, 'graded'],
  ['a device without end', 'cat /dev/zero > x', 'graded'],
  ['a StatefulSet of as many', `kubectl apply -f - <<E\n${SET}\nE\nsleep 600`, 'limit'],
  ['a Job whose pods all fail', `kubectl apply -f - <<E\n${JOB}\nE\nsleep 36000`, 'limit'],
  [
    'an anchor inside itself',
    `kubectl apply -f - <<E\napiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: b, labels: *m}\nE\necho 'a: &a [*a]' | yq .`,
    'graded',
  ],
  [
    'a kustomization of itself',
    `echo 'resources: [.]' > kustomization.yaml; kubectl kustomize .; echo 'resources: [y, 1]' > kustomization.yaml; kubectl apply -k .`,
    'graded',
  ],
  ['time without end', 'while :; do sleep 1000000; done', 'limit'],
  ['a sleep of a moment', 'while :; do sleep 0.001; done', 'limit'],
  ['files that grow', 'yes > x', 'limit'],
  ['files that double', 'echo a > a; while :; do cat a a > b; cat b b > a; done', 'limit'],
  ['jq again and again', `while :; do jq -n '[range(100000)] | length'; done`, 'limit'],
  [
    'commands in a pod again and again',
    'kubectl run p --image=busybox:1.36 -- sleep 1d; sleep 5; while :; do kubectl exec p -- true; done',
    'limit',
  ],
  ['a pod that never stops writing', `kubectl run p --image=busybox:1.36 --command -- sh -c yes; sleep 600`, 'limit'],
  ['a pod that fills its disk', `kubectl run p --image=busybox:1.36 --command -- sh -c 'yes > /x'; sleep 600`, 'limit'],
  ['2147483647 replicas', 'kubectl create deployment x --image=nginx:1.27 --replicas=2147483647; sleep 60', 'limit'],
])('%s', { timeout: 30_000 }, (_name, text, status) => {
  const begin = process.cpuUsage()
  const result = grade(text)
  const { user, system } = process.cpuUsage(begin)
  expect(result).toMatchObject({ status, passed: false, score: 0 })
  if (status === 'limit') expect(result.message).toMatch(/^limit reached: \w/)
  expect(user + system).toBeLessThan(5_000_000)
  expect(grade('kubectl create configmap a')).toMatchObject({ status: 'graded', passed: true, score: 1 })
})

test('whatever is typed, grading gives a result', { timeout: 60_000 }, () => {
  const piece = fc.constantFrom(
    'kubectl',
    'get',
    'pods',
    '-o',
    'json',
    '|',
    '&&',
    ';',
    '$(',
    ')',
    '"',
    "'",
    '`',
    '<<E',
    '\n',
    'E',
    '>',
    '{',
    '}',
    'if',
    'then',
    'fi',
    'for',
    'do',
    'done',
    '$x',
    '*',
    '\\',
    '&',
    'echo',
    'awk',
    'sed',
    '\u0000',
    '\u202e',
    '((',
    '))',
    '${x',
    'undo',
    'check',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      expect(['graded', 'limit']).toContain(grade(pieces.join(' ')).status)
    }),
    { numRuns: 60, seed: 7 },
  )
})
