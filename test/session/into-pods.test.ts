/** exec, attach, cp, run -i and debug at the prompt: what goes into pods and comes out, and what kubectl says when it cannot. */
import { beforeAll, describe, expect, test } from 'vitest'
import { Session } from '../../src/session/session.ts'

let session: Session
const said = (command: string): string => session.run(command).output
const json = (command: string): unknown => JSON.parse(said(`${command} -o json`))

beforeAll(() => {
  session = new Session({ world: { preset: 'default' }, namespace: 'lab' })
  said(
    'kubectl run web --image=nginx --labels=app=web --annotations=a=b; kubectl run bad --image=nope:1.2.3.4; kubectl wait pod web --for=condition=Ready',
  )
})

describe('cp', () => {
  // What comes from a pod is packed by its own tar, which says so.
  const STRIPPED = "tar: removing leading '/' from member names\n"
  test('folders there and back', () => {
    said('mkdir -p d/e; echo 1 > d/a; echo 2 > d/e/b')
    expect(said('kubectl cp d web:/tmp/d && kubectl exec web -- cat /tmp/d/a /tmp/d/e/b')).toBe('1\n2\n')
    expect(said('kubectl cp web:/tmp/d back && cat back/a back/e/b')).toBe(`${STRIPPED}1\n2\n`)
    expect(said('kubectl cp d/a web:/tmp && kubectl exec web -- cat /tmp/a')).toBe('1\n')
    expect(said('kubectl cp lab/web:/tmp/a ./one && cat one')).toBe(`${STRIPPED}1\n`)
  })
  test.each([
    ['a:/x b:/y', 'error: one of src or dest must be a local file specification\n'],
    ['a b', 'error: one of src or dest must be a remote file specification\n'],
    ['gone web:/x', "error: gone doesn't exist in local filesystem\n"],
    ['d web:', 'error: filepath can not be empty\n'],
    ['d', 'error: source and destination are required\n'],
    ['d a/b/c:/x', 'error: filespec must match the canonical format: [[namespace/]pod:]file/path\n'],
    ['d nopod:/x', 'Error from server (NotFound): pods "nopod" not found\n'],
    ['d web:/x -c nope', 'Error from server (BadRequest): container nope is not valid for pod web\n'],
  ])('%s', (args, expected) => expect(session.run(`kubectl cp ${args}`)).toMatchObject({ output: expected, exitCode: 1 }))
})

