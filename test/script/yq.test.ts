/** yq as mikefarah's v4 behaves: paths, documents, formats, changes in place that keep comments. */
import { expect, test } from 'vitest'
import { makeWorld, runScript } from './world.ts'

const deployment = `# the web
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # its name
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: nginx
          image: nginx:1.25
`

test.each([
  ["yq '.metadata.name' d.yaml", 'web\n'],
  ["yq '.spec.replicas' d.yaml", '2\n'],
  ["yq '.spec.template.spec.containers[0].image' d.yaml", 'nginx:1.25\n'],
  ["cat d.yaml | yq '.kind'", 'Deployment\n'],
  ["yq -o json -I0 '.spec.template.spec.containers' d.yaml", '[{"name":"nginx","image":"nginx:1.25"}]\n'],
  ["yq -o=json '.metadata' d.yaml", '{\n  "name": "web"\n}\n'],
  ['yq \'.spec.template.spec.containers[] | select(.name == "nginx") | .image\' d.yaml', 'nginx:1.25\n'],
  ["yq '.nothing' d.yaml", 'null\n'],
  ["yq '.spec | keys' d.yaml", '- replicas\n- template\n'],
  ["printf 'a: 1\\n---\\na: 2\\n' | yq '.a'", '1\n---\n2\n'],
  ["printf 'a: 1\\n---\\na: 2\\n' | yq 'select(documentIndex == 1) | .a'", '2\n'],
  ["yq -n '.a.b = 1'", 'a:\n  b: 1\n'],
  ["N=x yq -n '.a = strenv(N)'", 'a: x\n'],
  ["printf 'a: 1\\n' > 1; printf 'b: 2\\n' > 2; yq ea '. as $item ireduce ({}; . * $item)' 1 2", 'a: 1\nb: 2\n'],
  ["echo '{\"a\":[1]}' | yq -p json -o yaml '.'", 'a:\n  - 1\n'],
  ["echo 'a: \"true\"' | yq '.a'", 'true\n'],
  ['yq \'.metadata.labels.app = "web" | .metadata\' d.yaml', 'name: web\nlabels:\n  app: web\n'],
])('%s', (script, stdout) => {
  const world = makeWorld()
  world.files.write('/w/d.yaml', deployment)
  expect(runScript(script, { world })).toMatchObject({ stdout, stderr: '', exitCode: 0 })
})

test('-i changes the file and keeps comments and order', () => {
  const world = makeWorld()
  world.files.write('/w/d.yaml', deployment)
  const result = runScript('yq -i \'.spec.replicas = 5 | .spec.template.spec.containers[0].image = "nginx:1.27" | del(.kind)\' d.yaml', {
    world,
  })
  expect(result).toMatchObject({ stdout: '', stderr: '', exitCode: 0 })
  expect(world.files.read('/w/d.yaml')).toBe(
    deployment.replace('replicas: 2', 'replicas: 5').replace('1.25', '1.27').replace('kind: Deployment\n', ''),
  )
})

test('a file that is no YAML is an error', () => {
  expect(runScript("printf 'a: [1\\n' | yq .")).toMatchObject({ exitCode: 1, stdout: '' })
})
