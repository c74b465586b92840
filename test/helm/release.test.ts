/** Releases on a cluster, from the prompt: what install, upgrade, rollback and uninstall do and say, and what they refuse. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
beforeEach(() => {
  session = new Session({ world: { preset: 'bare' }, namespace: 'lab' })
})

/** Runs a line for as long as it takes. */
function run(command: string): string {
  session.begin(command)
  for (let i = 0; i < 400 && session.running; i++) session.advance(1000)
  return session
    .take()
    .map((c) => c.text)
    .join('')
}

/** A chart whose templates are given. */
function chart(templates: Readonly<Record<string, string>>, values = '{}\n', name = 'app'): void {
  const files = {
    'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: 0.1.0\n`,
    'values.yaml': values,
    ...Object.fromEntries(Object.entries(templates).map(([k, v]) => [`templates/${k}`, v])),
  }
  run(`mkdir -p ${name}/templates`)
  for (const [path, text] of Object.entries(files)) run(`cat > ${name}/${path} <<'END'\n${text}END`)
}

const config = (name: string, value: string, annotations = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${annotations}data:\n  v: "${value}"\n`
const hook = (event: string, command: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: hook-${event}\n  annotations:\n    helm.sh/hook: ${event}\nspec:\n  restartPolicy: Never\n  containers:\n  - {name: c, image: busybox, command: [sh, -c, "${command}"]}\n`
const value = (name: string): string => run(`kubectl get configmap ${name} -o jsonpath='{.data}'`)

describe('revisions', () => {
  beforeEach(() => chart({ 'c.yaml': config('c', '{{ .Values.v }}') }, 'v: one\nw: x\n'))

  test('install, upgrade, rollback, uninstall', () => {
    expect(run('helm install r ./app')).toMatch(
      /^NAME: r\nLAST DEPLOYED: \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\nNAMESPACE: lab\nSTATUS: deployed\nREVISION: 1\nTEST SUITE: None\n$/,
    )
    expect(value('c')).toBe('{"v":"one"}')
    expect(run('helm upgrade r ./app --set v=two')).toMatch(/^Release "r" has been upgraded. Happy Helming!\nNAME: r\n[\s\S]*REVISION: 2/)
    expect(value('c')).toBe('{"v":"two"}')
    expect(run('helm rollback r 1')).toBe('Rollback was a success! Happy Helming!\n')
    expect(value('c')).toBe('{"v":"one"}')
    expect(
      run('helm history r')
        .split('\n')
        .slice(1, 4)
        .map((l) =>
          l
            .split('\t')
            .map((c) => c.trim())
            .filter((_c, i) => i === 0 || i === 2 || i === 5)
            .join(' '),
        ),
    ).toEqual(['1 superseded Install complete', '2 superseded Upgrade complete', '3 deployed Rollback to 1'])
    expect(
      run("kubectl get secrets -l owner=helm -o jsonpath='{range .items[*]}{.metadata.name} {.type} {.metadata.labels.status};{end}'"),
    ).toBe(
      'sh.helm.release.v1.r.v1 helm.sh/release.v1 superseded;sh.helm.release.v1.r.v2 helm.sh/release.v1 superseded;sh.helm.release.v1.r.v3 helm.sh/release.v1 deployed;',
    )
    expect(run('helm uninstall r')).toBe('release "r" uninstalled\n')
    expect(run('kubectl get configmap c')).toContain('not found')
    expect(run('kubectl get secrets -l owner=helm')).toContain('No resources found')
  })

  test('the release is JSON in gzip in base64, as helm keeps it', () => {
    run('helm install r ./app')
    expect(run("kubectl get secret sh.helm.release.v1.r.v1 -o jsonpath='{.data.release}' | base64 -d | cut -c1-4")).toBe('H4sI\n')
  })

  test.each<[string, string, string]>([
    ['no flags: values of before stay', 'helm upgrade r ./app', '{"v":"two"}'],
    ['--set alone: values of before go', 'helm upgrade r ./app --set w=y', '{"v":"one"}'],
    ['--reuse-values: they stay', 'helm upgrade r ./app --reuse-values --set w=y', '{"v":"two"}'],
    ['--reset-values: they go', 'helm upgrade r ./app --reset-values', '{"v":"one"}'],
    ['--reset-then-reuse-values: they stay', 'helm upgrade r ./app --reset-then-reuse-values --set w=y', '{"v":"two"}'],
    ['null: back to nothing', 'helm upgrade r ./app --set v=null', '{"v":""}'],
  ])('%s', (_name, command, wanted) => {
    run('helm install r ./app --set v=two')
    run(command)
    expect(value('c')).toBe(wanted)
  })

  test('what somebody changed by hand and no manifest changed stays; what the manifest changed wins', () => {
    run('helm install r ./app')
    run(`kubectl patch configmap c -p '{"data":{"v":"hand","extra":"kept"}}'`)
    run('helm upgrade r ./app --set v=two')
    expect(value('c')).toBe('{"extra":"kept","v":"two"}')
  })

  test('--history-max', () => {
    run('helm install r ./app')
    for (const v of ['a', 'b', 'c']) run(`helm upgrade r ./app --set v=${v} --history-max 2`)
    expect(run('helm history r -o json')).toMatch(/"revision":3[\s\S]*"revision":4/)
    expect(run('helm history r').trim().split('\n')).toHaveLength(3)
  })

  test('--install, --create-namespace and -n', () => {
    expect(run('helm upgrade --install r ./app -n other --create-namespace')).toMatch(
      /^Release "r" does not exist. Installing it now.\nNAME: r\n/,
    )
    expect(run('kubectl get configmap c -n other -o name')).toBe('configmap/c\n')
    expect(run('helm list -A -q')).toBe('r\n')
  })

  test.each<[string, string]>([
    ['helm install r ./app', 'Error: INSTALLATION FAILED: cannot re-use a name that is still in use\n'],
    ['helm upgrade none ./app', 'Error: UPGRADE FAILED: "none" has no deployed releases\n'],
    ['helm rollback r 9', 'Error: release has no 9 version\n'],
    ['helm status none', 'Error: release: not found\n'],
    ['helm uninstall none', 'Error: uninstall: Release not loaded: none: release: not found\n'],
    [
      'helm install s ./app',
      'Error: INSTALLATION FAILED: Unable to continue with install: ConfigMap "c" in namespace "lab" exists and cannot be imported into the current release: invalid ownership metadata; annotation validation error: key "meta.helm.sh/release-name" must equal "s": current value is "r"\n',
    ],
    ['helm install s ./app -n gone', 'Error: INSTALLATION FAILED: create: failed to create: namespaces "gone" not found\n'],
  ])('%s is refused', (command, wanted) => {
    run('helm install r ./app')
    expect(run(command)).toBe(wanted)
  })

  test('while one upgrade waits, another is refused', () => {
    chart({ 'p.yaml': hook('pre-upgrade', 'sleep 60') })
    run('helm install r ./app')
    expect(run('helm upgrade r ./app & sleep 5; helm upgrade r ./app')).toContain(
      'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress\n',
    )
  })

  test('whoever may not read Secrets sees no releases', () => {
    expect(run('helm list --kube-as-user bob')).toBe(
      'Error: list: failed to list: secrets is forbidden: User "bob" cannot list resource "secrets" in API group "" in the namespace "lab"\n',
    )
  })

  test('Ctrl-C leaves a failed revision', () => {
    run('helm install r ./app')
    chart({ 'c.yaml': config('c', 'x'), 'p.yaml': hook('post-upgrade', 'sleep 1000') })
    session.begin('helm upgrade r ./app')
    session.advance(3000)
    expect(session.running).toBe(true)
    session.interrupt()
    expect(run('helm history r')).toContain('Upgrade "r" failed: context canceled')
  })
})

describe('hooks and policies', () => {
  test('a hook that fails stops the install, and --atomic takes it away', () => {
    chart({ 'c.yaml': config('c', 'x'), 'p.yaml': hook('pre-install', 'exit 1') })
    expect(run('helm install r ./app')).toMatch(
      /^Error: INSTALLATION FAILED: failed pre-install: 1 error occurred:\n\t\* pod hook-pre-install failed\n/,
    )
    expect(run('kubectl get configmap c')).toContain('not found')
    expect(run('helm list')).toMatch(/\tfailed/)
    run('helm uninstall r')
    expect(run('helm install r ./app --atomic')).toContain('release r failed, and has been uninstalled due to atomic being set')
    expect(run('helm list -a -q')).toBe('')
  })

  test('resource-policy: keep', () => {
    chart({ 'c.yaml': config('c', 'x', '  annotations:\n    helm.sh/resource-policy: keep\n'), 'd.yaml': config('d', 'x') })
    run('helm install r ./app')
    expect(run('helm uninstall r')).toBe(
      'These resources were kept due to the resource policy:\n[ConfigMap] c\n\nrelease "r" uninstalled\n',
    )
    expect(run('kubectl get configmap c d -o name')).toContain('configmap/c')
  })

  test('an object that the new manifest no longer has is deleted', () => {
    chart({ 'c.yaml': config('c', 'x'), 'd.yaml': `{{ if .Values.d }}\n${config('d', 'x')}{{ end }}\n` }, 'd: true\n')
    run('helm install r ./app')
    run('helm upgrade r ./app --set d=false')
    expect(run('kubectl get configmap c d -o name')).toMatch(/configmap\/c[\s\S]*"d" not found/)
  })
})
