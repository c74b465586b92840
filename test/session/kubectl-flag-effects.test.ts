/** Flags that were long taken and not heeded, each by what it changes. */
import { describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

const CM = (data: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: cm}\ndata: {${data}}\n`

function lab(): Session {
  const session = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
  session.write('cm.yaml', CM('a: b'))
  session.write('cm2.yaml', CM('a: c'))
  session.write('below/kustomization.yaml', 'resources: [../cm.yaml]\n')
  session.write('secret.yaml', 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {k: word}\n')
  return session
}

describe('kubectl', () => {
  test.each([
    ['kustomize below', "accumulating resources: accumulation err='accumulating resources from '../cm.yaml': security; file '/"],
    [
      'kustomize below --load-restrictor=Foo',
      'illegal flag value --load-restrictor Foo; legal values: [LoadRestrictionsRootOnly LoadRestr',
    ],
    ['kustomize below --enable-helm', '--enable-helm is not available in this lab: there is no helm here\n'],
    ['get pods --profile=cpu', '--profile is not available in this lab: kubectl is not measured here\n'],
    ['get pods --kuberc=x', '--kuberc is not available in this lab: there are no preferences files; use shell aliases and functions\n'],
    ['apply -f cm.yaml --subresource=status', '--subresource can only be specified for --server-side\n'],
    ['taint node node-a a=b:NoSchedule --validate=foo', 'invalid - validate option "foo"; must be one of: strict (or true), warn, ignore'],
    ['explain pod --output=foo', 'unrecognized format: foo\n'],
    ['explain pod --output=plaintext-openapiv2', '--output=plaintext-openapiv2 is not available in this lab'],
  ])('%s is refused', (command, message) => {
    const { exitCode, output } = lab().run(`kubectl ${command}`)
    expect({ exitCode, output }).toMatchObject({ exitCode: 1, output: expect.stringContaining(`error: ${message}`) })
  })

  test('kustomize --load-restrictor=LoadRestrictionsNone reads files elsewhere', () => {
    expect(lab().run('kubectl kustomize below --load-restrictor=LoadRestrictionsNone').output).toContain('name: cm\n')
  })

  test('apply --overwrite=false refuses what others changed', () => {
    const session = lab()
    session.run('kubectl apply -f cm.yaml')
    session.run(`kubectl patch cm cm -p '{"data":{"a":"x"}}'`)
    expect(session.run('kubectl apply -f cm2.yaml --overwrite=false').output).toContain(
      'conflicts with changes made from original to current:\n',
    )
    expect(session.run('kubectl apply -f cm2.yaml').output).toBe('configmap/cm configured\n')
  })

  test('diff hides what secrets hold, unless --show-secrets', () => {
    const session = lab()
    expect(session.run('kubectl diff -f secret.yaml').output).toContain("k: '***")
    expect(session.run('kubectl diff -f secret.yaml --show-secrets').output).toContain('k: d29yZA==')
  })

  test.each([
    ['run p --image=nginx', 'pod/p'],
    ['autoscale deploy d --max=2', 'hpa/d'],
    ['expose deploy d --port=80', 'svc/d'],
  ])('%s --save-config leaves what apply would', (command, made) => {
    const session = lab()
    session.run('kubectl create deployment d --image=nginx')
    session.run(`kubectl ${command} --save-config`)
    expect(session.run(`kubectl apply view-last-applied ${made}`).output).toMatch(/^apiVersion: /)
  })

  test('create --edit creates what the editor left', () => {
    const session = lab()
    expect(session.run("EDITOR='sed -i s/cm/dm/' kubectl create -f cm.yaml --edit").output).toBe('configmap/dm created\n')
    expect(session.run('EDITOR=true kubectl create -f cm.yaml --edit').output).toBe('Edit cancelled, no changes made.\n')
  })

  test('edit --windows-line-endings ends lines so', () => {
    const session = lab()
    session.run('kubectl apply -f cm.yaml')
    expect(session.run("EDITOR='sed -n s/b.$/CR/p' kubectl edit cm cm --windows-line-endings").output).toContain('  a: CR\n')
    expect(session.run("EDITOR='sed -n s/b.$/CR/p' kubectl edit cm cm").output).not.toContain('a: CR')
  })

  test('cluster-info dump goes into a folder', () => {
    const session = lab()
    session.run('kubectl run p --image=nginx')
    session.advance(10_000)
    expect(session.run('kubectl cluster-info dump --output-directory=d --namespaces=lab -o yaml').output).toBe('Cluster info dumped to d\n')
    expect(session.run('find d -type f | sort').output.split('\n')).toEqual(
      expect.arrayContaining(['d/lab/p/logs.txt', 'd/lab/pods.yaml', 'd/nodes.yaml']),
    )
    expect(session.read('d/lab/p/logs.txt')).toMatch(/^==== START logs for container p of pod lab\/p ====\n[\s\S]*==== END logs /)
  })

  test('edit-last-applied says what is edited', () => {
    const session = lab()
    session.run('kubectl apply -f cm.yaml')
    expect(session.run('EDITOR=cat kubectl apply edit-last-applied cm cm').output).toMatch(
      /^# Please edit the 'last-applied-configuration' annotations below\.\n/,
    )
    session.run('kubectl create cm bare')
    expect(session.run('kubectl apply edit-last-applied cm bare')).toMatchObject({
      exitCode: 1,
      output:
        'error: no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`\n',
    })
  })

  test('rollout history of a revision that is not there', () => {
    const session = lab()
    session.run('kubectl create deployment d --image=nginx')
    session.advance(1_000)
    expect(session.run('kubectl rollout history deploy d --revision=9 -o yaml')).toMatchObject({
      exitCode: 1,
      output: 'error: unable to find the specified revision\n',
    })
  })

  test('api-resources -o json', () => {
    const { output } = lab().run('kubectl api-resources --api-group=apps -o json')
    expect(JSON.parse(output)).toMatchObject({
      kind: 'APIResourceList',
      resources: expect.arrayContaining([expect.objectContaining({ name: 'deployments' })]),
    })
  })
})
