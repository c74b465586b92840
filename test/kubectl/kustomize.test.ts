import { describe, expect, test } from 'vitest'
import { hashOf } from '../../src/kubectl/kustomize/hash.ts'
import { splitFieldPath } from '../../src/kubectl/kustomize/replacements.ts'
import { FakeCluster } from './fake-cluster.ts'

const deploy = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: nginx
        envFrom: [{configMapRef: {name: settings}}]
`
const base = 'resources: [deploy.yaml]\nconfigMapGenerator:\n- name: settings\n  literals: [color=blue]\n'

function withBase(files: Record<string, string>): FakeCluster {
  const cluster = new FakeCluster()
  for (const [name, text] of Object.entries({ 'base/deploy.yaml': deploy, 'base/kustomization.yaml': base, ...files }))
    cluster.file(name, text)
  return cluster
}

describe('kustomize', () => {
  test('an overlay renames, and references follow with the hash', () => {
    const out = withBase({
      'over/kustomization.yaml':
        'namePrefix: test-\nresources: [../base]\nimages: [{name: nginx, newTag: "1.27"}]\nreplicas: [{name: web, count: 2}]\n',
    }).run('kustomize over').out
    expect(out).toContain('name: test-settings-747dfcb89d\n---\n')
    expect(out).toContain('- configMapRef:\n            name: test-settings-747dfcb89d\n        image: nginx:1.27')
    expect(out).toContain('replicas: 2')
  })

  test.each([
    [
      'a strategic patch by its own identity',
      'patches:\n- patch: |\n    apiVersion: apps/v1\n    kind: Deployment\n    metadata: {name: web}\n    spec: {template: {spec: {containers: [{name: c, env: [{name: A, value: b}]}]}}}\n',
      /env:\n {8}- name: A\n {10}value: b/,
    ],
    [
      'a JSON patch by target',
      'patches:\n- target: {kind: Deployment}\n  patch: |\n    - {op: replace, path: /spec/replicas, value: 3}\n',
      /replicas: 3/,
    ],
    ['labels with selectors', 'labels:\n- pairs: {team: red}\n  includeSelectors: true\n', /matchLabels:\n {6}app: web\n {6}team: red/],
    ['labels without', 'labels:\n- pairs: {team: red}\n', /matchLabels:\n {6}app: web\n {2}template/],
    ['annotations reach templates', 'commonAnnotations: {owner: ops}\n', /template:\n {4}metadata:\n {6}annotations:\n {8}owner: ops/],
    ['a namespace', 'namespace: shop\n', /name: web\n {2}namespace: shop/],
    ['a component', 'components: [../comp]\n', /replicas: 7/],
    [
      'a generator that merges',
      'configMapGenerator:\n- {name: settings, behavior: merge, literals: [size=2]}\n',
      /data:\n {2}color: blue\n {2}size: "2"/,
    ],
    [
      'a replacement',
      'replacements:\n- source: {kind: Deployment, name: web, fieldPath: metadata.name}\n  targets: [{select: {kind: Deployment}, fieldPaths: ["spec.template.spec.containers.[name=c].image"]}]\n',
      /image: web/,
    ],
  ])('%s', (_name, extra, expected) => {
    const cluster = withBase({
      'over/kustomization.yaml': `resources: [../base]\n${extra}`,
      'comp/kustomization.yaml': 'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nreplicas: [{name: web, count: 7}]\n',
    })
    expect(cluster.run('kustomize over')).toMatchObject({ out: expect.stringMatching(expected), err: '', code: 0 })
  })

  test.each([
    [
      'a missing resource',
      'resources: [missing.yaml]\n',
      "error: accumulating resources: accumulation err='accumulating resources from 'missing.yaml': evalsymlink failure",
    ],
    ['an unknown field', 'resource: [x]\n', 'error: invalid Kustomization: json: unknown field "resource"'],
    [
      'a patch for nobody',
      'resources: [../base]\npatches: [{patch: "{apiVersion: v1, kind: Pod, metadata: {name: x}}"}]\n',
      'error: no resource matches strategic merge patch "Pod.v1.[noGrp]/x.[noNs]"',
    ],
  ])('%s is refused', (_name, text, message) => {
    const result = withBase({ 'over/kustomization.yaml': text }).run('kustomize over')
    expect(result.code).toBe(1)
    expect(result.err).toContain(message)
  })

  test('the hash and field paths', () => {
    expect(hashOf({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, data: { color: 'blue' } }, '')).toBe('747dfcb89d')
    expect(splitFieldPath('metadata.annotations.example\\.com/x.[name=a.b].0')).toEqual([
      'metadata',
      'annotations',
      'example.com/x',
      '[name=a.b]',
      '0',
    ])
  })
})
