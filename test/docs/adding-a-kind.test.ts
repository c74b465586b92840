/** docs/adding-a-kind.md, done: a folder and one line in the registry, and everything that works on kinds works on the new one. */
import { readFileSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { Session } from '../../src/session/session.ts'

// The one line: what src/kinds/index.ts would say.
vi.mock('../../src/kinds/index.ts', async (original) => {
  const { builtInKinds } = await original<typeof import('../../src/kinds/index.ts')>()
  const { recipe } = await import('./example-kind/index.ts')
  return { builtInKinds: [...builtInKinds, recipe] }
})

const manifest = `apiVersion: kitchen.example/v1
kind: Recipe
metadata: {name: paella}
spec: {dish: rice}
`

function session(): Session {
  const made = new Session({ world: { preset: 'bare' } })
  made.write('paella.yaml', manifest)
  made.run('kubectl apply -f paella.yaml')
  return made
}

test.each([
  ['kubectl get recipes', 'NAME     DISH\npaella   rice\n'],
  ['kubectl get rcp -o wide', 'NAME     DISH   SERVINGS\npaella   rice   2\n'],
  ['kubectl get recipe paella -o jsonpath={.metadata.generation}', '1'],
  ['kubectl scale recipe paella --replicas=5', 'recipe.kitchen.example/paella scaled\n'],
  ['kubectl label recipe paella hot=no', 'recipe.kitchen.example/paella labeled\n'],
  ['kubectl apply -f paella.yaml', 'recipe.kitchen.example/paella unchanged\n'],
  ['kubectl delete -f paella.yaml', 'recipe.kitchen.example "paella" deleted from default namespace\n'],
])('%s', (command, expected) => {
  expect(session().run(command).output).toBe(expected)
})

test.each([
  [
    'kubectl patch recipe paella --type=merge -p \'{"spec":{"servings":-1}}\'',
    'spec.servings: Invalid value: -1: must be greater than or equal to 0',
  ],
  ['kubectl explain recipe.spec', 'servings'],
  ['kubectl api-resources --api-group=kitchen.example', 'recipes'],
  ['kubectl describe recipe paella', 'paella'],
])('%s tells of it', (command, part) => {
  expect(session().run(command).output).toContain(part)
})

test('the document shows the record that this test adds', () => {
  const record = readFileSync('test/docs/example-kind/index.ts', 'utf8')
  expect(readFileSync('docs/adding-a-kind.md', 'utf8')).toContain(record.trim())
})
