/** Whose files are: who a container's processes are, what they are refused, and what fsGroup, modes and read-only roots change. */
import { beforeEach, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'
import { promptCommands } from '../../src/shell/commands.ts'

let session: Session
const run = (command: string): string => session.run(command).output

beforeEach(() => {
  session = new Session({ world: { preset: 'default' } })
  session.useCommands(promptCommands({ lang: 'en', session, level: undefined }))
})

interface Wish {
  readonly image?: string
  readonly pod?: string
  readonly own?: string
  readonly mounts?: string
  readonly volumes?: string
  readonly script?: string
  readonly env?: string
}

/** Starts a pod and waits for it. */
function start({ image = 'busybox', pod = '{}', own = '{}', mounts = '[]', volumes = '[]', script, env = '[]' }: Wish): void {
  const command = script === undefined ? '' : `\n    command: [sh, -c, ${JSON.stringify(script)}]`
  session.write(
    'pod.yaml',
    `apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  nodeSelector: {kubernetes.io/hostname: node-a}
  restartPolicy: Never
  terminationGracePeriodSeconds: 0
  securityContext: ${pod}
  containers:
  - name: c
    image: ${image}${command}
    env: ${env}
    securityContext: ${own}
    volumeMounts: ${mounts}
  volumes: ${volumes}
`,
  )
  run('kubectl apply -f pod.yaml')
  session.advance(30_000)
}

const log = (): string => run('kubectl logs p')

describe('who one is', () => {
  test.each([
    ['root, as the image has it', {}, 'uid=0(root) gid=0(root) groups=0(root)'],
    ['runAsUser', { own: '{runAsUser: 1000}' }, 'uid=1000 gid=0(root) groups=0(root)'],
    ['the container says it, not the pod', { pod: '{runAsUser: 1, runAsGroup: 2}', own: '{runAsUser: 3}' }, 'uid=3 gid=2 groups=2'],
    [
      'groups',
      { pod: '{runAsUser: 1000, runAsGroup: 3000, fsGroup: 2000, supplementalGroups: [4000]}' },
      'uid=1000 gid=3000 groups=3000,2000,4000',
    ],
    ["the image's user", { image: 'curlimages/curl:8.10.1' }, 'uid=100(curl_user) gid=101(curl_user) groups=101(curl_user)'],
    [
      'a user that the image knows brings its group',
      { image: 'nginx:1.27', own: '{runAsUser: 101}' },
      'uid=101(nginx) gid=101(nginx) groups=101(nginx)',
    ],
  ] as [string, Wish, string][])('%s', (_, wish, text) => {
    start({ ...wish, script: 'id' })
    expect(log()).toBe(`${text}\n`)
  })

  test('exec is the same one', () => {
    start({ own: '{runAsUser: 1000}', script: 'sleep 3600' })
    expect(run('kubectl exec p -- id -u')).toBe('1000\n')
    expect(run('kubectl exec p -- whoami')).toContain('whoami: unknown uid 1000')
  })
})

describe('what one is refused', () => {
  test.each([
    ["a file in root's directory", 'touch /etc/x', "touch: cannot touch '/etc/x': Permission denied"],
    ['a redirection', 'echo a > /x', "sh: can't create /x: Permission denied"],
    ["a directory of root's alone", 'ls /root', "ls: can't open '/root': Permission denied"],
    ["another one's mode", 'chmod 777 /etc/passwd', "chmod: changing permissions of '/etc/passwd': Operation not permitted"],
    ['to give files away', 'touch /tmp/a; chown 7 /tmp/a', 'chown: /tmp/a: Operation not permitted'],
    ['nothing in /tmp', 'echo a > /tmp/a; ls -l /tmp/a | cut -c1-28', '-rw-r--r-- 1 1000 root 2'],
    ['a test says so', 'test -w /etc/passwd && echo yes || echo no', 'no'],
  ])('%s', (_, script, text) => {
    start({ own: '{runAsUser: 1000}', script })
    expect(log()).toContain(text)
  })

  test('root without its capabilities has only what the modes give', () => {
    start({ own: '{capabilities: {drop: [ALL]}}', script: 'touch /tmp/a; chown 7 /tmp/a; touch /root/x && echo made' })
    expect(log()).toBe('chown: /tmp/a: Operation not permitted\nmade\n')
  })

  test('a read-only root', () => {
    start({
      own: '{readOnlyRootFilesystem: true}',
      script: 'echo a > /x; echo b > /tmp/y; echo c > /data/z; cat /data/z',
      mounts: '[{name: v, mountPath: /data}]',
      volumes: '[{name: v, emptyDir: {}}]',
    })
    expect(log()).toBe("sh: can't create /x: Read-only file system\nsh: can't create /tmp/y: Read-only file system\nc\n")
  })
})

describe('runAsNonRoot', () => {
  test.each([
    ['a root image', { pod: '{runAsNonRoot: true}' }, 'container has runAsNonRoot and image will run as root'],
    ['root asked for', { pod: '{runAsNonRoot: true}', own: '{runAsUser: 0}' }, "container's runAsUser breaks non-root policy"],
    [
      'a user with a name',
      { pod: '{runAsNonRoot: true}', image: 'curlimages/curl:8.10.1' },
      'container has runAsNonRoot and image has non-numeric user (curl_user), cannot verify user is non-root',
    ],
  ] as [string, Wish, string][])('%s', (_, wish, message) => {
    start({ ...wish, script: 'id' })
    expect(run('kubectl get pod p --no-headers')).toContain('CreateContainerConfigError')
    const uid = run("kubectl get pod p -o jsonpath='{.metadata.uid}'")
    expect(run('kubectl describe pod p')).toContain(`Error: ${message} (pod: "p_default(${uid})", container: c)`)
  })
  test('another user may', () => {
    start({ pod: '{runAsNonRoot: true, runAsUser: 5}', script: 'id -u' })
    expect(log()).toBe('5\n')
  })
})

describe('volumes', () => {
  const seen = 'ls -ld /data; touch /data/a; ls -l /data/a'
  const shown = (): string[] =>
    log()
      .trim()
      .split('\n')
      .map((l) => l.split(/ +/).slice(0, 4).join(' '))
  const data = '[{name: v, mountPath: /data}]'

  test.each([
    ['an emptyDir is for everybody', '{runAsUser: 1000}', ['drwxrwxrwx 2 root root', '-rw-r--r-- 1 1000 root']],
    ['fsGroup owns it, and what is made in it', '{runAsUser: 1000, fsGroup: 2000}', ['drwxrwsrwx 2 root 2000', '-rw-r--r-- 1 1000 2000']],
  ])('%s', (_, pod, lines) => {
    start({ pod, mounts: data, volumes: '[{name: v, emptyDir: {}}]', script: seen })
    expect(shown()).toEqual(lines)
  })

  test("a hostPath is root's, whatever fsGroup says", () => {
    start({
      pod: '{runAsUser: 1000, fsGroup: 2000}',
      mounts: data,
      volumes: '[{name: v, hostPath: {path: /srv/x, type: DirectoryOrCreate}}]',
      script: seen,
    })
    expect(log()).toContain("touch: cannot touch '/data/a': Permission denied")
  })

  test.each([
    ['without fsGroup', '{runAsUser: 1000}', "touch: cannot touch '/data/a': Permission denied"],
    ['with it', '{runAsUser: 1000, fsGroup: 2000}', '-rw-r--r-- 1 1000 2000'],
  ])("a device's file system is root's: %s", (_, pod, text) => {
    session.write(
      'c.yaml',
      'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d}\nspec: {storageClassName: block, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n',
    )
    run('kubectl apply -f c.yaml')
    start({ pod, mounts: data, volumes: '[{name: v, persistentVolumeClaim: {claimName: d}}]', script: seen })
    session.advance(30_000)
    expect(log()).toContain(text)
  })

  test('modes of a Secret', () => {
    run('kubectl create secret generic s --from-literal=key=k --from-literal=open=o')
    const volumes =
      '[{name: v, secret: {secretName: s, defaultMode: 0400, items: [{key: key, path: key}, {key: open, path: open, mode: 0444}]}}]'
    start({ pod: '{runAsUser: 1000}', mounts: data, volumes, script: 'cat /data/open; cat /data/key; ls -l /data' })
    expect(log()).toContain('ocat: /data/key: Permission denied')
    expect(log()).toMatch(/-r-------- +1 root +root/)
  })

  test('a Secret with fsGroup is readable by the group', () => {
    run('kubectl create secret generic s --from-literal=key=k')
    start({
      pod: '{runAsUser: 1000, fsGroup: 2000}',
      mounts: data,
      volumes: '[{name: v, secret: {secretName: s, defaultMode: 0400}}]',
      script: 'cat /data/key; ls -l /data/',
    })
    expect(log()).toMatch(/^k.*-r--r----- +1 root +2000/s)
  })
})

describe('nginx without root', () => {
  const caches = '[{name: a, mountPath: /var/cache/nginx}, {name: b, mountPath: /var/run}]'
  const empty = '[{name: a, emptyDir: {}}, {name: b, emptyDir: {}}]'
  test.each([
    ['another user', { own: '{runAsUser: 101}' }, 'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (13: Permission denied)'],
    [
      'a read-only root',
      { own: '{readOnlyRootFilesystem: true}' },
      'nginx: [emerg] mkdir() "/var/cache/nginx/client_temp" failed (30: Read-only file system)',
    ],
    [
      'no capabilities',
      { own: '{capabilities: {drop: [ALL]}}' },
      'nginx: [emerg] chown() "/var/cache/nginx/client_temp" failed (1: Operation not permitted)',
    ],
    [
      'no room for its pid',
      { own: '{runAsUser: 101}', mounts: '[{name: a, mountPath: /var/cache/nginx}]', volumes: empty },
      'nginx: [emerg] open() "/run/nginx.pid" failed (13: Permission denied)',
    ],
    [
      'a kernel that keeps low ports for root',
      {
        pod: '{sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: "1024"}]}',
        own: '{runAsUser: 101}',
        mounts: caches,
        volumes: empty,
      },
      'nginx: [emerg] bind() to 0.0.0.0:80 failed (13: Permission denied)',
    ],
  ] as [string, Wish, string][])('%s', (_, wish, line) => {
    start({ image: 'nginx:1.27', ...wish })
    expect(log()).toContain(line)
    expect(run('kubectl get pod p --no-headers')).toContain('Error')
  })
  test('with volumes where it writes it runs', () => {
    start({ image: 'nginx:1.27', own: '{runAsUser: 101, readOnlyRootFilesystem: true}', mounts: caches, volumes: empty })
    expect(run('kubectl get pod p --no-headers')).toContain('Running')
  })
  test('the unprivileged image runs as it is', () => {
    start({ image: 'nginxinc/nginx-unprivileged:1.27', pod: '{runAsNonRoot: true}' })
    expect(run('kubectl get pod p --no-headers')).toContain('Running')
    expect(run('kubectl exec p -- curl -s localhost:8080')).toContain('Welcome to nginx!')
  })
})

describe('databases', () => {
  test('go on as their own user, and their files are theirs', () => {
    start({
      image: 'mariadb:11.4',
      env: '[{name: MARIADB_ROOT_PASSWORD, value: x}]',
      mounts: '[{name: v, mountPath: /var/lib/mysql}]',
      volumes: '[{name: v, emptyDir: {}}]',
    })
    expect(run('kubectl exec p -- ls -ld /var/lib/mysql')).toMatch(/ mysql +mysql /)
    expect(run('kubectl exec p -- id -u')).toBe('0\n')
  })
})

describe('fsGroupChangePolicy', () => {
  const VOLUME = `[{name: v, persistentVolumeClaim: {claimName: disk}}]`
  const MOUNT = '[{name: v, mountPath: /data}]'
  /** A device whose root belongs to group 2000 and which holds one file of root's alone. */
  const used = (): void => {
    run(`kubectl apply -f - <<E
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {storageClassName: block, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
E`)
    start({
      pod: '{fsGroup: 2000}',
      mounts: MOUNT,
      volumes: VOLUME,
      script: 'echo x > /data/own; chown 0:0 /data/own; chmod 600 /data/own',
    })
    run('kubectl delete pod p')
    session.advance(20_000)
  }
  const look = (pod: string): string => {
    start({ pod, mounts: MOUNT, volumes: VOLUME, script: 'stat -c "%g %a" /data /data/own' })
    return log()
  }
  test.each([
    ['Always gives everything to the group again', '{fsGroup: 2000, fsGroupChangePolicy: Always}', '2000 2775\n2000 660\n'],
    ['so does none', '{fsGroup: 2000}', '2000 2775\n2000 660\n'],
    [
      'OnRootMismatch leaves all as it is where the root is right',
      '{fsGroup: 2000, fsGroupChangePolicy: OnRootMismatch}',
      '2000 2775\n0 600\n',
    ],
    ['and gives all where it is another group’s', '{fsGroup: 3000, fsGroupChangePolicy: OnRootMismatch}', '3000 2775\n3000 660\n'],
  ])('%s', (_name, pod, expected) => {
    used()
    expect(look(pod)).toBe(expected)
  })
})
