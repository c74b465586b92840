import { describe, expect, test } from 'vitest'
import { FakeCluster } from './fake-cluster.ts'

describe('kubeconfig', () => {
  test('contexts are made, used, renamed and deleted in the file', () => {
    const cluster = new FakeCluster()
    expect(cluster.run('config set-context second --cluster=lab --user=admin --namespace=default').out).toBe('Context "second" created.\n')
    expect(cluster.run('config use-context second').out).toBe('Switched to context "second".\n')
    expect(cluster.run('config current-context').out).toBe('second\n')
    expect(cluster.run('config get-contexts').out).toBe(
      'CURRENT   NAME     CLUSTER   AUTHINFO   NAMESPACE\n          lab      lab       admin      lab\n*         second   lab       admin      default\n',
    )
    expect(cluster.run('config rename-context second other').out).toBe('Context "second" renamed to "other".\n')
    expect(cluster.run('config delete-context other').out).toBe('deleted context other from /home/.kubeconfig\n')
    expect(cluster.run('config use-context third')).toMatchObject({ err: 'error: no context exists with the name: "third"\n', code: 1 })
  })

  test.each([
    ['--kubeconfig=gone.yaml get cm', 'error: stat gone.yaml: no such file or directory\n'],
    [
      '--kubeconfig=broken.yaml get cm',
      'error: error loading config file "broken.yaml": yaml: line 2: did not find expected node content\n',
    ],
    ['--context=prod get cm', 'Error in configuration: context was not found for specified context: prod\n'],
    ['--cluster=prod get cm', 'error: no server found for cluster "prod"\n'],
    ['--user=prod get cm', 'error: auth info "prod" does not exist\n'],
  ])('%s', (command, err) => {
    const cluster = new FakeCluster()
    cluster.file('broken.yaml', 'kind: Config\nclusters: [\n')
    expect(cluster.run(command)).toMatchObject({ err, code: 1 })
  })

  test('KUBECONFIG lists files; what the first says stays; changes go to the file an entry is from', () => {
    const cluster = new FakeCluster()
    cluster.file('more.yaml', 'contexts:\n- {name: lab, context: {cluster: x}}\n- {name: far, context: {cluster: far}}\n')
    cluster.env.KUBECONFIG = '/home/.kubeconfig:/home/more.yaml'
    expect(cluster.run('config get-contexts -o name').out).toBe('far\nlab\n')
    cluster.run('config set-context far --namespace=there')
    expect(cluster.files.read('/home/more.yaml')).toContain('namespace: there')
    expect(cluster.files.read('/home/.kubeconfig')).not.toContain('there')
  })

  test('secrets are not shown', () => {
    const cluster = new FakeCluster()
    expect(cluster.run('config view').out).toContain('token: REDACTED')
    expect(cluster.run('config view --raw').out).toContain('token: secret')
  })

  test('requests carry who asks', () => {
    const cluster = new FakeCluster()
    const seen: unknown[] = []
    const host = cluster.host.bind(cluster)
    cluster.host = () => ({
      ...host(),
      request: (request, access) => {
        seen.push(access)
        return cluster.handle(request)
      },
    })
    cluster.run('get cm --as=dev --as-group=a --as-group=b')
    expect(seen[0]).toEqual({
      server: 'https://127.0.0.1:6443',
      userEntry: 'admin',
      token: 'secret',
      impersonate: { user: 'dev', groups: ['a', 'b'], extra: {} },
    })
  })
})
