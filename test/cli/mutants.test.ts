/** What mutation makes of a script: each change once, nothing of what only looks, never the script itself. */
import { expect, test } from 'vitest'
import { mutantsOf } from '../../src/cli/grade/mutants/index.ts'

const names = (script: string, most?: number): string[] => mutantsOf(script, most).map((m) => m.name)

test.each([
  [
    'a step left out',
    'kubectl delete service a\nanswer q b\n',
    ['drop: kubectl delete service a', 'drop: answer q b', 'swap: kubectl delete service a | answer q b'],
  ],
  [
    'looking and waiting',
    'kubectl get pods\nkubectl wait pod a --for=condition=Ready\nsleep 5\nkubectl describe pod a | tail -n 3\nkubectl exec a -- hostname\ncurl http://a/\n',
    [],
  ],
  ['a look that is kept is no look', 'kubectl get pod a -o yaml > a.yaml\n', ['drop: kubectl get pod a -o yaml > a.yaml']],
  [
    'an option',
    'kubectl expose deployment a --port=80\n',
    [
      'drop: kubectl expose deployment a --port=80',
      'drop --port=80: kubectl expose deployment a --port=80',
      '80 → 81: kubectl expose deployment a --port=80',
    ],
  ],
  ['how long to wait is aside', 'kubectl delete pod a --timeout=60s\n', ['drop: kubectl delete pod a --timeout=60s']],
  [
    'a patch: fields and values',
    `kubectl patch deployment a -p '{"spec":{"replicas":2}}'\n`,
    [
      `drop: kubectl patch deployment a -p '{"spec":{"replicas":2}}'`,
      `drop spec: kubectl patch deployment a -p '{"spec":{"replicas":2}}'`,
      `spec.replicas: 2 → 3: kubectl patch deployment a -p '{"spec":{"replicas":2}}'`,
      `spec.replicas: 2 → 1: kubectl patch deployment a -p '{"spec":{"replicas":2}}'`,
    ],
  ],
  [
    'a manifest: what it is is not touched, what it is called is a rename',
    `kubectl apply -f - <<'YAML'\nkind: PersistentVolumeClaim\nmetadata: {name: a}\nspec: {accessModes: [ReadWriteOnce], size: 1Gi, wait: {periodSeconds: 30}}\nYAML\n`,
    [
      `drop: kubectl apply -f - <<'YAML'`,
      ...['drop metadata', 'drop spec', 'drop spec.accessModes', 'drop spec.size', 'drop spec.wait'].map(
        (w) => `${w}: kubectl apply -f - <<'YAML'`,
      ),
      ...[
        'spec.accessModes.0: ReadWriteOnce → ReadWriteMany',
        'spec.accessModes.0: ReadWriteOnce → ReadOnlyMany',
        'spec.size: 1Gi → 0.5Gi',
        'spec.size: 1Gi → 2Gi',
        'spec.wait.periodSeconds: 30 → 300',
        'spec.wait.periodSeconds: 30 → 3',
        'metadata.name: a → ax',
      ].map((w) => `${w}: kubectl apply -f - <<'YAML'`),
    ],
  ],
])('%s', (_, script, expected) => {
  expect(names(script)).toEqual(expected)
})

test('a mutant of a manifest is a manifest still, and the rest of the script is as it was', () => {
  const script = `cat > a.yaml <<'YAML'\nkind: A\nspec:\n  replicas: 2\n  name: b\nYAML\nkubectl apply -f a.yaml\n`
  const mutant = mutantsOf(script).find((m) => m.name.startsWith('drop spec.name'))!
  expect(mutant.text).toBe(`cat > a.yaml <<'YAML'\n{"kind":"A","spec":{"replicas":2}}\nYAML\nkubectl apply -f a.yaml\n`)
})

test('a long script has a bounded number; a sample is drawn evenly and always the same', () => {
  const script = Array.from({ length: 200 }, (_, i) => `kubectl scale deployment d${i} --replicas=${i}`).join('\n')
  expect(mutantsOf(script).length).toBeLessThanOrEqual(120)
  expect(names(script, 8)).toHaveLength(8)
  expect(names(script, 8)).toEqual(names(script, 8))
  expect(new Set(names(script)).size).toBe(mutantsOf(script).length)
})