describe('exec, attach, run', () => {
  test.each([
    ['kubectl exec bad -- ls', 'error: unable to upgrade connection: container not found ("bad")\n'],
    [
      'kubectl attach bad',
      "If you don't see a command prompt, try pressing enter.\nerror: unable to upgrade connection: container bad not found in pod bad_lab\n",
    ],
    ['echo foo | kubectl exec -i web -- cat', 'foo\n'],
    ['echo foo | kubectl exec -i deploy/nope -- cat', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
    ['kubectl run -it --rm once --image=busybox --restart=Never -- echo hi', 'hi\npod "once" deleted from lab namespace\n'],
    ['kubectl run --attach twice --image=busybox --restart=Never -- echo hi', 'hi\n'],
  ])('%s', (command, expected) => expect(said(command)).toBe(expected))
})

describe('debug', () => {
  const TRACE = { capabilities: { add: ['SYS_PTRACE'] } }
  const NET = { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } }
  const TIGHT = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  }
  test.each([
    ['general', TRACE, undefined, true, true],
    ['baseline', undefined, undefined, false, false],
    ['restricted', TIGHT, TIGHT, false, false],
    ['netadmin', NET, NET, true, false],
    ['sysadmin', { privileged: true }, { privileged: true }, true, true],
  ])('--profile=%s', (profile, inPod, onNode, hostNamespaces, hostDisk) => {
    said(`kubectl debug web --image=busybox --profile=${profile} -q -c d-${profile} -- sleep 1d`)
    const pod = json('kubectl get pod web') as { spec: { ephemeralContainers: { name: string; securityContext?: object }[] } }
    expect(pod.spec.ephemeralContainers.find((c) => c.name === `d-${profile}`)?.securityContext).toEqual(inPod)
    const told = said(`kubectl debug node/node-a --image=busybox --profile=${profile}`)
    const name = /^Creating debugging pod (\S+) with container debugger on node node-a\.\n$/.exec(told)![1]
    const made = json(`kubectl get pod ${name}`) as {
      spec: { hostPID?: boolean; containers: { securityContext?: object }[]; volumes: { name: string }[] }
    }
    expect(made.spec.containers[0]!.securityContext).toEqual(onNode)
    expect([made.spec.hostPID === true, made.spec.volumes.some((v) => v.name === 'host-root')]).toEqual([hostNamespaces, hostDisk])
  })

  test('a copy: without labels and probes, its processes shared, with other images', () => {
    said(
      'kubectl debug web --copy-to=c1 --image=busybox -c dbg -q -- sleep 1d; kubectl debug web --copy-to=c2 --set-image=*=nginx:1.27 --keep-labels --share-processes=false',
    )
    expect(json('kubectl get pod c1')).toMatchObject({
      spec: {
        shareProcessNamespace: true,
        containers: [{ name: 'web' }, { name: 'dbg', command: ['sleep', '1d'], securityContext: TRACE }],
      },
    })
    expect((json('kubectl get pod c1') as { metadata: object }).metadata).not.toHaveProperty('labels')
    expect(json('kubectl get pod c2')).toMatchObject({
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ image: 'nginx:1.27' }] },
    })
    expect((json('kubectl get pod c2') as { spec: object }).spec).not.toHaveProperty('shareProcessNamespace', true)
  })

  test('a custom profile, environment, what ended before anybody looked', () => {
    session.write('custom.yaml', 'env:\n- {name: A, value: b}\nsecurityContext: {runAsUser: 7}\n')
    said('kubectl debug web --image=busybox --custom=custom.yaml --env=C=d -q -c cust -- sleep 1d')
    expect(json('kubectl get pod web')).toMatchObject({
      spec: {
        ephemeralContainers: expect.arrayContaining([
          expect.objectContaining({
            name: 'cust',
            env: [
              { name: 'C', value: 'd' },
              { name: 'A', value: 'b' },
            ],
            securityContext: { capabilities: { add: ['SYS_PTRACE'] }, runAsUser: 7 },
          }),
        ]),
      },
    })
    expect(said('kubectl debug web -i --image=busybox -q -- sh -c "echo hi"')).toContain('hi\n')
    session.write('bad.yaml', 'image: x\n')
    expect(said('kubectl debug web --image=busybox --custom=bad.yaml')).toBe(
      'error: name, command, image, lifecycle and volume devices are not modifiable via custom profile\n',
    )
  })

  test.each([
    ['web', 'error: you must specify --image when not using --copy-to.\n'],
    ['', 'error: you must specify --image when not using --copy-to.\n'],
    ['web --image=busybox --profile=foo', 'error: unknown profile: foo\n'],
    ['web --image=busybox --replace', 'error: --replace may only be used with --copy-to.\n'],
    ['web --image=busybox --same-node', 'error: --same-node may only be used with --copy-to.\n'],
    ['web --set-image=a=b', 'error: --set-image may only be used with --copy-to.\n'],
    ['web --copy-to=c9', 'error: you must specify --image, --set-image or command arguments.\n'],
    ['web --copy-to=c9 --image=busybox --target=web', 'error: --target is incompatible with --copy-to. Use --share-processes instead.\n'],
    ['web --image=busybox -t', 'error: -i/--stdin is required for containers with -t/--tty=true\n'],
    ['web --image=UPPER', 'error: invalid image name "UPPER": invalid reference format\n'],
    ['svc/kubernetes -n default --image=busybox', 'error: "/v1, Kind=Service" not supported by debug\n'],
  ])('%s', (args, expected) => expect(session.run(`kubectl debug ${args}`)).toMatchObject({ output: expected, exitCode: 1 }))
})
