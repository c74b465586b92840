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

  test('a program for credentials is stored, changed and shown', () => {
    const cluster = new FakeCluster()
    const set = 'config set-credentials ex --kubeconfig=k'
    cluster.run(`${set} --exec-command=aws --exec-api-version=client.authentication.k8s.io/v1 --exec-arg=eks --exec-env=A=b --exec-env=C=d`)
    cluster.run(`${set} --exec-env=A- --exec-interactive-mode=Never`)
    expect(cluster.run('config view --kubeconfig=k').out).toContain(
      'user:\n    exec:\n      apiVersion: client.authentication.k8s.io/v1\n      args:\n      - eks\n      command: aws\n      env:\n      - name: C\n        value: d\n      interactiveMode: Never\n      provideClusterInfo: false\n',
    )
    cluster.run('config set-credentials ap --kubeconfig=k --auth-provider=oidc --auth-provider-arg=client-id=foo --auth-provider-arg=x=y')
    cluster.run('config set-credentials ap --kubeconfig=k --auth-provider-arg=x-')
    expect(cluster.run('config view --kubeconfig=k').out).toContain(
      'auth-provider:\n      config:\n        client-id: foo\n      name: oidc\n',
    )
  })

  test('a token puts out name and password', () => {
    const cluster = new FakeCluster()
    cluster.run('config set-credentials u --kubeconfig=k --username=a --password=b')
    cluster.run('config set-credentials u --kubeconfig=k --token=t')
    expect(cluster.run("config view --kubeconfig=k --raw -o jsonpath='{.users[0].user}'").out).toContain('{"token":"t"}')
  })

  test('view --flatten puts the files in, --merge=false wants one file', () => {
    const cluster = new FakeCluster()
    cluster.file('ca.pem', 'hello\n')
    cluster.run('config set-cluster c --kubeconfig=k --server=https://1.2.3.4 --certificate-authority=ca.pem')
    expect(cluster.run('config view --kubeconfig=k').out).toContain('certificate-authority: ca.pem\n')
    expect(cluster.run('config view --kubeconfig=k --flatten').out).toContain('certificate-authority-data: aGVsbG8K\n')
    expect(cluster.run('config view --merge=false').err).toBe('error: if merge==false a precise file must be specified\n')
  })

  test('a file is named as it was given', () => {
    const cluster = new FakeCluster()
    cluster.run('config set-context a --cluster=c --kubeconfig=k')
    expect(cluster.run('config rename-context x y --kubeconfig=k').err).toBe('error: cannot rename the context "x", it\'s not in k\n')
    expect(cluster.run('config delete-context a --kubeconfig=k').out).toBe('deleted context a from k\n')
    expect(cluster.run('config delete-user a --kubeconfig=k').err).toBe('error: cannot delete user a, not in k\n')
  })

  test.each([
    ['set contexts.lab.nope v', "can't set a map to a value: map[lab]"],
    ['set users.a.exec.command v', 'unable to parse one or more field values of users.a.exec.command'],
    ['set nope v', 'unable to parse nope after [] at api.Config'],
    ['set clusters.a.insecure-skip-tls-verify maybe', 'strconv.ParseBool: parsing "maybe": invalid syntax'],
    ['set clusters.a.certificate-authority-data hello', 'error decoding input value: illegal base64 data at input byte 4'],
    ['unset contexts.zzz.namespace', 'current map key `zzz` is invalid'],
    ['set-cluster a --embed-certs', 'you must specify a --certificate-authority to embed'],
    [
      'set-cluster a --certificate-authority=x --insecure-skip-tls-verify',
      'you cannot specify a certificate authority and insecure mode at the same time',
    ],
    ['set-credentials a --embed-certs', 'you must specify a --client-certificate or --client-key to embed'],
    ['set-credentials a --exec-env=A', 'invalid exec-env format: A'],
    ['set-credentials a --exec-interactive-mode=Foo', 'invalid interactive mode type, can be only IfAvailable, Never, Always'],
    ['get-contexts -o wide', '--output wide is not available in kubectl config get-contexts; resetting to default output format'],
  ])('config %s is refused', (command, message) => {
    expect(new FakeCluster().run(`config ${command}`)).toMatchObject({ err: `error: ${message}\n`, code: 1 })
  })

  test.each([
    ['clusters.a.certificate-authority-data hello --set-raw-bytes', 'certificate-authority-data: aGVsbG8='],
    ['contexts.a.b.namespace n', 'name: a.b'],
    ['users.a.act-as bob', 'as: bob'],
    ['preferences.colors true', 'colors: true'],
  ])('config set %s', (path, shown) => {
    const cluster = new FakeCluster()
    expect(cluster.run(`config set ${path} --kubeconfig=k`).code).toBe(0)
    expect(cluster.files.read('/home/k')).toContain(shown)
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
