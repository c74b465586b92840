import { describe, expect, test } from 'vitest'
import { FakeCluster } from './fake-cluster.ts'

const cm = (name: string, data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${data}}\n`

function lab(...commands: string[]): FakeCluster {
  const cluster = new FakeCluster()
  for (const command of commands) expect(cluster.run(command)).toMatchObject({ code: 0 })
  return cluster
}

describe('apply decides', () => {
  test('by three ways: what was applied and is gone goes, what others set stays', () => {
    const cluster = new FakeCluster()
    cluster.file('cm.yaml', cm('a', 'color: blue, mode: fast'))
    cluster.run('apply -f cm.yaml')
    cluster.run(['patch', 'cm', 'a', '-p', '{"data":{"extra":"by-hand"}}'])
    cluster.file('cm.yaml', cm('a', 'color: blue'))
    expect(cluster.run('apply -f cm.yaml').out).toBe('configmap/a configured\n')
    expect(cluster.run('get cm a -o jsonpath={.data}').out).toBe('{"color":"blue","extra":"by-hand"}')
  })

  test('an object made otherwise gets the annotation and a warning', () => {
    const cluster = lab('create cm a --from-literal=x=1')
    cluster.file('cm.yaml', cm('a', 'x: "1"'))
    expect(cluster.run('apply -f cm.yaml')).toMatchObject({
      out: 'configmap/a configured\n',
      err: expect.stringMatching(/^Warning: resource configmaps\/a is missing the/),
    })
    expect(cluster.run('apply -f cm.yaml').all).toBe('configmap/a unchanged\n')
  })

  test('good documents are applied, failures follow', () => {
    const cluster = new FakeCluster()
    cluster.file('all.yaml', `${cm('a', '')}---\napiVersion: v1\nkind: Widget\nmetadata: {name: w}\n---\n${cm('b', '')}`)
    expect(cluster.run('apply -f all.yaml')).toMatchObject({
      all: 'configmap/a created\nconfigmap/b created\nerror: resource mapping not found for name: "w" namespace: "" from "all.yaml": no matches for kind "Widget" in version "v1"\nensure CRDs are installed first\n',
      code: 1,
    })
  })

  test.each([
    ['apply', 'error: must specify one of -f and -k\n'],
    ['apply x', "error: Unexpected args: [x]\nSee 'kubectl apply -h' for help and examples\n"],
    ['apply -f gone.yaml', 'error: the path "gone.yaml" does not exist\n'],
    [
      'apply --server-side --dry-run=client -f cm.yaml',
      "error: --dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)\n",
    ],
    [
      'apply -f bad.yaml',
      'error: unable to decode "bad.yaml": json: cannot unmarshal number into Go struct field ObjectMeta.metadata.name of type string\n',
    ],
    [
      'apply -f other.yaml -n lab',
      'error: the namespace from the provided object "x" does not match the namespace "lab". You must pass \'--namespace=x\' to perform this operation.\n',
    ],
  ])('%s', (command, err) => {
    const cluster = new FakeCluster()
    cluster.file('bad.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 7}\n')
    cluster.file('other.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: x}\n')
    expect(cluster.run(command)).toMatchObject({ err, code: 1 })
  })
})

describe('resource arguments', () => {
  test.each([
    ['get cm gone', 'Error from server (NotFound): configmaps "gone" not found\n'],
    ['get podz', 'error: the server doesn\'t have a resource type "podz"\n'],
    [
      'get cm/a secret',
      "error: there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'\n",
    ],
    ['get cm a -l x=y', 'error: name cannot be provided when a selector is specified\n'],
    ['delete cm', 'error: resource(s) were provided, but no name was specified\n'],
    ['gett cm', 'error: unknown command "gett" for "kubectl"\n\nDid you mean this?\n\tset\n\tget\n'],
  ])('%s', (command, err) => {
    expect(lab('create cm a').run(command)).toMatchObject({ err, code: 1 })
  })

  test('what is there is shown, what is not is told after it', () => {
    expect(lab('create cm a').run('get cm a gone')).toMatchObject({
      all: 'NAME   DATA   AGE\na      0      0s\nError from server (NotFound): configmaps "gone" not found\n',
      code: 1,
    })
  })

  test('several kinds are apart and named', () => {
    const cluster = lab('create cm a', 'create secret generic s')
    expect(cluster.run('get cm,secret').out).toBe(
      'NAME          DATA   AGE\nconfigmap/a   0      0s\n\nNAME       TYPE   DATA   AGE\nsecret/s          0      0s\n',
    )
  })
})

describe('outputs', () => {
  test.each([
    [
      'custom columns',
      ['get', 'cm', '-o', 'custom-columns=NAME:.metadata.name,X:.data.x,NO:.data.y'],
      'NAME   X     NO\na      1     <none>\nb      2     <none>\n',
    ],
    ['sorting', ['get', 'cm', '--sort-by=.data.x', '-o', 'name'], 'configmap/a\nconfigmap/b\n'],
    ['jsonpath', ['get', 'cm', '-o', 'jsonpath={.items[*].data.x}'], '1 2'],
    ['a Go template', ['get', 'cm', 'a', '-o', 'go-template={{.data.x}} {{.data.y}}'], '1 <no value>'],
    ['a template by its short name', ['get', 'cm', 'a', '-o', 'template={{.data.x}}'], '1'],
    ['a template apart from its format', ['get', 'cm', 'a', '-o', 'jsonpath', '--template', '{.data.x}'], '1'],
    ['base64decode', ['get', 'cm', 'a', '-o', 'go-template={{"aGk=" | base64decode}}'], 'hi'],
  ])('%s', (_name, argv, out) => {
    expect(lab('create cm a --from-literal=x=1', 'create cm b --from-literal=x=2').run(argv).out).toBe(out)
  })
})

test('a template given twice over is none', () => {
  const { err, code } = lab('create cm a').run(['get', 'cm', 'a', '-o', 'go-template={{.kind}}', '--template', '{{.kind}}'])
  expect(err).toMatch(/^error: unable to match a printer suitable for the output format "go-template=\{\{.kind\}\}", allowed formats are: /)
  expect(code).toBe(1)
})

test.each([
  ['restart', 'No resources found in lab namespace.\n'],
  ['pause', 'No resources found in lab namespace.\n'],
  ['resume', 'No resources found in lab namespace.\n'],
  ['status', 'No resources found in lab namespace.\n'],
  ['history', ''],
  ['undo', ''],
])('rollout %s of nothing', (verb, err) => {
  expect(lab().run(`rollout ${verb} deploy -l app=x`)).toMatchObject({ out: '', err, code: 0 })
})

describe('rollout of a Deployment', () => {
  const cluster = (paused: boolean): FakeCluster => {
    const made = new FakeCluster()
    const selector = { matchLabels: { app: 'web' } }
    const template = (image: string) => ({ metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } })
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'u', controller: true }
    const put = (resource: string, kind: string, metadata: object, spec: object): void =>
      void made.objects.set(`apps/${resource}/lab/${(metadata as { name: string }).name}`, {
        apiVersion: 'apps/v1',
        kind,
        metadata: { namespace: 'lab', ...metadata },
        spec,
      } as never)
    put('deployments', 'Deployment', { name: 'web', uid: 'u' }, { selector, paused, template: template('b') })
    for (const [i, image] of ['a', 'b'].entries()) {
      const annotations = { 'deployment.kubernetes.io/revision': `${i + 1}` }
      put(
        'replicasets',
        'ReplicaSet',
        { name: `web-${image}`, labels: { app: 'web' }, annotations, ownerReferences: [owner] },
        {
          selector,
          template: template(image),
        },
      )
    }
    return made
  }
  const PAUSED = "error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again\n"
  test.each([
    ['undo deploy/web', true, PAUSED],
    ['undo deploy/web --dry-run=client', true, /^deployment.apps\/web Pod Template:\n.*Image:\ta\n.* \(dry run\)\n$/s],
    ['undo deploy/web --to-revision=-1', false, 'error: unable to find specified revision -1 in history\n'],
    ['undo deploy/web --to-revision=2', false, 'deployment.apps/web skipped rollback (current template already matches revision 2)\n'],
    ['history deploy/web --revision=1 -o name', false, 'replicaset.apps/web-a\n'],
  ])('%s', (command, paused, text) => {
    const { all } = cluster(paused).run(`rollout ${command}`)
    if (typeof text === 'string') expect(all).toBe(text)
    else expect(all).toMatch(text)
  })
})

describe('--record, deprecated, writes the command line into the object', () => {
  const TOLD = 'Flag --record has been deprecated, --record will be removed in the future\n'
  const cause = 'jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}'
  test.each([
    ['label cm a x=y --record', 'kubectl label cm a x=y --record=true'],
    ['annotate cm a --record=true x=y', 'kubectl annotate cm a x=y --record=true'],
    ['patch cm a -p {"data":{"x":"2"}} --record', 'kubectl patch cm a --patch={"data":{"x":"2"}} --record=true'],
    ['apply --record -f a.yaml', 'kubectl apply --record=true --filename=a.yaml'],
    ['label cm a x=y --record=false', ''],
  ])('%s', (command, text) => {
    const cluster = lab('create cm a')
    cluster.file('a.yaml', cm('a', 'x: "1"'))
    expect(cluster.run(command.split(' ')).err.startsWith(TOLD)).toBe(true)
    expect(cluster.run(['get', 'cm', 'a', '-o', cause]).out).toBe(text)
  })
})

describe('edit', () => {
  test('nothing changed, a change, a failing editor', () => {
    const cluster = lab('create cm a --from-literal=x=1')
    expect(cluster.run('edit cm a').err).toBe('Edit cancelled, no changes made.\n')
    cluster.onEdit = (path) => {
      cluster.files.write(path, cluster.files.read(path).replace('x: "1"', 'x: "2"'))
      return 0
    }
    expect(cluster.run('edit cm a').out).toBe('configmap/a edited\n')
    expect(cluster.run('get cm a -o jsonpath={.data.x}').out).toBe('2')
    cluster.onEdit = () => 1
    expect(cluster.run('edit cm a')).toMatchObject({ err: 'error: there was a problem with the editor "cat"\n', code: 1 })
  })

  test('a change that is refused is reopened, and given up when nothing more changes', () => {
    const cluster = lab('create cm a')
    cluster.onEdit = (path) => {
      cluster.files.write(path, cluster.files.read(path).replace(/^kind:.*\n/m, ''))
      return 0
    }
    expect(cluster.run('edit cm a').err).toMatch(
      /^error: configmaps "a" is invalid\nA copy of your changes has been stored to "\/tmp\/kubectl-edit-\d+\.yaml"\nerror: Edit cancelled, no valid changes were saved\.\n$/,
    )
  })
})

describe('labels', () => {
  test.each([
    [['label', 'cm', 'a', 'env=prod'], 'configmap/a labeled\n'],
    [['label', 'cm', 'a', 'tier-'], 'label "tier" not found.\nconfigmap/a not labeled\n'],
    [['label', 'cm', 'a', 'color=light', 'blue'], 'error: all resources must be specified before label changes: blue\n'],
    [['label', 'cm', 'a'], 'error: at least one label update is required\n'],
    [['annotate', 'cm', 'a', 'note-'], 'configmap/a annotated\n'],
  ])('%j', (argv, all) => {
    expect(lab('create cm a').run(argv).all).toBe(all)
  })
})
